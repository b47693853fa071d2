"""Reviews in folders where SQLite cannot share memory, as on many network drives.

A folder in the place of the ``-shm`` file stands for them: SQLite meets it as it meets a file
system that refuses.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from review_scenes import cars, opened, review, sequence
from trackproof.labels import PutBox
from trackproof.review import Review, input_of

BOX = (1.0, 2.0, 3.0, 4.0)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a review is to lie, in a folder without shared memory."""
    path = tmp_path / "drive" / "a.trackproof"
    path.with_name(path.name + "-shm").mkdir(parents=True)
    return path


def journal_mode(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def check_works(path: Path) -> None:
    with contextlib.closing(review(path=path)) as first:
        assert first.path == path
        assert "write-ahead log" in first.notes[0]
        first.apply("one", PutBox(0, 3, BOX))
        assert first.flush()
        assert str(first.saved) == "saved"
        assert journal_mode(path) == "delete"
    with contextlib.closing(review(path=path)) as again:
        block = again.labels("one").table.blocks[0]
        assert block.xywh[3].tolist() == list(BOX)


def test_a_new_review_falls_back_to_the_rollback_journal_and_says_so(place: Path) -> None:
    check_works(place)


def test_a_review_that_was_copied_there_from_a_local_disk_is_brought_back(
    place: Path, tmp_path: Path
) -> None:
    local = tmp_path / "a.trackproof"
    with contextlib.closing(review(path=local)) as first:
        first.apply("one", PutBox(1, 5, BOX))
        assert first.flush()
        assert journal_mode(local) == "wal"
    place.write_bytes(local.read_bytes())
    check_works(place)
    with contextlib.closing(review(path=place)) as again:
        assert len(again.history()) == 2


def test_the_log_of_a_crash_is_not_lost_there(place: Path, tmp_path: Path) -> None:
    local = tmp_path / "a.trackproof"
    with contextlib.closing(review(path=local)) as first:
        first.apply("one", PutBox(1, 5, BOX))
        assert first.flush()
        # As a crash leaves it: part of the review is in the log alone.
        place.write_bytes(local.read_bytes())
        log = place.with_name(place.name + "-wal")
        log.write_bytes(local.with_name(local.name + "-wal").read_bytes())
        assert log.stat().st_size
    with contextlib.closing(review(path=place)) as again:
        # The other window is this process, which lives.
        assert again.is_read_only
        assert again.labels("one").table.blocks[1].xywh[5].tolist() == list(BOX)


def test_what_a_review_there_is_of_can_be_read(place: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text("{}")
    local = tmp_path / "a.trackproof"
    source = opened(sequence(cars()), path=labels)
    Review.open_or_create(source, reviewer="anna", path=local).close()
    place.write_bytes(local.read_bytes())
    assert input_of(place) == str(labels.resolve())
