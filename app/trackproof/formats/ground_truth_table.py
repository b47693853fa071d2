"""Rows of a label file to a label table: identities, names, categories, and what contradicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.errors import FormatError, Severity
from trackproof.formats.ground_truth_tolerant import attribute_set, json_reason, parsed, said
from trackproof.formats.row_checks import pairs, split_repeats, tell_geometry, usable_rows
from trackproof.formats.shape_rows import ints
from trackproof.labels import NO_ATTRIBUTES, NO_IDENTITY, Category, LabelTable, Task, Track
from trackproof.labels.table import row_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from trackproof.formats.ground_truth_rows import Rows
    from trackproof.formats.problems import Problems
    from trackproof.labels import AttributeSet, Block

    Ints = npt.NDArray[np.int32]

MOST_CLASSES = 32_000
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Classes:
    """What is known about classes beside the label file.

    Parameters
    ----------
    names : mapping of str to str
        Category name by class id (``class-map``).
    configured : mapping of str to str or None
        Colour by category name, in the order of the configuration.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    configured: Mapping[str, str | None] = field(default_factory=dict)


def table_of(
    rows: Rows, frame_of_entry: Ints, *, task: Task, classes: Classes, problems: Problems
) -> tuple[LabelTable, tuple[Category, ...]]:
    """Return the table of a label file and its categories.

    Raises
    ------
    FormatError
        When the file uses more classes than a table can number.
    """
    if len(rows.class_ids) > MOST_CLASSES:
        raise FormatError(
            f"the file uses {len(rows.class_ids):,} class ids; at most {MOST_CLASSES:,} can be "
            "read",
            path=problems.path,
        )
    sets, set_of_text = _attribute_sets(rows.attribute_texts, problems)
    track, names = ints(rows.track), tuple(rows.object_names)
    block = rows.block(frame_of_entry)
    if task is Task.DETECTION:
        track = np.full(len(block), NO_IDENTITY, dtype=np.int32)
    kept = usable_rows(block, problems)
    if not kept.all():
        block, track = block.take(kept), track[kept]
    order = row_order(track, block.frame)
    if order is not None:
        block, track = block.take(order), track[order]
    categories, category_of_class = _categories(
        list(rows.class_ids), _prefix_of_class(block, rows), classes
    )
    block = replace(
        block,
        attributes=set_of_text[block.attributes],
        category=category_of_class[block.category] if len(block) else block.category,
    )
    tell_geometry(block, problems)
    if task is Task.DETECTION:
        tracks: list[Track] = []
    else:
        track, owners, occurrences = split_repeats(block, track, len(rows.object_ids), problems)
        ids = list(rows.object_ids)
        best = _names_of_tracks(track, block.name, names, len(owners))
        tracks = [
            Track(ids[owner], best[number], int(occurrence))
            for number, (owner, occurrence) in enumerate(zip(owners, occurrences, strict=True))
        ]
        _tell_names(block, track, tracks, names=names, categories=categories, problems=problems)
    table = LabelTable.from_rows(tracks, block, track, names=names, attribute_sets=sets)
    return table, categories


def _attribute_sets(
    texts: Iterable[bytes], problems: Problems
) -> tuple[tuple[AttributeSet, ...], Ints]:
    """Return the distinct attribute sets, the empty one first, and the set of every text."""
    # 1, 1.0 and true are equal to Python and not to a file.
    typed: dict[tuple[object, ...], int] = {(): 0}
    sets = [NO_ATTRIBUTES]
    of_text = []
    for text in texts:
        found = _object(text, problems)
        values = attribute_set(found)
        key = tuple((name, type(value), repr(value)) for name, value in values)
        if key not in typed:
            typed[key] = len(sets)
            sets.append(values)
        of_text.append(typed[key])
    return tuple(sets), np.array(of_text, dtype=np.int32)


def _object(text: bytes, problems: Problems) -> dict[str, Any]:
    """Return attributes; the fast path takes them unread, so they may be anything."""
    try:
        found = parsed(text)
    except (ValueError, RecursionError) as error:
        why = f"cannot be read ({json_reason(error)})"
    else:
        if isinstance(found, dict):
            return found
        why = f"is {said(found)}, not an object"
    problems.add("odd values", f"label-category-attributes {why}; shown as empty")
    return {}


