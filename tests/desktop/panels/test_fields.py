"""Fields in panels: what is typed is kept, and Escape and Enter lead back to the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from desktop.building import moving_boxes, press, settle, sudden_jump
from trackproof.desktop.key_presets import key_presets, use_preset
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.evidence.panel import EvidencePanel
from trackproof.desktop.panels.inspector.panel import InspectorPanel
from trackproof.desktop.panels.objects.panel import ObjectsPanel
from trackproof.desktop.panels.queue.panel import QueuePanel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.checks import Flag
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

Key = Qt.Key
PanelType = TypeVar("PanelType", bound=QWidget)


def panel(window: MainWindow, qtbot: QtBot, name: str, kind: type[PanelType]) -> PanelType:
    """Return a panel of the window, once it is made."""
    window.docks[name].show()
    window.docks[name].raise_()
    qtbot.waitUntil(lambda: window.docks[name].findChild(kind) is not None)
    found = window.docks[name].findChild(kind)
    assert found is not None
    return found


def note_field(evidence: EvidencePanel) -> QLineEdit:
    return next(
        field
        for field in evidence.findChildren(QLineEdit)
        if field.accessibleName() == "Note on this flag"
    )


def flag_under_review(session: Session) -> Flag:
    assert session.flag is not None
    return session.flag


@pytest.fixture
def noting(open_window: MainWindow, qtbot: QtBot) -> QLineEdit:
    """The note's field, into which M has led."""
    evidence = panel(open_window, qtbot, "evidence", EvidencePanel)
    press(open_window, qtbot, Key.Key_N)
    qtbot.waitUntil(lambda: evidence.is_settled)
    press(open_window, qtbot, Key.Key_M)
    field = note_field(evidence)
    qtbot.waitUntil(lambda: open_window.focusWidget() is field)
    assert field.isVisible()
    return field


def is_at_the_picture(window: MainWindow) -> bool:
    return window.focusWidget() is window.area.canvas


def test_a_note_is_kept_when_the_field_is_left_for_another_flag(
    open_window: MainWindow, qtbot: QtBot, noting: QLineEdit
) -> None:
    session = open_window.session
    flag = flag_under_review(session)
    qtbot.keyClicks(noting, "the feet are cut")
    session.select_flag(None)
    qtbot.waitUntil(lambda: session.verdicts.comment(flag.key) == "the feet are cut")


def test_a_note_is_kept_when_the_keyboard_goes_elsewhere(
    open_window: MainWindow, qtbot: QtBot, noting: QLineEdit
) -> None:
    session = open_window.session
    qtbot.keyClicks(noting, "the feet are cut")
    open_window.area.canvas.setFocus()
    assert session.verdicts.comment(flag_under_review(session).key) == "the feet are cut"
    assert session.history[-1].startswith("note on Vehicle:1")


def test_enter_keeps_the_note_and_returns_to_the_picture(
    open_window: MainWindow, qtbot: QtBot, noting: QLineEdit
) -> None:
    session = open_window.session
    qtbot.keyClicks(noting, "seen twice")
    qtbot.keyClick(noting, Key.Key_Return)
    assert session.verdicts.comment(flag_under_review(session).key) == "seen twice"
    assert is_at_the_picture(open_window)


def test_escape_gives_a_note_up_and_returns_to_the_picture(
    open_window: MainWindow, qtbot: QtBot, noting: QLineEdit
) -> None:
    session = open_window.session
    flag = flag_under_review(session)
    qtbot.keyClicks(noting, "oh no")
    qtbot.keyClick(noting, Key.Key_Escape)
    assert is_at_the_picture(open_window)
    assert session.verdicts.comment(flag.key) == ""
    assert not session.can_undo
    assert session.flag is flag
    assert session.track == flag.track


def test_a_note_can_be_taken_away(open_window: MainWindow, qtbot: QtBot, noting: QLineEdit) -> None:
    session = open_window.session
    key = flag_under_review(session).key
    qtbot.keyClicks(noting, "wrong")
    qtbot.keyClick(noting, Key.Key_Return)
    press(open_window, qtbot, Key.Key_M)
    noting.selectAll()
    qtbot.keyClick(noting, Key.Key_Backspace)
    qtbot.keyClick(noting, Key.Key_Return)
    assert session.verdicts.comment(key) == ""


