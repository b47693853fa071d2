"""What labels are: boxes, tables, sequences, edits."""

from trackproof.labels.attributes import (
    NO_ATTRIBUTES,
    AttributeSet,
    AttributeSpec,
    AttributeValue,
)
from trackproof.labels.block import NOT_IN_SOURCE, Block, Shape, concatenate
from trackproof.labels.change import Change, TrackDelta, between, redo, undo
from trackproof.labels.diff import Diff, TrackDiff, changed_frames, diff
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
    "NOT_IN_SOURCE",
    "NO_ATTRIBUTES",
    "NO_IDENTITY",
    "AttributeSet",
    "AttributeSpec",
    "AttributeValue",
    "Block",
    "Category",
    "Change",
    "Diff",
    "FlatView",
    "FrameRanges",
    "FrameRows",
    "LabelTable",
    "Labels",
    "Sequence",
    "Shape",
    "Source",
    "Task",
    "Track",
    "TrackDelta",
    "TrackDiff",
    "between",
    "changed_frames",
    "concatenate",
    "diff",
    "redo",
    "undo",
]
