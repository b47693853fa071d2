"""Bytes from and to files, and S3 addresses found on the local disk."""

from trackproof.storage.reading import read_bytes, sha256_of
from trackproof.storage.uris import UriMap, is_s3_uri, split_s3_uri
from trackproof.storage.writing import write_atomic

__all__ = ["UriMap", "is_s3_uri", "read_bytes", "sha256_of", "split_s3_uri", "write_atomic"]
