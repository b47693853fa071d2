from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from checks.making import crowd, sequence, walk
from trackproof.checks import Events, all_checks, analyse
from trackproof.checks.ranking import (
    Hits,
    Usual,
    Weight,
    Weights,
    flags_of,
    log_odds,
    shipped_weights,
)
from trackproof.labels import Block, LabelTable, Track

if TYPE_CHECKING:
    from collections.abc import Sequence as Many

TABLE = LabelTable((Track("a", "A"), Track("b", "B")), {0: walk(60), 1: walk(60)})
PLAIN = Weights({}, Weight(0.0, 1.0, 0.5), agreement=0.2)


def hits(
    name: str, frames: Many[int], scores: Many[float], *, end: Many[int] | None = None
) -> Hits:
    count = len(frames)
    events = Events.at(
        [0] * count,
        frames,
        scores,
        frame_end=end,
        frame_start=frames,
        detail={
            "actual": np.tile([1.0, 2, 30, 40], (count, 1)),
            "expected": np.tile([1.0, 2, 20, 40], (count, 1)),
        },
    )
    return Hits(all_checks()[name], events, np.array(scores), np.ones(count))


def test_neighbouring_findings_of_a_track_become_one_flag() -> None:
    found = flags_of(
        [hits("size_outlier", [30], [9.0]), hits("size_step", [31, 40], [3.0, 2.0])],
        TABLE,
        weights=PLAIN,
    )[0]
    assert [(flag.frame, flag.checks) for flag in found] == [
        (30, ("size_outlier", "size_step")),
        (40, ("size_step",)),
    ]


def test_agreeing_checks_raise_the_score() -> None:
    alone = flags_of([hits("size_outlier", [30], [9.0])], TABLE, weights=PLAIN)[0][0]
    agreed = flags_of(
        [hits("size_outlier", [30], [9.0]), hits("size_step", [30], [3.0])], TABLE, weights=PLAIN
    )[0][0]
    assert agreed.score > alone.score > 1.0
    assert 0.5 < alone.probability < agreed.probability < 1.0


def test_what_is_common_in_the_footage_sinks() -> None:
    usual = Usual(1.0, np.sort(np.concatenate([np.full(200, 2.0), [9.0]])), 10_000)
    rare, common = usual.per_1000(np.array([9.0, 2.0]))
    assert rare == pytest.approx(0.1)
    assert common == pytest.approx(20.1)


def test_short_sequences_do_not_make_one_finding_common() -> None:
    assert Usual(1.0, np.array([3.0]), 60).per_1000(np.array([3.0])) == pytest.approx([1.0])


def test_badly_supported_findings_count_less() -> None:
    sure = hits("size_step", [30], [3.0])
    events = Events.at([0], [30], [3.0], support=np.array([0.5]))
    unsure = Hits(sure.check, events, sure.score, sure.per_1000)
    assert log_odds(sure, PLAIN)[0] - log_odds(unsure, PLAIN)[0] == pytest.approx(np.log(2))


def test_every_weight_belongs_to_a_check_and_has_the_right_sign() -> None:
    weights = shipped_weights()
    assert set(weights.of_check) <= set(all_checks())
    assert all(w.slope >= 0.0 and w.rarity >= 0.0 for w in weights.of_check.values())


def test_flags_are_ordered_by_score() -> None:
    made = crowd()
    for track in range(5):
        made.labels.table.blocks[track].xywh[20 + track, 0] += 8.0 * (track + 1)
    scores = [flag.score for flag in analyse(made, made.labels).flags]
    assert scores == sorted(scores, reverse=True)


def test_partner_of_a_swap_is_not_said_twice() -> None:
    one = walk(60, start=(300, 300), speed=(5, 0))
    two = walk(60, start=(590, 330), speed=(-5, 0), size=(36, 90))
    boxes = [np.vstack([a.xywh[:29], b.xywh[29:]]) for a, b in ((one, two), (two, one))]
    made = sequence({n: Block.of_boxes(range(60), each) for n, each in enumerate(boxes)})
    at_crossing = [f for f in analyse(made, made.labels).flags if abs(f.frame - 29) <= 1]
    assert len(at_crossing) == 1
