"""What became of the flags that were sent: whether workers changed something there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackproof.handoff.merge import MergeBack
    from trackproof.handoff.plan import Plan, PlannedFlag


@dataclass(frozen=True, slots=True)
class FlagOutcome:
    """One flag after the round.

    Parameters
    ----------
    sequence : str
        Name of the sequence.
    flag : PlannedFlag
        As it was sent.
    was_changed : bool or None
        Whether workers changed its object in its frames; None when these frames did not come back,
        or came back empty and nobody has said yet what that means.
    """

    sequence: str
    flag: PlannedFlag
    was_changed: bool | None


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """How many answered flags of one check were real."""

    check: str
    answered: int
    changed: int

    @property
    def precision(self) -> float:
        """Share of answered flags that workers acted on; NaN when none was answered."""
        return self.changed / self.answered if self.answered else float("nan")


def flag_outcomes(plan: Plan, merges: Mapping[str, MergeBack]) -> list[FlagOutcome]:
    """Return what became of every flag of a plan, each once, in the order of the plan."""
    outcomes: dict[tuple[str, PlannedFlag], bool | None] = {}
    for window in plan.windows:
        merge = merges.get(window.sequence)
        for flag in window.flags:
            was_changed = _was_changed(flag, merge) if merge is not None else None
            key = (window.sequence, flag)
            # A flag that was split over two windows is real when one of them says so.
            outcomes[key] = outcomes.get(key) or was_changed
    return [FlagOutcome(name, flag, changed) for (name, flag), changed in outcomes.items()]


def by_check(outcomes: Iterable[FlagOutcome]) -> list[CheckOutcome]:
    """Return how many flags of each check were real, the busiest check first."""
    answered: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.was_changed is not None:
            answered.update(outcome.flag.checks)
            changed.update(outcome.flag.checks if outcome.was_changed else ())
    return [CheckOutcome(name, count, changed[name]) for name, count in answered.most_common()]


def _was_changed(flag: PlannedFlag, merge: MergeBack) -> bool | None:
    frames = np.arange(flag.frame_start, flag.frame_end + 1)
    objects = {flag.object_id, flag.other_object_id} - {""}
    for change in merge.changes:
        track = merge.numbering.tracks[change.track] if change.track >= 0 else None
        is_meant = track is None or track.object_id in objects or (not objects and change.is_new)
        if is_meant and np.isin(change.diff.frames, frames).any():
            return True
    if np.isin(frames, merge.emptied).any() or np.isin(frames, merge.missing).all():
        return None
    return False
