"""A review whose process is killed keeps all that was acknowledged."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import label_strategies as labelling
from review_scenes import cars, review, sequence
from trackproof.labels import Change, redo
from trackproof.review import DONE

WORKER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from review_scenes import cars, review, sequence
from trackproof.labels import PutBox
open_review = review(sequence(cars(200, rows=200)), path=Path(sys.argv[1]))
done = len(open_review.history())
while True:
    done += 1
    edit = PutBox(done % 2, done % 200, (float(done), 0.0, 5.0, 5.0))
    if done % 4 == 0:
        open_review.repair("one", edit, [f"flag {done}"])
    else:
        open_review.apply("one", edit)
        for nudge in range(done % 3):
            box = (done + nudge + 1.0, 0.0, 5.0, 5.0)
            open_review.apply("one", PutBox(done % 2, done % 200, box), joins=True)
        open_review.judge("one", [f"flag {done}"], "fixed")
    if done % 3 == 0:
        open_review.undo()
        open_review.redo()
    open_review.flush()
    print(done, flush=True)
"""


def kill_at_random(path: Path, chance: random.Random) -> set[int]:
    """Let a process work, kill it, and return the numbers of the steps it acknowledged."""
    command = [sys.executable, "-c", WORKER, str(path), str(Path(__file__).parents[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        lines = [worker.stdout.readline() for _ in range(chance.randrange(1, 60))]
        assert all(lines), "the process ended by itself"
        os.kill(worker.pid, signal.SIGKILL)
        lines += worker.stdout.read().splitlines()
    return {int(line) for line in lines if line.strip().isdecimal()}


def last_box(number: int) -> float:
    """Return where a step of the process puts its box in the end: its left side."""
    return float(number if number % 4 == 0 else number + number % 3)


def boxes_of(edits: list[Change]) -> set[float]:
    """Return the left sides of the boxes that edits put."""
    afters = [delta.after for edit in edits for delta in edit.deltas.values()]
    return {float(left) for after in afters if after is not None for left in after.xywh[:, 0]}


def check_kills(path: Path, kills: int) -> None:
    chance = random.Random(kills)
    base = cars(200, rows=200)
    acknowledged: set[int] = set()
    for kill in range(1, kills + 1):
        acknowledged |= kill_at_random(path, chance)
        with contextlib.closing(review(sequence(base), path=path)) as again:
            assert not again.is_read_only
            verdicts = again.verdicts("one")
            assert {f"flag {number}" for number in acknowledged} <= verdicts.keys()
            steps = [step for step in again.steps() if step.entry.status == DONE]
            edits = [step.change for step in steps if step.change is not None]
            # Killed between an edit and its verdict, a process leaves one edit more.
            assert 0 <= len(edits) - len(verdicts) <= kill
            assert {last_box(number) for number in acknowledged} <= boxes_of(edits)
            judged = [step.judgement for step in steps if step.judgement is not None]
            assert verdicts.keys() == {flag for one in judged for flag in one.after}
            replayed = base
            for change in edits:
                replayed = redo(replayed, change)
            assert labelling.same(again.labels("one"), replayed)
    with contextlib.closing(review(sequence(base), path=path)) as again:
        again.go_to(0)
        assert labelling.same(again.labels("one"), base)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.timeout(110)
def test_killed_process_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    check_kills(tmp_path / "a.trackproof", 8)


@pytest.mark.extended
@pytest.mark.timeout(3600)
def test_hundreds_of_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    check_kills(tmp_path / "a.trackproof", 300)
