"""A progress bar leaves painting to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trackproof.desktop.progress_bar import ProgressBar

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from pytestqt.qtbot import QtBot


class Meter(QWidget):
    """Moves its bar while it is painted, as a panel does that starts a task to paint."""

    def __init__(self) -> None:
        super().__init__()
        self.paintings = 0
        self.bar = ProgressBar(self)
        QVBoxLayout(self).addWidget(self.bar)

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.paintings += 1
        self.bar.setValue(min(self.paintings, 100))


def test_a_value_that_changes_while_the_window_is_painted_waits_for_the_next_painting(
    qtbot: QtBot,
) -> None:
    """Qt warns of a recursive painting otherwise, and a warning fails a test."""
    meter = Meter()
    qtbot.addWidget(meter)
    meter.show()
    qtbot.waitUntil(lambda: meter.paintings > 1)
    assert meter.bar.value() >= 1
    before = meter.paintings
    meter.bar.setValue(70)
    assert meter.paintings == before
    qtbot.waitUntil(lambda: meter.bar.value() != 70 or meter.paintings > before)
