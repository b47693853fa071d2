"""Labels opened from S3."""

import json
from pathlib import Path

import pytest

from s3_faults import Proxy
from s3_jobs import label_file, put_frames, put_job, put_sequence_file
from s3_server import S3
from trackproof.errors import FormatError, StorageError
from trackproof.formats import open_labels
from trackproof.storage.s3 import AwsError, Trouble


def test_output_manifest_opens_with_labels_and_frames_hint(s3: S3) -> None:
    manifest = put_job(s3)
    opened = open_labels(manifest)
    assert str(opened.path) == manifest
    (sequence,) = opened.sequences
    assert sequence.name == "street"
    assert len(sequence) == 6
    assert len(sequence.labels.table) == 6
    assert sequence.frames_hint == s3.uri("frames/street/")
    assert sequence.source is not None
    assert sequence.source.uri.startswith(f"s3://{s3.bucket}/out/job/annotations/")


def test_output_folder_opens_its_manifest(s3: S3) -> None:
    put_job(s3)
    opened = open_labels(s3.uri("out/job/"))
    assert [one.name for one in opened.sequences] == ["street"]
    assert str(opened.path) == s3.uri("out/job/")


def test_label_file_alone_is_named_after_its_folder(s3: S3) -> None:
    address = s3.put("jobs/night/SeqLabel.json", label_file())
    (sequence,) = open_labels(address).sequences
    assert sequence.name == "night"
    assert sequence.source is not None
    assert sequence.source.uri == address


def test_label_category_configuration_beside_the_labels_is_used(s3: S3) -> None:
    address = s3.put("jobs/night/SeqLabel.json", label_file())
    config = {
        "document-version": "2020-03-01",
        "labels": [{"label": "Vehicle", "attributes": []}],
        "instructions": {"shortInstruction": "", "fullInstruction": ""},
    }
    s3.put("jobs/night/categories.json", json.dumps(config))
    (sequence,) = open_labels(address).sequences
    assert sequence.detail["label_config"]["labels"][0]["label"] == "Vehicle"


def test_sequence_file_opens_without_labels(s3: S3) -> None:
    names = put_frames(s3, "frames/street/")
    address = put_sequence_file(s3, "in/seq.json", s3.uri("frames/street/"), names)
    (sequence,) = open_labels(address).sequences
    assert sequence.frame_names == tuple(names)
    assert len(sequence.labels.table) == 0


@pytest.mark.parametrize(
    "key", ["a b+c/ü 100%/SeqLabel.json", "x//y/#?&=.json", "日本/labels'(1)!*.json"]
)
def test_odd_keys_are_asked_for_as_they_are(s3: S3, key: str) -> None:
    address = s3.put(key, label_file())
    (sequence,) = open_labels(address).sequences
    assert len(sequence.labels.table) == 6


def test_keys_longer_than_file_names_may_be_are_kept(s3: S3) -> None:
    address = s3.put(f"{'d' * 300}/{'n' * 600}.json", label_file())
    (sequence,) = open_labels(address).sequences
    assert len(sequence) == 6


def test_missing_object_and_bucket_are_told_apart(s3: S3) -> None:
    with pytest.raises(AwsError, match="no such object") as caught:
        open_labels(s3.uri("nothing.manifest"))
    assert str(caught.value).startswith(s3.uri("nothing.manifest"))
    with pytest.raises(AwsError) as caught:
        open_labels("s3://no-such-bucket-here/x.manifest")
    assert caught.value.trouble in (Trouble.NO_BUCKET, Trouble.MISSING)


def test_messages_name_the_address_and_not_the_copy(s3: S3, private_home: Path) -> None:
    address = s3.put("broken.json", '{"tracking-annotations": [{"frame-no": "0"}]}')
    try:
        opened = open_labels(address)
        said = " ".join(str(one) for seq in opened.sequences for one in seq.problems)
    except FormatError as error:
        said = str(error)
    assert address in said
    assert str(private_home) not in said


@pytest.mark.parametrize(
    "uri",
    [
        "s3://{bucket}/../../etc/passwd",
        "s3://{bucket}/a/./b.json",
        "/etc/passwd",
        "file:///etc/passwd",
        "../../secret.json",
        "s3:///no-bucket",
        "s3://{bucket}/" + "x" * 2_000,
        "s3://bad bucket/key",
    ],
)
def test_hostile_manifest_lines_are_problems_and_open_nothing(
    s3: S3, uri: str, private_home: Path
) -> None:
    good = json.loads(s3.get(put_job(s3).split("/", 3)[3]))
    lines = [{"source-ref": uri.format(bucket=s3.bucket), "other-ref": "x"}, good]
    address = s3.put("evil.manifest", "\n".join(map(json.dumps, lines)))
    opened = open_labels(address)
    assert [one.name for one in opened.sequences] == ["street"]
    assert any(one.location == "line 1" for one in opened.problems)
    cache = private_home / "cache" / "s3"
    outside = [path for path in private_home.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(cache) for path in outside)


def test_frames_in_another_bucket_are_allowed(s3: S3) -> None:
    other = s3.another_bucket()
    (sequence,) = open_labels(put_job(s3, frames_bucket=other)).sequences
    assert sequence.frames_hint == f"s3://{other}/frames/street/"


def test_a_newer_version_replaces_the_copy(s3: S3) -> None:
    address = s3.put("l/SeqLabel.json", label_file(3))
    assert len(open_labels(address).sequences[0]) == 3
    s3.put("l/SeqLabel.json", label_file(5))
    assert len(open_labels(address).sequences[0]) == 5


def test_work_goes_on_offline_with_what_was_fetched(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trackproof.storage.s3 import Account, Connection

    manifest = put_job(s3)
    connection = Connection(Account())
    open_labels(manifest, connection=connection)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    opened = open_labels(manifest, connection=Connection(Account()))
    assert len(opened.sequences) == 1
    assert "S3 cannot be asked" in opened.problems[0].message


def test_a_root_folder_makes_no_sense_for_s3(s3: S3, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="on the disk"):
        open_labels(put_job(s3), root=tmp_path)


def test_a_huge_manifest_of_one_missing_file_is_asked_for_once(s3: S3, faulty: Proxy) -> None:
    line = json.dumps({"source-ref": s3.uri("gone.json"), "job-ref": s3.uri("gone/SeqLabel.json")})
    good = s3.get(put_job(s3).split("/", 3)[3]).decode().strip()
    address = s3.put("huge.manifest", "\n".join([*[line] * 5_000, good]))
    opened = open_labels(address)
    assert [one.name for one in opened.sequences] == ["street"]
    assert len(opened.problems) < 100
    assert sum("gone.json" in one.path for one in faulty.seen) <= 4
