"""What the panel shows of a comparison, made where nobody waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement import track_rows
from trackproof.agreement.by_track import rows_by_track
from trackproof.desktop.panels.overview.heat import CALM, GAP, HOTTEST, HeatMap

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.agreement import Agreement, TrackRow


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


def agreement_map(agreement: Agreement, *, frames: int) -> HeatMap:
    """Return levels of every object of the first set in every frame, by first appearance."""
    side = agreement.sides.first
    similarity = np.full(len(side), np.nan)
    similarity[agreement.pairs.first] = agreement.pairs.similarity
    of_track = {track: rows for track, rows in rows_by_track(side).items() if track >= 0}
    tracks = sorted(of_track, key=lambda track: (int(side.frame[of_track[track][0]]), track))
    levels = np.zeros((len(tracks), frames), dtype=np.uint8)
    for row, track in enumerate(tracks):
        mine = of_track[track]
        levels[row, side.frame[mine]] = _levels(similarity[mine], agreement.threshold)
    return HeatMap(tuple(tracks), levels)


def _levels(similarity: npt.NDArray[np.float64], threshold: float) -> npt.NDArray[np.uint8]:
    """Return levels: calm at full agreement, hottest at the threshold, a hole without a pair."""
    heat = (1.0 - np.nan_to_num(similarity)) / max(1.0 - threshold, 1e-9)
    levels = np.round(CALM + np.clip(heat, 0.0, 1.0) * (HOTTEST - CALM)).astype(np.uint8)
    return np.where(np.isnan(similarity), np.uint8(GAP), levels).astype(np.uint8)
