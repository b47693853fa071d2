"""A review as a window uses it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest

import label_strategies as random
from review_scenes import cars, opened, review, sequence
from trackproof.errors import EditError, ReviewError
from trackproof.labels import (
    Compound,
    DeleteBoxes,
    FrameRanges,
    NewTrack,
    PutBox,
    Rename,
    SetFrameAttribute,
    ShiftRange,
    Swap,
)
from trackproof.review import (
    InputsChanged,
    OwnFlag,
    Review,
    review_path,
    set_aside,
)

BOX = (1.0, 2.0, 3.0, 4.0)


def test_edits_and_verdicts_survive_closing() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX), seconds=2.5)
        first.apply("one", NewTrack(1, 5, BOX))
        first.judge("one", ["gap-1"], "dismissed", comment="hidden by a bus")
        labels = first.labels("one")
    with contextlib.closing(review()) as again:
        assert random.same(again.labels("one"), labels)
        verdict = again.verdicts("one")["gap-1"]
        assert (verdict.status, verdict.comment, verdict.who) == (
            "dismissed",
            "hidden by a bus",
            "anna",
        )
        assert [entry.label for entry in again.history()] == [
            "resize Vehicle:1 at frame 3",
            "add Person:1 at frame 5",
            "mark 1 flag dismissed",
        ]


def test_undo_reaches_behind_a_restart() -> None:
    before = cars()
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        first.judge("one", ["gap-1"], "dismissed")
        first.apply("one", DeleteBoxes((1,), FrameRanges.everything()))
    with contextlib.closing(review()) as again:
        while again.undo_label:
            again.undo()
        assert random.same(again.labels("one"), before)
        assert not again.verdicts("one")
    with contextlib.closing(review()) as third:
        assert random.same(third.labels("one"), before)
        assert third.redo_label == "resize Vehicle:1 at frame 3"
        steps = third.go_to(3)
        assert len(steps) == 3
        assert third.labels("one").table.block(1) is None
        assert third.verdicts("one")["gap-1"].status == "dismissed"
        third.go_to(0)
        assert random.same(third.labels("one"), before)


def test_a_step_that_grew_and_took_part_of_itself_back_is_on_disk_as_it_ended() -> None:
    before = cars()
    box = tuple(before.table.blocks[0].xywh[3].tolist())
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        first.flush()
        back = Compound("back, and another", (PutBox(0, 3, box), PutBox(1, 3, BOX)))
        first.apply("one", back, joins=True)
        labels = first.labels("one")
        assert len(first.history()) == 1
    with contextlib.closing(review()) as again:
        assert random.same(again.labels("one"), labels)
        again.undo()
        assert random.same(again.labels("one"), before)


def test_a_step_grows_by_an_edit_of_what_it_made() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", NewTrack(1, 5, BOX))
        first.apply("one", Swap(1, 2, FrameRanges.at(5)), joins=True)
        labels = first.labels("one")
        assert [entry.label for entry in first.history()] == [
            "swap Vehicle:2 and Person:1 at frame 5"
        ]
    with contextlib.closing(review()) as again:
        assert random.same(again.labels("one"), labels)
        again.undo()
        assert random.same(again.labels("one"), cars())


def test_steps_that_waited_for_the_disk_leave_what_the_last_one_left() -> None:
    with contextlib.closing(review()) as first:
        first.flush()
        assert first.path is not None
        with contextlib.closing(sqlite3.connect(first.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for frame in range(8):
                first.apply("one", PutBox(frame % 2, frame, BOX))
                first.apply("one", SetFrameAttribute(FrameRanges.at(frame), "weather", "rain"))
            first.undo()
            assert first.pending >= 17
            other.execute("ROLLBACK")
        labels = first.labels("one")
    with contextlib.closing(review()) as again:
        assert random.same(again.labels("one"), labels)
        assert len(again.history()) == 16
        again.go_to(0)
        assert random.same(again.labels("one"), cars())


def test_new_edit_after_undo_abandons_what_could_be_redone_but_keeps_its_record() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        first.undo()
        first.apply("one", PutBox(0, 4, BOX))
        assert first.redo() is None
        with pytest.raises(ReviewError, match="cannot come back"):
            first.go_to(1)
    with contextlib.closing(review()) as again:
        assert again.redo_label == ""
        assert [entry.status for entry in again.history()] == [2, 1]


def test_edit_that_raises_is_not_recorded() -> None:
    with contextlib.closing(review()) as first:
        with pytest.raises(EditError):
            first.apply("one", PutBox(0, 99, BOX))
        assert first.history() == []
        assert first.apply("one", PutBox(0, 0, (0.0, 10.0, 30.0, 20.0))).is_empty
        assert first.history() == []


def test_sequences_of_one_input_share_a_file_and_keep_their_labels_apart() -> None:
    sequences = (sequence(cars(), "one"), sequence(cars(), "two"))
    with contextlib.closing(review(*sequences)) as first:
        first.apply("two", Rename(0, "Vehicle:9"))
        first.apply("one", PutBox(0, 3, BOX))
    with contextlib.closing(review(*sequences)) as again:
        assert again.labels("two").table.tracks[0].object_name == "Vehicle:9"
        assert again.labels("one").table.tracks[0].object_name == "Vehicle:1"
        again.undo()
        again.undo()
        assert random.same(again.labels("two"), cars())


def test_verdicts_bound_in_two_sequences_are_one_step_after_a_restart_too() -> None:
    sequences = (sequence(cars(), "one"), sequence(cars(), "two"))
    with contextlib.closing(review(*sequences)) as first:
        first.judge("one", ["before"], "dismissed")
        with first.one_step():
            first.judge("one", ["gap-1"], "unsure")
            first.judge("two", ["gap-2", "gap-3"], "unsure")
        first.judge("two", ["after"], "dismissed")
    with contextlib.closing(review(*sequences)) as again:
        assert [again.sequence_of(step.entry) for step in again.undo_together()] == ["two"]
        steps = again.undo_together()
        assert [again.sequence_of(step.entry) for step in steps] == ["two", "one"]
        assert set(again.verdicts("one")) == {"before"}
        assert not again.verdicts("two")
        steps = again.redo_together()
        assert [again.sequence_of(step.entry) for step in steps] == ["one", "two"]
        assert set(again.verdicts("two")) == {"gap-2", "gap-3"}


def test_own_flags_come_back_and_can_be_taken_away() -> None:
    with contextlib.closing(review()) as first:
        key = first.add_flag("one", OwnFlag(0, 3, 2, 4, evidence="wrong car"))
    with contextlib.closing(review()) as again:
        own = again.verdicts("one")[key].own
        assert own is not None
        assert own.evidence == "wrong car"
        again.judge("one", [key], "confirmed")
        again.remove_flag("one", key)
        assert key not in again.verdicts("one")
        again.undo()
        assert again.verdicts("one")[key].status == "confirmed"


def test_everything_counts_as_saved_after_a_flush() -> None:
    heard = []
    with contextlib.closing(review()) as first:
        first.listen(heard.append)
        first.apply("one", PutBox(0, 3, BOX))
        assert first.flush()
        assert first.pending == 0
        assert str(first.saved) == "saved"
    assert heard[-1].pending == 0


def test_save_as_moves_the_review_and_opening_the_input_finds_it(tmp_path: Path) -> None:
    target = tmp_path / "mine.trackproof"
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        home = first.path
        first.save_as(target)
        assert first.path == target
        first.apply("one", PutBox(0, 4, BOX))
    assert home is not None
    assert not home.exists()
    with contextlib.closing(review()) as again:
        assert again.path == target
        assert len(again.history()) == 2
        again.undo()
        with pytest.raises(ReviewError, match="in this file already"):
            again.save_as(target)


def test_review_that_was_closed_is_moved_nowhere_and_nobody_waits(tmp_path: Path) -> None:
    closed = review()
    closed.close()
    with pytest.raises(ReviewError, match="closed meanwhile"):
        closed.copied_to(tmp_path / "late.trackproof")
    assert not (tmp_path / "late.trackproof").exists()


def test_reader_can_save_a_copy_and_work_on_it(tmp_path: Path) -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        first.flush()
        second = review()
        second.save_as(tmp_path / "copy.trackproof")
        second.apply("one", PutBox(0, 4, BOX))
        assert second.close()
        first.apply("one", PutBox(0, 5, BOX))
        assert first.flush()
        assert first.path is not None
        assert first.path.exists()


def test_save_as_never_overwrites_unasked(tmp_path: Path) -> None:
    target = tmp_path / "mine.trackproof"
    target.write_text("precious")
    with contextlib.closing(review()) as first:
        with pytest.raises(ReviewError, match="a file of this name already"):
            first.save_as(target)
        assert target.read_text() == "precious"
        first.save_as(target, overwrite=True)
        first.apply("one", PutBox(0, 3, BOX))
        assert first.flush()


def test_changed_labels_are_named_and_nothing_is_touched() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        path = first.path
    assert path is not None
    before = path.read_bytes()
    with pytest.raises(InputsChanged, match="labels of one changed") as caught:
        review(sequence(cars(), sha256="b" * 64))
    assert len(caught.value.changes) == 1
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    assert len(before) == path.stat().st_size


def test_pictures_that_changed_are_named() -> None:
    with contextlib.closing(review()) as first:
        assert first.pictures("one") is None
        assert first.note_pictures("one", "/frames", {"a.jpg": (1, 1), "b.jpg": (1, 1)}) == ()
    with contextlib.closing(review()) as again:
        assert again.pictures("one") == "/frames"
        changes = again.note_pictures("one", "/frames", {"a.jpg": (2, 1), "c.jpg": (1, 1)})
        assert changes == (
            "1 picture is gone: b.jpg.",
            "1 picture is new: c.jpg.",
            "1 picture is changed: a.jpg.",
        )


def test_other_files_are_not_taken_for_reviews(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(ReviewError, match="another program's database"):
        review(path=path)
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(ReviewError, match="damaged"):
        review(path=path)
    kept = set_aside(path)
    assert kept.read_bytes().startswith(b"not a database")
    review(path=path).close()


def test_review_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    review(path=path).close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(ReviewError, match="newer trackproof"):
        review(path=path)


def test_name_of_a_review_tells_its_input() -> None:
    assert review_path("s3://bucket/out/output.manifest").name.startswith("output-")
    assert review_path(Path("a/x.json")) != review_path(Path("b/x.json"))


def test_labels_as_read_stay_as_they_are() -> None:
    labels = cars()
    source = opened(sequence(labels))
    with contextlib.closing(Review.open_or_create(source, reviewer="anna")) as first:
        first.apply("one", PutBox(0, 3, BOX))
    assert random.same(labels, cars())
    assert np.array_equal(labels.listed, np.ones(12, dtype=np.bool_))


def test_undo_prepared_beside_gives_the_same_labels_and_is_dropped_when_late(
    tmp_path: Path,
) -> None:
    base = cars(4000, rows=4000)
    path = tmp_path / "a.trackproof"
    with contextlib.closing(review(sequence(base), path=path)) as first:
        first.apply("one", ShiftRange((0, 1), FrameRanges.everything(), 2.0, 0.0))
        first.apply("one", ShiftRange((0, 1), FrameRanges.everything(), 0.0, 3.0))
    with contextlib.closing(review(sequence(base), path=path)) as again:
        assert again.is_undo_long
        late = again.prepare_undo()
        again.keep(again.prepare_undo())
        assert not again.is_undo_long
        again.undo()
        again.keep(late)
        assert again.is_undo_long
        again.keep(again.prepare_undo())
        again.undo()
        assert again.labels("one").table.equals(base.table)
        again.redo()
        again.redo()
        assert again.labels("one").table.blocks[0].xywh[7].tolist() == [2.0, 13.0, 30.0, 20.0]
