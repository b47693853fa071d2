"""A random sample of boxes without a flag, and the error rate that it proves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trackproof.checks import Flag, FlagKind
from trackproof.errors import ReviewError
from trackproof.labels import Block, LabelTable, Track
from trackproof.review.sampling import (
    Quality,
    draw,
    quality,
    size_for_margin,
    size_to_show,
    unflagged,
    wilson,
)

if TYPE_CHECKING:
    from trackproof.review.verdicts import Status


def flag(track: int, first: int, last: int, *, other: int = -1) -> Flag:
    return Flag(
        key=f"{track}-{first}",
        kind=FlagKind.SIZE,
        track=track,
        frame=first,
        frame_start=first,
        frame_end=last,
        score=1.0,
        checks=(),
        evidence="",
        findings=(),
        other_track=other,
    )


def table() -> LabelTable:
    at = np.arange(10)
    boxes = np.tile([10.0, 10.0, 20.0, 20.0], (10, 1))
    tracks = [Track("1", "Car:1"), Track("2", "Car:2")]
    return LabelTable(tracks, {0: Block.of_boxes(at, boxes), 1: Block.of_boxes(at, boxes)})


def test_wilson_gives_the_published_values() -> None:
    three = wilson(3, 150)
    assert (round(three.low, 3), round(three.high, 3)) == (0.007, 0.057)
    none = wilson(0, 100)
    assert (none.low, round(none.high, 3)) == (0.0, 0.037)


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_interval_holds_the_share_and_narrows_with_more_judged(case: tuple[int, int]) -> None:
    wrong, of = case
    found, more = wilson(wrong, of), wilson(4 * wrong, 4 * of)
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0
    assert more.high - more.low < found.high - found.low


@given(st.integers(1, 60), st.floats(0.0, 1.0))
@example(1, 0.2066)
def test_interval_misses_the_truth_about_as_rarely_as_it_says(of: int, share: float) -> None:
    chances = [math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(of + 1)]
    found = [wilson(k, of) for k in range(of + 1)]
    covered = sum(c for c, i in zip(chances, found, strict=True) if i.low <= share <= i.high)
    # Wilson's interval covers 95 % on average. At its worst, near the ends, it is about 83 %; of
    # one judged box 79.3 %, of two 81.9 %.
    assert covered > (0.82 if of > 2 else 0.79)


def test_no_rate_is_stated_without_a_judged_box() -> None:
    for wrong, of in ((0, 0), (3, 2), (-1, 5)):
        with pytest.raises(ReviewError, match="no error rate"):
            wilson(wrong, of)


def test_sizes_are_those_of_the_tables() -> None:
    assert [size_to_show(most) for most in (0.05, 0.02, 0.01)] == [59, 149, 299]
    assert (size_for_margin(0.02, 0.01), size_for_margin(0.05, 0.02)) == (753, 457)


def test_boxes_under_a_flag_are_not_drawn() -> None:
    pairs = unflagged(table(), [flag(0, 2, 4), flag(0, 8, 8, other=1)])
    assert pairs[pairs[:, 0] == 0][:, 1].tolist() == [0, 1, 5, 6, 7, 9]
    assert 8 not in pairs[pairs[:, 0] == 1][:, 1]


def test_draw_is_repeatable_without_repeats_and_over_all_sequences() -> None:
    populations = [unflagged(table(), []), unflagged(table(), [flag(0, 0, 9)])]
    first = draw(populations, 12, seed=5)
    assert [part.tolist() for part in first] == [
        part.tolist() for part in draw(populations, 12, seed=5)
    ]
    assert sum(len(part) for part in first) == 12
    assert all(len(np.unique(part, axis=0)) == len(part) for part in first)
    everything = draw(populations, 99, seed=5)
    assert [len(part) for part in everything] == [20, 10]


def test_every_box_is_as_likely_as_any_other() -> None:
    populations = [unflagged(table(), []), unflagged(table(), [flag(0, 0, 9)])]
    counts = np.zeros(2)
    for seed in range(300):
        counts += [len(part) for part in draw(populations, 3, seed=seed)]
    assert counts[0] / counts.sum() == pytest.approx(20 / 30, abs=0.06)


def test_statement_counts_fixed_as_wrong_and_lets_unsure_widen_the_range() -> None:
    some: tuple[Status, ...] = ("fixed", "confirmed", "unsure", "open")
    right: tuple[Status, ...] = ("dismissed",) * 96
    statuses = (*right, *some)
    made = quality(statuses, population=20_000, boxes=21_000, flagged_wrong=41, seconds=6.0)
    assert (made.drawn, made.judged, made.right, made.wrong, made.unsure) == (100, 99, 96, 2, 1)
    rate = made.rate
    assert rate is not None
    assert rate.low == wilson(2, 99).low
    assert rate.high == wilson(3, 99).high
    text = " ".join(made.sentences())
    assert "100 were drawn at random and 99 judged: 2 wrong" in text
    assert "2.0 % (0.6 to 8.5 %)" in text
    assert "41 flags were confirmed or fixed" in text
    assert "second opinion" in text
    assert "6.0 s" in text


def test_nothing_is_stated_before_the_first_verdict() -> None:
    empty = Quality(0, 0, 0, 0, 100, 100, 0)
    assert empty.rate is None
    assert "No random sample" in empty.sentences()[0]
    assert "none of them is judged" in Quality(5, 0, 0, 0, 100, 100, 0).sentences()[0]
