"""Objects x frames as a heat map of how well the second set agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement import Quantity, course
from trackproof.agreement.by_track import name_of
from trackproof.desktop.panels.agreement.second_set import SecondSet
from trackproof.desktop.panels.agreement.shown import other_of_row
from trackproof.desktop.panels.overview.lane import EMPTY_MAP, OverviewLane
from trackproof.labels import NO_IDENTITY

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.panels.overview.drawing import MapDrawing
    from trackproof.desktop.panels.overview.heat import HeatMap
    from trackproof.desktop.session import Session


class AgreementLane(OverviewLane):
    """Calm where both sets agree, hotter with less overlap, a hole where one is alone.

    Objects of the second set that are alone somewhere follow under a line.
    """

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
        """Draw where the second set begins; no flags, which are another question."""
        own = sum(other_of_row(number) is None for number in heat.tracks)
        if 0 < own < len(heat.tracks):
            drawing.draw_border(own)

    def name_of(self, track: int) -> str:
        """Return what people call a row; a plus stands before what only the second set has."""
        other, agreement = other_of_row(track), self._second.agreement
        if other is None or agreement is None:
            return super().name_of(track)
        return f"+ {name_of(agreement.second, other)}"

    def pick(self, track: int) -> None:
        """Select the object of a row, or the partner of one of the second set."""
        other, shown = other_of_row(track), self._second.shown
        if other is None:
            super().pick(track)
            return
        rows = shown.others if shown is not None else ()
        partner = next((row.partner_track for row in rows if row.track == other), NO_IDENTITY)
        if partner != NO_IDENTITY:
            super().pick(partner)

    def words_at(self, track: int, frame: int, *, reach: int) -> list[str]:
        """Return how well both sets agree there."""
        agreement = self._second.agreement
        if agreement is None:
            return []
        other = other_of_row(track)
        own = track if other is None else other
        shown = course(agreement, own, Quantity.IOU, of_second=other is not None)
        near = np.flatnonzero(np.abs(shown.frames - frame) < max(reach, 1))
        if not len(near):
            return ["not annotated"]
        worst = near[np.argmin(np.nan_to_num(shown.values[near], nan=-1.0))]
        partners = agreement.second if other is None else agreement.first
        if not shown.is_paired[worst]:
            missing = f"not in {partners.title}" if other is None else "a false positive"
            return [f"frame {shown.frames[worst]}: {missing}"]
        partner = name_of(partners, int(shown.partner[worst]))
        return [f"frame {shown.frames[worst]}: IoU {shown.values[worst]:.2f} with {partner}"]
