"""Objects x frames as a heat map of how well the second set agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement import Quantity, course
from trackproof.agreement.by_track import name_of
from trackproof.desktop.panels.agreement.second_set import SecondSet
from trackproof.desktop.panels.overview.lane import EMPTY_MAP, OverviewLane

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.panels.overview.drawing import MapDrawing
    from trackproof.desktop.panels.overview.heat import HeatMap
    from trackproof.desktop.session import Session


class AgreementLane(OverviewLane):
    """Calm where both sets agree, hotter with less overlap, a hole where the second has none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._second = SecondSet.of(session)
        self._second.changed.connect(self.remap)
        self.setAccessibleName("Agreement of all objects over all frames")

    def map_labels(self) -> None:
        """Show the map of the comparison."""
        shown = self._second.shown
        self.take_map(shown.heat if shown is not None else EMPTY_MAP)

    def draw_marks(self, drawing: MapDrawing, heat: HeatMap) -> None:
        """Draw nothing over the heat: flags are another question."""

    def words_at(self, track: int, frame: int, *, reach: int) -> list[str]:
        """Return how well both sets agree there."""
        agreement = self._second.agreement
        if agreement is None:
            return []
        shown = course(agreement, track, Quantity.IOU)
        near = np.flatnonzero(np.abs(shown.frames - frame) < max(reach, 1))
        if not len(near):
            return ["not annotated"]
        worst = near[np.argmin(np.nan_to_num(shown.values[near], nan=-1.0))]
        if not shown.is_paired[worst]:
            return [f"frame {shown.frames[worst]}: not in {agreement.second.title}"]
        partner = name_of(agreement.second, int(shown.partner[worst]))
        return [f"frame {shown.frames[worst]}: IoU {shown.values[worst]:.2f} with {partner}"]
