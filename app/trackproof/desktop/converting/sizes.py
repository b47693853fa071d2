"""What a person says about images of which nothing else tells the size, sequence by sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from trackproof.desktop.opening.sizing import SizeFields
from trackproof.desktop.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackproof.review.converting import Size

OTHERS = ""
"""Stands for every sequence about which nothing of its own was said."""


class SequenceSizes(QWidget):
    """Width and height, and which sequence they are said of."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stated: dict[str, Size] = {}
        self.fields = SizeFields()
        self.whose = QComboBox()
        self.whose.setAccessibleName("Sequence that the image size is said of")
        self.whose.setToolTip("Sequences may differ: choose one to state its own size")
        self.whose.addItem("all of them", OTHERS)
        self.whose.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.whose.hide()
        self.fields.changed.connect(self._take)
        self.whose.activated.connect(self._show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.fields)
        row.addWidget(self.whose)
        row.addStretch(1)

    @property
    def stated(self) -> Mapping[str, Size]:
        """By sequence name, `OTHERS` for all others."""
        return dict(self._stated)

    def forget(self) -> None:
        """Take back all that was said."""
        self._stated.clear()
        self.fields.set_size(None)

    def show_known(self, size: Size) -> None:
        """Show a size that labels or pictures tell, and ask for none."""
        self.forget()
        self.whose.hide()
        self.fields.set_size(size)
        self.fields.setEnabled(False)

    def ask(self, names: Sequence[str]) -> None:
        """Ask for the size of some sequences; what was said of them stays."""
        self._stated = {k: v for k, v in self._stated.items() if k in (OTHERS, *names)}
        self.fields.setEnabled(True)
        kept = str(self.whose.currentData())
        self.whose.clear()
        self.whose.addItem("all others" if set(self._stated) - {OTHERS} else "all of them", OTHERS)
        for name in names:
            self.whose.addItem(self._words(name), name)
        self.whose.setCurrentIndex(max(self.whose.findData(kept), 0))
        self.whose.setVisible(len(names) > 1)
        if len(names) < 2:
            self.whose.setCurrentIndex(0)
        self._show()

    def _words(self, name: str) -> str:
        size = self._stated.get(name)
        return f"{name} ({size[0]} × {size[1]})" if size is not None else name

    def _show(self, *_: object) -> None:
        size = self._stated.get(str(self.whose.currentData()))
        if size != self.fields.stated:
            self.fields.set_size(size)

    def _take(self) -> None:
        name, size = str(self.whose.currentData()), self.fields.stated
        if size is None:
            self._stated.pop(name, None)
        else:
            self._stated[name] = size
        self.changed.emit()
