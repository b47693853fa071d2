"""Labels that state no image size are checked in that of their pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.building import HEIGHT, WIDTH, moving_boxes, settle
from trackproof.labels import PutBox

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

LEAVES = 30
"""From this frame on the first object has left the picture."""


def test_an_object_that_leaves_the_picture_is_no_early_end(
    session: Session, pictures: Path, qtbot: QtBot
) -> None:
    """One box far outside makes the labels seem wider than the pictures are."""
    made = moving_boxes()
    table = made.labels.table
    leaving = table.blocks[0]
    boxes = leaving.xywh[:LEAVES].copy()
    boxes[:, 0] += WIDTH - 40.0 - boxes[-1, 0]
    cut = replace(leaving.take(slice(0, LEAVES)), xywh=boxes)
    stray = table.blocks[1].xywh.copy()
    stray[5, 0] = 2.0 * WIDTH
    table = table.with_blocks({0: cut, 1: replace(table.blocks[1], xywh=stray)})
    labels = replace(made.labels, table=table)
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([replace(made, labels=labels, width=None, height=None)])
    settle(qtbot, session)
    assert any("early_end" in flag.checks for flag in session.flags)
    session.attach_frames(pictures)
    qtbot.waitUntil(lambda: session.frames is not None)
    settle(qtbot, session)
    assert session.analysis is not None
    assert (session.analysis.sequence.width, session.analysis.sequence.height) == (WIDTH, HEIGHT)
    assert not any("early_end" in flag.checks for flag in session.flags)


def test_shifting_the_pictures_does_not_check_again(
    session: Session, pictures: Path, qtbot: QtBot
) -> None:
    made = replace(moving_boxes(), width=None, height=None)
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([made])
    session.attach_frames(pictures)
    qtbot.waitUntil(lambda: session.frames is not None)
    settle(qtbot, session)
    known = session.analysis
    session.nudge_offset(1)
    settle(qtbot, session)
    assert session.analysis is known
    session.apply(PutBox(0, 3, (10.0, 20.0, 40.0, 30.0)))
    settle(qtbot, session)
    assert session.analysis is not None
    assert session.analysis.sequence.width == WIDTH
