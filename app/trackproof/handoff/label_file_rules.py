"""What sequence files and label files (``SeqLabel.json``) must obey."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from trackproof.errors import Problem, Severity
from trackproof.handoff import limits
from trackproof.handoff.shape import Anything, Each, Fields, Text, Whole, shortened
from trackproof.labels.outlines import crosses_itself

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackproof.handoff.shape import Rule, Wrong

Size: TypeAlias = tuple[int, int]
SaidValue: TypeAlias = tuple[str, str, str | int | float]

TRACKING_KEY = "tracking-annotations"
DETECTION_KEY = "detection-annotations"
GEOMETRY_KEYS = {
    "annotations": "BoundingBox",
    "polygons": "Polygon",
    "polylines": "Polyline",
    "keypoints": "Keypoint",
}
MOST_VALUES = 20_000
MOST_PER_FILE = 100
"""Problems listed for one file; beyond that their number is told."""

SEQUENCE = Fields(
    required={
        "seq-no": Whole(),
        "prefix": Text(
            pattern=r"s3://[^/]+/.+/", form="s3://bucket/folder/ with a slash at the end"
        ),
        "number-of-frames": Whole(1, limits.FRAMES_PER_SEQUENCE),
        "frames": Each(
            Fields(
                required={"frame-no": Whole(0), "frame": Text(least=1)},
                optional={"unix-timestamp": Whole(0)},
                is_open=True,
            ),
            least=1,
            most=limits.FRAMES_PER_SEQUENCE,
        ),
    },
    is_open=True,
)

VERTEX = Fields(required={"x": Whole(0), "y": Whole(0)})
SHAPES: dict[str, dict[str, Rule]] = {
    "annotations": {"left": Whole(0), "top": Whole(0), "width": Whole(1), "height": Whole(1)},
    "polygons": {"vertices": Each(VERTEX, least=3)},
    "polylines": {"vertices": Each(VERTEX, least=2)},
    "keypoints": {"x": Whole(0), "y": Whole(0)},
}
assert set(SHAPES) == set(GEOMETRY_KEYS)


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What a label file says, for the rules between files.

    Parameters
    ----------
    is_tracking : bool
        Whether annotations have identity.
    frames : tuple of (str, str)
        Frame number as text, and file name, in the order of the file.
    class_ids : frozenset of str
        Class ids that annotations use.
    annotation_types : frozenset of str
        Types of the lists that hold annotations.
    values : frozenset of (str, str, str or number)
        Class id (empty for frames), name and value of the attributes said; `MOST_VALUES` at most.
    """

    is_tracking: bool
    frames: tuple[tuple[str, str], ...] = ()
    class_ids: frozenset[str] = frozenset()
    annotation_types: frozenset[str] = frozenset()
    values: frozenset[SaidValue] = frozenset()


@dataclass(slots=True)
class _Seen:
    size: Size | None = None
    class_ids: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    values: set[SaidValue] = field(default_factory=set)
    crossing: list[str] = field(default_factory=list)

    def take(self, class_id: str, attributes: Mapping[str, Any]) -> None:
        """Remember what attributes say, as far as they can be compared with a configuration."""
        if len(self.values) < MOST_VALUES:
            self.values |= {
                (class_id, name, value)
                for name, value in attributes.items()
                if isinstance(value, str | int | float)
            }


def sequence_problems(sequence: Mapping[str, Any], *, path: str = "") -> list[Problem]:
    """Return what is wrong with a sequence file."""
    wrongs = list(SEQUENCE.wrongs(dict(sequence), ""))
    if wrongs:
        return bounded([_error(path, wrong) for wrong in wrongs], path)
    frames = sequence["frames"]
    problems = [_error(path, wrong) for wrong in _sequence_wrongs(sequence)]
    in_bytes = [frame["frame"].encode("utf-8") for frame in frames]
    if in_bytes != sorted(in_bytes):
        problems.append(
            Problem(
                "the order of frame-no and the byte order of file names differ, and the worker "
                "interface may follow either; pad numbers in names with zeros",
                path,
                "frames",
            )
        )
    return bounded(problems, path)


