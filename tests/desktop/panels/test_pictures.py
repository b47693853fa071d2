"""Crops, film strip, evidence, comparison: one object in pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLabel, QPushButton

from panel_scene import FRAMES, GAP_AT, JUMP_AT, scene
from trackproof.checks import Finding, Flag, FlagKind
from trackproof.desktop.panels import crops
from trackproof.desktop.panels.compare.panel import ComparePanel, Mode
from trackproof.desktop.panels.distribution.panel import DistributionPanel
from trackproof.desktop.panels.evidence.panel import EvidencePanel
from trackproof.desktop.panels.evidence.words import comparisons, reasons, sentence
from trackproof.desktop.panels.film_strip.strip import FilmStrip

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def picture_of(frame: int) -> npt.NDArray[np.uint8]:
    """Return a grey picture with a red object where the label of track 1 should be."""
    picture = np.full((720, 1280, 3), 90 + frame % 20, dtype=np.uint8)
    left = 300 + 2 * frame
    picture[130:210, left : left + 60] = (0, 0, 255)
    return picture


@pytest.fixture
def filmed(opened: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session whose pictures are painted by hand."""
    painted: Callable[[int], npt.NDArray[np.uint8] | None]
    painted = lambda frame: picture_of(frame) if 0 <= frame < FRAMES else None  # noqa: E731
    monkeypatch.setattr(opened.pictures, "picture", painted)
    return opened


def test_a_window_stays_steady_when_one_box_is_wrong() -> None:
    block = scene().labels.table.blocks[1]
    frames = range(JUMP_AT - 2, JUMP_AT + 3)
    view = crops.crop_view(block, frames, aspect=1.0)
    assert view.side_w == view.side_h == pytest.approx(80 * crops.CONTEXT)
    assert view.window(0).width() == view.window(2).width()


def test_a_missing_box_is_looked_for_between_its_neighbours() -> None:
    block = scene().labels.table.blocks[0]
    boxes, has_box = crops.boxes_through(block, [GAP_AT - 1, GAP_AT, GAP_AT + 1])
    assert has_box.tolist() == [True, False, True]
    np.testing.assert_allclose(boxes[1], (boxes[0] + boxes[2]) / 2)


def test_what_lies_outside_the_picture_stays_empty() -> None:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    painter = QPainter(image)
    picture = np.full((50, 50, 3), 255, dtype=np.uint8)
    crops.paint_crop(painter, QRectF(0, 0, 100, 100), picture, QRectF(-50, 0, 100, 50))
    painter.end()
    assert image.pixelColor(20, 50) == QColor("blue")
    assert image.pixelColor(80, 50) == QColor("white")


@pytest.mark.parametrize("side", [30.0, 61.5, 240.0])
def test_a_crop_shows_its_window_at_its_place(side: float) -> None:
    """A bright square in the picture stands where the window puts it, to a pixel of the cell."""
    picture = np.zeros((300, 400, 3), dtype=np.uint8)
    picture[100:130, 200:230] = 255
    window = QRectF(200 - side / 3, 100 - side / 4, side, side)
    cell = QRectF(7, 5, 96, 96)
    image = QImage(120, 110, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    painter = QPainter(image)
    crops.paint_crop(painter, cell, picture, window)
    painter.end()
    shown = np.array([[image.pixelColor(x, y).red() for x in range(120)] for y in range(110)])
    rows, columns = np.nonzero(shown > 127)
    square = crops.placed(QRectF(200, 100, 30, 30), window, cell).intersected(cell)
    found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    wanted = [square.left(), square.top(), square.right(), square.bottom()]
    np.testing.assert_allclose(found, wanted, atol=1.01)
    assert (shown[:, :7] == 0).all()
    assert image.pixelColor(3, 50) == QColor("blue")
    assert image.pixelColor(110, 50) == QColor("blue")


def test_the_strip_stands_around_the_flag_and_a_click_seeks(filmed: Session, qtbot: QtBot) -> None:
    strip = FilmStrip(filmed)
    qtbot.addWidget(strip)
    strip.resize(700, 140)
    strip.show()
    flag = next(flag for flag in filmed.flags if flag.track == 0 and flag.frame == GAP_AT)
    filmed.select_flag(flag)
    frames = strip.frames
    assert frames[len(frames) // 2] == GAP_AT
    wide = strip.width() / len(frames)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(wide / 2), 60))
    assert filmed.frame == frames[0]
    assert strip.frames == frames


def test_the_strip_follows_a_playhead_that_leaves_it(filmed: Session, qtbot: QtBot) -> None:
    strip = FilmStrip(filmed)
    qtbot.addWidget(strip)
    strip.resize(500, 120)
    strip.show()
    filmed.select_track(1)
    filmed.go_to(50)
    assert 50 in strip.frames
    filmed.go_to(0)
    assert strip.frames[0] == 0


