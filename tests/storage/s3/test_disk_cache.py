"""The cache of S3 objects on the disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.errors import StorageError
from trackproof.storage import S3Address
from trackproof.storage.s3 import DiskCache


def address(key: str, bucket: str = "bucket") -> S3Address:
    return S3Address(bucket, key)


def test_content_is_found_by_version(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, budget_bytes=10**6)
    cache.put(address("a/1.jpg"), "etag-1", b"one")
    again = DiskCache(tmp_path, budget_bytes=10**6)
    entry = again.find(address("a/1.jpg"), etag="etag-1")
    assert entry is not None
    assert again.read(entry) == b"one"
    assert again.find(address("a/1.jpg"), etag="etag-2") is None
    assert again.find(address("a/1.jpg", bucket="other")) is None


def test_servers_do_not_share_content(tmp_path: Path) -> None:
    DiskCache(tmp_path, budget_bytes=10**6, server="http://one").put(address("a"), "e", b"one")
    other = DiskCache(tmp_path, budget_bytes=10**6, server="http://two")
    assert other.find(address("a")) is None


def test_damaged_content_counts_as_absent(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, budget_bytes=10**6)
    entry = cache.put(address("a/1.jpg"), "etag", b"one")
    entry.path.write_bytes(b"two")
    assert cache.read(entry) is None
    assert not entry.path.exists()
    assert cache.find(address("a/1.jpg")) is None


def test_a_new_version_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, budget_bytes=10**6)
    old = cache.put(address("a/1.jpg"), "etag-1", b"one")
    cache.put(address("a/1.jpg"), "etag-2", b"two")
    assert not old.path.exists()


def test_the_longest_unused_go_first_and_the_budget_holds(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, budget_bytes=10_000)
    entries = [cache.put(address(f"a/{n}.jpg"), "e", bytes([n]) * 1_000) for n in range(10)]
    for age, entry in enumerate(entries):
        os.utime(entry.path, (1_000 + age, 1_000 + age))
    assert cache.read(entries[0]) is not None  # used just now
    cache.put(address("a/new.jpg"), "e", b"x" * 1_000)
    kept = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    assert kept <= 10_000
    assert entries[0].path.exists()
    assert not entries[1].path.exists()


def test_what_another_program_dropped_is_absent(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, budget_bytes=10**6)
    entry = cache.put(address("a/1.jpg"), "etag", b"one")
    assert cache.find(address("a/1.jpg")) is not None
    entry.path.unlink()
    assert cache.find(address("a/1.jpg")) is None


keys = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=300
)


@given(key=keys)
def test_no_key_leaves_the_folder(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    root = tmp_path_factory.mktemp("cache")
    cache = DiskCache(root / "inside", budget_bytes=10**6)
    try:
        entry = cache.put(address(key), "etag", b"x")
    except StorageError:
        return  # a key that leads astray, or is longer than S3 has
    assert entry.path.resolve().is_relative_to((root / "inside").resolve())
    assert [one.name for one in root.iterdir()] == ["inside"]
    assert len(entry.path.name) < 140
    found = DiskCache(root / "inside", budget_bytes=10**6).find(address(key))
    assert found == entry


@pytest.mark.parametrize("key", ["../a", "a/../../b", "a/./b", ".", "..", "a\0b", "k" * 1_025])
def test_keys_that_lead_astray_are_no_addresses(key: str) -> None:
    with pytest.raises(StorageError):
        S3Address("bucket", key)


@pytest.mark.parametrize(
    "text", ["s3:/bucket/a", "http://bucket/a", "s3://", "s3:///a", "bucket/a"]
)
def test_other_texts_are_no_addresses(text: str) -> None:
    with pytest.raises(StorageError):
        S3Address.parse(text)


def test_addresses_keep_keys_as_they_are() -> None:
    text = "s3://bucket/a//b c+d/ü%20?#.json"
    one = S3Address.parse(text)
    assert str(one) == text
    assert one.name == "ü%20?#.json"
    assert str(one.parent) == "s3://bucket/a//b c+d/"
    assert str(one.parent.joined("x/y.jpg")) == "s3://bucket/a//b c+d/x/y.jpg"
    with pytest.raises(StorageError):
        one.parent.joined("/etc/passwd")
    with pytest.raises(StorageError):
        one.parent.joined("../x")


PROGRAM = """
import sys
from pathlib import Path
from trackproof.storage import S3Address
from trackproof.storage.s3 import DiskCache
root = Path(sys.argv[1])
cache = DiskCache(root, budget_bytes=40_000)
for round_ in range(3):
    for n in range(40):
        address = S3Address("bucket", f"a/{n}.jpg")
        entry = cache.find(address)
        data = cache.read(entry) if entry else None
        assert data is None or data == b"%03d" % n * 700, "mixed up"
        if data is None:
            cache.put(address, "etag", b"%03d" % n * 700)
"""


def test_several_programs_share_one_cache(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)]) for _ in range(3)]
    assert [one.wait(timeout=60) for one in running] == [0, 0, 0]
    left = DiskCache(tmp_path, budget_bytes=40_000)
    left.trim()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= 40_000
    assert not [file for file in files if file.suffix == ".part"]
