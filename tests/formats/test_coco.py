"""COCO with videos and tracks: what is read, what is kept, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackproof.errors import FormatError
from trackproof.formats import formats, open_labels
from trackproof.formats.coco_writing import encode_file
from trackproof.labels import NO_IDENTITY, Labels, Sequence, Shape, Task

RLE = {"counts": "abc", "size": [48, 64]}


def document(*annotations: dict[str, Any], **more: Any) -> dict[str, Any]:
    images = [
        {"id": n + 5, "file_name": f"v/{n:03d}.jpg", "video_id": 2, "frame_id": n, "odd": n}
        for n in (2, 0, 1)
    ]
    return {
        "odd": {"kept": True},
        "videos": [{"id": 2, "name": "street.mp4", "width": 64, "height": 48, "fps": 12.5}],
        "images": images,
        "categories": [{"id": 3, "name": "car", "supercategory": "vehicle"}],
        "annotations": [
            {"id": n + 1, "image_id": 5, "category_id": 3, **one}
            for n, one in enumerate(annotations)
        ],
        **more,
    }


def read(folder: Path, content: object) -> tuple[Sequence, ...]:
    path = folder / "a.json"
    path.write_text(json.dumps(content))
    return open_labels(path).sequences


def moved(labels: Labels, track: int) -> Labels:
    block = labels.table.blocks[track]
    changed = replace(block, xywh=block.xywh + np.array([5.0, 0, 0, 0]))
    return replace(labels, table=labels.table.with_blocks({track: changed}))


def test_video_frames_and_tracks_are_read(tmp_path: Path) -> None:
    tracks = [{"id": 9, "name": "the car"}]
    (sequence,) = read(
        tmp_path, document({"bbox": [1, 2, 3, 4], "track_id": 9, "score": 0.5}, tracks=tracks)
    )
    assert (sequence.name, sequence.rate_fps, sequence.width) == ("street", 12.5, 64)
    assert sequence.frame_names == ("000.jpg", "001.jpg", "002.jpg")
    assert sequence.labels.table.tracks[0].object_name == "the car"
    assert sequence.labels.table.blocks[0].columns["confidence"].tolist() == [0.5]


@pytest.mark.parametrize(
    "key", [{"track_id": 4}, {"instance_id": 4}, {"attributes": {"track_id": 4}}]
)
def test_identity_is_found_under_each_of_its_names(tmp_path: Path, key: dict[str, Any]) -> None:
    (sequence,) = read(tmp_path, document({"bbox": [1, 2, 3, 4], **key}))
    assert sequence.task is Task.TRACKING
    assert sequence.labels.table.tracks[0].object_id == "4"


def test_annotations_without_identity_are_detections(tmp_path: Path) -> None:
    (sequence,) = read(tmp_path, document({"bbox": [1, 2, 3, 4]}))
    assert sequence.task is Task.DETECTION
    assert list(sequence.labels.table.blocks) == [NO_IDENTITY]


def test_polygons_keypoints_and_masks_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps(
            document(
                {"bbox": [1, 1, 8, 8], "segmentation": [[1, 1, 9, 1, 9, 9]], "track_id": 1},
                {"bbox": [0, 0, 9, 9], "keypoints": [1, 1, 2, 0, 0, 0, 5, 6, 1], "track_id": 2},
                {"bbox": [1, 2, 3, 4], "segmentation": RLE, "track_id": 3},
                {"bbox": [1, 2, 3, 4], "segmentation": [[1, 2, 4, 2, 4, 6, 1, 6]], "track_id": 4},
            )
        )
    )
    opened = open_labels(path)
    blocks = opened.sequences[0].labels.table.blocks.values()
    assert [Shape(int(block.shape[0])) for block in blocks] == [
        Shape.POLYGON,
        Shape.KEYPOINT,
        Shape.BOX,
        Shape.BOX,
    ]
    (problem,) = opened.problems
    assert problem.location == "annotations[2]"
    assert "the mask is shown as the box around it" in problem.message


def test_mask_without_a_box_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document({"segmentation": RLE}, {"bbox": [1, 2, 3, 4]})))
    (problem,) = open_labels(path).problems
    assert problem.location == "annotations[0]"
    assert "run-length encoded and it has no bbox" in problem.message


def test_edit_keeps_unknown_keys_and_takes_out_the_mask_that_is_void(tmp_path: Path) -> None:
    wanted = document({"bbox": [1, 2, 3, 4], "segmentation": RLE, "track_id": 3, "odd": "kept"})
    (sequence,) = read(tmp_path, wanted)
    edited = moved(sequence.labels, 0)
    coco = next(one for one in formats() if one.name == "coco")
    assert [str(loss) for loss in coco.losses(sequence, edited)] == [
        "1 masks do not fit the boxes that were moved, and are taken out"
    ]
    again = json.loads(encode_file(sequence, edited))
    assert again["annotations"][0]["bbox"] == [6, 2, 3, 4]
    assert again["annotations"][0]["segmentation"] == []
    assert again["annotations"][0]["odd"] == "kept"
    assert {key: again[key] for key in ("odd", "videos", "images", "categories")} == {
        key: wanted[key] for key in ("odd", "videos", "images", "categories")
    }


def test_other_videos_of_the_file_stay_as_they_are(tmp_path: Path) -> None:
    content = document({"bbox": [1, 2, 3, 4], "track_id": 3})
    content["images"].append({"id": 77, "file_name": "x.jpg", "video_id": 8})
    content["annotations"].append(
        {"id": 50, "image_id": 77, "category_id": 3, "bbox": [9, 9, 9, 9], "track_id": 1}
    )
    first, second = read(tmp_path, content)
    assert (first.name, second.name) == ("street", "video 8")
    again = json.loads(encode_file(first, moved(first.labels, 0)))
    assert again["annotations"][1] == content["annotations"][1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"images": [], "annotations": [', "line 1, column"),
        ('{"images": 3, "annotations": []}', "no list of images"),
        ('{"images": [{"id": 1}], "annotations": [null]}', ""),
    ],
)
def test_broken_files_are_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    if told:
        with pytest.raises(FormatError, match=told):
            open_labels(path)
    else:
        assert "null stands where an object should" in str(open_labels(path).problems[0])
