"""Copies of videos that make far jumps quick: made behind the player's back, never in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.building import moving_boxes
from trackproof.desktop import proxying
from trackproof.frames import VideoSource, stored_proxy

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video of 60 frames in one group of pictures."""
    import av
    import numpy as np

    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.options = {"g": "250"}
        for frame in range(60):
            picture = np.full((48, 64, 3), frame * 4, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())
    return path


def attach(window: MainWindow, clip: Path, qtbot: QtBot) -> VideoSource:
    session = window.session
    session.show_sequences([moving_boxes()])
    session.attach_frames(clip)
    qtbot.waitUntil(lambda: session.frames is not None)
    assert session.pictures.source is not None
    source = session.pictures.source.source
    assert isinstance(source, VideoSource)
    return source


def test_a_long_video_gets_its_copy_and_uses_it(
    window: MainWindow, clip: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxying, "LEAST_FRAMES", 20)
    given = []
    monkeypatch.setattr(VideoSource, "use_proxy", lambda _self, proxy: given.append(proxy))
    attach(window, clip, qtbot)
    qtbot.waitUntil(lambda: bool(given))
    assert len(given[0]) == 60
    assert stored_proxy(clip) is not None


def test_copying_waits_while_frames_play(
    window: MainWindow, clip: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxying, "LEAST_FRAMES", 20)
    window.session.playing_changed.emit(True)
    attach(window, clip, qtbot)
    session = window.session
    qtbot.waitUntil(lambda: any("quick to seek" in task.title for task in session.tasks.running))
    qtbot.waitUntil(lambda: session.analysis is not None and len(session.tasks.running) == 1)
    assert stored_proxy(clip) is None
    session.playing_changed.emit(False)
    qtbot.waitUntil(lambda: not session.tasks.running)
    assert stored_proxy(clip) is not None


def test_short_videos_and_declined_copies_are_left_alone(
    window: MainWindow, clip: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(window, clip, qtbot)
    assert not any("quick to seek" in task.title for task in window.session.tasks.running)
    monkeypatch.setattr(proxying, "LEAST_FRAMES", 20)
    action = window.registry.qaction("file.proxy")
    assert action.isChecked()
    action.trigger()
    assert not action.isChecked()
    attach(window, clip, qtbot)
    qtbot.waitUntil(lambda: not window.session.tasks.running)
    assert stored_proxy(clip) is None


def test_a_cancelled_copy_can_be_asked_for_again(
    window: MainWindow, clip: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxying, "LEAST_FRAMES", 20)
    window.session.playing_changed.emit(True)
    attach(window, clip, qtbot)
    session = window.session
    qtbot.waitUntil(lambda: any("quick to seek" in task.title for task in session.tasks.running))
    session.tasks.cancel(proxying.LINE)
    banners = window.area.banners
    qtbot.waitUntil(lambda: any(one.topic == proxying.LINE for one in banners.banners))
    [banner] = [one for one in banners.banners if one.topic == proxying.LINE]
    session.playing_changed.emit(False)
    banner.choices[0][1]()
    qtbot.waitUntil(lambda: stored_proxy(clip) is not None)


def test_a_copy_that_is_made_after_all_is_not_said_to_be_missing(
    window: MainWindow, clip: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxying, "LEAST_FRAMES", 20)
    window.session.playing_changed.emit(True)
    attach(window, clip, qtbot)
    session, said = window.session, []
    qtbot.waitUntil(lambda: any("quick to seek" in task.title for task in session.tasks.running))
    session.message.connect(said.append)
    action = window.registry.qaction("file.proxy")
    action.trigger()
    action.trigger()
    session.playing_changed.emit(False)
    qtbot.waitUntil(lambda: stored_proxy(clip) is not None and not session.tasks.running)
    assert not [one for one in said if one.topic == proxying.LINE]
