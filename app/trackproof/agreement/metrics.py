"""HOTA, CLEAR MOT and identity metrics of two label sets.

The same numbers as TrackEval's, without its dependencies; `benchmarks/agreement_oracle.py` compares
them. What has no value (identity metrics of detections, the precision of no pairs) is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement.similarity import EPSILON

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.agreement.matching import Pairs
    from trackproof.agreement.sides import Sides

    Values = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]

ALPHAS = np.arange(0.05, 0.99, 0.05)
"""Thresholds over which HOTA is averaged."""

NONE = float("nan")


@dataclass(frozen=True, slots=True)
class Hota:
    """Higher order tracking accuracy, averaged over 19 thresholds.

    Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking" (2020).

    Parameters
    ----------
    hota : float
        Geometric mean of detection and association.
    det_a, ass_a, loc_a : float
        Detection and association accuracy (Jaccard indices), mean similarity of pairs.
    det_re, det_pr, ass_re, ass_pr : float
        Recall and precision of detection and of association.
    """

    hota: float
    det_a: float
    ass_a: float
    loc_a: float
    det_re: float
    det_pr: float
    ass_re: float
    ass_pr: float


@dataclass(frozen=True, slots=True)
class Clear:
    """CLEAR MOT metrics (Bernardin and Stiefelhagen, 2008).

    Parameters
    ----------
    mota, moda : float
        ``1 - (misses + false positives + switches) / rows of the first set``; without switches.
    motp : float
        Mean similarity of the pairs.
    pairs, misses, false_positives : int
        Rows of both sets that were paired, and those of the first and the second left alone.
    switches : int or NaN
        Pairs in which the object was last somebody else.
    fragmentations : int or NaN
        Times an object was found again after it was lost.
    mostly_found, mostly_lost : int or NaN
        Objects of the first set paired in more than 80 %, and in less than 20 % of their frames.
    """

    mota: float
    moda: float
    motp: float
    pairs: int
    misses: int
    false_positives: int
    switches: float
    fragmentations: float
    mostly_found: float
    mostly_lost: float

    @property
    def detection_rate(self) -> float:
        """Share of the rows of the first set that were paired (recall)."""
        return ratio(self.pairs, self.pairs + self.misses)

    @property
    def precision(self) -> float:
        """Share of the rows of the second set that were paired."""
        return ratio(self.pairs, self.pairs + self.false_positives)


@dataclass(frozen=True, slots=True)
class Identity:
    """Identity metrics: every object paired with one identity for the whole sequence.

    Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking"
    (2016).
    """

    idf1: float
    idp: float
    idr: float


def ratio(part: float, whole: float) -> float:
    """Return ``part / whole``; NaN of nothing."""
    return part / whole if whole else NONE


def clear_metrics(sides: Sides, pairs: Pairs) -> Clear:
    """Return the CLEAR MOT metrics of pairs."""
    rows, others, paired = len(sides.first), len(sides.second), len(pairs)
    misses, false_positives = rows - paired, others - paired
    switches = float(pairs.is_switch.sum()) if sides.has_identity else NONE
    found, lost, fragments = NONE, NONE, NONE
    if sides.first.has_identity:
        counts = sides.first.counts
        matched = np.bincount(sides.first.identity[pairs.first], minlength=len(counts))
        share = matched / np.maximum(counts, 1)
        found, lost = float((share > 0.8).sum()), float((share < 0.2).sum())
        fragments = float(pairs.fragmentations.sum())
    return Clear(
        mota=ratio(paired - false_positives - switches, rows),
        moda=ratio(paired - false_positives, rows),
        motp=ratio(float(pairs.similarity.sum()), paired),
        pairs=paired,
        misses=misses,
        false_positives=false_positives,
        switches=switches,
        fragmentations=fragments,
        mostly_found=found,
        mostly_lost=lost,
    )


def identity_metrics(sides: Sides, *, threshold: float) -> Identity:
    """Return the identity metrics; NaN where one of the sets has no identity."""
    from scipy.optimize import linear_sum_assignment

    if not sides.has_identity:
        return Identity(NONE, NONE, NONE)
    together = np.zeros((len(sides.first.tracks), len(sides.second.tracks)))
    for place, similarity in enumerate(sides.similarity):
        left, right = np.nonzero(similarity >= threshold)
        who = sides.first.identity[sides.first.at(place)][left]
        together[who, sides.second.identity[sides.second.at(place)][right]] += 1
    # The fewest wrong rows are left where the paired identities share the most frames.
    rows, columns = linear_sum_assignment(together, maximize=True)
    same = float(together[rows, columns].sum())
    first, second = len(sides.first), len(sides.second)
    return Identity(ratio(2 * same, first + second), ratio(same, second), ratio(same, first))


def hota_metrics(sides: Sides) -> Hota:
    """Return HOTA and its parts; association is NaN where one of the sets has no identity."""
    found = _Found.of(sides)
    hits = (found.similarity[:, None] >= ALPHAS - EPSILON).astype(np.float64)
    paired = hits.sum(axis=0)
    first, second = len(sides.first), len(sides.second)
    with np.errstate(invalid="ignore", divide="ignore"):
        det_re, det_pr = paired / np.float64(first), paired / np.float64(second)
        det_a = paired / np.float64(first + second - paired)
        located = np.where(paired > 0, found.similarity @ hits / np.maximum(paired, 1), 1.0)
    loc_a = float(located.mean()) if paired.any() else NONE
    detection = float(det_a.mean()), float(det_re.mean()), float(det_pr.mean())
    if not sides.has_identity:
        return Hota(NONE, detection[0], NONE, loc_a, *detection[1:], NONE, NONE)
    together = np.stack(
        [np.bincount(found.pair, weights=hits[:, a]) for a in range(len(ALPHAS))], axis=1
    ).reshape(-1, len(ALPHAS))
    who, whom = found.counts
    most = np.maximum(paired, 1)
    union = np.maximum((who + whom)[:, None] - together, 1)
    ass_a = (together**2 / union).sum(axis=0) / most
    ass_re = (together**2 / np.maximum(who, 1)[:, None]).sum(axis=0) / most
    ass_pr = (together**2 / np.maximum(whom, 1)[:, None]).sum(axis=0) / most
    hota = np.sqrt(det_a * ass_a)
    return Hota(
        float(hota.mean()),
        detection[0],
        float(ass_a.mean()),
        loc_a,
        *detection[1:],
        float(ass_re.mean()),
        float(ass_pr.mean()),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Pairs of HOTA's own matching: those that fit best over the whole sequence.

    Parameters
    ----------
    similarity : (m,) float64
        Of every pair of rows.
    pair : (m,) intp
        Which pair of identities it is.
    counts : (first, second), each (pairs of identities,) float64
        Rows of the identities in every pair of them.
    """

    similarity: Values
    pair: Rows
    counts: tuple[Values, Values]

    @classmethod
    def of(cls, sides: Sides) -> _Found:
        from scipy.optimize import linear_sum_assignment

        codes, aligned = _alignment(sides)
        similarities, names = [], []
        for place, similarity in enumerate(sides.similarity):
            if not similarity.size:
                continue
            code = _codes(sides, place)
            score = similarity
            if sides.has_identity:
                score, meets = np.zeros_like(similarity), similarity > 0
                score[meets] = aligned[np.searchsorted(codes, code[meets])] * similarity[meets]
            left, right = linear_sum_assignment(-score)
            similarities.append(similarity[left, right])
            names.append(code[left, right])
        if not names:
            nothing = np.empty(0)
            return cls(nothing, np.empty(0, dtype=np.intp), (nothing, nothing))
        kinds, pair = np.unique(np.concatenate(names), return_inverse=True)
        who, whom = np.divmod(kinds, len(sides.second.tracks))
        counts = sides.first.counts[who].astype(float), sides.second.counts[whom].astype(float)
        return cls(np.concatenate(similarities), pair, counts)


