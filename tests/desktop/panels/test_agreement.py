"""The panel that compares with other labels."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from panel_scene import FRAMES, scene
from trackproof import agreement
from trackproof.desktop.canvas import Canvas
from trackproof.desktop.panels.agreement.curves import FALSE_POSITIVES, MISSES
from trackproof.desktop.panels.agreement.overlay import SecondSetOverlay
from trackproof.desktop.panels.agreement.panel import AgreementPanel
from trackproof.desktop.panels.agreement.second_set import SecondSet
from trackproof.desktop.panels.agreement.shown import agreement_map, other_of_row
from trackproof.desktop.panels.agreement.tables import Subjects
from trackproof.desktop.panels.overview.heat import ABSENT, CALM, GAP
from trackproof.labels import NO_IDENTITY, DeleteBoxes, FrameRanges, PutBox

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

LOST = range(10, 15)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The scene in a file of its own: object 3 is lost in five frames, object 2 shifted."""
    made = scene()
    lines = []
    for track, block in made.labels.table.blocks.items():
        for frame, (left, top, width, height) in zip(block.frame, block.xywh, strict=True):
            if track == 2 and frame in LOST:
                continue
            shift = 6.0 if track == 1 else 0.0
            lines.append(f"{frame + 1},{track + 1},{left + shift},{top},{width},{height},1,1,1")
    path = tmp_path / "other.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def compared(session: Session, qtbot: QtBot, path: Path) -> SecondSet:
    second = SecondSet.of(session)
    second.open(path)
    qtbot.waitUntil(lambda: second.agreement is not None and not second.is_comparing)
    return second


@pytest.fixture
def panel(opened: Session, qtbot: QtBot) -> AgreementPanel:
    made = AgreementPanel(opened)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    return made


def test_without_other_labels_it_says_what_to_do(panel: AgreementPanel) -> None:
    assert panel.words == "No other labels yet"


def test_other_labels_are_summed_up_in_a_line(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, other: Path
) -> None:
    compared(opened, qtbot, other)
    assert panel.words == ""
    assert "5 misses" in panel.numbers
    assert " 0 false positives" in panel.numbers
    assert "HOTA 0." in panel.numbers


