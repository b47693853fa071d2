"""Buttons that show a drawn icon, as playback bars have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 20


def icon_button(tip: str, handler: Callable[[], object]) -> QToolButton:
    """Return a button without its icon, which follows the theme.

    Parameters
    ----------
    tip : str
        What it does, with its keys in brackets; people who do not see hear it without them.
    """
    button = QToolButton()
    button.setIconSize(QSize(SIDE, SIDE))
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition(" (")[0])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda _checked: handler())
    return button
