"""Objects in S3: who asks, what is read, what is kept on disk; boto3 is imported where used."""

from trackproof.storage.s3.account import Account, Connection, Identity
from trackproof.storage.s3.errors import AwsError, Trouble, aws_errors, in_words

__all__ = [
    "Account",
    "AwsError",
    "Connection",
    "Identity",
    "Trouble",
    "aws_errors",
    "in_words",
]
