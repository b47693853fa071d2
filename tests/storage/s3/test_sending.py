"""Objects into S3: nothing replaced unasked, and broken uploads go on."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from s3_faults import DENIED, THROTTLED, Fault, Proxy, Request
from s3_server import S3
from trackproof.progress import Cancelled
from trackproof.storage import S3Address
from trackproof.storage.s3 import AwsError, Connection, Outgoing, Sent, Trouble, copy, upload

ODD = [
    "a b.json",
    "a+b.json",
    "ü/日本.json",
    "q?x=1&y#z.json",
    "100%25.json",
    "d//e.json",
    "'(!)*.json",
]


def outgoing(s3: S3, contents: dict[str, bytes]) -> list[Outgoing]:
    return [Outgoing(S3Address(s3.bucket, key), data) for key, data in contents.items()]


def test_odd_keys_arrive_as_they_are(s3: S3) -> None:
    wanted = {key: key.encode() for key in ODD}
    upload(Connection(), outgoing(s3, wanted))
    assert s3.contents() == wanted


def test_large_files_go_in_parts_and_progress_counts_bytes(s3: S3, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(os.urandom(9_000_000))
    steps: list[tuple[int, int]] = []

    class Note:
        def step(self, done: int, total: int) -> None:
            steps.append((done, total))

    sent = upload(Connection(), [Outgoing(S3Address(s3.bucket, "l.json"), file)], progress=Note())
    assert sent == Sent(1, 9_000_000, 0)
    assert s3.get("l.json") == file.read_bytes()
    assert "-" in s3.client.head_object(Bucket=s3.bucket, Key="l.json")["ETag"]
    assert steps[-1] == (9_000_000, 9_000_000)
    assert steps == sorted(steps)


def test_sending_again_sends_nothing(s3: S3, faulty: Proxy, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(os.urandom(9_000_000))
    some = [*outgoing(s3, {"a.json": b"a"}), Outgoing(S3Address(s3.bucket, "large.json"), large)]
    upload(Connection(), some)
    before = faulty.count("PUT")
    assert upload(Connection(), some) == Sent(0, 0, 2)
    assert faulty.count("PUT") == before


def test_other_content_is_refused_before_anything_is_sent(s3: S3) -> None:
    s3.put("b.json", b"theirs")
    with pytest.raises(AwsError, match=r"b\.json: something else is there") as caught:
        upload(Connection(), outgoing(s3, {"a.json": b"a", "b.json": b"b"}))
    assert caught.value.trouble is Trouble.TAKEN
    assert s3.keys() == ["b.json"]
    upload(Connection(), outgoing(s3, {"a.json": b"a", "b.json": b"b"}), overwrite=True)
    assert s3.get("b.json") == b"b"


def test_what_somebody_puts_there_meanwhile_is_not_replaced(s3: S3, faulty: Proxy) -> None:
    def race(request: object) -> None:
        if getattr(request, "method", "") == "PUT":
            s3.put("a.json", b"theirs")

    faulty.faults.append(race)
    with pytest.raises(AwsError) as caught:
        upload(Connection(), outgoing(s3, {"a.json": b"ours"}))
    assert caught.value.trouble is Trouble.TAKEN
    assert s3.get("a.json") == b"theirs"


def test_an_answer_that_got_lost_is_no_failure(s3: S3, faulty: Proxy) -> None:
    faulty.break_next(Fault(swallowed=True), method="PUT", part="a.json")
    upload(Connection(), outgoing(s3, {"a.json": b"ours"}))
    assert s3.get("a.json") == b"ours"


def test_throttling_in_between_is_not_noticed(s3: S3, faulty: Proxy) -> None:
    faulty.break_next(THROTTLED, times=2, method="PUT")
    wanted = {f"{n}.json": b"%d" % n for n in range(8)}
    upload(Connection(), outgoing(s3, wanted))
    assert s3.contents() == wanted


def test_a_broken_upload_goes_on_where_it_stopped(s3: S3, faulty: Proxy) -> None:
    wanted = outgoing(s3, {f"{n}.json": b"%d" % n for n in range(8)})
    faulty.break_next(DENIED, times=100, method="PUT", part="7.json")
    with pytest.raises(AwsError, match="access is denied"):
        upload(Connection(), wanted, at_once=1)
    faulty.faults.clear()
    before = set(s3.keys())
    assert 0 < len(before) < 8
    sent = upload(Connection(), wanted)
    assert sent == Sent(8 - len(before), 8 - len(before), len(before))


def test_cancelling_leaves_no_half_object(s3: S3, faulty: Proxy, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(os.urandom(18_000_000))
    is_cancelled = threading.Event()

    def hold(request: Request) -> None:
        # The last part waits, so that the object cannot be whole before it is cancelled.
        if "partNumber=3" in request.path:
            is_cancelled.wait(10)

    faulty.faults.append(hold)

    class Stop:
        def step(self, done: int, total: int) -> None:
            if done:
                is_cancelled.set()
                raise Cancelled

    some = [Outgoing(S3Address(s3.bucket, "large.json"), file)]
    with pytest.raises(Cancelled):
        upload(Connection(), some, progress=Stop(), at_once=1)
    assert s3.keys() == []
    assert "Uploads" not in s3.client.list_multipart_uploads(Bucket=s3.bucket)
    assert upload(Connection(), some).objects == 1


def pairs(s3: S3, names: list[str], source: str = "") -> list[tuple[S3Address, S3Address]]:
    return [
        (S3Address(source or s3.bucket, f"in/{n}"), S3Address(s3.bucket, f"out/{n}")) for n in names
    ]


def test_copies_stay_inside_s3(s3: S3, faulty: Proxy) -> None:
    other = s3.another_bucket()
    for name in ODD:
        s3.put(f"in/{name}", name.encode(), bucket=other)
    assert copy(Connection(), pairs(s3, ODD, other)).objects == len(ODD)
    assert sorted(s3.get(f"out/{name}").decode() for name in ODD) == sorted(ODD)
    assert faulty.count("PUT") == len(ODD)
    assert all("x-amz-copy-source" in one.headers for one in faulty.seen if one.method == "PUT")


def test_copies_go_on_and_refuse_what_is_not_theirs(s3: S3) -> None:
    names = ["1.jpg", "2.jpg", "3.jpg"]
    for name in names:
        s3.put(f"in/{name}", name.encode())
    copy(Connection(), pairs(s3, names[:1]))
    assert copy(Connection(), pairs(s3, names)).already == 1
    s3.put("out/2.jpg", b"theirs")
    with pytest.raises(AwsError, match=r"out/2\.jpg: something else"):
        copy(Connection(), pairs(s3, names))
    assert s3.get("out/2.jpg") == b"theirs"


def test_a_frame_to_copy_that_is_absent_stops_before_the_first_copy(s3: S3) -> None:
    s3.put("in/1.jpg", b"1")
    with pytest.raises(AwsError, match=r"in/2\.jpg: .*no such object"):
        copy(Connection(), pairs(s3, ["1.jpg", "2.jpg"]))
    assert s3.keys("out/") == []


def test_where_listing_is_denied_objects_are_asked_for_one_by_one(s3: S3, faulty: Proxy) -> None:
    s3.put("in/1.jpg", b"1")
    faulty.break_next(DENIED, times=100, method="GET", part="list-type=2")
    assert copy(Connection(), pairs(s3, ["1.jpg"])).objects == 1


PROGRAM = """
import sys
from trackproof.storage import S3Address
from trackproof.storage.s3 import Connection, Outgoing, upload
some = [Outgoing(S3Address(sys.argv[1], f"p/{n:02d}.json"), b"%02d" % n * 999) for n in range(30)]
upload(Connection(), some, at_once=2)
"""


def test_an_upload_that_was_killed_goes_on(s3: S3, faulty: Proxy) -> None:
    gate = threading.Event()

    def hold_after_ten(request: Request) -> None:
        if request.method == "PUT" and len(faulty.seen) > 10:
            gate.wait(30)

    faulty.faults.append(hold_after_ten)
    running = subprocess.Popen([sys.executable, "-c", PROGRAM, s3.bucket])
    while len(faulty.seen) < 12:
        gate.wait(0.02)
    running.kill()
    running.wait()
    gate.set()
    before = len(s3.keys())
    assert 0 < before < 30
    wanted = {f"p/{n:02d}.json": b"%02d" % n * 999 for n in range(30)}
    sent = upload(Connection(), outgoing(s3, wanted))
    assert sent.already >= before
    assert s3.contents() == wanted
