"""Make the pictures of docs/clips.md again: the demo's video cut into clips, with made-up answers.

Needs no screen. Every picture is a grab of the real window.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TRACKPROOF_HOME"] = home = tempfile.mkdtemp(prefix="trackproof-pictures-")

import av
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from trackproof.demo import ensure_demo
from trackproof.desktop.app import make_window
from trackproof.desktop.clips.agreement_dialog import AgreementDialog
from trackproof.desktop.clips.job_dialog import ClipJobDialog
from trackproof.desktop.clips.window import ClipWindow

if TYPE_CHECKING:
    from collections.abc import Callable

IMAGES = Path(__file__).parent / "images"
LABELS = ("free flow", "queue", "blocked lane")
CLIPS, FRAMES = 12, 24
LONGEST_WAIT_S = 60.0


def main() -> int:
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    job = write_job(Path(home) / "street-clips", ensure_demo().video_path)
    main_window = make_window(application)
    window = ClipWindow(main_window.session)
    window.session.player.starts_playing = False
    window.resize(1280, 720)
    window.show()
    window.open(job)
    wait(application, lambda: window.session.is_open and not window.session.tasks.running)
    window.session.judge("queue")
    window.session.judge("free flow")
    window.session.show(2)
    wait(application, lambda: len(window.sheet.frames) == 8)
    for theme in ("dark", "light"):
        window.session.choose_theme(theme)
        settle(application)
        window.grab().save(str(IMAGES / f"clips-{theme}.png"))
    window.session.choose_theme("dark")
    for dialog, name in (
        (ClipJobDialog(window.session, window), "clips-job"),
        (AgreementDialog(window.session, window), "clips-agreement"),
    ):
        dialog.show()
        settle(application)
        dialog.grab().save(str(IMAGES / f"{name}.png"))
        dialog.close()
    window.close()
    main_window.close()
    return 0


def write_job(folder: Path, video: Path) -> Path:
    """Cut a video into clips, and write the output of a job that labelled them."""
    (folder / "clips").mkdir(parents=True)
    with av.open(str(video)) as source:
        frames = source.decode(video=0)
        for number in range(CLIPS):
            write_clip(folder / "clips" / f"street-{number:02d}.mp4", frames)
    chance = random.Random(4)
    lines = []
    for number in range(CLIPS):
        label = number % 3
        document = {"source-ref": f"s3://street/clips/street-{number:02d}.mp4", "camera": 4}
        if number not in (5, 9):
            document["clip-class"] = label
            document["clip-class-metadata"] = {
                "class-name": LABELS[label],
                "confidence": round(chance.uniform(0.45, 0.98), 2),
                "type": "groundtruth/video-classification",
                "job-name": "labeling-job/clip-class",
                "human-annotated": "yes",
                "creation-date": "2025-03-05T11:22:33.445566",
            }
        lines.append(json.dumps(document))
        answers = [
            {
                "answerContent": {"crowd-classifier": {"label": said}},
                "submissionTime": "2025-03-05T11:20:58.321Z",
                "timeSpentInSeconds": round(chance.uniform(6, 30), 1),
                "workerId": worker,
            }
            for worker in ("w1", "w2", "w3")
            if (said := LABELS[label] if chance.random() < 0.7 else chance.choice(LABELS))
        ]
        place = folder / "annotations" / "worker-response" / "iteration-1" / str(number)
        place.mkdir(parents=True)
        (place / "answers.json").write_text(json.dumps({"answers": answers}))
    output = folder / "manifests" / "output"
    output.mkdir(parents=True)
    (output / "output.manifest").write_text("\n".join(lines) + "\n")
    return folder


def write_clip(path: Path, frames: object) -> None:
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=25)
        for number in range(FRAMES):
            picture = next(frames)
            if number == 0:
                stream.width, stream.height, stream.pix_fmt = 960, 540, "yuv420p"
            scaled = picture.reformat(960, 540, "yuv420p")
            scaled.pts, scaled.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(scaled))
        target.mux(stream.encode())


def wait(application: QApplication, done: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_WAIT_S
    while not done():
        if time.monotonic() > end:
            raise SystemExit("the window did not get ready")
        application.processEvents()
        time.sleep(0.01)
    settle(application)


def settle(application: QApplication, seconds: float = 0.5) -> None:
    """Let the window paint, and its background work arrive."""
    loop = QEventLoop(application)
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
