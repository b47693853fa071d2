"""Objects in S3: who asks, what is read, what is kept on disk; boto3 is imported where used."""

from trackproof.storage.s3.account import CONNECTION, Account, Connection, Identity
from trackproof.storage.s3.disk_cache import DiskCache
from trackproof.storage.s3.documents import Documents
from trackproof.storage.s3.download import Fetched, fetch
from trackproof.storage.s3.errors import AwsError, Trouble, aws_errors, in_words
from trackproof.storage.s3.listing import Facts, facts_of, listed
from trackproof.storage.s3.outgoing import Outgoing
from trackproof.storage.s3.places import document_cache, frame_cache, is_cached_copy
from trackproof.storage.s3.sending import Sent, copy, listed_around, taken, upload
from trackproof.storage.s3.stream import ObjectStream

__all__ = [
    "CONNECTION",
    "Account",
    "AwsError",
    "Connection",
    "DiskCache",
    "Documents",
    "Facts",
    "Fetched",
    "Identity",
    "ObjectStream",
    "Outgoing",
    "Sent",
    "Trouble",
    "aws_errors",
    "copy",
    "document_cache",
    "facts_of",
    "fetch",
    "frame_cache",
    "in_words",
    "is_cached_copy",
    "listed",
    "listed_around",
    "taken",
    "upload",
]
