"""What nobody edited comes back byte for byte; what was edited keeps everything else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ground_truth_files import box, frame, read_one, tracking, write
from trackproof.errors import FormatError, StorageError
from trackproof.formats import formats, open_labels
from trackproof.formats.ground_truth_labels import encode_labels, encode_window
from trackproof.labels import (
    DeleteBoxes,
    FrameRanges,
    Labels,
    PutBox,
    Rename,
    SetAttribute,
    SetCategory,
    SetFrameAttribute,
    Swap,
)


def entries(data: bytes) -> list[dict]:
    return json.loads(data)["tracking-annotations"]


def moved(labels: Labels, track: int, frame_index: int, **sides: float) -> Labels:
    """Return labels in which sides of one box differ."""
    block = labels.table.blocks[track]
    xywh = block.xywh.copy()
    row = block.row_at(frame_index)
    for key, value in sides.items():
        xywh[row, ("left", "top", "width", "height").index(key)] = value
    return replace(labels, table=labels.table.with_blocks({track: replace(block, xywh=xywh)}))


def without(labels: Labels, track: int, frame_index: int) -> Labels:
    block = labels.table.blocks[track]
    return replace(
        labels,
        table=labels.table.with_blocks({track: block.take(block.frame != frame_index)}),
    )


@pytest.fixture
def sample(shared_data: Path):
    return open_labels(shared_data / "ground-truth" / "MOT17-13-SDP" / "SeqLabel.json").sequences[0]


def test_unedited_sample_is_identical(sample) -> None:
    assert encode_labels(sample, sample.labels) == sample.source.path.read_bytes()


def test_one_edited_frame_leaves_every_other_byte(sample) -> None:
    before = sample.source.path.read_bytes()
    after = encode_labels(sample, moved(sample.labels, 0, 139, width=138.4))
    first, end = sample.source.frame_spans[139]
    tail = len(before) - end
    assert after[:first] == before[:first]
    assert after[-tail:] == before[-tail:]
    changed = json.loads(after[first : len(after) - tail])
    was = json.loads(before[first:end])
    assert list(changed) == list(was)
    assert changed["annotations"][0] == {**was["annotations"][0], "width": 138}
    assert list(changed["annotations"][0]) == list(was["annotations"][0])


def test_edits_survive_reading_again(sample, tmp_path: Path) -> None:
    edited = without(moved(sample.labels, 1, 102, top=100, height=275), 0, 216)
    path = tmp_path / "out.json"
    write(path, encode_labels(sample, edited))
    again = open_labels(path).sequences[0].labels
    for track, block in edited.table.blocks.items():
        np.testing.assert_array_equal(again.table.blocks[track].frame, block.frame)
        np.testing.assert_array_equal(again.table.blocks[track].xywh, block.xywh)


def test_unknown_keys_orders_and_types_of_an_edited_frame_stay(tmp_path: Path) -> None:
    odd = {"note": [1, {"a": None}], **box(left=10.5, top=7), "score": 1.0}
    entry = {"zeta": 1, **frame(0, odd, box(left=99, object_id="b", object_name="Vehicle:2"))}
    sequence = read_one(tmp_path / "a.json", tracking(entry))
    after = entries(encode_labels(sequence, moved(sequence.labels, 0, 0, top=8.6)))[0]
    assert list(after) == list(entry)
    assert after["annotations"][0] == {**odd, "top": 9}
    assert list(after["annotations"][0]) == list(odd)
    assert after["annotations"][1] == entry["annotations"][1]


def test_whole_frame_number_keeps_its_type(tmp_path: Path) -> None:
    content = tracking(*({**frame(n, box()), "frame-no": n} for n in range(3)))
    sequence = read_one(tmp_path / "a.json", content)
    after = entries(encode_labels(sequence, moved(sequence.labels, 0, 1, left=5)))
    assert [entry["frame-no"] for entry in after] == [0, 1, 2]


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
def test_style_of_the_file_stays(tmp_path: Path, indent: int | str | None) -> None:
    content = tracking(frame(0, box()), frame(1, box()))
    text = json.dumps(content, indent=indent)
    sequence = read_one(tmp_path / "a.json", text.encode())
    after = encode_labels(sequence, moved(sequence.labels, 0, 1, left=5)).decode()
    place = text.rindex('"left": 10')
    assert after == text[:place] + '"left": 5' + text[place + len('"left": 10') :]


def test_annotations_that_could_not_be_read_stay_in_an_edited_frame(tmp_path: Path) -> None:
    broken = {"left": "wide", "note": "keep me"}
    sequence = read_one(tmp_path / "a.json", tracking(frame(0, broken, box())))
    after = entries(encode_labels(sequence, moved(sequence.labels, 0, 0, left=5)))[0]
    assert after["annotations"] == [broken, box(left=5)]


def test_deleted_box_leaves_an_empty_list(tmp_path: Path) -> None:
    sequence = read_one(tmp_path / "a.json", tracking(frame(0, box()), frame(1, box())))
    after = entries(encode_labels(sequence, without(sequence.labels, 0, 1)))
    assert after == [frame(0, box()), frame(1)]


def test_frame_that_was_not_listed_is_put_in_its_place(tmp_path: Path) -> None:
    sequence = read_one(tmp_path / "a.json", tracking(frame(0, box()), frame(3, box())))
    labels = sequence.labels
    block = labels.table.blocks[0]
    rows = block.take(np.array([0, 0, 1]))
    rows = replace(
        rows,
        frame=np.array([0, 2, 3], dtype=np.int32),
        source=np.array([0, -1, 0], dtype=np.int32),
    )
    listed = labels.listed.copy()
    listed[2] = True
    edited = replace(labels, table=labels.table.with_blocks({0: rows}), listed=listed)
    after = entries(encode_labels(sequence, edited))
    assert [entry["frame-no"] for entry in after] == ["0", "2", "3"]
    assert after[1] == frame(2, box())
    assert list(after[1]["annotations"][0]) == list(box())


def test_frame_that_is_not_listed_any_more_is_taken_out(tmp_path: Path) -> None:
    sequence = read_one(tmp_path / "a.json", tracking(*(frame(n, box()) for n in range(3))))
    labels = without(sequence.labels, 0, 0)
    listed = labels.listed.copy()
    listed[0] = False
    after = entries(encode_labels(sequence, replace(labels, listed=listed)))
    assert [entry["frame-no"] for entry in after] == ["1", "2"]


def test_rounding_keeps_the_size_of_a_moved_box(tmp_path: Path) -> None:
    sequence = read_one(tmp_path / "a.json", tracking(frame(0, box(left=10, width=31))))
    after = entries(encode_labels(sequence, moved(sequence.labels, 0, 0, left=20.5)))[0]
    assert after["annotations"][0]["left"] == 21
    assert after["annotations"][0]["width"] == 31


def test_file_that_changed_since_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    sequence = read_one(path, tracking(frame(0, box())))
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(FormatError, match="has changed since"):
        encode_labels(sequence, sequence.labels)


def test_edits_of_every_kind_reach_the_file(sample, tmp_path: Path) -> None:
    labels = sample.labels
    steps = [
        Rename(0, "Vehicle:7"),
        SetAttribute((1,), "Color", "Black", FrameRanges(((4, 5),))),
        SetFrameAttribute(FrameRanges(((6, 6),)), "quality", "poor"),
        Swap(0, 1, FrameRanges(((50, 60),))),
        PutBox(2, 20, (1.0, 2.0, 30.0, 40.0)),
        DeleteBoxes((1,), FrameRanges(((70, 70),))),
    ]
    for step in steps:
        labels, _ = step.apply(labels)
    again = open_labels(write(tmp_path / "a.json", encode_labels(sample, labels))).sequences[0]
    names = [t.object_name for t in again.labels.table.tracks]
    assert "Vehicle:7" in names
    assert again.labels.frame_attributes == labels.frame_attributes
    for track, block in labels.table.blocks.items():
        other = again.labels.table.blocks[track]
        np.testing.assert_array_equal(other.frame, block.frame)
        np.testing.assert_array_equal(other.xywh, block.xywh)
        assert [again.labels.table.attribute_sets[n] for n in other.attributes] == [
            labels.table.attribute_sets[n] for n in block.attributes
        ]


def test_category_is_written_by_its_class_id(shared_examples: Path) -> None:
    path = shared_examples / "SeqLabel-tracking-boundingbox.json"
    (sequence,) = open_labels(path).sequences
    worker = [c.name for c in sequence.labels.categories].index("Worker")
    edited, _ = SetCategory((0,), worker).apply(sequence.labels)
    after = entries(encode_labels(sequence, edited))
    forklift = sequence.labels.table.tracks[0].object_id
    classes = {
        one["class-id"]
        for entry in after
        for one in entry["annotations"]
        if one["object-id"] == forklift
    }
    assert classes == {"1"}


def test_window_is_renumbered_and_keeps_what_nobody_knows(tmp_path: Path) -> None:
    odd = {**box(), "note": "kept"}
    content = tracking(*(frame(n, odd, frame_attributes={"n": n}) for n in range(6)))
    sequence = read_one(tmp_path / "a.json", content)
    window = entries(encode_window(sequence, sequence.labels, start=2, stop=5))
    assert [entry["frame-no"] for entry in window] == ["0", "1", "2"]
    assert [entry["frame"] for entry in window] == ["000003.jpg", "000004.jpg", "000005.jpg"]
    assert [entry["frame-attributes"] for entry in window] == [{"n": 2}, {"n": 3}, {"n": 4}]
    assert all(entry["annotations"] == [odd] for entry in window)


def test_writing_refuses_to_replace_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    sequence = read_one(path, tracking(frame(0, box())))
    (write_labels,) = [one.write for one in formats() if one.name == "ground-truth"]
    assert write_labels is not None
    with pytest.raises(StorageError, match="exists already"):
        write_labels(path, sequence, sequence.labels)
    write_labels(tmp_path, sequence, sequence.labels)
    assert (tmp_path / "SeqLabel.json").read_bytes() == path.read_bytes()


def test_polygons_keep_their_points_where_nobody_moved_them(shared_examples: Path) -> None:
    path = shared_examples / "SeqLabel-detection-polygon.json"
    (sequence,) = open_labels(path).sequences
    block = sequence.labels.table.blocks[-1]
    vertices = block.vertices.copy()
    vertices[1] = 181.7, 300.2
    edited = replace(
        sequence.labels,
        table=sequence.labels.table.with_blocks({-1: replace(block, vertices=vertices)}),
    )
    after = json.loads(encode_labels(sequence, edited))["detection-annotations"][0]
    was = json.loads(path.read_bytes())["detection-annotations"][0]
    was["polygons"][0]["vertices"][1] = {"x": 182, "y": 300}
    assert after == was
