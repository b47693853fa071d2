"""The comparison at a glance: scores, tables, heat map and curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from trackproof.desktop.panels.agreement.actions import ask_labels
from trackproof.desktop.panels.agreement.curves import (
    SHOWN_AT_FIRST,
    agreement_specs,
    curve_of,
    with_axis,
)
from trackproof.desktop.panels.agreement.lane import AgreementLane
from trackproof.desktop.panels.agreement.second_set import SecondSet
from trackproof.desktop.panels.agreement.tables import AgreementTables, Subjects
from trackproof.desktop.panels.agreement.words import summary, why_empty
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.ruler import SCROLL_BAR, Ruler
from trackproof.desktop.panels.scrubbing import Scrubber
from trackproof.desktop.panels.span import SharedSpan
from trackproof.desktop.panels.timelines.rows import PlotRows
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from trackproof.desktop.panels.agreement.shown import Shown
    from trackproof.desktop.panels.timelines.plot import TimelinePlot
    from trackproof.desktop.session import Session

REDRAW_MS = 20
TABLE_SHARE, CHART_SHARE = 45, 55


class AgreementPanel(QWidget):
    """Another label set against the one on screen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._second = SecondSet.of(session)
        self._scrubber = Scrubber(session, SharedSpan.of(session), self)
        self._shown = list(SHOWN_AT_FIRST)
        self._filled: Shown | None = None
        self.setAccessibleName("Agreement with other labels")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.tables = AgreementTables(session)
        self.lane = AgreementLane(session)
        self._empty = EmptyState("")
        self._body = self._make_body()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._body)
        self._redraw = Later(self, self._draw_curves, after_ms=REDRAW_MS)
        self._second.changed.connect(self.refresh)
        session.sequence_changed.connect(self.refresh)
        session.track_changed.connect(self._redraw.ask)
        session.theme_changed.connect(self._on_theme)
        self.refresh()

    # -- building

    def _make_body(self) -> QWidget:
        body = QWidget()
        charts = QWidget()
        column = QVBoxLayout(charts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self._make_ruler())
        column.addWidget(self.lane, 2)
        plots = QVBoxLayout()
        plots.setContentsMargins(0, 0, SCROLL_BAR, 0)
        plots.setSpacing(1)
        column.addLayout(plots, 3)
        self._rows = PlotRows(self._session, self._scrubber, layout=plots, parent=self)
        self._rows.closed.connect(self._on_closed)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._make_lists())
        split.addWidget(charts)
        split.setStretchFactor(0, TABLE_SHARE)
        split.setStretchFactor(1, CHART_SHARE)
        split.setSizes([TABLE_SHARE * 10, CHART_SHARE * 10])
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._make_head())
        rows.addWidget(split, 1)
        return body

    def _make_lists(self) -> QWidget:
        self._subjects = QComboBox()
        self._subjects.setAccessibleName("What the table lists")
        self._subjects.setMinimumContentsLength(8)
        for subjects in Subjects:
            self._subjects.addItem(subjects.value)
        self._subjects.activated.connect(self._on_subjects)
        lists = QWidget()
        column = QVBoxLayout(lists)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above = QHBoxLayout()
        above.setContentsMargins(8, 0, 8, 0)
        above.addWidget(self._subjects)
        column.addLayout(above)
        column.addWidget(self.tables, 1)
        return lists

    def _make_head(self) -> QHBoxLayout:
        self._title = QElidingLabel()
        self._title.setFont(font("body", is_bold=True))
        self._numbers = QElidingLabel()
        self._numbers.setFont(font("small"))
        self._overlay = QCheckBox("Overlay")
        self._overlay.setToolTip("Draw the other labels dashed; red where they are alone")
        self._overlay.toggled.connect(lambda state: self._second.show_overlay(is_shown=state))
        self._threshold = QDoubleSpinBox()
        self._threshold.setRange(0.05, 0.95)
        self._threshold.setSingleStep(0.05)
        self._threshold.setPrefix("IoU ≥ ")
        self._threshold.setValue(self._second.threshold)
        self._threshold.setToolTip("Least overlap of two boxes that mean the same object")
        for field in (self._threshold, self._threshold.lineEdit()):
            field.setAccessibleName("Least overlap of a pair")
        self._threshold.valueChanged.connect(self._second.set_threshold)
        self._change = QToolButton()
        self._change.setText("Change ▾")
        self._change.setAutoRaise(True)
        self._change.setAccessibleName("Choose the other labels")
        self._change.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._change.setMenu(self._make_menu())
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._title, 2)
        row.addWidget(self._change)
        row.addWidget(self._numbers, 5)
        row.addWidget(self._threshold)
        row.addWidget(self._overlay)
        return row

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Other labels …", lambda: ask_labels(self._second, is_folder=False))
        menu.addAction("A folder of labels …", lambda: ask_labels(self._second, is_folder=True))
        menu.addAction("The labels as read", self._second.take_as_read)
        menu.addSeparator()
        menu.addAction("Stop comparing", self._second.forget)
        return menu

    def _make_ruler(self) -> Ruler:
        ruler = Ruler(self._session)
        add = QToolButton()
        add.setFont(font("small"))
        add.setText("+ add")
        add.setToolTip("Add a curve, or take one away")
        add.setAccessibleName("Add curve")
        add.setAutoRaise(True)
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._curves_menu = QMenu(add)
        self._curves_menu.aboutToShow.connect(self._fill_curves_menu)
        add.setMenu(self._curves_menu)
        self._name = QElidingLabel()
        self._name.setFont(font("body", is_bold=True))
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 4, 0)
        row.addWidget(self._name, 1)
        row.addWidget(add)
        ruler.put_beside(row)
        return ruler

    def _fill_curves_menu(self) -> None:
        self._curves_menu.clear()
        heading = ""
        for spec in agreement_specs(self._second.threshold).values():
            if spec.group != heading:
                heading = spec.group
                self._curves_menu.addSection(heading)
            action = self._curves_menu.addAction(spec.title)
            action.setCheckable(True)
            action.setChecked(spec.name in self._shown)
            action.toggled.connect(
                lambda state, name=spec.name: self.show_plot(name, is_shown=state)
            )

    # -- what it shows

    @property
    def words(self) -> str:
        """What it says while there is nothing to show."""
        return self._empty.title if self._stack.currentWidget() is self._empty else ""

    @property
    def numbers(self) -> str:
        """The scores in words."""
        return self._numbers.text()

    @property
    def plots(self) -> dict[str, TimelinePlot]:
        """Curves on screen, by name of their row."""
        self._redraw.hurry()
        return dict(self._rows.plots)

    def show_subjects(self, subjects: Subjects) -> None:
        """Show another table."""
        self._subjects.setCurrentText(subjects.value)
        self.tables.show_subjects(subjects)

    def show_plot(self, name: str, *, is_shown: bool) -> None:
        """Show or hide a curve."""
        kept = [one for one in self._shown if one != name]
        self._shown = [*kept, name] if is_shown else kept
        self._draw_curves()

    def refresh(self, *_values: object) -> None:
        """Show what the comparison says now."""
        second, shown = self._second, self._second.shown
        if shown is None:
            self._say_why_empty()
            return
        self._title.setText(f"against {second.title}")
        self._title.setToolTip(second.title)
        comparing = "comparing …  " if second.is_comparing else ""
        self._numbers.setText(comparing + summary(shown.agreement))
        self._numbers.setToolTip(summary(shown.agreement, is_long=True))
        self._overlay.setChecked(second.is_overlaid)
        if self._filled is not shown:
            self._filled = shown
            self.tables.show_comparison(shown)
        self._stack.setCurrentWidget(self._body)
        self._draw_curves()

    def _say_why_empty(self) -> None:
        self._filled = None
        title, hint, verb = why_empty(self._session, self._second)
        self._empty.say(title, hint)
        if verb:
            self._empty.offer(verb, lambda: ask_labels(self._second, is_folder=False))
        else:
            self._empty.hide_offer()
        self._stack.setCurrentWidget(self._empty)

    def _draw_curves(self) -> None:
        from trackproof.desktop.panels.naming import object_name

        self._redraw.settle()
        agreement, session = self._second.agreement, self._session
        if agreement is None:
            return
        labels = session.labels
        has_object = labels is not None and session.track >= 0
        name = object_name(labels, session.track) if labels and has_object else "no object"
        self._name.setText(name)
        specs = agreement_specs(self._second.threshold)
        curves = {row: curve_of(agreement, row, session.track) for row in self._shown}
        self._rows.arrange(with_axis(specs[row], curve) for row, curve in curves.items())
        for row, curve in curves.items():
            plot = self._rows.plots[row]
            plot.show_curves((curve,), session.theme.track_colour(session.track))
            plot.show_limits(specs[row].limits)

    def _on_closed(self, name: str) -> None:
        self.show_plot(name, is_shown=False)

    def _on_subjects(self, place: int) -> None:
        self.tables.show_subjects(list(Subjects)[place])

    def _on_theme(self, _theme: object) -> None:
        self._rows.restyle()
        self._draw_curves()
