"""Windows of several processes that want the same review at the same moment."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from review_scenes import cars, review, sequence

STEPS = 15

WORKER = f"""
import sys
import threading
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from review_scenes import cars, review, sequence
from trackproof.labels import PutBox
print("ready", flush=True)
sys.stdin.readline()
work = review(sequence(cars(60, rows=60)), path=Path(sys.argv[1]))
if work.is_read_only:
    work.labels("one")
    print("read", flush=True)
else:
    for step in range({STEPS}):
        work.apply("one", PutBox(0, step, (float(step) + 0.5, 0.0, 5.0, 5.0 + step)))
        work.undo()
        work.redo()
    assert work.flush(), work.saved
    print("wrote", flush=True)
work.close()
"""


def test_only_one_of_several_processes_writes_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    command = [sys.executable, "-c", WORKER, str(path), str(Path(__file__).parents[1])]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    answers = [worker.communicate()[0].strip() for worker in workers]
    assert all(worker.returncode == 0 for worker in workers)
    assert set(answers) <= {"read", "wrote"}
    assert "wrote" in answers
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with contextlib.closing(review(sequence(cars(60, rows=60)), path=path)) as again:
        # Those that come later find the boxes in their places, and so change nothing.
        assert len(again.history()) == STEPS
        assert again.labels("one").table.blocks[0].xywh[STEPS - 1, 0] == STEPS - 0.5


def test_windows_that_make_one_review_at_the_same_moment_get_one_file(tmp_path: Path) -> None:
    found: list[str] = []

    def open_one(path: Path, start: threading.Barrier) -> None:
        start.wait()
        with contextlib.closing(review(path=path)) as work:
            found.append("read" if work.is_read_only else work.saved.problem or "write")

    for number in range(10):
        start = threading.Barrier(4)
        arguments = (tmp_path / f"{number}.trackproof", start)
        windows = [threading.Thread(target=open_one, args=arguments) for _ in range(4)]
        for window in windows:
            window.start()
        for window in windows:
            window.join()
    assert len(found) == 40
    assert set(found) <= {"read", "write"}