def test_the_strip_shows_the_object(filmed: Session, qtbot: QtBot) -> None:
    strip = FilmStrip(filmed)
    qtbot.addWidget(strip)
    strip.resize(700, 160)
    strip.show()
    filmed.select_track(1)
    filmed.go_to(10)
    image = strip.grab().toImage()
    count = len(strip.frames)
    middle = image.pixelColor(round(700 / count * 1.5), 80)
    assert middle.red() > 200
    assert middle.green() < 60


def test_evidence_compares_expected_with_labelled(filmed: Session, qtbot: QtBot) -> None:
    panel = EvidencePanel(filmed)
    qtbot.addWidget(panel)
    panel.resize(320, 600)
    panel.show()
    flag = next(f for f in filmed.flags if f.track == 1 and f.frame == JUMP_AT and f.expected_xywh)
    filmed.select_flag(flag)

    def texts() -> list[str]:
        return [label.text() for label in panel.findChildren(QLabel)]

    qtbot.waitUntil(lambda: f"Vehicle:2, frame {JUMP_AT}" in " ".join(texts()))
    assert {"expected", "labelled", "Height", "80", "50"} <= set(texts())
    button = next(b for b in panel.findChildren(QPushButton) if b.text().startswith("Label is"))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert filmed.verdict(flag) == "dismissed"


def test_words_of_a_missing_box() -> None:
    assert sentence("no box here") == "No box here."
    assert sentence("") == ""


def test_a_missing_box_is_told_in_the_table(opened: Session) -> None:
    flag = next(f for f in opened.flags if f.frame == GAP_AT and f.expected_xywh)
    assert opened.labels is not None
    lines = comparisons(flag, opened.labels.table.block(flag.track))
    assert {line.labelled for line in lines} == {"no box"}


def test_the_difference_is_black_where_nothing_moved(filmed: Session, qtbot: QtBot) -> None:
    panel = ComparePanel(filmed)
    qtbot.addWidget(panel)
    panel.resize(400, 240)
    panel.show()
    filmed.select_track(1)
    filmed.go_to(20)
    panel.view.compare(Mode.DIFFERENCE)
    image = panel.view.grab().toImage()
    middle = image.pixelColor(image.width() // 4, image.height() // 2)
    assert max(middle.red(), middle.green(), middle.blue()) < 12


def test_blinking_stops_when_nobody_looks(filmed: Session, qtbot: QtBot) -> None:
    panel = ComparePanel(filmed)
    qtbot.addWidget(panel)
    filmed.select_track(1)
    panel.show()
    panel.view.compare(Mode.BLINK)
    assert panel.view.is_blinking
    panel.hide()
    assert not panel.view.is_blinking


def test_a_distribution_tells_mean_median_and_mode(opened: Session, qtbot: QtBot) -> None:
    panel = DistributionPanel(opened)
    qtbot.addWidget(panel)
    panel.resize(400, 260)
    panel.show()
    opened.select_track(1)
    qtbot.waitUntil(lambda: panel.numbers.startswith("Vehicle:2"))
    assert "median 0.9" in panel.numbers
    shown = panel.chart.shown
    assert shown is not None
    assert shown.of_all.sum() == pytest.approx(1.0)
    assert [box.name for box in shown.categories] == ["Vehicle", "Person"]
    assert shown.track is not None
    assert shown.track.count == FRAMES - 1


def test_evidence_names_the_repairs_and_marks_the_first(filmed: Session, qtbot: QtBot) -> None:
    panel = EvidencePanel(filmed)
    qtbot.addWidget(panel)
    panel.resize(320, 600)
    panel.show()
    flag = next(f for f in filmed.flags if f.track == 1 and f.frame == JUMP_AT)
    filmed.select_flag(flag)

    def found() -> list[QPushButton]:
        return [b for b in panel.findChildren(QPushButton) if "Interpolate" in b.text()]

    qtbot.waitUntil(lambda: bool(found()))
    repairs = found()
    assert repairs[0].text() == f"Interpolate Vehicle:2 at frame {JUMP_AT}  Enter"
    assert not any(button.text().endswith("Enter") for button in repairs[1:])
    qtbot.mouseClick(repairs[0], Qt.MouseButton.LeftButton)
    assert filmed.verdict(flag) == "fixed"


def test_evidence_is_told_of_the_frame_under_review() -> None:
    def finding(check: str, frame: int, evidence: str) -> Finding:
        return Finding(
            check=check,
            track=0,
            frame=frame,
            frame_start=frame,
            frame_end=frame,
            score=2.0,
            value=0.0,
            evidence=evidence,
        )

    flag = Flag(
        key="a",
        kind=FlagKind.SIZE,
        track=0,
        frame=290,
        frame_start=290,
        frame_end=291,
        score=9.0,
        checks=("width", "size_change", "aspect"),
        evidence="width -98 %; area +5100 %; aspect jumps; seen twice",
        findings=(
            finding("width", 290, "width -98 %"),
            finding("size_change", 291, "area +5100 %"),
            finding("size_change", 290, "area -98 %"),
            finding("aspect", 291, "aspect jumps"),
        ),
    )
    assert reasons(flag) == "width -98 %; area -98 %; aspect jumps in frame 291; seen twice"
