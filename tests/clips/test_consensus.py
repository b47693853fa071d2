"""Majority vote, Dawid-Skene and agreement statistics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackproof.clips.consensus import Answers, dawid_skene, majority
from trackproof.clips.statistics import (
    agreement_of,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    pairs_of,
)

NAMES = ("a", "b", "c")
# Made by benchmarks/consensus_oracle.py --freeze with crowd-kit 1.4.2, krippendorff 0.9.0,
# statsmodels 0.15.0 and scikit-learn 1.9.1.
CASES = json.loads((Path(__file__).parent / "consensus_cases.json").read_text())


def answers_of(rows: list[tuple[int, int, int]], *, items: int, workers: int) -> Answers:
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Answers(table[:, 0], table[:, 1], table[:, 2], items, workers, NAMES)


def frozen_answers(case: dict[str, Any]) -> Answers:
    items, workers = np.array(case["items"]), np.array(case["workers"])
    labels = np.array(case["labels"])
    count, who = len(case["probabilities"]), len(case["confusion"])
    return Answers(items, workers, labels, count, who, NAMES)


@pytest.mark.parametrize("case", CASES, ids=["every worker answers", "some answers missing"])
def test_dawid_skene_equals_crowd_kit(case: dict[str, Any]) -> None:
    found = dawid_skene(frozen_answers(case))
    np.testing.assert_allclose(found.probabilities, case["probabilities"], atol=1e-8)
    np.testing.assert_allclose(found.confusion, case["confusion"], atol=1e-8)


@pytest.mark.parametrize("case", CASES, ids=["every worker answers", "some answers missing"])
def test_statistics_equal_the_reference_libraries(case: dict[str, Any]) -> None:
    answers = frozen_answers(case)
    found = agreement_of(answers)
    assert found.alpha == pytest.approx(case["alpha"], abs=1e-12)
    if case["fleiss"] is not None:
        assert found.fleiss == pytest.approx(case["fleiss"], abs=1e-12)
    pair = next(pair for pair in found.pairs if (pair.first, pair.second) == (0, 1))
    assert pair.kappa == pytest.approx(case["cohen"], abs=1e-12)


def test_good_workers_outvote_a_careless_majority() -> None:
    # Workers 0 and 1 agree on everything; 2, 3 and 4 always say "a" and make a majority of it.
    rows = []
    for item in range(30):
        truth = item % 3
        rows += [(item, 0, truth), (item, 1, truth)]
        rows += [(item, worker, 0) for worker in (2, 3, 4)]
    answers = answers_of(rows, items=30, workers=5)
    assert {vote.label for vote in majority(answers)} == {"a"}
    found = dawid_skene(answers)
    assert [found.best(item)[0] for item in range(30)] == [NAMES[item % 3] for item in range(30)]
    assert found.reliability(0) > 0.99
    assert found.reliability(2) < 0.5
    np.testing.assert_allclose(found.confusion[2][:, 1], [1.0, 0.0, 0.0], atol=1e-6)


def test_tie_of_votes_stays_a_tie() -> None:
    answers = answers_of([(0, 0, 0), (0, 1, 2), (1, 0, 1)], items=3, workers=2)
    tie, clear, nothing = majority(answers)
    assert (tie.winners, tie.label, tie.is_tie, tie.share) == (("a", "c"), "", True, 0.5)
    assert (clear.label, clear.share, clear.votes) == ("b", 1.0, 1)
    assert (nothing.winners, nothing.label, nothing.votes) == ((), "", 0)


def test_items_and_workers_without_answers_are_not_made_up() -> None:
    found = dawid_skene(answers_of([(0, 0, 0)], items=2, workers=2))
    assert found.best(0) == ("a", pytest.approx(1.0))
    label, probability = found.best(1)
    assert label == ""
    assert np.isnan(probability)
    assert np.isnan(found.confusion[1]).all()
    assert np.isnan(found.reliability(1))
    empty = dawid_skene(answers_of([], items=1, workers=0))
    assert empty.best(0)[0] == ""


def test_two_equally_likely_labels_are_a_tie() -> None:
    assert dawid_skene(answers_of([(0, 0, 0), (0, 1, 1)], items=1, workers=2)).best(0)[0] == ""


def test_fleiss_kappa_of_the_published_example() -> None:
    # Fleiss 1971, as tabulated widely: 10 subjects, 14 raters, 5 categories, kappa 0.210.
    counts = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    assert fleiss_kappa(np.array(counts)) == pytest.approx(0.210, abs=5e-4)


def test_krippendorff_alpha_of_the_published_example() -> None:
    # Krippendorff 2011, section C: four observers, 12 units, missing data, nominal alpha 0.743.
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
    table = np.array(observers)
    counts = np.stack([(table == value).sum(axis=0) for value in range(1, 6)], axis=1)
    assert krippendorff_alpha(counts) == pytest.approx(0.743, abs=5e-4)


def test_cohen_kappa_by_hand() -> None:
    first = np.array([0] * 25 + [1] * 25)
    second = np.array([0] * 20 + [1] * 5 + [0] * 10 + [1] * 15)
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_statistics_that_are_not_defined_are_nan() -> None:
    same = np.array([[3, 0], [2, 0]])
    for value in (
        cohen_kappa(np.array([], dtype=np.int64), np.array([], dtype=np.int64)),
        cohen_kappa(np.array([1, 1]), np.array([1, 1])),
        fleiss_kappa(same),
        fleiss_kappa(np.array([[1, 0]])),
        krippendorff_alpha(same),
        krippendorff_alpha(np.zeros((0, 2), dtype=np.int64)),
    ):
        assert np.isnan(value)


def test_workers_without_a_clip_in_common_are_no_pair() -> None:
    table = np.array([[0, -1, 0], [-1, 1, 1]])
    assert [(p.first, p.second, p.items, p.share) for p in pairs_of(table)] == [
        (0, 2, 1, 1.0),
        (1, 2, 1, 1.0),
    ]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=5), min_size=1, max_size=12),
    st.permutations([0, 1, 2]),
)
def test_statistics_do_not_depend_on_the_names_of_labels(
    ratings: list[list[int]], order: list[int]
) -> None:
    counts = np.array([[row.count(label) for label in range(3)] for row in ratings])
    for statistic in (fleiss_kappa, krippendorff_alpha):
        value = statistic(counts)
        assert statistic(counts[:, order]) == pytest.approx(value, abs=1e-9, nan_ok=True)
        assert np.isnan(value) or value <= 1.0 + 1e-12


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 3)), st.integers(0, 2), max_size=25)
)
def test_probabilities_are_probabilities(said: dict[tuple[int, int], int]) -> None:
    rows = [(item, worker, label) for (item, worker), label in said.items()]
    found = dawid_skene(answers_of(rows, items=7, workers=4))
    answered = sorted({item for item, _, _ in rows})
    np.testing.assert_allclose(found.probabilities[answered].sum(axis=1), 1.0)
    silent = sorted(set(range(7)) - set(answered))
    assert np.isnan(found.probabilities[silent]).all()
    for worker in {worker for _, worker, _ in rows}:
        np.testing.assert_allclose(found.confusion[worker].sum(axis=0), 1.0)
