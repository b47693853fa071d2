"""Reviews where other windows, full disks and locked folders are in the way."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from pathlib import Path

import pytest

import label_strategies as random
from review_scenes import cars, review
from trackproof.errors import ReviewError
from trackproof.labels import (
    NewTrack,
    PutBox,
)
from trackproof.review import (
    ABANDONED,
    DONE,
    Review,
)

BOX = (1.0, 2.0, 3.0, 4.0)


def test_second_window_may_only_look_and_learns_who_works() -> None:
    with contextlib.closing(review()) as first:
        first.apply("one", PutBox(0, 3, BOX))
        first.flush()
        with contextlib.closing(review()) as second:
            assert second.is_read_only
            assert random.same(second.labels("one"), first.labels("one"))
            with pytest.raises(ReviewError, match="has this review open"):
                second.apply("one", PutBox(0, 4, BOX))
            with pytest.raises(ReviewError, match="cannot be taken over"):
                review(take_over=True)
    with contextlib.closing(review()) as third:
        assert not third.is_read_only


def test_folder_that_cannot_be_written_is_said_and_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.review.database.is_writable", lambda path: False)
    first = review(path=tmp_path / "locked" / "a.trackproof")
    assert "cannot be written" in first.saved.problem
    first.apply("one", PutBox(0, 3, BOX))
    first.judge("one", ["a"], "fixed")
    assert not first.flush()
    assert first.pending >= 2
    monkeypatch.undo()
    first.save_as(tmp_path / "elsewhere.trackproof")
    assert first.saved.problem == ""
    assert first.close()
    with contextlib.closing(review(path=tmp_path / "elsewhere.trackproof")) as again:
        assert len(again.history()) == 2
        assert again.verdicts("one")["a"].status == "fixed"


def test_review_in_a_locked_folder_is_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.trackproof"
    with contextlib.closing(review(path=path)) as first:
        first.apply("one", PutBox(0, 3, BOX))
        labels = first.labels("one")
    monkeypatch.setattr("trackproof.review.database.is_writable", lambda path: False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with contextlib.closing(review(path=path)) as again:
        assert again.saved.problem
        assert random.same(again.labels("one"), labels)
        again.undo()
        assert random.same(again.labels("one"), cars())


def test_full_disk_keeps_the_steps_until_they_are_saved_elsewhere(tmp_path: Path) -> None:
    first = review(path=tmp_path / "a.trackproof")
    first.flush()
    fill_up(first)
    for frame in range(12):
        first.apply("one", PutBox(0, frame, (1.0, 2.0, 3.0 + frame, 4.0)))
        first.judge("one", [f"flag {frame}"], "fixed", comment="x" * 4000)
    assert not first.flush()
    assert "disk is full" in first.saved.problem
    assert first.pending > 0
    labels = first.labels("one")
    first.save_as(tmp_path / "b.trackproof")
    assert first.flush()
    assert first.saved.problem == ""
    first.close()
    with contextlib.closing(review(path=tmp_path / "b.trackproof")) as again:
        assert random.same(again.labels("one"), labels)
        assert len(again.history()) == 24


def test_window_that_was_taken_over_keeps_its_work_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    first = review(path=path)
    first.flush()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE holder SET token = 'other', user = 'ben', host = 'elsewhere'")
        other.commit()
    first.apply("one", PutBox(0, 3, BOX))
    assert not first.flush()
    assert "ben on elsewhere" in first.saved.problem
    first.save_as(tmp_path / "b.trackproof")
    assert first.close()
    assert path.exists()
    with contextlib.closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM journal").fetchone() == (0,)


def test_a_window_that_looked_on_writes_once_the_other_has_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    first = review(path=path)
    with contextlib.closing(review(path=path)) as looking:
        assert not looking.claim()
        looking.labels("one")
        first.apply("one", PutBox(0, 3, BOX))
        first.judge("one", ["a"], "fixed")
        labels = first.labels("one")
        first.close()
        assert looking.claim()
        assert random.same(looking.labels("one"), labels)
        assert looking.verdicts("one")["a"].status == "fixed"
        looking.undo()
        looking.undo()
        assert looking.flush()
        assert str(looking.saved) == "saved"
    with contextlib.closing(review(path=path)) as again:
        assert random.same(again.labels("one"), cars())


def test_work_of_a_window_that_was_taken_over_is_saved_elsewhere_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    first = review(path=path)
    first.apply("one", PutBox(1, 1, BOX))
    first.judge("one", ["early"], "dismissed")
    first.apply("one", PutBox(1, 2, BOX))
    first.flush()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE holder SET host = 'elsewhere', seen = 0")
        other.commit()
    with contextlib.closing(review(path=path, take_over=True)) as second:
        second.undo()
        second.apply("one", PutBox(1, 7, BOX))
        second.judge("one", ["early", "theirs"], "fixed")
        theirs = second.labels("one")
    first.undo()
    first.apply("one", NewTrack(1, 5, BOX))
    first.judge("one", ["mine"], "fixed")
    first.apply("one", PutBox(0, 3, BOX))
    first.undo()
    assert not first.flush()
    assert "took this review over" in first.saved.problem
    labels = first.labels("one")
    first.save_as(tmp_path / "b.trackproof")
    assert first.flush()
    assert first.close()
    with contextlib.closing(review(path=tmp_path / "b.trackproof")) as mine:
        assert random.same(mine.labels("one"), labels)
        verdicts = {flag: one.status for flag, one in mine.verdicts("one").items()}
        assert verdicts == {"early": "dismissed", "mine": "fixed"}
        assert [entry.status for entry in mine.history()] == [DONE, DONE, ABANDONED, DONE, DONE, 0]
        mine.redo()
        mine.go_to(0)
        assert random.same(mine.labels("one"), cars())
    with contextlib.closing(review(path=path)) as again:
        assert random.same(again.labels("one"), theirs)


def test_what_a_file_cannot_take_is_put_elsewhere_when_the_review_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "rescued"))
    first = review(path=tmp_path / "a.trackproof")
    first.flush()
    fill_up(first)
    first.apply("one", PutBox(0, 3, BOX))
    first.judge("one", ["a"], "fixed", comment="x" * 40_000)
    assert not first.flush()
    labels = first.labels("one")
    assert first.close()
    assert first.rescued is not None
    assert first.rescued.parent == tmp_path / "rescued"
    with contextlib.closing(review(path=first.rescued)) as again:
        assert random.same(again.labels("one"), labels)
        assert again.verdicts("one")["a"].status == "fixed"


def test_room_that_was_freed_is_used_at_once_when_asked(tmp_path: Path) -> None:
    with contextlib.closing(review(path=tmp_path / "a.trackproof")) as first:
        first.flush()
        fill_up(first)
        first.judge("one", ["a"], "fixed", comment="x" * 40_000)
        assert not first.flush()
        assert first.has_unsaved
        first._database.connection.execute("PRAGMA max_page_count = 100000")
        assert first.retry(10.0)
        assert not first.has_unsaved


def fill_up(full: Review) -> None:
    """Leave no room for another page, as a full disk does."""
    connection = full._database.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def test_silent_window_on_another_machine_can_be_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    review(path=path).close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO holder VALUES (1, 't', 'elsewhere', 'ben', 1, '', 0.0, 0.0)")
        other.commit()
    with contextlib.closing(review(path=path)) as looking:
        assert looking.is_read_only
        assert "ben on elsewhere since" in looking.read_only_reason
    with contextlib.closing(review(path=path, take_over=True)) as taken:
        assert not taken.is_read_only
        taken.apply("one", PutBox(0, 3, BOX))
        assert taken.flush()


def test_folder_without_shared_memory_gets_a_rollback_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.review.database.is_on_network", lambda path: True)
    with contextlib.closing(review(path=tmp_path / "a.trackproof")) as first:
        assert "a little longer" in first.notes[0]
        first.apply("one", PutBox(0, 3, BOX))
        assert first.flush()
        first.undo()
