"""Name, value at the cursor and limit of one plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from superqt import QElidingLabel

from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof.desktop.panels.timelines.series import PlotSpec


class PlotHeader(QWidget):
    """Left column of a plot."""

    close_asked = Signal()

    def __init__(self, spec: PlotSpec, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._title = QElidingLabel(spec.title)
        self._title.setFont(font("body"))
        self._title.setToolTip(spec.title)
        self._value = QLabel("–")
        self._value.setFont(font("body", is_bold=True))
        self._value.setAccessibleName(f"{spec.title} at the current frame")
        self._limit = QElidingLabel()
        self._limit.setFont(font("small"))
        self._limit.setProperty("dim", "true")
        self._close = QToolButton()
        self._close.setText("×")
        self._close.setAutoRaise(True)
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.setToolTip(f"Hide {spec.title}")
        self._close.setAccessibleName(f"Hide {spec.title}")
        self._close.clicked.connect(self.close_asked)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self._title, 1)
        top.addWidget(self._close)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._value)
        below.addWidget(self._limit, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 0, 2)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addLayout(below)
        layout.addStretch(1)
        self.show_limit(spec.limits)

    @property
    def value(self) -> str:
        """What it says about the current frame."""
        return self._value.text()

    @property
    def limit(self) -> str:
        """What it says about the limit."""
        return self._limit.text()

    def show_value(self, words: str) -> None:
        """Tell the value at the cursor."""
        self._value.setText(words)

    def show_limit(self, limits: Sequence[float]) -> None:
        """Tell where the limit lines are."""
        self._limit.setText(self._spec.limits_in_words(limits))
        if self._spec.check:
            self._limit.setToolTip("Drag the dashed line to flag more or less.")
