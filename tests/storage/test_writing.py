"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from trackproof.errors import StorageError
from trackproof.storage import read_bytes, sha256_of, write_atomic


def test_bytes_and_pieces_are_written(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"one")
    write_atomic(tmp_path / "b", iter([b"o", b"ne"]))

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_existing_file_is_kept_unless_replacing_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "labels.json"
    write_atomic(file, b"old")

    with pytest.raises(StorageError, match="exists already"):
        write_atomic(file, b"new")
    assert file.read_bytes() == b"old"
    write_atomic(file, b"new", overwrite=True)
    assert file.read_bytes() == b"new"


def test_failed_save_keeps_previous_file(tmp_path: Path) -> None:
    file = tmp_path / "labels.json"
    write_atomic(file, b"old")

    def pieces():
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageError, match="the disk is full"):
        write_atomic(file, pieces(), overwrite=True)
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["labels.json"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "access is not allowed"),
    ],
)
def test_refusal_of_the_system_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match=words) as caught:
        write_atomic(tmp_path / "a", b"one")
    assert caught.value.path == tmp_path / "a"
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such file or folder"):
        write_atomic(tmp_path / "none" / "a", b"one")


def test_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="folder"):
        write_atomic(tmp_path, b"one", overwrite=True)


def test_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)

    write_atomic(link, b"new", overwrite=True)

    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_permissions_of_a_replaced_file_stay(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write_atomic(file, b"new", overwrite=True)
    assert file.stat().st_mode & 0o777 == 0o640


def test_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    file.chmod(0o444)
    with pytest.raises(StorageError, match="read-only and was not replaced"):
        write_atomic(file, b"new", overwrite=True)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_file_made_meanwhile_by_another_program_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "a"

    def pieces():
        yield b"mine"
        file.write_bytes(b"theirs")

    with pytest.raises(StorageError, match="exists already"):
        write_atomic(file, pieces())
    assert file.read_bytes() == b"theirs"


def test_file_system_without_hard_links_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write_atomic(tmp_path / "a", b"one")
    assert (tmp_path / "a").read_bytes() == b"one"


def test_reading_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such file"):
        read_bytes(tmp_path / "none")
    with pytest.raises(StorageError, match="folder, not a file"):
        sha256_of(tmp_path)


def test_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a").startswith("ba7816bf")
