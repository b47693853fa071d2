"""MOTChallenge text and ``seqinfo.ini`` to sequences."""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError
from trackproof.formats.frame_range import most_frames
from trackproof.formats.identities import NO_ID
from trackproof.formats.motchallenge_text import columns_of, read_numbers
from trackproof.formats.row_checks import (
    named_tracks,
    split_repeats,
    tell_geometry,
    usable_rows,
)
from trackproof.labels import (
    NO_IDENTITY,
    Block,
    Category,
    Labels,
    LabelTable,
    Sequence,
    Source,
    Task,
    Track,
)
from trackproof.labels.table import row_order
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from trackproof.formats.problems import Problems

    Numbers = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]
    Mask = npt.NDArray[np.bool_]

NAME = "motchallenge"
MOST_FRAMES = 1_000_000
LARGEST_IDENTITY = 2**53

CLASS_NAMES = {
    1: "pedestrian",
    2: "person on vehicle",
    3: "car",
    4: "bicycle",
    5: "motorbike",
    6: "non motorised vehicle",
    7: "static person",
    8: "distractor",
    9: "occluder",
    10: "occluder on the ground",
    11: "occluder full",
    12: "reflection",
    13: "crowd",
}
"""Classes of MOT16 to MOT20 ground truth, by the challenge's development kit."""

OBJECT = "object"
"""Category where the file has no classes."""


@dataclass(frozen=True, slots=True)
class SequenceInfo:
    """What ``seqinfo.ini`` says; None and empty where it says nothing usable."""

    path: Path | None = None
    name: str = ""
    frames_folder: str = "img1"
    extension: str = ".jpg"
    length: int | None = None
    rate_fps: float | None = None
    width: int | None = None
    height: int | None = None


def read_info(path: Path, problems: Problems) -> SequenceInfo:
    """Return what ``seqinfo.ini`` says.

    Raises
    ------
    StorageError
        When it cannot be read.
    """
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(read_bytes(path).decode("utf-8-sig"))
        section = parser["Sequence"] if "Sequence" in parser else parser[parser.sections()[0]]
    except (configparser.Error, UnicodeDecodeError, IndexError) as error:
        line = getattr(error, "lineno", None)
        problems.error(
            "seqinfo.ini",
            "is no text with a section [Sequence] and lines of key=value; it is not used",
            location=f"line {line}" if line else "",
        )
        return SequenceInfo()
    return SequenceInfo(
        path=path,
        name=section.get("name", ""),
        frames_folder=section.get("imDir", "img1"),
        extension=section.get("imExt", ".jpg"),
        length=_count(section, "seqLength", problems),
        rate_fps=_rate(section, problems),
        width=_count(section, "imWidth", problems),
        height=_count(section, "imHeight", problems),
    )


def read_text(path: Path, info: SequenceInfo, *, name: str, problems: Problems) -> Sequence:
    """Return the sequence of one text file.

    Raises
    ------
    FormatError
        When no line of it can be used.
    StorageError
        When it cannot be read.
    """
    data = read_bytes(path)
    numbers = read_numbers(data, path, problems)
    limit = min(MOST_FRAMES, most_frames(len(data)))
    kept = _whole_numbers(numbers, problems, limit=limit)
    base = 0 if kept.any() and numbers[kept, 0].min() == 0 else 1
    if not base:
        problems.add("numbering", "frames are numbered from 0; MOTChallenge numbers them from 1")
    last = int(numbers[kept, 0].max()) if kept.any() else base - 1
    count = _length(last - base + 1, info, problems, limit=limit)
    table, categories, has_identity = _table(numbers, kept, base=base, problems=problems)
    hint = str(info.path.parent / info.frames_folder) if info.path else ""
    return Sequence(
        name=name,
        frame_names=tuple(f"{base + frame:06d}{info.extension}" for frame in range(count)),
        frame_numbers=np.arange(base, base + count, dtype=np.int64),
        labels=Labels(table, categories, np.ones(count, dtype=np.bool_)),
        task=Task.TRACKING if has_identity else Task.DETECTION,
        rate_fps=info.rate_fps,
        width=info.width,
        height=info.height,
        source=Source(
            path=path,
            uri=str(path),
            sha256=sha256(data).hexdigest(),
            format_name=NAME,
            frame_spans=np.full((count, 2), -1, dtype=np.int64),
        ),
        frames_hint=hint,
        problems=problems.listed(),
        detail={"columns": numbers.shape[1], "sequence_info": info},
    )


