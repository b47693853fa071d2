"""Bytes of one object, complete or not at all; cut connections are taken up where they broke."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.storage.s3.errors import AwsError, Trouble, aws_errors
from trackproof.storage.s3.listing import Facts, facts_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.storage.addresses import S3Address
    from trackproof.storage.s3.account import Connection

PIECE = 256 * 1024
TRIES = 5
FIRST_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Fetched:
    """The content of an object.

    Parameters
    ----------
    data : bytes
        All of it.
    facts : Facts
        Of the version that came.
    """

    data: bytes
    facts: Facts


def fetch(
    connection: Connection,
    address: S3Address,
    *,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Fetched | None:
    """Return an object's content, verified by size and, where S3 tells it, by MD5.

    A connection that breaks is taken up at the byte where it broke; when the object was replaced
    meanwhile, it is fetched anew.

    Returns
    -------
    Fetched or None
        None when it was no longer wanted on the way.

    Raises
    ------
    AwsError
        When S3 refuses, cannot be reached, or what came is damaged.
    """
    for attempt in range(TRIES):
        got = _Partial()
        try:
            fetched = _through_cuts(connection, address, got, is_wanted)
        except AwsError as error:
            if error.trouble is Trouble.TAKEN and attempt + 1 < TRIES:
                continue  # the precondition failed: replaced while it was read
            raise
        if fetched is None or (not got.is_damaged and _is_sound(fetched)):
            return fetched
    raise AwsError(
        "what came does not have the checksum that S3 states, several times; the object or the "
        "connection is damaged",
        trouble=Trouble.OTHER,
        address=str(address),
    )


@dataclass(slots=True)
class _Partial:
    """What has come so far."""

    data: bytearray | None = None
    facts: Facts | None = None
    is_damaged: bool = False


def _through_cuts(
    connection: Connection, address: S3Address, got: _Partial, is_wanted: Callable[[], bool]
) -> Fetched | None:
    for attempt in range(TRIES):
        before = len(got.data or b"")
        try:
            with aws_errors(str(address)):
                is_complete = _read_on(connection.client("s3"), address, got, is_wanted)
        except AwsError as error:
            is_last = attempt + 1 == TRIES
            if error.trouble is not Trouble.NO_NETWORK or is_last or got.facts is None:
                raise
            if len(got.data or b"") == before:
                time.sleep(FIRST_PAUSE_S * 2**attempt)
            continue
        if not is_complete:
            return None
        if got.facts is not None:
            return Fetched(bytes(got.data or b""), got.facts)
    raise AwsError(
        "the connection broke again and again", trouble=Trouble.NO_NETWORK, address=str(address)
    )


def _read_on(client: Any, address: S3Address, got: _Partial, is_wanted: Callable[[], bool]) -> bool:
    """Read to the end from where the last connection broke; False when no longer wanted."""
    from botocore.exceptions import FlexibleChecksumError

    place: dict[str, str] = {}
    if got.facts is not None and got.data:
        if len(got.data) >= got.facts.size:
            return True
        place = {"Range": f"bytes={len(got.data)}-", "IfMatch": f'"{got.facts.etag}"'}
    answer = client.get_object(Bucket=address.bucket, Key=address.key, **place)
    if got.facts is None or not place:
        got.facts = facts_in(answer, size=int(answer["ContentLength"]))
        got.data = bytearray()
    buffer = got.data if got.data is not None else bytearray()
    with answer["Body"] as body:
        try:
            while piece := body.read(PIECE):
                buffer += piece
                if not is_wanted():
                    return False
        except FlexibleChecksumError:
            # A body that was cut has a wrong checksum, too, and can be gone on with.
            got.is_damaged = len(buffer) >= got.facts.size
    if len(buffer) < got.facts.size:
        raise ConnectionResetError("the connection ended before the object did")
    return True


def _is_sound(fetched: Fetched) -> bool:
    if len(fetched.data) != fetched.facts.size:
        return False
    if not fetched.facts.is_md5:
        return True
    return hashlib.md5(fetched.data, usedforsecurity=False).hexdigest() == fetched.facts.etag
