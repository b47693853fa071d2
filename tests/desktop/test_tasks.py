"""Background work ends exactly once, on the main thread."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest

from trackproof.desktop.tasks import TaskRunner
from trackproof.errors import FrameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from trackproof.progress import Progress


class Ends:
    """Writes down every end of a task and the thread that told it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []
        self.threads: set[int] = set()

    def _note(self, end: str, what: object = None) -> None:
        self.told.append((end, what))
        self.threads.add(threading.get_ident())

    def succeeded(self, answer: object) -> None:
        self._note("succeeded", answer)

    def failed(self, error: BaseException) -> None:
        self._note("failed", error)

    def cancelled(self) -> None:
        self._note("cancelled")


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    made.close()


def start(runner: TaskRunner, function: object, ends: Ends, *, line: str = "") -> None:
    runner.start(
        "work",
        function,  # type: ignore[arg-type]
        succeeded=ends.succeeded,
        failed=ends.failed,
        cancelled=ends.cancelled,
        line=line,
    )


def test_answer_arrives_once_on_the_main_thread(qtbot: QtBot, runner: TaskRunner) -> None:
    ends = Ends()
    start(runner, lambda _progress: threading.get_ident(), ends)
    qtbot.waitUntil(lambda: not runner.running)
    [(end, worker)] = ends.told
    assert end == "succeeded"
    assert worker != threading.get_ident()
    assert ends.threads == {threading.get_ident()}


def test_error_of_the_core_arrives_as_it_is(qtbot: QtBot, runner: TaskRunner) -> None:
    def fail(_progress: Progress) -> None:
        raise FrameError("no picture", path="a.jpg")

    ends = Ends()
    start(runner, fail, ends)
    qtbot.waitUntil(lambda: not runner.running)
    [(end, error)] = ends.told
    assert end == "failed"
    assert str(error) == "a.jpg: no picture"


def test_unexpected_error_keeps_its_trace(qtbot: QtBot, runner: TaskRunner) -> None:
    ends = Ends()
    start(runner, lambda _progress: {}["missing"], ends)
    qtbot.waitUntil(lambda: not runner.running)
    [(end, error)] = ends.told
    assert end == "failed"
    assert isinstance(error, KeyError)
    assert "Traceback" in error.__notes__[0]


def test_cancel_ends_as_cancelled_only(qtbot: QtBot, runner: TaskRunner) -> None:
    is_inside, may_go = threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        is_inside.set()
        may_go.wait(10)
        progress.step(1, 2)
        return "never told"

    ends = Ends()
    start(runner, work, ends)
    assert is_inside.wait(10)
    runner.running[0].cancel()
    may_go.set()
    qtbot.waitUntil(lambda: not runner.running)
    assert ends.told == [("cancelled", None)]


def test_answer_to_an_older_question_is_dropped(qtbot: QtBot, runner: TaskRunner) -> None:
    may_go = threading.Event()
    ends = Ends()
    start(runner, lambda _progress: may_go.wait(10) and "old", ends, line="q")
    start(runner, lambda _progress: "new", ends, line="q")
    may_go.set()
    qtbot.waitUntil(lambda: not runner.running)
    assert sorted(ends.told, key=str) == [("cancelled", None), ("succeeded", "new")]
    assert runner.generation("q") == 2


def test_progress_reaches_the_task(qtbot: QtBot, runner: TaskRunner) -> None:
    def work(progress: Progress) -> None:
        for i in range(5):
            progress.step(i + 1, 5)

    ends = Ends()
    start(runner, work, ends)
    task = runner.running[0]
    qtbot.waitUntil(lambda: task.is_over)
    assert (task.done, task.total) == (5, 5)


def test_closing_waits_for_workers(qtbot: QtBot) -> None:
    runner = TaskRunner()
    is_done = threading.Event()
    is_inside = threading.Event()

    def work(_progress: Progress) -> None:
        is_inside.set()
        is_done.set()

    start(runner, work, Ends())
    assert is_inside.wait(10)
    runner.close()
    assert is_done.is_set()


def test_dropping_a_runner_does_not_wait_for_its_worker(qtbot: QtBot) -> None:
    runner = TaskRunner()
    is_inside, may_go, is_done = (threading.Event() for _ in range(3))

    def work(_progress: Progress) -> None:
        is_inside.set()
        may_go.wait(10)
        is_done.set()

    start(runner, work, Ends())
    assert is_inside.wait(10)
    del runner
    gc.collect()
    assert not is_done.is_set()
    may_go.set()
    assert is_done.wait(10)


def test_what_is_started_after_closing_is_cancelled(qtbot: QtBot) -> None:
    runner, ends = TaskRunner(), Ends()
    runner.close()
    start(runner, lambda _progress: "late", ends)
    qtbot.waitUntil(lambda: not runner.running)
    assert ends.told == [("cancelled", None)]
