"""What a canvas asks of whoever edits on it; the canvas itself only shows and selects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QPainter

    from trackproof.desktop.canvas.marks import Mark, Marks


class CanvasTool(Protocol):
    """Takes the left button when it has a use for it; positions are widget pixels."""

    @property
    def is_busy(self) -> bool:
        """Whether Escape should go to the tool."""

    @property
    def hint(self) -> str:
        """One sentence for the top of the canvas; empty for none."""

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Take a press of the left button; False leaves it to the canvas."""

    def move(self, at: QPointF) -> Qt.CursorShape:
        """Follow the mouse, and return the cursor for its place."""

    def release(self, at: QPointF) -> None:
        """End what a press began."""

    def double_click(self, at: QPointF) -> bool:
        """Take a double click; False leaves it to the canvas."""

    def picked(self, mark: Mark | None) -> None:
        """Hear what a click selected."""

    def takes(self, key: int) -> bool:
        """Return whether a key without modifiers is for the tool rather than for the window."""

    def key(self, key: int) -> None:
        """Take such a key."""

    def cancel(self) -> None:
        """Give up what is going on; nothing has changed then."""

    def shown(self, marks: Marks) -> Marks:
        """Return the overlay without what the tool holds.

        The same object as long as nothing else changes, so that a drag need not lay it out again.
        """

    def lifted(self, marks: Marks) -> Marks | None:
        """Return an overlay of what the tool holds alone; None while it holds nothing."""

    def paint(self, painter: QPainter, marks: Marks) -> None:
        """Paint what belongs to the tool over the overlay."""
