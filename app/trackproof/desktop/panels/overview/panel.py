"""The overview: heat map, frame numbers, and the choice of what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup, QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.overview.heat import ANY_CHECK, TrackOrder
from trackproof.desktop.panels.overview.lane import OverviewLane
from trackproof.desktop.panels.ruler import Ruler
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from trackproof.desktop.session import Session


class OverviewPanel(QWidget):
    """Heat map of all objects with its ruler."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Overview")
        self.lane = OverviewLane(session)
        self._empty = EmptyState("")
        self._body = QWidget()
        rows = QVBoxLayout(self._body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._make_ruler())
        rows.addWidget(self.lane, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._body)
        session.sequence_changed.connect(self.refresh)
        session.labels_changed.connect(self.refresh)
        self.refresh()

    def _make_ruler(self) -> Ruler:
        ruler = Ruler(self._session)
        self._choice = QToolButton()
        self._choice.setFont(font("small"))
        self._choice.setAutoRaise(True)
        self._choice.setToolTip("Choose which check is shown, and which object stands on top")
        self._choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._choice)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._choice.setMenu(self._menu)
        self._say_choice()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 4, 0)
        row.addWidget(self._choice)
        row.addStretch(1)
        ruler.put_beside(row)
        return ruler

    def refresh(self, *_values: object) -> None:
        """Show the map when there is something to show."""
        labels = self._session.labels
        if labels is not None and any(track >= 0 for track in labels.table.blocks):
            self._stack.setCurrentWidget(self._body)
            return
        if labels is None:
            self._empty.say("No labels yet", "Open labels to see all objects at a glance.")
        else:
            self._empty.say("No objects over time", "These labels do not say who is who.")
        self._stack.setCurrentWidget(self._empty)

    def _fill_menu(self) -> None:
        self._menu.clear()
        analysis = self._session.analysis
        measured = analysis.measurements.values() if analysis is not None else ()
        checks = QActionGroup(self._menu)
        self._menu.addSection("Heat")
        for name, title in (
            (ANY_CHECK, "Worst of all checks"),
            *((m.name, m.title) for m in measured),
        ):
            action = self._menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(name == self.lane.measurement)
            action.triggered.connect(lambda _state, chosen=name: self._take_measurement(chosen))
            checks.addAction(action)
        orders = QActionGroup(self._menu)
        self._menu.addSection("Sort objects by")
        for order in TrackOrder:
            action = self._menu.addAction(str(order).capitalize())
            action.setCheckable(True)
            action.setChecked(order is self.lane.order)
            action.triggered.connect(lambda _state, chosen=order: self.lane.show_order(chosen))
            orders.addAction(action)

    def _take_measurement(self, name: str) -> None:
        self.lane.show_measurement(name)
        self._say_choice()

    def _say_choice(self) -> None:
        analysis, name = self._session.analysis, self.lane.measurement
        known = analysis.measurements if analysis is not None else {}
        title = known[name].title if name in known else "All checks"
        self._choice.setText(f"{title} ▾")
        self._choice.setAccessibleName(f"Heat shows: {title}")
