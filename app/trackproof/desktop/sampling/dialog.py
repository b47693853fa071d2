"""How large a sample shall be, and the statement that follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.sampling.desk import SampleDesk
from trackproof.desktop.theme import font
from trackproof.errors import TrackproofError
from trackproof.review.sampling import CONFIDENCE, size_to_show

if TYPE_CHECKING:
    from trackproof.desktop.session import Session

WIDTH = 460
LIMITS = (0.05, 0.02, 0.01)
"""Shares of wrong boxes that a sample without a mistake rules out."""
MOST = 5_000
USUAL_S = 5.0
"""Seconds that a box takes before anybody's pace is known."""


class SampleDialog(QDialog):
    """Asks how many boxes to draw; says what so many can prove and what they cost."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = SampleDesk.of(session)
        self.setObjectName("sample_dialog")
        self.setWindowTitle("Review a random sample")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        why = QLabel(
            "Flags show where labels are likely wrong. How often they are wrong elsewhere, only "
            "boxes drawn at random can tell. They join the queue and are judged with its keys."
        )
        why.setWordWrap(True)
        self.sizes = QButtonGroup(self)
        self.count = QSpinBox()
        self.count.setRange(1, MOST)
        self.count.setSuffix(" boxes")
        self.count.setMinimumHeight(28)
        self.count.setAccessibleName("Boxes to draw")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(why)
        for limit in LIMITS:
            size = size_to_show(limit)
            choice = QRadioButton(
                f"{size} boxes: if all are right, fewer than {100 * limit:.0f} % are wrong"
            )
            self.sizes.addButton(choice, size)
            column.addWidget(choice)
        column.addWidget(self.count)
        self.cost = QLabel()
        self.cost.setProperty("dim", "true")
        self.cost.setWordWrap(True)
        column.addWidget(self.cost)
        self.buttons = QDialogButtonBox()
        self.draw = self.buttons.addButton("Draw", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column.addSpacing(8)
        column.addWidget(self.buttons)
        self.sizes.idClicked.connect(self.count.setValue)
        self.count.valueChanged.connect(self._show)
        session.opened_changed.connect(self.reject)
        self.count.setValue(size_to_show(LIMITS[0]))
        self._show(self.count.value())

    def _show(self, count: int) -> None:
        self.sizes.setExclusive(False)
        for button in self.sizes.buttons():
            button.setChecked(self.sizes.id(button) == count)
        self.sizes.setExclusive(True)
        pace_s = ReviewDesk.of(self._session).seconds_per_flag
        said = "at your pace of" if pace_s is not None else "at"
        pace_s = pace_s if pace_s is not None else USUAL_S
        minutes = max(count * pace_s / 60, 1.0)
        self.cost.setText(
            f"About {minutes:.0f} min {said} {pace_s:.0f} s a box. All ranges are at"
            f" {100 * CONFIDENCE:.0f} % confidence."
        )

    def accept(self) -> None:
        """Draw the sample and show its first box."""
        drawn = self._desk.draw(self.count.value())
        if drawn < self.count.value():
            self._session.say(f"Only {drawn:,} boxes are left that no flag covers.")
        super().accept()


class QualityDialog(QDialog):
    """The statement, to be read, copied or kept."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = SampleDesk.of(session)
        self.setObjectName("quality_dialog")
        self.setWindowTitle("Quality of these labels")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self._rate = QLabel()
        self._rate.setFont(font("title", is_bold=True))
        self._words = QLabel()
        self._words.setWordWrap(True)
        for label in (self._rate, self._words):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole.ActionRole
        copy = QPushButton("Copy")
        copy.clicked.connect(self._copy)
        save = QPushButton("Save …")
        save.clicked.connect(self._ask_and_save)
        more = QPushButton("Draw more …")
        more.clicked.connect(self._draw_more)
        for button in (copy, save, more):
            self.buttons.addButton(button, role)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._rate)
        column.addWidget(self._words)
        column.addWidget(self.buttons)
        session.verdict_changed.connect(self.refresh)
        session.opened_changed.connect(self.reject)
        self.refresh()

    def refresh(self, *_values: object) -> None:
        """State what the verdicts say now."""
        made = self._desk.quality()
        rate = made.rate
        self._rate.setText(f"Error rate {rate.in_words()}" if rate else "No error rate yet")
        self._words.setText("\n\n".join(made.sentences()))

    @property
    def text(self) -> str:
        """The statement as text, with what it is about."""
        names = [sequence.name for sequence in self._session.sequences]
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        return "\n".join((f"Quality of {shown}", "", *self._desk.quality().sentences(), ""))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)

    def _draw_more(self) -> None:
        self.accept()
        self._desk.sample_asked.emit()

    def _ask_and_save(self) -> None:
        dialog = QFileDialog(self, "Save the statement")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Text (*.txt)")
        dialog.setDefaultSuffix("txt")
        dialog.selectFile("quality.txt")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the statement to a file that a person chose."""
        from trackproof.storage import write_atomic

        try:
            write_atomic(path, self.text.encode("utf-8"), overwrite=True)
        except TrackproofError as error:
            self._session.message.emit(banner_of_error(error, doing=f"writing {path.name}"))
            return
        self._session.say(f"The statement is in {path}.")
