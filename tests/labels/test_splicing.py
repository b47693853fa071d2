"""Rows exchanged and compared frame by frame, against the plain way to do it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import label_strategies as random
from trackproof.labels import Block
from trackproof.labels.block import concatenate
from trackproof.labels.splicing import (
    FEW_FRAMES,
    in_frames,
    ordinals,
    rows_differ,
    same_frames,
    spliced,
    touched_frames,
)

many_frames = st.lists(st.integers(0, 2 * FEW_FRAMES), min_size=1, max_size=3 * FEW_FRAMES)


@st.composite
def detections(draw: st.DrawFn) -> Block:
    """Rows of which a frame may hold several, with values that tell them apart."""
    frames = sorted(draw(many_frames))
    values = draw(st.integers(0, 3))
    boxes = np.tile(np.arange(len(frames), dtype=np.float64)[:, None] % (values + 1), (1, 4))
    return Block.of_boxes(frames, boxes, source=np.arange(len(frames)))


@given(detections(), many_frames)
def test_rows_in_frames_are_those_whose_frame_is_among_them(
    block: Block, frames: list[int]
) -> None:
    wanted = [frame in frames for frame in block.frame.tolist()]
    assert in_frames(block, np.array(frames, dtype=np.int32)).tolist() == wanted


@given(detections())
def test_ordinals_count_within_a_frame(block: Block) -> None:
    frames = block.frame.tolist()
    assert ordinals(block.frame).tolist() == [
        frames[:row].count(frame) for row, frame in enumerate(frames)
    ]


@given(detections(), detections())
def test_rows_pair_up_by_frame_and_place(first: Block, second: Block) -> None:
    def keys(block: Block) -> list[tuple[int, int]]:
        return list(zip(block.frame.tolist(), ordinals(block.frame).tolist(), strict=True))

    shared = sorted(set(keys(first)) & set(keys(second)))
    first_rows, second_rows, lone_first, lone_second = same_frames(first, second)
    assert [keys(first)[row] for row in first_rows] == shared
    assert [keys(second)[row] for row in second_rows] == shared
    assert lone_first.tolist() == [key[0] for key in keys(first) if key not in shared]
    assert lone_second.tolist() == [key[0] for key in keys(second) if key not in shared]


@given(detections(), detections())
def test_spliced_rows_take_the_place_of_all_in_their_frames(block: Block, rows: Block) -> None:
    kept = block.take(~np.isin(block.frame, rows.frame))
    joined = concatenate([kept, rows])
    wanted = joined.take(np.argsort(joined.frame, kind="stable"))
    assert spliced(block, rows).equals(wanted)


@given(detections(), st.data())
def test_rows_of_the_same_frames_replace_each_other_in_place(
    block: Block, data: st.DataObject
) -> None:
    chosen = data.draw(st.sampled_from(sorted(set(block.frame.tolist()))))
    there = block.frame == chosen
    rows = Block.of_boxes(block.frame[there], np.full((int(there.sum()), 4), 7.5), source=99)
    after = spliced(block, rows)
    assert after.take(there).equals(rows)
    assert after.take(~there).equals(block.take(~there))
    assert touched_frames(block, after).tolist() == [chosen]
    assert touched_frames(after, after).tolist() == []


@given(random.blocks(name=1, category=0), st.integers(0, 11))
def test_undefined_numbers_equal_each_other(block: Block, place: int) -> None:
    row = place % len(block)
    undefined = np.full(len(block), np.nan)
    first = Block(**{**_fields(block), "columns": {"visibility": undefined}})
    defined = undefined.copy()
    defined[row] = 0.5
    second = Block(**{**_fields(block), "columns": {"visibility": defined}})
    rows = np.arange(len(block), dtype=np.int32)
    assert not rows_differ(first, first, rows, rows).any()
    assert np.flatnonzero(rows_differ(first, second, rows, rows)).tolist() == [row]


def _fields(block: Block) -> dict[str, object]:
    return {name: getattr(block, name) for name in block.__dataclass_fields__}
