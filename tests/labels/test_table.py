"""A label table keeps its rows, whichever way they come in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackproof.labels import Block, LabelTable, Shape, Track, concatenate
from trackproof.labels.table import row_order


@st.composite
def rows(draw: st.DrawFn, *, most_tracks: int = 5) -> tuple[Block, np.ndarray]:
    """Return rows in any order, some with vertices; no track has a frame twice."""
    keys = draw(
        st.lists(
            st.tuples(st.integers(-1, most_tracks - 1), st.integers(0, 20)),
            unique=True,
            max_size=40,
        )
    )
    n = len(keys)
    counts = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    has_vertices = draw(st.booleans())
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    block = Block(
        frame=np.array([frame for _, frame in keys], dtype=np.int32),
        category=np.zeros(n, dtype=np.int16),
        xywh=np.arange(n * 4, dtype=np.float64).reshape(n, 4),
        name=np.zeros(n, dtype=np.int32),
        attributes=np.zeros(n, dtype=np.int32),
        source=np.arange(n, dtype=np.int32),
        shape=np.full(n, Shape.POLYGON if has_vertices else Shape.BOX, dtype=np.uint8),
        vertices=np.arange(offsets[-1] * 2.0).reshape(-1, 2) if has_vertices else None,
        offsets=offsets if has_vertices else None,
        columns={"visibility": np.arange(n) / 7},
    )
    return block, np.array([track for track, _ in keys], dtype=np.int32)


def table_of(block: Block, track: np.ndarray) -> LabelTable:
    tracks = [Track(str(n), f"Car:{n}") for n in range(5)]
    return LabelTable.from_rows(tracks, block, track)


def signature(block: Block, row: int) -> tuple:
    return (
        int(block.frame[row]),
        tuple(block.xywh[row].tolist()),
        tuple(map(tuple, block.vertices_of(row).tolist())),
        float(block.columns["visibility"][row]),
    )


@settings(deadline=None, max_examples=60)
@given(rows())
def test_every_row_arrives_in_its_track_in_order(given_rows: tuple[Block, np.ndarray]) -> None:
    block, track = given_rows
    table = table_of(block, track)
    assert len(table) == len(block)
    for number, own in table.blocks.items():
        assert (np.diff(own.frame) > 0).all()
        expected = {signature(block, row) for row in np.flatnonzero(track == number)}
        assert {signature(own, row) for row in range(len(own))} == expected


@settings(deadline=None, max_examples=60)
@given(rows())
def test_flat_rows_are_those_of_the_tracks_one_after_another(
    given_rows: tuple[Block, np.ndarray],
) -> None:
    table = table_of(*given_rows)
    again = LabelTable(table.tracks, table.blocks)
    assert table.flat.rows.equals(again.flat.rows) or not len(table)
    assert table.flat.track.tolist() == again.flat.track.tolist()
    assert table.flat.starts.tolist() == again.flat.starts.tolist()
    assert table.flat.track_numbers.tolist() == again.flat.track_numbers.tolist()


@settings(deadline=None, max_examples=60)
@given(rows(), st.integers(0, 20))
def test_frame_holds_exactly_its_rows(given_rows: tuple[Block, np.ndarray], frame: int) -> None:
    block, track = given_rows
    found = table_of(block, track).at(frame)
    expected = np.flatnonzero(block.frame == frame)
    assert found.track.tolist() == sorted(track[expected].tolist())
    assert {signature(found.rows, row) for row in range(len(found))} == {
        signature(block, row) for row in expected
    }


@settings(deadline=None, max_examples=60)
@given(rows(), rows(), st.integers(0, 20))
def test_replaced_tracks_are_seen_in_every_frame(
    given_rows: tuple[Block, np.ndarray], others: tuple[Block, np.ndarray], frame: int
) -> None:
    table, other = table_of(*given_rows), table_of(*others)
    changed = {number: other.block(number) for number in (0, 2, 3)}
    patched = table.with_blocks(changed)
    rebuilt = LabelTable(patched.tracks, patched.blocks)
    one, two = patched.at(frame), rebuilt.at(frame)
    assert one.track.tolist() == two.track.tolist()
    assert [signature(one.rows, row) for row in range(len(one))] == [
        signature(two.rows, row) for row in range(len(two))
    ]


@settings(deadline=None, max_examples=60)
@given(rows(), st.data())
def test_taken_and_joined_rows_keep_their_vertices(
    given_rows: tuple[Block, np.ndarray], data: st.DataObject
) -> None:
    block, _ = given_rows
    picked = data.draw(
        st.lists(st.integers(0, max(len(block) - 1, 0)), max_size=20 if len(block) else 0)
    )
    taken = block.take(np.array(picked, dtype=np.intp))
    assert [signature(taken, row) for row in range(len(taken))] == [
        signature(block, row) for row in picked
    ]
    cut = len(block) // 2
    joined = concatenate([block.view(0, cut), block.view(cut, len(block))])
    assert joined.equals(block)


@pytest.mark.parametrize("tracks", [3, 70_000])
def test_row_order_is_by_track_then_frame_then_place(tracks: int) -> None:
    random = np.random.default_rng(7)
    track = random.integers(-1, tracks, 5_000).astype(np.int32)
    for frame in (random.integers(0, 50, 5_000), np.sort(random.integers(0, 50, 5_000))):
        frames = frame.astype(np.int32)
        order = row_order(track, frames)
        assert order is not None
        assert order.tolist() == np.lexsort((np.arange(5_000), frames, track)).tolist()
        assert row_order(track[order], frames[order]) is None


def test_table_of_no_rows_is_empty() -> None:
    table = table_of(Block.of_boxes([], np.empty((0, 4))), np.empty(0, dtype=np.int32))
    assert len(table) == 0
    assert len(table.at(3)) == 0
    assert table.to_pandas().empty


def test_tables_that_say_the_same_are_equal() -> None:
    block = Block.of_boxes([0, 1], np.ones((2, 4)))
    track = np.zeros(2, dtype=np.int32)
    table = table_of(block, track)
    assert table.equals(table_of(block, track))
    assert not table.equals(table.renamed(0, object_name="Bus:1"))
    assert not table.equals(table.with_blocks({0: block.take(slice(0, 1))}))


def test_names_and_attributes_are_numbered_once() -> None:
    table = LabelTable.empty()
    number, names = table.intern_name("Car:1")
    assert (number, names) == (1, ("", "Car:1"))
    grown = table.with_blocks({}, names=names)
    assert grown.intern_name("Car:1") == (1, names)
    values = (("colour", "red"),)
    number, sets = table.intern_attributes(values)
    assert sets[number] == values
    assert table.with_blocks({}, attribute_sets=sets).intern_attributes(values) == (1, sets)
