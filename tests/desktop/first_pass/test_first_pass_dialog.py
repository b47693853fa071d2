"""Preparing footage in the window, as a person does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from frame_clips import Clip
from trackproof.desktop.first_pass.dialog import SOURCES_HINT, FirstPassDialog
from trackproof.desktop.session import Session


@pytest.fixture
def dialog(session: Session, qtbot: QtBot) -> FirstPassDialog:
    made = FirstPassDialog(session)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return Clip("walk.mp4", "libx264", frames=30).write(tmp_path)


def test_without_footage_it_says_what_to_do_and_makes_nothing(dialog: FirstPassDialog) -> None:
    assert dialog.words.text() == SOURCES_HINT
    assert not dialog.make_button.isEnabled()


def test_footage_is_listed_once_and_can_be_removed(dialog: FirstPassDialog, qtbot: QtBot) -> None:
    dialog.add_sources(["/a.mp4", "/b", "/a.mp4"])
    assert dialog.sources() == ["/a.mp4", "/b"]
    assert dialog.make_button.isEnabled()
    dialog.list.setCurrentRow(0)
    qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert dialog.sources() == ["/b"]


def test_pictures_are_made_and_open_at_once(
    dialog: FirstPassDialog, session: Session, video: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.add_sources([str(video)])
    dialog.by_rate.setChecked(True)
    dialog.rate.setValue(5.0)
    dialog.destination.setText("s3://bucket/footage")
    target = tmp_path / "footage"
    with qtbot.waitSignal(session.sequence_changed):
        dialog.make_in(str(target))
    assert not dialog.isVisible()
    assert session.sequence is not None
    assert session.sequence.name == "walk"
    assert len(session.sequence.frame_names) == 6
    qtbot.waitUntil(lambda: session.frames is not None)
    assert session.rate_fps == pytest.approx(5)
    line = json.loads((target / "input.manifest").read_text())
    assert line == {"source-ref": "s3://bucket/footage/sequences/walk.json"}


def test_what_cannot_be_done_is_said_and_the_fields_stay(
    dialog: FirstPassDialog, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.add_sources([str(tmp_path / "gone.mp4")])
    dialog.make_in(str(tmp_path / "footage"))
    qtbot.waitUntil(lambda: "no such video" in dialog.words.text())
    assert dialog.isVisible()
    assert dialog.make_button.isEnabled()
    assert dialog.sources() == [str(tmp_path / "gone.mp4")]
    assert not session.tasks.running


def test_stopping_keeps_the_dialog_and_says_how_to_go_on(
    dialog: FirstPassDialog, video: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.add_sources([str(video)])
    dialog.make_in(str(tmp_path / "footage"))
    qtbot.mouseClick(dialog.stop_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "same folder" in dialog.words.text())
    assert not (tmp_path / "footage" / "input.manifest").exists()
    assert dialog.make_button.isEnabled()


def test_only_the_chosen_way_of_choosing_frames_can_be_typed(
    dialog: FirstPassDialog, qtbot: QtBot
) -> None:
    assert dialog.every.isEnabled()
    assert not dialog.rate.isEnabled()
    dialog.by_rate.setFocus()
    qtbot.keyClick(dialog.by_rate, Qt.Key.Key_Space)
    assert not dialog.every.isEnabled()
    assert dialog.rate.isEnabled()
