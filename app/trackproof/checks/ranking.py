"""Findings of all checks -> flags on one scale, the likeliest mistakes first.

Every finding has log-odds of being a real mistake: they rise with its score and fall with how
many findings of the same check are as strong in the same sequence (`Usual`), so that what is
ordinary for the footage sinks. The weights are fitted per check on planted mistakes
(``resources/ranking.toml``, made by ``benchmarks/fit_ranking.py``). Around the strongest finding of
a track, weaker ones become its evidence: one flag.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.model import NO_TRACK, Finding, Flag, FlagKind
from trackproof.checks.places import joined_events, touches
from trackproof.paths import resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from trackproof.checks.model import Box, Check, Events
    from trackproof.labels import LabelTable

    Values = npt.NDArray[np.float64]

MOST_EVIDENCE = 3
"""Findings whose words are joined into a flag's sentence."""

SHOWN_FRAMES = 3
"""Longer ranges are judged by their worst frame: a verdict does not need all of a run."""

RUN_BREAK = 4
"""Frames within which findings of one check that joins runs are one flag."""

WIDEST_RANGE = 64
"""Frames around its worst one that a finding may explain."""

LEAST_LEADING_ODDS = -1.0
"""Log-odds of a finding, about 1 in 4, from which it may give a flag its kind and its words."""

MOST_SCORE = 20.0
"""Score beyond which more says nothing, unless a weight says otherwise."""

LEAST_ODDS = -3.5
"""Log-odds of findings that raise no flag: 3 in 100 are not worth a look."""

FEWEST_BOXES = 1000
"""Boxes under which a sequence is too short to say what is common in it."""

FEWEST_PER_1000 = 0.25
"""Findings per 1,000 boxes under which rarity says nothing more."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much one check's findings say.

    Parameters
    ----------
    bias : float
        Log-odds of a real mistake at score 1, were there one such finding per 1,000 boxes.
    slope : float
        Log-odds added per natural logarithm of the score.
    rarity : float
        Log-odds lost per natural logarithm of findings per 1,000 boxes that are as strong.
    most : float
        Score beyond which more says nothing.
    """

    bias: float
    slope: float
    rarity: float
    most: float = MOST_SCORE


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
        Share of the log-odds of weaker findings that counts on top of the strongest.
    """

    of_check: Mapping[str, Weight]
    other: Weight
    agreement: float

    def of(self, check: str) -> Weight:
        """Return the weight of a check."""
        return self.of_check.get(check, self.other)


def weights_of(text: str) -> Weights:
    """Return the weights of a TOML text."""
    data = tomllib.loads(text)
    of_check = {name: Weight(**numbers) for name, numbers in data["checks"].items()}
    return Weights(of_check, Weight(**data["other"]), float(data["agreement"]))


@cache
def shipped_weights() -> Weights:
    """Return the weights of all our checks: of boxes, of frames, and of shapes."""
    files = ("ranking.toml", "ranking_pixels.toml", "ranking_shapes.toml")
    return weights_of("\n".join(resource(file).read_text(encoding="utf-8") for file in files))


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """How strong the findings of one check are in one sequence.

    Parameters
    ----------
    limit : float
        Limit in force when it was learnt.
    scores : (k,) float64
        Scores of all places of the whole sequence that pass it, ascending.
    boxes : int
        Boxes of the sequence.
    """

    limit: float
    scores: Values
    boxes: int

    def per_1000(self, scores: Values) -> Values:
        """Return how many findings per 1,000 boxes are at least as strong."""
        as_strong = len(self.scores) - np.searchsorted(self.scores, scores * (1.0 - 1e-9))
        rate: Values = 1000.0 * np.maximum(as_strong, 1) / max(self.boxes, FEWEST_BOXES)
        return rate


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Events of one check that pass its limit, with their scores and how common these are."""

    check: Check
    events: Events
    score: Values
    per_1000: Values

    def __len__(self) -> int:
        return len(self.score)

    def without(self, tracks: npt.NDArray[np.int32]) -> tuple[Hits, set[int]]:
        """Return the hits that concern none of the tracks, and all tracks that the others name."""
        if not len(self):
            return self, set()
        gone = touches(self.events, tracks)
        if not gone.any():
            return self, set()
        return self.take(~gone), set(self.events.track[gone].tolist())

    def joined(self, more: Hits) -> Hits:
        """Return both."""
        if not len(more):
            return self
        return Hits(
            self.check,
            joined_events([self.events, more.events]),
            np.concatenate([self.score, more.score]),
            np.concatenate([self.per_1000, more.per_1000]),
        )

    def take(self, rows: npt.NDArray[np.bool_]) -> Hits:
        """Return the hits of the given rows."""
        return Hits(self.check, self.events.take(rows), self.score[rows], self.per_1000[rows])


