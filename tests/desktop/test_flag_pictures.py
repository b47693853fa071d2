"""The picture of the next flag is in memory before anybody goes there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.building import moving_boxes, sudden_jump, write_pictures
from trackproof.desktop.flag_pictures import around
from trackproof.desktop.panels.desk import ReviewDesk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

FRAMES = 58
FEW_BYTES = 24 * 320 * 240 * 3
"""Memory for fewer frames than lie between the two flags."""


def test_pictures_of_the_next_flag_come_while_this_one_is_looked_at(
    new_session: Callable[[], Session], tmp_path: Path, qtbot: QtBot
) -> None:
    session = new_session()
    session.pictures._budget_bytes = FEW_BYTES
    desk = ReviewDesk.of(session)
    made = sudden_jump(sudden_jump(moving_boxes(frames=FRAMES), frame=8), track=1, frame=48)
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([replace(made, rate_fps=25.0)])
    session.attach_frames(write_pictures(tmp_path / "pictures", frames=FRAMES))
    qtbot.waitUntil(lambda: session.frames is not None and not session.tasks.running)
    first = next(flag for flag in session.flags if flag.track == 0)
    second = next(flag for flag in session.flags if flag.track == 1)
    session.show_flags((first, second))
    session.select_flag(first)
    qtbot.waitUntil(lambda: all(session.picture(at) is not None for at in around(second.frame)))
    desk.judge("dismissed")
    assert session.flag is second
    assert session.picture(session.frame) is not None


def test_before_any_flag_is_looked_at_the_first_one_is_next(
    open_session: Session, pictures: Path, qtbot: QtBot
) -> None:
    ReviewDesk.of(open_session)
    open_session.pictures._budget_bytes = FEW_BYTES
    open_session.attach_frames(pictures)
    first = open_session.shown_flags[0]
    qtbot.waitUntil(lambda: all(open_session.picture(at) is not None for at in around(first.frame)))
