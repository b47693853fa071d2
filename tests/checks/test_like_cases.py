"""Like cases: what a repair was like, who else needs it, and all of them as one edit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trackproof.checks import Analysis, analyse
from trackproof.checks.like_cases import (
    batch,
    in_words,
    like_cases,
    may_be_like,
    pattern_of_change,
)
from trackproof.errors import EditError
from trackproof.labels import (
    Block,
    Category,
    FrameRanges,
    Labels,
    LabelTable,
    PutBox,
    Sequence,
    SetAttribute,
    SetCategory,
    Split,
    Swap,
    Track,
    undo,
)

FRAMES = 60
CUTS = {0: 12, 1: 20, 2: 30, 3: 40}


@pytest.fixture
def sequence() -> Sequence:
    """Four objects that move evenly; each has its lower half cut off in one frame."""
    at = np.arange(FRAMES)
    records, blocks, names = [], {}, [""]
    for track, cut in CUTS.items():
        names.append(f"Vehicle:{track + 1}")
        records.append(Track(str(track), names[-1]))
        boxes = np.stack(
            [30.0 + 5.0 * at, np.full(FRAMES, 60.0 + 130 * track), *np.full((2, FRAMES), 80.0)],
            axis=1,
        )
        boxes[cut, 3] = 40.0
        blocks[track] = Block.of_boxes(at, boxes, name=track + 1)
    labels = Labels(
        LabelTable(records, blocks, names=names),
        (Category("Vehicle"), Category("Person")),
        np.ones(FRAMES, dtype=np.bool_),
    )
    frame_names = tuple(f"{i}.jpg" for i in at)
    return Sequence("street", frame_names, at, labels, rate_fps=25.0, width=640, height=640)


@pytest.fixture
def analysis(sequence: Sequence) -> Analysis:
    return analyse(sequence, sequence.labels)


def repaired(analysis: Analysis, track: int = 0) -> tuple[object, Analysis]:
    """Return the pattern of repairing one object by hand, and the checks after it."""
    flag = next(one for one in analysis.flags if one.track == track)
    box = analysis.labels.table.blocks[track].xywh[CUTS[track]]
    edit = PutBox(track, CUTS[track], (box[0], box[1], 80.0, 80.0))
    labels, change = edit.apply(analysis.labels)
    return pattern_of_change(labels, flag, change), analysis.recheck(labels, {track})


def test_the_pattern_names_the_edge_and_the_category(analysis: Analysis) -> None:
    pattern, _ = repaired(analysis)
    assert in_words(pattern) == "bottom edge outward, Vehicle"


def test_all_cuts_of_the_same_edge_are_found_and_repaired_as_one_step(analysis: Analysis) -> None:
    pattern, after = repaired(analysis)
    cases = like_cases(after, pattern, may_be_like(after, pattern, after.flags))
    assert {case.flag.track for case in cases} == {1, 2, 3}
    edit, taken = batch(after.labels, cases)
    labels, change = edit.apply(after.labels)
    assert len(taken) == 3
    assert edit.describe(labels) == "repair 3 like cases"
    for track, cut in CUTS.items():
        assert labels.table.blocks[track].xywh[cut, 3] == pytest.approx(80.0, abs=2.0)
    back = undo(labels, change)
    assert all(back.table.blocks[t].equals(after.labels.table.blocks[t]) for t in CUTS)


def test_other_categories_are_no_candidates(analysis: Analysis) -> None:
    labels = SetCategory((2,), 1).result(analysis.labels)
    pattern, after = repaired(analysis.recheck(labels, {2}))
    assert 2 not in {flag.track for flag in may_be_like(after, pattern, after.flags)}


def test_the_annotator_is_told_where_labels_say_who_it_was(analysis: Analysis) -> None:
    labels = SetAttribute((0, 1), "annotator", "ben").result(analysis.labels)
    pattern, after = repaired(analysis.recheck(labels, {0, 1}))
    assert in_words(pattern).endswith("Vehicle, ben")
    cases = like_cases(after, pattern, may_be_like(after, pattern, after.flags))
    who = {case.flag.track: case.pattern.annotator for case in cases}
    assert who == {1: "ben", 2: "", 3: ""}


def test_a_batch_takes_each_place_once(analysis: Analysis) -> None:
    pattern, after = repaired(analysis)
    case = like_cases(after, pattern, may_be_like(after, pattern, after.flags))[0]
    _, taken = batch(after.labels, [case, case])
    assert len(taken) == 1
    gone = replace(case, edit=PutBox(99, 0, (0.0, 0.0, 5.0, 5.0)))
    with pytest.raises(EditError, match="None of these repairs"):
        batch(after.labels, [gone])


def test_repairs_of_several_objects_are_told_by_what_became_of_their_boxes(
    analysis: Analysis,
) -> None:
    flag = next(one for one in analysis.flags if one.track == 0)
    labels, change = Swap(0, 1, FrameRanges.starting(flag.frame)).apply(analysis.labels)
    swapped = pattern_of_change(labels, flag, change)
    assert swapped is not None
    assert in_words(swapped) == "boxes exchanged, Vehicle"
    labels, change = Split(0, FrameRanges.starting(flag.frame)).apply(analysis.labels)
    split = pattern_of_change(labels, flag, change)
    assert split is not None
    assert split.edges == {"handed over"}
