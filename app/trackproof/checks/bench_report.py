"""What the benchmark found, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from trackproof.checks.planting_model import Difficulty, PlantedEvent, PlantKind

BUDGETS = (0.005, 0.01, 0.02, 0.05)

HIT_RULE = """\
A hit is a flag on one of the event's tracks whose worst frame lies within one frame of the event
(two for events longer than three frames); all flags of one event count once. Flags are walked by
score; each costs the annotations of its track between its first and last frame, at least 1. The
budget is the share of all frame-object pairs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether and when one method found one planted event.

    Parameters
    ----------
    method, sequence, difficulty, seed : str, str, Difficulty, int
        The run.
    kind : PlantKind
        What was planted.
    event : PlantedEvent
        Where.
    share : float
        Share of all frame-object pairs looked at when it was found; infinite when never.
    """

    method: str
    sequence: str
    difficulty: Difficulty
    seed: int
    kind: PlantKind
    event: PlantedEvent
    share: float


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One method on one sequence with one seed.

    Parameters
    ----------
    average_precision, first_share : float
        Of the whole ranking, and of its first n flags (n = number of events).
    flags, pairs : int
        How many flags were raised, over how many frame-object pairs.
    """

    method: str
    sequence: str
    difficulty: Difficulty
    seed: int
    average_precision: float
    first_share: float
    flags: int
    pairs: int


@dataclass(frozen=True, slots=True)
class BenchReport:
    """Outcomes of all runs."""

    outcomes: tuple[Outcome, ...]
    runs: tuple[RunSummary, ...]

    def methods(self) -> tuple[str, ...]:
        """Return the methods in the order in which they ran."""
        return tuple(dict.fromkeys(run.method for run in self.runs))

    def select(
        self,
        *,
        method: str,
        difficulty: Difficulty | None = None,
        kind: PlantKind | None = None,
        sequence: str | None = None,
    ) -> tuple[Outcome, ...]:
        """Return the outcomes of one method that match all that is given."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.method == method
            and difficulty in (None, outcome.difficulty)
            and kind in (None, outcome.kind)
            and sequence in (None, outcome.sequence)
        )

    def recall(
        self,
        budget: float,
        *,
        method: str,
        difficulty: Difficulty | None = None,
        kind: PlantKind | None = None,
        sequence: str | None = None,
    ) -> float:
        """Return the share of events found within a budget; NaN when there was none."""
        chosen = self.select(method=method, difficulty=difficulty, kind=kind, sequence=sequence)
        return _recall(chosen, budget)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per method and event, for people and notebooks."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "method": o.method,
                    "sequence": o.sequence,
                    "difficulty": str(o.difficulty),
                    "seed": o.seed,
                    "kind": str(o.kind),
                    "tracks": " ".join(map(str, o.event.tracks)),
                    "frame_start": o.event.frame_start,
                    "frame_end": o.event.frame_end,
                    "description": o.event.description,
                    "found_at_share": o.share,
                }
                for o in self.outcomes
            ]
        )

    def to_text(self) -> str:
        """Return all tables as plain text, the hit rule first."""
        difficulties = dict.fromkeys(run.difficulty for run in self.runs)
        parts = [HIT_RULE]
        for difficulty in difficulties:
            events = len(self.select(method=self.methods()[0], difficulty=difficulty))
            runs = len([run for run in self.runs if run.difficulty == difficulty])
            runs //= max(len(self.methods()), 1)
            parts.append(f"{str(difficulty).upper()}: {events} events planted in {runs} runs")
            parts.append(_table(self._kind_rows(difficulty), first="recall by kind, %"))
            parts.append(_table(self._sequence_rows(difficulty), first="recall by sequence, %"))
            parts.append(self._run_table(difficulty))
        return "\n\n".join(parts) + "\n"

    def _kind_rows(self, difficulty: Difficulty) -> list[tuple[str, int, list[list[float]]]]:
        chosen = self.select(method=self.methods()[0], difficulty=difficulty)
        kinds = sorted({outcome.kind for outcome in chosen})
        rows = [self._row(str(kind), difficulty, kind=kind) for kind in kinds]
        return [*rows, self._row("all", difficulty)]

    def _sequence_rows(self, difficulty: Difficulty) -> list[tuple[str, int, list[list[float]]]]:
        names = dict.fromkeys(run.sequence for run in self.runs)
        rows = [self._row(name, difficulty, sequence=name) for name in names]
        means = np.array([row[2] for row in rows]).mean(axis=0).tolist()
        return [*rows, ("mean of sequences", sum(row[1] for row in rows), means)]

    def _row(
        self,
        title: str,
        difficulty: Difficulty,
        *,
        kind: PlantKind | None = None,
        sequence: str | None = None,
    ) -> tuple[str, int, list[list[float]]]:
        chosen = [
            self.select(method=method, difficulty=difficulty, kind=kind, sequence=sequence)
            for method in self.methods()
        ]
        return title, len(chosen[0]), [[_recall(c, b) for b in BUDGETS] for c in chosen]

    def _run_table(self, difficulty: Difficulty) -> str:
        lines = [
            f"{'':28}{'method':12}{'average precision':>18}{'first n right, %':>18}"
            f"{'flags':>8}{'frames for 95 %, %':>20}"
        ]
        for sequence in dict.fromkeys(run.sequence for run in self.runs):
            for method in self.methods():
                runs = [
                    run
                    for run in self.runs
                    if (run.sequence, run.method, run.difficulty) == (sequence, method, difficulty)
                ]
                chosen = self.select(method=method, difficulty=difficulty, sequence=sequence)
                needed = share_for(chosen, recall=0.95)
                said = f"{100 * needed:.1f}" if np.isfinite(needed) else "never"
                lines.append(
                    f"{sequence[:27]:28}{method:12}"
                    f"{_mean(run.average_precision for run in runs):18.2f}"
                    f"{100 * _mean(run.first_share for run in runs):18.0f}"
                    f"{_mean(run.flags for run in runs):8.0f}{said:>20}"
                )
        return "\n".join(lines)


def share_for(outcomes: Iterable[Outcome], *, recall: float) -> float:
    """Return the share of frame-object pairs to look at until so many events are found."""
    shares = np.sort([outcome.share for outcome in outcomes])
    if not len(shares):
        return float("nan")
    return float(shares[int(np.ceil(recall * len(shares))) - 1])


def _recall(outcomes: Iterable[Outcome], budget: float) -> float:
    shares = np.array([outcome.share for outcome in outcomes])
    return float((shares <= budget).mean()) if len(shares) else float("nan")


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _table(rows: list[tuple[str, int, list[list[float]]]], *, first: str) -> str:
    budgets = "".join(f"{100 * budget:g} %".rjust(7) for budget in BUDGETS)
    head = f"{first:32}{'n':>5}  |{budgets}  | reference{budgets}"
    lines = [head, "-" * len(head)]
    for title, count, methods in rows:
        cells = [
            "".join(f"{100 * value:7.0f}" for value in values).replace("nan", "  -")
            for values in methods
        ]
        lines.append(f"{title[:31]:32}{count:5}  |" + "  |          ".join(cells))
    return "\n".join(lines)
