"""What may not be read is told; it is neither empty nor missing."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from trackproof.errors import StorageError, TrackproofError
from trackproof.handoff.launching_sources import launchables
from trackproof.handoff.uploading_folder import upload_folder
from trackproof.handoff.validate import validate
from trackproof.storage import S3Address, check_there, files_beneath
from trackproof.storage.s3 import Connection


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that nobody may list, whoever runs the test."""
    folder = tmp_path / "closed"
    folder.mkdir()

    def refusing(real: Any) -> Any:
        def call(path: Any = ".") -> Any:
            if Path(os.fspath(path)) == folder:
                raise PermissionError(errno.EACCES, "denied", str(folder))
            return real(path)

        return call

    monkeypatch.setattr(os, "scandir", refusing(os.scandir))
    monkeypatch.setattr(os, "listdir", refusing(os.listdir))
    return folder


def test_closed_folder_is_told_wherever_it_is(closed: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read: access is not allowed"):
        check_there(closed)
    (closed.parent / "other.json").write_text("{}")
    with pytest.raises(StorageError, match="access is not allowed") as caught:
        list(files_beneath(closed.parent))
    assert caught.value.path == closed


def test_packages_in_a_closed_folder_are_not_called_empty(closed: Path) -> None:
    for use in (
        lambda: validate(closed),
        lambda: validate(closed.parent),
        lambda: launchables(closed, Connection()),
        lambda: upload_folder(closed, S3Address("bucket", "review/"), Connection()),
    ):
        with pytest.raises(TrackproofError, match="access is not allowed"):
            use()


def test_missing_and_empty_folders_are_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no such"):
        check_there(tmp_path / "none")
    check_there(tmp_path)
    assert list(files_beneath(tmp_path)) == []
