"""What S3 says about objects without sending them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.progress import NO_PROGRESS
from trackproof.storage.s3.errors import AwsError, aws_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackproof.progress import Progress
    from trackproof.storage.addresses import S3Address
    from trackproof.storage.s3.account import Connection

_MD5 = re.compile(r"[0-9a-f]{32}")
KEYS_PER_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about an object.

    Parameters
    ----------
    size : int
        Bytes.
    etag : str
        The service's tag of this version of the content, without quotes.
    is_md5 : bool
        Whether the tag is the MD5 of the content; it is not for uploads in parts or under a key of
        KMS.
    sha256 : str
        Hash that our own uploads leave; empty otherwise, and in listings.
    """

    size: int
    etag: str
    is_md5: bool = False
    sha256: str = ""


SHA256_KEY = "trackproof-sha256"
"""Metadata of objects that this program uploaded."""


def facts_of(connection: Connection, address: S3Address) -> Facts:
    """Ask for the facts of one object.

    Raises
    ------
    AwsError
        When there is none, or S3 refuses or cannot be reached.
    """
    client = connection.client("s3")
    try:
        with aws_errors(str(address)):
            answer = client.head_object(Bucket=address.bucket, Key=address.key)
    except AwsError as error:
        if not error.is_passing:
            _ask_why(client, address)
        raise
    return facts_in(answer, size=int(answer["ContentLength"]))


def _ask_why(client: Any, address: S3Address) -> None:
    """Raise what S3 says about an object that HEAD refused: answers to HEAD hold no reason."""
    with aws_errors(str(address)):
        answer = client.get_object(Bucket=address.bucket, Key=address.key, Range="bytes=0-0")
        answer["Body"].close()


def facts_in(answer: Mapping[str, Any], *, size: int) -> Facts:
    """Return the facts in an answer to HEAD or GET.

    Parameters
    ----------
    size : int
        Bytes of the whole object, which the answer to a part does not tell as such.
    """
    etag = str(answer.get("ETag", "")).strip('"')
    is_encrypted = answer.get("ServerSideEncryption") in ("aws:kms", "aws:kms:dsse") or (
        "SSECustomerAlgorithm" in answer
    )
    sha256 = str(answer.get("Metadata", {}).get(SHA256_KEY, ""))
    return Facts(size, etag, bool(_MD5.fullmatch(etag)) and not is_encrypted, sha256)


def listed(
    connection: Connection,
    folder: S3Address,
    *,
    most: int,
    is_deep: bool = True,
    progress: Progress = NO_PROGRESS,
) -> dict[str, Facts]:
    """Return the objects beneath a folder by key, in the order of S3, at most ``most`` and a page.

    Parameters
    ----------
    is_deep : bool
        Whether folders inside are listed too.

    Raises
    ------
    AwsError
        When S3 refuses or cannot be reached.
    Cancelled
        When ``progress`` says so.
    """
    found: dict[str, Facts] = {}
    with aws_errors(str(folder)):
        for page in _pages(connection, folder, is_deep=is_deep):
            for one in page.get("Contents", ()):
                # A listing does not tell how objects are encrypted, so no tag counts as MD5.
                found[one["Key"]] = Facts(int(one["Size"]), str(one["ETag"]).strip('"'))
            progress.step(len(found), max(most, len(found)))
            if len(found) >= most:
                break
    return found


def _pages(connection: Connection, folder: S3Address, *, is_deep: bool) -> Iterator[Any]:
    pages = connection.client("s3").get_paginator("list_objects_v2")
    depth = {} if is_deep else {"Delimiter": "/"}
    return iter(pages.paginate(Bucket=folder.bucket, Prefix=folder.key, **depth))