def label_problems(
    document: Mapping[str, Any], *, path: str = "", size: Size | None = None
) -> tuple[list[Problem], LabelFacts]:
    """Return what is wrong with a label file, and what it says.

    Parameters
    ----------
    size : (int, int) or None
        Width and height of the images, pixels; label files do not say them.
    """
    is_tracking = TRACKING_KEY in document
    key = TRACKING_KEY if is_tracking else DETECTION_KEY
    entries = document.get(key)
    if not isinstance(entries, list) or {TRACKING_KEY, DETECTION_KEY} <= document.keys():
        text = f"must hold exactly one list, {TRACKING_KEY} or {DETECTION_KEY}"
        return [_error(path, (key, text))], LabelFacts(is_tracking)
    seen = _Seen(size)
    wrongs: list[Wrong] = []
    for number, entry in enumerate(entries):
        wrongs += _frame_wrongs(entry, f"{key}[{number}]", seen, is_tracking=is_tracking)
    frames = tuple(
        (str(entry["frame-no"]), entry["frame"])
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("frame"), str) and "frame-no" in entry
    )
    wrongs += _repeated((number for number, _ in frames), key, "frame-no")
    wrongs += _repeated((name for _, name in frames), key, "frame")
    if len({type(entry.get("frame-no")) for entry in entries if isinstance(entry, dict)}) > 1:
        wrongs.append((key, "mix text and numbers in frame-no"))
    if len(seen.types) > 1:
        wrongs.append((key, f"mix annotation types: {', '.join(sorted(seen.types))}"))
    facts = LabelFacts(
        is_tracking=is_tracking,
        frames=frames,
        class_ids=frozenset(seen.class_ids),
        annotation_types=frozenset(seen.types),
        values=frozenset(seen.values),
    )
    problems = [_error(path, wrong) for wrong in wrongs]
    problems += [
        Problem("is no key of a label file that the service describes", path, other)
        for other in document
        if other != key
    ]
    problems += [
        Problem("the edges cross, which workers may not draw", path, place)
        for place in seen.crossing
    ]
    return bounded(problems, path), facts


def bounded(problems: list[Problem], path: str) -> list[Problem]:
    """Return the first problems of a file and how many more there are."""
    rest = len(problems) - MOST_PER_FILE
    if rest <= 0:
        return problems
    more = Problem(f"{rest:,} more problems of this file are not listed", path)
    return [*problems[:MOST_PER_FILE], more]


def _error(path: str, wrong: Wrong) -> Problem:
    place, text = wrong
    return Problem(text, path, place, Severity.ERROR)


def _sequence_wrongs(sequence: Mapping[str, Any]) -> Iterator[Wrong]:
    frames = sequence["frames"]
    if sequence["number-of-frames"] != len(frames):
        yield "number-of-frames", f"is {sequence['number-of-frames']}, but {len(frames)} are listed"
    numbers = [frame["frame-no"] for frame in frames]
    names = [frame["frame"] for frame in frames]
    yield from _repeated(map(str, numbers), "frames", "frame-no")
    yield from _repeated(names, "frames", "frame")
    if numbers != sorted(numbers):
        yield "frames", "are not in the order of frame-no"
    for number, name in enumerate(names):
        if name.startswith("/") or ".." in name.split("/") or "://" in name:
            yield f"frames[{number}]", f"name {shortened(name)}, which leaves the prefix"
        elif not name.lower().endswith(limits.FRAME_SUFFIXES):
            yield f"frames[{number}]", f"name {shortened(name)}; frames are .jpg, .jpeg or .png"


def _repeated(values: Iterator[str] | list[str], place: str, what: str) -> Iterator[Wrong]:
    for value, count in Counter(values).items():
        if count > 1:
            yield place, f"hold {what} {shortened(value)} {count} times"


