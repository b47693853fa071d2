"""Everything two label sets of one sequence agree and differ in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement.matching import DEFAULT_THRESHOLD, Convention, pair_up
from trackproof.agreement.metrics import (
    NONE,
    Clear,
    Hota,
    Identity,
    clear_metrics,
    hota_metrics,
    identity_metrics,
    ratio,
)
from trackproof.agreement.sides import joined_sides
from trackproof.errors import TrackproofError
from trackproof.labels.boxes import centres
from trackproof.labels.outlines import (
    box_hausdorff,
    has_outlines,
    hausdorff,
    outlines,
    vertex_distance,
)
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from trackproof.agreement.matching import Pairs
    from trackproof.agreement.sides import LabelSet, Sides
    from trackproof.progress import Progress

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Scores:
    """All metrics of a comparison, or of one category of it."""

    hota: Hota
    clear: Clear
    identity: Identity


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """How far the two annotations of every pair are apart; all ``(m,)`` float64.

    Parameters
    ----------
    centre_px : pixels
        Between the centres.
    centre_relative : ratio
        The same with x in widths and y in heights of the first annotation (the normalised
        distance of Mueller et al., "TrackingNet", 2018); NaN where it has no size.
    hausdorff_px : pixels
        The largest distance from a point of one outline to the other.
    vertex_px : pixels
        Mean distance between vertices of one place in both; NaN for boxes and where the numbers
        of vertices differ.
    """

    centre_px: Values
    centre_relative: Values
    hausdorff_px: Values
    vertex_px: Values


@dataclass(frozen=True, eq=False)
class Agreement:
    """Two label sets, their pairs and their metrics.

    Parameters
    ----------
    first, second : LabelSet
        The reference, and what is measured against it.
    threshold : float
        Least similarity of a pair.
    sides : Sides
        The rows of both on the frames that were compared.
    pairs : Pairs
        Who is meant by whom; indices into the rows of ``sides``.
    distances : Distances
        Of every pair.
    overall : Scores
        Over all categories; a pair may disagree on the category.
    by_category : mapping of str to Scores
        By category name, comparing only annotations of this category.
    """

    first: LabelSet
    second: LabelSet
    threshold: float
    sides: Sides
    pairs: Pairs
    distances: Distances
    overall: Scores
    by_category: dict[str, Scores]

    @property
    def frames(self) -> Ints:
        """Compared frames, as indices of the first set."""
        return self.sides.frames

    @property
    def left_out(self) -> tuple[int, int]:
        """How many rows of each set lie in frames that were not compared."""
        return (
            len(self.first.labels.table) - len(self.sides.first),
            len(self.second.labels.table) - len(self.sides.second),
        )

    @cached_property
    def same_category_share(self) -> float:
        """Share of the pairs that agree on the category; NaN without pairs."""
        left, right = self.sides.first.rows.category, self.sides.second.rows.category
        first, second = _common_categories(self.first, self.second)
        same = first[left[self.pairs.first]] == second[right[self.pairs.second]]
        return ratio(float(same.sum()), len(self.pairs))


def compare(
    first: LabelSet,
    second: LabelSet,
    *,
    threshold: float = DEFAULT_THRESHOLD,
    frames: tuple[int, int] | None = None,
    convention: Convention = Convention.TRACKEVAL,
    progress: Progress = NO_PROGRESS,
) -> Agreement:
    """Return how far two label sets of one sequence agree.

    Parameters
    ----------
    first, second : LabelSet
        The reference (truth, the first annotator, before), and what is measured against it.
    threshold : float
        Least similarity (IoU of boxes and polygons) of two annotations that mean the same object.
    frames : (int, int) or None
        First and last frame index to compare, inclusive; None compares all.
    convention : Convention
        Whose reading of the CLEAR MOT metrics.

    Raises
    ------
    TrackproofError
        When no frame stands in both sets.
    Cancelled
        When ``progress`` says so.
    """
    sides = joined_sides(first, second, frames=frames, progress=progress)
    if not len(sides.frames):
        raise TrackproofError(
            f"{first.title} and {second.title} have no frame in common that could be compared"
        )
    chosen = _Choice(threshold, convention)
    overall, pairs = _scores(sides, chosen, progress)
    by_category = {}
    for name, part in _parts(first, second, sides):
        by_category[name] = _scores(part, chosen, progress)[0]
    apart = distances_of(sides, pairs)
    return Agreement(first, second, threshold, sides, pairs, apart, overall, by_category)


def _parts(first: LabelSet, second: LabelSet, sides: Sides) -> Iterator[tuple[str, Sides]]:
    """Yield name and rows of every category that either set uses."""
    numbers = _common_categories(first, second)
    left, right = (
        number[one.rows.category]
        for number, one in zip(numbers, (sides.first, sides.second), strict=True)
    )
    written = (*second.labels.categories, *first.labels.categories)
    names = {category.name.casefold(): category.name for category in written}
    for key, place in _places(first, second).items():
        mine, others = left == place, right == place
        if mine.any() or others.any():
            yield names[key], sides.only(mine, others)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What decides who is paired."""

    threshold: float
    convention: Convention


def _scores(sides: Sides, chosen: _Choice, progress: Progress) -> tuple[Scores, Pairs]:
    threshold = chosen.threshold
    pairs = pair_up(sides, threshold=threshold, convention=chosen.convention, progress=progress)
    scores = Scores(
        hota_metrics(sides),
        clear_metrics(sides, pairs),
        identity_metrics(sides, threshold=threshold),
    )
    return scores, pairs


def _places(first: LabelSet, second: LabelSet) -> dict[str, int]:
    """Return one number for every category name of both sets."""
    names = dict.fromkeys((*first.category_names, *second.category_names))
    return {name: place for place, name in enumerate(names)}


def _common_categories(first: LabelSet, second: LabelSet) -> tuple[Ints, Ints]:
    """Return for every category of each set its number among those of both."""
    places = _places(first, second)
    numbers = [
        np.array([places[name] for name in one.category_names] or [0], dtype=np.int32)
        for one in (first, second)
    ]
    return numbers[0], numbers[1]


def distances_of(sides: Sides, pairs: Pairs) -> Distances:
    """Return how far the annotations of every pair are apart."""
    left, right = sides.first.rows.take(pairs.first), sides.second.rows.take(pairs.second)
    offset = centres(right.xywh) - centres(left.xywh)
    sizes = np.where(left.xywh[:, 2:] > 0, left.xywh[:, 2:], NONE)
    relative = np.hypot(*(offset / sizes).T)
    if has_outlines(left) or has_outlines(right):
        apart = hausdorff(outlines(left), outlines(right))
    else:
        apart = box_hausdorff(left.xywh, right.xywh)
    return Distances(np.hypot(*offset.T), relative, apart, vertex_distance(left, right))
