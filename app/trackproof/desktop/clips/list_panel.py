"""The list of clips: what each is, what is left, and the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from trackproof.clips import Want
from trackproof.desktop.panels.search_table import SearchTable
from trackproof.desktop.panels.table import RECORD_ROLE, Column, TableModel
from trackproof.desktop.progress_bar import ProgressBar
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from trackproof.desktop.clips.session import ClipSession

COUNT_AFTER_MS = 60
MARKS = "✓ judged   ≠ workers disagree   ! may not play   ? low confidence   ○ no label"
STATE, NAME, LABEL, CONFIDENCE = range(4)
SAMPLE = 100
"""Rows that are measured for the width of their labels."""
MARGIN = 12
SHORTEST_NAME = 90
LONGEST_NAME = 220
"""Longer names are cut before the last column is left out."""
LONGEST_LABEL = 180
TITLES = {
    Want.ALL: "All clips",
    Want.OPEN: "Not judged",
    Want.UNLABELLED: "Without label",
    Want.LOW: "Low confidence",
    Want.DISPUTED: "Workers disagree",
    Want.CHANGED: "Label changed here",
}
assert set(TITLES) == set(Want)


class ClipList(QWidget):
    """Progress, filter, search and list."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName("Clips")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.progress = QLabel()
        self.progress.setFont(font("body", is_bold=True))
        self.bar = ProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Judged clips")
        self.filter = QComboBox()
        self.filter.setAccessibleName("Which clips")
        self.filter.setToolTip("Show some of the clips; after a label, the next of these follows")
        for want, title in TITLES.items():
            self.filter.addItem(title, want)
        self.filter.activated.connect(self._take_filter)
        self.model = TableModel[int](self._columns())
        self.table = _ClipTable(self.model, "clips")
        self.table.field.textChanged.connect(self._search)
        self.table.view.clicked.connect(self._take_click)
        self.table.view.activated.connect(self._take_click)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        for widget in (self.progress, self.bar, self.filter):
            inset = QVBoxLayout()
            inset.setContentsMargins(8, 0, 8, 0)
            inset.addWidget(widget)
            column.addLayout(inset)
        column.addWidget(self.table, 1)
        self._count_timer = QTimer(self)
        self._count_timer.setSingleShot(True)
        self._count_timer.setInterval(COUNT_AFTER_MS)
        self._count_timer.timeout.connect(self.count)
        session.opened_changed.connect(self._fill)
        session.verdicts_changed.connect(self._refresh)
        session.probed_changed.connect(self._refresh)
        session.theme_changed.connect(self._refresh)
        session.clip_changed.connect(self._mark)
        self._fill()

    @property
    def shown(self) -> tuple[int, ...]:
        """Places of the clips on screen, in order."""
        return self.model.records

    def choose(self, want: Want) -> None:
        """Show some of the clips; the walk after a label follows."""
        self.filter.setCurrentIndex(list(TITLES).index(want))
        self._session.walk = Want.OPEN if want is Want.ALL else want
        self._fill()

    def _take_filter(self, place: int) -> None:
        self.choose(Want(self.filter.itemData(place)))

    def _take_click(self, index: QModelIndex) -> None:
        place = index.data(RECORD_ROLE)
        if isinstance(place, int):
            self._session.show(place)

    def _fill(self, *_: object) -> None:
        self._search()
        self.count()

    def _search(self, *_: object) -> None:
        if not self._session.is_open:
            self.model.show_records([])
            self.table.say("No clips are open", "Open a manifest with Ctrl+O.")
            return
        board = self._session.board
        want = Want(self.filter.currentData())
        places = board.found(want, self.table.field.text())
        self.model.show_records(places)
        if places:
            self.table.show_table()
        else:
            self.table.say(f"{TITLES[want]}: none", "Choose other clips above, or search less.")
        self._mark(self._session.place)

    def _refresh(self, *_: object) -> None:
        self.table.view.viewport().update()
        self._count_timer.start()

    def count(self) -> None:
        """Bring progress and the numbers of the filter up to date."""
        session = self._session
        if not session.is_open:
            self.progress.setText("No clips")
            self.bar.setRange(0, 1)
            self.bar.setValue(0)
            return
        tally = session.board.tally()
        self.progress.setText(f"{tally.judged:,} of {tally.clips:,} judged")
        self.bar.setRange(0, tally.clips)
        self.bar.setValue(tally.judged)
        numbers = {
            Want.ALL: tally.clips,
            Want.OPEN: tally.clips - tally.judged,
            Want.UNLABELLED: tally.unlabelled,
            Want.LOW: tally.low,
            Want.DISPUTED: tally.disputed,
            Want.CHANGED: tally.changed,
        }
        for place, (want, title) in enumerate(TITLES.items()):
            self.filter.setItemText(place, f"{title} ({numbers[want]:,})")

    def _mark(self, place: int) -> None:
        try:
            row: int | None = self.model.records.index(place)
        except ValueError:
            row = None
        self.table.mark(row, scrolls=row is not None)

    # -- what a row says

    def _columns(self) -> tuple[Column[int], ...]:
        return (
            Column(
                "",
                lambda place: f"\u2002{self._state(place)}",
                self._state,
                tip=MARKS,
                ink=self._state_ink,
            ),
            Column("Clip", self._name, self._name),
            Column("Label", self._label, self._label, ink=self._label_ink),
            Column(
                "Conf.",
                self._confidence,
                self._confidence_key,
                tip="Confidence that the manifest states; empty when a single person labelled",
                is_number=True,
            ),
        )

    def _state(self, place: int) -> str:
        board = self._session.board
        if board.verdict(place).label:
            return "✓"
        if board.clip(place).is_disputed:
            return "≠"
        if self._will_not_play(place):
            return "!"
        if board.is_low(place):
            return "?"
        return "" if board.label(place) else "○"

    def _state_ink(self, place: int) -> QColor:
        theme = self._session.theme
        state = self._state(place)
        colours = {"✓": theme.ok, "≠": theme.warn, "!": theme.danger, "?": theme.warn}
        return colours.get(state, theme.text_dim)

    def _will_not_play(self, place: int) -> bool:
        probed = self._session.probed.get(self._session.board.clip(place).key)
        return probed is not None and bool(probed.problems)

    def _name(self, place: int) -> str:
        return self._session.board.clip(place).name

    def _label(self, place: int) -> str:
        return self._session.board.label(place) or "–"

    def _label_ink(self, place: int) -> QColor | None:
        board = self._session.board
        return self._session.theme.accent if board.meets(place, Want.CHANGED) else None

    def _confidence(self, place: int) -> str:
        confidence = self._session.board.clip(place).confidence
        return f"{confidence:.2f}" if confidence is not None else ""

    def _confidence_key(self, place: int) -> float:
        confidence = self._session.board.clip(place).confidence
        return confidence if confidence is not None else 2.0


