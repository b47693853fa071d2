"""Plots one below the other on one frame axis: made when they are wanted, and kept together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.panels.following import PlayheadFollower
from trackproof.desktop.panels.span import SharedSpan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from trackproof.desktop.panels.scrubbing import Scrubber
    from trackproof.desktop.panels.timelines.plot import TimelinePlot
    from trackproof.desktop.panels.timelines.series import PlotSpec
    from trackproof.desktop.session import Session


class PlotRows(QObject):
    """The plots of a panel; they follow the playhead and the part of the axis that is shown.

    Parameters
    ----------
    layout : QVBoxLayout
        Where they stand.
    parent : QWidget
        The panel.
    """

    closed = Signal(str)
    limit_moved = Signal(str, float)

    def __init__(
        self, session: Session, scrubber: Scrubber, *, layout: QVBoxLayout, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._scrubber = scrubber
        self._layout = layout
        self._span = SharedSpan.of(session)
        self.plots: dict[str, TimelinePlot] = {}
        PlayheadFollower.of(session).moved.connect(self._on_frame)
        self._span.changed.connect(self._on_span)

    def arrange(self, wanted: Iterable[PlotSpec]) -> None:
        """Show exactly these rows in this order; plots that are shown already stay."""
        from trackproof.desktop.panels.timelines.plot import TimelinePlot

        specs = {spec.name: spec for spec in wanted}
        for name in self.plots.keys() - specs.keys():
            gone = self.plots.pop(name)
            self._layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, (name, spec) in enumerate(specs.items()):
            plot = self.plots.get(name)
            if plot is None:
                plot = self.plots[name] = TimelinePlot(self._session, spec, self._scrubber)
                plot.closed.connect(self.closed)
                plot.limit_moved.connect(self.limit_moved)
                plot.show_span(self._span.start, self._span.end)
            plot.spec = spec
            self._layout.insertWidget(place, plot, 1)

    def restyle(self) -> None:
        """Take the colours of another theme."""
        for plot in self.plots.values():
            plot.restyle()

    def fit_to_font(self) -> None:
        """Take another size of the font."""
        for plot in self.plots.values():
            plot.fit_to_font()

    def _on_frame(self, frame: int) -> None:
        for plot in self.plots.values():
            plot.show_cursor(frame)

    def _on_span(self, start: float, end: float) -> None:
        for plot in self.plots.values():
            plot.show_span(start, end)
