"""What labels are: boxes, tables, sequences, edits."""

from trackproof.labels.attributes import (
    NO_ATTRIBUTES,
    AttributeSet,
    AttributeSpec,
    AttributeValue,
)
from trackproof.labels.block import NOT_IN_SOURCE, Block, Shape, concatenate
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
    "FlatView",
    "FrameRows",
    "LabelTable",
    "Labels",
    "Sequence",
    "Shape",
    "Source",
    "Task",
    "Track",
    "concatenate",
]
