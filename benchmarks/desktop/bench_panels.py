"""Panning the heat map of 200 tracks x 2,000 frames, and the cursor over long curves.

Wanted: at least 30 pans a second; a cursor over 1,000,000 points at most 1.5x of 10,000 points.
"""

from __future__ import annotations

import time

import numpy as np
from making import walkers
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from trackproof.desktop.panels.overview.lane import OverviewLane
from trackproof.desktop.panels.scrubbing import Scrubber
from trackproof.desktop.panels.span import SharedSpan
from trackproof.desktop.panels.timelines.plot import TimelinePlot
from trackproof.desktop.panels.timelines.series import OF_BOXES, Curve
from trackproof.desktop.session import Session
from trackproof.desktop.theme import apply_theme
from trackproof.labels import Labels, LabelTable, Sequence

ROUNDS = 5


def wait(application: QApplication, session: Session) -> None:
    while session.analysis is None or session.tasks.running:
        application.processEvents()


def pans(application: QApplication) -> float:
    """Return pans a second, median of rounds."""
    session = Session()
    apply_theme(session.theme)
    session.show_sequences([walkers(frames=2_000, tracks=200)])
    wait(application, session)
    lane = OverviewLane(session)
    lane.resize(1600, 300)
    lane.show()
    lane.grab()
    while lane.is_mapping:
        application.processEvents()
        lane.grab()
    assert len(lane.heat.tracks) == 200
    span = SharedSpan.of(session)
    span.show(0, 1_500)
    times = []
    for _ in range(ROUNDS):
        start_s = time.perf_counter()
        for step in range(30):
            span.pan(4 if step < 15 else -4)
            lane.viewport().repaint()
        times.append((time.perf_counter() - start_s) / 30)
    session.close()
    return 1 / float(np.median(times))


def cursor_s(application: QApplication, points: int) -> float:
    """Return seconds for one move of the cursor over two curves, median of rounds."""
    session = Session()
    apply_theme(session.theme)
    labels = Labels(LabelTable.empty(), (), np.ones(points, dtype=bool))
    session.show_sequences([Sequence("long", ("",) * points, np.arange(points), labels)])
    wait(application, session)
    span = SharedSpan.of(session)
    values = np.cumsum(np.random.default_rng(1).normal(size=points))
    plots = []
    for spec in OF_BOXES[:2]:
        plot = TimelinePlot(session, spec, Scrubber(session, span, session))
        plot.resize(1200, 120)
        plot.show_curves((Curve("walk", 0, values),), QColor("orange"))
        plot.show_span(span.start, span.end)
        plot.show()
        plots.append(plot)
    application.processEvents()
    times = []
    for _ in range(ROUNDS):
        start_s = time.perf_counter()
        for step in range(40):
            for plot in plots:
                plot.show_cursor((step * 7919) % points)
                plot.view.viewport().repaint()
        times.append((time.perf_counter() - start_s) / 40)
    for plot in plots:
        plot.close()
    session.close()
    return float(np.median(times))


def main() -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    print(f"heat map, 200 tracks x 2,000 frames: {pans(application):.0f} pans a second")
    short, long = cursor_s(application, 10_000), cursor_s(application, 1_000_000)
    print(f"cursor: {short * 1e3:.2f} ms over 10,000 points, {long * 1e3:.2f} ms over 1,000,000")
    print(f"ratio {long / short:.2f} (wanted at most 1.5)")


if __name__ == "__main__":
    main()
