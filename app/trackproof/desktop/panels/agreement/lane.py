"""Objects x frames as a heat map of how well the second set agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement import Quantity, course
from trackproof.agreement.by_track import name_of
from trackproof.desktop.panels.agreement.second_set import SecondSet
from trackproof.desktop.panels.overview.heat import CALM, GAP, HOTTEST, HeatMap
from trackproof.desktop.panels.overview.lane import EMPTY_MAP, OverviewLane

if TYPE_CHECKING:
    import numpy.typing as npt
    from PySide6.QtWidgets import QWidget

    from trackproof.agreement import Agreement
    from trackproof.desktop.panels.overview.drawing import MapDrawing
    from trackproof.desktop.session import Session


class AgreementLane(OverviewLane):
    """Calm where both sets agree, hotter with less overlap, a hole where the second has none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._second = SecondSet.of(session)
        self._second.changed.connect(self.remap)
        self.setAccessibleName("Agreement of all objects over all frames")

    def map_labels(self) -> None:
        """Make the map of the comparison."""
        agreement = self._second.agreement
        frames = self._session.frame_count
        self.take_map(agreement_map(agreement, frames=frames) if agreement else EMPTY_MAP)

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


def agreement_map(agreement: Agreement, *, frames: int) -> HeatMap:
    """Return levels of every object of the first set in every frame, by first appearance."""
    side = agreement.sides.first
    similarity = np.full(len(side), np.nan)
    similarity[agreement.pairs.first] = agreement.pairs.similarity
    numbers, first = np.unique(side.track, return_index=True)
    tracks = [int(numbers[place]) for place in np.argsort(first, kind="stable")]
    rows = {track: row for row, track in enumerate(tracks) if track >= 0}
    levels = np.zeros((len(rows), frames), dtype=np.uint8)
    for track, row in rows.items():
        mine = side.track == track
        levels[row, side.frame[mine]] = _levels(similarity[mine], agreement.threshold)
    return HeatMap(tuple(rows), levels)


def _levels(similarity: npt.NDArray[np.float64], threshold: float) -> npt.NDArray[np.uint8]:
    """Return levels: calm at full agreement, hottest at the threshold, a hole without a pair."""
    heat = (1.0 - np.nan_to_num(similarity)) / max(1.0 - threshold, 1e-9)
    levels = np.round(CALM + np.clip(heat, 0.0, 1.0) * (HOTTEST - CALM)).astype(np.uint8)
    return np.where(np.isnan(similarity), np.uint8(GAP), levels).astype(np.uint8)
