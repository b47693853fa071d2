"""Sessions for tests of panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from panel_scene import open_scene
from trackproof.desktop.session import Session
from trackproof.desktop.theme import ThemeFollower, apply_theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """A session with nothing open."""
    made = Session(follower=ThemeFollower("dark"))
    apply_theme(made.theme)
    yield made
    made.close()


@pytest.fixture
def opened(session: Session, qtbot: QtBot) -> Session:
    """A session on the scene, checked."""
    open_scene(session, qtbot)
    return session
