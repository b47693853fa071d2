"""What a comparison says about every object, frame by frame and in sum."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement.metrics import NONE, ratio
from trackproof.labels import NO_IDENTITY

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.agreement.comparing import Agreement
    from trackproof.agreement.sides import LabelSet, Side

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]
    Truths = npt.NDArray[np.bool_]

DETECTIONS = "(detections)"
"""What the rows of a set without identity are called together."""


class Quantity(StrEnum):
    """What is drawn over time."""

    IOU = "IoU"
    CENTRE = "Centre distance"
    RELATIVE = "Relative distance"
    HAUSDORFF = "Hausdorff distance"

    @property
    def unit(self) -> str:
        """Unit of the values; empty for a bare number."""
        return {"IoU": "", "Relative distance": "sizes"}.get(self.value, "px")


@dataclass(frozen=True, slots=True)
class TrackRow:
    """How well one object of a set is found in the other.

    Parameters
    ----------
    track : int
        Track number in its own set; `NO_IDENTITY` for all rows without identity together.
    name, category : str
        For people.
    frames, pairs : int
        Compared frames in which it is annotated, and in which it was paired.
    similarity, centre_px, centre_relative, hausdorff_px : float
        Means over its pairs; NaN without.
    partners : tuple of str
        Names of those it was paired with in the other set, most frequent first.
    switches, fragmentations : float
        Changes of the partner, and times it was lost and found again; NaN without identity.
    worst_frame : int
        Where it is alone, else where it agrees least.
    first, last : int
        Its first and last compared frame.
    partner_track : int
        Track number of its most frequent partner; `NO_IDENTITY` without.
    """

    track: int
    name: str
    category: str
    frames: int
    pairs: int
    similarity: float
    centre_px: float
    centre_relative: float
    hausdorff_px: float
    partners: tuple[str, ...]
    switches: float
    fragmentations: float
    worst_frame: int
    first: int
    last: int
    partner_track: int

    @property
    def missed(self) -> int:
        """Frames in which the other set has nothing for it."""
        return self.frames - self.pairs

    @property
    def rate(self) -> float:
        """Share of its frames in which it was paired."""
        return ratio(self.pairs, self.frames)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One object over time; all ``(n,)``.

    Parameters
    ----------
    frames : int32
        Frame indices of the first set, ascending.
    values : float64
        The quantity; NaN where it was not paired.
    partner : int32
        Track number of its partner in the other set; `NO_IDENTITY` where it has none.
    is_paired : bool
        Whether the other set has it.
    """

    frames: Ints
    values: Values
    partner: Ints
    is_paired: Truths


def track_rows(agreement: Agreement, *, of_second: bool = False) -> tuple[TrackRow, ...]:
    """Return one row per object of the first set, or of the second, worst rate first."""
    rows = _Rows(agreement, of_second=of_second)
    found = [rows.row(track) for track in rows.by_track]
    return tuple(sorted(found, key=lambda row: (row.rate, row.similarity, row.track)))


def course(
    agreement: Agreement, track: int, quantity: Quantity, *, of_second: bool = False
) -> Course:
    """Return one object over time; empty when it is not in the compared frames."""
    return _Rows(agreement, of_second=of_second).course(track, _values(agreement, quantity))


def _values(agreement: Agreement, quantity: Quantity) -> Values:
    """Return a quantity of every pair."""
    apart = agreement.distances
    return {
        Quantity.IOU: agreement.pairs.similarity,
        Quantity.CENTRE: apart.centre_px,
        Quantity.RELATIVE: apart.centre_relative,
        Quantity.HAUSDORFF: apart.hausdorff_px,
    }[quantity]


def rows_by_track(side: Side) -> dict[int, npt.NDArray[np.intp]]:
    """Return the rows of every track of a side, by ascending frame."""
    order = np.argsort(side.track, kind="stable")
    numbers, first = np.unique(side.track[order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(order, first[1:]), strict=True))


class _Rows:
    """Rows of one side with the pair that each belongs to."""

    def __init__(self, agreement: Agreement, *, of_second: bool) -> None:
        sides, pairs = agreement.sides, agreement.pairs
        self._agreement, self._of_second = agreement, of_second
        self.side: Side = sides.second if of_second else sides.first
        other: Side = sides.first if of_second else sides.second
        mine, others = (pairs.second, pairs.first) if of_second else (pairs.first, pairs.second)
        self._set: LabelSet = agreement.second if of_second else agreement.first
        self._other_set: LabelSet = agreement.first if of_second else agreement.second
        self._pair = np.full(len(self.side), -1, dtype=np.intp)
        self._pair[mine] = np.arange(len(pairs))
        self._partner = np.full(len(self.side), NO_IDENTITY, dtype=np.int32)
        self._partner[mine] = other.track[others]

    @cached_property
    def by_track(self) -> dict[int, npt.NDArray[np.intp]]:
        return rows_by_track(self.side) if len(self.side) else {}

    def course(self, track: int, of_pairs: Values) -> Course:
        rows = np.flatnonzero(self.side.track == track)
        pair = self._pair[rows]
        values = np.full(len(rows), NONE)
        values[pair >= 0] = of_pairs[pair[pair >= 0]]
        return Course(self.side.frame[rows], values, self._partner[rows], pair >= 0)

    def row(self, track: int) -> TrackRow:
        rows = self.by_track[track]
        pair = self._pair[rows]
        paired = pair[pair >= 0]
        agreement = self._agreement
        partners, counts = np.unique(self._partner[rows][pair >= 0], return_counts=True)
        by_number = partners[np.argsort(-counts, kind="stable")].tolist()
        is_first = not self._of_second and track != NO_IDENTITY
        has_switches = is_first and agreement.sides.has_identity
        place = int(self.side.identity[rows[0]])
        return TrackRow(
            track=track,
            name=name_of(self._set, track),
            category=self._category(rows),
            frames=len(rows),
            pairs=len(paired),
            similarity=_mean(agreement.pairs.similarity[paired]),
            centre_px=_mean(agreement.distances.centre_px[paired]),
            centre_relative=_mean(agreement.distances.centre_relative[paired]),
            hausdorff_px=_mean(agreement.distances.hausdorff_px[paired]),
            partners=tuple(name_of(self._other_set, number) for number in by_number),
            switches=float(agreement.pairs.is_switch[paired].sum()) if has_switches else NONE,
            fragmentations=float(agreement.pairs.fragmentations[place]) if is_first else NONE,
            worst_frame=self._worst_frame(rows),
            first=int(self.side.frame[rows[0]]),
            last=int(self.side.frame[rows[-1]]),
            partner_track=by_number[0] if by_number else NO_IDENTITY,
        )

    def _category(self, rows: npt.NDArray[np.intp]) -> str:
        numbers, counts = np.unique(self.side.rows.category[rows], return_counts=True)
        categories = self._set.labels.categories
        number = int(numbers[np.argmax(counts)])
        return categories[number].name if number < len(categories) else ""

    def _worst_frame(self, rows: npt.NDArray[np.intp]) -> int:
        pair = self._pair[rows]
        agreed = np.full(len(rows), -1.0)
        agreed[pair >= 0] = self._agreement.pairs.similarity[pair[pair >= 0]]
        return int(self.side.frame[rows[int(np.argmin(agreed))]])


def name_of(labels: LabelSet, track: int) -> str:
    """Return what people call a track of a set."""
    if track == NO_IDENTITY:
        return DETECTIONS
    known = labels.labels.table.tracks[track]
    return known.object_name or known.object_id


def _mean(values: Values) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else NONE
