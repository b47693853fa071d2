"""Objects arrive complete or not at all."""

import hashlib
import os
from pathlib import Path

import pytest

from s3_faults import CUT, DENIED, EXPIRED, THROTTLED, Fault, Proxy
from s3_server import S3
from trackproof.progress import Cancelled
from trackproof.storage import S3Address
from trackproof.storage.s3 import (
    Account,
    AwsError,
    Connection,
    Documents,
    Trouble,
    document_cache,
    facts_of,
    fetch,
)
from trackproof.storage.s3.parts import PART, fetch_parts


def test_a_connection_cut_halfway_is_taken_up_where_it_broke(s3: S3, faulty: Proxy) -> None:
    data = os.urandom(600_000)
    address = S3Address.parse(s3.put("frame.jpg", data))
    faulty.break_next(Fault(after=300_000), method="GET", part="frame.jpg")
    fetched = fetch(Connection(), address)
    assert fetched is not None
    assert fetched.data == data
    again = [one for one in faulty.seen if one.method == "GET"][-1]
    assert again.headers["range"].startswith("bytes=")
    assert int(again.headers["range"][6:].rstrip("-")) > 0
    assert again.headers["if-match"]


def test_an_object_replaced_while_it_is_read_is_fetched_anew(s3: S3, faulty: Proxy) -> None:
    old, new = os.urandom(600_000), os.urandom(500_000)
    address = S3Address.parse(s3.put("frame.jpg", old))
    faulty.break_next(Fault(after=300_000), method="GET", part="frame.jpg")

    def replace(request: object) -> None:
        if len([one for one in faulty.seen if one.method == "GET"]) == 2:
            s3.put("frame.jpg", new)

    faulty.faults.append(replace)
    fetched = fetch(Connection(), address)
    assert fetched is not None
    assert fetched.data == new


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (EXPIRED, Trouble.EXPIRED),
        (DENIED, Trouble.DENIED),
        (THROTTLED, Trouble.THROTTLED),
    ],
)
def test_refusals_are_told_apart(s3: S3, faulty: Proxy, fault: Fault, trouble: Trouble) -> None:
    address = S3Address.parse(s3.put("frame.jpg", b"x"))
    faulty.break_next(fault, times=100)
    with pytest.raises(AwsError) as caught:
        fetch(_quick(), address)
    assert caught.value.trouble is trouble
    assert caught.value.path == str(address)


def _quick() -> Connection:
    """A connection whose client does not wait between tries, so that tests do not either."""
    connection = Connection(Account())
    quick = connection.client("s3", attempts=1)
    connection._clients["s3", "", 5, False] = quick
    return connection


def test_throttling_that_passes_is_not_noticed(s3: S3, faulty: Proxy) -> None:
    address = S3Address.parse(s3.put("frame.jpg", b"picture"))
    faulty.break_next(THROTTLED, times=1, method="GET", part="frame.jpg")
    fetched = fetch(Connection(), address)
    assert fetched is not None
    assert fetched.data == b"picture"


def test_a_large_object_goes_on_after_a_break(s3: S3, faulty: Proxy, tmp_path: Path) -> None:
    data = os.urandom(2 * PART + 1_000)
    address = S3Address.parse(s3.put("labels.json", data))
    facts = facts_of(Connection(), address)
    file = tmp_path / "grown"

    def cut_the_last(request: object) -> Fault | None:
        is_last = getattr(request, "headers", {}).get("range", "").startswith(f"bytes={2 * PART}-")
        return DENIED if is_last else None

    faulty.faults.append(cut_the_last)
    with pytest.raises(AwsError):
        fetch_parts(Connection(), address, facts, file)
    faulty.faults.clear()
    done = faulty.count("GET")
    place, sha256 = fetch_parts(Connection(), address, facts, file)
    assert place.read_bytes() == data
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert faulty.count("GET") - done <= 2  # at most what the first run had not finished


def test_cancelling_a_large_object_keeps_what_came(s3: S3, tmp_path: Path) -> None:
    data = os.urandom(PART + 1_000)
    address = S3Address.parse(s3.put("labels.json", data))
    facts = facts_of(Connection(), address)

    class Stop:
        def step(self, done: int, total: int) -> None:
            if done:
                raise Cancelled

    with pytest.raises(Cancelled):
        fetch_parts(Connection(), address, facts, tmp_path / "grown", progress=Stop())
    place, _ = fetch_parts(Connection(), address, facts, tmp_path / "grown")
    assert place.read_bytes() == data


def test_a_part_of_another_version_is_not_mixed_in(s3: S3, tmp_path: Path) -> None:
    address = S3Address.parse(s3.put("labels.json", os.urandom(2 * PART)))
    facts = facts_of(Connection(), address)
    s3.put("labels.json", os.urandom(2 * PART))
    with pytest.raises(AwsError):
        fetch_parts(Connection(), address, facts, tmp_path / "grown")


def test_documents_of_any_size_are_kept_and_not_fetched_again(s3: S3, faulty: Proxy) -> None:
    small = S3Address.parse(s3.put("small.json", b"{}"))
    large = S3Address.parse(s3.put("large.json", b" " * (PART + 1)))
    connection = Connection()
    first = Documents(connection, document_cache(connection))
    assert first.get(small).read_bytes() == b"{}"
    assert first.get(large).stat().st_size == PART + 1
    gets = faulty.count("GET")
    second = Documents(connection, document_cache(connection))
    second.get(small)
    second.get(large)
    assert faulty.count("GET") == gets
    assert not list(first.get(large).parent.glob("*.part*"))


def test_documents_go_on_when_the_token_expires(s3: S3, faulty: Proxy) -> None:
    address = S3Address.parse(s3.put("small.json", b"{}"))
    connection = Connection()
    Documents(connection, document_cache(connection)).get(address)
    faulty.break_next(EXPIRED, times=100)
    later = Documents(connection, document_cache(connection))
    with pytest.raises(AwsError, match="have expired"):
        later.get(S3Address.parse(s3.uri("other.json")))
    assert later.get(address).read_bytes() == b"{}"
    assert list(later.stale) == [address]


def test_nobody_answers(s3: S3, faulty: Proxy) -> None:
    address = S3Address.parse(s3.put("small.json", b"{}"))
    faulty.break_next(CUT, times=1_000)
    with pytest.raises(AwsError, match="cannot be reached"):
        fetch(_quick(), address)


def test_a_bucket_in_another_region_is_followed(s3: S3, faulty: Proxy) -> None:
    address = S3Address.parse(s3.put("frame.jpg", b"picture"))
    there = (("x-amz-bucket-region", "us-west-2"),)
    faulty.break_next(Fault(301, "PermanentRedirect", headers=there), method="GET")
    fetched = fetch(Connection(), address)
    assert fetched is not None
    assert fetched.data == b"picture"
    assert "/us-west-2/s3/" in faulty.seen[-1].headers["authorization"]


def test_a_region_that_cannot_be_followed_is_told(s3: S3, faulty: Proxy) -> None:
    address = S3Address.parse(s3.put("frame.jpg", b"picture"))
    faulty.break_next(Fault(400, "AuthorizationHeaderMalformed"), times=100)
    with pytest.raises(AwsError, match="in another Region") as caught:
        fetch(_quick(), address)
    assert caught.value.trouble is Trouble.WRONG_REGION
