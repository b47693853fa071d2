"""Windows of an export: looked at on a timeline, changed by mouse and keys, sent as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSpinBox

from trackproof.desktop.exporting import ExportDialog
from trackproof.desktop.exporting.lanes import Axis, Part, highest, part_at
from trackproof.desktop.panels.ruler import Ruler
from trackproof.handoff.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.exporting.windows_editor import WindowsEditor
    from trackproof.desktop.session import Session

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(open_session: Session, qtbot: QtBot) -> Iterator[ExportDialog]:
    """The dialog by itself: no main window is needed to change windows."""
    made = ExportDialog(open_session)
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: not open_session.tasks.running)
    made.least_score.setValue(0.0)
    made.show()
    made.preview()
    yield made
    made.close()


@pytest.fixture
def editor(dialog: ExportDialog) -> WindowsEditor:
    """The editor with one window, frames 10 to 19."""
    made = dialog.windows
    dialog.context.setValue(2)
    dialog.preview()
    made.list.selectAll()
    made.merge_chosen()
    made.list.selectAll()
    first, last = spans(made)[0]
    made.nudge(10 - first, is_first=True)
    made.nudge(19 - last, is_first=False)
    assert spans(made) == [(10, 19)]
    return made


def spans(editor: WindowsEditor) -> list[tuple[int, int]]:
    rows = [editor.list.topLevelItem(row) for row in range(editor.list.topLevelItemCount())]
    return [(int(row.text(1)), int(row.text(2))) for row in rows if row is not None]


def at_frame(editor: WindowsEditor, frame: float) -> QPoint:
    """Return the middle of a frame on the bars of the first lane."""
    bar = editor.timeline.bar_rect(0, 0)
    return QPoint(round(editor.timeline.axis(0).x_of(frame + 0.5)), round(bar.center().y()))


def drag(editor: WindowsEditor, qtbot: QtBot, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(editor.timeline, LEFT, pos=start)
    qtbot.mouseMove(editor.timeline, end)
    qtbot.mouseRelease(editor.timeline, LEFT, pos=end)


def last_edge(editor: WindowsEditor) -> QPoint:
    bar = editor.timeline.bar_rect(0, 0)
    return QPoint(round(bar.right()) - 1, round(bar.center().y()))


def test_dragged_edge_changes_window_list_and_estimate(
    editor: WindowsEditor, dialog: ExportDialog, qtbot: QtBot
) -> None:
    qtbot.mousePress(editor.timeline, LEFT, pos=last_edge(editor))
    qtbot.mouseMove(editor.timeline, at_frame(editor, 29))
    assert spans(editor) == [(10, 29)]
    assert "Workers see 20 of 40 frames" in dialog.summary.text()
    qtbot.mouseRelease(editor.timeline, LEFT, pos=at_frame(editor, 29))
    assert spans(editor) == [(10, 29)]
    editor.undo_step()
    assert spans(editor) == [(10, 19)]
    assert "Workers see 10 of 40 frames" in dialog.summary.text()
    editor.redo_step()
    assert spans(editor) == [(10, 29)]


def test_drag_that_is_given_up_changes_nothing(editor: WindowsEditor, qtbot: QtBot) -> None:
    editor.timeline.setFocus()
    qtbot.mousePress(editor.timeline, LEFT, pos=last_edge(editor))
    qtbot.mouseMove(editor.timeline, at_frame(editor, 29))
    qtbot.keyClick(editor.timeline, Qt.Key.Key_Escape)
    qtbot.mouseRelease(editor.timeline, LEFT, pos=at_frame(editor, 29))
    assert spans(editor) == [(10, 19)]


def test_window_is_drawn_in_a_free_place_and_asks_for_all_of_it(
    editor: WindowsEditor, dialog: ExportDialog, qtbot: QtBot
) -> None:
    drag(editor, qtbot, at_frame(editor, 30), at_frame(editor, 35))
    assert spans(editor) == [(10, 19), (30, 35)]
    assert editor.list.selected() == [(0, 1)]
    assert "no flag" in editor.timeline.words_of(0, 1)
    assert "2 windows" in dialog.summary.text()


def test_typed_frames_move_the_edges_as_far_as_they_can(
    editor: WindowsEditor, qtbot: QtBot
) -> None:
    row = editor.list.topLevelItem(0)
    assert row is not None
    editor.list.setCurrentItem(row)
    editor.list.setFocus()
    qtbot.keyClick(editor.list, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    field = editor.list.findChild(QSpinBox)
    assert field is not None
    assert field.maximum() == 39
    field.setValue(25)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: spans(editor) == [(10, 25)])
    row.setData(1, Qt.ItemDataRole.EditRole, 33)
    assert spans(editor) == [(25, 25)]


def test_keys_choose_move_merge_and_remove(editor: WindowsEditor, qtbot: QtBot) -> None:
    drag(editor, qtbot, at_frame(editor, 30), at_frame(editor, 35))
    editor.timeline.setFocus()
    qtbot.keyClick(editor.timeline, Qt.Key.Key_Left)
    assert editor.list.selected() == [(0, 0)]
    qtbot.keyClick(editor.timeline, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(editor.timeline, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(editor.timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert spans(editor) == [(9, 21), (30, 35)]
    qtbot.keyClick(editor.timeline, Qt.Key.Key_M)
    assert spans(editor) == [(9, 35)]
    qtbot.keyClick(editor.timeline, Qt.Key.Key_Delete)
    assert spans(editor) == []
    editor.undo.click()
    editor.undo.click()
    assert spans(editor) == [(9, 21), (30, 35)]


def test_steps_of_one_edge_by_keys_are_one_undo(editor: WindowsEditor) -> None:
    editor.list.selectAll()
    for _ in range(5):
        editor.nudge(1, is_first=True)
    editor.undo_step()
    assert spans(editor) == [(10, 19)]


def test_window_is_added_at_the_frame_of_the_picture(
    editor: WindowsEditor, open_session: Session
) -> None:
    open_session.go_to(30)
    editor.add.click()
    assert spans(editor) == [(10, 19), (28, 32)]
    editor.add.click()
    assert spans(editor) == [(10, 19), (28, 32)]
    assert "Frame 30 is in a window already" in editor.hint.text()


def test_back_to_suggested_forgets_everything_and_can_be_undone(
    editor: WindowsEditor, dialog: ExportDialog
) -> None:
    before = spans(editor)
    assert "changed by hand" in editor.hint.text()
    editor.reset.click()
    suggested = spans(editor)
    assert suggested != before
    assert not editor.reset.isEnabled()
    dialog.context.setValue(4)
    dialog.preview()
    assert spans(editor) != suggested
    editor.undo_step()
    assert spans(editor) == before
    dialog.context.setValue(6)
    dialog.preview()
    assert spans(editor) == before


def test_flags_outside_all_windows_are_told_and_not_sent(
    editor: WindowsEditor, dialog: ExportDialog
) -> None:
    editor.list.selectAll()
    editor.remove.click()
    assert "outside all windows will not be sent" in editor.hint.text()
    assert dialog.summary.text().startswith("Nothing to send")
    assert not dialog.write_button.isEnabled()


def test_budget_of_frames_or_money_keeps_the_best_flags(dialog: ExportDialog) -> None:
    dialog.context.setValue(2)
    dialog.preview()
    everything = sum(dialog.windows.lengths)
    dialog.most_frames.setValue(everything - 1)
    dialog.preview()
    assert 0 < sum(dialog.windows.lengths) < everything
    dialog.most_frames.setValue(0)
    dialog.per_frame.setValue(2.0)
    dialog.most_cost.setValue(2.0 * everything - 1)
    dialog.preview()
    assert 0 < sum(dialog.windows.lengths) < everything
    dialog.most_cost.setValue(1.0)
    dialog.preview()
    assert dialog.summary.text().startswith("Nothing to send")


def test_changed_windows_are_what_is_written(
    editor: WindowsEditor, dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    drag(editor, qtbot, at_frame(editor, 30), at_frame(editor, 35))
    with qtbot.waitSignal(dialog.accepted):
        dialog.write_to(str(tmp_path / "package"))
    plan = json.loads((tmp_path / "package" / "plan.json").read_bytes())
    assert [(w["frame_start"], w["frame_end"]) for w in plan["windows"]] == [(10, 19), (30, 35)]
    assert plan["windows"][1]["flagged"] == [[30, 35]]
    config = json.loads((tmp_path / "package" / "job-1" / "label-categories.json").read_bytes())
    assert "all objects" in config["instructions"]["fullInstruction"]


def test_whole_sequences_are_shown_and_cannot_be_cut(
    editor: WindowsEditor, dialog: ExportDialog, qtbot: QtBot
) -> None:
    dialog.way.setCurrentIndex(2)
    dialog.preview()
    assert spans(editor) == [(0, 39)]
    drag(editor, qtbot, last_edge(editor), at_frame(editor, 20))
    assert spans(editor) == [(0, 39)]
    assert "Whole sequences are sent" in editor.hint.text()
    assert not editor.undo.isEnabled()


def test_windows_are_marked_above_the_timelines_while_the_dialog_is_open(
    editor: WindowsEditor, dialog: ExportDialog, open_session: Session, qtbot: QtBot
) -> None:
    ruler = Ruler(open_session)
    qtbot.addWidget(ruler)
    ruler.resize(600, 30)

    def marked() -> int:
        picture = ruler.grab().toImage()
        accent = open_session.theme.accent
        y = picture.height() - 2
        return sum(picture.pixelColor(x, y) == accent for x in range(picture.width()))

    assert marked() > 10
    dialog.reject()
    assert marked() < 5


def test_zoom_makes_frames_wider_and_ends_where_all_are_seen(editor: WindowsEditor) -> None:
    timeline = editor.timeline
    width = timeline.axis(0).width
    timeline.zoom(1.2)
    assert timeline.axis(0).width > width
    timeline.zoom(0.01)
    assert timeline.axis(0).width == pytest.approx(width, abs=12)


def test_edge_under_the_mouse_is_that_of_the_bar_it_is_in() -> None:
    axis = Axis(0.0, 400.0, 40)
    windows = [Window(0, 9), Window(10, 19)]
    assert part_at(axis, windows, 98.0) == (0, Part.LAST)
    assert part_at(axis, windows, 102.0) == (1, Part.FIRST)
    assert part_at(axis, windows, 50.0) == (0, Part.BODY)
    assert part_at(axis, windows, 300.0) is None


def test_one_frame_of_thousands_is_a_bar_that_can_be_hit() -> None:
    axis = Axis(0.0, 200.0, 2_000)
    left, right = axis.bar(Window(1_000, 1_000))
    assert right - left >= 7
    found = [part_at(axis, [Window(1_000, 1_000)], left + step) for step in (0.5, 3.5, 6.5)]
    assert found == [(0, Part.FIRST), (0, Part.BODY), (0, Part.LAST)]


def test_density_keeps_the_highest_count_of_every_pixel() -> None:
    counts = np.array([0, 5, 1, 1, 0, 2, 0, 0])
    assert highest(counts, width=4).tolist() == [5, 1, 2, 0]
    assert highest(counts[:2], width=4).tolist() == [0, 0, 5, 5]
    assert highest(counts, width=0).tolist() == []
