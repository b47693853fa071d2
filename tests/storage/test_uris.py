"""S3 addresses are found on disk, and never outside the folders that were named."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackproof.errors import StorageError
from trackproof.storage import UriMap, split_s3_uri


def make(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x")
    return file


@pytest.mark.parametrize("local", ["bucket/out/0/a.json", "out/0/a.json", "0/a.json", "a.json"])
def test_every_shape_of_a_local_copy_is_found(tmp_path: Path, local: str) -> None:
    file = make(tmp_path / local)
    assert UriMap(root=tmp_path).find("s3://bucket/out/0/a.json") == file


def test_longest_match_wins(tmp_path: Path) -> None:
    make(tmp_path / "a.json")
    file = make(tmp_path / "out" / "1" / "a.json")
    make(tmp_path / "1" / "a.json")
    assert UriMap(root=tmp_path).find("s3://bucket/out/1/a.json") == file


def test_copied_job_folder_is_found_from_its_manifest(tmp_path: Path) -> None:
    file = make(tmp_path / "job" / "annotations" / "output" / "0" / "SeqLabel.json")
    beside = tmp_path / "job" / "manifests" / "output"
    beside.mkdir(parents=True)
    found = UriMap(beside=beside).find("s3://b/deep/job/annotations/output/0/SeqLabel.json")
    assert found == file


def test_unknown_address_is_nothing(tmp_path: Path) -> None:
    assert UriMap(root=tmp_path).find("s3://bucket/none.json") is None
    assert UriMap().find("s3://bucket/none.json") is None


@pytest.mark.parametrize(
    "uri",
    [
        "s3://bucket/../../etc/passwd",
        "s3://bucket/a/..",
        "s3://../etc/passwd",
        "../secret.json",
        "/etc/passwd",
        "C:/secret.json",
        "s3://bucket/..\\..\\secret",
        "s3://bucket/a\0b",
        "s3://",
        "file:///etc/passwd",
        "https://example.invalid/a.json",
        "",
    ],
)
def test_hostile_addresses_are_refused(tmp_path: Path, uri: str) -> None:
    make(tmp_path / "secret.json")
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(StorageError):
        UriMap(root=root).find(uri)


def test_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    secret = make(tmp_path / "secret.json")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.json").symlink_to(secret)
    with pytest.raises(StorageError, match="link that leads out"):
        UriMap(root=root).find("s3://bucket/a.json")


def test_very_long_address_is_no_crash(tmp_path: Path) -> None:
    assert UriMap(root=tmp_path).find("s3://bucket/" + "a" * 5000) is None


def test_bucket_and_key_are_split() -> None:
    assert split_s3_uri("s3://bucket/a/b.json") == ("bucket", "a/b.json")
    with pytest.raises(StorageError):
        split_s3_uri("bucket/a")
