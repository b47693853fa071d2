"""What a review says after a window that ended without closing it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from review_scenes import cars, review, sequence

WORKER = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from review_scenes import cars, review, sequence
from trackproof.labels import PutBox
work = review(sequence(cars(20, rows=20)), path=Path(sys.argv[1]))
for step in range(int(sys.argv[3])):
    work.judge("one", [f"flag {step}"], "fixed")
    work.judge("one", [f"other {step}"], "dismissed")
    work.apply("one", PutBox(0, step, (50.0 + step, 0.0, 5.0, 5.0)))
    work.repair("one", PutBox(1, step, (50.0 + step, 0.0, 5.0, 5.0)), [f"third {step}"])
work.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


def crash(path: Path, steps: int) -> None:
    command = [sys.executable, "-c", WORKER, str(path), str(Path(__file__).parents[1]), str(steps)]
    subprocess.run(command, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="signals end processes on POSIX only")
@pytest.mark.parametrize(
    ("steps", "words"),
    [(0, "nothing is missing"), (1, "2 verdicts, 1 edit and 1 repair of that sitting")],
)
def test_review_says_once_what_a_crash_left(tmp_path: Path, steps: int, words: str) -> None:
    path = tmp_path / "a.trackproof"
    crash(path, steps)
    with contextlib.closing(review(sequence(cars(20, rows=20)), path=path)) as again:
        assert len(again.notes) == 1
        assert "ended without closing this review" in again.notes[0]
        assert words in again.notes[0]
        assert len(again.verdicts("one")) == 3 * steps
    with contextlib.closing(review(sequence(cars(20, rows=20)), path=path)) as later:
        assert later.notes == ()


def test_review_closed_properly_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    with contextlib.closing(review(sequence(cars(20, rows=20)), path=path)) as first:
        first.judge("one", ["flag"], "fixed")
    with contextlib.closing(review(sequence(cars(20, rows=20)), path=path)) as again:
        assert again.notes == ()
