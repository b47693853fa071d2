"""The selected box in numbers, its name, category and attributes, and those of the frame."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.editing import EditDesk
from trackproof.desktop.editing.detections import like, name_choices, which_field
from trackproof.desktop.editing.fields import HERE, FramesField, usual_frames
from trackproof.desktop.editing.grips import SMALLEST
from trackproof.desktop.editing.over_time import flagged_frames
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.inspector.reading import (
    frame_specs,
    frame_values,
    object_specs,
    object_values,
)
from trackproof.desktop.panels.inspector.values import (
    OUTSIDE,
    CalmCombo,
    CalmSpin,
    field_of,
    named,
    unknown,
)
from trackproof.desktop.panels.keys import TAKES_BACK
from trackproof.desktop.panels.later import Later
from trackproof.desktop.theme import font
from trackproof.errors import EditError
from trackproof.labels import (
    FrameRanges,
    PutBox,
    Rename,
    SetAttribute,
    SetCategory,
    SetFrameAttribute,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from trackproof.desktop.session import Session
    from trackproof.labels import AttributeSet, AttributeSpec, AttributeValue
    from trackproof.labels.edits import Edit

SIDES = ("Left", "Top", "Width", "Height")
FARTHEST = 1_000_000.0
NOWHERE: tuple[int, int] = (-1, -1)


class InspectorPanel(QWidget):
    """Fields that change the selected box, its object and the frame."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = EditDesk.of(session)
        self._place = NOWHERE
        self._chosen: tuple[int, int] | None = None
        self._shown: object = None
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Inspector")
        self._empty = EmptyState("No object selected", "Click a box in the picture.")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._make_body())
        self._later = Later(self, self._catch_up)
        for signal in (
            session.sequence_changed,
            session.track_changed,
            session.frame_changed,
            session.labels_changed,
            session.playing_changed,
            session.playback_changed,
            self._desk.chosen,
        ):
            signal.connect(self._later.ask)
        self.refresh()

    def _make_body(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(8)
        self._title = QLabel()
        self._title.setFont(font("body", is_bold=True))
        column.addWidget(self._title)
        column.addLayout(self._make_box())
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.setProperty(TAKES_BACK, True)
        self.name.editingFinished.connect(self._rename)
        self.category = CalmCombo()
        self.category.setAccessibleName("Category")
        self.category.activated.connect(self._set_category)
        form.addRow("Name", self.name)
        form.addRow("Category", self.category)
        column.addLayout(form)
        self.frames = FramesField([("This frame", FrameRanges.at(0))])
        self.which = which_field(self._desk)
        self._frames_row = QWidget()
        self._frames_form = QFormLayout(self._frames_row)
        self._frames_form.setContentsMargins(0, 0, 0, 0)
        self._frames_form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self._frames_form.addRow("Attributes change in", self.frames)
        self._frames_form.addRow("Of", self.which)
        column.addWidget(self._frames_row)
        self._attributes = QWidget()
        self._attributes_column = QVBoxLayout(self._attributes)
        self._attributes_column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._attributes)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    def _make_box(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self.sides: list[CalmSpin] = []
        for place, name in enumerate(SIDES):
            side = CalmSpin()
            least = SMALLEST if place > 1 else -FARTHEST
            side.setRange(least, FARTHEST)
            side.setKeyboardTracking(False)
            side.setSuffix(" px")
            side.setMinimumWidth(70)
            side.setMinimumHeight(self.fontMetrics().height() + 10)
            side.setAccessibleName(f"{name}, pixels")
            side.lineEdit().setAccessibleName(f"{name}, pixels")
            side.valueChanged.connect(partial(self._put_side, place))
            grid.addWidget(QLabel(name), 2 * (place // 2), place % 2)
            grid.addWidget(side, 2 * (place // 2) + 1, place % 2)
            self.sides.append(side)
        return grid

    def showEvent(self, event: QShowEvent) -> None:
        """Show what happened while the panel was closed."""
        super().showEvent(event)
        self.refresh()

    # -- showing

    def _catch_up(self) -> None:
        """Follow the session while somebody looks; `showEvent` makes up for the rest."""
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show the object and the frame of the session; not while frames run."""
        session = self._session
        labels = session.labels
        self._stack.setCurrentIndex(0 if labels is None or not self._has_something() else 1)
        if labels is None or session.is_playing:
            return
        self._title.setText(f"{self._desk.name or 'Frame'} at frame {session.frame}")
        self._show_box()
        block, is_detection = self._desk.block, self._desk.detection is not None
        self.name.setEnabled(block is not None)
        self.category.setEnabled(block is not None or self._desk.target is not None)
        if is_detection:
            self.name.clear()
        elif self.name.text() != self._desk.name:
            self.name.setText(self._desk.name)
        self.category.clear()
        self.category.addItems([one.name for one in labels.categories])
        has_category = block is not None or is_detection
        self.category.setCurrentIndex(self._desk.category if has_category else -1)
        self._show_frames()
        self._show_attributes()

    def _has_something(self) -> bool:
        """Whether there is anything to inspect: an object, or attributes of the frame."""
        return self._desk.has_selection or bool(
            frame_specs(self._session) or frame_values(self._session)
        )

    def _show_box(self) -> None:
        box = self._desk.box
        is_whole = box is None or all(value.is_integer() for value in box)
        for place, side in enumerate(self.sides):
            side.blockSignals(True)
            side.setEnabled(box is not None)
            side.setDecimals(0 if is_whole else 2)
            side.setSpecialValueText("")
            if box is None:
                side.clear()
            else:
                side.setValue(box[place])
            side.blockSignals(False)

    def _show_frames(self) -> None:
        session = self._session
        place, chosen = (session.track, session.frame), session.player.chosen
        if (place, chosen) == (self._place, self._chosen):
            return
        self._place, self._chosen = place, chosen
        flagged = flagged_frames(session.flag, *place)
        choices = usual_frames(session.frame, flagged, chosen)
        choices.sort(key=lambda choice: choice[0] != HERE)  # at frame 0, others are as short
        self.frames.offer(choices)
        self.which.setCurrentIndex(0)

    def _show_which(self, *, has_attributes: bool) -> None:
        """Ask which detections are meant, where one is chosen that has attributes to change."""
        is_asked = self._desk.detection is not None and has_attributes
        self._frames_form.setRowVisible(self.which, is_asked)
        if is_asked:
            name_choices(self.which, self._desk.name)

    def _show_attributes(self) -> None:
        of_object = object_specs(self._desk), object_values(self._desk)
        of_frame = frame_specs(self._session), frame_values(self._session)
        shown = (of_object, of_frame, self._place, self._desk.detection)
        if shown == self._shown:
            return
        self._shown = shown
        while (item := self._attributes_column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._frames_row.setVisible(bool(of_object[0] or of_frame[0]))
        self._show_which(has_attributes=bool(of_object[0]))
        self._add_group("Attributes", *of_object, self._set_attribute)
        self._add_group("Frame attributes", *of_frame, self._set_frame_attribute)

    def _add_group(
        self, title: str, specs: tuple[AttributeSpec, ...], values: AttributeSet, take: Any
    ) -> None:
        extra = unknown(values, specs)
        if not specs and not extra:
            return
        group = QWidget()
        form = QFormLayout(group)
        form.setContentsMargins(0, 4, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        heading = QLabel(title)
        heading.setFont(font("body", is_bold=True))
        form.addRow(heading)
        by_name = dict(values)
        for spec in specs:
            field = field_of(spec, by_name.get(spec.name))
            field.chosen.connect(partial(take, spec.name))
            form.addRow(
                f"{spec.name} *" if spec.is_required else spec.name, named(field, spec.name)
            )
        for name, value in extra:
            kept = QLabel(f"{value}  ({OUTSIDE})")
            kept.setWordWrap(True)
            kept.setProperty("dim", "true")
            kept.setToolTip(f"{name} is {OUTSIDE}; it is kept as it is")
            form.addRow(name, kept)
        self._attributes_column.addWidget(group)

    # -- changing

    def _put_side(self, place: int, value: float) -> None:
        box, target = self._desk.box, self._desk.target
        if box is None or target is None:
            return
        sides = list(box)
        sides[place] = value
        left, top, width, height = sides
        edit = PutBox(target.track, target.frame, (left, top, width, height), target.place)
        self._desk.do(edit, origin=self)

    def _rename(self) -> None:
        name = self.name.text().strip()
        if self._desk.block is None or name == self._desk.name:
            return
        if not self._desk.do(Rename(self._session.track, name), origin=self):
            self.name.setText(self._desk.name)

    def _set_category(self, category: int) -> None:
        detection = self._desk.detection
        edit = SetCategory((self._session.track,), category)
        if detection is not None:
            here = FrameRanges.at(detection.frame)
            edit = SetCategory((detection.track,), category, here, detection.place)
        if not self._desk.do(edit, origin=self):
            self._later.ask()

    def _set_attribute(self, name: str, value: AttributeValue) -> None:
        detection, frames = self._desk.detection, self._chosen_frames()
        if frames is None:
            return
        if detection is None:
            self._do_over(SetAttribute((self._session.track,), name, value, frames), frames)
            return
        is_one = frames == FrameRanges.at(detection.frame) and self.which.currentIndex() == 0
        # Another box of this frame may cover the chosen one by half, and is not meant.
        place = detection.place if is_one else like(detection, self.which)
        self._do_over(SetAttribute((detection.track,), name, value, frames, place), frames)

    def _set_frame_attribute(self, name: str, value: AttributeValue) -> None:
        frames = self._chosen_frames()
        if frames is not None:
            self._do_over(SetFrameAttribute(frames, name, value), frames)

    def _do_over(self, edit: Edit, frames: FrameRanges) -> None:
        """Make an edit; what it did where nobody looks is said."""
        labels = self._session.labels
        is_here = frames == FrameRanges.at(self._session.frame)
        saying = (
            ""
            if labels is None or is_here
            else f"Done: {edit.describe(labels)}. Ctrl+Z takes it back"
        )
        self._desk.do(edit, saying=saying, origin=self)

    def _chosen_frames(self) -> FrameRanges | None:
        try:
            return self.frames.frames()
        except EditError as error:
            self._session.say(str(error))
            return None
