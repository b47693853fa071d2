"""Compare consensus and agreement statistics with crowd-kit, krippendorff, statsmodels, sklearn.

These packages are heavy (crowd-kit brings transformers) or GPL (krippendorff), so the application
never installs them. Run this in an environment of its own::

    python -m venv oracle
    oracle/bin/pip install -e . crowd-kit krippendorff statsmodels scikit-learn
    oracle/bin/python benchmarks/consensus_oracle.py

It prints the largest difference per quantity over random cases and, with ``--freeze``, the
reference values of the small cases that ``tests/clips/test_consensus.py`` holds.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from trackproof.clips.consensus import Answers, dawid_skene
from trackproof.clips.statistics import cohen_kappa, fleiss_kappa, krippendorff_alpha


def random_answers(seed: int, *, is_full: bool) -> Answers:
    """Return answers of workers of mixed quality; a full table when every worker answers all."""
    rng = np.random.default_rng(seed)
    items, workers, labels = int(rng.integers(5, 60)), int(rng.integers(2, 8)), 3
    truth = rng.integers(0, labels, items)
    skill = rng.uniform(0.4, 0.98, workers)
    asked = np.ones((items, workers), dtype=bool) if is_full else rng.random((items, workers)) < 0.6
    asked[np.arange(items), rng.integers(0, workers, items)] = True
    # Otherwise a worker or label without any answer would be unknown to the oracle.
    asked[rng.integers(0, items, workers), np.arange(workers)] = True
    at, who = np.nonzero(asked)
    is_right = rng.random(len(at)) < skill[who]
    said = np.where(is_right, truth[at], rng.integers(0, labels, len(at)))
    said[:labels] = range(labels)
    names = tuple("abc")
    return Answers(at, who, said, items, workers, names)


def oracle_dawid_skene(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Return crowd-kit's probabilities and confusion, in our order."""
    import pandas as pd
    from crowdkit.aggregation import DawidSkene

    data = pd.DataFrame({"task": answers.items, "worker": answers.workers, "label": answers.labels})
    found = DawidSkene(n_iter=100, tol=1e-5).fit(data)
    numbers = range(len(answers.names))
    probabilities = found.probas_.reindex(index=range(answers.item_count), columns=numbers)
    confusion = np.zeros((answers.worker_count, len(answers.names), len(answers.names)))
    for (worker, said), row in found.errors_.iterrows():
        confusion[worker, said] = row.reindex(numbers).to_numpy()
    return probabilities.to_numpy(), confusion


def oracle_alpha(answers: Answers) -> float:
    """Return krippendorff's alpha, nominal."""
    import krippendorff

    table = answers.by_worker().T.astype(float)
    table[table < 0] = np.nan
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"))


def oracle_fleiss(answers: Answers) -> float:
    """Return statsmodels' Fleiss kappa of a full table."""
    from statsmodels.stats.inter_rater import fleiss_kappa as reference

    return float(reference(answers.counts()))


def oracle_cohen(answers: Answers) -> float:
    """Return scikit-learn's Cohen kappa of the first two workers."""
    from sklearn.metrics import cohen_kappa_score

    table = answers.by_worker()
    both = (table[:, 0] >= 0) & (table[:, 1] >= 0)
    return float(cohen_kappa_score(table[both, 0], table[both, 1]))


def own_cohen(answers: Answers) -> float:
    """Return our Cohen kappa of the first two workers."""
    table = answers.by_worker()
    both = (table[:, 0] >= 0) & (table[:, 1] >= 0)
    return cohen_kappa(table[both, 0], table[both, 1])


def compare(cases: int) -> dict[str, float]:
    """Return the largest difference per quantity."""
    worst = {"probabilities": 0.0, "confusion": 0.0, "alpha": 0.0, "fleiss": 0.0, "cohen": 0.0}

    def take(name: str, ours: object, theirs: object) -> None:
        difference = float(np.nanmax(np.abs(np.asarray(ours) - np.asarray(theirs))))
        worst[name] = max(worst[name], difference)

    for seed in range(cases):
        answers = random_answers(seed, is_full=seed % 2 == 0)
        probabilities, confusion = oracle_dawid_skene(answers)
        own = dawid_skene(answers)
        take("probabilities", own.probabilities, probabilities)
        take("confusion", own.confusion, confusion)
        take("alpha", krippendorff_alpha(answers.counts()), oracle_alpha(answers))
        take("cohen", own_cohen(answers), oracle_cohen(answers))
        if seed % 2 == 0:
            take("fleiss", fleiss_kappa(answers.counts()), oracle_fleiss(answers))
    return worst


def frozen(seed: int, *, is_full: bool) -> dict[str, object]:
    """Return one small case with the oracles' values."""
    answers = random_answers(seed, is_full=is_full)
    probabilities, confusion = oracle_dawid_skene(answers)
    return {
        "items": answers.items.tolist(),
        "workers": answers.workers.tolist(),
        "labels": answers.labels.tolist(),
        "probabilities": np.round(probabilities, 9).tolist(),
        "confusion": np.round(confusion, 9).tolist(),
        "alpha": oracle_alpha(answers),
        "cohen": oracle_cohen(answers),
        "fleiss": oracle_fleiss(answers) if is_full else None,
    }


if __name__ == "__main__":
    if "--freeze" in sys.argv:
        print(json.dumps([frozen(8, is_full=True), frozen(11, is_full=False)]))
    else:
        for quantity, difference in compare(200).items():
            print(f"{quantity:14} largest difference {difference:.2e}")
