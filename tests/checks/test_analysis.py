from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from checks.making import changed, crowd, read_sample, sequence, walk, without
from trackproof.checks import FlagKind, analyse
from trackproof.progress import Cancelled

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.checks import Analysis
    from trackproof.labels import Block, Labels, Sequence


def edited(made: Sequence, blocks: dict[int, Block | None]) -> Labels:
    return replace(made.labels, table=made.labels.table.with_blocks(blocks))


def words(analysis: Analysis) -> list[tuple[str, float, str]]:
    return [(flag.key, round(flag.score, 6), flag.evidence) for flag in analysis.flags]


def test_planted_faults_of_the_sample_are_among_the_first_five_flags(shared_data: Path) -> None:
    made = read_sample(shared_data / "ground-truth" / "MOT17-13-SDP" / "SeqLabel.json")
    first = analyse(made, made.labels).flags[:5]
    places = {(made.object_name(flag.track), flag.frame) for flag in first}
    assert ("Vehicle:1", 217) in places
    assert ("Vehicle:2", 102) in places
    assert places & {("Vehicle:1", frame) for frame in (138, 139, 140)}


def test_ordinary_exit_is_no_flag() -> None:
    leaving = walk(30, start=(1750.0, 300.0), speed=(6.0, 0.0))
    made = sequence({0: leaving, 1: walk(60)})
    assert analyse(made, made.labels).flags == ()


def test_even_motion_has_no_flags() -> None:
    made = sequence({0: walk(60), 1: walk(60, start=(900, 500), speed=(-4, 2))})
    assert analyse(made, made.labels).flags == ()


def test_frames_that_are_not_listed_make_no_gap() -> None:
    listed = np.ones(60, dtype=np.bool_)
    listed[30] = False
    made = sequence({0: without(walk(60), 30)}, listed=listed)
    assert "gaps" not in {name for f in analyse(made, made.labels).flags for name in f.checks}


def test_gap_names_the_missing_frames_and_the_box_between() -> None:
    made = sequence({0: without(walk(60), 30, 31)})
    flag = analyse(made, made.labels).flags[0]
    assert flag.kind is FlagKind.GAP
    assert (flag.frame_start, flag.frame_end) == (30, 31)
    assert flag.expected_xywh == pytest.approx((390.0, 230.0, 40.0, 100.0))


def test_recheck_of_a_touched_track_equals_a_fresh_analysis() -> None:
    made = crowd()
    before = analyse(made, made.labels)
    labels = edited(made, {2: changed(made.labels.table.blocks[2], 30, [20, 0, 0, 0])})
    again = before.recheck(labels, [2])
    assert next(flag.track for flag in again.flags) == 2
    assert again.flags[0].frame == 30
    fresh = analyse(made, labels)
    assert fresh.flags[0].key == again.flags[0].key
    for name in ("rolling_iou", "size_change", "centre_shift", "left_deviation", "gaps"):
        values = [each.measurements[name].of(2)[1] for each in (again, fresh)]
        np.testing.assert_array_equal(*values, err_msg=name)


def test_undoing_an_edit_brings_back_the_same_flags() -> None:
    made = crowd(seed=3)
    made.labels.table.blocks[1].xywh[22, 2] += 20.0
    before = analyse(made, made.labels)
    labels = edited(made, {1: None, 2: changed(made.labels.table.blocks[2], 9, [0, 9, 0, 9])})
    after = before.recheck(labels, [1, 2]).recheck(made.labels, [1, 2])
    assert words(after) == words(before)


def test_removed_track_has_no_flags_and_no_values() -> None:
    made = crowd()
    made.labels.table.blocks[1].xywh[22, 2] += 20.0
    after = analyse(made, made.labels).recheck(edited(made, {1: None}), [1])
    assert all(flag.track != 1 for flag in after.flags)
    assert len(after.measurements["rolling_iou"].of(1)[0]) == 0
    assert 1 not in after.measurements["rolling_iou"].tracks()


def test_new_track_on_an_object_is_a_duplicate_after_recheck() -> None:
    made = crowd()
    copy = changed(made.labels.table.blocks[0].take(slice(10, 18)), slice(None), [1, 1, 0, 0])
    table = made.labels.table
    tracks = (*table.tracks, table.tracks[0].__class__("99", "Person:99"))
    labels = replace(made.labels, table=table.with_blocks({6: copy}, tracks=tracks))
    after = analyse(made, made.labels).recheck(labels, [6])
    found = [flag for flag in after.flags if flag.kind is FlagKind.DUPLICATE]
    assert (found[0].track, found[0].other_track) == (6, 0)


def test_lower_limit_flags_more_at_once() -> None:
    made = crowd()
    made.labels.table.blocks[4].xywh[30:, 2:] *= 1.05
    before = analyse(made, made.labels)
    named = [f for f in before.flags if "size_change" in f.checks]
    after = before.with_limit("size_change", 0.05)
    more = [f for f in after.flags if "size_change" in f.checks]
    assert not named
    assert (4, 30) in {(flag.track, flag.frame) for flag in more}
    assert after.measurements["size_change"].limit == 0.05
    assert words(after.with_limit("size_change", before.measurements["size_change"].limit)) == (
        words(before)
    )


def test_limit_holds_for_tracks_that_were_edited() -> None:
    made = crowd()
    labels = edited(made, {4: changed(made.labels.table.blocks[4], slice(30, None), [0, 0, 2, 5])})
    after = analyse(made, made.labels).recheck(labels, [4]).with_limit("size_change", 0.05)
    assert (4, 30) in {(f.track, f.frame) for f in after.flags if "size_change" in f.checks}


def test_keys_are_unique_and_stay_the_same() -> None:
    made = crowd()
    for track in range(5):
        made.labels.table.blocks[track].xywh[20 + track, 0] += 30.0
    first, second = analyse(made, made.labels), analyse(made, made.labels)
    keys = [flag.key for flag in first.flags]
    assert len(set(keys)) == len(keys) > 4
    assert keys == [flag.key for flag in second.flags]


def test_summary_tells_ordinary_from_unusual() -> None:
    made = crowd()
    made.labels.table.blocks[3].xywh[20, 0] += 30.0
    summary = analyse(made, made.labels).tracks[3]
    assert summary.boxes == 60
    assert summary.minimum < 0.5 < summary.median
    assert summary.worst["rolling_iou"] in (20, 21)
    assert 0.0 < summary.share_under_limit < 0.1


def test_cancelling_stops_the_checks() -> None:
    class Impatient:
        def step(self, done: int, total: int) -> None:
            raise Cancelled

    made = crowd()
    with pytest.raises(Cancelled):
        analyse(made, made.labels, progress=Impatient())


def test_an_edit_changes_the_curves_of_the_partner_and_of_its_other_partners() -> None:
    boxes = {0: walk(60), 1: walk(60, start=(900, 500)), 2: walk(60, start=(905, 503))}
    made = sequence(boxes)
    before = analyse(made, made.labels)
    onto_the_pair = edited(made, {0: walk(60, start=(902, 500))})
    after = before.recheck(onto_the_pair, [0])
    away_again = after.recheck(made.labels, [0])
    for analysis, labels in ((after, onto_the_pair), (away_again, made.labels)):
        fresh = analyse(made, labels)
        for name in ("duplicate", "identity_swap", "fragment"):
            for track in boxes:
                again, whole = (each.measurements[name].of(track) for each in (analysis, fresh))
                np.testing.assert_allclose(again[1], whole[1], err_msg=f"{name} of {track}")
