"""Links to flags: copied by key, opened from the command line, the dialog and the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QLineEdit

from trackproof.desktop.links import Link, parse_link

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Two objects over 40 frames, one of which shrinks for one frame; awkward in its name."""
    folder = tmp_path / "street #7 & more"
    (folder / "gt").mkdir(parents=True)
    rows = []
    for track in range(2):
        for frame in range(40):
            side = 6 if (track, frame) == (0, 20) else 40
            rows.append(f"{frame + 1},{track + 1},{20 + 4 * frame},{30 + 80 * track},{side},30,1")
    (folder / "gt" / "gt.txt").write_text("".join(f"{row},-1,-1,-1\n" for row in rows))
    return folder


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.analysis is not None and not session.tasks.running)


@given(st.lists(WORDS, min_size=1, max_size=3), WORDS, WORDS)
def test_every_name_survives_a_link(names: list[str], sequence: str, flag: str) -> None:
    paths = tuple(str(Path(f"/labels/{name}").absolute()) for name in names)
    link = Link(paths, sequence, flag, "/frames & more")
    assert parse_link(str(link)) == link


def test_a_path_is_no_link() -> None:
    assert parse_link("/labels/trackproof:x.json") is None


def test_copied_link_opens_at_the_flag(
    window: MainWindow, session: Session, labels: Path, qtbot: QtBot
) -> None:
    window.session.open([labels])
    settle(window.session, qtbot)
    window.area.canvas.setFocus()
    qtbot.keyClick(window.area.canvas, Qt.Key.Key_Period)
    flag = window.session.flag
    assert flag is not None
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.waitUntil(window.registry.qaction("review.copy_link").isEnabled)
    qtbot.keyClick(window.area.canvas, Qt.Key.Key_C, keys)
    copied = QGuiApplication.clipboard().text()
    window.close()
    session.open([copied])
    settle(session, qtbot)
    assert session.flag is not None
    assert (session.flag.key, session.frame) == (flag.key, flag.frame)


def test_pasted_link_goes_to_the_flag_without_reading_again(
    window: MainWindow, labels: Path, qtbot: QtBot
) -> None:
    session = window.session
    session.open([labels])
    settle(session, qtbot)
    flag = session.flags[0]
    assert session.sequence is not None
    link = Link((str(labels),), session.sequence.name, flag.key)
    QGuiApplication.clipboard().setText(f"  {link}\n")
    opened = []
    session.opened_changed.connect(lambda: opened.append(1))
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(window.area.canvas, Qt.Key.Key_O, keys)
    dialog = window.findChild(QInputDialog)
    field = dialog.findChild(QLineEdit)
    assert field.text() == str(link)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.flag is flag
    assert not opened


def test_link_to_a_flag_that_is_gone_shows_its_frame_and_says_so(
    session: Session, labels: Path, qtbot: QtBot
) -> None:
    said: list[str] = []
    session.message.connect(lambda banner: said.append(banner.text))
    session.open([str(Link((str(labels),), "street #7 & more", "9/gap/13"))])
    settle(session, qtbot)
    assert session.frame == 13
    assert session.flag is None
    assert any("not in the queue any more" in text for text in said)


@pytest.mark.parametrize("text", ["trackproof:", "trackproof:#street/1"])
def test_link_without_labels_is_refused_in_words(session: Session, text: str) -> None:
    said: list[str] = []
    session.message.connect(lambda banner: said.append(banner.text))
    session.open([text])
    assert said == ["This link names no labels. A link reads trackproof:<path>#<sequence>/<flag>."]


def test_link_to_an_unknown_sequence_says_so(session: Session, labels: Path, qtbot: QtBot) -> None:
    said: list[str] = []
    session.message.connect(lambda banner: said.append(banner.text))
    session.open([str(Link((str(labels),), "elsewhere", "1"))])
    settle(session, qtbot)
    assert "There is no sequence elsewhere in what the link opens." in said
