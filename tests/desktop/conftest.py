"""Sessions and windows that end without leaving anything behind."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.building import moving_boxes, sudden_jump, write_pictures
from trackproof.desktop.app import make_window
from trackproof.desktop.flag_loop import SETTING as PLAYS_FLAGS
from trackproof.desktop.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trackproof.desktop.window import MainWindow


class PatientBot(QtBot):
    """Waits as long as a busy machine needs: how long something takes proves nothing here."""

    PATIENCE_MS = 40_000

    def waitUntil(self, callback: Callable[[], bool | None], **more: Any) -> None:
        super().waitUntil(callback, **({"timeout": self.PATIENCE_MS} | more))

    def waitSignal(self, signal: Any, **more: Any) -> Any:
        return super().waitSignal(signal, **({"timeout": self.PATIENCE_MS} | more))

    def waitExposed(self, widget: Any, **more: Any) -> Any:
        return super().waitExposed(widget, **({"timeout": self.PATIENCE_MS} | more))


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """Presses keys, moves the mouse and waits for the window."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """Dropped Qt objects are collected on the main thread, as they are in the program.

    All of them, before another thread may collect again; what is still in use then (modules,
    above all) is not looked at any more, so that this stays short.
    """
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """A session without anything open."""
    made = Session()
    yield made
    made.close()


@pytest.fixture
def new_session(qtbot: QtBot) -> Iterator[Callable[[], Session]]:
    """Makes sessions beside `session`; all are closed in the end, whatever went wrong."""
    made: list[Session] = []

    def make() -> Session:
        made.append(Session())
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def open_session(session: Session, qtbot: QtBot) -> Session:
    """A session with 40 checked frames of three boxes, one of which jumps; no pictures."""
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([sudden_jump(moving_boxes())])
    qtbot.waitUntil(lambda: not session.tasks.running)
    return session


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with one picture per frame of `open_session`."""
    return write_pictures(tmp_path / "pictures")


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """The main window, shown, with nothing open."""
    made = make_window(qapp)
    # Flags stand still, so that tests can say which frame is shown; its own tests turn it on.
    made.session.settings.set_flag(PLAYS_FLAGS, value=False)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


@pytest.fixture
def open_window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The main window with what `open_session` has."""
    with qtbot.waitSignal(window.session.analysis_changed):
        window.session.show_sequences([sudden_jump(moving_boxes())])
    qtbot.waitUntil(lambda: not window.session.tasks.running)
    window.area.canvas.setFocus()
    return window
