"""Clips in S3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clip_job_files import line, result, write_answers, write_clips, write_manifest
from s3_server import S3
from trackproof.clips import encode_manifest, open_clips, store_path
from trackproof.clips.remote import open_remote_clips, remote_clips_in, with_bucket
from trackproof.clips.summary import media_of
from trackproof.errors import FormatError, StorageError
from trackproof.progress import NO_PROGRESS
from trackproof.storage import S3Address
from trackproof.storage.s3 import AwsError, Connection

MANIFEST = "out/clips/manifests/output/output.manifest"


@pytest.fixture
def remote(s3: S3, tmp_path: Path) -> S3:
    """A bucket with two clips and the manifest of a job; a third clip is missing."""
    write_clips(tmp_path / "made", range(1))
    clip = (tmp_path / "made" / "clip-000.mp4").read_bytes()
    for number in range(2):
        s3.put(f"clips/clip-{number:03d}.mp4", clip)
    lines = [
        {"source-ref": s3.uri(f"clips/clip-{number:03d}.mp4"), **result("idle")}
        for number in range(3)
    ]
    s3.put(MANIFEST, "\n".join(json.dumps(one) for one in lines))
    return s3


def test_manifest_is_read_and_clips_come_when_they_are_watched(remote: S3) -> None:
    address = S3Address.parse(remote.uri(MANIFEST))
    clips = open_remote_clips(address, Connection(), progress=NO_PROGRESS)
    assert (clips.name, clips.identity) == ("output.manifest", remote.uri(MANIFEST))
    first, _, missing = clips.clips
    assert clips.find(first.source_ref) is None
    assert media_of(first, clips) == (None, ())
    path = clips.bring(first, NO_PROGRESS)
    assert path is not None
    assert clips.find(first.source_ref) == path
    media, problems = media_of(first, clips)
    assert (str(media), problems) == ("MP4, H.264, 96×64", ())
    assert clips.bring(missing, NO_PROGRESS) is None


def test_output_folder_of_a_job_opens_too(remote: S3) -> None:
    folder = S3Address.parse(remote.uri("out/clips/"))
    clips = open_remote_clips(folder, Connection(), progress=NO_PROGRESS)
    assert clips.address == remote.uri(MANIFEST)
    nothing = S3Address.parse(remote.uri("clips/"))
    assert remote_clips_in(nothing, Connection(), progress=NO_PROGRESS) is None


def test_raw_answers_of_workers_come_with_the_manifest(remote: S3, tmp_path: Path) -> None:
    write_answers(tmp_path / "job", {0: {"ann": "idle", "bob": "loading"}})
    folder = "annotations/worker-response/iteration-1/0"
    text = (tmp_path / "job" / folder / "answer.json").read_text()
    remote.put(f"out/clips/{folder}/answer.json", text)
    remote.put(f"out/clips/{folder}/other.json", "no answer")
    address = S3Address.parse(remote.uri(MANIFEST))
    clips = open_remote_clips(address, Connection(), progress=NO_PROGRESS)
    assert [answer.label for answer in clips.clips[0].answers] == ["idle", "loading"]
    assert clips.clips[0].is_disputed
    assert clips.problems == ()


def test_verdicts_belong_to_the_address_and_not_to_the_copy(remote: S3) -> None:
    address = S3Address.parse(remote.uri(MANIFEST))
    first = open_remote_clips(address, Connection(), progress=NO_PROGRESS)
    remote.put(MANIFEST, json.dumps(line(0)))
    again = open_remote_clips(address, Connection(), progress=NO_PROGRESS)
    assert first.path != again.path
    assert store_path(first) == store_path(again)
    assert encode_manifest(again, {}).data == json.dumps(line(0)).encode()


def test_clips_of_a_local_manifest_can_come_from_s3(remote: S3, tmp_path: Path) -> None:
    uri = remote.uri("clips/clip-001.mp4")
    path = write_manifest(tmp_path / "job" / "a.manifest", [{"source-ref": uri}])
    clips = with_bucket(open_clips(path), Connection())
    assert clips.find(uri) is None
    found = clips.bring(clips.clips[0], NO_PROGRESS)
    assert found is not None
    assert clips.find(uri) == found
    assert store_path(clips) == store_path(open_clips(path))


def test_what_is_no_manifest_of_clips_is_left_to_others(remote: S3) -> None:
    uri = remote.put("other.manifest", '{"source-ref": "s3://b/seq.json"}')
    address = S3Address.parse(uri)
    assert remote_clips_in(address, Connection(), progress=NO_PROGRESS) is None
    with pytest.raises(FormatError, match=r"other\.manifest: .*names s3://b/seq\.json, which"):
        open_remote_clips(address, Connection(), progress=NO_PROGRESS)


def test_manifest_that_cannot_be_had_is_said_in_words(remote: S3) -> None:
    address = S3Address.parse(remote.uri("absent.manifest"))
    with pytest.raises(AwsError, match=r"absent\.manifest"):
        open_remote_clips(address, Connection(), progress=NO_PROGRESS)


def test_addresses_that_lead_astray_are_not_asked_for(remote: S3, tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", [{"source-ref": "../secret.mp4"}])
    clips = with_bucket(open_clips(path), Connection())
    with pytest.raises(StorageError, match="leads out of the folder"):
        clips.bring(clips.clips[0], NO_PROGRESS)