def features(hits: Hits, most: float = MOST_SCORE) -> tuple[Values, Values]:
    """Return what weights multiply: logarithm of the score, and of how common it is."""
    strength = np.log(np.clip(hits.score, 1.0, most))
    return strength, np.log(np.maximum(hits.per_1000, FEWEST_PER_1000))


def log_odds(hits: Hits, weights: Weights) -> Values:
    """Return the log-odds of every hit."""
    weight = weights.of(hits.check.name)
    strength, commonness = features(hits, weight.most)
    odds: Values = weight.bias + weight.slope * strength - weight.rarity * commonness
    return odds + log_support(hits)


def log_support(hits: Hits) -> Values:
    """Return the logarithm of how sure the evidence of every hit is, at most 0."""
    if hits.events.support is None:
        return np.zeros(len(hits))
    logarithm: Values = np.log(np.maximum(hits.events.support, 1e-6))
    return logarithm


@dataclass(slots=True)
class _Draft:
    """A flag in the making: hits as (which, row), strongest first."""

    members: list[tuple[int, int]]
    odds: list[float]


def flags_of(
    hits: Sequence[Hits], table: LabelTable, *, weights: Weights | None = None
) -> dict[int, tuple[Flag, ...]]:
    """Return the flags of every track that has hits; by track, not yet ordered by score."""
    weights = weights or shipped_weights()
    hits = [each for each in hits if len(each)]
    drafts = _drafts(hits, weights)
    return {
        track: tuple(_flag(hits, draft, table, weights) for draft in found)
        for track, found in drafts.items()
    }


def _drafts(hits: Sequence[Hits], weights: Weights) -> dict[int, list[_Draft]]:
    """Let the strongest hits of every track take the weaker ones around them."""
    drafts: dict[int, list[_Draft]] = defaultdict(list)
    if not hits:
        return drafts
    which = np.repeat(np.arange(len(hits)), [len(each) for each in hits])
    row = np.concatenate([np.arange(len(each)) for each in hits])
    odds = np.concatenate([log_odds(each, weights) for each in hits])
    track = np.concatenate([each.events.track for each in hits])
    first, last = (np.concatenate(column) for column in zip(*map(shown_frames, hits), strict=True))
    low, high = (np.concatenate(column) for column in zip(*map(_explained, hits), strict=True))
    order = np.lexsort((first, -odds))
    order = order[: np.searchsorted(-odds[order], -LEAST_ODDS, side="right")]
    taken: dict[tuple[int, int], _Draft] = {}
    runs: dict[tuple[int, int, int], _Draft] = {}
    columns = (which, row, odds, track, first, last, low, high)
    for w, r, o, t, a, b, lo, hi in zip(*(c[order].tolist() for c in columns), strict=True):
        draft = next((taken[t, f] for f in range(a, b + 1) if (t, f) in taken), None)
        joins = hits[w].check.joins_runs
        if draft is None and joins:
            draft = runs.get((t, w, a))
        if draft is None:
            draft = _Draft([], [])
            drafts[t].append(draft)
            for frame in range(lo - 1, hi + 2):
                taken.setdefault((t, frame), draft)
        if joins and (not draft.members or draft.members[0][0] == w):
            for frame in range(a - RUN_BREAK, b + RUN_BREAK + 1):
                runs.setdefault((t, w, frame), draft)
        draft.members.append((w, r))
        draft.odds.append(o)
    return drafts


