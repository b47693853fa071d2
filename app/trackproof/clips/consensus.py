"""One label per clip from the answers of several workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from trackproof.clips.model import Clip

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

ITERATIONS = 100
TOLERANCE = 1e-5
SMALLEST = 1e-10
"""Stands for a probability of zero, so that one odd answer never makes a label impossible."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Answers as columns: row ``i`` says which worker chose which label for which item.

    Parameters
    ----------
    items, workers, labels : (n,) int64
        Numbers from 0 on; each worker answers an item at most once.
    item_count, worker_count : int
        How many there are in all.
    names : tuple of str
        Label by number.
    """

    items: Ints
    workers: Ints
    labels: Ints
    item_count: int
    worker_count: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, clips: Sequence[Clip], *, worker_count: int, names: Sequence[str]) -> Answers:
        """Return the answers to clips; items are places in ``clips``."""
        number = {name: place for place, name in enumerate(names)}
        rows = [
            (place, answer.worker, number.setdefault(answer.label, len(number)))
            for place, clip in enumerate(clips)
            for answer in clip.answers
        ]
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1], table[:, 2], len(clips), worker_count, tuple(number))

    def counts(self) -> Ints:
        """Return ``(items, labels)``: how many workers chose each label."""
        counts = np.zeros((self.item_count, len(self.names)), dtype=np.int64)
        np.add.at(counts, (self.items, self.labels), 1)
        return counts

    def by_worker(self) -> Ints:
        """Return ``(items, workers)``: label numbers, -1 where a worker did not answer."""
        table = np.full((self.item_count, self.worker_count), -1, dtype=np.int64)
        table[self.items, self.workers] = self.labels
        return table


@dataclass(frozen=True, slots=True)
class Vote:
    """The vote on one item.

    Parameters
    ----------
    winners : tuple of str
        The label with most votes; several when it is a tie, in the order of the label list; none
        without answers.
    share : float
        Votes for one winner among all votes, 0 to 1.
    votes : int
        All votes.
    """

    winners: tuple[str, ...]
    share: float
    votes: int

    @property
    def label(self) -> str:
        """The winner; empty for a tie and without votes."""
        return self.winners[0] if len(self.winners) == 1 else ""

    @property
    def is_tie(self) -> bool:
        """Whether several labels have most votes."""
        return len(self.winners) > 1


def majority(answers: Answers) -> list[Vote]:
    """Return the majority vote on every item; ties stay ties."""
    votes = []
    for counts in answers.counts():
        most, total = int(counts.max(initial=0)), int(counts.sum())
        winners = tuple(answers.names[i] for i in np.flatnonzero(counts == most)) if most else ()
        votes.append(Vote(winners, most / total if total else 0.0, total))
    return votes


@dataclass(frozen=True, slots=True, eq=False)
class DawidSkene:
    """Labels and the workers' habits, estimated together.

    Parameters
    ----------
    probabilities : (items, labels) float64
        Probability that each label is the true one; NaN for items without answers.
    priors : (labels,) float64
        How common each label is.
    confusion : (workers, said, true) float64
        Probability that a worker says a label when another is true; columns add up to 1; NaN for
        workers without answers.
    iterations : int
        Steps taken until nothing moved any more.
    names : tuple of str
        Label by number.
    """

    probabilities: Floats
    priors: Floats
    confusion: Floats = field(repr=False)
    iterations: int
    names: tuple[str, ...]

    def best(self, item: int) -> tuple[str, float]:
        """Return the likeliest label of an item and its probability; no label without answers.

        Two equally likely labels are a tie, and no label is returned for it either.
        """
        row = self.probabilities[item]
        if not row.size or np.isnan(row[0]):
            return "", float("nan")
        first = int(np.argmax(row))
        is_tie = bool(np.any(np.isclose(np.delete(row, first), row[first], rtol=0, atol=1e-9)))
        return ("" if is_tie else self.names[first]), float(row[first])

    def reliability(self, worker: int) -> float:
        """Return how often a worker says the true label, over labels as common as they are."""
        return float(self.priors @ np.diagonal(self.confusion[worker]))


def dawid_skene(
    answers: Answers, *, iterations: int = ITERATIONS, tolerance: float = TOLERANCE
) -> DawidSkene:
    """Estimate labels and per-worker confusion by expectation maximisation.

    Starts from the shares of votes and stops when the evidence lower bound per answer grows by
    less than ``tolerance``.

    Notes
    -----
    Dawid and Skene (1979), "Maximum Likelihood Estimation of Observer Error-Rates Using the EM
    Algorithm", Applied Statistics 28(1). Start, floor and stopping rule are those of crowd-kit's
    ``DawidSkene``, so that the values can be compared.
    """
    label_count = len(answers.names)
    has_answers = np.zeros(answers.item_count, dtype=np.bool_)
    has_answers[answers.items] = True
    counts = answers.counts().astype(np.float64)
    probabilities = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    done = 0
    confusion = _confusion(answers, probabilities)
    priors = _priors(probabilities, has_answers)
    bound = -np.inf
    while done < iterations and len(answers.items):
        done += 1
        probabilities = _expected(answers, priors, confusion, has_answers)
        priors = _priors(probabilities, has_answers)
        confusion = _confusion(answers, probabilities)
        new_bound = _bound(answers, probabilities, priors, confusion, has_answers)
        if new_bound - bound < tolerance:
            break
        bound = new_bound
    probabilities[~has_answers] = np.nan
    said = np.zeros((answers.worker_count, label_count), dtype=np.bool_)
    said[answers.workers, answers.labels] = True
    shown = np.where(said[:, :, None], confusion, 0.0)
    shown[~said.any(axis=1)] = np.nan
    return DawidSkene(probabilities, priors, shown, done, answers.names)


def _priors(probabilities: Floats, has_answers: npt.NDArray[np.bool_]) -> Floats:
    if not has_answers.any():
        return np.full(probabilities.shape[1], np.nan)
    priors: Floats = probabilities[has_answers].mean(axis=0)
    return priors


def _confusion(answers: Answers, probabilities: Floats) -> Floats:
    """Return the M step's ``(workers, said, true)``; labels a worker never said are left out."""
    label_count = len(answers.names)
    said = np.zeros((answers.worker_count, label_count, label_count))
    np.add.at(said, (answers.workers, answers.labels), probabilities[answers.items])
    is_said = np.zeros((answers.worker_count, label_count), dtype=np.bool_)
    is_said[answers.workers, answers.labels] = True
    said = np.where(is_said[:, :, None], np.maximum(said, SMALLEST), 0.0)
    sums = said.sum(axis=1, keepdims=True)
    confusion: Floats = np.divide(said, sums, out=np.zeros_like(said), where=sums > 0)
    return confusion


