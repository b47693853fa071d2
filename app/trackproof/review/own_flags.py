"""Flags that people raised themselves, as the flags that checks raise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackproof.checks import Flag
    from trackproof.review.verdicts import Verdict

OWN_SCORE = 99.0
"""A person's word counts before what a check suspects."""
SAMPLE_SCORE = 0.01
"""Chance has no word: what it drew is sent to nobody before it was judged."""


def own_flag(verdict: Verdict) -> Flag:
    """Return the flag of a verdict on a place that a person, or a random sample, raised.

    Raises
    ------
    ValueError
        When a check raised the flag.
    """
    from trackproof.checks import Flag, FlagKind

    own = verdict.own
    if own is None:
        raise ValueError("only a flag of one's own can be made from its verdict")
    kind = FlagKind(own.kind) if own.kind in list(FlagKind) else FlagKind.TRACK
    return Flag(
        key=verdict.flag,
        kind=kind,
        track=own.track,
        frame=own.frame,
        frame_start=own.frame_start,
        frame_end=own.frame_end,
        score=SAMPLE_SCORE if kind is FlagKind.SAMPLE else OWN_SCORE,
        checks=(),
        evidence=own.evidence or "flagged by hand",
        findings=(),
    )
