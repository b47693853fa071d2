"""Edits are painted first and checked in the background; the newest one wins."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from desktop.building import moving_boxes, settle, sudden_jump, task_called
from trackproof.checks import analyse
from trackproof.checks.analysis import Analysis
from trackproof.labels import DeleteBoxes, FrameRanges
from trackproof.labels.edits_boxes import PutBox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.labels import Labels

RIGHT = (100.0, 20.0, 40.0, 30.0)
"""Where the box that jumps in frame 20 belongs."""


class Rechecks:
    """Checks of edits that begin when they like and end when the test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.has_begun, self.may_end = threading.Event(), threading.Event()
        self.seen: list[tuple[Labels, list[int]]] = []
        recheck = Analysis.recheck

        def held(analysis: Analysis, labels: Labels, tracks: frozenset[int]) -> Analysis:
            self.seen.append((labels, sorted(tracks)))
            self.has_begun.set()
            self.may_end.wait(60)
            return recheck(analysis, labels, tracks)

        monkeypatch.setattr(Analysis, "recheck", held)


@pytest.fixture
def rechecks(open_session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rechecks]:
    """Checks of edits in `open_session` wait for `may_end`."""
    made = Rechecks(monkeypatch)
    yield made
    made.may_end.set()


def test_an_edit_is_told_before_it_is_checked(open_session: Session, qtbot: QtBot) -> None:
    session, order = open_session, []
    session.labels_changed.connect(lambda *_: order.append(("labels", session.is_checked)))
    session.analysis_changed.connect(lambda: order.append(("flags", session.is_checked)))
    session.apply(PutBox(0, 20, RIGHT))
    assert order == [("labels", False)]
    assert session.checks_state == "checking …"
    assert any(flag.track == 0 for flag in session.flags)
    settle(qtbot, session)
    assert order == [("labels", False), ("flags", True)]
    assert session.checks_state == "checks up to date"
    assert not any(flag.track == 0 for flag in session.flags)


def test_edits_in_a_row_add_up_and_are_told_of_once(open_session: Session, qtbot: QtBot) -> None:
    session, told = open_session, []
    session.analysis_changed.connect(lambda: told.append(session.labels))
    session.apply(PutBox(0, 20, RIGHT))
    session.apply(PutBox(1, 12, (300.0, 200.0, 8.0, 6.0)))
    settle(qtbot, session)
    session.apply(PutBox(2, 30, (10.0, 200.0, 8.0, 6.0)))
    settle(qtbot, session)
    assert session.analysis is not None
    assert session.labels is not None
    assert told[-1] is session.labels
    whole = analyse(session.analysis.sequence, session.labels)
    assert {flag.key for flag in session.flags} == {flag.key for flag in whole.flags}


def test_an_edit_during_a_check_is_checked_after_it(
    open_session: Session, qtbot: QtBot, rechecks: Rechecks
) -> None:
    """What was edited while a worker checked is neither lost nor checked at the same time."""
    session = open_session
    session.apply(PutBox(0, 20, RIGHT))
    first = session.labels
    qtbot.waitUntil(rechecks.has_begun.is_set)
    session.apply(PutBox(1, 12, (300.0, 200.0, 8.0, 6.0)))
    rechecks.may_end.set()
    settle(qtbot, session)
    assert rechecks.seen == [(first, [0]), (session.labels, [0, 1])]
    assert any(flag.track == 1 and abs(flag.frame - 12) <= 1 for flag in session.flags)
    assert not any(flag.track == 0 for flag in session.flags)


