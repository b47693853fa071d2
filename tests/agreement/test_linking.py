"""Detections are linked where they continue each other."""

from __future__ import annotations

import pytest

from agreement.label_sets import label_set, walk
from trackproof.agreement import LabelSet, LinkOptions, compare, link
from trackproof.labels import Labels
from trackproof.labels.provisional import provisional_tracks
from trackproof.progress import Cancelled


def without_identity(rows):
    return sorted((frame, -1, *box) for frame, _, *box in rows)


def linked(rows, *, frames: int, options: LinkOptions | None = None) -> Labels:
    labels = label_set(without_identity(rows), frames=frames).labels
    edit = link(labels, options)
    assert edit is not None
    return edit.apply(labels)[0]


def against(rows, *, frames: int, options: LinkOptions | None = None):
    truth = label_set(rows, frames=frames)
    found = linked(rows, frames=frames, options=options)
    return compare(truth, LabelSet(truth.sequence, found, "linked")).overall


def test_objects_that_pass_each_other_keep_their_motion() -> None:
    rows = [*walk(1, 0, 30, left=10, step=4), *walk(2, 0, 30, left=130, step=-4)]
    scores = against(rows, frames=31)
    assert scores.identity.idf1 == 1.0
    assert scores.clear.switches == 0


def test_object_is_found_again_after_a_short_absence_where_it_was_heading() -> None:
    rows = [row for row in walk(1, 0, 20, step=6) if row[0] not in (9, 10, 11)]
    assert len(provisional_tracks(linked(rows, frames=21))) == 1
    short = LinkOptions(longest_gap=2)
    assert len(provisional_tracks(linked(rows, frames=21, options=short))) == 2


def test_higher_overlap_asked_for_links_less() -> None:
    rows = [(0, 1, 0, 0, 20, 20), (1, 1, 8, 0, 20, 20)]
    assert len(provisional_tracks(linked(rows, frames=2))) == 1
    strict = LinkOptions(least_iou=0.6)
    assert len(provisional_tracks(linked(rows, frames=2, options=strict))) == 2


def test_categories_are_kept_apart_unless_asked_otherwise() -> None:
    rows = [(0, -1, 0, 0, 20, 20, 0), (1, -1, 0, 0, 20, 20, 1)]
    labels = label_set(rows, frames=2, categories=("car", "dog")).labels
    for same, count in ((True, 2), (False, 1)):
        edit = link(labels, LinkOptions(same_category=same))
        assert edit is not None
        assert len(provisional_tracks(edit.apply(labels)[0])) == count


def test_labels_with_identity_have_nothing_to_link() -> None:
    assert link(label_set(walk(1, 0, 3), frames=4).labels) is None


def test_linking_can_be_cancelled() -> None:
    class Stop:
        def step(self, done, total):
            raise Cancelled

    labels = label_set(without_identity(walk(1, 0, 3)), frames=4).labels
    with pytest.raises(Cancelled):
        link(labels, progress=Stop())
