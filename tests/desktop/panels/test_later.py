"""Calls that wait until the event loop is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QTimer

from trackproof.desktop.panels.later import Later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def parent(qapp: object) -> Iterator[QObject]:
    """Whose calls they are."""
    parent = QObject()
    yield parent
    parent.deleteLater()


def test_asking_often_calls_once(parent: QObject, qtbot: QtBot) -> None:
    calls: list[str] = []
    later = Later(parent, lambda: calls.append("look"))
    for _ in range(5):
        later.ask()
    assert later.is_asked
    qtbot.waitUntil(lambda: bool(calls))
    assert calls == ["look"]
    assert not later.is_asked


def test_long_calls_that_are_due_at_once_let_others_have_a_turn_in_between(
    parent: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.desktop.panels.later.TURN_S", 0.0)
    calls: list[str] = []
    laters = [Later(parent, lambda name=name: calls.append(name)) for name in ("a", "b", "c")]
    for later in laters:
        later.ask()
    beat = QTimer(parent)
    beat.timeout.connect(lambda: calls.append("-"))
    beat.start(0)
    qtbot.waitUntil(lambda: "c" in calls)
    beat.stop()
    assert [call for call in calls if call != "-"] == ["a", "b", "c"]
    assert "-" in calls[calls.index("a") : calls.index("b")]
    assert "-" in calls[calls.index("b") : calls.index("c")]


def test_short_calls_that_are_due_at_once_share_a_turn(
    parent: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.desktop.panels.later.TURN_S", 60.0)
    calls: list[str] = []
    laters = [Later(parent, lambda name=name: calls.append(name)) for name in ("a", "b", "c")]
    beat = QTimer(parent)
    for later in laters:
        later.ask()
    beat.timeout.connect(lambda: calls.append("-"))
    beat.start(0)
    qtbot.waitUntil(lambda: "c" in calls)
    beat.stop()
    assert calls[:3] == ["a", "b", "c"]


def test_a_call_that_still_waits_for_its_turn_can_be_withdrawn_or_made_at_once(
    parent: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.desktop.panels.later.TURN_S", 0.0)
    calls: list[str] = []
    second = Later(parent, lambda: calls.append("second"))
    third = Later(parent, lambda: calls.append("third"))
    last = Later(parent, lambda: calls.append("last"))

    def call_first() -> None:
        calls.append("first")
        second.hurry()
        third.settle()

    first = Later(parent, call_first)
    for later in (first, second, third, last):
        later.ask()
    qtbot.waitUntil(lambda: "last" in calls)
    assert calls == ["first", "second", "last"]
