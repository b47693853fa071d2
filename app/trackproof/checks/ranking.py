"""Findings of all checks -> flags on one scale, the likeliest mistakes first.

Every finding has a log-odds of being a real mistake: a line in the logarithm of its score, fitted
per check on planted mistakes (``resources/ranking.toml``, made by ``benchmarks/fit_ranking.py``).
Findings of a track at neighbouring frames become one flag.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.model import NO_TRACK, Finding, Flag
from trackproof.paths import resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from trackproof.checks.model import Box, Check, Events
    from trackproof.labels import LabelTable

    Values = npt.NDArray[np.float64]

MOST_EVIDENCE = 3
"""Findings whose words are joined into a flag's sentence."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much one check's score says.

    Parameters
    ----------
    bias : float
        Log-odds of a real mistake at score 1.
    slope : float
        Log-odds added per natural logarithm of the score.
    ceiling : float
        Largest log-odds it can reach on its own.
    """

    bias: float
    slope: float
    ceiling: float


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted weights of all checks, one for checks that were never fitted, and sharing.

    Parameters
    ----------
    of_check : mapping of str to Weight
        By check name.
    other : Weight
        For checks of other packages.
    agreement : float
        Share of the weaker findings' evidence that counts on top of the strongest.
    """

    of_check: Mapping[str, Weight]
    other: Weight
    agreement: float

    def of(self, check: str) -> Weight:
        """Return the weight of a check."""
        return self.of_check.get(check, self.other)


@cache
def shipped_weights() -> Weights:
    """Return the weights of ``resources/ranking.toml``."""
    data = tomllib.loads(resource("ranking.toml").read_text(encoding="utf-8"))
    of_check = {name: Weight(**numbers) for name, numbers in data["checks"].items()}
    return Weights(of_check, Weight(**data["other"]), float(data["agreement"]))


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Events of one check that pass its limit, with their scores."""

    check: Check
    events: Events
    score: Values

    def __len__(self) -> int:
        return len(self.score)


def log_odds(hits: Hits, weights: Weights) -> Values:
    """Return the log-odds of every hit."""
    weight = weights.of(hits.check.name)
    with np.errstate(divide="ignore"):
        raw = weight.bias + weight.slope * np.log(np.maximum(hits.score, 1.0))
        raw = np.minimum(raw, weight.ceiling)
        if hits.events.support is not None:
            raw += np.log(np.maximum(hits.events.support, 1e-6))
    return raw


def flags_of(
    hits: Sequence[Hits], table: LabelTable, *, weights: Weights | None = None
) -> dict[int, tuple[Flag, ...]]:
    """Return the flags of every track that has hits; by track, not yet ordered by score."""
    weights = weights or shipped_weights()
    hits = [each for each in hits if len(each)]
    if not hits:
        return {}
    which = np.repeat(np.arange(len(hits)), [len(each) for each in hits])
    place = np.concatenate([np.arange(len(each)) for each in hits])
    track = np.concatenate([each.events.track for each in hits])
    start = np.concatenate([each.events.frame_start for each in hits])
    end = np.concatenate([each.events.frame_end for each in hits])
    odds = np.concatenate([log_odds(each, weights) for each in hits])
    order = np.lexsort((start, track))
    bounds = np.append(_group_starts(track[order], start[order], end[order]), len(order))
    flags: dict[int, list[Flag]] = {}
    for first, past in pairwise(bounds):
        rows = order[first:past]
        rows = rows[np.argsort(-odds[rows], kind="stable")]
        flag = _flag(
            [(hits[which[r]], int(place[r]), float(odds[r])) for r in rows], table, weights
        )
        flags.setdefault(flag.track, []).append(flag)
    return {number: tuple(found) for number, found in flags.items()}


def ranked(flags: Mapping[int, tuple[Flag, ...]]) -> tuple[Flag, ...]:
    """Return all flags, the highest score first; ties by track and frame."""
    every = [flag for found in flags.values() for flag in found]
    return tuple(sorted(every, key=lambda flag: (-flag.score, flag.track, flag.frame, flag.key)))


def _group_starts(
    track: npt.NDArray[np.int32], start: npt.NDArray[np.int32], end: npt.NDArray[np.int32]
) -> npt.NDArray[np.intp]:
    """Return where flags begin among hits sorted by track and start."""
    # Ends offset per track make one running maximum serve all tracks.
    offset = track.astype(np.int64) * (1 << 32)
    reach = np.maximum.accumulate(end + offset)
    begins = np.ones(len(track), dtype=np.bool_)
    begins[1:] = start[1:] + offset[1:] > reach[:-1] + 1
    return np.flatnonzero(begins)


def _flag(members: list[tuple[Hits, int, float]], table: LabelTable, weights: Weights) -> Flag:
    """Return one flag from its hits, strongest first."""
    findings = tuple(_finding(hits, row) for hits, row, _ in members)
    best, kind = findings[0], members[0][0].check.kind
    strongest: dict[str, float] = {}
    for finding, (_, _, odds) in zip(findings, members, strict=True):
        strongest.setdefault(finding.check, odds)
    first, *others = strongest.values()
    score = math.exp(first + weights.agreement * sum(max(odds, 0.0) for odds in others))
    words: dict[str, None] = {}
    for finding in findings:
        if len(words) < MOST_EVIDENCE:
            words.setdefault(finding.evidence)
    expected = next((f.expected_xywh for f in findings if f.expected_xywh), None)
    info = table.tracks[best.track] if best.track >= 0 else None
    identity = f"{info.object_id}~{info.occurrence}" if info else "-"
    return Flag(
        key=f"{identity}/{kind}/{best.frame}",
        kind=kind,
        track=best.track,
        frame=best.frame,
        frame_start=best.frame_start,
        frame_end=best.frame_end,
        score=score,
        checks=tuple(strongest),
        evidence="; ".join(words),
        findings=findings,
        expected_xywh=expected,
        other_track=next((f.other_track for f in findings if f.other_track != NO_TRACK), NO_TRACK),
    )


def _finding(hits: Hits, row: int) -> Finding:
    events, check = hits.events, hits.check
    detail = {key: column[row] for key, column in events.detail.items()}
    value = float(events.value[row])
    return Finding(
        check=check.name,
        track=int(events.track[row]),
        frame=int(events.frame[row]),
        frame_start=int(events.frame_start[row]),
        frame_end=int(events.frame_end[row]),
        score=float(hits.score[row]),
        value=value,
        evidence=check.explain(value, detail),
        expected_xywh=_box(events, row),
        other_track=int(events.other_track[row]),
        support=1.0 if events.support is None else float(events.support[row]),
    )


def _box(events: Events, row: int) -> Box | None:
    if events.expected_xywh is None or not np.isfinite(events.expected_xywh[row]).all():
        return None
    left, top, width, height = events.expected_xywh[row].tolist()
    return left, top, width, height
