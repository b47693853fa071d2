"""Hiding, showing alone and locking: by object, category, attribute and flag."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from desktop.building import moving_boxes, sudden_jump
from trackproof.desktop.showing.dialog import LOCKED, SHOWN, WHAT, ShowingDialog
from trackproof.labels import Category
from trackproof.labels.edits_attributes import SetAttribute

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTreeWidgetItem
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def canvas(window: MainWindow, qtbot: QtBot) -> Canvas:
    """Three objects at frame 20: a car, a flagged van, and a van whose colour is red."""
    made = sudden_jump(moving_boxes(), track=1)
    table = made.labels.table
    blocks = {
        track: replace(block, category=np.full(len(block), min(track, 1), dtype=np.int32))
        for track, block in table.blocks.items()
    }
    labels = replace(
        made.labels,
        table=table.with_blocks(blocks),
        categories=(Category("car"), Category("van")),
    )
    session = window.session
    session.show_sequences([replace(made, labels=labels)])
    qtbot.waitUntil(lambda: session.analysis is not None and not session.tasks.running)
    session.apply(SetAttribute((2,), "colour", "red"))
    session.go_to(20)
    return window.area.canvas


def shown(canvas: Canvas) -> set[int]:
    return {mark.track for mark in canvas.marks.marks}


def trigger(window: MainWindow, name: str) -> None:
    window.registry.refresh()
    assert window.registry.qaction(name).isEnabled()
    window.registry.qaction(name).trigger()


def item(dialog: ShowingDialog, words: str) -> QTreeWidgetItem:
    tree = dialog.tree
    items = [tree.topLevelItem(i) for i in range(tree.topLevelItemCount())]
    [found] = [one for one in items if one.text(WHAT).strip() == words]
    return found


def click(canvas: Canvas, track: int, qtbot: QtBot) -> None:
    [mark] = [one for one in canvas.marks.marks if one.track == track]
    at = canvas.view.to_widget(QPointF(mark.rect.center())).toPoint()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)


def test_categories_are_hidden_and_shown_alone(window: MainWindow, canvas: Canvas) -> None:
    window.session.select_track(0)
    trigger(window, "view.hide_category")
    assert shown(canvas) == {1, 2}
    trigger(window, "view.isolate_category")
    assert shown(canvas) == {0}
    trigger(window, "view.isolate_category")
    assert shown(canvas) == {0, 1, 2}
    trigger(window, "view.hide_category")
    trigger(window, "view.show_all")
    assert shown(canvas) == {0, 1, 2}


def test_a_locked_object_is_neither_selected_nor_moved_by_the_mouse(
    window: MainWindow, canvas: Canvas, qtbot: QtBot
) -> None:
    session = window.session
    click(canvas, 2, qtbot)
    assert session.track == 2
    trigger(window, "view.lock")
    before = session.labels
    [mark] = [one for one in canvas.marks.marks if one.track == 2]
    assert mark.is_locked
    start = canvas.view.to_widget(mark.rect.center()).toPoint()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, start * 0.9)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start * 0.9)
    assert session.labels is before
    session.select_track(-1)
    click(canvas, 2, qtbot)
    assert session.track == -1
    trigger(window, "view.unlock_all")
    click(canvas, 2, qtbot)
    assert session.track == 2


def test_the_list_hides_by_attribute_and_flag_and_locks_categories(
    window: MainWindow, canvas: Canvas, qtbot: QtBot
) -> None:
    trigger(window, "view.choose_shown")
    dialog = window.findChild(ShowingDialog)
    assert isinstance(dialog, ShowingDialog)
    item(dialog, "red").setCheckState(SHOWN, Qt.CheckState.Unchecked)
    assert shown(canvas) == {0, 1}
    item(dialog, "Without a flag").setCheckState(SHOWN, Qt.CheckState.Unchecked)
    assert shown(canvas) == {1}
    qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert shown(canvas) == {0, 1, 2}
    assert item(dialog, "red").checkState(SHOWN) is Qt.CheckState.Checked
    item(dialog, "van").setCheckState(LOCKED, Qt.CheckState.Checked)
    assert {mark.track for mark in canvas.marks.marks if mark.is_locked} == {1, 2}
    click(canvas, 2, qtbot)
    assert window.session.track == -1
    click(canvas, 0, qtbot)
    assert window.session.track == 0
