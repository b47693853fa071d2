"""The numbers of a comparison as columns: the same for the command line and the window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.agreement.by_track import TrackRow
    from trackproof.agreement.comparing import Scores

Subject = TypeVar("Subject")

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Column(Generic[Subject]):
    """One number or word about a subject.

    Parameters
    ----------
    key : str
        Stable name, for files.
    title, tip : str
        What people read above it, and what it means.
    value : callable
        Returns the number or word of a subject; NaN = not defined.
    decimals : int
        Places after the point, for people.
    is_worse_high : bool
        Whether more of it is worse.
    """

    key: str
    title: str
    tip: str
    value: Callable[[Subject], float | int | str]
    decimals: int = 3
    is_worse_high: bool = False

    def text(self, subject: Subject) -> str:
        """Return the value for people; a dash where there is none."""
        value = self.value(subject)
        if isinstance(value, str):
            return value
        return UNKNOWN if math.isnan(value) else f"{value:,.{self.decimals}f}"

    def plain(self, subject: Subject) -> float | int | str | None:
        """Return the value for files; None where there is none."""
        value = self.value(subject)
        if isinstance(value, str):
            return value
        if math.isnan(value):
            return None
        return int(value) if self.decimals == 0 else float(value)


SCORE_COLUMNS: tuple[Column[Scores], ...] = (
    Column("hota", "HOTA", "Detection and association together, 0 to 1", lambda s: s.hota.hota),
    Column("det_a", "DetA", "How well objects are found, 0 to 1", lambda s: s.hota.det_a),
    Column("ass_a", "AssA", "How well identities are kept, 0 to 1", lambda s: s.hota.ass_a),
    Column("loc_a", "LocA", "How well pairs overlap, 0 to 1", lambda s: s.hota.loc_a),
    Column("idf1", "IDF1", "Share of boxes with the right identity", lambda s: s.identity.idf1),
    Column("idp", "IDP", "The same, of the boxes of the second set", lambda s: s.identity.idp),
    Column("idr", "IDR", "The same, of the boxes of the first set", lambda s: s.identity.idr),
    Column(
        "mota",
        "MOTA",
        "1 minus misses, false positives and switches per box of the first set",
        lambda s: s.clear.mota,
    ),
    Column("motp", "MOTP", "Mean IoU of the pairs", lambda s: s.clear.motp),
    Column(
        "detection_rate",
        "Found",
        "Share of the boxes of the first set that the second has, too",
        lambda s: s.clear.detection_rate,
    ),
    Column("pairs", "Pairs", "Boxes that both sets have", lambda s: s.clear.pairs, 0),
    Column(
        "misses",
        "Misses",
        "Boxes that only the first set has",
        lambda s: s.clear.misses,
        0,
        is_worse_high=True,
    ),
    Column(
        "false_positives",
        "False positives",
        "Boxes that only the second set has",
        lambda s: s.clear.false_positives,
        0,
        is_worse_high=True,
    ),
    Column(
        "switches",
        "Switches",
        "Times an object becomes somebody else",
        lambda s: s.clear.switches,
        0,
        is_worse_high=True,
    ),
    Column(
        "fragmentations",
        "Fragments",
        "Times an object is lost and found again",
        lambda s: s.clear.fragmentations,
        0,
        is_worse_high=True,
    ),
)

TRACK_COLUMNS: tuple[Column[TrackRow], ...] = (
    Column("object", "Object", "Name of the object", lambda row: row.name),
    Column("category", "Category", "Its category", lambda row: row.category),
    Column("frames", "Frames", "Frames in which it is annotated", lambda row: row.frames, 0),
    Column(
        "detection_rate", "Found", "Share of them that the other set has, too", lambda row: row.rate
    ),
    Column(
        "missed",
        "Missed",
        "Frames in which the other set has nothing for it",
        lambda row: row.missed,
        0,
        is_worse_high=True,
    ),
    Column("iou", "IoU", "Mean IoU where both have it", lambda row: row.similarity),
    Column(
        "centre_distance_px",
        "Centre px",
        "Mean distance of the centres, pixels",
        lambda row: row.centre_px,
        1,
        is_worse_high=True,
    ),
    Column(
        "centre_distance_relative",
        "Centre rel.",
        "The same, in widths and heights of the object",
        lambda row: row.centre_relative,
        is_worse_high=True,
    ),
    Column(
        "hausdorff_px",
        "Hausdorff px",
        "Mean of the largest distance between the outlines, pixels",
        lambda row: row.hausdorff_px,
        1,
        is_worse_high=True,
    ),
    Column(
        "switches",
        "Switches",
        "Times it becomes somebody else",
        lambda row: row.switches,
        0,
        is_worse_high=True,
    ),
    Column(
        "fragmentations",
        "Fragments",
        "Times it is lost and found again",
        lambda row: row.fragmentations,
        0,
        is_worse_high=True,
    ),
    Column("partners", "Is there", "Who it is in the other set", lambda r: ", ".join(r.partners)),
)
