"""A package folder on its way to S3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from s3_faults import CUT, Proxy
from s3_server import S3
from trackproof.errors import HandoffError, TrackproofError
from trackproof.formats import open_labels
from trackproof.handoff.first_pass import FirstPassOptions, Footage, first_pass
from trackproof.handoff.uploading_folder import upload_folder
from trackproof.storage import S3Address
from trackproof.storage.s3 import Connection


@pytest.fixture
def package(s3: S3, tmp_path: Path) -> Path:
    folder = tmp_path / "footage"
    names = tuple(f"frame_{n:06d}.jpg" for n in range(12))
    made = first_pass([Footage("walk", names)], FirstPassOptions(destination=s3.uri("jobs/one/")))
    pictures = {f"frames/walk/{name}": name.encode() * 50 for name in names}
    notes = {"frames/walk/seqinfo.ini": b"[Sequence]", "frames/walk/extraction.json": b"{}"}
    for name, data in {**made.files, **pictures, **notes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def home(s3: S3) -> S3Address:
    return S3Address.parse(s3.uri("jobs/one"))


def test_everything_a_job_reads_arrives_and_notes_stay_at_home(s3: S3, package: Path) -> None:
    sent = upload_folder(package, home(s3), Connection())
    keys = s3.keys()
    assert sent.objects == len(keys) == 14
    assert not [key for key in keys if key.endswith((".ini", "extraction.json"))]
    assert s3.get("jobs/one/frames/walk/frame_000003.jpg") == b"frame_000003.jpg" * 50
    line = json.loads(s3.get("jobs/one/input.manifest"))
    assert S3Address.parse(line["source-ref"]).key in keys


def test_an_upload_that_breaks_leaves_no_manifest_and_goes_on_later(
    s3: S3, package: Path, faulty: Proxy
) -> None:
    faulty.break_next(CUT, method="PUT", part="frame_000007", times=99)
    with pytest.raises(TrackproofError):
        upload_folder(package, home(s3), Connection())
    assert not [key for key in s3.keys("") if key.endswith(".manifest")]
    faulty.faults.clear()
    sent = upload_folder(package, home(s3), Connection())
    assert sent.objects + sent.already == 14
    assert "jobs/one/input.manifest" in s3.keys("")


def test_other_objects_are_not_replaced_unasked(s3: S3, package: Path) -> None:
    s3.put("jobs/one/frames/walk/frame_000000.jpg", b"mine")
    with pytest.raises(TrackproofError, match="not replaced unasked"):
        upload_folder(package, home(s3), Connection())
    assert s3.get("jobs/one/frames/walk/frame_000000.jpg") == b"mine"
    assert len(s3.keys()) == 1
    upload_folder(package, home(s3), Connection(), overwrite=True)
    assert s3.get("jobs/one/frames/walk/frame_000000.jpg") != b"mine"


def test_a_manifest_for_another_place_is_refused_before_anything_is_sent(
    s3: S3, package: Path
) -> None:
    with pytest.raises(HandoffError, match="not beneath"):
        upload_folder(package, S3Address.parse(s3.uri("jobs/two/")), Connection())
    (package / "input.manifest").write_text('{"source": "text"}\n')
    with pytest.raises(HandoffError, match="line 1"):
        upload_folder(package, home(s3), Connection())
    assert s3.keys() == []


def test_a_folder_without_a_manifest_is_no_package(s3: S3, tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match="no manifest"):
        upload_folder(tmp_path, home(s3), Connection())
    with pytest.raises(HandoffError, match="no such folder"):
        upload_folder(tmp_path / "gone", home(s3), Connection())


def test_links_that_leave_the_folder_are_not_sent(s3: S3, package: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("private")
    (package / "frames" / "walk" / "link.jpg").symlink_to(secret)
    upload_folder(package, home(s3), Connection())
    assert not [key for key in s3.keys("") if "link" in key]


def test_what_was_uploaded_opens_from_s3(s3: S3, package: Path) -> None:
    upload_folder(package, home(s3), Connection())
    (sequence,) = open_labels(s3.uri("jobs/one/input.manifest")).sequences
    assert len(sequence.frame_names) == 12
