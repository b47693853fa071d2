"""What every registered check must do, before its own tests exist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks.making import changed, crowd, sequence, walk, without
from trackproof.checks import Analysis, Check, FlagKind, all_checks, analyse
from trackproof.checks.scene import Scene
from trackproof.labels import Block, Labels, LabelTable, Sequence

LABEL_CHECKS = [check for check in all_checks().values() if not check.needs_frames]


def ids(check: Check) -> str:
    return check.name


def only(check: Check, made: Sequence) -> Analysis:
    return analyse(made, made.labels, checks={check.name: check})


@pytest.fixture(params=LABEL_CHECKS, ids=ids)
def check(request: pytest.FixtureRequest) -> Check:
    chosen: Check = request.param
    return chosen


def test_empty_table_has_no_flags(check: Check) -> None:
    assert only(check, sequence({})).flags == ()


def test_one_frame_raises_nothing_but_what_one_box_can_show(check: Check) -> None:
    result = only(check, sequence({0: walk(1)}, frames=1))
    frames, values = result.measurements[check.name].of(0)
    assert frames.tolist() == [0]
    assert values.shape == (1,)
    assert result.flags == ()


def test_gap_is_flagged_by_no_check_but_the_one_for_gaps(check: Check) -> None:
    result = only(check, sequence({0: without(walk(60), 30)}))
    expected = {"gaps"} & {check.name}
    assert {name for flag in result.flags for name in flag.checks} == expected


def test_same_input_gives_the_same_answer(check: Check) -> None:
    made = crowd()
    made.labels.table.blocks[2].xywh[20, 2] *= 1.5
    first, second = only(check, made), only(check, made)
    assert first.flags == second.flags
    for track in first.measurements[check.name].tracks():
        values = [a.measurements[check.name].of(track)[1] for a in (first, second)]
        np.testing.assert_array_equal(*values)


def test_rows_without_identity_are_not_compared_over_time(check: Check) -> None:
    block = Block.of_boxes([0, 0, 1, 1], [[0, 0, 9, 9], [500, 500, 90, 90]] * 2)
    made = sequence({}, frames=2)
    labels = Labels(LabelTable((), {-1: block}), made.labels.categories, made.labels.listed)
    result = analyse(made, labels, checks={check.name: check})
    assert len(result.measurements[check.name].of(-1)[0]) == 4


def test_not_a_number_and_huge_boxes_are_survived(check: Check) -> None:
    made = crowd(tracks=2)
    made.labels.table.blocks[0].xywh[10] = np.nan
    made.labels.table.blocks[1].xywh[20] = [1e9, -1e9, 0.0, -5.0]
    with np.errstate(all="ignore"):
        result = only(check, made)
    assert all(np.isfinite(flag.score) for flag in result.flags)


def test_documentation_is_complete(check: Check) -> None:
    assert check.title
    assert check.description.endswith(".")
    assert isinstance(check.kind, FlagKind)
    assert all(parameter.description.endswith(".") for parameter in check.parameters)
    assert check.run.__doc__ or getattr(check.run, "func", None).__doc__  # type: ignore[attr-defined]


def test_evidence_is_a_short_phrase(check: Check) -> None:
    made = crowd()
    block = changed(made.labels.table.blocks[3], slice(25, 27), [15, 4, 30, -20])
    made = replace(
        made,
        labels=replace(made.labels, table=made.labels.table.with_blocks({3: without(block, 40)})),
    )
    for flag in only(check, made).flags:
        assert 5 < len(flag.evidence) < 300
        assert "nan" not in flag.evidence


def test_parts_say_what_the_whole_says(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    made = crowd(tracks=9)
    made.labels.table.blocks[4].xywh[30:32, 0] += 25.0
    whole = only(check, made)
    monkeypatch.setattr("trackproof.checks.scene.PART_ROWS", 100)
    assert len(list(Scene(made, made.labels).parts())) > 3
    parts = only(check, made)
    assert [flag.key for flag in parts.flags] == [flag.key for flag in whole.flags]
    scores = [[flag.score for flag in each.flags] for each in (parts, whole)]
    np.testing.assert_allclose(*scores, rtol=1e-6)
