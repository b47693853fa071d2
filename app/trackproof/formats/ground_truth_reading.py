"""One label file of Ground Truth, with what a job says about it, to a sequence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.formats.ground_truth_entries import NotSplitThere, read_entries
from trackproof.formats.ground_truth_frames import Frames, frames_alone, frames_joined
from trackproof.formats.ground_truth_scan import guess, scan
from trackproof.formats.ground_truth_table import Classes, table_of
from trackproof.formats.problems import Problems
from trackproof.labels import Category, Labels, LabelTable, Sequence, Source, Task
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackproof.formats.ground_truth_config import LabelConfig
    from trackproof.formats.ground_truth_entries import Entries
    from trackproof.formats.ground_truth_scan import Scan
    from trackproof.formats.ground_truth_sequence_file import SequenceFile
    from trackproof.progress import Progress

NAME = "ground-truth"


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What surrounds a label file.

    Parameters
    ----------
    name : str
        Name for the sequence.
    uri : str
        How a manifest calls the label file; empty when the user named it.
    sequence_file : SequenceFile or None
        Frames of the sequence.
    config : LabelConfig or None
        Label category configuration of the job.
    class_map : mapping of str to str
        Category name by class id.
    detail : mapping
        Facts for exporters: ``manifest_line``, ``label_attribute``, ...
    """

    name: str
    uri: str = ""
    sequence_file: SequenceFile | None = None
    config: LabelConfig | None = None
    class_map: Mapping[str, str] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def classes(self) -> Classes:
        """What is known about classes."""
        return Classes(self.class_map, self.config.categories if self.config else {})


def read_sequence(
    path: Path, context: Context, *, problems: Problems, progress: Progress
) -> Sequence:
    """Return the sequence of one label file.

    Raises
    ------
    FormatError
        When nothing in it can be used.
    StorageError
        When it cannot be read.
    Cancelled
        When ``progress`` says so.
    """
    found, entries, hashed = _decoded(path, problems, progress)
    file = context.sequence_file
    frames = frames_joined(file, entries, problems) if file else frames_alone(entries, problems)
    _tell_mixed_numbers(entries, problems)
    table, categories = table_of(
        entries.rows, frames.of_entry, task=found.task, classes=context.classes, problems=problems
    )
    source = Source(
        path=path,
        uri=context.uri or str(path),
        sha256=hashed,
        format_name=NAME,
        frame_spans=_spans(frames, found.spans),
    )
    return _sequence(
        context,
        frames,
        Labels(table, categories, _listed(frames), _frame_attributes(entries, frames)),
        task=found.task,
        source=source,
        problems=problems,
        is_text=entries.text_numbers >= entries.plain_numbers,
    )


def _decoded(path: Path, problems: Problems, progress: Progress) -> tuple[Scan, Entries, str]:
    """Return the entries of a file and its hash.

    The bytes are let go here: they and the finished table need not be in memory together.
    """
    data = read_bytes(path)
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(sha256, data)
        found, entries = _entries(data, path, problems, progress)
        return found, entries, digest.result().hexdigest()


def _entries(
    data: bytes, path: Path, problems: Problems, progress: Progress
) -> tuple[Scan, Entries]:
    quick = guess(data)
    if quick is not None:
        trial = Problems(path)
        try:
            entries = read_entries(data, quick, problems=trial, progress=progress, is_guess=True)
        except NotSplitThere:
            pass
        else:
            problems.absorb(trial)
            return quick, entries
    found = scan(data, path, problems)
    return found, read_entries(data, found, problems=problems, progress=progress)


def unlabelled_sequence(context: Context, file: SequenceFile, problems: Problems) -> Sequence:
    """Return the sequence of a manifest line that nobody has labelled yet."""
    frames = Frames(file.names, file.numbers, np.empty(0, dtype=np.int32))
    classes = context.classes
    categories = tuple(
        Category(name, str(place), colour)
        for place, (name, colour) in enumerate(classes.configured.items())
    )
    labels = Labels(LabelTable.empty(), categories, np.zeros(len(file.names), dtype=np.bool_))
    return _sequence(
        context,
        frames,
        labels,
        task=Task.TRACKING,
        source=None,
        problems=problems,
        is_text=True,
    )


def _sequence(
    context: Context,
    frames: Frames,
    labels: Labels,
    *,
    task: Task,
    source: Source | None,
    problems: Problems,
    is_text: bool,
) -> Sequence:
    file, config = context.sequence_file, context.config
    detail = {
        **context.detail,
        "frame_no_is_text": is_text,
        "class_map": dict(context.class_map),
        "label_config": config.document if config else None,
        "label_config_path": config.path if config else None,
        "sequence_file": file,
    }
    return Sequence(
        name=context.name,
        frame_names=frames.names,
        frame_numbers=frames.numbers,
        labels=labels,
        task=task,
        specs=config.specs if config else (),
        source=source,
        frames_hint=file.prefix if file else "",
        problems=problems.listed(),
        detail=detail,
    )


def _listed(frames: Frames) -> np.ndarray[Any, np.dtype[np.bool_]]:
    listed = np.zeros(len(frames.names), dtype=np.bool_)
    listed[frames.of_entry[frames.of_entry >= 0]] = True
    return listed


def _spans(
    frames: Frames, spans: np.ndarray[Any, np.dtype[np.int64]]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    by_frame = np.full((len(frames.names), 2), -1, dtype=np.int64)
    is_used = frames.of_entry >= 0
    by_frame[frames.of_entry[is_used]] = spans[is_used]
    return by_frame


def _frame_attributes(entries: Entries, frames: Frames) -> dict[int, Any]:
    of_entry = frames.of_entry
    return {
        int(of_entry[place]): values
        for place, values in entries.attributes.items()
        if of_entry[place] >= 0
    }


def _tell_mixed_numbers(entries: Entries, problems: Problems) -> None:
    if entries.text_numbers and entries.plain_numbers:
        problems.add(
            "mixed frame numbers",
            f"frame-no is text in {entries.text_numbers:,} frames and a number in "
            f"{entries.plain_numbers:,}; both are read as numbers",
        )