def test_table_lists_the_worst_object_first_and_a_click_goes_there(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, other: Path
) -> None:
    compared(opened, qtbot, other)
    opened.go_to(0)
    table = panel.tables.currentWidget().view
    assert panel.tables.records[0].name == "Vehicle:3"
    place = table.visualRect(table.model().index(0, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.track == 2
    table.activated.emit(table.model().index(0, 0))
    assert opened.frame == LOST[0]


def test_categories_have_their_own_scores(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, other: Path
) -> None:
    compared(opened, qtbot, other)
    panel.show_subjects(Subjects.CATEGORIES)
    names = [row.name for row in panel.tables.records]
    assert names == ["all", "Vehicle", "Person", "pedestrian"]


def test_curves_show_overlap_distance_and_lonely_boxes(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, other: Path
) -> None:
    compared(opened, qtbot, other)
    opened.select_track(1)
    panel.show_plot(MISSES, is_shown=True)
    panel.show_plot(FALSE_POSITIVES, is_shown=True)
    plots = panel.plots
    assert plots["centre"].curves[0].at(20) == pytest.approx(6.0)
    assert plots["iou"].curves[0].at(20) == pytest.approx(54 / 66)
    assert plots[MISSES].curves[0].at(LOST[0]) == 1.0
    assert plots[MISSES].curves[0].at(0) == 0.0
    assert plots[FALSE_POSITIVES].curves[0].at(LOST[0]) == 0.0


def test_map_shows_holes_where_the_other_set_has_nothing(
    opened: Session, qtbot: QtBot, other: Path
) -> None:
    agreement = compared(opened, qtbot, other).agreement
    assert agreement is not None
    heat = agreement_map(agreement, frames=FRAMES)
    row = heat.levels[heat.row_of(2)]
    assert (row[list(LOST)] == GAP).all()
    assert (row[20:] == CALM).all()
    assert heat.levels[heat.row_of(0)][30] == ABSENT
    assert (heat.levels[heat.row_of(1)] > CALM).all()


def test_map_lists_boxes_that_only_the_other_set_has(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, other: Path
) -> None:
    lines = other.read_text().splitlines()
    ghost = [f"{frame + 1},77,900,20,30,30,1,1,1" for frame in LOST]
    far = [line.replace(",3,", ",9,", 1) for line in lines if line.startswith(("1,3,", "2,3,"))]
    other.write_text("\n".join([*lines, *ghost, *far]) + "\n")
    second = compared(opened, qtbot, other)
    agreement = second.agreement
    assert agreement is not None
    heat = agreement_map(agreement, frames=FRAMES)
    names = {panel.lane.name_of(number): row for row, number in enumerate(heat.tracks)}
    lonely = [name for name in names if name.startswith("+ ")]
    assert lonely == ["+ pedestrian:9", "+ pedestrian:77"]
    row = heat.levels[names["+ pedestrian:77"]]
    assert np.flatnonzero(row == GAP).tolist() == list(LOST)
    assert (np.delete(row, list(LOST)) == ABSENT).all()
    number = heat.tracks[names["+ pedestrian:77"]]
    assert panel.lane.words_at(number, LOST[0], reach=1) == ["frame 10: a false positive"]
    assert (heat.levels[:-2] == agreement_map(agreement, frames=FRAMES).levels[:-2]).all()


def test_click_on_a_lonely_box_goes_there_and_keeps_the_object(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, other: Path
) -> None:
    ghost = "".join(f"{frame + 1},77,900,20,30,30,1,1,1\n" for frame in LOST)
    other.write_text(other.read_text() + ghost)
    compared(opened, qtbot, other)
    opened.select_track(1)
    lane = panel.lane
    qtbot.waitUntil(lambda: len(lane.heat.tracks) == 4)
    y = round(3.5 * lane.row_height) - lane.verticalScrollBar().value()
    qtbot.mouseClick(
        lane.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(lane.viewport().width() // 2, y)
    )
    assert opened.track == 1
    assert opened.frame > 0


def test_detections_of_the_other_set_share_a_row(
    opened: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "det.txt"
    frames = (0, *LOST, FRAMES - 1)
    boxes = [f"{frame + 1},-1,900,{place},30,30,0.9" for frame in frames for place in (20, 90)]
    path.write_text("\n".join(boxes) + "\n")
    agreement = compared(opened, qtbot, path).agreement
    assert agreement is not None
    heat = agreement_map(agreement, frames=FRAMES)
    assert other_of_row(heat.tracks[-1]) == NO_IDENTITY
    assert np.flatnonzero(heat.levels[-1] == GAP).tolist() == list(frames)


def test_labels_as_read_differ_by_the_edits(
    panel: AgreementPanel, opened: Session, qtbot: QtBot
) -> None:
    second = SecondSet.of(opened)
    second.take_as_read()
    qtbot.waitUntil(lambda: second.agreement is not None)
    assert "HOTA 1.000" in panel.numbers
    opened.apply(PutBox(2, 5, (900.0, 500.0, 60.0, 80.0)))
    qtbot.waitUntil(lambda: " 1 misses" in panel.numbers)
    assert " 1 false positives" in panel.numbers


def test_another_threshold_pairs_anew(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, other: Path
) -> None:
    second = compared(opened, qtbot, other)
    second.set_threshold(0.9)
    qtbot.waitUntil(lambda: f"{FRAMES} false positives" in panel.numbers)
    assert second.agreement is not None
    assert second.agreement.overall.clear.false_positives == FRAMES


def test_file_that_is_no_labels_is_refused_in_a_banner_and_the_window_lives_on(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "odd.bin"
    path.write_bytes(b"\x00\x01\x02")
    with qtbot.waitSignal(opened.message) as said:
        SecondSet.of(opened).open(path)
    assert "odd.bin" in said.args[0].text
    qtbot.waitUntil(lambda: panel.words == "No other labels yet")


def test_sequence_that_the_other_file_lacks_is_told(
    opened: Session, qtbot: QtBot, other: Path
) -> None:
    second = SecondSet.of(opened)
    opened.show_sequences([scene("yard"), scene("gate")])
    with qtbot.waitSignal(opened.message) as said:
        second.open(other)
    assert "holds no sequence called yard" in said.args[0].text


def test_other_labels_are_drawn_dashed_over_the_picture_and_can_be_hidden(
    opened: Session, qtbot: QtBot, other: Path
) -> None:
    canvas = Canvas(opened)
    overlay = SecondSetOverlay(opened, canvas)
    qtbot.addWidget(canvas)
    canvas.resize(800, 450)
    canvas.show()
    canvas.fit()
    before = picture(canvas)
    second = compared(opened, qtbot, other)
    assert overlay.size() == canvas.size()
    assert not np.array_equal(picture(canvas), before)
    second.show_overlay(is_shown=False)
    assert np.array_equal(picture(canvas), before)
    assert overlay.isHidden()


def test_overlay_lets_clicks_through(opened: Session, qtbot: QtBot, other: Path) -> None:
    canvas = Canvas(opened)
    SecondSetOverlay(opened, canvas)
    qtbot.addWidget(canvas)
    canvas.resize(800, 450)
    canvas.show()
    canvas.fit()
    compared(opened, qtbot, other)
    box = opened.labels.table.blocks[2].xywh[0]
    middle = canvas.view.transform().map(QPoint(int(box[0] + 30), int(box[1] + 40)))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle)
    assert opened.track == 2


def test_opening_something_else_ends_the_comparison(
    panel: AgreementPanel, opened: Session, qtbot: QtBot, other: Path
) -> None:
    second = compared(opened, qtbot, other)
    opened.show_sequences([replace(scene(), name="another")])
    assert second.agreement is None
    assert panel.words == "No other labels yet"


def test_comparison_of_the_sequence_before_comes_too_late(
    opened: Session, qtbot: QtBot, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_compared, may_go = threading.Event(), threading.Event()
    real = agreement.compare

    def held(*args: Any, **more: Any) -> agreement.Agreement:
        found = real(*args, **more)
        is_compared.set()
        may_go.wait(10)
        return found

    opened.show_sequences([scene("other"), scene("gate")])
    second = SecondSet.of(opened)
    monkeypatch.setattr(agreement, "compare", held)
    second.open(other)
    qtbot.waitUntil(is_compared.is_set)
    opened.open_sequence(1)
    may_go.set()
    qtbot.waitUntil(lambda: not opened.tasks.running)
    assert second.agreement is None
    assert not second.is_comparing


def test_rows_of_edits_are_compared_once(opened: Session, qtbot: QtBot, other: Path) -> None:
    second = compared(opened, qtbot, other)
    started = []
    opened.tasks.tasks_changed.connect(
        lambda: started.extend(t.title for t in opened.tasks.running)
    )
    for frame in range(5):
        opened.apply(DeleteBoxes((2,), FrameRanges.at(frame)))
    qtbot.waitUntil(
        lambda: any("Comparing" in title for title in started) and not second.is_comparing
    )
    assert second.agreement is not None
    assert second.agreement.overall.clear.false_positives == 5


def picture(canvas: Canvas) -> np.ndarray:
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), dtype=np.uint8)
    return data.reshape(image.height(), -1).copy()
