"""What every panel must survive: nothing open, a sequence, an edit, a theme, closing."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from panel_scene import JUMP_AT, open_scene, scene
from trackproof.desktop.panel import Panel, discover_panels
from trackproof.labels import Labels, LabelTable, Sequence
from trackproof.labels.edits_boxes import DeleteBoxes, PutBox
from trackproof.labels.ranges import FrameRanges

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

PANELS = discover_panels()


@pytest.fixture(params=PANELS, ids=lambda panel: panel.name)
def panel(request: pytest.FixtureRequest) -> Panel:
    """Every panel of the registry."""
    found: Panel = request.param
    return found


def test_it_opens_on_nothing_and_follows_what_happens(
    panel: Panel, session: Session, qtbot: QtBot
) -> None:
    widget = panel.make(session)
    qtbot.addWidget(widget)
    widget.resize(420, 300)
    widget.show()
    widget.grab()
    open_scene(session, qtbot)
    widget.grab()
    session.next_flag()
    session.go_to(5)
    widget.grab()
    session.apply(PutBox(1, JUMP_AT, (140.0, 130.0, 60.0, 80.0)))
    widget.grab()
    session.undo()
    session.judge(session.flags[:1], "dismissed")
    session.choose_theme("light")
    widget.grab()
    session.choose_theme("dark")


def test_it_shows_labels_without_any_object(panel: Panel, session: Session, qtbot: QtBot) -> None:
    widget = panel.make(session)
    qtbot.addWidget(widget)
    widget.show()
    labels = Labels(LabelTable.empty(), (), np.ones(4, dtype=bool))
    open_scene(session, qtbot, Sequence("empty", tuple("abcd"), np.arange(4), labels))
    session.go_to(3)
    widget.grab()


def test_it_survives_the_loss_of_the_selected_object(
    panel: Panel, opened: Session, qtbot: QtBot
) -> None:
    widget = panel.make(opened)
    qtbot.addWidget(widget)
    widget.show()
    opened.select_track(2)
    opened.apply(DeleteBoxes((2,), FrameRanges(((0, 59),))))
    widget.grab()
    opened.undo()
    widget.grab()


def test_it_fits_large_type(panel: Panel, opened: Session, qtbot: QtBot) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    before = application.font()
    large = application.font()
    large.setPointSizeF(before.pointSizeF() * 2)
    application.setFont(large)
    try:
        widget = panel.make(opened)
        qtbot.addWidget(widget)
        widget.resize(600, 400)
        widget.show()
        opened.next_flag()
        widget.grab()
        assert widget.minimumSizeHint().width() <= 700
    finally:
        application.setFont(before)


def test_its_controls_have_names(panel: Panel, opened: Session, qtbot: QtBot) -> None:
    widget = panel.make(opened)
    qtbot.addWidget(widget)
    assert widget.accessibleName()
    for button in widget.findChildren(QAbstractButton):
        if button.objectName().startswith("qt_") or button.isHidden():
            continue
        is_inside_field = isinstance(button.parent(), QLineEdit)
        assert button.text() or button.accessibleName() or is_inside_field, button
    for field in widget.findChildren(QLineEdit):
        assert field.accessibleName() or field.placeholderText()


def test_closing_it_leaves_nothing_behind(panel: Panel, opened: Session, qtbot: QtBot) -> None:
    widget = panel.make(opened)
    widget.show()
    opened.next_flag()
    widget.grab()
    gone = weakref.ref(widget)
    with qtbot.waitSignal(widget.destroyed):
        widget.close()
        widget.deleteLater()
    del widget
    gc.collect()
    assert gone() is None
    opened.go_to(7)
    opened.select_track(0)
    opened.choose_theme("light")
    opened.judge(opened.flags, "dismissed")
    opened.choose_theme("dark")
    open_scene(opened, qtbot, scene("another"))