class _ClipTable(SearchTable):
    """Columns as wide as their words; names take the room that is left."""

    def fit(self) -> None:
        """Share the room out, then leave out what would be cut."""
        view, model = self.view, self.view.model()
        metrics = view.fontMetrics()
        rows = range(min(model.rowCount(), SAMPLE))

        def longest(column: int) -> int:
            words = (str(model.index(row, column).data()) for row in rows)
            return max((metrics.horizontalAdvance(word) for word in words), default=0) + MARGIN

        # Off while widths are set, or the last column takes what the names shall have.
        view.horizontalHeader().setStretchLastSection(False)
        widths = {
            STATE: metrics.horizontalAdvance("\u2002≠") + MARGIN,
            LABEL: min(max(longest(LABEL), metrics.horizontalAdvance("Label")), LONGEST_LABEL),
            CONFIDENCE: metrics.horizontalAdvance("Conf.") + MARGIN,
        }
        room = view.viewport().width() - sum(widths.values())
        if room < min(longest(NAME), LONGEST_NAME):
            # Names come before confidence, and labels before whole names.
            room = max(room + widths[CONFIDENCE], SHORTEST_NAME)
        widths[NAME] = room
        for column, width in widths.items():
            # A hidden column would keep the width it had.
            view.showColumn(column)
            view.setColumnWidth(column, width)
        super().fit()
