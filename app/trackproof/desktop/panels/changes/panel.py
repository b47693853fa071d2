"""The difference to the labels as opened: a click goes there, and objects go back or stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.editing import EditDesk
from trackproof.desktop.editing.original import OriginalBoxes
from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.keys import KeyKeeper
from trackproof.desktop.panels.later import Later
from trackproof.desktop.theme import ROW_HEIGHT, font
from trackproof.errors import ReviewError
from trackproof.labels import Compound, FrameRanges, RevertFrameAttributes, RevertTracks
from trackproof.labels.changes import ChangedRun, ChangedTrack, ChangeKind, changed_tracks

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from trackproof.desktop.session import Session
    from trackproof.labels import Labels, Sequence
    from trackproof.labels.edits import Edit

LINE = "changes"
MANY_ROWS = 5_000
"""Rows of changed objects that take 5 ms to compare; more are compared by a task."""
MOST_RUNS = 200
"""Runs listed under one object; more than that nobody reads."""

NOTHING = "Nothing differs", "What you change appears here, beside the labels as opened."

TRACK_ROLE = Qt.ItemDataRole.UserRole
RUN_ROLE = Qt.ItemDataRole.UserRole + 1

WORDS = {
    ChangeKind.CHANGED: "changed",
    ChangeKind.ADDED: "added",
    ChangeKind.REMOVED: "removed",
    ChangeKind.RENAMED: "renamed",
}
assert set(WORDS) == set(ChangeKind)


class ChangesPanel(QWidget):
    """Tree of changed objects, with the frames below each."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = EditDesk.of(session)
        self._original = OriginalBoxes.of(session)
        self._is_stale = True
        self._is_filling = False
        self._found: tuple[Sequence, Labels, tuple[ChangedTrack, ...]] | None = None
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Changes")
        self.tree = self._make_tree()
        self.shows_accepted = QCheckBox("Accepted too")
        self.shows_original = QCheckBox("Original on the picture")
        self.shows_original.setToolTip("Dotted boxes show the labels as opened")
        self.shows_original.setChecked(self._original.is_shown)
        self.accept_button = QPushButton("Accept")
        self.accept_button.setToolTip("Take the object off this list: its changes are meant")
        self.revert_button = QPushButton("Revert")
        self.revert_button.setToolTip("Make the object what it was; Ctrl+Z takes that back")
        self._empty = EmptyState(*NOTHING)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._make_body())
        self._later = Later(self, self.refresh)
        for signal in (
            session.labels_changed,
            session.sequence_changed,
            session.verdict_changed,
            session.theme_changed,
        ):
            signal.connect(self._later.ask)
        self.tree.currentItemChanged.connect(self._go)
        self.tree.itemClicked.connect(lambda item, _column: self._go(item))
        self.tree.itemSelectionChanged.connect(self._on_selection)
        self.shows_accepted.toggled.connect(self.refresh)
        self.shows_original.toggled.connect(self._show_original)
        self.accept_button.clicked.connect(self.accept_selected)
        self.revert_button.clicked.connect(self.revert_selected)
        self.refresh()

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setHeaderLabels(["Object", "Change", "Frames"])
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setUniformRowHeights(True)
        tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        tree.setAccessibleName("Changed objects")
        tree.installEventFilter(KeyKeeper(self))
        header = tree.header()
        header.setFont(font("small"))
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        return tree

    def _make_body(self) -> QWidget:
        body = QWidget()
        choices, buttons = QHBoxLayout(), QHBoxLayout()
        for row in (choices, buttons):
            row.setContentsMargins(8, 0, 8, 0)
            row.setSpacing(8)
        choices.addWidget(self.shows_original)
        choices.addStretch(1)
        choices.addWidget(self.shows_accepted)
        buttons.addWidget(self.accept_button, 1)
        buttons.addWidget(self.revert_button, 1)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 0, 8)
        column.setSpacing(6)
        column.addLayout(choices)
        column.addWidget(self.tree, 1)
        column.addLayout(buttons)
        return body

    # -- showing

    def refresh(self, *_values: object) -> None:
        """Compare again when somebody looks."""
        self._is_stale = True
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        if self._is_stale:
            self._read()

    @property
    def changes(self) -> tuple[ChangedTrack, ...]:
        """All objects that differ, accepted ones among them, as far as they are compared."""
        return () if self._found is None else self._found[2]

    def is_accepted(self, change: ChangedTrack) -> bool:
        """Return whether somebody accepted exactly this difference."""
        sequence = self._session.sequence
        if sequence is None:
            return False
        verdict = self._session.book.verdict(sequence.name, change.key)
        return (
            verdict is not None
            and verdict.status == "confirmed"
            and verdict.comment == change.digest
        )

    def _read(self) -> None:
        """Compare the labels where they changed; many rows by a task, and what is shown stays."""
        self._is_stale = False
        sequence, labels = self._session.sequence, self._session.labels
        if sequence is None or labels is None:
            self._found = None
        elif self._found is None or self._found[0] is not sequence or self._found[1] is not labels:
            if _rows_between(sequence.labels, labels) > MANY_ROWS:
                self._compare(sequence, labels)
                return
            self._found = (sequence, labels, changed_tracks(sequence.labels, labels))
        self._show()

    def _compare(self, sequence: Sequence, labels: Labels) -> None:
        if self._found is not None and self._found[0] is not sequence:
            self._found = None
            self._show()
        self._session.tasks.start(
            "Comparing with the labels as opened",
            lambda _progress: changed_tracks(sequence.labels, labels),
            succeeded=lambda changes: self._take(sequence, labels, changes),
            failed=lambda error: self._session.message.emit(
                banner_of_error(error, doing="comparing with the labels as opened")
            ),
            line=LINE,
            is_quiet=True,
        )

    def _take(self, sequence: Sequence, labels: Labels, changes: tuple[ChangedTrack, ...]) -> None:
        """Show what a task found; what is of other labels by now is compared again."""
        session = self._session
        if sequence is session.sequence and labels is session.labels:
            self._found = (sequence, labels, changes)
            self._show()
        else:
            self._later.ask()

    def _show(self) -> None:
        changes = self.changes
        accepted = {one.track for one in changes if self.is_accepted(one)}
        shows_all = self.shows_accepted.isChecked()
        shown = [one for one in changes if shows_all or one.track not in accepted]
        self._fill(shown, accepted)
        self._empty.hide_offer()
        if changes:
            self._empty.say("All changes accepted", f"{len(changes):,} objects differ.")
            self._empty.offer("Show them", self._show_accepted)
        else:
            self._empty.say(*NOTHING)
        self._stack.setCurrentIndex(1 if shown else 0)
        self._on_selection()

    def _fill(self, shown: list[ChangedTrack], accepted: set[int | None]) -> None:
        """Show these objects; what was open or selected stays so."""
        self._is_filling = True
        unfolded = {item.data(0, TRACK_ROLE).track for item in self._tops() if item.isExpanded()}
        chosen = {one.track for one in self.selected}
        self.tree.clear()
        for change in shown:
            item = self._item(change, is_accepted=change.track in accepted)
            self.tree.addTopLevelItem(item)
            item.setExpanded(change.track in unfolded)
            item.setSelected(change.track in chosen)
        self._is_filling = False

    def _show_accepted(self) -> None:
        self.shows_accepted.setChecked(True)

    def _tops(self) -> list[QTreeWidgetItem]:
        items = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        return [item for item in items if item is not None]

    def _item(self, change: ChangedTrack, *, is_accepted: bool) -> QTreeWidgetItem:
        item = QTreeWidgetItem([change.name, _summary(change), _frames_of(change)])
        item.setData(0, TRACK_ROLE, change)
        item.setToolTip(0, _tip(change))
        height = max(ROW_HEIGHT - 6, self.fontMetrics().height() + 6)
        item.setSizeHint(2, QSize(0, height))
        ink = self._session.theme.text_dim if is_accepted else None
        for run in change.runs[:MOST_RUNS]:
            words = WORDS[run.kind]
            child = QTreeWidgetItem(["", words, _frames(run) or f"was {change.former_name}"])
            child.setData(0, TRACK_ROLE, change)
            child.setData(0, RUN_ROLE, run)
            child.setSizeHint(2, QSize(0, height))
            item.addChild(child)
            if ink is not None:
                child.setForeground(1, ink)
        if ink is not None:
            for column in range(3):
                item.setForeground(column, ink)
        return item

    # -- going and choosing

    @property
    def selected(self) -> list[ChangedTrack]:
        """Objects with a selected row, once each."""
        changes = [item.data(0, TRACK_ROLE) for item in self.tree.selectedItems()]
        return list({change.track: change for change in changes}.values())

    def _on_selection(self) -> None:
        has_selection = bool(self.tree.selectedItems())
        self.accept_button.setEnabled(has_selection)
        self.revert_button.setEnabled(has_selection)

    def _go(self, item: QTreeWidgetItem | None, _old: object = None) -> None:
        if item is None or self._is_filling:
            return
        change: ChangedTrack = item.data(0, TRACK_ROLE)
        run: ChangedRun | None = item.data(0, RUN_ROLE)
        if run is None:
            run = next((one for one in change.runs if one.first >= 0), None)
        session = self._session
        session.pause()
        if run is not None and run.first >= 0:
            session.go_to(run.first)
        if change.track is not None and change.track >= 0:
            session.select_track(change.track)

    def _show_original(self, is_shown: bool) -> None:
        self._original.show(is_shown=is_shown)

    # -- deciding

    def accept_selected(self) -> None:
        """Take the selected objects off the list."""
        session = self._session
        sequence, review = session.sequence, session.book.review
        if sequence is None or review is None:
            return
        for change in self.selected:
            try:
                review.judge(
                    sequence.name,
                    [change.key],
                    "confirmed",
                    comment=change.digest,
                    label=f"accept the changes of {change.name}",
                )
            except ReviewError as error:
                session.say(str(error))
                return
            session.verdict_changed.emit(change.key)

    def revert_selected(self) -> None:
        """Make the selected objects, or the selected frames of one, what they were."""
        sequence, labels = self._session.sequence, self._session.labels
        if sequence is None or labels is None:
            return
        items = self.tree.selectedItems()
        runs = [item.data(0, RUN_ROLE) for item in items]
        tracks = tuple(one.track for one in self.selected if one.track is not None)
        edits: list[Edit] = []
        is_part = bool(runs) and all(run is not None and run.first >= 0 for run in runs)
        if len(self.selected) == 1 and is_part:
            frames = FrameRanges.joined((run.first, run.last) for run in runs)
        else:
            frames = FrameRanges.everything()
        if tracks:
            edits.append(RevertTracks(sequence.labels, tracks, frames))
        if len(tracks) < len(self.selected):
            edits.append(RevertFrameAttributes(sequence.labels, frames))
        if not edits:
            return
        name = " and ".join(edit.describe(labels) for edit in edits)
        edit = edits[0] if len(edits) == 1 else Compound(name, tuple(edits))
        self._desk.do(edit, saying=f"Done: {name}. Ctrl+Z takes it back")


def _rows_between(before: Labels, after: Labels) -> int:
    """Return how many rows the tracks hold that are not those from before."""
    old, new = before.table, after.table
    return sum(
        len(block)
        for track in old.blocks.keys() | new.blocks.keys()
        if (block := new.block(track) or old.block(track)) is not None
        and new.block(track) is not old.block(track)
    )


def _summary(change: ChangedTrack) -> str:
    counts = [(kind, change.count(kind)) for kind in ChangeKind]
    said = [f"{count:,} {WORDS[kind]}" for kind, count in counts if count]
    if any(run.first < 0 for run in change.runs):
        said.append("renamed")
    return ", ".join(said)


def _frames_of(change: ChangedTrack) -> str:
    placed = [run for run in change.runs if run.first >= 0]
    if not placed:
        return ""
    first, last = min(run.first for run in placed), max(run.last for run in placed)
    return f"{first}" if first == last else f"{first}–{last}"


def _frames(run: ChangedRun) -> str:
    if run.first < 0:
        return ""
    return f"{run.first}" if run.first == run.last else f"{run.first}–{run.last}"


def _tip(change: ChangedTrack) -> str:
    if change.former_name and change.former_name != change.name:
        return f"{change.name}, {change.former_name} in the labels as opened"
    return change.name
