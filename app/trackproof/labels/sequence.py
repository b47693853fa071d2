"""A sequence: its frames, its labels, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from trackproof.errors import Problem
    from trackproof.labels.attributes import AttributeSet, AttributeSpec
    from trackproof.labels.table import LabelTable


class Task(StrEnum):
    """What the labels describe."""

    TRACKING = "tracking"
    DETECTION = "detection"


@dataclass(frozen=True, slots=True)
class Category:
    """One class of objects.

    Parameters
    ----------
    name : str
        What people call it; the class id in words when the file does not say.
    class_id : str
        The file's own id, a string (``"2"``), empty when the format has none.
    colour : str or None
        ``#rrggbb`` when a configuration states one.
    """

    name: str
    class_id: str = ""
    colour: str | None = None


@dataclass(frozen=True, eq=False)
class Labels:
    """What edits change: annotations, frame attributes, categories, and which frames are listed.

    Parameters
    ----------
    table : LabelTable
        The annotations.
    categories : tuple of Category
        Index = the table's ``category``. Only ever grows.
    listed : (frames,) bool
        Frames that the label file lists. Listed and empty says "nothing here"; not listed says
        nothing, so an absent box there is no gap.
    frame_attributes : mapping of int to AttributeSet
        By frame index; frames without attributes are absent.
    """

    table: LabelTable
    categories: tuple[Category, ...]
    listed: npt.NDArray[np.bool_]
    frame_attributes: Mapping[int, AttributeSet] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Source:
    """The file a sequence was read from, enough to write unedited frames back verbatim.

    Parameters
    ----------
    path : Path
        Local file (a cached copy when it came from S3).
    uri : str
        What the user or a manifest called it.
    sha256 : str
        Hash of the whole file when it was read.
    format_name : str
        Name of the format in the registry, which alone understands ``detail``.
    frame_spans : (frames, 2) int64
        First byte and end of every frame's entry in the file; -1, -1 for frames not listed.
    detail : Any
        What else the format needs to write the file again.
    """

    path: Path
    uri: str
    sha256: str
    format_name: str
    frame_spans: npt.NDArray[np.int64]
    detail: Any = None


@dataclass(frozen=True, eq=False)
class Sequence:
    """The ordered frames of one video with their labels.

    Parameters
    ----------
    name : str
        Unique within what was opened.
    frame_names : tuple of str
        File name (or a made-up one) of every frame; its place is the frame index.
    frame_numbers : (frames,) int64
        The file's own number of every frame: Ground Truth ``frame-no``, MOT counting from 1.
    labels : Labels
        Annotations and frame attributes.
    task : Task
        Whether annotations have identity.
    rate_fps : float or None
        Frames per second when a file states it or the user said it; never guessed.
    width, height : int or None
        Pixels, when a file states them.
    specs : tuple of AttributeSpec
        Rules for attributes.
    source : Source or None
        Where the labels came from; None for made ones.
    frames_hint : str
        Where the labels say that the frames are: an S3 prefix, a folder, or empty.
    problems : tuple of Problem
        What was wrong in the input and did not stop the reading.
    detail : mapping of str to Any
        Facts that exporters need, by format (manifest line, label attribute name, ...).
    """

    name: str
    frame_names: tuple[str, ...]
    frame_numbers: npt.NDArray[np.int64]
    labels: Labels
    task: Task = Task.TRACKING
    rate_fps: float | None = None
    width: int | None = None
    height: int | None = None
    specs: tuple[AttributeSpec, ...] = ()
    source: Source | None = None
    frames_hint: str = ""
    problems: tuple[Problem, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame_names)

    def sized(self, size: tuple[int, int]) -> Sequence:
        """Return the same sequence with the size of its pictures, unless a file states one."""
        if self.width and self.height:
            return self
        return replace(self, width=size[0], height=size[1])

    @cached_property
    def frame_by_name(self) -> Mapping[str, int]:
        """Frame index by file name; the first of equal names wins."""
        return {name: i for i, name in reversed(list(enumerate(self.frame_names)))}

    def object_name(self, track: int) -> str:
        """Return what people call a track: its name, else its id."""
        info = self.labels.table.tracks[track]
        return info.object_name or info.object_id
