"""How many planted mistakes are found, and at what price: the project's own benchmark.

Mistakes are planted into clean labels, the checks run, and their flags are walked in order of
score. Everything found early is worth a verifier's time; natural noise of the labels counts
against the checks, as it would for a user.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from trackproof.checks.bench_reference import analyse_like_reference
from trackproof.checks.bench_report import BenchReport, Outcome, RunSummary
from trackproof.checks.bench_scenes import dressed, vouched_for
from trackproof.checks.planting import RATE_PER_1000, Difficulty, plant
from trackproof.checks.planting_model import RANKED_KINDS
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Sequence as Many

    from trackproof.checks.planting_model import PlantedEvent, PlantKind
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress


class FlagLike(Protocol):
    """What the benchmark reads of a flag."""

    @property
    def track(self) -> int:
        """Track number."""

    @property
    def frame(self) -> int:
        """Worst frame."""

    @property
    def frame_start(self) -> int:
        """First frame to look at."""

    @property
    def frame_end(self) -> int:
        """Last frame to look at."""


class AnalysisLike(Protocol):
    """What the benchmark reads of an analysis."""

    @property
    def flags(self) -> Many[FlagLike]:
        """Flags, the likeliest mistakes first."""


OURS, REFERENCE = "trackproof", "reference"
LONG_EVENT_FRAMES = 3


@dataclass(frozen=True, slots=True)
class Walk:
    """Flags of one run walked in order.

    Parameters
    ----------
    cost : (m,) int64
        Frame-object pairs looked at up to and including every flag.
    first_hit : (n,) int64
        Place of the first flag that points at every event; -1 when none does.
    pairs : int
        Frame-object pairs in the labels.
    """

    cost: np.ndarray[tuple[int], np.dtype[np.int64]]
    first_hit: np.ndarray[tuple[int], np.dtype[np.int64]]
    pairs: int

    def share_of(self, event: int) -> float:
        """Return the share of pairs looked at when an event is found; infinite when never."""
        place = int(self.first_hit[event])
        return float(self.cost[place]) / self.pairs if place >= 0 else float("inf")


def run_bench(
    sequences: Iterable[Sequence],
    *,
    seeds: Many[int] = (1, 2, 3),
    difficulties: Many[Difficulty | str] = (Difficulty.MODERATE, Difficulty.SUBTLE),
    analyse: Callable[[Sequence, Labels], AnalysisLike] | None = None,
    kinds: Many[PlantKind] = RANKED_KINDS,
    rate_per_1000: float = RATE_PER_1000,
    progress: Progress = NO_PROGRESS,
) -> BenchReport:
    """Plant, check and count.

    Parameters
    ----------
    sequences : iterable of Sequence
        Clean labels. Rows that their format says to ignore are left out.
    seeds : sequence of int
        Every seed is one run per sequence and difficulty.
    difficulties : sequence of Difficulty
        Any of obvious, moderate, subtle.
    analyse : callable or None
        ``analyse(sequence, labels)`` with ``.flags``; None takes the project's checks.
    kinds : sequence of PlantKind
        Kinds to plant; all that the ranking must find when left out.
    rate_per_1000 : float
        Mistakes per 1,000 boxes.
    progress : Progress
        Told after every run.
    """
    run = analyse or _our_analysis
    clean = [dressed(vouched_for(sequence)) for sequence in sequences]
    jobs = [(s, Difficulty(d), seed) for s in clean for d in difficulties for seed in seeds]
    outcomes: list[Outcome] = []
    summaries: list[RunSummary] = []
    for done, (sequence, difficulty, seed) in enumerate(jobs, start=1):
        planted = plant(
            sequence, seed=seed, difficulty=difficulty, kinds=kinds, rate_per_1000=rate_per_1000
        )
        for method, analysis in (
            (OURS, run(sequence, planted.labels)),
            (REFERENCE, analyse_like_reference(sequence, planted.labels)),
        ):
            walked = walk(analysis.flags, planted.events, planted.labels)
            outcomes += [
                Outcome(
                    method, sequence.name, difficulty, seed, event.kind, event, walked.share_of(i)
                )
                for i, event in enumerate(planted.events)
            ]
            summaries.append(
                RunSummary(
                    method,
                    sequence.name,
                    difficulty,
                    seed,
                    average_precision=average_precision(walked),
                    first_share=first_share(walked),
                    flags=len(walked.cost),
                    pairs=walked.pairs,
                )
            )
        progress.step(done, len(jobs))
    return BenchReport(tuple(outcomes), tuple(summaries))


def walk(flags: Many[FlagLike], events: Many[PlantedEvent], labels: Labels) -> Walk:
    """Walk flags in order, adding up what they cost and what they find.

    A flag costs the annotations of its track between its first and last frame, at least 1. It
    points at an event when it is on one of the event's tracks and its worst frame lies within
    one frame of the event (two for events longer than three frames).
    """
    table = labels.table
    cost = np.empty(len(flags), dtype=np.int64)
    places: dict[int, list[tuple[int, int]]] = {}
    for place, flag in enumerate(flags):
        block = table.block(flag.track)
        covered = 0
        if block is not None:
            low = np.searchsorted(block.frame, flag.frame_start, side="left")
            high = np.searchsorted(block.frame, flag.frame_end, side="right")
            covered = int(high - low)
        cost[place] = max(covered, 1)
        places.setdefault(flag.track, []).append((place, flag.frame))
    first_hit = np.full(len(events), -1, dtype=np.int64)
    for number, event in enumerate(events):
        slack = 2 if len(event) > LONG_EVENT_FRAMES else 1
        earliest, latest = event.frame_start - slack, event.frame_end + slack
        hits = [
            place
            for track in event.tracks
            for place, frame in places.get(track, ())
            if earliest <= frame <= latest
        ]
        first_hit[number] = min(hits, default=-1)
    return Walk(np.cumsum(cost), first_hit, len(table))


def average_precision(walked: Walk) -> float:
    """Return the mean, over all events, of the precision when each is found (0 when never).

    Further flags of an event that was found before are neither right nor wrong.
    """
    if not len(walked.first_hit):
        return float("nan")
    found = np.sort(walked.first_hit[walked.first_hit >= 0])
    right = np.arange(1, len(np.unique(found)) + 1)
    precision = right / (np.unique(found) + 1.0)
    weights = np.unique(found, return_counts=True)[1]
    return float((precision * weights).sum() / len(walked.first_hit))


def first_share(walked: Walk) -> float:
    """Return the share of the first n flags that find an event for the first time, n = events."""
    count = len(walked.first_hit)
    if not count:
        return float("nan")
    found = walked.first_hit[(walked.first_hit >= 0) & (walked.first_hit < count)]
    return len(np.unique(found)) / count


def _our_analysis(sequence: Sequence, labels: Labels) -> Any:
    from trackproof.checks.analysis import analyse

    return analyse(sequence, labels)
