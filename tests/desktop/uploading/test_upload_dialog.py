"""A package folder to S3 from the window: progress, stop, go on, nothing replaced unasked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from s3_server import S3
from trackproof.desktop.launching.actions import LAUNCH_PACKAGE
from trackproof.desktop.session import Session
from trackproof.desktop.uploading.dialog import STOPPED, UploadDialog
from trackproof.handoff.first_pass import FirstPassOptions, Footage, first_pass


@pytest.fixture
def package(s3: S3, tmp_path: Path) -> Path:
    folder = tmp_path / "footage"
    names = tuple(f"frame_{n:06d}.jpg" for n in range(12))
    made = first_pass([Footage("walk", names)], FirstPassOptions(destination=s3.uri("jobs/one/")))
    pictures = {f"frames/walk/{name}": name.encode() * 50 for name in names}
    for name, data in {**made.files, **pictures}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture
def dialog(session: Session, package: Path, s3: S3, qtbot: QtBot) -> Iterator[UploadDialog]:
    made = UploadDialog(session, folder=str(package))
    made.show()
    qtbot.waitUntil(made.send.isEnabled)
    yield made
    if isValid(made):
        made.close()
    qtbot.waitUntil(lambda: not session.tasks.running)


def test_the_place_is_the_one_that_the_package_names(dialog: UploadDialog, s3: S3) -> None:
    assert dialog.target.text() == s3.uri("jobs/one/")
    assert "Manifests go last" in dialog.words.text()
    assert not dialog.progress.isVisible()


def test_everything_is_sent_and_can_be_launched(
    dialog: UploadDialog, session: Session, s3: S3, qtbot: QtBot
) -> None:
    said: list[Any] = []
    session.message.connect(said.append)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
        assert dialog.stop.isEnabled()
        assert not dialog.target.isEnabled()
    assert "jobs/one/input.manifest" in s3.keys("")
    assert session.settings.text(LAUNCH_PACKAGE) == s3.uri("jobs/one/")
    (banner,) = said
    assert banner.text.startswith("14 files sent to s3://")
    assert [words for words, _ in banner.choices] == ["Launch …"]


def test_other_objects_stay_until_replacing_is_asked_for(
    dialog: UploadDialog, s3: S3, qtbot: QtBot
) -> None:
    s3.put("jobs/one/frames/walk/frame_000000.jpg", b"mine")
    dialog.upload()
    qtbot.waitUntil(lambda: "not replaced unasked" in dialog.words.text())
    assert s3.get("jobs/one/frames/walk/frame_000000.jpg") == b"mine"
    assert dialog.isVisible()
    dialog.replace.setChecked(True)
    with qtbot.waitSignal(dialog.accepted):
        dialog.upload()
    assert s3.get("jobs/one/frames/walk/frame_000000.jpg") != b"mine"


def test_a_stopped_upload_goes_on_by_uploading_again(
    dialog: UploadDialog, session: Session, s3: S3, qtbot: QtBot
) -> None:
    dialog.upload()
    dialog.cancel()
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert dialog.words.text() == STOPPED
    assert not [key for key in s3.keys("") if key.endswith(".manifest")]
    with qtbot.waitSignal(dialog.accepted):
        dialog.upload()
    assert len(s3.keys("")) == 14


def test_a_closed_dialog_goes_on_in_the_background(
    dialog: UploadDialog, session: Session, s3: S3, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.message):
        dialog.upload()
        dialog.reject()
        assert dialog.isHidden()
    assert "jobs/one/input.manifest" in s3.keys("")


def test_a_folder_that_is_no_package_is_told(
    session: Session, s3: S3, tmp_path: Path, qtbot: QtBot
) -> None:
    made = UploadDialog(session, folder=str(tmp_path))
    made.show()
    qtbot.waitUntil(lambda: "no manifest" in made.words.text())
    assert not made.send.isEnabled()
    made.folder.setText(str(tmp_path / "gone"))
    made.read_folder()
    qtbot.waitUntil(lambda: "no such folder" in made.words.text())
    made.close()


def test_place_of_a_package_that_is_not_chosen_any_more_is_not_taken(
    dialog: UploadDialog, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.read_folder()
    dialog.folder.setText(str(tmp_path / "other"))
    dialog.target.setText("s3://mine/")
    qtbot.waitUntil(lambda: not session.tasks.running)
    assert dialog.target.text() == "s3://mine/"
