"""S3 addresses of what a package consists of."""

from __future__ import annotations

import re

from trackproof.errors import HandoffError

PLACEHOLDER_BUCKET = "replace-with-your-bucket"
"""Bucket in addresses of a package that was written before anybody said where it will live."""

SCHEME = "s3://"
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def folder_address(text: str) -> str:
    """Return the address of an S3 folder with its slash at the end.

    Raises
    ------
    HandoffError
        When the text is not ``s3://bucket/...``, or no bucket can be called so.
    """
    address = text if text.endswith("/") else f"{text}/"
    bucket = address.removeprefix(SCHEME).partition("/")[0]
    if not address.startswith(SCHEME) or not bucket or "\n" in text:
        raise HandoffError(f"{text!r} is not an S3 address such as s3://bucket/folder/")
    if not BUCKET.fullmatch(bucket):
        raise HandoffError(
            f"{text!r} names the bucket {bucket!r}, and there can be none: a bucket's name has 3 "
            "to 63 characters, small letters, digits, dots and hyphens"
        )
    return address


def placeholder(*parts: str) -> str:
    """Return the folder address that stands in until the real one is known."""
    return f"s3://{PLACEHOLDER_BUCKET}/{'/'.join(parts)}/"
