"""Small labels and random edits of them, for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from trackproof.labels import (
    AddDetection,
    Block,
    Category,
    Compound,
    CopyDetection,
    CopyTo,
    DeleteBoxes,
    Edit,
    FrameRanges,
    Interpolate,
    Labels,
    LabelTable,
    Like,
    Merge,
    MoveVertex,
    NewTrack,
    PutBox,
    PutBoxes,
    PutVertices,
    RemoveVertex,
    Rename,
    ScaleRange,
    SetAttribute,
    SetCategory,
    SetFrameAttribute,
    Shape,
    ShiftRange,
    Split,
    Swap,
    Track,
)

FRAMES = 12
CATEGORIES = (Category("Vehicle", "1"), Category("Person", "2"))

frame_numbers = st.integers(0, FRAMES - 1)
pixels = st.integers(-40, 400).map(lambda tenth: tenth / 4)
sizes = st.integers(1, 200).map(lambda tenth: tenth / 4)
boxes = st.tuples(pixels, pixels, sizes, sizes)
values = st.sampled_from([None, "yes", "no", 1, 1.0, True, "\u00e9"])


@st.composite
def blocks(draw: st.DrawFn, *, name: int, category: int) -> Block:
    frames = sorted(draw(st.sets(frame_numbers, min_size=1)))
    xywh = [draw(boxes) for _ in frames]
    block = Block.of_boxes(
        frames, np.array(xywh), name=name, category=category, source=np.arange(len(frames))
    )
    if draw(st.booleans()):
        block.columns["visibility"] = np.linspace(0, 1, len(frames))  # type: ignore[index]
    return block


@st.composite
def labels(draw: st.DrawFn) -> Labels:
    """Labels of three tracks and, at times, of rows without identity."""
    names = ("", "Vehicle:1", "Vehicle:2", "Person:1")
    tracks = [Track(f"id-{name}", name) for name in names[1:]]
    rows = {
        number: draw(blocks(name=number + 1, category=int(number == 2)))
        for number in range(len(tracks))
    }
    if draw(st.booleans()):
        frames = sorted(draw(st.lists(frame_numbers, min_size=1, max_size=6)))
        rows[-1] = Block.of_boxes(frames, np.array([draw(boxes) for _ in frames]))
    table = LabelTable(tracks, rows, names=names, attribute_sets=((), (("occluded", "yes"),)))
    listed = np.zeros(FRAMES, dtype=np.bool_)
    for block in rows.values():
        listed[block.frame] = True
    return Labels(table, CATEGORIES, listed, {0: (("weather", "dry"),)})


@st.composite
def frame_ranges(draw: st.DrawFn) -> FrameRanges:
    if draw(st.booleans()):
        return FrameRanges.starting(draw(frame_numbers))
    return FrameRanges.of(draw(st.lists(frame_numbers, min_size=1, max_size=5)))


tracks = st.integers(-1, 3)
some_tracks = st.lists(tracks, min_size=1, max_size=3, unique=True).map(tuple)
vertices = st.lists(st.tuples(pixels, pixels), min_size=1, max_size=5).map(tuple)
shapes = st.sampled_from([Shape.POLYGON, Shape.POLYLINE, Shape.KEYPOINT])
likes = st.builds(
    Like, frame_numbers, st.integers(0, 1), st.sampled_from(["place", "category", "all"])
)
places = st.one_of(st.sampled_from([None, 0, 1]), likes)
overlaps = st.sampled_from(["refuse", "keep first", "keep second"])
object_ids = st.uuids().map(str)
put_boxes = st.dictionaries(frame_numbers, boxes, min_size=1, max_size=4)


def _put_boxes(track: int, by_frame: dict[int, tuple[float, ...]], overwrite: bool) -> PutBoxes:
    return PutBoxes(track, tuple(by_frame), np.array([*by_frame.values()]), overwrite=overwrite)


simple_edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(PutBox, tracks, frame_numbers, boxes, st.integers(0, 1)),
    st.builds(_put_boxes, st.integers(0, 3), put_boxes, st.booleans()),
    st.builds(AddDetection, frame_numbers, st.integers(0, 1), boxes),
    st.builds(DeleteBoxes, some_tracks, frame_ranges(), places),
    st.builds(ShiftRange, some_tracks, frame_ranges(), pixels, pixels, places),
    st.builds(ScaleRange, some_tracks, frame_ranges(), sizes, sizes, place=places),
    st.builds(CopyDetection, frame_numbers, st.integers(0, 1), frame_ranges(), st.booleans()),
    st.builds(NewTrack, st.integers(0, 1), frame_numbers, boxes, object_id=object_ids),
    st.builds(Rename, tracks, st.sampled_from(["Vehicle:1", "Vehicle:7", "the red car"])),
    st.builds(SetCategory, some_tracks, st.integers(0, 1), frame_ranges()),
    st.builds(SetCategory, some_tracks, st.integers(0, 1)),
    st.builds(Split, st.integers(0, 3), frame_ranges(), object_id=object_ids),
    st.builds(Merge, st.integers(0, 3), st.integers(0, 3), overlaps),
    st.builds(Swap, st.integers(0, 3), st.integers(0, 3), frame_ranges()),
    st.builds(SetAttribute, some_tracks, st.just("occluded"), values, frame_ranges(), places),
    st.builds(SetFrameAttribute, frame_ranges(), st.just("weather"), values),
    st.builds(CopyTo, some_tracks, frame_numbers, frame_ranges(), st.booleans()),
    st.builds(
        Interpolate,
        st.integers(0, 3),
        st.lists(frame_numbers, min_size=2, max_size=4, unique=True).map(tuple),
        st.sampled_from(["linear", "smooth"]),
        st.booleans(),
    ),
    st.builds(PutVertices, tracks, frame_numbers, shapes, vertices),
    st.builds(MoveVertex, tracks, frame_numbers, st.integers(0, 3), st.tuples(pixels, pixels)),
    st.builds(RemoveVertex, tracks, frame_numbers, st.integers(0, 3)),
)

edits: st.SearchStrategy[Edit] = st.one_of(
    simple_edits,
    st.builds(Compound, st.just("several"), st.lists(simple_edits, max_size=3).map(tuple)),
)


def same(first: Labels, second: Labels) -> bool:
    """Whether two versions hold the same, to the last bit and in the same types."""
    return (
        first.table.equals(second.table)
        and repr(first.table.attribute_sets) == repr(second.table.attribute_sets)
        and first.categories == second.categories
        and bool(np.array_equal(first.listed, second.listed))
        and repr(sorted(first.frame_attributes.items()))
        == repr(sorted(second.frame_attributes.items()))
    )
