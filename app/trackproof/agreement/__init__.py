"""Two label sets of one sequence: matching, metrics, and detections linked into tracks."""

from trackproof.agreement.by_track import Course, Quantity, TrackRow, course, track_rows
from trackproof.agreement.comparing import Agreement, Distances, Scores, compare
from trackproof.agreement.linking import LinkOptions, link
from trackproof.agreement.matching import DEFAULT_THRESHOLD, Convention, Pairs
from trackproof.agreement.metrics import Clear, Hota, Identity
from trackproof.agreement.sides import LabelSet, Sides, frame_places

__all__ = [
    "DEFAULT_THRESHOLD",
    "Agreement",
    "Clear",
    "Convention",
    "Course",
    "Distances",
    "Hota",
    "Identity",
    "LabelSet",
    "LinkOptions",
    "Pairs",
    "Quantity",
    "Scores",
    "Sides",
    "TrackRow",
    "compare",
    "course",
    "frame_places",
    "link",
    "track_rows",
]
