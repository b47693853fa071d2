"""What a SeqLabel.json says arrives, with every trap that real files hold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ground_truth_files import box, frame, messages, read_one, tracking, write
from trackproof.errors import Severity
from trackproof.formats import open_labels
from trackproof.labels import NO_IDENTITY, Shape, Task


@pytest.fixture
def sample(shared_data: Path):
    return open_labels(shared_data / "ground-truth" / "MOT17-13-SDP" / "SeqLabel.json").sequences[0]


def test_sample_holds_what_is_known_of_it(sample) -> None:
    assert (len(sample), len(sample.labels.table), len(sample.labels.table.tracks)) == (300, 890, 3)
    assert [t.object_name for t in sample.labels.table.tracks] == [
        "Vehicle:1",
        "Vehicle:2",
        "Vehicle:3",
    ]
    assert sample.labels.listed.all()
    assert sample.problems == ()


def test_text_frame_numbers_from_zero_stand_beside_file_names_from_one(sample) -> None:
    assert sample.frame_names[:2] == ("000001.jpg", "000002.jpg")
    assert sample.frame_numbers.tolist() == list(range(300))


def test_sample_has_its_known_gap_and_late_entry(sample) -> None:
    blocks = sample.labels.table.blocks
    assert sorted(set(range(300)) - set(blocks[0].frame.tolist())) == [217]
    assert len(blocks[1]) == 300
    assert blocks[2].frame[0] == 9


def test_sample_class_two_is_named_after_its_objects(sample) -> None:
    (category,) = sample.labels.categories
    assert (category.name, category.class_id) == ("Vehicle", "2")


def test_sample_attributes_are_constant_per_object(sample) -> None:
    table = sample.labels.table
    for track in (0, 1):
        sets = {table.attribute_sets[n] for n in table.blocks[track].attributes}
        assert len(sets) == 1
        assert dict(sets.pop())["Color"] in ("Green", "Silver")
    assert {table.attribute_sets[n] for n in table.blocks[2].attributes} == {()}


def test_order_inside_frames_does_not_matter(tmp_path: Path) -> None:
    one, two = box(), box(left=500, object_id="id-2", object_name="Vehicle:2")
    sequence = read_one(tmp_path / "a.json", tracking(frame(0, one, two), frame(1, two, one)))
    blocks = sequence.labels.table.blocks
    assert blocks[0].xywh[:, 0].tolist() == [10, 10]
    assert blocks[1].xywh[:, 0].tolist() == [500, 500]
    assert blocks[1].source.tolist() == [1, 0]


def test_frames_sorted_as_text_are_ordered_by_number(tmp_path: Path) -> None:
    numbers = sorted(range(12), key=str)
    sequence = read_one(tmp_path / "a.json", tracking(*(frame(n, box(left=n)) for n in numbers)))
    assert sequence.frame_numbers.tolist() == list(range(12))
    assert sequence.labels.table.blocks[0].xywh[:, 0].tolist() == list(range(12))
    assert "ascending number" in messages(sequence)


def test_listed_and_empty_is_not_the_same_as_not_listed(tmp_path: Path) -> None:
    sequence = read_one(tmp_path / "a.json", tracking(frame(0, box()), frame(1), frame(3, box())))
    assert sequence.labels.listed.tolist() == [True, True, False, True]
    assert sequence.frame_names[2] == "000003.jpg"
    assert sequence.labels.table.blocks[0].frame.tolist() == [0, 3]


@pytest.mark.parametrize("base", [0, 1, 7])
def test_every_base_of_frame_numbers_is_kept(tmp_path: Path, base: int) -> None:
    sequence = read_one(tmp_path / "a.json", tracking(*(frame(base + n, box()) for n in range(3))))
    assert sequence.frame_numbers.tolist() == [base, base + 1, base + 2]
    assert sequence.labels.table.blocks[0].frame.tolist() == [0, 1, 2]


def test_every_fifth_picture_of_a_video_has_no_pictures_between(tmp_path: Path) -> None:
    numbers = [10, 15, 25, 30]
    content = tracking(*(frame(n, box(), frame=f"frame_{n:04d}.jpeg") for n in numbers))
    sequence = read_one(tmp_path / "SeqLabel.json", content)
    assert sequence.frame_numbers.tolist() == [10, 15, 20, 25, 30]
    assert sequence.frame_names[2] == "frame_0020.jpeg"
    assert sequence.labels.listed.tolist() == [True, True, False, True, True]
    assert "steps of 5" in messages(sequence)


def test_whole_frame_numbers_and_class_ids_are_accepted(tmp_path: Path) -> None:
    entries = [{**frame(n, box(class_id=2)), "frame-no": n} for n in range(2)]
    sequence = read_one(tmp_path / "a.json", tracking(*entries))
    assert sequence.labels.categories[0].class_id == "2"
    assert sequence.detail["frame_no_is_text"] is False


def test_missing_frame_attributes_are_none(tmp_path: Path) -> None:
    entry = frame(0, box())
    del entry["frame-attributes"]
    sequence = read_one(tmp_path / "a.json", tracking(entry))
    assert sequence.labels.frame_attributes == {}
    assert sequence.problems == ()


def test_frame_attributes_are_part_of_the_labels(tmp_path: Path) -> None:
    entry = frame(0, box(), frame_attributes={"visibility": "good", "people": 2})
    sequence = read_one(tmp_path / "a.json", tracking(entry))
    assert sequence.labels.frame_attributes == {0: (("visibility", "good"), ("people", 2))}


def test_values_outside_a_configuration_are_kept(tmp_path: Path) -> None:
    write(
        tmp_path / "labels.json",
        {
            "documentVersion": "2020-03-01",
            "labels": [
                {"label": "Vehicle", "attributes": [{"name": "color", "enum": ["Blue"]}]},
                {"label": "Person", "color": "#AA00ff"},
            ],
        },
    )
    content = tracking(frame(0, box(label_category_attributes={"Color": "Green"})))
    sequence = read_one(tmp_path / "SeqLabel.json", content)
    assert (("Color", "Green"),) in sequence.labels.table.attribute_sets
    assert sequence.specs[0].choices == ("Blue",)
    assert [(c.name, c.class_id, c.colour) for c in sequence.labels.categories] == [
        ("Vehicle", "2", None),
        ("Person", "1", "#aa00ff"),
    ]


def test_object_name_is_what_most_annotations_say(tmp_path: Path) -> None:
    names = ["Vehicle:1", "Vehicle:9", "Vehicle:9"]
    sequence = read_one(
        tmp_path / "a.json", tracking(*(frame(n, box(object_name=x)) for n, x in enumerate(names)))
    )
    table = sequence.labels.table
    assert table.tracks[0].object_name == "Vehicle:9"
    assert [table.names[n] for n in table.blocks[0].name] == names
    assert "id-1 is called Vehicle:1, Vehicle:9" in messages(sequence)


def test_one_name_of_two_objects_is_told(tmp_path: Path) -> None:
    content = tracking(frame(0, box(), box(left=300, object_id="id-2")))
    sequence = read_one(tmp_path / "a.json", content)
    assert len(sequence.labels.table.tracks) == 2
    assert "Vehicle:1 is the name of 2 objects" in messages(sequence)


def test_name_that_contradicts_the_class_is_told(tmp_path: Path) -> None:
    person = box(left=300, object_id="id-2", object_name="Person:1")
    content = tracking(*(frame(n, box(), *([person] if n == 2 else [])) for n in range(3)))
    sequence = read_one(tmp_path / "a.json", content)
    assert "Person:1 has the class Vehicle in 1 annotations" in messages(sequence)


def test_object_that_stands_twice_in_a_frame_loses_nothing(tmp_path: Path) -> None:
    content = tracking(frame(0, box()), frame(1, box(), box(left=99)))
    sequence = read_one(tmp_path / "a.json", content)
    table = sequence.labels.table
    assert [(t.object_id, t.occurrence) for t in table.tracks] == [("id-1", 0), ("id-1", 1)]
    assert table.blocks[1].xywh[0, 0] == 99
    assert "stands twice" in messages(sequence)


def test_detection_has_no_identity(tmp_path: Path, shared_examples: Path) -> None:
    (sequence,) = open_labels(shared_examples / "SeqLabel-detection-boundingbox.json").sequences
    assert sequence.task is Task.DETECTION
    assert list(sequence.labels.table.blocks) == [NO_IDENTITY]
    assert sequence.labels.table.tracks == ()
    assert sequence.labels.listed.tolist() == [True, True]


def test_all_shapes_arrive_as_vertices(shared_examples: Path) -> None:
    path = shared_examples / "SeqLabel-detection-mixed-synthetic.json"
    (sequence,) = open_labels(path).sequences
    block = sequence.labels.table.blocks[NO_IDENTITY]
    assert block.shape.tolist() == [
        Shape.POLYGON,
        Shape.POLYLINE,
        Shape.KEYPOINT,
        Shape.KEYPOINT,
    ]
    assert block.vertices_of(0).tolist() == [[100, 300], [180, 305], [175, 350], [95, 345]]
    assert block.xywh[0].tolist() == [95, 300, 85, 50]
    assert block.vertices_of(3).tolist() == [[270, 160]]
    assert sequence.labels.frame_attributes == {0: (("visibility", "good"),)}


def test_keypoint_given_as_vertices_is_read(tmp_path: Path) -> None:
    point = {
        "vertices": [{"x": 5, "y": 6}],
        "class-id": "0",
        "object-id": "a",
        "object-name": "K:1",
    }
    entry = {"keypoints": [point], "frame-no": "0", "frame": "1.jpg"}
    sequence = read_one(tmp_path / "a.json", tracking(entry))
    assert sequence.labels.table.blocks[0].vertices_of(0).tolist() == [[5, 6]]


def test_every_example_opens_and_is_written_back_byte_for_byte(shared_examples: Path) -> None:
    from trackproof.formats.ground_truth_labels import encode_labels

    files = sorted(shared_examples.glob("SeqLabel-*.json"))
    assert len(files) >= 7
    for file in files:
        (sequence,) = open_labels(file).sequences
        assert encode_labels(sequence, sequence.labels) == file.read_bytes()


def test_geometry_that_no_object_has_is_kept_and_told(tmp_path: Path) -> None:
    content = tracking(
        frame(0, box(width=-5)), frame(1, box(height=0)), frame(2, box(left=1_000_000_000))
    )
    sequence = read_one(tmp_path / "a.json", content)
    assert len(sequence.labels.table) == 3
    assert messages(sequence).count("has no positive width and height") == 2
    assert "far outside any image" in messages(sequence)
    assert {problem.severity for problem in sequence.problems} == {Severity.WARNING}


def test_problems_of_one_kind_are_bounded(tmp_path: Path) -> None:
    content = tracking(*(frame(n, box(width=0)) for n in range(500)))
    sequence = read_one(tmp_path / "a.json", content)
    assert len(sequence.problems) == 6
    assert "495 more" in messages(sequence)


def test_unusual_and_usual_frames_meet_in_one_table(tmp_path: Path) -> None:
    content = tracking(
        frame(0, box(label_category_attributes={"a": 1})),
        frame(1, box(class_id=2, label_category_attributes={"a": 1})),
        frame(2, box(label_category_attributes={"a": 1.0})),
    )
    table = read_one(tmp_path / "a.json", content).labels.table
    assert table.blocks[0].category.tolist() == [0, 0, 0]
    first, second, third = table.blocks[0].attributes.tolist()
    assert first == second != third


def test_spans_cover_the_entries(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    data = json.dumps(tracking(*(frame(n, box()) for n in range(3))), indent=2).encode()
    sequence = read_one(path, data)
    for number, (first, end) in enumerate(sequence.source.frame_spans):
        assert json.loads(data[first:end])["frame-no"] == str(number)
    assert np.issubdtype(sequence.source.frame_spans.dtype, np.int64)
