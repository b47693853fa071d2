"""What labels are: boxes, tables, sequences, edits."""

from trackproof.labels.attributes import (
    NO_ATTRIBUTES,
    AttributeSet,
    AttributeSpec,
    AttributeValue,
)
from trackproof.labels.block import NOT_IN_SOURCE, Block, Shape, concatenate
from trackproof.labels.change import Change, TrackDelta, between, redo, undo
from trackproof.labels.diff import Diff, TrackDiff, changed_frames, difference
from trackproof.labels.edits import Compound, Edit
from trackproof.labels.edits_attributes import SetAttribute, SetFrameAttribute
from trackproof.labels.edits_boxes import (
    AddDetection,
    DeleteBoxes,
    PutBox,
    PutBoxes,
    ScaleRange,
    ShiftRange,
)
from trackproof.labels.edits_detections import CopyDetection
from trackproof.labels.edits_identity import (
    Merge,
    NewTrack,
    Rename,
    SetCategory,
    Split,
    Swap,
    next_name,
)
from trackproof.labels.edits_order import ExchangeVertices, ReverseVertices
from trackproof.labels.edits_revert import RevertFrameAttributes, RevertTracks
from trackproof.labels.edits_shapes import (
    FEWEST_VERTICES,
    AddVertex,
    MoveVertex,
    PutVertices,
    RemoveVertex,
)
from trackproof.labels.edits_time import CopyTo, Interpolate
from trackproof.labels.likeness import SAME_PLACE, Like
from trackproof.labels.provisional import (
    LinkDetections,
    UnlinkDetections,
    is_provisional,
    provisional_tracks,
    without_provisional,
)
from trackproof.labels.ranges import FrameRanges
from trackproof.labels.sequence import Category, Labels, Sequence, Source, Task
from trackproof.labels.table import (
    NO_IDENTITY,
    FlatView,
    FrameRows,
    LabelTable,
    Track,
)

__all__ = [
    "FEWEST_VERTICES",
    "NOT_IN_SOURCE",
    "NO_ATTRIBUTES",
    "NO_IDENTITY",
    "SAME_PLACE",
    "AddDetection",
    "AddVertex",
    "AttributeSet",
    "AttributeSpec",
    "AttributeValue",
    "Block",
    "Category",
    "Change",
    "Compound",
    "CopyDetection",
    "CopyTo",
    "DeleteBoxes",
    "Diff",
    "Edit",
    "ExchangeVertices",
    "FlatView",
    "FrameRanges",
    "FrameRows",
    "Interpolate",
    "LabelTable",
    "Labels",
    "Like",
    "LinkDetections",
    "Merge",
    "MoveVertex",
    "NewTrack",
    "PutBox",
    "PutBoxes",
    "PutVertices",
    "RemoveVertex",
    "Rename",
    "ReverseVertices",
    "RevertFrameAttributes",
    "RevertTracks",
    "ScaleRange",
    "Sequence",
    "SetAttribute",
    "SetCategory",
    "SetFrameAttribute",
    "Shape",
    "ShiftRange",
    "Source",
    "Split",
    "Swap",
    "Task",
    "Track",
    "TrackDelta",
    "TrackDiff",
    "UnlinkDetections",
    "between",
    "changed_frames",
    "concatenate",
    "difference",
    "is_provisional",
    "next_name",
    "provisional_tracks",
    "redo",
    "undo",
    "without_provisional",
]
