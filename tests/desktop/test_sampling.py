"""A random sample: offered when nothing is left, judged with the queue's keys, and stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QRadioButton

from desktop.building import moving_boxes, sudden_jump
from trackproof.desktop.panels.queue.panel import QueuePanel
from trackproof.desktop.sampling import SampleDesk
from trackproof.desktop.sampling.desk import TOPIC
from trackproof.desktop.sampling.dialog import QualityDialog, SampleDialog

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def session(window: MainWindow, qtbot: QtBot) -> Session:
    """Two sequences, both checked."""
    from dataclasses import replace

    made = sudden_jump(moving_boxes())
    window.session.show_sequences([made, replace(made, name="second")])
    desk = SampleDesk.of(window.session)
    qtbot.waitUntil(lambda: len(desk._checked()) == 2)
    qtbot.waitUntil(lambda: not window.session.tasks.running)
    return window.session


def dialog_of(window: MainWindow, kind: type) -> SampleDialog | QualityDialog:
    found = window.findChild(kind)
    assert isinstance(found, SampleDialog | QualityDialog)
    return found


def test_finished_queue_offers_a_sample_which_is_judged_by_keys_and_stated(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    assert session.flags
    for index in (1, 0):
        session.open_sequence(index)
        qtbot.waitUntil(lambda: session.analysis is not None)
        session.judge(session.flags, "dismissed")
    banners = window.area.banners
    qtbot.waitUntil(lambda: any(one.topic == TOPIC for one in banners.banners))
    row = [one for one in banners.findChildren(QPushButton) if "random sample" in one.text()]
    qtbot.mouseClick(row[0], Qt.MouseButton.LeftButton)
    dialog = dialog_of(window, SampleDialog)
    assert isinstance(dialog, SampleDialog)
    dialog.count.setValue(6)
    assert "min" in dialog.cost.text()
    qtbot.mouseClick(dialog.draw, Qt.MouseButton.LeftButton)
    desk = SampleDesk.of(session)
    assert desk.quality().drawn == 6
    assert session.flag is not None
    assert session.flag.kind == "sample"
    window.activateWindow()
    canvas = window.area.canvas
    qtbot.waitUntil(window.registry.qaction("review.dismiss").isEnabled)
    for key in "XXWXXU":
        if session.verdict(session.flag) != "open":
            # The sample is spread over both sequences.
            qtbot.waitUntil(window.registry.qaction("review.next_sequence").isEnabled)
            qtbot.keyClick(canvas, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
            qtbot.waitUntil(lambda: session.analysis is not None)
            qtbot.waitUntil(window.registry.qaction("review.next").isEnabled)
            qtbot.keyClick(canvas, Qt.Key.Key_Period)
            qtbot.waitUntil(window.registry.qaction("review.dismiss").isEnabled)
        assert session.flag is not None
        assert session.flag.kind == "sample"
        qtbot.keyClick(canvas, Qt.Key(ord(key)))
    made = desk.quality()
    assert (made.drawn, made.judged, made.wrong, made.unsure) == (6, 6, 1, 1)
    window.registry.qaction("review.quality").trigger()
    stated = dialog_of(window, QualityDialog)
    assert isinstance(stated, QualityDialog)
    assert "6 were drawn at random and 6 judged: 1 wrong" in stated.text
    assert "95 % confidence" in stated.text


def test_sample_holds_only_boxes_without_a_flag_and_never_one_twice(session: Session) -> None:
    desk = SampleDesk.of(session)
    population = desk.quality().population
    assert 0 < population < desk.quality().boxes
    desk.draw(10, seed=1)
    desk.draw(population, seed=2)
    places = [
        (name, one.own.track, one.own.frame) for name, one in desk._samples() if one.own is not None
    ]
    assert len(places) == len(set(places)) == population
    flagged = {
        (flag.track, frame)
        for flag in session.flags
        if flag.kind != "sample"
        for frame in range(flag.frame_start, flag.frame_end + 1)
    }
    here = {(track, frame) for name, track, frame in places if name == "street"}
    assert not here & flagged


def test_undo_takes_a_drawn_sample_back(session: Session) -> None:
    desk = SampleDesk.of(session)
    desk.draw(3, seed=1)
    while session.can_undo:
        session.undo()
    assert desk.quality().drawn == 0


def test_drawn_boxes_go_to_no_worker_before_they_are_judged(session: Session) -> None:
    from trackproof.desktop.exporting.gathering import gather
    from trackproof.handoff.choosing import Which, reviewed

    SampleDesk.of(session).draw(4, seed=1)
    drawn = [flag for flag in session.flags if flag.kind == "sample"]
    assert drawn

    def sent() -> list[str]:
        packed = reviewed(gather(session), which=Which.WAITING, least_score=0.0)
        return [flag.key for one in packed for flag in one.flags if flag.kind == "sample"]

    assert sent() == []
    session.judge(drawn[:1], "confirmed")
    assert sent() == [drawn[0].key]


def test_sizes_say_what_they_prove(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    window.registry.qaction("review.sample").trigger()
    dialog = dialog_of(window, SampleDialog)
    assert isinstance(dialog, SampleDialog)
    choices = dialog.findChildren(QRadioButton)
    assert [choice.text()[:9] for choice in choices] == ["59 boxes:", "149 boxes", "299 boxes"]
    choices[1].click()
    assert dialog.count.value() == 149
    dialog.count.setValue(100)
    assert not any(choice.isChecked() for choice in choices)


def test_nothing_flagged_offers_a_sample_and_the_statement_can_be_kept(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    panel = window.docks["queue"].widget()
    assert isinstance(panel, QueuePanel)
    with qtbot.waitSignal(SampleDesk.of(session).sample_asked):
        panel._empty.offer("Review a random sample …", SampleDesk.of(session).sample_asked.emit)
        panel._empty._press()
    SampleDesk.of(session).draw(2, seed=3)
    window.registry.qaction("review.quality").trigger()
    stated = dialog_of(window, QualityDialog)
    assert isinstance(stated, QualityDialog)
    stated.save(tmp_path / "quality.txt")
    assert "2 boxes are drawn" in (tmp_path / "quality.txt").read_text()
    assert any("The statement is in" in one.text for one in window.area.banners.banners)