def test_an_edit_is_checked_while_a_long_check_from_the_beginning_runs(
    open_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking at pictures takes minutes; flags follow edits all the same."""
    session, may_end = open_session, threading.Event()

    def slow(*args: Any, **more: Any) -> Analysis:
        may_end.wait(60)
        return analyse(*args, **more)

    monkeypatch.setattr("trackproof.checks.analyse", slow)
    session.use_profile(session.profile)
    try:
        session.apply(PutBox(0, 20, RIGHT))
        qtbot.waitUntil(lambda: session.is_checked)
        assert session.checks_state == "checking …"
        assert session.flags == ()
    finally:
        may_end.set()
    settle(qtbot, session)
    assert session.checks_state == "checks up to date"
    assert session.flags == ()


def test_flags_of_an_object_that_is_gone_are_not_shown_until_it_is_checked(
    open_session: Session, qtbot: QtBot
) -> None:
    session = open_session
    assert any(flag.track == 0 for flag in session.flags)
    session.apply(DeleteBoxes((0,), FrameRanges.span(0, 39)))
    assert not session.is_checked
    assert not any(flag.track == 0 for flag in session.flags)
    session.undo()
    settle(qtbot, session)
    assert any(flag.track == 0 for flag in session.flags)


def test_a_cancelled_check_says_so_and_the_next_edit_makes_up_for_it(
    open_session: Session, qtbot: QtBot, rechecks: Rechecks
) -> None:
    session = open_session
    session.apply(PutBox(0, 20, RIGHT))
    qtbot.waitUntil(rechecks.has_begun.is_set)
    with qtbot.waitSignal(session.analysis_changed):
        task_called(session.tasks, "Checking the change").cancel()
        rechecks.may_end.set()
    assert session.checks_state == "changes not checked"
    session.apply(PutBox(1, 12, (300.0, 200.0, 8.0, 6.0)))
    settle(qtbot, session)
    assert session.checks_state == "checks up to date"
    assert {flag.track for flag in session.flags} == {1}


def test_another_sequence_forgets_what_was_to_be_checked(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([sudden_jump(moving_boxes()), moving_boxes(name="calm")])
    session.apply(PutBox(1, 12, (300.0, 200.0, 8.0, 6.0)))
    session.open_sequence(1)
    qtbot.waitUntil(lambda: session.is_checked)
    assert session.analysis is not None
    assert session.analysis.sequence.name == "calm"
    assert session.flags == ()


def test_sequences_opened_in_a_row_are_checked_once(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def counted(sequence: Any, *args: Any, **more: Any) -> Analysis:
        checked.append(sequence.name)
        return analyse(sequence, *args, **more)

    monkeypatch.setattr("trackproof.checks.analyse", counted)
    session.show_sequences([moving_boxes(name="first"), moving_boxes(name="second")])
    session.open_sequence(1)
    qtbot.waitUntil(lambda: session.is_checked and not session.tasks.running)
    assert checked == ["second"]


class Held:
    """Checks from the beginning, and judging by another limit, that wait for `may_end`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_end = threading.Event()
        with_limit = Analysis.with_limit

        def checked(*args: Any, **more: Any) -> Analysis:
            self.may_end.wait(60)
            return analyse(*args, **more)

        def judged(analysis: Analysis, check: str, limit: float) -> Analysis:
            self.may_end.wait(60)
            return with_limit(analysis, check, limit)

        monkeypatch.setattr("trackproof.checks.analyse", checked)
        monkeypatch.setattr(Analysis, "with_limit", judged)


@pytest.fixture
def held(open_session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    made = Held(monkeypatch)
    yield made
    made.may_end.set()


def limits(session: Session, *names: str) -> list[float]:
    assert session.analysis is not None
    return [float(session.analysis.measurements[name].limit or 0) for name in names]


def test_limits_of_two_checks_moved_in_a_row_both_hold(
    open_session: Session, qtbot: QtBot, held: Held
) -> None:
    session = open_session
    first, second = _limited(session)[:2]
    session.set_limit(first, 11.5)
    session.set_limit(second, 12.5)
    held.may_end.set()
    settle(qtbot, session)
    assert limits(session, first, second) == [11.5, 12.5]


def test_a_limit_does_not_lose_the_parameters_that_are_being_checked_with(
    open_session: Session, qtbot: QtBot, held: Held
) -> None:
    session = open_session
    first, second = _limited(session)[:2]
    assert session.profile is not None
    session.use_profile(session.profile.switched(second, is_on=False))
    session.set_limit(first, 11.5)
    held.may_end.set()
    settle(qtbot, session)
    assert session.profile.switched_off == {second}
    assert limits(session, first) == [11.5]


def test_an_edit_checked_meanwhile_does_not_lose_the_parameters_asked_for(
    open_session: Session, qtbot: QtBot, held: Held
) -> None:
    session = open_session
    first = _limited(session)[0]
    assert session.profile is not None
    wanted = session.profile.switched(first, is_on=False)
    session.use_profile(wanted)
    session.apply(PutBox(0, 20, RIGHT))
    qtbot.waitUntil(lambda: session.is_checked)
    assert session.profile is wanted
    held.may_end.set()
    settle(qtbot, session)
    assert session.profile.switched_off == {first}


def _limited(session: Session) -> list[str]:
    """Return the names of checks whose limit can be moved."""
    assert session.analysis is not None
    return [name for name, one in session.analysis.measurements.items() if one.limit is not None]
