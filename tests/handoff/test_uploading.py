"""Packages straight to S3, and checked there."""

import json
from typing import Any

import pytest

from handoff.test_package import flag, reviewed
from s3_faults import DENIED, Proxy
from s3_server import S3
from trackproof.errors import HandoffError, Severity, TrackproofError
from trackproof.handoff.copies import copy_frames
from trackproof.handoff.package import Package, make_package
from trackproof.handoff.selection import ExportOptions
from trackproof.handoff.uploading import check_upload, upload_package
from trackproof.handoff.validate_remote import validate_remote
from trackproof.progress import Cancelled
from trackproof.storage import S3Address
from trackproof.storage.s3 import AwsError, Connection, Trouble

FRAMES = 60


def options(s3: S3, **more: Any) -> ExportOptions:
    fields: dict[str, Any] = {
        "destination": s3.uri("review/"),
        "prefix": s3.uri("frames/yard/"),
        "context": 5,
    }
    return ExportOptions(**(fields | more))


def package(s3: S3, **more: Any) -> Package:
    return make_package(reviewed(flag(20, 22), flag(50), frames=FRAMES), options(s3, **more))


def folder(s3: S3) -> S3Address:
    return S3Address(s3.bucket, "review/")


@pytest.fixture
def frames(s3: S3) -> None:
    for number in range(FRAMES):
        s3.put(f"frames/yard/{number + 1:06d}.jpg", b"picture %d" % number)


@pytest.mark.usefixtures("frames")
def test_package_in_s3_keeps_every_rule(s3: S3) -> None:
    made = package(s3)
    sent = upload_package(made, folder(s3), Connection())
    assert sent.files.objects == len(made.files)
    assert {key: data for key, data in s3.contents().items() if key.startswith("review/")} == {
        f"review/{name}": data for name, data in made.files.items()
    }
    assert validate_remote(folder(s3), Connection()) == []


@pytest.mark.usefixtures("frames")
def test_manifest_is_the_last_thing_that_arrives(s3: S3, faulty: Proxy) -> None:
    upload_package(package(s3, sending="copies"), folder(s3), Connection())
    made = [one.path for one in faulty.seen if one.method == "PUT"]
    assert made[0].endswith("plan.json")
    assert made[-1].endswith("adjustment.manifest")
    assert sum(one.endswith(".manifest") for one in made) == 1


def test_broken_upload_has_no_manifest_and_goes_on(s3: S3, faulty: Proxy) -> None:
    first = package(s3)
    faulty.break_next(DENIED, times=100, method="PUT", part="SeqLabel.json")
    with pytest.raises(AwsError, match="access is denied"):
        upload_package(first, folder(s3), Connection())
    assert not any(key.endswith(".manifest") for key in s3.contents())
    faulty.faults.clear()
    plan = s3.get("review/plan.json")
    # The next run makes the package anew, at another time.
    later = package(s3)
    later.files["plan.json"] = later.files["plan.json"].replace(b'"20', b'"19', 1)
    again = upload_package(later, folder(s3), Connection())
    assert again.files.already >= 1
    assert s3.get("review/plan.json") == plan
    assert any(key.endswith(".manifest") for key in s3.contents())


def test_another_package_at_the_place_is_refused_and_stays(s3: S3) -> None:
    upload_package(package(s3), folder(s3), Connection())
    before = s3.contents()
    other = make_package(reviewed(flag(30), frames=FRAMES), options(s3))
    with pytest.raises(TrackproofError, match="already"):
        upload_package(other, folder(s3), Connection())
    assert s3.contents() == before
    upload_package(other, folder(s3), Connection(), overwrite=True)
    assert s3.get("review/plan.json") == other.files["plan.json"]


def test_a_folder_with_other_objects_is_refused(s3: S3) -> None:
    s3.put("review/notes.txt", "mine")
    with pytest.raises(HandoffError, match=r"notes\.txt"):
        check_upload(Connection(), folder(s3), overwrite=False)
    with pytest.raises(HandoffError, match=r"notes\.txt"):
        upload_package(package(s3), folder(s3), Connection())
    assert s3.keys() == ["review/notes.txt"]


def test_a_package_goes_only_where_its_addresses_point(s3: S3) -> None:
    with pytest.raises(HandoffError, match="works nowhere else"):
        upload_package(package(s3), S3Address(s3.bucket, "elsewhere/"), Connection())


