"""Repairing like cases in the window, after one of them was repaired."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from desktop.building import moving_boxes, settle
from trackproof.desktop.batch.dialog import BatchDialog
from trackproof.desktop.panels.desk import ReviewDesk

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

CUTS = {0: 10, 1: 18, 2: 27}


@pytest.fixture
def session(window: MainWindow, qtbot: QtBot) -> Session:
    """Three objects, each with its lower half cut off in one frame."""
    made = moving_boxes()
    table = made.labels.table
    for track, frame in CUTS.items():
        boxes = table.blocks[track].xywh.copy()
        boxes[frame, 3] = 14.0
        table = table.with_blocks({track: replace(table.blocks[track], xywh=boxes)})
    session = window.session
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([replace(made, labels=replace(made.labels, table=table))])
    qtbot.waitUntil(lambda: not session.tasks.running)
    return session


def test_the_offer_of_like_cases_names_the_key_in_force(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    window.registry.set_shortcuts("review.like_cases", ("Alt+F7",))
    flag = next(one for one in session.flags if one.track == 0 and one.frame == CUTS[0])
    session.select_flag(flag)
    settle(qtbot, session)
    ReviewDesk.of(session).accept()
    settle(qtbot, session)
    assert "Alt+F7 repairs them together" in window.area.canvas._words()[1]


def test_a_repair_offers_like_cases_and_repairs_them_in_one_step(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    flag = next(one for one in session.flags if one.track == 0 and one.frame == CUTS[0])
    session.select_flag(flag)
    settle(qtbot, session)
    ReviewDesk.of(session).accept()
    assert session.verdict(flag) == "fixed"
    settle(qtbot, session)
    assert "Shift+L repairs them together" in window.area.canvas._words()[1]
    action = window.registry.qaction("review.like_cases")
    qtbot.waitUntil(action.isEnabled)
    window.area.canvas.setFocus()
    qtbot.keyClick(window.area.canvas, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    [dialog] = window.findChildren(BatchDialog)
    qtbot.waitUntil(lambda: dialog.button.text() == "Repair 2 places")
    first = dialog.tree.topLevelItem(0)
    assert first is not None
    dialog.tree.setCurrentItem(first)
    assert session.track == first.data(0, Qt.ItemDataRole.UserRole).flag.track
    first.setCheckState(0, Qt.CheckState.Unchecked)
    assert dialog.button.text() == "Repair 1 place"
    first.setCheckState(0, Qt.CheckState.Checked)
    before = len(session.history)
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert session.history[before:] == ("repair 2 like cases",)
    assert session.labels is not None
    for track, frame in CUTS.items():
        assert session.labels.table.blocks[track].xywh[frame, 3] == pytest.approx(30.0, abs=1.0)
    session.undo()
    assert session.labels.table.blocks[1].xywh[CUTS[1], 3] == 14.0
    assert session.labels.table.blocks[2].xywh[CUTS[2], 3] == 14.0
