"""The identity board: who met whom, and the swap that would set it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.identity.board import CropBoard
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.naming import object_name
from trackproof.desktop.theme import font
from trackproof.errors import EditError

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from trackproof.checks import Analysis
    from trackproof.checks.crossings import Crossing
    from trackproof.desktop.session import Session
    from trackproof.labels.edits import Edit

PLACE_ROLE = Qt.ItemDataRole.UserRole
LINE = "crossings"
SWAP_LINE = "best swap"


class IdentityPanel(QWidget):
    """List of meetings above, crops of the chosen one below, and its repair."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._crossings: tuple[Crossing, ...] = ()
        self._looked_at: Analysis | None = None
        self._later = Later(self, self.refresh)
        self._build()
        self.setAccessibleName("Identity board")
        session.analysis_changed.connect(self._later.ask)
        session.sequence_changed.connect(self._later.ask)
        self.refresh()

    def _build(self) -> None:
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHeaderLabels(["Objects", "Frame", "Swapped?"])
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            self.list.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.list.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        self.list.setAccessibleName("Meetings")
        self.list.currentItemChanged.connect(self._show_current)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        self.board = CropBoard(self._session)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setFont(font("small"))
        self._words.setProperty("dim", "true")
        self._words.setMinimumHeight(2 * self._words.fontMetrics().height())
        self.swap = QPushButton("Swap them from here")
        self.swap.clicked.connect(self._apply)
        below = QWidget()
        layout = QVBoxLayout(below)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.board, 1)
        layout.addWidget(self._words)
        layout.addWidget(self.swap, 0, Qt.AlignmentFlag.AlignRight)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.list)
        splitter.addWidget(below)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        self._filled = splitter
        self._empty = EmptyState("")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._filled)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        self.refresh()

    # -- keeping up

    def refresh(self) -> None:
        """Find the meetings of the current labels, in the background."""
        analysis = self._session.analysis
        if analysis is None:
            self._looked_at = None
            self._take(None, ())
            return
        if analysis is self._looked_at or not self.isVisible():
            return
        self._looked_at = analysis

        def find(_progress: object) -> tuple[Analysis, tuple[Crossing, ...]]:
            from trackproof.checks.crossings import crossings

            return analysis, crossings(analysis)

        self._session.tasks.start(
            "Comparing identities",
            find,
            succeeded=self._on_found,
            failed=self._on_failed,
            line=LINE,
        )

    def _on_found(self, answer: tuple[Analysis, tuple[Crossing, ...]]) -> None:
        self._take(*answer)

    def _on_failed(self, error: BaseException) -> None:
        self._session.message.emit(banner_of_error(error, doing="comparing identities"))

    def _take(self, analysis: Analysis | None, found: tuple[Crossing, ...]) -> None:
        if analysis is not self._session.analysis:
            return
        chosen = self.current
        self._crossings = found
        self.list.blockSignals(True)
        self.list.clear()
        for place, crossing in enumerate(found):
            self.list.addTopLevelItem(self._item(place, crossing))
        again = [
            place
            for place, one in enumerate(found)
            if chosen is not None
            and (one.track, one.other_track) == (chosen.track, chosen.other_track)
            and one.frame == chosen.frame
        ]
        first = self.list.topLevelItem(again[0] if again else 0)
        if first is not None:
            self.list.setCurrentItem(first)
        self.list.blockSignals(False)
        self._say_why_empty()
        self._show_current()

    def _item(self, place: int, crossing: Crossing) -> QTreeWidgetItem:
        labels = self._session.labels
        names = [
            object_name(labels, track) if labels is not None else str(track)
            for track in (crossing.track, crossing.other_track)
        ]
        chance = f"{min(max(100 * crossing.probability, 1), 99):.0f} %"
        item = QTreeWidgetItem([" ⇄ ".join(names), str(crossing.frame), chance])
        item.setData(0, PLACE_ROLE, place)
        item.setToolTip(0, crossing.evidence)
        for column in (1, 2):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        return item

    def _say_why_empty(self) -> None:
        if self._crossings:
            self._stack.setCurrentWidget(self._filled)
            return
        if self._session.analysis is None:
            self._empty.say("No meetings yet", "Objects that cross each other are listed here.")
        else:
            self._empty.say(
                "No doubtful meetings",
                "Wherever objects met, keeping their identities fits better than swapping them.",
            )
        self._stack.setCurrentWidget(self._empty)

    # -- the chosen meeting

    @property
    def current(self) -> Crossing | None:
        """The meeting that is looked at."""
        item = self.list.currentItem()
        place = item.data(0, PLACE_ROLE) if item is not None else None
        return self._crossings[place] if place is not None else None

    def _show_current(self, *_items: object) -> None:
        crossing = self.current
        self.board.show_crossing(crossing)
        self._words.setText(_sentence(crossing.evidence) if crossing is not None else "")
        self.swap.setEnabled(crossing is not None)
        if crossing is not None:
            self.swap.setToolTip(
                f"Exchange the two from frame {crossing.frame} on; undo takes it back"
            )

    def _go(self, *_items: object) -> None:
        crossing = self.current
        if crossing is not None:
            self._session.pause()
            self._session.go_to(crossing.frame)
            self._session.select_track(crossing.track)

    def _apply(self) -> None:
        """Look for the swap that fits best, in the background, and make it."""
        crossing, analysis = self.current, self._session.analysis
        if crossing is None or analysis is None:
            return
        self._session.tasks.start(
            "Looking for the best swap",
            lambda _progress: (analysis, _best_swap(analysis, crossing)),
            succeeded=self._swap,
            failed=self._on_failed,
            line=SWAP_LINE,
        )

    def _swap(self, answer: tuple[Analysis, Edit]) -> None:
        analysis, edit = answer
        if analysis.labels is not self._session.labels:
            # Somebody edited meanwhile: what was found belongs to labels that are gone.
            return
        try:
            self._session.apply(edit)
        except EditError as error:
            self._session.message.emit(banner_of_error(error, doing="swapping"))


def _best_swap(analysis: Analysis, crossing: Crossing) -> Edit:
    """Return the best proposed swap of the two, else one from the meeting on."""
    from trackproof.checks.repairs import proposals
    from trackproof.labels import FrameRanges, Swap

    pair = {crossing.track, crossing.other_track}
    for flag in analysis.flags:
        if {flag.track, flag.other_track} == pair and abs(flag.frame - crossing.frame) <= 2:
            for edit in proposals(analysis, flag):
                if isinstance(edit, Swap) and {edit.first, edit.second} == pair:
                    return edit
    return Swap(crossing.track, crossing.other_track, FrameRanges.starting(crossing.frame))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
