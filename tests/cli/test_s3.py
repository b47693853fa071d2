"""Commands on addresses in S3."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from ground_truth_files import box, frame, tracking
from s3_faults import EXPIRED, Proxy
from s3_jobs import put_frames, put_job
from s3_server import S3

Trackproof = Callable[..., Any]


@pytest.fixture
def labels(s3: S3) -> str:
    """A track of 40 frames that jumps once."""
    frames = [frame(n, box(left=10 + n + (60 if n == 20 else 0))) for n in range(40)]
    return s3.put("jobs/night/SeqLabel.json", json.dumps(tracking(*frames)))


def test_check_reads_labels_from_s3_and_says_as_whom(labels: str, trackproof: Trackproof) -> None:
    said = trackproof("check", labels, "--format", "csv")
    assert said.status == 1
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert rows[0]["sequence"] == "night"
    assert rows[0]["frame_index"] == "20"
    assert "account 123456789012" in said.err
    assert "testing-secret" not in said.err


def test_check_uses_frames_from_s3(s3: S3, labels: str, trackproof: Trackproof) -> None:
    put_frames(s3, "frames/night/", count=40)
    said = trackproof("check", labels, "--frames", s3.uri("frames/night/"))
    assert said.status == 1, said.err


def test_an_expired_token_is_told_with_the_way_out(
    s3: S3, faulty: Proxy, trackproof: Trackproof
) -> None:
    manifest = put_job(s3)
    faulty.break_next(EXPIRED, times=1_000)
    said = trackproof("check", manifest)
    assert said.status == 2
    assert "credentials have expired; sign in again" in said.err
    assert manifest in said.err


def test_endpoint_and_region_can_be_said(
    s3: S3, labels: str, trackproof: Trackproof, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    options = ("--endpoint-url", s3.endpoint_url, "--region", "us-west-2")
    said = trackproof("check", labels, *options)
    assert said.status == 1
    assert "us-west-2" in said.err


def test_package_goes_straight_to_s3_and_is_checked_there(
    s3: S3, labels: str, trackproof: Trackproof
) -> None:
    for number in range(1, 41):
        s3.put(f"frames/night/{number:06d}.jpg", b"picture")
    target = s3.uri("review/night")
    how = ("--to", target, "--prefix", s3.uri("frames/night"), "--send", "copies")
    said = trackproof("export", labels, *how)
    assert said.status == 0, said.err
    assert f"Sent to {target}/: " in said.out
    assert "frames copied inside S3" in said.out
    checked = trackproof("validate", f"{target}/")
    assert checked.status == 0, checked.out
    again = trackproof("export", labels, *how)
    assert again.status == 0
    assert ": 0 files, " in again.out
    other = trackproof("export", labels, *how, "--context", "3")
    assert other.status == 2
    assert "already" in other.err


def test_export_needs_a_place(labels: str, trackproof: Trackproof) -> None:
    said = trackproof("export", labels)
    assert said.status == 2
    assert "say where the package goes" in said.err


def test_window_is_opened_on_addresses_as_they_are(trackproof: Trackproof, window: Any) -> None:
    assert trackproof("open", "s3://bucket/a//b c.manifest").status == 0
    assert window.calls == [(["s3://bucket/a//b c.manifest"], None, None)]
