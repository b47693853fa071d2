"""Corrected labels are written as a new file, or over the old one with a copy kept."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import numpy as np
import pytest

from trackproof.errors import FormatError, ReviewError, StorageError
from trackproof.formats import open_labels
from trackproof.labels import PutBox, difference
from trackproof.review import Review, proposed_path, save_corrected

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
    + (200).to_bytes(4, "big")
    + (100).to_bytes(4, "big")
    + b"\x08\x02\0\0\0"
)
TEXT = "1,1,10,20,30,40,1,1,1\n1,2,50,20,30,40,1,1,1\n2,1,11,20,30,40,1,1,1\n"


def mot_file(folder: Path) -> Path:
    path = folder / "gt" / "gt.txt"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


def test_corrected_labels_go_beside_the_original(tmp_path: Path) -> None:
    path = mot_file(tmp_path)
    opened = open_labels(path)
    sequence = opened.sequences[0]
    target = proposed_path(sequence)
    assert target == path.with_name("gt.corrected.txt")
    with contextlib.closing(Review.open_or_create(opened, reviewer="anna")) as review:
        review.apply(sequence.name, PutBox(0, 1, (12.0, 20.0, 30.0, 40.0)))
        assert save_corrected(target, sequence, review.labels(sequence.name)) is None
        with pytest.raises(StorageError, match="exists already"):
            save_corrected(target, sequence, review.labels(sequence.name))
    assert path.read_text() == TEXT
    assert target.read_text().splitlines()[:2] == TEXT.splitlines()[:2]
    assert target.read_text().splitlines()[2].startswith("2,1,12")
    assert proposed_path(sequence) == path.with_name("gt.corrected-2.txt")


def test_overwriting_keeps_a_copy_each_time(tmp_path: Path) -> None:
    path = mot_file(tmp_path)
    sequence = open_labels(path).sequences[0]
    after, _ = PutBox(0, 1, (12.0, 20.0, 30.0, 40.0)).apply(sequence.labels)
    copy = save_corrected(path, sequence, after, overwrite=True)
    assert copy is not None
    assert copy.read_text() == TEXT
    assert path.read_text() != TEXT
    again = open_labels(path).sequences[0]
    assert save_corrected(path, again, again.labels, overwrite=True) != copy


@pytest.mark.parametrize("form", ["ground truth", "mot"])
def test_labels_that_were_overwritten_can_be_saved_again_from_what_was_read(
    tmp_path: Path, form: str
) -> None:
    path = mot_file(tmp_path)
    if form == "ground truth":
        path = tmp_path / "SeqLabel.json"
        path.write_text(
            json.dumps({"tracking-annotations": [one_car(frame) for frame in range(3)]})
        )
    original = path.read_bytes()
    sequence = open_labels(path).sequences[0]
    first = PutBox(0, 0, (12.0, 20.0, 30.0, 40.0)).result(sequence.labels)
    save_corrected(path, sequence, first, overwrite=True)
    second = PutBox(0, 1, (13.0, 20.0, 30.0, 40.0)).result(first)
    copy = save_corrected(path, sequence, second, overwrite=True)
    assert copy is not None
    assert copy.name == f"{path.name}.bak2"
    assert path.with_name(f"{path.name}.bak").read_bytes() == original
    assert difference(open_labels(path).sequences[0].labels, second).is_empty
    for backup in (copy, path.with_name(f"{path.name}.bak")):
        backup.unlink()
    if form == "ground truth":
        with pytest.raises(FormatError, match="changed since it was opened"):
            save_corrected(path, sequence, second, overwrite=True)


VOC = (
    "<annotation><object><name>Car</name><bndbox><xmin>{0}</xmin><ymin>20</ymin><xmax>90</xmax>"
    "<ymax>60</ymax></bndbox><track_id>a</track_id></object></annotation>"
)


@pytest.mark.parametrize("form", ["voc", "yolo"])
def test_folders_that_were_overwritten_can_be_saved_again_from_what_was_read(
    tmp_path: Path, form: str
) -> None:
    folder = tmp_path / "set" / ("Annotations" if form == "voc" else "labels/day")
    folder.mkdir(parents=True)
    for frame in range(3):
        name, text = f"{frame:06}.xml", VOC.format(10 + frame)
        if form == "yolo":
            name, text = f"{frame:06}.txt", f"0 0.{frame + 2} 0.5 0.1 0.1 1\n"
        (folder / name).write_text(text)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    sequence = open_labels(tmp_path / "set", size=(200, 100)).sequences[0]
    first = PutBox(0, 0, (12.0, 20.0, 30.0, 40.0)).result(sequence.labels)
    save_corrected(folder, sequence, first, overwrite=True)
    second = PutBox(0, 1, (13.0, 20.0, 30.0, 40.0)).result(first)
    copy = save_corrected(folder, sequence, second, overwrite=True)
    assert copy == folder.with_name(f"{folder.name}.bak2")
    kept = folder.with_name(f"{folder.name}.bak")
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    again = open_labels(tmp_path / "set", size=(200, 100)).sequences
    assert len(again) == 1
    boxes = again[0].labels.table.blocks[0].xywh
    assert np.allclose(boxes[:2], [[12, 20, 30, 40], [13, 20, 30, 40]], atol=1e-3)
    (kept / next(iter(before))).unlink()
    with pytest.raises(FormatError, match="changed since it was opened"):
        save_corrected(folder, sequence, second, overwrite=True)


def test_a_frame_whose_boxes_are_gone_again_is_emptied_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "set" / "labels"
    (tmp_path / "set" / "images").mkdir(parents=True)
    folder.mkdir()
    (folder / "000000.txt").write_text("0 0.5 0.5 0.1 0.1 1\n")
    for frame in range(2):
        (tmp_path / "set" / "images" / f"{frame:06}.png").write_bytes(PNG)
    sequence = open_labels(tmp_path / "set").sequences[0]
    more = PutBox(0, 1, (13.0, 20.0, 30.0, 40.0)).result(sequence.labels)
    save_corrected(folder, sequence, more, overwrite=True)
    assert (folder / "000001.txt").read_text().count("\n") == 1
    save_corrected(folder, sequence, sequence.labels, overwrite=True)
    assert (folder / "000001.txt").read_text() == ""


def one_car(frame: int) -> dict[str, object]:
    box = {"height": 40, "width": 30, "top": 20, "left": 10 + frame, "class-id": "0"}
    car = {**box, "object-id": "a", "object-name": "Car:1", "label-category-attributes": {}}
    return {
        "frame-no": str(frame),
        "frame": f"{frame:06}.jpg",
        "frame-attributes": {},
        "annotations": [car],
    }


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    sequence = open_labels(mot_file(tmp_path)).sequences[0]
    with pytest.raises(ReviewError, match="no format 'nonsense'"):
        save_corrected(tmp_path / "x", sequence, sequence.labels, format_name="nonsense")
