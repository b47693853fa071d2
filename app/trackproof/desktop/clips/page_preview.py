"""The worker page drawn with the window's own widgets: an approximation, and marked as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from trackproof.desktop.canvas.view import fitted
from trackproof.desktop.panels.crops import image_of
from trackproof.desktop.theme import GRID, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from trackproof.clips.template import Words
    from trackproof.desktop.clips.session import ClipSession

SHOWN_LABELS = 12
NOTE = "Approximation. The real page is drawn by a script of AWS: look at it in the browser."


class PagePreview(QFrame):
    """Question, clip, labels and short instructions, about where workers see them."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page_preview")
        self.setAccessibleName("Approximation of the worker page")
        theme = session.theme
        self.setStyleSheet(
            f"#page_preview {{ background: {theme.surface_raised.name()};"
            f" border: 1px solid {theme.line.name()}; border-radius: 6px; }}"
        )
        note = QLabel(NOTE)
        note.setFont(font("small"))
        note.setWordWrap(True)
        note.setStyleSheet(f"color: {theme.warn.name()};")
        self.short = QLabel()
        self.short.setWordWrap(True)
        self.short.setTextFormat(Qt.TextFormat.PlainText)
        self.short.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.short.setProperty("dim", True)
        self.question = QLabel()
        self.question.setFont(font("body", is_bold=True))
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.labels = QLabel()
        self.labels.setTextFormat(Qt.TextFormat.PlainText)
        self.labels.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.labels.setWordWrap(True)
        instructions = QVBoxLayout()
        heading = QLabel("Instructions")
        heading.setFont(font("small", is_bold=True))
        instructions.addWidget(heading)
        instructions.addWidget(self.short, 1)
        middle = QVBoxLayout()
        middle.addWidget(self.question)
        middle.addWidget(_Still(session), 3)
        middle.addStretch(2)
        options = QVBoxLayout()
        select = QLabel("Select an option")
        select.setFont(font("small", is_bold=True))
        options.addWidget(select)
        options.addWidget(self.labels, 1)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addLayout(instructions, 2)
        row.addLayout(middle, 5)
        row.addLayout(options, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addWidget(note)
        column.addLayout(row, 1)

    def show_page(self, words: Words, labels: Sequence[str]) -> None:
        """Show other words and labels."""
        self.question.setText(words.question)
        self.short.setText(words.short)
        shown = [f"○  {label}" for label in labels[:SHOWN_LABELS]]
        if len(labels) > SHOWN_LABELS:
            shown.append(f"and {len(labels) - SHOWN_LABELS} more")
        self.labels.setText("\n".join(shown) if labels else "no labels yet")


class _Still(QWidget):
    """The frame at the playhead, in place of the page's player."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setMinimumSize(200, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame, or an empty player."""
        painter = QPainter(self)
        theme = self._session.theme
        picture = self._session.player.picture()
        if picture is None:
            painter.fillRect(self.rect(), theme.line)
            painter.setPen(theme.text)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "the clip")
            return
        image = image_of(picture)
        size = QSizeF(image.size())
        view = fitted(size, QSizeF(self.size()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # At the top, under the question, as the page has it.
        painter.drawImage(QRectF(QPointF(view.origin.x(), 0.0), size * view.scale), image)
