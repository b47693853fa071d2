"""What workers changed, object by object: look, choose, take over as one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.home.choice import Part
from trackproof.desktop.home.numbers import check_table, effort_table
from trackproof.desktop.theme import GRID, ROW_HEIGHT
from trackproof.errors import Severity, TrackproofError
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackproof.desktop.home.choice import Choice
    from trackproof.desktop.session import Session
    from trackproof.desktop.verdicts import Status
    from trackproof.errors import Problem
    from trackproof.handoff.results_home import Homecoming
    from trackproof.labels import Labels

HEADINGS = (
    "Object", "Moved", "Added", "Removed", "Renamed", "Context", "Conflict", "Becomes",
)  # fmt: skip
BECOMES = len(HEADINGS) - 1
NUMBERS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
TIPS = {
    5: "Frames that were shown as context only, so workers were not asked about them",
    6: "Frames that were edited here, too, since they were sent",
}
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
PARTLY = Qt.CheckState.PartiallyChecked
CHOICE_ROLE = Qt.ItemDataRole.UserRole
PART_ROLE = Qt.ItemDataRole.UserRole + 1


PART_TIPS = {
    Part.CONTEXT: "Workers were not asked about these frames; take their changes, or leave them",
    Part.CONFLICTS: "Checked, what workers did stands there; else what you did",
}
assert set(PART_TIPS) == set(Part)


class HomeDialog(QDialog):
    """One round that came home.

    Parameters
    ----------
    choices : dict of str to list of Choice
        What can be taken over, by sequence.
    """

    def __init__(
        self,
        session: Session,
        coming: Homecoming,
        choices: dict[str, list[Choice]],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._coming = coming
        self.setObjectName("home")
        self.setWindowTitle("What workers changed")
        self.resize(QSize(900, 600))
        self.summary = QLabel(coming.round.summary())
        self.summary.setWordWrap(True)
        self.summary.setAccessibleName("Summary of the round")
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(list(HEADINGS))
        self.tree.setAccessibleName("Changes by object")
        self.tree.setToolTip("Double-click a change to look at it")
        self.choices = choices
        self._fill()
        self._make_options()
        self._lay_out()
        self.tree.itemChanged.connect(self._on_changed)
        self.tree.itemDoubleClicked.connect(self._look_at)
        # What came home belongs to the labels that it was compared with.
        session.opened_changed.connect(self.reject)
        self._refresh()

    # -- building

    def _fill(self) -> None:
        heading = self.tree.headerItem()
        for column, tip in TIPS.items():
            heading.setToolTip(column, tip)
        for column in range(1, BECOMES):
            heading.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        for name, found in self.choices.items():
            merge = self._coming.merges[name]
            group = QTreeWidgetItem([name])
            group.setFirstColumnSpanned(True)
            self.tree.addTopLevelItem(group)
            for choice in found:
                item = QTreeWidgetItem([choice.label, *choice.numbers(), choice.becomes])
                for column in range(1, BECOMES):
                    item.setTextAlignment(column, NUMBERS)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(0, CHECKED if choice.is_wanted else UNCHECKED)
                item.setData(0, CHOICE_ROLE, (name, choice))
                item.setToolTip(0, choice.tip)
                if len(choice.frames_of(Part.CONFLICTS)):
                    item.setForeground(BECOMES - 1, self._session.theme.warn)
                group.addChild(item)
                item.setFirstColumnSpanned(choice.change is None)
                self._add_parts(item, name, choice)
                if choice.relink:
                    item.setSizeHint(BECOMES, QSize(0, ROW_HEIGHT))
                    names = {one.track: one.change.name for one in found if one.change}
                    box = self._relink_box(merge.labels, choice, names)
                    self.tree.setItemWidget(item, BECOMES, box)
            group.setExpanded(True)
        for column in range(len(HEADINGS)):
            self.tree.resizeColumnToContents(column)
            self.tree.setColumnWidth(column, self.tree.columnWidth(column) + GRID)
        self.tree.setColumnWidth(0, max(self.tree.columnWidth(0), 220))

    def _add_parts(self, item: QTreeWidgetItem, name: str, choice: Choice) -> None:
        """List apart what workers were not asked about, and what was edited here meanwhile."""
        for part in Part:
            if not len(choice.frames_of(part)):
                continue
            row = QTreeWidgetItem([choice.words_of(part)])
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            row.setCheckState(0, CHECKED if part in choice.parts else UNCHECKED)
            row.setData(0, CHOICE_ROLE, (name, choice))
            row.setData(0, PART_ROLE, part)
            row.setToolTip(0, PART_TIPS[part])
            item.addChild(row)
            row.setFirstColumnSpanned(True)
        item.setExpanded(True)

    def _parts(self, part: Part) -> list[QTreeWidgetItem]:
        """Return the rows of all objects about such frames."""
        groups = (self.tree.topLevelItem(n) for n in range(self.tree.topLevelItemCount()))
        items = [one for group in groups if group is not None for one in _children(group)]
        rows = [row for item in items for row in _children(item)]
        return [row for row in rows if row.data(0, PART_ROLE) == part]

    def _switch(self, part: Part) -> None:
        """Take such frames of all objects, or leave those of all."""
        rows = self._parts(part)
        is_wanted = any(row.checkState(0) != CHECKED for row in rows)
        for row in rows:
            row.setCheckState(0, CHECKED if is_wanted else UNCHECKED)
        self._refresh()

    def _relink_box(self, labels: Labels, choice: Choice, names: Mapping[int, str]) -> QComboBox:
        """Offer what a new object may be a part of: an old one, or one new in another window."""
        box = QComboBox()
        box.addItem(choice.becomes, None)
        for track in choice.relink:
            known = labels.table.tracks
            name = known[track].object_name if track < len(known) else names[track]
            box.addItem(f"part of {name}", track)
        box.setToolTip("Workers gave it the name of an object that is elsewhere: is it the same?")
        box.currentIndexChanged.connect(lambda _index: choice.link_to(box.currentData()))
        return box

    def _make_options(self) -> None:
        merges = self._coming.merges.values()
        context = sum(len(one.context) for merge in merges for one in merge.changes)
        conflicts = sum(len(one.conflicts) for merge in merges for one in merge.changes)
        self.context = QCheckBox(
            f"Also changes on {counted(context, 'frame')} that were shown as context"
        )
        self.context.clicked.connect(lambda: self._switch(Part.CONTEXT))
        self.context.setVisible(bool(context))
        self.conflicts = QCheckBox(
            f"Workers win on {counted(conflicts, 'frame')} edited here and there; else yours stay"
        )
        self.conflicts.clicked.connect(lambda: self._switch(Part.CONFLICTS))
        self.conflicts.setVisible(bool(conflicts))
        verdicts = self._coming.verdicts({})
        self.verdicts = QCheckBox(
            f"Judge {counted(len(verdicts), 'flag')} by what workers did or said"
        )
        self.verdicts.setChecked(True)
        self.verdicts.setVisible(bool(verdicts))
        self.unlinking = QLabel(
            "Linked detections become plain ones again, as results know them; link them afterwards."
        )
        self.unlinking.setWordWrap(True)
        self.unlinking.setVisible(any(merge.unlinks for merge in merges))

    def _lay_out(self) -> None:
        changes = QWidget()
        column = QVBoxLayout(changes)
        column.setContentsMargins(0, GRID, 0, 0)
        column.addWidget(self.tree, 1)
        for box in (self.context, self.conflicts, self.verdicts, self.unlinking):
            column.addWidget(box)
        self.tabs = QTabWidget()
        self.tabs.addTab(changes, "Changes")
        self.tabs.addTab(check_table(self._coming.round), "Flags by check")
        if self._coming.said:
            self.tabs.addTab(self._words(), "What workers said")
        if self._coming.effort.answers:
            self.tabs.addTab(effort_table(self._coming.effort), "Time")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("dim", "true")
        self.words.setAccessibleName("State")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.take = QPushButton("Take over")
        self.take.setDefault(True)
        self.take.clicked.connect(self.take_over)
        self.buttons.addButton(self.take, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(self.summary)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.words)
        column.addWidget(self.buttons)

    def _words(self) -> QWidget:
        list_ = QTreeWidget()
        list_.setHeaderLabels(["Sequence", "Frame", "Object", "Word"])
        list_.setRootIsDecorated(False)
        for one in self._coming.said:
            said = one.verdict or one.note
            list_.addTopLevelItem(
                QTreeWidgetItem([one.sequence, str(one.frame), one.object_name, said])
            )
        return list_

    # -- choosing

    def _on_changed(self, item: QTreeWidgetItem, column: int) -> None:
        place = item.data(0, CHOICE_ROLE)
        if column != 0 or place is None:
            return
        part, is_wanted = item.data(0, PART_ROLE), item.checkState(0) == CHECKED
        if part is None:
            place[1].is_wanted = is_wanted
            for row in _children(item):
                row.setDisabled(not is_wanted)
        else:
            place[1].take_part(Part(part), is_wanted=is_wanted)
        self._refresh()

    def _wanted(self) -> list[Choice]:
        return [one for found in self.choices.values() for one in found if one.is_wanted]

    def _refresh(self) -> None:
        for box, part in ((self.context, Part.CONTEXT), (self.conflicts, Part.CONFLICTS)):
            states = {row.checkState(0) for row in self._parts(part)}
            box.setTristate(len(states) > 1)
            box.setCheckState(PARTLY if len(states) > 1 else next(iter(states), UNCHECKED))
        wanted, total = self._wanted(), sum(map(len, self.choices.values()))
        if not total:
            said = "Workers changed nothing."
        else:
            said = f"{len(wanted)} of {counted(total, 'change')} chosen; one undo takes them back."
        self.words.setText(f"{said} {problems_in_words(self._coming.problems)}".rstrip())
        # isHidden, not isVisible: the dialog may not be on screen yet.
        has_verdicts = not self.verdicts.isHidden() and self.verdicts.isChecked()
        self.take.setEnabled(bool(wanted) or has_verdicts)

    def _look_at(self, item: QTreeWidgetItem) -> None:
        place = item.data(0, CHOICE_ROLE)
        if place is None:
            return
        name, choice = place
        index = [one.name for one in self._session.sequences].index(name)
        if index != self._session.index:
            self._session.open_sequence(index)
        part = item.data(0, PART_ROLE)
        frame = choice.frame if part is None else int(choice.frames_of(Part(part))[0])
        self._session.go_to(frame)
        labels = self._session.labels
        if labels is not None and 0 <= choice.track < len(labels.table.tracks):
            self._session.select_track(choice.track)

    # -- taking over

    def take_over(self) -> None:
        """Judge the flags, and change the labels by one step for every sequence."""
        edits = {
            name: found[0].edit(found)
            for name, found in self.choices.items()
            if any(one.is_wanted for one in found)
        }
        back_to = self._session.index
        names = [one.name for one in self._session.sequences]
        try:
            if self.verdicts.isChecked() and not self.verdicts.isHidden():
                self._judge()
            for name, edit in edits.items():
                self._session.open_sequence(names.index(name))
                self._session.apply(edit)
            self._keep()
        except TrackproofError as error:
            self.words.setText(str(error))
            return
        finally:
            if len(names) > 1:
                self._session.open_sequence(back_to)
        count = len(self._wanted())
        said = f"{counted(count, 'change')} taken over." if count else "The flags are judged."
        self._session.say(f"{said} {self.summary.text()}".replace("\n", ". "))
        self.accept()

    def _judge(self) -> None:
        accepted = {
            name: {one.object_id for one in found if one.is_wanted and one.object_id}
            for name, found in self.choices.items()
        }
        review = self._session.book.review
        if review is None or review.is_read_only:
            self._session.say(
                "The verdicts are not kept: this review is read only.", severity=Severity.WARNING
            )
            return
        grouped: dict[tuple[str, Status, str], list[str]] = {}
        for name, key, status, comment in self._coming.verdicts(accepted):
            grouped.setdefault((name, status, comment), []).append(key)
        for (sequence, word, note), keys in grouped.items():
            self._session.book.judge(sequence, keys, word, comment=note, seconds=None)
            for key in keys:
                self._session.verdict_changed.emit(key)

    def _keep(self) -> None:
        from trackproof.handoff.outcomes_round import keep_round

        keep_round(self._coming.round)


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (item.child(number) for number in range(item.childCount()))
    return [one for one in found if one is not None]


def problems_in_words(problems: Iterable[Problem]) -> str:
    """Return the gravest problem with what it means, and how many more there are."""
    ranked = sorted(problems, key=lambda one: list(Severity).index(one.severity))
    if not ranked:
        return ""
    first, more = ranked[0], len(ranked) - 1
    meaning = "Not used" if first.severity is Severity.ERROR else "Look at this first"
    return f"{meaning}: {first}" + (f" (and {counted(more, 'more remark')})" if more else "")
