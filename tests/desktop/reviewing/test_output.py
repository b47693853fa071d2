"""What leaves a review, by menu and mouse: labels, audit trail, and what differs."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtWidgets import QDockWidget, QFileDialog, QMessageBox

from trackproof.desktop.panels.changes.panel import ChangesPanel
from trackproof.formats import open_labels
from trackproof.labels import DeleteBoxes, FrameRanges, PutBox
from trackproof.review import review_path

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A Ground Truth file of one car over 12 frames."""
    frames = []
    for frame in range(12):
        box = {"height": 40, "width": 60, "top": 30, "left": 20 + 4 * frame, "class-id": "0"}
        car = {**box, "object-id": "a", "object-name": "Car:1", "label-category-attributes": {}}
        name = f"{frame:06}.jpg"
        frames.append(
            {"frame-no": str(frame), "frame": name, "frame-attributes": {}, "annotations": [car]}
        )
    path = tmp_path / "street" / "SeqLabel.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"tracking-annotations": frames}))
    return path


@pytest.fixture
def session(window: MainWindow, labels: Path, qtbot: QtBot) -> Session:
    """The window on the labels, one box moved by key and one deleted."""
    session = window.session
    with qtbot.waitSignal(session.sequence_changed):
        session.open([labels])
    settle(session, qtbot)
    session.select_track(0)
    session.go_to(3)
    canvas = window.area.canvas
    canvas.setFocus()
    qtbot.waitUntil(window.registry.qaction("edit.move_left_1").isEnabled)
    qtbot.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    session.apply(DeleteBoxes((0,), FrameRanges.at(7)))
    settle(session, qtbot)
    return session


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.analysis is not None and not session.tasks.running)


def choose_file(window: MainWindow, action: str, path: Path, qtbot: QtBot) -> None:
    """Take an action that asks for a file, and name one."""
    window.registry.qaction(action).trigger()
    [dialog] = [one for one in window.findChildren(QFileDialog) if one.isVisible()]
    dialog.fileSelected.emit(str(path))
    dialog.close()
    settle(window.session, qtbot)


