"""Labels that change underneath a review: its edits come along, and its record stays."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from review_scenes import cars, review, sequence
from trackproof.errors import ReviewError
from trackproof.labels import (
    DeleteBoxes,
    FrameRanges,
    Labels,
    LabelTable,
    NewTrack,
    PutBox,
    Rename,
    SetAttribute,
    SetFrameAttribute,
    Track,
    difference,
)
from trackproof.review import ABANDONED, DONE, Raised, audit
from trackproof.review.schema import MIGRATIONS, VERSION

BOX = (1.0, 2.0, 3.0, 4.0)


def renumbered(labels: Labels) -> Labels:
    """The same labels from a file that lists its objects in another order."""
    table = labels.table
    order = [1, 0]
    tracks = [Track("new", "Vehicle:7"), *(table.tracks[n] for n in order)]
    blocks = {n + 1: table.blocks[old] for n, old in enumerate(order)}
    blocks[0] = replace(table.blocks[0], name=np.full(8, 3, dtype=np.int32))
    return replace(labels, table=LabelTable(tracks, blocks, names=(*table.names, "Vehicle:7")))


def changed(labels: Labels | None = None) -> Labels:
    return renumbered(labels or cars())


def test_edits_come_along_to_new_labels_by_identity() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        first.apply("one", DeleteBoxes((1,), FrameRanges.at(5)))
        first.apply("one", NewTrack(1, 2, BOX, object_id="mine"))
        first.apply("one", SetAttribute((1,), "hidden", "yes", FrameRanges.at(1)))
        first.apply("one", SetFrameAttribute(FrameRanges.at(4), "weather", "rain"))
        first.apply("one", Rename(1, "Vehicle:5"))
        first.judge("one", ["gap-1"], "fixed")
    new = sequence(changed(), sha256="b" * 64)
    with contextlib.closing(review(new, carry_over=True)) as again:
        labels = again.labels("one")
        by_id = {track.object_id: n for n, track in enumerate(labels.table.tracks)}
        assert labels.table.blocks[by_id["id-0"]].xywh[3].tolist() == list(BOX)
        other = labels.table.blocks[by_id["id-1"]]
        assert other.frame.tolist() == [0, 1, 2, 3, 4, 6, 7]
        assert labels.table.attribute_sets[other.attributes[1]] == (("hidden", "yes"),)
        assert labels.table.tracks[by_id["id-1"]].object_name == "Vehicle:5"
        assert {labels.table.names[n] for n in other.name} == {"Vehicle:5"}
        assert len(labels.table.blocks[by_id["mine"]]) == 1
        assert len(labels.table.blocks[by_id["new"]]) == 8
        assert labels.frame_attributes[4] == (("weather", "rain"),)
        assert again.verdicts("one")["gap-1"].status == "fixed"
        assert again.notes == ()
        records = list(audit(again))
        assert records[0]["before"]["id-0"][0]["name"] == "Vehicle:1"
        assert records[-1]["what"] == "carry the review over to the changed labels"
        assert again.undo_label == records[-1]["what"]
        again.undo()
        assert difference(changed(), again.labels("one")).is_empty
        again.redo()
    with contextlib.closing(review(new)) as third:
        assert difference(third.labels("one"), labels).is_empty


def test_a_repair_of_the_old_labels_cannot_be_undone_on_the_new_ones() -> None:
    with contextlib.closing(review()) as first:
        first.repair("one", PutBox(0, 3, BOX), ["gap-1"])
    new = sequence(changed(), sha256="b" * 64)
    with contextlib.closing(review(new, carry_over=True)) as again:
        assert [entry.status for entry in again.history()] == [ABANDONED, DONE]
        again.undo()
        assert again.undo_label == ""
        assert difference(changed(), again.labels("one")).is_empty
        assert again.verdicts("one")["gap-1"].status == "fixed"


def test_frames_changed_on_both_sides_are_named() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
    theirs = PutBox(0, 3, (9.0, 9.0, 9.0, 9.0)).result(cars())
    theirs = PutBox(0, 6, (9.0, 9.0, 9.0, 9.0)).result(theirs)
    new = sequence(theirs, sha256="b" * 64)
    with contextlib.closing(review(new, carry_over=True)) as again:
        assert "both changed frames 3;" in again.notes[0]
        block = again.labels("one").table.blocks[0]
        assert block.xywh[[3, 6], 0].tolist() == [1.0, 9.0]


def test_labels_that_became_what_the_review_made_of_them_are_no_conflict() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        first.apply("one", SetAttribute((1,), "hidden", "yes", FrameRanges.at(1)))
        first.apply("one", SetFrameAttribute(FrameRanges.at(4), "weather", "rain"))
        saved = first.labels("one")
    new = sequence(saved, sha256="b" * 64)
    with contextlib.closing(review(new, carry_over=True)) as again:
        assert again.notes == ()
        assert difference(saved, again.labels("one")).is_empty


def test_shorter_labels_take_what_still_fits() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        first.apply("one", PutBox(0, 11, BOX))
    new = sequence(cars(9), sha256="b" * 64)
    with contextlib.closing(review(new, carry_over=True)) as again:
        block = again.labels("one").table.blocks[0]
        assert block.xywh[3].tolist() == list(BOX)
        assert block.frame.max() == 7


def test_nothing_to_carry_is_no_step() -> None:
    review().close()
    with contextlib.closing(review(sequence(cars(), sha256="b" * 64), carry_over=True)) as again:
        assert again.history() == []


def test_review_without_a_copy_of_its_labels_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    review(path=path).close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE sequences SET base = NULL")
        other.commit()
    with pytest.raises(ReviewError, match="cannot be carried over"):
        review(sequence(cars(), sha256="b" * 64), path=path, carry_over=True)


def test_older_review_is_brought_forward_and_a_copy_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    with contextlib.closing(review(path=path)) as first:
        first.apply("one", PutBox(0, 3, BOX))
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE former")
        other.execute("ALTER TABLE verdicts DROP COLUMN raised")
        other.execute("PRAGMA user_version = 1")
    with contextlib.closing(review(path=path)) as again:
        assert "a.version-1.trackproof is the old one" in again.notes[0]
        assert len(again.history()) == 1
        assert len(list(audit(again))) == 1
    with contextlib.closing(sqlite3.connect(tmp_path / "a.version-1.trackproof")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT count(*) FROM journal").fetchone() == (1,)


def test_verdicts_of_an_older_review_come_along_and_new_ones_keep_what_raised_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.trackproof"
    with contextlib.closing(review(path=path)) as first:
        first.judge("one", ["gap-1"], "fixed")
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("ALTER TABLE verdicts DROP COLUMN raised")
        other.execute("PRAGMA user_version = 3")
    with contextlib.closing(review(path=path)) as again:
        assert again.verdicts("one")["gap-1"].status == "fixed"
        assert again.verdicts("one")["gap-1"].raised is None
        again.raised_by = lambda _sequence, flag: Raised(flag.split("-")[0], 0.75)
        again.judge("one", ["gap-2"], "dismissed")
    with contextlib.closing(review(path=path)) as third:
        assert third.verdicts("one")["gap-2"].raised == Raised("gap", 0.75)


def test_a_repair_keeps_what_raised_its_flag_though_nothing_raises_it_any_more(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.trackproof"
    with contextlib.closing(review(path=path)) as first:
        first.raised_by = lambda _sequence, _flag: Raised("drift", 0.5)
        first.repair("one", PutBox(0, 3, BOX), ["flag-1"])
    with contextlib.closing(review(path=path)) as again:
        assert again.verdicts("one")["flag-1"].raised == Raised("drift", 0.5)
        again.judge("one", ["flag-1"], "confirmed")
        assert again.verdicts("one")["flag-1"].raised == Raised("drift", 0.5)
        again.undo()
        assert again.verdicts("one")["flag-1"].status == "fixed"
    new = sequence(changed(), sha256="b" * 64)
    with contextlib.closing(review(new, path=path, carry_over=True)) as carried:
        assert carried.verdicts("one")["flag-1"].raised == Raised("drift", 0.5)


def test_every_version_has_a_way_forward() -> None:
    assert set(MIGRATIONS) == set(range(1, VERSION))
