"""What a panel says while it has nothing to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from trackproof.desktop.theme import GRID, font

if TYPE_CHECKING:
    from collections.abc import Callable


class EmptyState(QWidget):
    """A sentence that says what is missing, one that says what to do, and maybe a button."""

    def __init__(self, title: str, hint: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(title)
        self._title.setFont(font("body", is_bold=True))
        self._hint = QLabel(hint)
        self._hint.setProperty("dim", "true")
        self._button = QPushButton()
        self._button.hide()
        self._handler: Callable[[], object] | None = None
        self._button.clicked.connect(self._press)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addStretch(1)
        for label in (self._title, self._hint):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            layout.addWidget(label)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        self.say(title, hint)

    @property
    def title(self) -> str:
        """The first sentence."""
        return self._title.text()

    def say(self, title: str, hint: str = "") -> None:
        """Show other words."""
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(title)
        self.setAccessibleDescription(hint)

    def offer(self, verb: str, handler: Callable[[], object]) -> None:
        """Show a button."""
        self._button.setText(verb)
        self._handler = handler
        self._button.show()

    def hide_offer(self) -> None:
        """Take the button away."""
        self._button.hide()
        self._handler = None

    def _press(self) -> None:
        if self._handler is not None:
            self._handler()
