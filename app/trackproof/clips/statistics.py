"""How well people agree beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.clips.consensus import Answers

    Ints = npt.NDArray[np.int64]

NOT_DEFINED = float("nan")
MOST_PAIRS = 50
"""Pairs of workers that are compared; those with most clips in common come first."""


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How two workers agree on the clips that both answered.

    Parameters
    ----------
    first, second : int
        Worker numbers.
    items : int
        Clips in common.
    share : float
        Part of them with the same label, 0 to 1.
    kappa : float
        Cohen's kappa; NaN when both used one label only.
    """

    first: int
    second: int
    items: int
    share: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the workers of a job agree.

    Parameters
    ----------
    items : int
        Clips with at least two answers.
    disputed : int
        Those whose answers differ.
    fleiss, alpha : float
        Fleiss' kappa and Krippendorff's alpha (nominal); NaN when not defined.
    pairs : tuple of PairAgreement
        Those with most clips in common first.
    """

    items: int
    disputed: int
    fleiss: float
    alpha: float
    pairs: tuple[PairAgreement, ...]


def agreement_of(answers: Answers) -> Agreement:
    """Return all statistics of agreement of some answers."""
    counts = answers.counts()
    several = counts.sum(axis=1) >= 2
    disputed = (counts > 0).sum(axis=1) > 1
    return Agreement(
        items=int(several.sum()),
        disputed=int(disputed.sum()),
        fleiss=fleiss_kappa(counts),
        alpha=krippendorff_alpha(counts),
        pairs=pairs_of(answers.by_worker()),
    )


def cohen_kappa(first: Ints, second: Ints) -> float:
    """Return Cohen's kappa of two raters.

    Parameters
    ----------
    first, second : (n,) int64
        Label numbers of the same items.

    Returns
    -------
    float
        1 full agreement, 0 as by chance; NaN when there is no item or chance alone agrees fully.

    Notes
    -----
    Cohen (1960), "A coefficient of agreement for nominal scales", EPM 20(1).
    """
    if not len(first):
        return NOT_DEFINED
    labels = np.unique(np.concatenate([first, second]))
    own = [(first[:, None] == labels).mean(axis=0), (second[:, None] == labels).mean(axis=0)]
    by_chance = float(own[0] @ own[1])
    return _beyond_chance(float((first == second).mean()), by_chance)


def fleiss_kappa(counts: Ints) -> float:
    """Return Fleiss' kappa.

    Parameters
    ----------
    counts : (items, labels) int64
        How many raters chose each label. Items with fewer than two are left out.

    Returns
    -------
    float
        NaN when there is no such item, or chance alone agrees fully.

    Notes
    -----
    Fleiss (1971), "Measuring nominal scale agreement among many raters", Psych. Bulletin 76(5);
    where the number of raters varies, each item's shares count alike (Gwet 2014, section 2.5).
    """
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return NOT_DEFINED
    raters = counts.sum(axis=1)
    agreed = (counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))
    shares = (counts / raters[:, None]).mean(axis=0)
    return _beyond_chance(float(agreed.mean()), float((shares**2).sum()))


def krippendorff_alpha(counts: Ints) -> float:
    """Return Krippendorff's alpha for nominal labels.

    Parameters
    ----------
    counts : (items, labels) int64
        How many raters chose each label; any number of raters per item.

    Returns
    -------
    float
        NaN when fewer than two labels can be paired, or all are the same.

    Notes
    -----
    Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability": coincidences ``o(c, k)`` of
    all pairs inside an item, each weighted by ``1 / (raters - 1)``.
    """
    counts = counts[counts.sum(axis=1) >= 2].astype(np.float64)
    if not len(counts):
        return NOT_DEFINED
    raters = counts.sum(axis=1)
    same = (counts * (counts - 1) / (raters - 1)[:, None]).sum()
    totals = counts.sum(axis=0)
    pairable = totals.sum()
    observed = pairable - same
    expected = (pairable**2 - (totals**2).sum()) / (pairable - 1)
    return 1.0 - float(observed / expected) if expected > 0 else NOT_DEFINED


def pairs_of(table: Ints) -> tuple[PairAgreement, ...]:
    """Return the agreement of every two raters who have items in common.

    Parameters
    ----------
    table : (items, raters) int64
        Label numbers, -1 where a rater did not answer.
    """
    answered = table >= 0
    common = answered.astype(np.int64).T @ answered.astype(np.int64)
    pairs = [
        (int(common[first, second]), first, second)
        for first, second in combinations(range(table.shape[1]), 2)
        if common[first, second]
    ]
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    found = []
    for items, first, second in pairs[:MOST_PAIRS]:
        both = answered[:, first] & answered[:, second]
        one, other = table[both, first], table[both, second]
        share = float((one == other).mean())
        found.append(PairAgreement(first, second, items, share, cohen_kappa(one, other)))
    return tuple(found)


def _beyond_chance(observed: float, by_chance: float) -> float:
    if np.isclose(by_chance, 1.0, rtol=0, atol=1e-12):
        return NOT_DEFINED
    return (observed - by_chance) / (1.0 - by_chance)
