"""What the panel shows of a comparison, made where nobody waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement import track_rows
from trackproof.agreement.by_track import rows_by_track
from trackproof.desktop.panels.overview.heat import ABSENT, CALM, GAP, HOTTEST, HeatMap
from trackproof.labels import NO_IDENTITY

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.agreement import Agreement, TrackRow
    from trackproof.agreement.sides import Side

FIRST_OTHER = NO_IDENTITY - 2
"""Row number of track 0 of the second set: below every number that a first set uses, with one to
spare for its rows without identity."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A comparison with its tables and its map."""

    agreement: Agreement
    objects: tuple[TrackRow, ...]
    others: tuple[TrackRow, ...]
    heat: HeatMap

    @classmethod
    def of(cls, agreement: Agreement, *, frames: int) -> Shown:
        """Return what is shown of a comparison of a sequence of so many frames."""
        return cls(
            agreement,
            track_rows(agreement),
            track_rows(agreement, of_second=True),
            agreement_map(agreement, frames=frames),
        )


def row_of_other(track: int) -> int:
    """Return the number that stands for a track of the second set among the rows of the map."""
    return FIRST_OTHER - track


def other_of_row(number: int) -> int | None:
    """Return the track of the second set that a row stands for; None for one of the first."""
    return FIRST_OTHER - number if number < NO_IDENTITY else None


def agreement_map(agreement: Agreement, *, frames: int) -> HeatMap:
    """Return levels of every object of the first set in every frame, by first appearance.

    Below them stand the objects of the second set with a box that has no partner, of which only
    such boxes are drawn; see `row_of_other`.
    """
    first, second, pairs = agreement.sides.first, agreement.sides.second, agreement.pairs
    levels = _Side(first, pairs.first, agreement).levels(frames)
    others = _Side(second, pairs.second, agreement, only_lonely=True).levels(frames)
    rows = {track: row for track, row in levels.items() if track != NO_IDENTITY}
    rows |= {row_of_other(track): row for track, row in others.items()}
    stacked = np.array(list(rows.values()), dtype=np.uint8).reshape(-1, frames)
    return HeatMap(tuple(rows), stacked)


class _Side:
    """One set with how well every row of it is paired."""

    def __init__(
        self,
        side: Side,
        paired: npt.NDArray[np.intp],
        agreement: Agreement,
        *,
        only_lonely: bool = False,
    ) -> None:
        self.side = side
        self.threshold = agreement.threshold
        self.only_lonely = only_lonely
        self.similarity = np.full(len(side), np.nan)
        self.similarity[paired] = agreement.pairs.similarity

    def levels(self, frames: int) -> dict[int, npt.NDArray[np.uint8]]:
        """Return ``(frames,)`` levels of every track, by first appearance."""
        side = self.side
        of_track = rows_by_track(side) if len(side) else {}
        if self.only_lonely:
            lonely = set(side.track[np.isnan(self.similarity)].tolist())
            of_track = {track: rows for track, rows in of_track.items() if track in lonely}
        heat = _levels(self.similarity, self.threshold)
        if self.only_lonely:
            # How well its pairs agree stands in the rows of their partners already.
            heat = np.where(np.isnan(self.similarity), heat, np.uint8(ABSENT))
        found = {}
        for track in sorted(of_track, key=lambda one: (int(side.frame[of_track[one][0]]), one)):
            mine = of_track[track]
            found[track] = np.zeros(frames, dtype=np.uint8)
            # Rows without identity may share a frame: the worst of them is shown.
            np.maximum.at(found[track], side.frame[mine], heat[mine])
        return found


def _levels(similarity: npt.NDArray[np.float64], threshold: float) -> npt.NDArray[np.uint8]:
    """Return levels: calm at full agreement, hottest at the threshold, a hole without a pair."""
    heat = (1.0 - np.nan_to_num(similarity)) / max(1.0 - threshold, 1e-9)
    levels = np.round(CALM + np.clip(heat, 0.0, 1.0) * (HOTTEST - CALM)).astype(np.uint8)
    return np.where(np.isnan(similarity), np.uint8(GAP), levels).astype(np.uint8)
