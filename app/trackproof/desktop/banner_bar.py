"""Where messages stand: a sentence, a fold with details, a copy button, never a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.icons import icon
from trackproof.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QColor

    from trackproof.desktop.notices import Banner
    from trackproof.desktop.theme import Theme


class Speaker(Protocol):
    """A session of any window, as far as messages go."""

    @property
    def message(self) -> SignalInstance:
        """Emitted with a `Banner`."""

    @property
    def banner_withdrawn(self) -> SignalInstance:
        """Emitted with the topic of banners that are not true any more."""

    @property
    def theme_changed(self) -> SignalInstance:
        """Emitted with the new theme."""

    @property
    def theme(self) -> Theme:
        """The theme in force."""


MOST_BANNERS = 3
DETAILS_HEIGHT = 120


class BannerRow(QFrame):
    """One message."""

    closed = Signal(object)

    def __init__(self, banner: Banner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = banner
        self.setObjectName("banner")
        self.setAccessibleName(banner.text)
        self._text = QLabel(banner.text)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._details = QPlainTextEdit(banner.details)
        self._details.setReadOnly(True)
        self._details.setFixedHeight(DETAILS_HEIGHT)
        self._details.setVisible(False)
        self._fold = QPushButton("Details")
        self._fold.setCheckable(True)
        self._fold.setVisible(bool(banner.details))
        self._fold.toggled.connect(self._details.setVisible)
        self._close = QToolButton()
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip("Close this message")
        self._close.setAccessibleName("Close this message")
        self._close.clicked.connect(self._on_close)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 4, 4)
        column.setSpacing(4)
        column.addLayout(self._row())
        column.addWidget(self._details)
        self.take_theme(theme)

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        for verb, handler in self.banner.choices:
            row.addWidget(self._button(verb, handler))
        row.addWidget(self._fold)
        if self.banner.details or self.banner.severity is Severity.ERROR:
            row.addWidget(self._button("Copy", self._copy))
        row.addWidget(self._close)
        return row

    def _button(self, verb: str, handler: Callable[[], object]) -> QPushButton:
        button = QPushButton(verb)
        button.clicked.connect(lambda _checked: handler())
        return button

    def take_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        colour = severity_colour(self.banner.severity, theme).name()
        self.setStyleSheet(
            f"#banner {{ background: {theme.surface_raised.name()};"
            f" border: none; border-left: 4px solid {colour};"
            f" border-bottom: 1px solid {theme.line.name()}; }}"
        )
        self._close.setIcon(icon("close", theme))

    def _copy(self) -> None:
        parts = (self.banner.text, self.banner.details)
        QGuiApplication.clipboard().setText("\n\n".join(part for part in parts if part))

    def _on_close(self) -> None:
        self.closed.emit(self)


class BannerArea(QWidget):
    """The newest messages, one under the other; a newer one of the same topic replaces an older."""

    def __init__(self, session: Speaker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[BannerRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        session.message.connect(self.show_banner)
        session.banner_withdrawn.connect(self.withdraw)
        session.theme_changed.connect(self._take_theme)

    @property
    def banners(self) -> tuple[Banner, ...]:
        """Messages on screen, oldest first."""
        return tuple(row.banner for row in self._rows)

    def show_banner(self, banner: Banner) -> None:
        """Add a message."""
        if any(row.banner == banner for row in self._rows):
            return
        if banner.topic:
            self.withdraw(banner.topic)
        while len(self._rows) >= MOST_BANNERS:
            self._remove(self._least_important())
        row = BannerRow(banner, self._session.theme)
        row.closed.connect(self._remove)
        self._rows.append(row)
        self._column.addWidget(row)

    def withdraw(self, topic: str) -> None:
        """Remove the messages of a topic."""
        for row in [row for row in self._rows if row.banner.topic == topic]:
            self._remove(row)

    def clear(self) -> None:
        """Remove all messages."""
        for row in list(self._rows):
            self._remove(row)

    def _least_important(self) -> BannerRow:
        order = list(Severity)
        return max(self._rows, key=lambda row: order.index(row.banner.severity))

    def _remove(self, row: BannerRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _take_theme(self, theme: Theme) -> None:
        for row in self._rows:
            row.take_theme(theme)


def severity_colour(severity: Severity, theme: Theme) -> QColor:
    """Return the colour that goes with a severity."""
    colours = {
        Severity.ERROR: theme.danger,
        Severity.WARNING: theme.warn,
        Severity.NOTE: theme.accent,
    }
    return colours[severity]
