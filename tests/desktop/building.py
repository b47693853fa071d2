"""Small sequences, pictures and flags for the desktop's tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import Qt

from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.tasks import Task, TaskRunner
    from trackproof.desktop.window import MainWindow

WIDTH, HEIGHT = 320, 240


def moving_boxes(
    *, frames: int = 40, tracks: int = 3, rate_fps: float | None = 25.0, name: str = "street"
) -> Sequence:
    """Return a sequence in which box k moves right along its own row; frame numbers start at 1."""
    at = np.arange(frames)
    records, blocks, names = [], {}, [""]
    for k in range(tracks):
        records.append(Track(str(k + 1), f"Vehicle:{k + 1}"))
        names.append(f"Vehicle:{k + 1}")
        left = 20.0 + 4.0 * at
        boxes = np.stack(
            [left, np.full(frames, 20.0 + 70.0 * k), np.full(frames, 40.0), np.full(frames, 30.0)],
            axis=1,
        )
        blocks[k] = Block.of_boxes(at, boxes, name=k + 1)
    table = LabelTable(records, blocks, names=names)
    return Sequence(
        name=name,
        frame_names=tuple(f"{i + 1:06d}.jpg" for i in range(frames)),
        frame_numbers=np.arange(1, frames + 1),
        labels=Labels(table, (Category("car"),), np.ones(frames, dtype=bool)),
        rate_fps=rate_fps,
        width=WIDTH,
        height=HEIGHT,
    )


def sudden_jump(sequence: Sequence, *, track: int = 0, frame: int = 20) -> Sequence:
    """Return the sequence with one box of one track far too small at one frame."""
    from dataclasses import replace

    table = sequence.labels.table
    block = table.blocks[track]
    boxes = block.xywh.copy()
    boxes[frame] = [boxes[frame, 0] + 15.0, boxes[frame, 1] + 10.0, 8.0, 6.0]
    table = table.with_blocks({track: replace(block, xywh=boxes)})
    return replace(sequence, labels=replace(sequence.labels, table=table))


def level_of(frame: int) -> int:
    """Return the blue level that `write_pictures` gives a frame: pixels tell which frame it is."""
    return 20 + 4 * frame


def write_pictures(folder: Path, *, frames: int = 40, first: int = 1) -> Path:
    """Write one PNG per frame whose blue level tells its index."""
    folder.mkdir(parents=True, exist_ok=True)
    for frame in range(frames):
        picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
        picture[..., 0] = level_of(frame)
        cv2.imwrite(str(folder / f"{frame + first:06d}.png"), picture)
    return folder


def settle(qtbot: QtBot, session: Session) -> None:
    """Wait until the last edit is checked and the repairs of the flag under review are known."""
    desk = ReviewDesk.of(session)
    qtbot.waitUntil(
        lambda: session.is_checked and not desk.is_looking and not session.tasks.running
    )


def task_called(tasks: TaskRunner, title: str) -> Task:
    """Return the running task of a title; panels and repairs start others when they like."""
    [task] = [one for one in tasks.running if one.title.startswith(title)]
    return task


def press(window: MainWindow, qtbot: QtBot, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key on the picture."""
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    qtbot.keyClick(window.area.canvas, key, held)


def shown_docks(window: MainWindow) -> list[str]:
    """Return the names of the docks on screen."""
    return [name for name, dock in window.docks.items() if dock.isVisible()]