def _expected(
    answers: Answers,
    priors: Floats,
    confusion: Floats,
    has_answers: npt.NDArray[np.bool_],
) -> Floats:
    """Return the E step's probabilities; zero for items without answers."""
    likelihood = np.zeros((answers.item_count, len(answers.names)))
    likelihood += np.log(np.maximum(priors, SMALLEST))
    np.add.at(likelihood, answers.items, np.log(confusion[answers.workers, answers.labels]))
    likelihood -= likelihood.max(axis=1, keepdims=True)
    scaled = np.exp(likelihood)
    scaled /= scaled.sum(axis=1, keepdims=True)
    scaled[~has_answers] = 0.0
    return scaled


def _bound(
    answers: Answers,
    probabilities: Floats,
    priors: Floats,
    confusion: Floats,
    has_answers: npt.NDArray[np.bool_],
) -> float:
    """Return the evidence lower bound per answer.

    crowd-kit adds the prior once per answer rather than once per item; the stopping point follows.
    """
    logs = np.log(confusion[answers.workers, answers.labels])
    logs += np.log(np.maximum(priors, SMALLEST))
    joint = float((probabilities[answers.items] * logs).sum())
    known = np.maximum(probabilities[has_answers], SMALLEST)
    entropy = float(-(np.log(known) * known).sum())
    return (joint + entropy) / len(answers.items)
