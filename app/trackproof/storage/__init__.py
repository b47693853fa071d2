"""Bytes from and to files and S3."""

from trackproof.storage.addresses import Place, S3Address, place_of
from trackproof.storage.presence import check_there, files_beneath
from trackproof.storage.reading import read_bytes, sha256_of
from trackproof.storage.uris import UriMap, is_s3_uri, split_s3_uri
from trackproof.storage.writing import check_replaceable, write_atomic

__all__ = [
    "Place",
    "S3Address",
    "UriMap",
    "check_replaceable",
    "check_there",
    "files_beneath",
    "is_s3_uri",
    "place_of",
    "read_bytes",
    "sha256_of",
    "split_s3_uri",
    "write_atomic",
]
