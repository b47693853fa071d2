"""Opening labels in the window whose images have no known size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from desktop.building import HEIGHT, WIDTH, write_pictures
from trackproof.desktop.framing import FramesState
from trackproof.desktop.opening.sizing import SizeDialog
from trackproof.errors import Severity

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    labels = tmp_path / "set" / "labels"
    labels.mkdir(parents=True)
    for number in (1, 2):
        (labels / f"{number:06d}.txt").write_text("0 0.5 0.5 0.25 0.5\n")
    return labels.parent


def press(window: MainWindow, verb: str, qtbot: QtBot) -> None:
    (button,) = (one for one in window.area.findChildren(QPushButton) if one.text() == verb)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def refused(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.session.message) as said:
        window.session.open([folder])
    banner = said.args[0]
    assert banner.severity is Severity.ERROR
    assert str(folder) in banner.text
    assert "nothing tells its size" in banner.text
    assert "--size" not in banner.text


def test_a_person_states_the_size_once(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    session = window.session
    refused(window, folder, qtbot)
    press(window, "State the size …", qtbot)
    (dialog,) = window.findChildren(SizeDialog)
    assert not dialog.open_button.isEnabled()
    qtbot.keyClicks(dialog.fields.width_field, "640")
    qtbot.keyClick(dialog.fields.width_field, Qt.Key.Key_Tab)
    qtbot.keyClicks(dialog.fields.height_field, "480")
    with qtbot.waitSignal(session.sequence_changed):
        qtbot.keyClick(dialog.fields.height_field, Qt.Key.Key_Return)
    assert session.sequence is not None
    assert (session.sequence.width, session.sequence.height) == (640, 480)
    (block,) = session.sequence.labels.table.blocks.values()
    assert block.xywh[0].tolist() == [240.0, 120.0, 160.0, 240.0]
    with qtbot.waitSignal(session.opened_changed):
        session.open([folder])
    assert session.sequences[0].width == 640


def test_pictures_tell_the_size_and_are_the_frames(
    window: MainWindow, folder: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    pictures = write_pictures(tmp_path / "pictures", frames=2)
    refused(window, folder, qtbot)
    monkeypatch.setattr(window.flow.sizes, "_ask_folder", lambda take: take(str(pictures)))
    with qtbot.waitSignal(session.sequence_changed):
        press(window, "Show the pictures …", qtbot)
    assert session.sequence is not None
    assert (session.sequence.width, session.sequence.height) == (WIDTH, HEIGHT)
    qtbot.waitUntil(lambda: session.framing.state is FramesState.ATTACHED)


def test_images_beside_the_labels_win_over_what_was_said(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    session = window.session
    session.settings.set_size_of(str(folder), (640, 480))
    write_pictures(folder / "images", frames=2)
    with qtbot.waitSignal(session.opened_changed):
        session.open([folder])
    assert (session.sequences[0].width, session.sequences[0].height) == (WIDTH, HEIGHT)


def test_folder_without_pictures_is_told(
    window: MainWindow, folder: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(window, folder, qtbot)
    monkeypatch.setattr(window.flow.sizes, "_ask_folder", lambda take: take(str(empty)))
    with qtbot.waitSignal(window.session.message) as said:
        press(window, "Show the pictures …", qtbot)
    assert str(empty) in said.args[0].text
    assert window.session.sequence is None
