"""The page before anything is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from trackproof.desktop.framing import is_there
from trackproof.desktop.theme import font
from trackproof.storage import S3Address, is_s3_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackproof.desktop.opening.flow import OpenFlow
    from trackproof.desktop.session import Session

WIDTH = 560
LINE_LETTERS = 66
"""Letters of a line where type is large, so that nothing is cut."""
SHOWN_RECENT = 6
LINE = "recent"

WHAT = (
    "trackproof looks at video annotation and shows the few boxes that are probably wrong. "
    "You see each one with its evidence, say what it is, fix it in seconds, and send back "
    "exactly the frames that need more work. Your label files are never changed."
)


class Welcome(QWidget):
    """Open, recent, demo, and what this is."""

    s3_asked = Signal()

    def __init__(self, session: Session, flow: OpenFlow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._buttons: dict[str, QPushButton] = {}
        self.setAccessibleName("Welcome")
        name = QLabel("trackproof")
        name.setFont(font("small", is_bold=True))
        name.setProperty("dim", True)
        title = QLabel("Which boxes are wrong?")
        title.setFont(font("title", is_bold=True))
        what = QLabel(WHAT)
        what.setWordWrap(True)
        what.setProperty("dim", True)
        width = max(WIDTH, LINE_LETTERS * QFontMetrics(font("body")).horizontalAdvance("n"))
        what.setMinimumHeight(what.heightForWidth(width))
        self.open_file = self._button("Open labels …", flow.ask_labels_file)
        self.open_file.setDefault(True)
        self.open_folder = self._button("Open a folder …", flow.ask_labels_folder)
        self.open_s3 = self._button("Open from S3 …", self.s3_asked.emit)
        self.demo = self._button("Try the demo", flow.open_demo)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.open_file, self.open_folder, self.open_s3, self.demo):
            row.addWidget(button)
        row.addStretch(1)
        hint = QLabel("or drop a SeqLabel.json, an output.manifest or a MOTChallenge folder here")
        hint.setFont(font("small"))
        hint.setProperty("dim", True)
        hint.setWordWrap(True)
        page = QWidget()
        page.setFixedWidth(width)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (name, title, what):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(hint)
        column.addSpacing(12)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        column.addLayout(self._recent)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(page, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)
        session.opened_changed.connect(self.show_recent)
        self.show_recent()

    def show_recent(self) -> None:
        """Bring the recent paths up to date."""
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        recent = self._session.settings.recent[:SHOWN_RECENT]
        if recent:
            heading = QLabel("Recent")
            heading.setFont(font("small", is_bold=True))
            heading.setProperty("dim", True)
            self._recent.addWidget(heading)
        self._buttons = {path: self._recent_button(path) for path in recent}
        for button in self._buttons.values():
            self._recent.addWidget(button)
        if recent and not self._session.sequences:
            self._look_for(recent)

    def _look_for(self, recent: Sequence[str]) -> None:
        self._session.tasks.start(
            "Looking for recent labels",
            lambda _progress: [path for path in recent if not is_there(path)],
            succeeded=self._take_missing,
            failed=lambda _error: None,
            line=LINE,
            is_quiet=True,
        )

    def _take_missing(self, paths: list[str]) -> None:
        """Let nobody open what is gone; looked for by a task, because networks take their time."""
        for path in paths:
            button = self._buttons.get(path)
            if button is not None:
                button.setEnabled(False)

    def _recent_button(self, path: str) -> QPushButton:
        place = S3Address.parse(path) if is_s3_uri(path) else Path(path)
        button = QPushButton(f"{place.name}    {place.parent}")
        button.setFlat(True)
        button.setAutoDefault(True)
        button.setObjectName("recent")
        button.setStyleSheet("text-align: left; padding: 4px 6px; border: none;")
        button.setToolTip(path)
        button.clicked.connect(lambda _checked: self._session.open([path]))
        return button

    def _button(self, text: str, handler: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(True)
        button.setMinimumHeight(QFontMetrics(font("body")).height() + 12)
        button.clicked.connect(lambda _checked: handler())
        return button
