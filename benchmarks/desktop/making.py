"""Clips, sequences and windows that the desktop benchmarks share."""

from __future__ import annotations

import os
import tempfile
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TRACKPROOF_HOME"] = tempfile.mkdtemp(prefix="trackproof-bench-")

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication

from trackproof.desktop.app import make_window
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackproof.desktop.window import MainWindow

WIDTH, HEIGHT = 1920, 1080


def walkers(*, frames: int, tracks: int, rate_fps: float = 30.0) -> Sequence:
    """Return a sequence in which every track has a box in every frame."""
    rng = np.random.default_rng(7)
    at = np.arange(frames)
    records, blocks, names = [], {}, [""]
    for track in range(tracks):
        name = f"Person:{track + 1}"
        records.append(Track(str(track + 1), name))
        names.append(name)
        start = rng.uniform((0, 0), (WIDTH - 200, HEIGHT - 220))
        sway = np.stack([60 * np.sin(at / 40 + track), 20 * np.cos(at / 55 + track)], axis=1)
        size = np.tile(rng.uniform((40, 90), (90, 200)), (frames, 1))
        blocks[track] = Block.of_boxes(at, np.hstack([start + 60 + sway, size]), name=track + 1)
    return Sequence(
        name="walkers",
        frame_names=tuple(f"{i:06d}.jpg" for i in range(frames)),
        frame_numbers=np.arange(frames),
        labels=Labels(
            LabelTable(records, blocks, names=names),
            (Category("person"),),
            np.ones(frames, dtype=bool),
        ),
        rate_fps=rate_fps,
        width=WIDTH,
        height=HEIGHT,
    )


def picture(frame: int) -> np.ndarray:
    """Return a 1080p picture with texture that moves."""
    y, x = np.mgrid[0:HEIGHT:4, 0:WIDTH:4]
    wave = 127 + 60 * np.sin((x + 5 * frame) / 37.0) + 50 * np.cos((y + 3 * frame) / 23.0)
    small = np.stack([wave, np.roll(wave, 40, axis=1), np.roll(wave, 25, axis=0)], axis=2)
    return cv2.resize(np.clip(small, 0, 255).astype(np.uint8), (WIDTH, HEIGHT))


def write_jpegs(folder: Path, *, frames: int) -> Path:
    """Write 1080p JPEG frames."""
    folder.mkdir(parents=True)
    for frame in range(frames):
        cv2.imwrite(str(folder / f"{frame:06d}.jpg"), picture(frame))
    return folder


def write_h264(path: Path, *, frames: int, gop: int = 30) -> Path:
    """Write a 1080p H.264 file at 30 frames a second with B-frames."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "veryfast", "g": str(gop), "bf": "3"}
        for frame in range(frames):
            image = av.VideoFrame.from_ndarray(picture(frame), format="bgr24")
            container.mux(stream.encode(image))
        container.mux(stream.encode())
    return path


def open_window(*, size: tuple[int, int] = (1280, 720)) -> tuple[QApplication, MainWindow]:
    """Return the application and its shown main window."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    window = make_window(application)
    window.resize(*size)
    window.show()
    return application, window


def wait(application: QApplication, condition: Callable[[], bool], *, limit_s: float = 60) -> None:
    """Run the event loop until a condition holds."""
    end_s = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError("the benchmark waited in vain")
        application.processEvents()
        time.sleep(0.001)


def load(application: QApplication, window: MainWindow, frames: Path, sequence: Sequence) -> None:
    """Open a sequence with its frames, and wait until everything is checked."""
    session = window.session
    session.show_sequences([sequence])
    session.attach_frames(frames)
    wait(application, lambda: session.frames is not None and session.analysis is not None)
    wait(application, lambda: not session.tasks.running, limit_s=900)
