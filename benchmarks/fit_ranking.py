"""Fit the weights of the ranking on planted mistakes, and say how well they do on sequences that
they were not fitted on.

Run: python benchmarks/fit_ranking.py [--seeds 8] [--write] FOLDER...
Every FOLDER is a MOTChallenge sequence; by default all of ../shared/data/mot. Without --write only
the leave-one-sequence-out table is printed; with it resources/ranking.toml is written, fitted on
all sequences.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from bench_recall import MOT, read_mot
from trackproof.checks import analyse
from trackproof.checks.bench import OURS, run_bench
from trackproof.checks.bench_scenes import dressed
from trackproof.checks.planting import Difficulty, plant
from trackproof.checks.planting_model import RANKED_KINDS
from trackproof.checks.ranking import (
    features,
    flags_of,
    log_support,
    ranked,
    shown_frames,
    weights_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from trackproof.checks.analysis import Analysis
    from trackproof.checks.model import Flag
    from trackproof.checks.planting_model import PlantedEvent
    from trackproof.checks.ranking import Hits, Weights
    from trackproof.labels import Labels, Sequence

    Values = npt.NDArray[np.float64]

RESOURCE = Path(__file__).resolve().parents[1] / "resources" / "ranking.toml"
FIRST_SEED = 1000
"""Seeds of the fit lie apart from those that the recall benchmark uses."""

USUAL = (0.0, 0.7, 0.7)
"""Bias, slope and rarity that the fit is drawn to, as far as the data say nothing."""

PULL = (0.05, 0.5, 0.5)
AGREEMENT = 0.3
FEWEST_BOXES = 3000
"""Shorter sequences weigh less; longer ones all weigh the same."""

HEAD = """\
# Made by benchmarks/fit_ranking.py from planted mistakes; see docs/adding-a-check.md.
# log-odds = bias + slope * ln(score) - rarity * ln(findings per 1,000 boxes that are as strong)
agreement = {agreement}

# Checks of other packages, which nobody could fit.
[other]
bias = -2.0
slope = 1.0
rarity = 0.7
"""


@dataclass(frozen=True)
class Sample:
    """Hits of one check in one run, and which of them point at a planted mistake."""

    sequence: str
    check: str
    strength: Values
    commonness: Values
    support: Values
    is_real: Values
    weight: float


def is_real(hits: Hits, events: Iterable[PlantedEvent]) -> Values:
    """Return 1 where a hit is on an event's track within one frame of it (two for long ones)."""
    first, last = shown_frames(hits)
    real = np.zeros(len(hits))
    for event in events:
        slack = 2 if len(event) > 3 else 1
        near = np.isin(hits.events.track, event.tracks)
        near &= (first <= event.frame_end + slack) & (last >= event.frame_start - slack)
        real[near] = 1.0
    return real


def samples(sequences: list[Sequence], seeds: Iterable[int]) -> list[Sample]:
    found = []
    for sequence in sequences:
        for seed in seeds:
            for difficulty in (Difficulty.MODERATE, Difficulty.SUBTLE):
                planted = plant(sequence, seed=seed, difficulty=difficulty, kinds=RANKED_KINDS)
                analysis = analyse(sequence, planted.labels)
                weight = 1000.0 / max(len(planted.labels.table), FEWEST_BOXES)
                for name, outcome in analysis.outcomes.items():
                    if outcome.measurement.check.is_ranked and len(outcome.hits):
                        strength, commonness = features(outcome.hits)
                        real = is_real(outcome.hits, planted.events)
                        support = log_support(outcome.hits)
                        found.append(
                            Sample(sequence.name, name, strength, commonness, support, real, weight)
                        )
    return found


def fit(of_check: list[Sample], *, rarity: float | None = None) -> Values:
    """Return bias, slope and rarity of one check: logistic regression with known signs.

    Parameters
    ----------
    rarity : float or None
        Given where the samples cannot tell it; None fits it.
    """
    strength, commonness, support, real = (
        np.concatenate([getattr(sample, key) for sample in of_check])
        for key in ("strength", "commonness", "support", "is_real")
    )
    weight = np.concatenate([np.full(len(s.strength), s.weight) for s in of_check])
    weight /= weight.mean()

    def cost(numbers: Values) -> float:
        odds = numbers[0] + numbers[1] * strength - numbers[2] * commonness + support
        miss = weight * (np.logaddexp(0.0, odds) - real * odds)
        return float(miss.sum() + (np.array(PULL) * (numbers - USUAL) ** 2).sum())

    bounds = [(-8.0, 6.0), (0.0, 4.0), (0.0, 2.5) if rarity is None else (rarity, rarity)]
    return np.asarray(minimize(cost, USUAL, bounds=bounds).x)


def as_toml(found: list[Sample]) -> str:
    text = HEAD.format(agreement=AGREEMENT)
    for name in sorted({sample.check for sample in found}):
        bias, slope, rarity = fit([sample for sample in found if sample.check == name])
        text += (
            f"\n[checks.{name}]\nbias = {bias:.3f}\nslope = {slope:.3f}\nrarity = {rarity:.3f}\n"
        )
    return text


@dataclass(frozen=True)
class Reranked:
    """An analysis in the order of other weights."""

    flags: tuple[Flag, ...]


def reranked(analysis: Analysis, labels: Labels, weights: Weights) -> Reranked:
    hits = [
        outcome.hits
        for outcome in analysis.outcomes.values()
        if outcome.measurement.check.is_ranked
    ]
    return Reranked(ranked(flags_of(hits, labels.table, weights=weights)))


def left_out(sequences: list[Sequence], found: list[Sample], *, seeds: range) -> None:
    """Print the recall on every sequence with weights that never saw it."""
    rows: dict[str, list[list[float]]] = {}
    print(f"{'sequence':18}{'difficulty':12}  recall at 0.5, 1, 2, 5 %         first n")
    for sequence in sequences:
        others = [sample for sample in found if sample.sequence != sequence.name]
        weights = weights_of(as_toml(others))
        report = run_bench(
            [sequence],
            seeds=seeds,
            analyse=lambda s, labels, w=weights: reranked(analyse(s, labels), labels, w),
        )
        for difficulty in (Difficulty.MODERATE, Difficulty.SUBTLE):
            mine = report.select(method=OURS, difficulty=difficulty)
            recall = [
                float(np.mean([o.share <= budget for o in mine]))
                for budget in (0.005, 0.01, 0.02, 0.05)
            ]
            first = [
                run.first_share
                for run in report.runs
                if run.method == OURS and run.difficulty == difficulty
            ]
            rows.setdefault(difficulty, []).append([*recall, float(np.mean(first))])
            print(
                f"{sequence.name:18}{difficulty:12}"
                + "".join(f"{number:8.3f}" for number in rows[difficulty][-1])
            )
    for difficulty, table in rows.items():
        mean = np.mean(table, axis=0)
        print(f"{'mean':18}{difficulty:12}" + "".join(f"{number:8.3f}" for number in mean))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    folders = arguments.folders or sorted(path for path in MOT.iterdir() if path.is_dir())
    sequences = [dressed(read_mot(folder)) for folder in folders]
    found = samples(sequences, range(FIRST_SEED, FIRST_SEED + arguments.seeds))
    if arguments.write:
        RESOURCE.write_text(as_toml(found), encoding="utf-8")
        print(f"wrote {RESOURCE.name}")
    left_out(sequences, found, seeds=range(1, 4))


if __name__ == "__main__":
    main()
