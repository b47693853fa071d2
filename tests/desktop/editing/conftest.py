"""A window on three objects, the second one selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow


@pytest.fixture
def session(open_window: MainWindow) -> Session:
    """A session at frame 10 with object 1 (Vehicle:2) selected."""
    open_window.session.go_to(10)
    open_window.session.select_track(1)
    return open_window.session


@pytest.fixture
def canvas(open_window: MainWindow, session: Session) -> Canvas:
    """The canvas, zoomed so that a picture pixel is two widget pixels and more."""
    canvas = open_window.area.canvas
    canvas.zoom(2.5 / canvas.view.scale)
    assert session.track == 1
    return canvas


@pytest.fixture
def enabled(open_window: MainWindow, qtbot: QtBot) -> Callable[[str], None]:
    """Wait until the window lets an action through: it looks once the event loop is free."""

    def wait(action_id: str) -> None:
        qtbot.waitUntil(open_window.registry.qaction(action_id).isEnabled)

    return wait
