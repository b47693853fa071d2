"""Repairs that a flag could be answered with, the one that helps most first."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.model import NO_TRACK, FlagKind
from trackproof.checks.repair_candidates import LONGEST_SPAN, REACH, Candidate, candidates
from trackproof.checks.repair_cost import Costs, excerpt
from trackproof.checks.repair_shapes import shape_repairs
from trackproof.errors import EditError
from trackproof.labels import NO_IDENTITY, Compound, Interpolate, LabelTable, PutBoxes
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from trackproof.checks.analysis import Analysis
    from trackproof.checks.model import Flag
    from trackproof.labels import Edit, Labels
    from trackproof.progress import Progress

MARGIN = 40
"""Frames in sight beyond what a repair may touch."""

NEAR_WIDTHS = 3.0
MOST_NEAR = 3
"""How far other tracks may stand, in widths, to be taken for the flagged one, and how many."""

MOST_PROPOSALS = 5


def proposals(
    analysis: Analysis,
    flag: Flag,
    *,
    most: int = MOST_PROPOSALS,
    progress: Progress = NO_PROGRESS,
) -> tuple[Edit, ...]:
    """Return edits that lower the cost of the tracks around a flag, the best first.

    Every candidate is tried on the rows near the flag, and kept when the cost there
    (`trackproof.checks.repair_cost`) falls by more than the edit's own price.

    Parameters
    ----------
    analysis : Analysis
        The checks of the labels that the edits are to be applied to.
    flag : Flag
        One of its flags.
    most : int
        Proposals at most.
    progress : Progress
        Asked before every candidate whether they are still wanted.

    Returns
    -------
    tuple of Edit
        Empty when nothing helps, and for boxes without identity.
    """
    labels = analysis.labels
    if flag.track == NO_IDENTITY or flag.track not in labels.table.blocks:
        return ()
    if flag.kind is FlagKind.SHAPE:
        return shape_repairs(analysis, flag)[:most]
    near = near_tracks(analysis, flag)
    low = flag.frame_start - REACH - LONGEST_SPAN - MARGIN
    high = flag.frame_end + REACH + LONGEST_SPAN + MARGIN
    table = LabelTable(
        labels.table.tracks,
        excerpt(labels, {flag.track, *near}, low=low, high=high),
        names=labels.table.names,
        attribute_sets=labels.table.attribute_sets,
    )
    now = replace(labels, table=table)
    tried: list[tuple[Candidate, Labels]] = []
    for candidate in candidates(analysis, flag, near):
        progress.step(len(tried), len(tried) + 1)
        try:
            tried.append((candidate, _exact(candidate.edit).result(now)))
        except EditError:
            # What does not fit these labels is no repair.
            continue
    progress.step(len(tried), len(tried))
    costs = Costs(analysis, low=low, high=high)
    before, *after = costs.of([now, *(state for _, state in tried)])
    saved = [before - cost - one.price for (one, _), cost in zip(tried, after, strict=True)]
    for place, (candidate, state) in enumerate(tried):
        if candidate.joins is not None and set(candidate.joins) <= table.blocks.keys():
            # Whether the two fit each other is what the check that paired them has judged.
            saved[place] += costs.seam(now, state, *candidate.joins)
    order = sorted(range(len(tried)), key=lambda i: -saved[i])
    best = (tried[i][0].edit for i in order if saved[i] > 0)
    return tuple(islice((edit for edit in best if _fits(edit, labels)), most))


def _exact(edit: Edit) -> Edit:
    """Return an edit that keeps fractions of pixels: rounding would favour what changes nothing."""
    if isinstance(edit, Compound):
        return replace(edit, edits=tuple(map(_exact, edit.edits)))
    return replace(edit, is_exact=True) if isinstance(edit, Interpolate | PutBoxes) else edit


def _fits(edit: Edit, labels: Labels) -> bool:
    """Return whether all labels allow an edit that the rows near a flag allow (names may clash)."""
    try:
        edit.result(labels)
    except EditError:
        return False
    return True


def near_tracks(analysis: Analysis, flag: Flag) -> tuple[int, ...]:
    """Return tracks that stand by the flagged one at its frame, its partner first."""
    blocks = analysis.labels.table.blocks
    own = blocks[flag.track]
    row = min(int(np.searchsorted(own.frame, flag.frame)), len(own) - 1)
    box = own.xywh[row]
    away: dict[int, float] = {}
    for track, block in blocks.items():
        if track in (flag.track, NO_IDENTITY):
            continue
        place = block.row_at(int(own.frame[row]))
        if place is not None:
            apart = block.xywh[place] - box
            centre = apart[:2] + 0.5 * apart[2:]
            away[track] = float(np.hypot(*centre)) / max(float(box[2]), 1.0)
    others = [finding.other_track for finding in flag.findings]
    partners = [t for t in others if t != NO_TRACK and t != flag.track and t in blocks]
    nearest = [track for track in sorted(away, key=away.__getitem__) if away[track] <= NEAR_WIDTHS]
    return tuple(dict.fromkeys([*partners, *nearest[:MOST_NEAR]]))[: MOST_NEAR + 1]