def _categories(
    class_ids: list[str], derived: Mapping[str, str], classes: Classes
) -> tuple[tuple[Category, ...], npt.NDArray[np.int16]]:
    """Return categories (known ones, used ones, configured ones) and that of every class."""
    ids = [*sorted(classes.names, key=_by_number), *sorted(class_ids, key=_by_number)]
    found: dict[str, Category] = {}
    for class_id in dict.fromkeys(ids):
        name = classes.names.get(class_id) or derived.get(class_id) or class_id or UNKNOWN
        found[class_id] = Category(name, class_id, classes.configured.get(name))
    named = {category.name for category in found.values()}
    for place, (name, colour) in enumerate(classes.configured.items()):
        if name not in named:
            class_id = str(place) if str(place) not in found else _free_number(found)
            found[class_id] = Category(name, class_id, colour)
    places = {class_id: place for place, class_id in enumerate(found)}
    of_class = np.array([places[class_id] for class_id in class_ids], dtype=np.int16)
    return tuple(found.values()), of_class


def _prefix_of_class(block: Block, rows: Rows) -> dict[str, str]:
    """Return the name that most objects of a class carry before the colon."""
    class_ids, names = list(rows.class_ids), list(rows.object_names)
    votes: dict[str, Counter[str]] = {}
    for number, name, count in pairs(block.category.astype(np.int32), block.name):
        prefix = prefix_of(names[name])
        if prefix:
            votes.setdefault(class_ids[number], Counter())[prefix] += count
    return {class_id: counter.most_common(1)[0][0] for class_id, counter in votes.items()}


def prefix_of(object_name: str) -> str:
    """Return ``Category`` of ``Category:N``, empty when the name has no such form."""
    prefix, colon, number = object_name.rpartition(":")
    return prefix if colon and number.isdigit() else ""


def _by_number(class_id: str) -> tuple[int, int, str]:
    is_number = class_id.isascii() and class_id.isdigit() and len(class_id) < 16
    return (0, int(class_id), "") if is_number else (1, 0, class_id)


def _free_number(taken: Mapping[str, Category]) -> str:
    return str(next(number for number in range(len(taken) + 1) if str(number) not in taken))


def _names_of_tracks(track: Ints, name: Ints, names: tuple[str, ...], tracks: int) -> list[str]:
    """Return the most frequent name of every track."""
    best = [(0, "")] * tracks
    for number, which, count in pairs(track, name):
        if count > best[number][0]:
            best[number] = (count, names[which])
    return [text for _, text in best]


def _tell_names(
    block: Block,
    track: Ints,
    tracks: list[Track],
    *,
    names: tuple[str, ...],
    categories: tuple[Category, ...],
    problems: Problems,
) -> None:
    names_of: dict[str, dict[str, None]] = {}
    ids_of: dict[str, dict[str, None]] = {}
    for number, which, _ in pairs(track, block.name):
        if names[which]:
            names_of.setdefault(tracks[number].object_id, {})[names[which]] = None
            ids_of.setdefault(names[which], {})[tracks[number].object_id] = None
    for object_id, several in names_of.items():
        if len(several) > 1:
            problems.add(
                "ids with several names", f"object-id {object_id} is called {_listing(several)}"
            )
    for name, ids in ids_of.items():
        if len(ids) > 1:
            problems.add(
                "names with several ids",
                f"{name} is the name of {len(ids)} objects: {_listing(ids)}",
            )
    for which, category, count in pairs(block.name, block.category.astype(np.int32)):
        prefix = prefix_of(names[which])
        if prefix and prefix != categories[category].name:
            problems.add(
                "names that contradict the class",
                f"{names[which]} has the class {categories[category].name} in {count} annotations",
                severity=Severity.WARNING,
            )


def _listing(keys: Iterable[str]) -> str:
    listed = list(keys)
    return ", ".join(listed[:4]) + (", ..." if len(listed) > 4 else "")
