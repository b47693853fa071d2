"""A damaged review file gives one error, and is never made worse."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review_scenes import cars, review, sequence
from trackproof.errors import ReviewError
from trackproof.labels import DeleteBoxes, FrameRanges, PutBox, SetAttribute
from trackproof.review import OwnFlag, Review, audit
from trackproof.review.packing import pack_block, pack_change, unpack_block, unpack_change
from trackproof.review.state import trusting_nothing

BOX = (1.0, 2.0, 3.0, 4.0)


def made(folder: Path) -> bytes:
    """The bytes of a closed review with a bit of everything."""
    path = folder / "whole.trackproof"
    with contextlib.closing(review(sequence(cars(40, rows=30)), path=path)) as whole:
        for frame in range(20):
            whole.apply("one", PutBox(0, frame, BOX))
        whole.apply("one", SetAttribute((0, 1), "occluded", "yes"))
        whole.apply("one", DeleteBoxes((1,), FrameRanges.everything()))
        whole.undo()
        whole.apply("one", PutBox(0, 25, BOX))
        whole.apply("one", PutBox(0, 25, (2.0, 2.0, 3.0, 4.0)), joins=True)
        whole.repair("one", PutBox(1, 7, BOX), ["c", "d"])
        whole.judge("one", ["a", "b"], "dismissed", comment="bus " * 50)
        whole.add_flag("one", OwnFlag(0, 1, 1, 1))
        whole.note_pictures("one", "/frames", {"a.jpg": (1, 2), "b.jpg": (1, 2, 3)})
    return path.read_bytes()


def use(opened: Review) -> None:
    """Read all that can be read."""
    opened.labels("one")
    opened.verdicts("one")
    opened.pictures("one")
    opened.history()
    list(audit(opened))
    while opened.undo_label:
        opened.undo()
    opened.redo()
    opened.flush()


def survives(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with contextlib.suppress(ReviewError):
        opened = review(sequence(cars(40, rows=30)), path=path)
        try:
            use(opened)
        finally:
            opened.close()
    for leftover in path.parent.glob("a.trackproof*"):
        leftover.unlink()


def damage(data: bytes, chance: random.Random) -> bytes:
    result = bytearray(data)
    for _ in range(chance.choice([1, 3, 20])):
        start = chance.randrange(len(result))
        kind = chance.randrange(4)
        if kind == 0:
            result[start] ^= 1 << chance.randrange(8)
        elif kind == 1:
            result[start : start + 64] = chance.randbytes(64)
        elif kind == 2:
            result[start : start + 4096] = bytes(4096)
        else:
            del result[max(start, 100) :]
    return bytes(result)


def fuzz(folder: Path, runs: int) -> None:
    data = made(folder)
    chance = random.Random(runs)
    for _ in range(runs):
        survives(folder / "a.trackproof", damage(data, chance))


def test_damaged_file_gives_an_error_in_words(tmp_path: Path) -> None:
    fuzz(tmp_path, 60)


@pytest.mark.extended
@pytest.mark.timeout(3600)
def test_thousands_of_damaged_files_give_errors_in_words(tmp_path: Path) -> None:
    fuzz(tmp_path, 10_000)


def test_empty_file_becomes_a_review(tmp_path: Path) -> None:
    path = tmp_path / "a.trackproof"
    path.touch()
    with contextlib.closing(review(path=path)) as opened:
        opened.apply("one", PutBox(0, 1, BOX))
        assert opened.flush()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_bytes_of_a_step_are_noticed(data: st.DataObject) -> None:
    _, change = PutBox(0, 1, BOX).apply(cars())
    whole = pack_change(change)
    place = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 7))
    broken = bytearray(whole)
    broken[place] ^= 1 << bit
    with pytest.raises(ReviewError), trusting_nothing(None, "step"):
        unpack_change(bytes(broken))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_for_a_block_are_refused(data: bytes) -> None:
    with pytest.raises(ReviewError), trusting_nothing(None, "block"):
        unpack_block(data)


def test_block_survives_packing() -> None:
    block = cars(2000, rows=2000).table.blocks[1]
    assert unpack_block(pack_block(block)).equals(block)
