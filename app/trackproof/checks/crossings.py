"""Pairs of objects that meet, by how likely they left with each other's identity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from trackproof.checks.model import NO_TRACK
from trackproof.checks.ranking import Hits, log_odds, shipped_weights

if TYPE_CHECKING:
    from trackproof.checks.analysis import Analysis
    from trackproof.checks.ranking import Weights

SWAP_CHECKS = ("identity_swap", "appearance_swap")
SAME_MEETING_FRAMES = 15
"""Frames within which two checks speak of one meeting."""

_Spoken: TypeAlias = tuple[int, float, str, str]
"""Frame, log-odds, words and check."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A meeting of two objects.

    Parameters
    ----------
    track, other_track : int
        Track numbers.
    frame : int
        First frame after which the identities may be exchanged.
    probability : float
        Chance, 0..1, that a verifier would exchange them.
    evidence : str
        In words.
    """

    track: int
    other_track: int
    frame: int
    probability: float
    evidence: str


def crossings(analysis: Analysis) -> tuple[Crossing, ...]:
    """Return meetings at which swapping fits better than keeping, the likeliest swap first.

    Unlike flags these are also meetings whose evidence stays under the limit of its check.
    """
    weights = shipped_weights()
    found: dict[tuple[int, int], list[_Spoken]] = {}
    for name in SWAP_CHECKS:
        if name in analysis.outcomes:
            for pair, frame, odds, words in _spoken_of(analysis, name, weights):
                found.setdefault(pair, []).append((frame, odds, words, name))
    merged = [
        crossing
        for pair, spoken in found.items()
        for crossing in _meetings(pair, sorted(spoken), agreement=weights.agreement)
    ]
    merged.sort(key=lambda one: (-one.probability, one.frame, one.track))
    return tuple(merged)


def _spoken_of(
    analysis: Analysis, name: str, weights: Weights
) -> list[tuple[tuple[int, int], int, float, str]]:
    """Return pair, frame, log-odds and words of every meeting that one check names."""
    outcome = analysis.outcomes[name]
    events, check = outcome.events, outcome.measurement.check
    if events is None or not len(events):
        return []
    events = events.take((events.other_track != NO_TRACK) & (events.value > 0.0))
    score = check.score(events.value, outcome.measurement.limit)
    hits = Hits(check, events, np.maximum(score, 1e-9), outcome.usual.per_1000(score))
    # A weight's strength stops at score 1; under the limit evidence fades as the score does.
    odds = log_odds(hits, weights) + np.minimum(2.0 * np.log(hits.score), 0.0)
    spoken = []
    for row in range(len(events)):
        one, two = int(events.track[row]), int(events.other_track[row])
        detail = {key: column[row] for key, column in events.detail.items()}
        words = check.explain(float(events.value[row]), detail)
        pair = (min(one, two), max(one, two))
        spoken.append((pair, int(events.frame[row]), float(odds[row]), words))
    return spoken


def _meetings(pair: tuple[int, int], spoken: list[_Spoken], *, agreement: float) -> list[Crossing]:
    """Join what is said of one meeting; the strongest evidence names the frame."""
    groups: list[list[_Spoken]] = []
    for one in spoken:
        if groups and one[0] - groups[-1][-1][0] <= SAME_MEETING_FRAMES:
            groups[-1].append(one)
        else:
            groups.append([one])
    made = []
    for group in groups:
        strongest: dict[str, _Spoken] = {}
        for one in sorted(group, key=lambda one: -one[1]):
            strongest.setdefault(one[3], one)
        first, *others = strongest.values()
        odds = first[1] + agreement * sum(math.log1p(math.exp(one[1])) for one in others)
        words = "; ".join(dict.fromkeys([first[2], *(one[2] for one in others)]))
        probability = 1.0 / (1.0 + math.exp(-max(min(odds, 50.0), -50.0)))
        made.append(Crossing(*pair, first[0], probability, words))
    return made
