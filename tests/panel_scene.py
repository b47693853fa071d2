"""A small hand-made scene with mistakes at known places, for tests of panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

FRAMES = 60
GAP_AT, JUMP_AT = 30, 40


def scene(name: str = "yard", *, tracks: int = 3) -> Sequence:
    """Return objects that move steadily; 0 misses a frame, 1 is too short in one frame."""
    blocks = {}
    for track in range(tracks):
        frames = np.arange(FRAMES)
        boxes = np.stack(
            [
                100.0 + 200 * track + 2.0 * frames,
                np.full(FRAMES, 50.0 + 80 * track),
                np.full(FRAMES, 60.0),
                np.full(FRAMES, 80.0),
            ],
            axis=1,
        )
        if track == 1:
            boxes[JUMP_AT, 3] = 50.0
        keep = frames != GAP_AT if track == 0 else np.ones(FRAMES, dtype=bool)
        blocks[track] = Block.of_boxes(
            frames[keep], boxes[keep], name=track, category=min(track, 1)
        )
    named = [Track(f"id-{i}", f"Vehicle:{i + 1}") for i in range(tracks)]
    table = LabelTable(named, blocks, names=[track.object_name for track in named] or [""])
    categories = (Category("Vehicle", "1"), Category("Person", "2"))
    labels = Labels(table, categories, np.ones(FRAMES, dtype=bool))
    names = tuple(f"{i:06d}.jpg" for i in range(FRAMES))
    return Sequence(name, names, np.arange(FRAMES), labels, width=1280, height=720, rate_fps=25.0)


def open_scene(session: Session, qtbot: QtBot, *sequences: Sequence) -> None:
    """Open sequences and wait for the checks of the first."""
    with qtbot.waitSignal(session.analysis_changed, timeout=20_000):
        session.show_sequences(sequences or (scene(),))
