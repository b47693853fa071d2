"""Large objects go on with the parts that arrived, and leave no parts behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s3_faults import CUT, DENIED, Fault, Proxy, Request
from s3_server import S3
from trackproof import paths
from trackproof.progress import Cancelled
from trackproof.storage import S3Address
from trackproof.storage.s3 import AwsError, Connection, Outgoing, upload
from trackproof.storage.s3.multipart import KEPT_S, PART

SIZE = 4 * PART + 1_000
PROGRAM = """
import sys
from pathlib import Path
from trackproof.storage import S3Address
from trackproof.storage.s3 import Connection, Outgoing, upload
some = [Outgoing(S3Address(sys.argv[1], "large.bin"), Path(sys.argv[2]))]
upload(Connection(), some, at_once=1)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "large.bin"
    made.write_bytes(os.urandom(SIZE))
    return made


def sending(s3: S3, file: Path) -> list[Outgoing]:
    return [Outgoing(S3Address(s3.bucket, "large.bin"), file)]


def uploads(s3: S3) -> list[dict[str, Any]]:
    return list(s3.client.list_multipart_uploads(Bucket=s3.bucket).get("Uploads", ()))


def notes() -> list[Path]:
    return list((paths.cache_dir() / "s3" / "uploads").glob("*.json"))


def numbers(requests: list[Request]) -> list[int]:
    parts = [one.path.partition("partNumber=")[2] for one in requests if one.method == "PUT"]
    return [int(one.partition("&")[0]) for one in parts if one]


def broken(s3: S3, faulty: Proxy, file: Path) -> None:
    """Send two parts of a file; what follows is refused."""
    for number in (3, 4, 5):
        faulty.break_next(DENIED, method="PUT", part=f"partNumber={number}", times=99)
    with pytest.raises(AwsError, match="access is denied"):
        upload(Connection(), sending(s3, file), at_once=1)
    faulty.faults.clear()
    faulty.seen.clear()


def test_an_upload_killed_inside_a_large_file_goes_on_with_the_parts_that_arrived(
    s3: S3, faulty: Proxy, file: Path
) -> None:
    gate, is_held = threading.Event(), threading.Event()

    def hold_after_two(request: Request) -> Fault | None:
        if "partNumber=3" not in request.path or gate.is_set():
            return None
        is_held.set()
        gate.wait(30)
        return CUT

    faulty.faults.append(hold_after_two)
    running = subprocess.Popen([sys.executable, "-c", PROGRAM, s3.bucket, str(file)])
    assert is_held.wait(60)
    running.kill()
    running.wait()
    gate.set()
    assert len(uploads(s3)) == 1
    faulty.seen.clear()
    steps: list[int] = []

    class Note:
        def step(self, done: int, total: int) -> None:
            steps.append(done)

    assert upload(Connection(), sending(s3, file), progress=Note()).objects == 1
    assert sorted(numbers(faulty.seen)) == [3, 4, 5]
    assert s3.get("large.bin") == file.read_bytes()
    assert uploads(s3) == []
    assert notes() == []
    assert steps == sorted(steps)
    assert min(filter(None, steps)) >= 2 * PART
    assert upload(Connection(), sending(s3, file)).already == 1


def test_a_refused_part_keeps_the_others(s3: S3, faulty: Proxy, file: Path) -> None:
    broken(s3, faulty, file)
    upload(Connection(), sending(s3, file))
    assert sorted(numbers(faulty.seen)) == [3, 4, 5]
    assert s3.get("large.bin") == file.read_bytes()


def test_parts_that_came_from_another_computer_are_used_when_they_are_the_same(
    s3: S3, faulty: Proxy, file: Path
) -> None:
    broken(s3, faulty, file)
    for note in notes():
        note.unlink()
    upload(Connection(), sending(s3, file))
    assert sorted(numbers(faulty.seen)) == [3, 4, 5]
    assert uploads(s3) == []


def test_parts_of_other_content_are_never_mixed_in(s3: S3, faulty: Proxy, file: Path) -> None:
    theirs = s3.client.create_multipart_upload(Bucket=s3.bucket, Key="large.bin")["UploadId"]
    s3.client.upload_part(
        Bucket=s3.bucket, Key="large.bin", UploadId=theirs, PartNumber=1, Body=b"x" * PART
    )
    upload(Connection(), sending(s3, file))
    assert s3.get("large.bin") == file.read_bytes()
    assert [one["UploadId"] for one in uploads(s3)] == [theirs]