def _frame_wrongs(entry: object, place: str, seen: _Seen, *, is_tracking: bool) -> Iterator[Wrong]:
    if not isinstance(entry, dict):
        yield place, "is not an object"
        return
    yield from _frame_number(entry.get("frame-no"), f"{place}.frame-no")
    if not isinstance(entry.get("frame"), str) or not entry["frame"]:
        yield f"{place}.frame", "must be the file name of the frame"
    said = entry.get("frame-attributes", {})
    yield from _Attributes().wrongs(said, f"{place}.frame-attributes")
    if isinstance(said, dict):
        seen.take("", said)
    keys = [key for key in GEOMETRY_KEYS if key in entry]
    if len(keys) != 1:
        named = ", ".join(keys) or "none"
        yield place, f"must hold exactly one of {', '.join(GEOMETRY_KEYS)}; it holds {named}"
    for key in keys:
        yield from _annotations(entry[key], key, f"{place}.{key}", seen, is_tracking=is_tracking)


def _frame_number(value: object, place: str) -> Iterator[Wrong]:
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    is_digits = isinstance(value, str) and value.isdecimal()
    if not is_number and not is_digits:
        yield place, f"is {shortened(value)}; it must be a whole number of 0 or more"


def _annotations(
    items: object, key: str, place: str, seen: _Seen, *, is_tracking: bool
) -> Iterator[Wrong]:
    if not isinstance(items, list):
        yield place, "must be a list"
        return
    if items:
        seen.types.add(GEOMETRY_KEYS[key])
    rule = ANNOTATIONS[key, is_tracking]
    ids: Counter[str] = Counter()
    for number, item in enumerate(items):
        wrongs = list(rule.wrongs(item, f"{place}[{number}]"))
        yield from wrongs
        if (
            not wrongs
            and key == "polygons"
            and crosses_itself([(p["x"], p["y"]) for p in item["vertices"]])
        ):
            seen.crossing.append(f"{place}[{number}]")
        if not wrongs and key == "annotations" and seen.size is not None:
            yield from _outside(item, f"{place}[{number}]", seen.size)
        if isinstance(item, dict):
            seen.class_ids.add(str(item.get("class-id")))
            said = item.get("label-category-attributes")
            seen.take(str(item.get("class-id")), said if isinstance(said, dict) else {})
            ids[str(item.get("object-id"))] += 1
    if is_tracking:
        yield from (
            (place, f"hold object-id {shortened(one)} {count} times; each may stand once a frame")
            for one, count in ids.items()
            if count > 1
        )


def _outside(box: Mapping[str, Any], place: str, size: Size) -> Iterator[Wrong]:
    right, bottom = box["left"] + box["width"], box["top"] + box["height"]
    if right > size[0] or bottom > size[1]:
        yield place, f"reaches to {right}, {bottom}, outside the image of {size[0]} x {size[1]}"


@dataclass(frozen=True, slots=True)
class _ClassId:
    """A decimal string; readers of the service's own output also accept a number."""

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        if not (isinstance(value, str) and value.isdecimal()) and not is_number:
            yield place, f"is {shortened(value)}; it must be a number written as text"


@dataclass(frozen=True, slots=True)
class _Attributes:
    """Names with text or numbers."""

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        if not isinstance(value, dict):
            yield place, "must be an object"
            return
        for name, one in value.items():
            if isinstance(one, bool) or not isinstance(one, str | int | float):
                yield f"{place}.{name}", f"is {shortened(one)}; it must be text or a number"


def _annotation_rule(key: str, *, is_tracking: bool) -> Fields:
    identity: dict[str, Rule] = {"object-id": Text(least=1), "object-name": Text(least=1)}
    return Fields(
        required={
            **SHAPES[key],
            "class-id": _ClassId(),
            "label-category-attributes": _Attributes(),
            **(identity if is_tracking else {}),
        },
        optional={} if is_tracking else {"object-id": Anything(), "object-name": Anything()},
        is_open=True,
    )


ANNOTATIONS = {
    (key, is_tracking): _annotation_rule(key, is_tracking=is_tracking)
    for key in GEOMETRY_KEYS
    for is_tracking in (True, False)
}
