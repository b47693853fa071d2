"""The to-do list of a review: flags in words, the likeliest mistakes first."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QStringListModel, Qt, QTimer
from PySide6.QtGui import QActionGroup, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.keys import EnterGuard, back_to_picture, come_forward
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.queue.delegate import QueueDelegate
from trackproof.desktop.panels.queue.model import QueueModel
from trackproof.desktop.panels.queue.rows import (
    FlagRow,
    Grouping,
    Heading,
    Order,
    View,
    all_rows,
    arranged,
    flag_rows,
    judged,
)
from trackproof.desktop.panels.sequences.board import SequenceBoard
from trackproof.desktop.progress_bar import ProgressBar
from trackproof.desktop.sampling import SampleDesk
from trackproof.desktop.theme import font
from trackproof.review.queue_query import Query, QueryError, parse, suggestions

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QModelIndex

    from trackproof.desktop.session import Session

TYPING_PAUSE_MS = 60
FILTER_HINT = "kind:gap score>2 frame:100-200 status:open"
FILTER_TIP = (
    "Words, or <b>kind:gap</b>, <b>object:Vehicle:1</b>, <b>category:Vehicle</b>, "
    "<b>status:open</b>, <b>check:gaps</b>, <b>score&gt;2</b>, <b>frame:100-200</b>, "
    "<b>length&gt;5</b>.<br>A minus in front turns a word round, a comma means either."
)

Choice = TypeVar("Choice", bound=StrEnum)


class QueuePanel(QWidget):
    """Filter box, counts, list of flags, progress."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = ReviewDesk.of(session)
        self._guard = EnterGuard(self)
        self._all: list[FlagRow] = []
        self._called: tuple[object, ...] | None = None
        self._places: dict[tuple[int, str], int] = {}
        self._later = Later(self, self.refresh)
        self._counting = Later(self, self._count)
        self._following = Later(self, self._follow)
        self._view = View(Query())
        self._model = QueueModel(self)
        self._is_following = False
        self._several_at = ""
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._take_filter)
        self._build()
        self.setAccessibleName("Review queue")
        session.sequence_changed.connect(self.refresh)
        session.analysis_changed.connect(self.refresh)
        SequenceBoard.of(session).changed.connect(self._on_board)
        session.flag_changed.connect(self._following.ask)
        session.verdict_changed.connect(self._on_verdict)
        session.theme_changed.connect(self._on_theme)
        self._desk.pace_changed.connect(self._counting.ask)
        self._desk.filter_asked.connect(self._focus_filter)
        self.refresh()

    # -- building

    def _build(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._make_head())
        layout.addLayout(self._make_filter())
        self._stack = QStackedLayout()
        layout.addLayout(self._stack, 1)
        self._empty = EmptyState("")
        self._list = self._make_list()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._list)
        layout.addLayout(self._make_foot())

    def _make_head(self) -> QHBoxLayout:
        self._counts = QLabel()
        self._counts.setFont(font("body", is_bold=True))
        self._order = self._chooser("Sort", Order, self.sort_by)
        self._grouping = self._chooser("Group", Grouping, self.group_by)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 4, 0)
        head.setSpacing(0)
        head.addWidget(self._counts, 1)
        head.addWidget(self._order)
        head.addWidget(self._grouping)
        return head

    def _make_filter(self) -> QVBoxLayout:
        self._filter = QLineEdit()
        self._filter.setPlaceholderText(FILTER_HINT)
        self._filter.setClearButtonEnabled(True)
        self._filter.setAccessibleName("Filter the queue")
        self._filter.setToolTip(FILTER_TIP)
        self._filter.returnPressed.connect(lambda: back_to_picture(self._filter))
        self._filter.textEdited.connect(self._on_typed)
        self._filter.textChanged.connect(lambda _text: self._typing.start())
        self._words = QStringListModel(self)
        completer = QCompleter(self._words, self._filter)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._filter.setCompleter(completer)
        self._mistake = QLabel()
        self._mistake.setFont(font("small"))
        self._mistake.setWordWrap(True)
        self._mistake.hide()
        column = QVBoxLayout()
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(2)
        column.addWidget(self._filter)
        column.addWidget(self._mistake)
        return column

    def _make_list(self) -> QListView:
        view = QListView()
        view.setModel(self._model)
        view.setItemDelegate(QueueDelegate(self._session))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setAccessibleName("Flags")
        view.selectionModel().selectionChanged.connect(self._on_selection)
        view.clicked.connect(self._on_clicked)
        return view

    def _make_foot(self) -> QHBoxLayout:
        self._progress = ProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)
        self._progress.setAccessibleName("Flags judged")
        self._pace = QLabel()
        self._pace.setFont(font("small"))
        self._pace.setProperty("dim", "true")
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 2, 8, 6)
        foot.setSpacing(8)
        foot.addWidget(self._progress, 1)
        foot.addWidget(self._pace)
        return foot

    def _chooser(
        self, title: str, choices: type[Choice], take: Callable[[Choice], None]
    ) -> QToolButton:
        button = QToolButton()
        button.setText(title)
        button.setFont(font("small"))
        button.setAutoRaise(True)
        button.setToolTip(f"{title} the flags")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        group = QActionGroup(menu)
        for choice in choices:
            action = menu.addAction(CHOICE_WORDS.get(choice.value, f"By {choice.value}"))
            action.setCheckable(True)
            action.setChecked(not group.actions())
            group.addAction(action)
            action.triggered.connect(lambda _state, chosen=choice: take(chosen))
        button.setMenu(menu)
        return button

    # -- what is asked

    @property
    def model(self) -> QueueModel:
        """The rows on screen."""
        return self._model

    @property
    def is_settled(self) -> bool:
        """Whether it shows what the session holds."""
        return not (self._later.is_asked or self._following.is_asked)

    def ask(self, text: str) -> None:
        """Show what a filter lets through, at once."""
        self._filter.setText(text)
        self._typing.stop()
        self._take_filter()

    def _on_typed(self, text: str) -> None:
        self._words.setStringList(suggestions(text, (row.entry for row in self._all))[:12])

    def _take_filter(self) -> None:
        try:
            query = parse(self._filter.text())
        except QueryError as error:
            self._say_mistake(error.message)
            return
        self._say_mistake("")
        if query != self._view.query:
            self._view = View(query, self._view.order, self._view.grouping)
            self._arrange()

    def _say_mistake(self, words: str) -> None:
        self._mistake.setText(words)
        self._mistake.setVisible(bool(words))
        self._filter.setProperty("has_error", "true" if words else "false")
        self._filter.style().polish(self._filter)

    def sort_by(self, order: Order) -> None:
        """Show the flags in another order."""
        self._view = View(self._view.query, order, self._view.grouping)
        self._arrange()

    def group_by(self, grouping: Grouping) -> None:
        """Put other headings between the flags; by sequence, those of all sequences are shown."""
        self._view = View(self._view.query, self._view.order, grouping)
        self.refresh()

    def _focus_filter(self) -> None:
        come_forward(self._filter)
        self._filter.selectAll()

    # -- keeping up

    def refresh(self) -> None:
        """Show the flags that the session holds now."""
        self._later.settle()
        labels = self._session.labels
        called = None if labels is None else (labels.table.tracks, labels.table.names)
        # what an edit of names leaves alone is not said anew
        kept = self._all if called is not None and called == self._called else ()
        self._called = called
        if self._is_wide:
            self._all = all_rows(self._session)
        else:
            self._all = flag_rows(self._session, kept)
        self._places = {row.key: place for place, row in enumerate(self._all)}
        self._arrange()

    def _arrange(self) -> None:
        self._model.show_rows(arranged(self._all, self._view))
        self._session.show_flags(self._model.shown_of(self._session.index))
        self._say_why_empty()
        self._count()
        self._follow()

    def _say_why_empty(self) -> None:
        session = self._session
        if self._model.rowCount():
            self._stack.setCurrentWidget(self._list)
            return
        self._empty.hide_offer()
        if session.labels is None:
            self._empty.say("No labels yet", "Open labels, and what looks wrong is listed here.")
        elif session.analysis is None:
            self._empty.say("Checking the labels …", "The likeliest mistakes will stand on top.")
        elif self._all:
            self._empty.say("No flag matches the filter", f"{len(self._all)} flags are hidden.")
            self._empty.offer("Clear the filter", lambda: self.ask(""))
        else:
            self._empty.say(
                "Nothing stands out",
                "Every check is within its limit. Drag a limit in the timelines to look closer.",
            )
            self._empty.offer("Review a random sample …", SampleDesk.of(session).sample_asked.emit)
        self._stack.setCurrentWidget(self._empty)

    def _count(self) -> None:
        open_count = sum(row.entry.status == "open" for row in self._all)
        shown = len(self._model.flag_rows)
        words = f"{open_count} open of {len(self._all)}" if self._all else "Queue"
        if shown != len(self._all):
            words += f", {shown} shown"
        self._counts.setText(words)
        # those of earlier days count, and those that a repair has taken out of the list
        done = max(self._desk.done, len(self._all) - open_count)
        self._progress.setMaximum(max(done + open_count, 1))
        self._progress.setValue(done)
        self._progress.setVisible(bool(self._all))
        progress = f"{done} of {done + open_count} judged" if self._all else ""
        self._pace.setText(self._desk.pace_in_words() or progress)
        self._pace.setToolTip(self._desk.totals_in_words())

    def _on_verdict(self, key: str) -> None:
        place = self._places.get((self._session.index, key))
        here = sum(row.index == self._session.index for row in self._all)
        if len(self._session.flags) != here or (place is None and self._is_wide):
            self._later.ask()
            return
        if place is None:
            # a repair has removed the flag, and what was checked again is listed already
            self._counting.ask()
            return
        self._all[place] = judged(self._session, self._all[place])
        self._model.replace_row(self._all[place])
        self._counting.ask()

    def _on_board(self) -> None:
        """Show what was found in another sequence meanwhile."""
        if self._is_wide:
            self._later.ask()

    def _on_theme(self, _theme: object) -> None:
        self._list.viewport().update()

    # -- selection

    def _follow(self) -> None:
        """Show the flag under review as the current row."""
        self._following.settle()
        flag = self._session.flag
        key = flag.key if flag is not None else ""
        place = self._model.place_of((self._session.index, key))
        if key and key == self._several_at and len(self._list.selectionModel().selectedRows()) > 1:
            # chosen since: following later than the mouse must not take it away
            return
        self._is_following = True
        if place is None:
            self._list.clearSelection()
            # Rows that were listed anew are not selected any more, and nobody tells of that.
            self._desk.select(())
        else:
            index = self._model.index(place)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self._list.selectionModel().setCurrentIndex(index, flags)
            self._list.scrollTo(index)
        self._is_following = False
        self._list.viewport().update()

    def _on_selection(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        chosen = [index.row() for index in self._list.selectionModel().selectedIndexes()]
        rows = [self._model.rows[place] for place in sorted(chosen)]
        flag = self._session.flag
        self._several_at = flag.key if flag is not None and len(rows) > 1 else ""
        self._desk.select_rows([(row.index, row.flag) for row in rows if isinstance(row, FlagRow)])
        if len(rows) == 1 and not self._is_following and isinstance(rows[0], FlagRow):
            self._session.open_sequence(rows[0].index)
            self._session.select_flag(rows[0].flag)

    def _on_clicked(self, index: QModelIndex) -> None:
        """Go to the flag again, when the picture was moved elsewhere; select a heading's flags."""
        row = self._model.rows[index.row()]
        if isinstance(row, Heading):
            self._select_group(index.row())
        if isinstance(row, FlagRow) and len(self._desk.selected) == 1:
            self._session.go_to(row.flag.frame)
            self._session.select_track(row.flag.track)

    def _select_group(self, place: int) -> None:
        members = self._model.members(place)
        first, last = self._model.index(members.start), self._model.index(members.stop - 1)
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._list.selectionModel().select(QItemSelection(first, last), how)

    @property
    def _is_wide(self) -> bool:
        return self._view.grouping is Grouping.SEQUENCE


CHOICE_WORDS = {
    "none": "Not at all",
    "score": "Likeliest mistakes first",
    "sequence": "By sequence, all that are open",
}
