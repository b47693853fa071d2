"""Links to flags: a line of text that opens the labels at one place.

``trackproof:<path>#<sequence>/<flag key>``. Paths are absolute; several are joined by ``&``, and a
local root of S3 addresses follows as ``?root=<path>``. All parts are percent-encoded as in web
addresses. ``trackproof:demo:`` is the demo scene, wherever it is rendered.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog

from trackproof.desktop.actions import Action
from trackproof.errors import Severity
from trackproof.storage import is_s3_uri

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session

SCHEME = "trackproof:"
DEMO = "demo:"
ROOT = "?root="


@dataclass(frozen=True, slots=True)
class Link:
    """What a link names.

    Parameters
    ----------
    paths : tuple of str
        What to open.
    sequence, flag : str
        Name and key of the place in it; empty for the first.
    root : str
        Local folder that stands for an S3 prefix; empty for none.
    """

    paths: tuple[str, ...]
    sequence: str = ""
    flag: str = ""
    root: str = ""

    def __str__(self) -> str:
        """Return the link as text."""
        text = SCHEME + "&".join(quote(_absolute(path), safe="/:") for path in self.paths)
        if self.root:
            text += ROOT + quote(_absolute(self.root), safe="/:")
        if self.sequence:
            text += "#" + quote(self.sequence, safe="")
        return f"{text}/{quote(self.flag, safe='/:')}" if self.flag else text


def parse_link(text: str) -> Link | None:
    """Return what a text links to, None when it is no link."""
    text = text.strip().strip("<>\"'")
    if not text.startswith(SCHEME):
        return None
    place, _, inside = text.removeprefix(SCHEME).partition("#")
    place, _, root = place.partition(ROOT)
    sequence, _, flag = inside.partition("/")
    paths = tuple(unquote(path) for path in place.split("&") if path)
    return Link(paths, unquote(sequence), unquote(flag), unquote(root))


def _absolute(path: str) -> str:
    return path if path == DEMO or is_s3_uri(path) else str(Path(path).absolute())


class LinkFollower(QObject):
    """Opens what a link names, and goes to its flag once the labels are checked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._wanted: Link | None = None
        session.opened_changed.connect(self._on_opened)
        session.analysis_changed.connect(self._on_checked)

    @classmethod
    def of(cls, session: Session) -> LinkFollower:
        """Return the one follower of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, LinkFollower) else cls(session)

    def follow(self, link: Link, *, frames: str | None = None) -> None:
        """Go where a link leads; labels that are open already are not read again."""
        session = self._session
        if not link.paths:
            session.say(
                f"This link names no labels. A link reads {SCHEME}<path>#<sequence>/<flag>.",
                severity=Severity.ERROR,
            )
            return
        self._wanted = link
        if self._is_open(link):
            self._go_on()
        elif link.paths == (DEMO,):
            session.open_demo()
        else:
            session.open(link.paths, root=link.root or None, frames=frames)

    def _is_open(self, link: Link) -> bool:
        here = self._session.opener.opened
        return bool(here) and [*map(_absolute, here)] == [*map(_absolute, link.paths)]

    def _on_opened(self) -> None:
        if self._wanted is not None:
            if self._is_open(self._wanted):
                self._go_on()
            else:
                self._wanted = None

    def _go_on(self) -> None:
        """Show the sequence; its flags may have to be found first."""
        link, session = self._wanted, self._session
        if link is None:
            return
        if link.sequence:
            names = [sequence.name for sequence in session.sequences]
            if link.sequence not in names:
                self._wanted = None
                session.say(
                    f"There is no sequence {link.sequence} in what the link opens.",
                    severity=Severity.WARNING,
                )
                return
            session.open_sequence(names.index(link.sequence))
        self._on_checked()

    def _on_checked(self) -> None:
        link, session = self._wanted, self._session
        if link is None or session.sequence is None or session.analysis is None:
            return
        if link.sequence not in ("", session.sequence.name):
            return
        self._wanted = None
        if not link.flag:
            return
        flag = next((one for one in session.flags if one.key == link.flag), None)
        if flag is not None:
            session.select_flag(flag)
            return
        frame = link.flag.rpartition("/")[2]
        if frame.isdecimal():
            session.go_to(int(frame))
        session.say(
            "The flag of this link is not in the queue any more: the labels or the limits of the "
            "checks changed. You see the frame it was on.",
            severity=Severity.WARNING,
        )


def link_to_flag(session: Session) -> Link | None:
    """Return the link to the flag under review; None when it stands in no file."""
    opened, sequence, flag = session.opener.opened, session.sequence, session.flag
    if not opened or sequence is None or flag is None:
        return None
    return Link(opened, sequence.name, flag.key, session.opener.root)


def copy_link(session: Session) -> None:
    """Put the link to the flag under review on the clipboard."""
    link = link_to_flag(session)
    if link is not None:
        QGuiApplication.clipboard().setText(str(link))
        session.say("The link to this flag is on the clipboard. Open it with File › Open a link.")


def ask_link(session: Session, window: QWidget) -> None:
    """Ask for a link, the one on the clipboard proposed, and follow it."""
    dialog = QInputDialog(window)
    dialog.setWindowTitle("Open a link")
    dialog.setLabelText("Link to a flag, or a path:")
    copied = QGuiApplication.clipboard().text()
    if parse_link(copied) is not None:
        dialog.setTextValue(copied.strip())
    dialog.resize(560, dialog.sizeHint().height())
    dialog.textValueSelected.connect(lambda text: _open_text(session, text))
    dialog.textValueSelected.connect(dialog.deleteLater)
    dialog.rejected.connect(dialog.deleteLater)
    dialog.open()


def _open_text(session: Session, text: str) -> None:
    if text.strip():
        session.open([text.strip()])


def link_actions(session: Session, window: QWidget) -> list[Action]:
    """Return copying and opening of links."""
    return [
        Action(
            "file.open_link",
            "Open a link …",
            "File",
            lambda: ask_link(session, window),
            ("Ctrl+Alt+O",),
            tip="Paste a link to a flag, or a path, and go there",
        ),
        Action(
            "review.copy_link",
            "Copy a link to the flag",
            "Review/queue",
            lambda: copy_link(session),
            ("Ctrl+Shift+C",),
            is_enabled=lambda: link_to_flag(session) is not None,
            tip="Somebody else opens it, or you do tomorrow, and sees this flag",
        ),
    ]