def _whole_numbers(numbers: Numbers, problems: Problems, *, limit: int) -> Mask:
    """Return which lines have a frame and an identity that can be used."""
    frame, identity = numbers[:, 0], numbers[:, 1]
    with np.errstate(invalid="ignore"):
        is_frame = (frame >= 0) & (frame <= limit) & (frame == np.floor(frame))
        is_identity = (np.abs(identity) < LARGEST_IDENTITY) & (identity == np.floor(identity))
    is_row = ~np.isnan(numbers).all(axis=1)
    for line in np.flatnonzero(is_row & ~is_frame)[:20]:
        problems.error(
            "frame numbers that are none",
            f"{frame[line]:.10g} is not a frame number between 1 and {limit:,}; left out",
            location=f"line {line + 1}",
        )
    for line in np.flatnonzero(is_row & is_frame & ~is_identity)[:20]:
        problems.error(
            "identities that are none",
            f"{identity[line]:g} is not a whole number for an identity; left out",
            location=f"line {line + 1}",
        )
    kept: Mask = is_row & is_frame & is_identity
    return kept


def _length(seen: int, info: SequenceInfo, problems: Problems, *, limit: int) -> int:
    if info.length is None:
        return seen
    if info.length > max(limit, seen):
        problems.add("length", f"seqLength {info.length} is no length; {seen} frames are shown")
        return seen
    if seen > info.length:
        problems.add(
            "length",
            f"seqinfo.ini says {info.length:,} frames, but the labels reach frame {seen:,}; all "
            "are shown",
        )
    return max(seen, info.length)


def _table(
    numbers: Numbers, kept: Mask, *, base: int, problems: Problems
) -> tuple[LabelTable, tuple[Category, ...], bool]:
    lines = np.flatnonzero(kept)
    rows = numbers[lines]
    keys = columns_of(numbers.shape[1])
    extra = {key: rows[:, 6 + place] for place, key in enumerate(keys)}
    categories, category = _categories(extra.pop("class", None))
    identities, inverse = np.unique(rows[:, 1].astype(np.int64), return_inverse=True)
    block = Block.of_boxes(
        rows[:, 0].astype(np.int32) - base,
        rows[:, 2:6].copy(),
        category=category,
        source=lines.astype(np.int32),
        columns=extra,
    )
    usable = usable_rows(block, problems, place=lambda row: f"line {lines[row] + 1}")
    block, track = block.take(usable), inverse.astype(np.int32)[usable]
    order = row_order(track, block.frame)
    if order is not None:
        block, track = block.take(order), track[order]
    tell_geometry(block, problems)
    lone = np.searchsorted(identities, NO_ID)
    is_lone = track == lone if NO_ID in identities else np.zeros(len(track), dtype=np.bool_)
    owned = np.flatnonzero(~is_lone)
    split, owners, occurrences = split_repeats(
        block.take(owned), track[owned], len(identities), problems
    )
    track[owned] = split
    track[is_lone] = NO_IDENTITY
    ids = [str(identities[owner]) for owner in owners]
    tracks = named_tracks(block, track, ids, [category.name for category in categories])
    names = ["", *dict.fromkeys(tracks)]
    records = [
        Track(object_id, name, occurrence)
        for object_id, name, occurrence in zip(ids, tracks, occurrences, strict=True)
    ]
    places = {name: place for place, name in enumerate(names)}
    name_of_track = np.array([places[name] for name in tracks] or [0], dtype=np.int32)
    block.name[:] = np.where(track >= 0, name_of_track[np.maximum(track, 0)], 0)
    table = LabelTable.from_rows(records, block, track, names=names)
    return table, categories, bool((~is_lone).any()) or not len(track)


def class_name(number: float) -> str:
    """Return what a class number stands for."""
    return CLASS_NAMES.get(int(number), f"class {number:g}")


def _categories(
    classes: Numbers | None,
) -> tuple[tuple[Category, ...], npt.NDArray[np.int16] | int]:
    if classes is None or not len(classes):
        return (Category(OBJECT),), 0
    known, places = np.unique(np.nan_to_num(classes, nan=0.0), return_inverse=True)
    if len(known) > len(CLASS_NAMES) * 100:
        raise FormatError(f"the class column holds {len(known):,} different numbers")
    categories = [Category(class_name(float(value)), f"{value:g}") for value in known]
    return tuple(categories), places.astype(np.int16)


def _count(section: configparser.SectionProxy, key: str, problems: Problems) -> int | None:
    text = section.get(key)
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdigit() and 0 < len(text) < 10:
        return int(text) or None
    problems.add("seqinfo.ini", f"{key} is {text[:40]!r}, which is not a whole number")
    return None


def _rate(section: configparser.SectionProxy, problems: Problems) -> float | None:
    text = section.get("frameRate")
    if text is None:
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if 0.0 < rate <= 10_000.0:
        return rate
    problems.add("seqinfo.ini", f"frameRate is {text[:40]!r}, which is not a frame rate")
    return None
