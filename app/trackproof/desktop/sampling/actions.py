"""Drawing a sample and stating the quality, as actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.sampling.desk import SampleDesk

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def sampling_actions(session: Session, window: QWidget) -> list[Action]:
    """Return the actions; the window is the parent of their dialogs."""
    desk = SampleDesk.of(session)

    def ask_sample() -> None:
        from trackproof.desktop.sampling.dialog import SampleDialog

        SampleDialog(session, window).show()

    def show_quality() -> None:
        from trackproof.desktop.sampling.dialog import QualityDialog

        QualityDialog(session, window).show()

    desk.sample_asked.connect(ask_sample)
    desk.quality_asked.connect(show_quality)
    return [
        Action(
            "review.sample",
            "Review a random sample …",
            "Review/sample",
            ask_sample,
            is_enabled=lambda: desk.is_possible,
            tip="Draw boxes that no check flagged, to learn how often labels are wrong there",
        ),
        Action(
            "review.quality",
            "State the quality …",
            "Review/sample",
            show_quality,
            is_enabled=lambda: desk.is_possible,
            tip="Say the error rate with its range, and what it cost to know it",
        ),
    ]
