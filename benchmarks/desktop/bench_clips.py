"""What 100,000 clips take of the window's thread: opening, searching, judging.

Wanted: at most 50 ms for each, also when every clip is judged. Measured by processor time of that
thread, because other programs of a shared machine say nothing about the window.

Run: python benchmarks/desktop/bench_clips.py [--clips 100000]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from making import WIDTH  # sets up a private home before anything of Qt is made
from PySide6.QtWidgets import QApplication

from trackproof.clips import Board, open_clips
from trackproof.clips.verdicts import Verdict
from trackproof.desktop.clips.window import ClipWindow
from trackproof.desktop.session import Session
from trackproof.desktop.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Callable

SEARCHES = ("c", "ca", "camera-07", "clip-0001", "idle", "loading 99", "")
LABELS = ("", "loading", "idle")


def manifest(folder: Path, clips: int) -> Path:
    path = folder / "clips.manifest"
    with path.open("w", encoding="utf-8") as stream:
        for number in range(clips):
            line: dict[str, object] = {
                "source-ref": f"s3://yard/clips/camera-{number % 50:02d}-clip-{number:06d}.mp4"
            }
            label = LABELS[number % len(LABELS)]
            if label:
                line["clip-class"] = LABELS.index(label)
                line["clip-class-metadata"] = {"class-name": label, "confidence": 0.91}
            stream.write(json.dumps(line) + "\n")
    return path


def cpu_ms(action: Callable[[], object]) -> float:
    start_s = time.thread_time()
    action()
    return 1000 * (time.thread_time() - start_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=100_000)
    clips = parser.parse_args().clips
    application = QApplication([])
    main_session = Session()
    apply_theme(main_session.theme)
    with tempfile.TemporaryDirectory() as folder:
        path = manifest(Path(folder), clips)
        window = ClipWindow(main_session)
        window.resize(WIDTH * 2 // 3, 720)
        window.show()
        session = window.session
        taken: list[float] = []
        take = session._take
        session._take = lambda opening: taken.append(cpu_ms(lambda: take(opening)))  # type: ignore[method-assign]
        session.open(path)
        while not taken or session.tasks.running:
            application.processEvents()
        print(f"{clips:,} clips; processor time of the window's thread, wanted 50 ms each")
        print(f"opening        {taken[0]:6.1f} ms")
        found = [
            cpu_ms(lambda text=text: window.list.table.field.setText(text)) for text in SEARCHES
        ]
        print(f"searching      {np.median(found):6.1f} ms, at most {max(found):.1f} ms")
        judged = [cpu_ms(lambda: session.judge("idle")) for _ in range(20)]
        print(f"judging        {np.median(judged):6.1f} ms, at most {max(judged):.1f} ms")
        board = Board(
            open_clips(path),
            {clip.key: Verdict("idle", at=1.0) for clip in session.board.clips.clips},
        )
        board.prepare()
        all_judged = cpu_ms(lambda: (board.tally(), board.found(session.walk, "camera idle")))
        print(f"all are judged {all_judged:6.1f} ms for counting and a search of two words")
        window.close()
        main_session.close()


if __name__ == "__main__":
    main()
