"""The windows of an export, to look at and to change: timeline, list and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.exporting.editing import Steps, spans_of, windows_by_place, with_spans
from trackproof.desktop.exporting.lanes import Lane, objects_in_frames
from trackproof.desktop.exporting.timeline import WindowsTimeline
from trackproof.desktop.exporting.window_list import Row, WindowList
from trackproof.desktop.shown_windows import ShownWindows
from trackproof.desktop.theme import GRID
from trackproof.errors import HandoffError
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent

    from trackproof.desktop.exporting.editing import Edited
    from trackproof.desktop.exporting.lanes import Ints
    from trackproof.desktop.session import Session
    from trackproof.handoff.selection import ExportOptions, Reviewed
    from trackproof.handoff.window_edits import Spans
    from trackproof.handoff.windows import Window

    Place = tuple[int, int]

MOST_LANES = 3.4
"""Sequences that are seen at a time; the part of one more tells that there are others."""

WHOLE_HINT = "Whole sequences are sent. Choose short windows above to change them."


class WindowsEditor(QWidget):
    """Shows suggested windows, and lets a person change, add, merge and remove them."""

    changed = Signal()
    """The windows are others now; while the mouse drags, too."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._suggested: list[Reviewed] = []
        self._options: ExportOptions | None = None
        self._objects: dict[int, Ints] = {}
        self._windows: tuple[tuple[Window, ...], ...] = ()
        self._shown: Edited = {}
        self._steps = Steps()
        self._held: Edited | None = None
        self._chosen: list[Place] = []
        self.timeline = WindowsTimeline(session)
        self.list = WindowList()
        self._keys = {
            Qt.Key.Key_Delete: self.remove_chosen,
            Qt.Key.Key_Backspace: self.remove_chosen,
            Qt.Key.Key_Insert: self.add_here,
            Qt.Key.Key_M: self.merge_chosen,
        }
        self._make_buttons()
        self._lay_out()
        self._listen()
        self._show()

    # -- building

    def _make_buttons(self) -> None:
        self.add = _button("Add", "Add a window around the picture's frame (Insert)")
        self.merge = _button("Merge", "Make the chosen windows one, or one and the next (M)")
        self.remove = _button("Remove", "Remove the chosen windows (Delete)")
        self.undo = _button("Undo", "Take the last change of the windows back (Ctrl+Z)")
        self.redo = _button("Redo", "Make the change again (Ctrl+Shift+Z)")
        self.reset = _button("Back to suggested", "Forget all changes of the windows made by hand")
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setProperty("dim", "true")
        self.hint.setAccessibleName("About the windows")

    def _lay_out(self) -> None:
        self._area = QScrollArea()
        self._area.setWidget(self.timeline)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.add, self.merge, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.undo, self.redo, self.reset):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._area)
        column.addLayout(buttons)
        column.addWidget(self.list, 1)
        column.addWidget(self.hint)

    def _listen(self) -> None:
        self.add.clicked.connect(self.add_here)
        self.merge.clicked.connect(self.merge_chosen)
        self.remove.clicked.connect(self.remove_chosen)
        self.undo.clicked.connect(self.undo_step)
        self.redo.clicked.connect(self.redo_step)
        self.reset.clicked.connect(self.forget_changes)
        for keys, slot in (
            (QKeySequence.StandardKey.Undo, self.undo_step),
            (QKeySequence.StandardKey.Redo, self.redo_step),
        ):
            QShortcut(keys, self, slot)
        self.timeline.edge_moved.connect(self._hold_edge)
        self.timeline.drawn.connect(self._hold_new)
        self.timeline.released.connect(self._let_go)
        self.timeline.cancelled.connect(self._give_up)
        self.timeline.chosen.connect(self._choose_by_mouse)
        self.timeline.looked_at.connect(self._look_at)
        self.timeline.stepped.connect(self._step)
        self.list.edge_typed.connect(self._type_edge)
        self.list.selection_moved.connect(self._on_list_selection)
        self.list.looked_at.connect(self._look_at)

    # -- what there is

    def suggest(self, suggested: list[Reviewed], options: ExportOptions) -> None:
        """Take other flags or options; windows that were changed by hand stay as they are."""
        if len(suggested) != len(self._suggested):
            self._objects = {}
        self._suggested, self._options = suggested, options
        self._held = None
        self._windows = ()
        self._show()

    @property
    def reviewed(self) -> list[Reviewed]:
        """The sequences with the windows that are to be sent."""
        return with_spans(self._suggested, self._edited)

    @property
    def _edited(self) -> Edited:
        return self._steps.now if self._held is None else self._held

    @property
    def is_editable(self) -> bool:
        """Whether windows are sent at all, rather than whole sequences."""
        return self._options is not None and self._options.sending != "whole"

    @property
    def lengths(self) -> list[int]:
        """Frames of every window."""
        return [len(window) for some in self._windows for window in some]

    @property
    def flags(self) -> int:
        """How many flags the windows show."""
        return sum(len({flag for one in some for flag in one.flags}) for some in self._windows)

    # -- showing

    def _show(self) -> None:
        self._refresh_windows()
        self._chosen = sorted(self._known() & {*self._chosen})
        self.timeline.is_editable = self.is_editable
        self.timeline.show_lanes(self._lanes(), self._chosen)
        self._area.setFixedHeight(self.timeline.height_of(min(len(self._windows), MOST_LANES)))
        self.list.show_rows(self._rows(), is_editable=self.is_editable)
        self.list.choose(self._chosen)
        ShownWindows.of(self._session).show(
            {
                one.sequence.name: spans_of(some)
                for one, some in zip(self._suggested, self._windows, strict=True)
            }
        )
        self._refresh()

    def _refresh_windows(self) -> None:
        """Make the windows of sequences that changed; the others are as they were."""
        if self._options is None:
            return
        edited, reviewed = self._edited, self.reviewed
        if not self._windows:
            self._windows = windows_by_place(reviewed, self._options)
        else:
            windows = list(self._windows)
            for place in {*edited, *self._shown}:
                if edited.get(place) != self._shown.get(place):
                    windows[place] = windows_by_place([reviewed[place]], self._options)[0]
            self._windows = tuple(windows)
        self._shown = edited

    def _known(self) -> set[Place]:
        return {(lane, n) for lane, some in enumerate(self._windows) for n in range(len(some))}

    def _lanes(self) -> list[Lane]:
        return [
            Lane(
                one.sequence.name,
                len(one.sequence),
                self._objects_of(place),
                tuple((flag.frame_start, flag.frame_end) for flag in one.flags),
                self._windows[place],
                is_edited=self.is_editable and place in self._edited,
            )
            for place, one in enumerate(self._suggested)
        ]

    def _objects_of(self, place: int) -> Ints:
        if place not in self._objects:
            self._objects[place] = objects_in_frames(self._suggested[place])
        return self._objects[place]

    def _rows(self) -> list[Row]:
        return [
            Row(
                lane,
                number,
                self._suggested[lane].sequence.name,
                window.frame_start,
                window.frame_end,
                len(window.flags),
                len(self._suggested[lane].sequence),
            )
            for lane, some in enumerate(self._windows)
            for number, window in enumerate(some)
        ]

    def _refresh(self, problem: str = "") -> None:
        can_edit = self.is_editable
        self.add.setEnabled(can_edit and self._lane_of_picture() is not None)
        self.remove.setEnabled(can_edit and bool(self._chosen))
        self.merge.setEnabled(can_edit and self._to_merge() is not None)
        self.undo.setEnabled(can_edit and self._steps.can_undo)
        self.redo.setEnabled(can_edit and self._steps.can_redo)
        self.reset.setEnabled(can_edit and bool(self._steps.now))
        words = problem or self._state()
        self.hint.setText(words)
        self.hint.setVisible(bool(words))

    def _state(self) -> str:
        """Return what a person should know about the windows; empty for nothing."""
        if self._options is None:
            return ""
        if not self.is_editable:
            return WHOLE_HINT
        said = []
        if self._edited:
            many = counted(len(self._edited), "sequence")
            said.append(f"Windows changed by hand in {many}; the fields leave them as they are.")
        outside = sum(len(one.flags) for one in self._suggested) - self.flags
        if outside and self._edited:
            said.append(f"{counted(outside, 'flag')} outside all windows will not be sent.")
        return " ".join(said)

    # -- choosing

    def _choose(self, places: Iterable[Place]) -> None:
        self._chosen = sorted(self._known() & {*places})
        self.timeline.show_lanes(self.timeline.lanes, self._chosen)
        self.list.choose(self._chosen)
        if self._chosen:
            self.timeline.reveal(*self._chosen[0])
        self._refresh()

    def _on_list_selection(self) -> None:
        self._chosen = self.list.selected()
        self.timeline.show_lanes(self.timeline.lanes, self._chosen)
        if self._chosen:
            self.timeline.reveal(*self._chosen[0])
        self._refresh()

    def _choose_by_mouse(self, lane: int, window: int, keys: Qt.KeyboardModifier) -> None:
        if window < 0:
            self._choose([])
        elif keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            self._choose({*self._chosen} ^ {(lane, window)})
        else:
            self._choose([(lane, window)])

    def _look_at(self, lane: int, frame: int) -> None:
        wanted = self._suggested[lane].sequence
        if wanted is not self._session.sequence:
            self._session.open_sequence(self._session.sequences.index(wanted))
        self._session.go_to(frame)
        self._refresh()

    # -- changing

    def _spans(self, lane: int) -> Spans:
        """Return the ranges of a sequence before anything that the mouse holds."""
        known = self._steps.now.get(lane)
        if known is not None or self._options is None:
            return known or ()
        return spans_of(windows_by_place([self._suggested[lane]], self._options)[0])

    def _with(self, lane: int, spans: Spans) -> dict[int, Spans]:
        return {**self._steps.now, lane: spans}

    def _take(self, edited: Edited, *, tag: str = "") -> None:
        self._held = None
        self._steps.take(edited, tag=tag)
        self._show()
        self.changed.emit()

    def _moved(self, lane: int, window: int, frame: int, *, is_first: bool) -> dict[int, Spans]:
        from trackproof.handoff.window_edits import with_edge

        frames = len(self._suggested[lane].sequence)
        spans = self._spans(lane)
        return self._with(lane, with_edge(spans, window, frame, is_first=is_first, frames=frames))

    def _type_edge(self, lane: int, window: int, is_first: bool, frame: int) -> None:
        self._take(self._moved(lane, window, frame, is_first=is_first))

    def _hold_edge(self, lane: int, window: int, is_first: bool, frame: int) -> None:
        self._hold(self._moved(lane, window, frame, is_first=is_first))

    def _hold_new(self, lane: int, anchor: int, frame: int) -> None:
        from trackproof.handoff.window_edits import added

        frames = len(self._suggested[lane].sequence)
        spans, place = added(self._spans(lane), anchor=anchor, to=frame, frames=frames)
        self._chosen = [(lane, place)]
        self._hold(self._with(lane, spans))

    def _hold(self, edited: Edited) -> None:
        self._held = edited
        self._show()
        self.changed.emit()

    def _let_go(self) -> None:
        if self._held is not None:
            self._take(self._held)

    def _give_up(self) -> None:
        self._held = None
        self._show()
        self.changed.emit()

    def nudge(self, delta: int, *, is_first: bool) -> None:
        """Move an edge of the chosen window by some frames."""
        if self.is_editable and len(self._chosen) == 1:
            lane, window = self._chosen[0]
            edge = self._spans(lane)[window][0 if is_first else 1]
            moved = self._moved(lane, window, edge + delta, is_first=is_first)
            self._take(moved, tag=f"{lane} {window} {is_first}")

    def add_here(self) -> None:
        """Add a window around the picture's frame."""
        from trackproof.handoff.window_edits import added, with_edge

        lane, options = self._lane_of_picture(), self._options
        if lane is None or options is None or not self.is_editable:
            return
        frame, frames = self._session.frame, len(self._suggested[lane].sequence)
        try:
            spans, place = added(
                self._spans(lane), anchor=frame, to=frame + options.context, frames=frames
            )
        except HandoffError as error:
            self._refresh(
                f"{error.message.capitalize()}. Show another frame, or drag across a free place "
                "of the timeline."
            )
            return
        first = frame - options.context
        self._chosen = [(lane, place)]
        self._take(self._with(lane, with_edge(spans, place, first, is_first=True, frames=frames)))

    def remove_chosen(self) -> None:
        """Remove the chosen windows; no worker will see them."""
        from trackproof.handoff.window_edits import removed

        if not self._chosen or not self.is_editable:
            return
        edited = dict(self._steps.now)
        for lane in {lane for lane, _ in self._chosen}:
            gone = {window for one, window in self._chosen if one == lane}
            edited[lane] = removed(self._spans(lane), gone)
        self._take(edited)

    def merge_chosen(self) -> None:
        """Make the chosen windows of a sequence one, or the chosen one and the next."""
        from trackproof.handoff.window_edits import merged

        wanted = self._to_merge()
        if wanted is None or not self.is_editable:
            return
        lane, first, last = wanted
        try:
            spans = merged(self._spans(lane), first=first, last=last)
        except HandoffError as error:
            self._refresh(f"{error.message.capitalize()}.")
            return
        self._chosen = [(lane, first)]
        self._take(self._with(lane, spans))

    def undo_step(self) -> None:
        """Take the last change back."""
        self._steps.undo()
        self._give_up()

    def redo_step(self) -> None:
        """Make the change again."""
        self._steps.redo()
        self._give_up()

    def forget_changes(self) -> None:
        """Go back to what was suggested; this can be undone, too."""
        self._take({})

    def _to_merge(self) -> tuple[int, int, int] | None:
        """Return the lane, and the first and last of the windows that can be merged."""
        lanes = {lane for lane, _ in self._chosen}
        if len(lanes) != 1:
            return None
        lane = lanes.pop()
        first, last = self._chosen[0][1], self._chosen[-1][1]
        last = last if last > first else first + 1
        return (lane, first, last) if last < len(self._windows[lane]) else None

    def _lane_of_picture(self) -> int | None:
        sequences = [one.sequence for one in self._suggested]
        shown = self._session.sequence
        return next((place for place, one in enumerate(sequences) if one is shown), None)

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change windows from the list and the timeline."""
        key = Qt.Key(event.key())
        if key in self._keys:
            self._keys[key]()
        else:
            super().keyPressEvent(event)

    def _step(self, delta: int, keys: Qt.KeyboardModifier) -> None:
        if keys & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier):
            is_first = bool(keys & Qt.KeyboardModifier.ControlModifier)
            self.nudge(delta, is_first=is_first)
            return
        places = [(row.lane, row.window) for row in self._rows()]
        if not places:
            return
        now = places.index(self._chosen[0]) + delta if self._chosen else 0
        self._choose([places[min(max(now, 0), len(places) - 1)]])


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