@pytest.mark.usefixtures("frames")
def test_copies_get_their_own_folders_without_leaving_s3(s3: S3, faulty: Proxy) -> None:
    made = package(s3, sending="copies")
    sent = upload_package(made, folder(s3), Connection())
    assert sent.frames.objects == len(made.copies) > 0
    prefix = json.loads(s3.get("review/job-1/0/sequence.json"))["prefix"]
    assert prefix == s3.uri("review/job-1/0/frames/")
    name = json.loads(s3.get("review/job-1/0/sequence.json"))["frames"][0]["frame"]
    assert s3.get(f"review/job-1/0/frames/{name}") == s3.get(f"frames/yard/{name}")
    assert faulty.count("GET", "frames/yard/0") == 0
    assert validate_remote(folder(s3), Connection()) == []
    again = upload_package(made, folder(s3), Connection())
    assert again.frames.objects == again.files.objects == 0


def test_copies_of_frames_that_do_not_exist_stop_before_the_manifest(s3: S3) -> None:
    with pytest.raises(AwsError) as caught:
        upload_package(package(s3, sending="copies"), folder(s3), Connection())
    assert caught.value.trouble is Trouble.MISSING
    assert s3.keys() == ["review/plan.json"]


def test_copies_never_lead_out_of_the_package(s3: S3) -> None:
    s3.put("frames/1.jpg", b"1")
    hostile = [(s3.uri("frames/1.jpg"), s3.uri("other/1.jpg"))]
    with pytest.raises(HandoffError, match="out of the package"):
        copy_frames(Connection(), hostile, beneath=folder(s3))
    with pytest.raises(TrackproofError):
        copy_frames(
            Connection(),
            [(s3.uri("frames/1.jpg"), s3.uri("review/../other/1.jpg"))],
            beneath=folder(s3),
        )
    assert s3.keys() == ["frames/1.jpg"]


def test_cancelled_upload_has_no_manifest(s3: S3) -> None:
    class Stop:
        def step(self, done: int, total: int) -> None:
            if done:
                raise Cancelled

    with pytest.raises(Cancelled):
        upload_package(package(s3), folder(s3), Connection(), progress=Stop())
    assert not any(key.endswith(".manifest") for key in s3.contents())


def test_missing_frames_are_found_in_s3(s3: S3) -> None:
    s3.put("frames/yard/000016.jpg", b"only one")
    upload_package(package(s3), folder(s3), Connection())
    problems = validate_remote(folder(s3), Connection())
    assert all(one.severity is Severity.ERROR for one in problems)
    assert "frames do not exist" in problems[0].message
    assert problems[0].path.startswith(s3.uri("review/job-1/0/"))


@pytest.mark.usefixtures("frames")
def test_one_file_of_a_package_can_be_checked(s3: S3) -> None:
    upload_package(package(s3), folder(s3), Connection())
    address = S3Address(s3.bucket, "review/job-1/0/SeqLabel.json")
    assert validate_remote(address, Connection()) == []


def test_an_address_is_looked_up_exactly(s3: S3) -> None:
    upload_package(package(s3), folder(s3), Connection())
    manifest = "review/job-1/adjustment.manifest"
    other = s3.get(manifest).decode().replace(f"s3://{s3.bucket}/review/", "s3://elsewhere/review/")
    s3.put(manifest, other)
    problems = validate_remote(folder(s3), Connection())
    said = " ".join(one.message for one in problems if one.path == s3.uri(manifest))
    assert "s3://elsewhere/review/job-1/0/sequence.json is not in this folder" in said


@pytest.mark.parametrize(
    "key",
    ["pkg/a\\b.json", "pkg//x.json", f"pkg/{'n' * 300}.json", "pkg/con:x.json"],
)
def test_keys_that_are_no_paths_are_problems(s3: S3, key: str) -> None:
    s3.put(key, "{}")
    problems = validate_remote(S3Address(s3.bucket, "pkg/"), Connection())
    assert [one.path for one in problems] == [s3.uri(key)]


def test_a_key_beneath_another_is_a_problem_and_no_crash(s3: S3) -> None:
    s3.put("pkg/a.json", "{}")
    s3.put("pkg/a.json/b.json", "{}")
    problems = validate_remote(S3Address(s3.bucket, "pkg/"), Connection())
    assert s3.uri("pkg/a.json/b.json") in [one.path for one in problems]


@pytest.mark.parametrize("key", ["pkg/../x.json", "pkg/./x.json"])
def test_keys_that_lead_astray_are_refused(s3: S3, key: str) -> None:
    with pytest.raises(TrackproofError, match="leads out of the folder"):
        validate_remote(S3Address.parse(s3.uri(key)), Connection())


def test_nothing_to_check_is_told(s3: S3) -> None:
    with pytest.raises(HandoffError, match=r"no \.manifest and no \.json"):
        validate_remote(folder(s3), Connection())
