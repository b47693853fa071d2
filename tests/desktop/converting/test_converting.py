"""From the window into another format: losses before writing, nothing replaced unasked."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog

from desktop.building import HEIGHT, WIDTH, moving_boxes, task_called, write_pictures
from trackproof.agreement import link
from trackproof.desktop.converting import dialog as dialogs
from trackproof.desktop.converting import gathering
from trackproof.desktop.converting.dialog import ConvertDialog
from trackproof.desktop.framing import FramesState
from trackproof.errors import Severity
from trackproof.formats import open_labels
from trackproof.labels import Rename

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.notices import Banner
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow


def ready(dialog: ConvertDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog.write_button.isEnabled())


def choose(dialog: ConvertDialog, name: str, qtbot: QtBot) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(name))
    ready(dialog, qtbot)


def lost(dialog: ConvertDialog) -> list[str]:
    return [dialog.losses.item(row).text() for row in range(dialog.losses.count())]


def written(dialog: ConvertDialog, target: Path, qtbot: QtBot) -> Banner:
    session: Session = dialog._session
    said: list[Banner] = []
    session.message.connect(said.append)
    with qtbot.waitSignal(dialog.accepted):
        dialog.write_to(str(target))
    return said[-1]


def dialog_of(window: MainWindow) -> ConvertDialog:
    window.registry.refresh()
    window.registry.qaction("file.convert").trigger()
    made = window.findChildren(ConvertDialog)[-1]
    assert isinstance(made, ConvertDialog)
    return made


@pytest.fixture
def dialog(open_window: MainWindow) -> ConvertDialog:
    return dialog_of(open_window)


def test_by_keyboard_from_menu_to_file(
    open_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(open_window, Qt.Key.Key_S, keys)
    (dialog,) = open_window.findChildren(ConvertDialog)
    dialog.format.setFocus()
    qtbot.keyClicks(dialog.format, "COCO")
    ready(dialog, qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    (asked,) = dialog.findChildren(QFileDialog)
    asked.setDirectory(str(tmp_path))
    with qtbot.waitSignal(dialog.accepted):
        asked.selectFile(str(tmp_path / "mine"))
        asked.accept()
    opened = open_labels(tmp_path / "mine.json")
    assert opened.format_name == "coco"
    assert len(opened.sequences[0].labels.table) == 120


def test_losses_are_shown_before_writing_and_told_after(
    dialog: ConvertDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(dialog, "kitti", qtbot)
    assert "The names of 3 objects are lost" in lost(dialog)
    assert not list(tmp_path.iterdir())
    banner = written(dialog, tmp_path / "a.txt", qtbot)
    assert banner.severity is Severity.WARNING
    assert "names of 3 objects" in banner.details
    assert str(tmp_path / "a.txt") in banner.text


def test_an_answer_for_the_format_before_is_dropped(
    dialog: ConvertDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count that ends after another format was chosen says nothing about that one."""
    has_begun, may_end = threading.Event(), threading.Event()
    count = gathering.count_losses

    def held(*given: Any) -> Any:
        has_begun.set()
        may_end.wait(60)
        return count(*given)

    choose(dialog, "coco", qtbot)
    monkeypatch.setattr(dialogs, "count_losses", held)
    dialog.count()
    qtbot.waitUntil(has_begun.is_set)
    dialog.format.setCurrentIndex(dialog.format.findData("kitti"))
    running = task_called(dialog._session.tasks, "Counting")
    with qtbot.waitSignal(running.ended):
        may_end.set()
    assert not dialog.write_button.isEnabled()
    ready(dialog, qtbot)
    assert "The names of 3 objects are lost" in lost(dialog)