def test_corrected_labels_are_proposed_as_a_new_file_and_replace_only_what_was_named(
    window: MainWindow, session: Session, labels: Path, qtbot: QtBot
) -> None:
    original = labels.read_bytes()
    window.area.canvas.setFocus()
    qtbot.keyClick(window.area.canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    [dialog] = [one for one in window.findChildren(QFileDialog) if one.isVisible()]
    assert [one.rsplit("/")[-1] for one in dialog.selectedFiles()] == ["SeqLabel.corrected.json"]
    dialog.fileSelected.emit(str(labels.with_name("SeqLabel.corrected.json")))
    dialog.close()
    settle(session, qtbot)
    assert labels.read_bytes() == original
    corrected = labels.with_name("SeqLabel.corrected.json")
    assert len(open_labels(corrected).sequences[0].labels.table) == 11
    choose_file(window, "file.save_corrected", labels, qtbot)
    assert labels.read_bytes() == corrected.read_bytes()
    assert labels.with_name("SeqLabel.json.bak").read_bytes() == original
    assert (
        "The file that was there is now SeqLabel.json.bak" in window.area.banners.banners[-1].text
    )
    session.apply(PutBox(0, 9, (1.0, 2.0, 30.0, 40.0)))
    choose_file(window, "file.save_corrected", labels, qtbot)
    assert open_labels(labels).sequences[0].labels.table.blocks[0].xywh[8].tolist() == [
        *(1.0, 2.0),
        *(30.0, 40.0),
    ]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_the_audit_trail_tells_before_and_after_in_both_formats(
    window: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot, ending: str
) -> None:
    session.undo()
    settle(session, qtbot)
    place = tmp_path / f"trail.{ending}"
    choose_file(window, "file.export_audit", place, qtbot)
    text = place.read_text()
    if ending == "csv":
        first, second = list(csv.DictReader(text.splitlines()))
        before, after = json.loads(first["before"]), json.loads(first["after"])
        assert (first["frames"], second["state"]) == ("[3]", "undone")
    else:
        first, second = map(json.loads, text.splitlines())
        before, after = first["before"], first["after"]
        assert (first["frames"], second["state"]) == ([3], "undone")
    assert before["a"][0]["xywh"] == [32.0, 30.0, 60.0, 40.0]
    assert after["a"][0]["xywh"] == [31.0, 30.0, 60.0, 40.0]
    assert first["who"]
    assert first["when"].endswith("+00:00")


def test_the_original_is_dotted_on_the_picture_and_comes_back_by_a_button(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    [dock] = [one for one in window.findChildren(QDockWidget) if one.objectName() == "dock.changes"]
    dock.show()
    dock.raise_()
    [panel] = window.findChildren(ChangesPanel)
    qtbot.waitUntil(lambda: panel.tree.topLevelItemCount() == 1)
    panel.shows_original.setChecked(False)
    item = panel.tree.topLevelItem(0)
    assert item is not None
    removed = [item.child(row) for row in range(item.childCount())]
    [run] = [one for one in removed if one is not None and one.text(1) == "removed"]
    panel.tree.setCurrentItem(run)
    assert session.frame == 7
    canvas = window.area.canvas
    # The lower edge of the box that is gone: 48, 30, 60, 40 in the picture.
    middle = canvas.view.to_widget(QPointF(78.0, 70.0)).toPoint()
    edge = QRect(middle - QPoint(40, 2), middle + QPoint(40, 2))
    plain = canvas.grab(edge).toImage()
    panel.shows_original.setChecked(True)
    qtbot.waitUntil(lambda: canvas.grab(edge).toImage() != plain)
    qtbot.mouseClick(panel.revert_button, LEFT)
    assert session.labels is not None
    assert len(session.labels.table) == 12
    assert session.labels.table.blocks[0].xywh[3, 0] == 31.0
    session.undo()
    assert len(session.labels.table) == 11


def test_an_older_review_is_brought_forward_with_a_copy_and_the_window_says_so(
    window: MainWindow, session: Session, labels: Path, qtbot: QtBot
) -> None:
    place = review_path(labels)
    session.book.close()
    with contextlib.closing(sqlite3.connect(place)) as file, file:
        file.execute("DROP TABLE former")
        file.execute("ALTER TABLE verdicts DROP COLUMN raised")
        file.execute("PRAGMA user_version = 1")
    with qtbot.waitSignal(session.sequence_changed):
        session.open([labels])
    settle(session, qtbot)
    copy = place.with_name(f"{place.stem}.version-1{place.suffix}")
    assert copy.exists()
    assert any(copy.name in banner.text for banner in window.area.banners.banners)
    assert session.labels is not None
    assert len(session.labels.table) == 11


@pytest.mark.parametrize("form", ["file", "folder"])
def test_the_original_is_replaced_after_a_question_and_kept_beside(
    window: MainWindow, session: Session, labels: Path, tmp_path: Path, qtbot: QtBot, form: str
) -> None:
    original = labels
    if form == "folder":
        original = tmp_path / "set" / "Annotations"
        original.mkdir(parents=True)
        for frame in range(12):
            box = "<bndbox><xmin>9</xmin><ymin>20</ymin><xmax>90</xmax><ymax>60</ymax></bndbox>"
            one = f"<object><name>Car</name>{box}<track_id>a</track_id></object>"
            (original / f"{frame:06}.xml").write_text(f"<annotation>{one}</annotation>")
        session.open([original.parent])
        qtbot.waitUntil(lambda: session.sequence is not None and session.sequence.name == "set")
        settle(session, qtbot)
        session.apply(DeleteBoxes((0,), FrameRanges.at(7)))
    rows = len(open_labels(original).sequences[0].labels.table)
    window.registry.qaction("file.over_original").trigger()
    [box] = window.findChildren(QMessageBox, "over_original")
    kept = original.with_name(f"{original.name}.bak")
    assert kept.name in box.informativeText()
    assert not kept.exists()
    [replace] = [one for one in box.buttons() if one.text() == f"Replace the {form}"]
    replace.click()
    settle(session, qtbot)
    assert len(open_labels(kept).sequences[0].labels.table) == rows
    assert len(open_labels(original).sequences[0].labels.table) == rows - 1
