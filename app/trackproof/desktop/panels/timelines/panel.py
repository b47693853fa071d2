"""Curves of the selected object under the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.following import PlayheadFollower
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.naming import object_name
from trackproof.desktop.panels.ruler import AlignedScrollArea, Ruler
from trackproof.desktop.panels.scrubbing import Scrubber
from trackproof.desktop.panels.span import SharedSpan
from trackproof.desktop.panels.timelines.pins import PinnedTracks
from trackproof.desktop.panels.timelines.rows import PlotRows
from trackproof.desktop.panels.timelines.series import SHOWN_AT_FIRST, edited_frames, specs_for
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from trackproof.checks import Flag
    from trackproof.desktop.panels.timelines.plot import TimelinePlot
    from trackproof.desktop.panels.timelines.series import PlotSpec
    from trackproof.desktop.session import Session
    from trackproof.labels import Block

SETTING = "timelines"


class TimelinesPanel(QWidget):
    """Plots of one object, one below the other, on one frame axis."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._span = SharedSpan.of(session)
        self._scrubber = Scrubber(session, self._span, self)
        self._shown = self._remembered()
        self._edited = np.empty(0, dtype=np.int32)
        self._empty = EmptyState("No labels yet", "Open labels to see their curves here.")
        self._body = self._make_body()
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._body)
        self.setAccessibleName("Timelines")
        session.sequence_changed.connect(self.refresh)
        # after the picture of another object is there: curves take longer to draw
        self._redraw = Later(self, self.refresh)
        session.analysis_changed.connect(self._redraw.ask)
        session.labels_changed.connect(self._on_labels)
        session.track_changed.connect(self._redraw.ask)
        self._pins = PinnedTracks.of(session)
        self._pins.changed.connect(self._redraw.ask)
        self._follower = PlayheadFollower.of(session)
        session.flag_changed.connect(self._on_flag)
        self._later = Later(self, self._mark)
        session.verdict_changed.connect(self._on_verdict)
        session.theme_changed.connect(self._on_theme)
        self.refresh()

    def _make_body(self) -> QWidget:
        body = QWidget()
        body.setAutoFillBackground(True)
        body.setBackgroundRole(QPalette.ColorRole.Base)
        rows = QVBoxLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(1)
        self._rows = PlotRows(self._session, self._scrubber, layout=rows, parent=self)
        self._rows.closed.connect(self._on_closed)
        self._rows.limit_moved.connect(self._session.set_limit)
        inside = QWidget()
        inside.setLayout(rows)
        # the gaps of one pixel between rows show this colour: hairlines
        inside.setAutoFillBackground(True)
        inside.setBackgroundRole(QPalette.ColorRole.Mid)
        scroll = AlignedScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(AlignedScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_ruler())
        layout.addWidget(scroll, 1)
        return body

    def _make_ruler(self) -> Ruler:
        """Return the ruler, with the object's name and the choice of plots left of its axis."""
        self._name = QElidingLabel()
        self._name.setFont(font("body", is_bold=True))
        self._swatch = QLabel()
        self._swatch.setFixedSize(10, 10)
        self._add = QToolButton()
        self._add.setFont(font("small"))
        self._add.setText("+ add")
        self._add.setToolTip("Add a measurement, or take one away")
        self._add.setAccessibleName("Add measurement")
        self._add.setAutoRaise(True)
        self._add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._add)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._add.setMenu(self._menu)
        ruler = Ruler(self._session)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self._swatch)
        row.addWidget(self._name, 1)
        row.addWidget(self._add)
        ruler.put_beside(row)
        return ruler

    # -- which plots

    @property
    def plots(self) -> dict[str, TimelinePlot]:
        """Plots on screen by name of their row."""
        self._redraw.hurry()
        self._follower.hurry()
        return dict(self._rows.plots)

    @property
    def words(self) -> str:
        """What it says while there is nothing to plot."""
        self._redraw.hurry()
        return self._empty.title if self._stack.currentWidget() is self._empty else ""

    def show_plot(self, name: str, *, is_shown: bool) -> None:
        """Show or hide a row, and remember it."""
        kept = [shown for shown in self._shown if shown != name]
        self._shown = (*kept, name) if is_shown else tuple(kept)
        for spec in specs_for(self._session.analysis):
            self._session.settings.set_flag(f"{SETTING}/{spec}", value=spec in self._shown)
        self.refresh()

    def _remembered(self) -> tuple[str, ...]:
        settings = self._session.settings
        first = [
            name for name in SHOWN_AT_FIRST if settings.flag(f"{SETTING}/{name}", default=True)
        ]
        others = [
            name for name in specs_for(None) if settings.flag(f"{SETTING}/{name}", default=False)
        ]
        return (*first, *others)

    def _fill_menu(self) -> None:
        self._menu.clear()
        heading = ""
        for spec in specs_for(self._session.analysis).values():
            if spec.group != heading:
                heading = spec.group
                self._menu.addSection(heading)
            unit = f" ({spec.unit})" if spec.unit else ""
            action = self._menu.addAction(f"{spec.title}{unit}")
            action.setCheckable(True)
            action.setChecked(spec.name in self._shown)
            action.setProperty("row", spec.name)
            action.toggled.connect(self._on_chosen)

    def _on_chosen(self, is_shown: bool) -> None:
        action = self.sender()
        if action is not None:
            self.show_plot(str(action.property("row") or ""), is_shown=is_shown)

    # -- keeping up

    @property
    def is_settled(self) -> bool:
        """Whether it shows what the session holds."""
        return not (self._redraw.is_asked or self._later.is_asked)

    def refresh(self) -> None:
        """Show what the session holds now."""
        self._redraw.settle()
        self._later.settle()
        block = self._block()
        if block is None:
            self._say_why_empty()
            return
        specs = specs_for(self._session.analysis)
        wanted = [specs[name] for name in self._shown if name in specs]
        self._rows.arrange(wanted)
        self._find_edits(block)
        flags = self._flags()
        for spec in wanted:
            self._fill(spec, block, flags)
        self._show_name()
        self._stack.setCurrentWidget(self._body)

    def _block(self) -> Block | None:
        labels, track = self._session.labels, self._session.track
        return labels.table.block(track) if labels is not None and track >= 0 else None

    def _say_why_empty(self) -> None:
        if self._session.labels is None:
            self._empty.say("No labels yet", "Open labels to see their curves here.")
        else:
            self._empty.say(
                "Select an object to see its curves",
                "Click its box in the picture or its name in the list, or go to the next flag.",
            )
        self._stack.setCurrentWidget(self._empty)

    def _fill(self, spec: PlotSpec, block: Block, flags: list[Flag]) -> None:
        session = self._session
        plot = self._rows.plots[spec.name]
        plot.show_curves(
            spec.curves(session.analysis, block, session.track),
            session.theme.track_colour(session.track),
        )
        plot.show_others(
            [
                (spec.curves(session.analysis, rows, track), session.theme.track_colour(track))
                for track, rows in self._other_blocks()
            ]
        )
        plot.show_edits(self._edited)
        plot.show_limits(spec.limits)
        plot.show_flags(flags)

    def _other_blocks(self) -> list[tuple[int, Block]]:
        """Return the pinned objects, and the other one of the flag about the selected one."""
        flag, labels, selected = self._session.flag, self._session.labels, self._session.track
        if labels is None:
            return []
        wanted = dict.fromkeys(self._pins.tracks)
        if flag is not None and flag.track == selected:
            wanted[flag.other_track] = None
        found = [(track, labels.table.block(track)) for track in wanted if track != selected]
        return [(track, block) for track, block in found if track >= 0 and block is not None]

    def _find_edits(self, block: Block) -> None:
        sequence = self._session.sequence
        before = sequence.labels.table.block(self._session.track) if sequence else None
        self._edited = edited_frames(before, block)

    def _flags(self) -> list[Flag]:
        track = self._session.track
        return [flag for flag in self._session.flags if track in (flag.track, flag.other_track)]

    def _show_name(self) -> None:
        session = self._session
        colour = session.theme.track_colour(session.track)
        self._swatch.setStyleSheet(f"background: {colour.name()}; border-radius: 2px;")
        labels = session.labels
        self._name.setText(object_name(labels, session.track) if labels is not None else "")
        others = [object_name(labels, track) for track, _ in self._other_blocks()] if labels else []
        self._name.setToolTip(f"with {', '.join(others)}" if others else "")

    def _on_closed(self, name: str) -> None:
        self.show_plot(name, is_shown=False)

    def _on_labels(self, change: object, _origin: object) -> None:
        if self._session.track in getattr(change, "tracks", (self._session.track,)):
            self._redraw.ask()

    def _on_flag(self, flag: Flag | None) -> None:
        if flag is not None:
            if flag.other_track >= 0:
                self._redraw.ask()
            self._span.reveal(flag.frame_start, flag.frame_end)

    def _on_verdict(self, _key: str) -> None:
        if not self._redraw.is_asked:
            self._later.ask()

    def _mark(self) -> None:
        flags = self._flags()
        for plot in self._rows.plots.values():
            plot.show_flags(flags)

    def _on_theme(self, _theme: object) -> None:
        self._rows.restyle()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the font."""
        super().changeEvent(event)
        if event.type() == event.Type.FontChange:
            rows = getattr(self, "_rows", None)  # the font may change before they are made
            if rows is not None:
                rows.fit_to_font()