def shown_frames(hits: Hits) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return first and last frame to look at, for every hit."""
    events = hits.events
    is_short = events.frame_end - events.frame_start < SHOWN_FRAMES
    return (
        np.where(is_short, events.frame_start, events.frame),
        np.where(is_short, events.frame_end, events.frame),
    )


def _explained(hits: Hits) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return first and last frame whose other findings are the same mistake."""
    if not hits.check.explains_range:
        return shown_frames(hits)
    events = hits.events
    return (
        np.maximum(events.frame_start, events.frame - WIDEST_RANGE),
        np.minimum(events.frame_end, events.frame + WIDEST_RANGE),
    )


def ranked(flags: Mapping[int, tuple[Flag, ...]]) -> tuple[Flag, ...]:
    """Return all flags, the highest score first; ties by track and frame.

    What a stronger flag says about two exchanged identities is not said again of the partner.
    """
    every = [flag for found in flags.values() for flag in found]
    every.sort(key=lambda flag: (-flag.score, flag.track, flag.frame, flag.key))
    said: set[tuple[int, int]] = set()
    kept = []
    for flag in every:
        if said and any(
            (flag.track, f) in said for f in range(flag.frame_start, flag.frame_end + 1)
        ):
            continue
        kept.append(flag)
        if flag.kind is FlagKind.IDENTITY and flag.other_track != NO_TRACK:
            around = range(flag.frame_start - 1, flag.frame_end + 2)
            said.update((flag.other_track, frame) for frame in around)
    return tuple(kept)


def _flag(hits: Sequence[Hits], draft: _Draft, table: LabelTable, weights: Weights) -> Flag:
    _let_the_telling_lead(hits, draft)
    findings = tuple(_finding(hits[which], row) for which, row in draft.members)
    best, lead = findings[0], hits[draft.members[0][0]].check
    kind = lead.kind
    strongest: dict[str, float] = {}
    for finding, odds in zip(findings, draft.odds, strict=True):
        strongest.setdefault(finding.check, odds)
    first, *others = sorted(strongest.values(), reverse=True)
    # Findings below even odds are no evidence against the strongest one.
    odds = first + weights.agreement * sum(math.log1p(math.exp(each)) for each in others)
    words: dict[str, str] = {}
    for finding in findings:
        if len(words) < MOST_EVIDENCE:
            words.setdefault(finding.check, finding.evidence)
    more = sum(finding.check == best.check for finding in findings) - 1
    if lead.joins_runs and more > 0:
        words[best.check] += f", and so in {more} more frame{'s' if more > 1 else ''} nearby"
    is_short = best.frame_end - best.frame_start < SHOWN_FRAMES
    info = table.tracks[best.track] if best.track >= 0 else None
    identity = f"{info.object_id}~{info.occurrence}" if info else "-"
    return Flag(
        key=f"{identity}/{kind}/{best.frame}",
        kind=kind,
        track=best.track,
        frame=best.frame,
        frame_start=best.frame_start if is_short else best.frame,
        frame_end=best.frame_end if is_short else best.frame,
        score=math.exp(min(odds, 50.0)),
        checks=tuple(strongest),
        evidence="; ".join(dict.fromkeys(words.values())),
        findings=findings,
        expected_xywh=next((f.expected_xywh for f in findings if f.expected_xywh), None),
        other_track=next((f.other_track for f in findings if f.other_track != NO_TRACK), NO_TRACK),
    )


def _let_the_telling_lead(hits: Sequence[Hits], draft: _Draft) -> None:
    """Move the member to the front that tells most, of those that are not improbable."""
    best = max(draft.odds)
    telling = [
        (hits[which].check.tells if odds >= min(LEAST_LEADING_ODDS, best) else -1, odds)
        for (which, _), odds in zip(draft.members, draft.odds, strict=True)
    ]
    lead = max(range(len(telling)), key=telling.__getitem__)
    draft.members.insert(0, draft.members.pop(lead))
    draft.odds.insert(0, draft.odds.pop(lead))


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
