"""Whatever is shown while an edit is not checked yet: labels are ahead of what checks know."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from desktop.building import moving_boxes, settle, sudden_jump
from trackproof.errors import EditError
from trackproof.labels import DeleteBoxes, FrameRanges, Merge, NewTrack, PutBox, Split, Swap

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow
    from trackproof.labels import Edit

STEPS = 40


def drawn_edit(session: Session, chance: random.Random) -> Edit:
    """Return some edit of the labels as they are; it need not fit them."""
    assert session.labels is not None
    tracks = sorted(session.labels.table.blocks)
    one, other = chance.choice(tracks), chance.choice(tracks)
    frame = chance.randrange(40)
    rest = FrameRanges.starting(frame)
    box = (chance.uniform(0, 250), chance.uniform(0, 200), 30.0, 20.0)
    edits: list[Edit] = [
        DeleteBoxes((one,), rest),
        DeleteBoxes((one,), FrameRanges.everything()),
        PutBox(one, frame, box),
        NewTrack(0, frame, box),
        Split(one, rest),
        Merge(one, other, "keep first"),
        Swap(one, other, rest),
    ]
    return chance.choice(edits)


def step(session: Session, chance: random.Random) -> None:
    """Edit, undo, look at a flag or an object, or go to a frame."""
    what = chance.randrange(8)
    if what == 0:
        session.undo()
    elif what == 1:
        session.redo()
    elif what == 2:
        session.next_flag()
    elif what == 3:
        session.go_to(chance.randrange(40))
    elif session.labels is not None and session.labels.table.blocks:
        try:
            session.apply(drawn_edit(session, chance))
        except EditError:
            return
        session.select_track(chance.choice([*session.labels.table.blocks, -1]))


@pytest.mark.parametrize("seed", range(4))
def test_every_panel_keeps_up_with_edits_that_are_not_checked_yet(
    window: MainWindow, pictures: Path, seed: int, qtbot: QtBot
) -> None:
    session, chance = window.session, random.Random(seed)
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([sudden_jump(moving_boxes(tracks=5))])
    session.attach_frames(pictures)
    docks = list(window.docks.values())
    for dock in docks:
        dock.show()
    settle(qtbot, session)
    for _ in range(STEPS):
        step(session, chance)
        chance.choice(docks).raise_()
        for _ in range(chance.randrange(3)):
            QApplication.processEvents()
    settle(qtbot, session)
    assert session.analysis is not None
    assert session.analysis.labels is session.labels