def test_an_upload_of_older_content_is_ended_so_that_it_costs_nothing(
    s3: S3, faulty: Proxy, file: Path
) -> None:
    broken(s3, faulty, file)
    file.write_bytes(os.urandom(SIZE))
    upload(Connection(), sending(s3, file))
    assert s3.get("large.bin") == file.read_bytes()
    assert uploads(s3) == []


def test_an_upload_that_nobody_took_up_is_ended_by_a_later_one(
    s3: S3, faulty: Proxy, file: Path
) -> None:
    broken(s3, faulty, file)
    (note,) = notes()
    document = json.loads(note.read_bytes())
    note.write_text(json.dumps(document | {"begun_s": document["begun_s"] - KEPT_S - 60}))
    upload(Connection(), [Outgoing(S3Address(s3.bucket, "small.json"), b"{}")])
    assert uploads(s3) == []
    assert notes() == []


def test_an_upload_that_ended_meanwhile_is_begun_anew(s3: S3, faulty: Proxy, file: Path) -> None:
    broken(s3, faulty, file)
    (one,) = uploads(s3)
    s3.client.abort_multipart_upload(Bucket=s3.bucket, Key=one["Key"], UploadId=one["UploadId"])
    upload(Connection(), sending(s3, file))
    assert s3.get("large.bin") == file.read_bytes()


def test_who_may_not_list_uploads_can_still_send(s3: S3, faulty: Proxy, file: Path) -> None:
    faulty.break_next(DENIED, method="GET", part="uploads", times=99)
    upload(Connection(), sending(s3, file))
    assert s3.get("large.bin") == file.read_bytes()


def test_a_lost_answer_to_the_completion_is_no_failure(s3: S3, faulty: Proxy, file: Path) -> None:
    faulty.break_next(Fault(swallowed=True), method="POST", part="uploadId=")
    upload(Connection(), sending(s3, file))
    assert s3.get("large.bin") == file.read_bytes()
    assert notes() == []


def test_what_somebody_puts_there_meanwhile_is_not_replaced(
    s3: S3, faulty: Proxy, file: Path
) -> None:
    def race(request: Request) -> None:
        if "partNumber=5" in request.path:
            s3.put("large.bin", b"theirs")

    faulty.faults.append(race)
    with pytest.raises(AwsError, match="exists there already"):
        upload(Connection(), sending(s3, file))
    assert s3.get("large.bin") == b"theirs"
    assert uploads(s3) == []


def test_cancelling_frees_the_parts(s3: S3, faulty: Proxy, file: Path) -> None:
    def stop(*, when: Callable[[int], bool]) -> Any:
        class Stop:
            def step(self, done: int, total: int) -> None:
                if when(done):
                    raise Cancelled

        return Stop()

    broken(s3, faulty, file)
    with pytest.raises(Cancelled):
        upload(Connection(), sending(s3, file), progress=stop(when=lambda done: done > 0))
    assert uploads(s3) == []
    assert notes() == []


def test_a_file_that_shrinks_while_it_is_sent_is_told(s3: S3, faulty: Proxy, file: Path) -> None:
    def shrink(request: Request) -> None:
        if "partNumber=1" in request.path:
            file.write_bytes(b"short")

    faulty.faults.append(shrink)
    with pytest.raises(Exception, match="changed while it was sent"):
        upload(Connection(), sending(s3, file), at_once=1)
    assert "large.bin" not in s3.keys("")


def test_checksums_of_parts_are_announced_before_the_first_part(
    s3: S3, faulty: Proxy, file: Path
) -> None:
    upload(Connection(), sending(s3, file))
    begun = next(one for one in faulty.seen if one.method == "POST" and "uploads" in one.path)
    parts = [one for one in faulty.seen if "partNumber=" in one.path]
    assert begun.headers["x-amz-checksum-algorithm"] == "CRC32"
    assert all("x-amz-checksum-crc32" in one.headers for one in parts)


def test_parts_that_make_no_object_are_given_up_for_the_next_run(
    s3: S3, faulty: Proxy, file: Path
) -> None:
    broken(s3, faulty, file)
    faulty.break_next(Fault(400, "InvalidPart"), method="POST", part="uploadId=")
    with pytest.raises(AwsError):
        upload(Connection(), sending(s3, file))
    assert uploads(s3) == []
    faulty.seen.clear()
    upload(Connection(), sending(s3, file))
    assert sorted(numbers(faulty.seen)) == [1, 2, 3, 4, 5]