def _codes(sides: Sides, place: int) -> npt.NDArray[np.int64]:
    """Return ``(n, m)``: one number for every pair of identities of a frame."""
    who = sides.first.identity[sides.first.at(place)].astype(np.int64)
    whom = sides.second.identity[sides.second.at(place)].astype(np.int64)
    codes: npt.NDArray[np.int64] = who[:, None] * len(sides.second.tracks) + whom[None]
    return codes


def _alignment(sides: Sides) -> tuple[npt.NDArray[np.int64], Values]:
    """Return all pairs of identities that meet, and how well each fits over the sequence."""
    if not sides.has_identity:
        return np.empty(0, dtype=np.int64), np.empty(0)
    names, shares = [], []
    for place, similarity in enumerate(sides.similarity):
        # In this order of additions the sums are the oracle's to the last digit.
        all_of_it = similarity.sum(0)[None] + similarity.sum(1)[:, None] - similarity
        share = np.zeros_like(similarity)
        np.divide(similarity, all_of_it, out=share, where=all_of_it > EPSILON)
        meets = similarity > 0
        names.append(_codes(sides, place)[meets])
        shares.append(share[meets])
    if not names:
        return np.empty(0, dtype=np.int64), np.empty(0)
    codes, pair = np.unique(np.concatenate(names), return_inverse=True)
    together = np.bincount(pair, weights=np.concatenate(shares), minlength=len(codes))
    who, whom = np.divmod(codes, max(len(sides.second.tracks), 1))
    counts = sides.first.counts[who] + sides.second.counts[whom]
    return codes, together / (counts - together)