def test_a_note_goes_to_the_sequence_in_which_it_was_begun(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([sudden_jump(moving_boxes()), moving_boxes(name="yard")])
    settle(qtbot, session)
    evidence = panel(window, qtbot, "evidence", EvidencePanel)
    session.next_flag()
    key = flag_under_review(session).key
    evidence.refresh()
    press(window, qtbot, Key.Key_M)
    qtbot.keyClicks(note_field(evidence), "left behind")
    session.open_sequence(1)
    evidence.refresh()
    verdict = session.book.verdict("street", key)
    assert verdict is not None
    assert verdict.comment == "left behind"
    assert session.book.verdict("yard", key) is None


def test_one_note_on_several_flags_is_one_step(open_session: Session) -> None:
    desk, flags = ReviewDesk.of(open_session), open_session.flags[:2]
    desk.note("like the other", flags)
    open_session.undo()
    assert [open_session.verdicts.comment(flag.key) for flag in flags] == [""] * len(flags)


def test_a_note_comes_to_sight_from_behind_another_panel(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    evidence = panel(open_window, qtbot, "evidence", EvidencePanel)
    panel(open_window, qtbot, "inspector", InspectorPanel)
    open_window.docks["inspector"].raise_()
    press(open_window, qtbot, Key.Key_N)
    press(open_window, qtbot, Key.Key_M)
    field = note_field(evidence)
    qtbot.waitUntil(field.isVisible)
    assert open_window.focusWidget() is field


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Escape])
def test_the_filter_gives_the_keyboard_back(
    open_window: MainWindow, qtbot: QtBot, key: Qt.Key
) -> None:
    queue = panel(open_window, qtbot, "queue", QueuePanel)
    open_window.session.select_track(1)
    press(open_window, qtbot, Key.Key_Slash)
    field = queue.findChild(QLineEdit)
    assert open_window.focusWidget() is field
    assert field is not None
    field.setText("score>0")  # typed, it would open suggestions, for which there is no screen
    qtbot.keyClick(field, key)
    assert is_at_the_picture(open_window)
    assert field.text() == "score>0"
    assert open_window.session.track == 1


def test_escape_forgets_a_number_that_was_not_taken_yet(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    session = open_window.session
    session.select_track(1)
    inspector = panel(open_window, qtbot, "inspector", InspectorPanel)
    press(open_window, qtbot, Key.Key_A)
    left = inspector.sides[0]
    qtbot.waitUntil(lambda: open_window.focusWidget() is left)
    before = left.value()
    qtbot.keyClicks(left, "99")
    qtbot.keyClick(left, Key.Key_Escape)
    assert is_at_the_picture(open_window)
    assert left.value() == before
    assert not session.can_undo
    assert session.track == 1


def test_enter_leads_from_the_search_to_what_was_found(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    objects = panel(open_window, qtbot, "objects", ObjectsPanel)
    field = objects.findChild(QLineEdit)
    assert field is not None
    field.setFocus()
    qtbot.keyClicks(field, "Vehicle:3")
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: open_window.session.track == 2)
    qtbot.keyClick(open_window.focusWidget(), Key.Key_Escape)


def test_buttons_name_the_keys_of_the_preset_in_force(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    evidence = panel(open_window, qtbot, "evidence", EvidencePanel)
    session = open_window.session
    session.next_flag()
    evidence.refresh()
    words = {button.text() for button in evidence.findChildren(QPushButton)}
    assert {"Label is right  X", "Edit  A", "Note  M"} <= words
    cvat = next(preset for preset in key_presets() if preset.name == "CVAT")
    use_preset(cvat, open_window.registry)
    evidence.refresh()
    words = {button.text() for button in evidence.findChildren(QPushButton)}
    assert "Note  N" in words
    assert note_field(evidence).placeholderText() == "Note (N)"
