"""The distribution of one measurement: the selected object against all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.distribution.chart import DistributionChart
from trackproof.desktop.panels.distribution.statistics import distribution
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.naming import object_name
from trackproof.desktop.panels.timelines.series import OVERLAP, spec_of_measurement
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from trackproof.desktop.panels.distribution.statistics import Distribution
    from trackproof.desktop.session import Session


class DistributionPanel(QWidget):
    """Chart, its numbers, and the choice of the measurement."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._name = OVERLAP
        self._is_stale = True
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Distribution of a measurement")
        self.chart = DistributionChart(session)
        self._choice = QComboBox()
        self._choice.setAccessibleName("Measurement")
        self._choice.activated.connect(self._on_chosen)
        self._numbers = QLabel()
        self._numbers.setFont(font("small"))
        self._numbers.setProperty("dim", "true")
        self._numbers.setWordWrap(True)
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.setSpacing(8)
        head.addWidget(self._choice)
        head.addWidget(self._numbers, 1)
        self._body = QWidget()
        rows = QVBoxLayout(self._body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addLayout(head)
        rows.addWidget(self.chart, 1)
        self._empty = EmptyState("No measurements yet", "Open labels to see how they are spread.")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._body)
        session.sequence_changed.connect(self.refresh)
        session.analysis_changed.connect(self.refresh)
        session.track_changed.connect(self.refresh)

    def refresh(self, *_values: object) -> None:
        """Count again, when somebody looks."""
        self._is_stale = True
        if self.isVisible():
            self._count()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        if self._is_stale:
            self._count()

    @property
    def numbers(self) -> str:
        """What it says in words."""
        return self._numbers.text()

    def show_measurement(self, name: str) -> None:
        """Show another measurement."""
        self._name = name
        self.refresh()

    def _on_chosen(self, place: int) -> None:
        self.show_measurement(str(self._choice.itemData(place)))

    def _count(self) -> None:
        self._is_stale = False
        session = self._session
        analysis, labels = session.analysis, session.labels
        if analysis is None or labels is None or not analysis.measurements:
            self._stack.setCurrentWidget(self._empty)
            return
        self._fill_choice()
        measurement = analysis.measurements[self._name]
        track = session.track
        count = partial(
            distribution, measurement, labels, track=track, name=object_name(labels, track)
        )
        session.tasks.start(
            "Counting a distribution",
            lambda _progress: count(),
            succeeded=self._take,
            failed=self._on_failed,
            line="distribution",
        )

    def _fill_choice(self) -> None:
        analysis = self._session.analysis
        known = analysis.measurements if analysis is not None else {}
        if self._name not in known:
            self._name = next(iter(known))
        if [self._choice.itemData(i) for i in range(self._choice.count())] != list(known):
            self._choice.clear()
            for name, measurement in known.items():
                self._choice.addItem(measurement.title, name)
        self._choice.setCurrentIndex(list(known).index(self._name))

    def _take(self, shown: Distribution) -> None:
        analysis = self._session.analysis
        if analysis is None or self._name not in analysis.measurements:
            return
        spec = spec_of_measurement(analysis.measurements[self._name])
        self.chart.show_distribution(shown, spec)
        about = shown.track if shown.track is not None else shown.everything
        words = spec.in_words
        self._numbers.setText(
            f"{about.name}: mean {words(about.mean)}, median {words(about.median)}, "
            f"mode {words(about.mode)}"
        )
        self._stack.setCurrentWidget(self._body)

    def _on_failed(self, error: BaseException) -> None:
        self._session.message.emit(banner_of_error(error, doing="counting a distribution"))
