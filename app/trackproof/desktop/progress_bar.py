"""A progress bar that is painted together with everything else."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar


class ProgressBar(QProgressBar):
    """Qt's own paints itself at once, and with it the whole window, even while that is painted."""

    def setValue(self, value: int) -> None:
        """Show another value with the next painting."""
        self.setUpdatesEnabled(False)
        super().setValue(value)
        self.setUpdatesEnabled(True)
