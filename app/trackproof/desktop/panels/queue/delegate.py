"""How a flag looks in the queue: two lines, its glyph, its verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from trackproof.desktop import glyphs
from trackproof.desktop.panels.naming import frames_in_words, score_in_words
from trackproof.desktop.panels.queue.model import ROW_ROLE
from trackproof.desktop.panels.queue.rows import FlagRow, Heading
from trackproof.desktop.theme import font, mixed
from trackproof.desktop.verdicts import STATUS_WORDS

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QPainter

    from trackproof.desktop.session import Session

PADDING = 8
BAR = 3
HOVER_SHARE = 0.05


class QueueDelegate(QStyledItemDelegate):
    """Paints flags and headings in the theme in force."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return two lines and air; the same for every row, so that long queues stay quick."""
        lines = QFontMetrics(font("body")).height() + QFontMetrics(font("small")).height()
        return QSize(120, lines + 2 * PADDING - 2)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        row = index.data(ROW_ROLE)
        painter.save()
        if isinstance(row, Heading):
            self._paint_heading(painter, option.rect, row)
        elif isinstance(row, FlagRow):
            self._paint_ground(painter, option, row)
            self._paint_flag(painter, option.rect, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, heading: Heading) -> None:
        theme = self._session.theme
        inside = rect.adjusted(PADDING, 0, -PADDING, -6)
        painter.setFont(font("small", is_bold=True))
        painter.setPen(theme.text_dim)
        painter.drawText(inside, BOTTOM_LEFT, heading.title)
        painter.drawText(inside, BOTTOM_RIGHT, f"{heading.open} open of {heading.count}")
        painter.setPen(theme.line)
        painter.drawLine(inside.left(), rect.bottom(), inside.right(), rect.bottom())

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: FlagRow) -> None:
        theme = self._session.theme
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.selection())
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, mixed(theme.surface_raised, theme.text, HOVER_SHARE))
        current = self._session.flag
        if current is not None and current.key == row.flag.key:
            bar = QRect(option.rect)
            bar.setWidth(BAR)
            painter.fillRect(bar, theme.accent)

    def _paint_flag(self, painter: QPainter, rect: QRect, row: FlagRow) -> None:
        theme, entry = self._session.theme, row.entry
        is_open = entry.status == "open"
        inside = rect.adjusted(PADDING + BAR, PADDING - 2, -PADDING, -PADDING + 2)
        side = QFontMetrics(font("body")).height()
        mark = QRectF(inside.left(), inside.center().y() - side / 2, side, side)
        colour = glyphs.colour_of(entry.kind, theme) if is_open else theme.text_dim
        glyphs.paint(painter, entry.kind, mark, colour)
        text = inside.adjusted(side + PADDING, 0, 0, 0)
        strong = theme.text if is_open else theme.text_dim
        first = " ⇄ ".join(entry.objects)
        self._line(painter, text, first, frames_in_words(row.flag), is_first=True, ink=strong)
        second = STATUS_WORDS[entry.status] if not is_open else score_in_words(entry.score)
        ink = glyphs.status_colour(entry.status, theme) if not is_open else theme.text_dim
        self._line(painter, text, row.flag.evidence, second, is_first=False, ink=ink)

    def _line(
        self,
        painter: QPainter,
        rect: QRect,
        left: str,
        right: str,
        *,
        is_first: bool,
        ink: QColor,
    ) -> None:
        """Draw one line: words on the left, as much as fits beside the words on the right."""
        theme = self._session.theme
        bold, plain = font("body", is_bold=True), font("body" if is_first else "small")
        vertical = Qt.AlignmentFlag.AlignTop if is_first else Qt.AlignmentFlag.AlignBottom
        painter.setFont(plain)
        painter.setPen(ink)
        painter.drawText(rect, vertical | Qt.AlignmentFlag.AlignRight, right)
        room = rect.width() - painter.fontMetrics().horizontalAdvance(right) - 2 * PADDING
        painter.setFont(bold if is_first else plain)
        painter.setPen(ink if is_first else theme.text_dim)
        words = painter.fontMetrics().elidedText(left, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(rect, vertical | Qt.AlignmentFlag.AlignLeft, words)


BOTTOM_LEFT = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
BOTTOM_RIGHT = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight
