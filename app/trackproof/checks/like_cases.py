"""Flags like one that was just repaired: what they share, and the repair of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.repairs import proposals
from trackproof.errors import EditError
from trackproof.labels import NO_IDENTITY, Compound
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackproof.checks.analysis import Analysis
    from trackproof.checks.model import Flag, FlagKind
    from trackproof.labels import Block, Change, Edit, Labels
    from trackproof.labels.block import Boxes
    from trackproof.progress import Progress

MOVED_SHARE = 0.03
"""An edge has moved when it did by this part of the box's size; less is a matter of taste."""

MOST_CASES = 60
"""Cases that are looked at; each needs its repairs tried."""

ANNOTATOR_KEYS = frozenset(
    {"annotator", "annotated-by", "annotator-id", "created-by", "labeler", "worker", "worker-id"}
)
"""Attributes in which labels say who drew an annotation."""

IDENTITY = frozenset({"exchanged", "handed over", "taken over"})
"""What became of an object's boxes when another got them or gave them; no edge tells that."""

SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What like cases share.

    Parameters
    ----------
    kind : FlagKind
        What the flag suspected.
    edges : frozenset of str
        Edges that moved, with the way they went: ``"bottom out"``; ``"added"`` and ``"removed"``
        for boxes that came or went; of `IDENTITY` where several objects gave each other boxes.
    category : str
        Name of the object's category.
    annotator : str
        Who drew it; empty where the labels do not say.
    """

    kind: FlagKind
    edges: frozenset[str]
    category: str
    annotator: str = ""


@dataclass(frozen=True, slots=True)
class LikeCase:
    """A flag like the repaired one, with the edit that repairs it."""

    flag: Flag
    edit: Edit
    pattern: Pattern


def pattern_of_change(labels: Labels, flag: Flag, change: Change) -> Pattern | None:
    """Return the pattern of a repair; None when it was no repair of this flag's object.

    Parameters
    ----------
    labels : Labels
        After the repair.
    change : Change
        What the repair did.
    """
    delta = change.deltas.get(flag.track)
    if delta is None or flag.track == NO_IDENTITY:
        return None
    rows = delta.after if delta.after is not None and len(delta.after) else delta.before
    if rows is None or not len(rows):
        return None
    category, annotator = _said_of(labels, rows)
    of_one = len(change.deltas) == 1
    edges = _edges(delta.before, delta.after) if of_one else _handed(delta.before, delta.after)
    return Pattern(flag.kind, edges, category, annotator)


def may_be_like(analysis: Analysis, pattern: Pattern, flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return the flags that may follow a pattern, found without trying any repair.

    The same kind of mistake on the same category, and where the check predicts a box, the same
    edges between it and the label.
    """
    labels, found = analysis.labels, []
    for flag in flags:
        if flag.kind != pattern.kind or flag.track == NO_IDENTITY:
            continue
        block = labels.table.block(flag.track)
        if block is None or not len(block):
            continue
        nearest = block.take(slice(_nearest(block, flag.frame), _nearest(block, flag.frame) + 1))
        if _said_of(labels, nearest)[0] != pattern.category:
            continue
        row = block.row_at(flag.frame)
        expected = flag.expected_xywh
        if row is not None and expected is not None and np.isfinite(expected).all():
            moved = _moved_edges(block.xywh[row][None], np.array([expected]))
            if pattern.edges - IDENTITY and not moved & pattern.edges:
                continue
        found.append(flag)
    return tuple(found[:MOST_CASES])


def like_cases(
    analysis: Analysis,
    pattern: Pattern,
    flags: Sequence[Flag],
    *,
    progress: Progress = NO_PROGRESS,
) -> tuple[LikeCase, ...]:
    """Return the flags whose best repair follows a pattern, with that repair.

    The kind of mistake and the edges are the same; category and annotator are told, for people
    to choose by.

    Parameters
    ----------
    flags : sequence of Flag
        Candidates, see `may_be_like`.
    """
    cases = []
    for done, flag in enumerate(flags):
        progress.step(done, len(flags))
        best = next(iter(proposals(analysis, flag, most=1)), None)
        if best is None:
            continue
        try:
            after, change = best.apply(analysis.labels)
        except EditError:
            # What does not fit these labels is no repair.
            continue
        found = pattern_of_change(after, flag, change)
        if found is not None and found.kind == pattern.kind and found.edges == pattern.edges:
            cases.append(LikeCase(flag, best, found))
    progress.step(len(flags), len(flags))
    return tuple(cases)


def batch(labels: Labels, cases: Sequence[LikeCase]) -> tuple[Edit, tuple[LikeCase, ...]]:
    """Return one edit that makes all repairs, and the cases that it answers.

    Of two repairs that touch the same object in the same frames, the first is taken.

    Raises
    ------
    EditError
        When none fits the labels.
    """
    taken: list[LikeCase] = []
    touched: dict[int, set[int]] = {}
    now = labels
    for case in cases:
        try:
            after, change = case.edit.apply(now)
        except EditError:
            # An earlier repair answered this place already.
            continue
        frames = {track: set(delta.frames.tolist()) for track, delta in change.deltas.items()}
        is_answered = any(touched.get(track, set()) & some for track, some in frames.items())
        if change.is_empty or is_answered:
            continue
        for track, some in frames.items():
            touched.setdefault(track, set()).update(some)
        now = after
        taken.append(case)
    if not taken:
        raise EditError("None of these repairs fits the labels any more.")
    what = "1 like case" if len(taken) == 1 else f"{len(taken)} like cases"
    return Compound(f"repair {what}", tuple(case.edit for case in taken)), tuple(taken)


def in_words(pattern: Pattern) -> str:
    """Return what a pattern is, for people: ``bottom edge inward, Vehicle``."""
    said = []
    for edge in sorted(pattern.edges):
        side, _, way = edge.partition(" ")
        if edge in IDENTITY:
            said.append(f"boxes {edge}")
        else:
            said.append(f"{side} edge {way}ward" if way else f"box {edge}")
    return ", ".join([*said, pattern.category, *filter(None, [pattern.annotator])])


def _edges(before: Block | None, after: Block | None) -> frozenset[str]:
    old = before.frame if before is not None else np.empty(0, dtype=np.int32)
    new = after.frame if after is not None else np.empty(0, dtype=np.int32)
    shared, left, right = np.intersect1d(old, new, return_indices=True)
    edges: set[str] = set()
    if len(shared) < len(new):
        edges.add("added")
    if len(shared) < len(old):
        edges.add("removed")
    if len(shared) and before is not None and after is not None:
        edges |= _moved_edges(before.xywh[left], after.xywh[right])
    return frozenset(edges)


def _handed(before: Block | None, after: Block | None) -> frozenset[str]:
    """Return what became of an object's boxes in a repair of several objects."""
    gained = (0 if after is None else len(after)) - (0 if before is None else len(before))
    if not gained:
        return frozenset({"exchanged"})
    return frozenset({"taken over" if gained > 0 else "handed over"})


def _moved_edges(before: Boxes, after: Boxes) -> frozenset[str]:
    """Return the edges that moved by more than taste, and whether outward or inward."""
    outward = np.concatenate(
        [
            before[:, :2] - after[:, :2],
            (after[:, :2] + after[:, 2:]) - (before[:, :2] + before[:, 2:]),
        ],
        axis=1,
    )
    size = np.maximum(np.median(after[:, 2:], axis=0), 1.0)
    share = np.median(outward, axis=0) / np.concatenate([size, size])
    return frozenset(
        f"{side} {'out' if moved > 0 else 'in'}"
        for side, moved in zip(SIDES, share.tolist(), strict=True)
        if abs(moved) > MOVED_SHARE
    )


def _said_of(labels: Labels, rows: Block) -> tuple[str, str]:
    """Return the category of some rows, and who drew them."""
    number = int(np.bincount(rows.category).argmax())
    name = labels.categories[number].name if number < len(labels.categories) else ""
    values = labels.table.attribute_sets[int(rows.attributes[0])]
    who = [str(value) for key, value in values if key.casefold() in ANNOTATOR_KEYS and value]
    return name, who[0] if who else ""


def _nearest(block: Block, frame: int) -> int:
    return int(np.argmin(np.abs(block.frame.astype(np.int64) - frame)))