def test_a_format_that_holds_everything_says_so(
    dialog: ConvertDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(dialog, "coco", qtbot)
    assert dialog.heading.text() == "COCO holds everything."
    assert dialog.losses.isHidden()
    banner = written(dialog, tmp_path / "a.json", qtbot)
    assert (banner.severity, banner.details) == (Severity.NOTE, "")


def test_edits_are_counted_at_once_and_written(
    dialog: ConvertDialog, open_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    session = open_window.session
    choose(dialog, "kitti", qtbot)
    session.select_track(0)
    before = lost(dialog)
    session.apply(Rename(0, "1"))
    qtbot.waitUntil(lambda: lost(dialog) != before)
    written(dialog, tmp_path / "a.txt", qtbot)
    assert (tmp_path / "a.txt").exists()


def test_what_exists_is_replaced_only_by_a_press_and_kept(
    dialog: ConvertDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(dialog, "coco", qtbot)
    target = tmp_path / "a.json"
    target.write_text("mine")
    dialog.write_to(str(target))
    qtbot.waitUntil(dialog.replace_button.isVisible)
    assert "exists already" in dialog.said.text()
    assert target.read_text() == "mine"
    assert not dialog.replace_button.isDefault()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.replace_button, Qt.MouseButton.LeftButton)
    assert (tmp_path / "a.json.bak").read_text() == "mine"
    assert open_labels(target).format_name == "coco"


def test_labels_are_never_written_onto_what_was_opened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    original = tmp_path / "gt.txt"
    original.write_text("1,1,10,20,30,40,1,1,1\n")
    with qtbot.waitSignal(window.session.sequence_changed):
        window.session.open([original])
    dialog = dialog_of(window)
    assert dialog.chosen.name != "motchallenge"
    choose(dialog, "kitti", qtbot)
    dialog.write_to(str(original), overwrite=True)
    qtbot.waitUntil(lambda: "where the labels come from" in dialog.said.text())
    assert original.read_text() == "1,1,10,20,30,40,1,1,1\n"
    assert not dialog.replace_button.isVisible()


def test_all_open_sequences_go_into_a_folder(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    unsized = replace(moving_boxes(name="yard/2"), width=None, height=None)
    window.session.show_sequences([moving_boxes(name="street"), unsized])
    dialog = dialog_of(window)
    choose(dialog, "coco", qtbot)
    box = QPoint(8, dialog.everything.height() // 2)
    qtbot.mouseClick(dialog.everything, Qt.MouseButton.LeftButton, pos=box)
    assert dialog.everything.isChecked()
    dialog.format.setCurrentIndex(dialog.format.findData("yolo"))
    # The size of one sequence is not taken for another's.
    assert dialog.sizes.fields.stated is None
    assert not dialog.write_button.isEnabled()
    qtbot.keyClicks(dialog.sizes.fields.width_field, "640")
    qtbot.keyClicks(dialog.sizes.fields.height_field, "480")
    ready(dialog, qtbot)
    assert "street: the frame rate, 25 per second, is lost" in lost(dialog)
    banner = written(dialog, tmp_path / "out", qtbot)
    assert "2 sequences" in banner.text
    sizes = {
        path.name: open_labels(path).sequences[0].width for path in (tmp_path / "out").iterdir()
    }
    assert sizes == {"street": WIDTH, "yard_2": 640}


def test_every_sequence_can_have_a_size_of_its_own(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    names = ("street", "yard", "gate")
    unsized = [replace(moving_boxes(name=name), width=None, height=None) for name in names]
    window.session.show_sequences(unsized)
    dialog = dialog_of(window)
    fields, whose = dialog.sizes.fields, dialog.sizes.whose
    assert not whose.isVisible()
    dialog.format.setCurrentIndex(dialog.format.findData("yolo"))
    box = QPoint(8, dialog.everything.height() // 2)
    qtbot.mouseClick(dialog.everything, Qt.MouseButton.LeftButton, pos=box)
    assert [whose.itemText(row) for row in range(whose.count())] == ["all of them", *names]

    def state(row: int, width: str, height: str) -> None:
        whose.setCurrentIndex(row)
        whose.activated.emit(row)
        assert fields.stated is None
        qtbot.keyClicks(fields.width_field, width)
        qtbot.keyClicks(fields.height_field, height)

    state(2, "640", "480")
    assert whose.currentText() == "yard (640 × 480)"
    assert not dialog.write_button.isEnabled()
    state(0, "1920", "1080")
    whose.setCurrentIndex(2)
    whose.activated.emit(2)
    assert fields.stated == (640, 480)
    ready(dialog, qtbot)
    written(dialog, tmp_path / "out", qtbot)
    found = {path.name: open_labels(path).sequences[0] for path in (tmp_path / "out").iterdir()}
    assert {name: (one.width, one.height) for name, one in found.items()} == {
        "street": (1920, 1080),
        "yard": (640, 480),
        "gate": (1920, 1080),
    }


def test_size_comes_from_the_pictures(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    session.show_sequences([replace(moving_boxes(), width=None, height=None)])
    dialog = dialog_of(window)
    dialog.format.setCurrentIndex(dialog.format.findData("yolo"))
    assert dialog.sizes.fields.stated is None
    session.attach_frames(write_pictures(tmp_path / "pictures"))
    qtbot.waitUntil(lambda: session.framing.state is FramesState.ATTACHED)
    ready(dialog, qtbot)
    assert dialog.sizes.fields.stated == (WIDTH, HEIGHT)
    assert dialog.size_words.text() == "as the pictures are"
    written(dialog, tmp_path / "out", qtbot)
    assert open_labels(tmp_path / "out").sequences[0].width == WIDTH


@pytest.mark.parametrize(("name", "file"), [("coco", "a.json"), ("ground-truth", "a2.json")])
def test_provisional_tracks_are_written_as_detections(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, name: str, file: str
) -> None:
    rows = "".join(f"{frame},-1,{10 + 4 * frame},20,30,40,0.9\n" for frame in range(1, 21))
    (tmp_path / "det.txt").write_text(rows)
    session = window.session
    with qtbot.waitSignal(session.sequence_changed):
        session.open([tmp_path / "det.txt"])
    assert session.labels is not None
    edit = link(session.labels)
    assert edit is not None
    session.apply(edit)
    assert len(session.labels.table.blocks) == 1
    dialog = dialog_of(window)
    choose(dialog, name, qtbot)
    assert not any("identity" in one for one in lost(dialog))
    written(dialog, tmp_path / file, qtbot)
    (sequence,) = open_labels(tmp_path / file).sequences
    assert set(sequence.labels.table.blocks) == {-1}
    assert len(sequence.labels.table) == 20


def test_saving_corrected_labels_says_which_edits_the_format_cannot_hold(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "gt.txt").write_text("1,1,10,20,30,40,1,1,1\n2,1,12,20,30,40,1,1,1\n")
    session = window.session
    with qtbot.waitSignal(session.sequence_changed):
        session.open([tmp_path / "gt.txt"])
    said: list[Banner] = []
    session.message.connect(said.append)
    window.flow.save_corrected(str(tmp_path / "b.txt"))
    qtbot.waitUntil(lambda: bool(said))
    assert "edits" not in said[-1].text
    session.apply(Rename(0, "Anna"))
    window.flow.save_corrected(str(tmp_path / "c.txt"))
    qtbot.waitUntil(lambda: "c.txt" in said[-1].text)
    assert said[-1].severity is Severity.WARNING
    assert "the name of 1 object is lost" in said[-1].text


def test_closing_while_writing_stops_and_says_so(
    dialog: ConvertDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(dialog, "coco", qtbot)
    dialog.write_to(str(tmp_path / "a.json"))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Stopped"))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_asking_again_shows_the_same_dialog(dialog: ConvertDialog, open_window: MainWindow) -> None:
    assert dialog_of(open_window) is dialog
