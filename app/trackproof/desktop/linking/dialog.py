"""How detections shall be linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from trackproof.agreement import LinkOptions
    from trackproof.desktop.linking.desk import LinkingDesk

WIDTH = 440


class LinkDialog(QDialog):
    """Threshold, gap and categories; not modal, so that the picture can be looked at meanwhile."""

    def __init__(self, desk: LinkingDesk, parent: QWidget | None = None) -> None:
        from trackproof.agreement import LinkOptions

        super().__init__(parent)
        usual = LinkOptions()
        self._desk = desk
        self.setWindowTitle("Link detections")
        self.setMinimumWidth(WIDTH)
        self.overlap = QDoubleSpinBox()
        self.overlap.setRange(0.05, 0.95)
        self.overlap.setSingleStep(0.05)
        self.overlap.setValue(usual.least_iou)
        self.overlap.setToolTip("Overlap of a box with the place where motion expects the object")
        self.gap = QSpinBox()
        self.gap.setRange(0, 500)
        self.gap.setSuffix(" frames")
        self.gap.setValue(usual.longest_gap)
        self.gap.setToolTip("An object that is absent for longer becomes another one")
        self.same_category = QCheckBox("Only boxes of one category")
        self.same_category.setChecked(usual.same_category)
        form = QFormLayout()
        form.addRow("Least overlap (IoU)", self.overlap)
        form.addRow("Longest absence", self.gap)
        form.addRow("", self.same_category)
        buttons = QDialogButtonBox()
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = buttons.addButton("Link", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setDefault(True)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(self._words())
        column.addLayout(form)
        column.addWidget(buttons)

    def _words(self) -> QLabel:
        again = " What is linked now is unlinked first." if self._desk.provisional else ""
        words = QLabel(
            "Boxes of neighbouring frames that continue each other become provisional tracks. "
            "They are for timelines, checks and edits here: files get the boxes as detections, as "
            f"they were read.{again} Undo takes it back."
        )
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignLeft)
        return words

    @property
    def options(self) -> LinkOptions:
        """What the fields say."""
        from trackproof.agreement import LinkOptions

        return LinkOptions(
            least_iou=self.overlap.value(),
            longest_gap=self.gap.value(),
            same_category=self.same_category.isChecked(),
        )

    def _on_accepted(self) -> None:
        self._desk.link(self.options)
        self.accept()
