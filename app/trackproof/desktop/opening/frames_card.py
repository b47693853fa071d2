"""The question for pictures, over the canvas: point at them, see what matches, or go on without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from trackproof.desktop.framing import FramesState
from trackproof.desktop.theme import font
from trackproof.errors import Severity, StorageError
from trackproof.storage import S3Address, is_s3_uri

if TYPE_CHECKING:
    from trackproof.desktop.framing import Offer
    from trackproof.desktop.opening.flow import OpenFlow
    from trackproof.desktop.session import Session

SHOWN_PROBLEMS = 3


class FramesCard(QFrame):
    """Visible while the sequence has no pictures and nobody said that it needs none."""

    resized = Signal()

    def __init__(self, session: Session, flow: OpenFlow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._flow = flow
        self.setObjectName("frames_card")
        self.setAccessibleName("Pictures of this sequence")
        self.title = QLabel()
        self.title.setFont(font("body", is_bold=True))
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setProperty("dim", True)
        self.accept = QPushButton("Use these pictures")
        self.accept.setDefault(True)
        self.accept.clicked.connect(lambda _checked: session.framing.accept())
        self.folder = QPushButton("Folder …")
        self.folder.clicked.connect(lambda _checked: flow.ask_frames_folder(self._try))
        self.video = QPushButton("Video …")
        self.video.clicked.connect(lambda _checked: flow.ask_video(self._try))
        self.remote = QPushButton("S3 …")
        self.remote.setToolTip("Pictures that lie in S3 are fetched as you look at them")
        self.remote.clicked.connect(self._ask_address)
        self.decline = QPushButton("Labels only")
        self.decline.clicked.connect(lambda _checked: session.framing.decline())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.title, 1)
        for button in (self.accept, self.folder, self.video, self.remote, self.decline):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.text)
        session.framing.changed.connect(self._show_state)
        session.sequence_changed.connect(self._show_state)
        session.theme_changed.connect(self._take_theme)
        self._take_theme()
        self._show_state()

    def _try(self, path: str) -> None:
        self._session.try_frames(path)

    def _ask_address(self) -> None:
        sequence = self._session.sequence
        hint = sequence.frames_hint if sequence is not None else ""
        self._flow.ask_frames_address(self._try_address, proposed=hint if is_s3_uri(hint) else "")

    def _try_address(self, text: str) -> None:
        try:
            self._session.framing.try_path(S3Address.parse(text.strip()))
        except StorageError as error:
            self._session.say(f"{error.message}.", severity=Severity.ERROR)

    def _take_theme(self, *_: object) -> None:
        theme = self._session.theme
        self.setStyleSheet(
            f"#frames_card {{ background: {theme.surface_raised.name()};"
            f" border: 1px solid {theme.line.name()}; border-radius: 6px; }}"
        )

    def _show_state(self, *_: object) -> None:
        framing = self._session.framing
        is_asking = framing.state in (FramesState.NONE, FramesState.OFFERED)
        self.setVisible(is_asking and self._session.sequence is not None)
        if self.isHidden():
            return
        self.accept.setVisible(framing.offer is not None)
        if framing.offer is not None:
            self._show_offer(framing.offer)
        else:
            self.title.setText("Point me at the pictures")
            self.text.setText(framing.problem)
            self.setToolTip(self._hint())
        self.text.setVisible(bool(self.text.text()))
        self.resized.emit()

    def _hint(self) -> str:
        sequence = self._session.sequence
        named = sequence.frames_hint if sequence is not None else ""
        where = f" The labels name {named}." if named else ""
        return (
            f"No frames were found beside the labels.{where} Choose a folder of images or a video, "
            "or drop one here. Timelines and queue work without."
        )

    def _show_offer(self, offer: Offer) -> None:
        count = self._session.frame_count
        found = offer.frames.match
        matched = round(found.rate * count)
        self.title.setText(f"{matched:,} of {count:,} frames match ({found.rate:.0%})")
        width, height = offer.frames.size
        size = f"{found.source_length:,} pictures of {width}×{height}"
        lines = [f"{offer.path.name}: {size}, joined by {found.join}"]
        problems = offer.frames.problems
        lines += [str(problem) for problem in problems[:SHOWN_PROBLEMS]]
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(f"... and {len(problems) - SHOWN_PROBLEMS} more")
        self.text.setText("\n".join(lines))
