"""YOLO and Pascal VOC folders, and KITTI's text: odd inputs, and what edits leave alone."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trackproof.errors import FormatError
from trackproof.formats import open_labels
from trackproof.labels import Sequence, Shape, Task
from trackproof.review import save_corrected

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 200, 100) + b"\x08\x02\0\0\0"


def yolo(folder: Path, *texts: str, config: str = "names: [cup, 'a, b']\n") -> Path:
    (folder / "set" / "labels").mkdir(parents=True)
    (folder / "set" / "data.yaml").write_text(config)
    for number, text in enumerate(texts):
        (folder / "set" / "labels" / f"clip_{number:03d}.txt").write_text(text)
    return folder / "set"


def only(path: Path, *, size: tuple[int, int] | None = (200, 100)) -> Sequence:
    (sequence,) = open_labels(path, size=size).sequences
    return sequence


@pytest.mark.parametrize(
    ("line", "track", "confidence", "shape"),
    [
        ("1 0.5 0.5 0.1 0.2", None, None, Shape.BOX),
        ("1 0.5 0.5 0.1 0.2 7", "7", None, Shape.BOX),
        ("1 0.5 0.5 0.1 0.2 0.9", None, 0.9, Shape.BOX),
        ("1 0.5 0.5 0.1 0.2 0.9 7", "7", 0.9, Shape.BOX),
        ("1 0.1 0.1 0.5 0.1 0.5 0.5", None, None, Shape.POLYGON),
        ("1 0.1 0.1 0.5 0.1 0.5 0.5 7", "7", None, Shape.POLYGON),
    ],
)
def test_columns_of_yolo_are_told_apart(
    tmp_path: Path, line: str, track: str | None, confidence: float | None, shape: Shape
) -> None:
    sequence = only(yolo(tmp_path, f"{line}\n"))
    ((number, block),) = sequence.labels.table.blocks.items()
    own = sequence.labels.table.tracks[number].object_id if number >= 0 else None
    assert (own, Shape(int(block.shape[0]))) == (track, shape)
    said = block.columns.get("confidence")
    assert (None if said is None else said.tolist()) == (
        None if confidence is None else [confidence]
    )
    assert sequence.labels.categories[int(block.category[0])].name == "a, b"


def test_image_size_comes_from_images_beside_the_labels(tmp_path: Path) -> None:
    folder = yolo(tmp_path, "0 0.5 0.5 0.1 0.2\n")
    with pytest.raises(FormatError, match="nothing tells its size"):
        only(folder, size=None)
    (folder / "images").mkdir()
    (folder / "images" / "clip_000.png").write_bytes(PNG)
    (folder / "images" / "clip_001.png").write_bytes(PNG)
    sequence = only(folder, size=None)
    assert (sequence.width, sequence.height) == (200, 100)
    assert sequence.labels.table.flat.rows.xywh.tolist() == [[90, 40, 20, 20]]
    assert sequence.labels.listed.tolist() == [True, False]
    stated = only(folder, size=(999, 999))
    assert (stated.width, stated.height) == (200, 100)


def test_edited_yolo_frame_keeps_its_other_lines(tmp_path: Path) -> None:
    odd = "0 0.50000 0.5 0.1 0.2 3\n\nnot a row\n0 0.25 0.5 0.1 0.2 4\n"
    folder = yolo(tmp_path, odd, "0 0.5 0.5 0.1 0.2 3\n")
    sequence = only(folder)
    assert "line 3" in sequence.problems[0].location
    block = sequence.labels.table.blocks[1]
    table = sequence.labels.table.with_blocks({1: replace(block, xywh=block.xywh + 1.0)})
    save_corrected(tmp_path / "out", sequence, replace(sequence.labels, table=table))
    lines = (tmp_path / "out" / "clip_000.txt").read_text().splitlines()
    assert lines[:3] == odd.splitlines()[:3]
    assert lines[3] != odd.splitlines()[3]
    assert (tmp_path / "out" / "clip_001.txt").read_text() == "0 0.5 0.5 0.1 0.2 3\n"


VOC = """<annotation>
  <filename>a_000.jpg</filename><odd>kept</odd>
  <size><width>200</width><height>100</height><depth>3</depth></size>
  <object><name>cup</name><pose>Left</pose><truncated>1</truncated><odd>kept</odd>
    <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>22</ymax></bndbox>
    <attributes><attribute><name>track_id</name><value>5</value></attribute></attributes>
  </object>
  <object><name>dish</name><bndbox><xmin>1</xmin><ymin>x</ymin></bndbox></object>
</annotation>
"""


def test_voc_objects_marks_and_identity_are_read(tmp_path: Path) -> None:
    (tmp_path / "a_000.xml").write_text(VOC)
    sequence = only(tmp_path)
    assert sequence.task is Task.TRACKING
    assert sequence.labels.table.tracks[0].object_id == "5"
    assert sequence.labels.table.attribute_sets[1] == (("truncated", True), ("pose", "Left"))
    assert sequence.problems[0].location == "a_000.xml, line 8"


def test_edited_voc_object_keeps_what_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a_000.xml").write_text(VOC)
    sequence = only(tmp_path / "in")
    block = sequence.labels.table.blocks[0]
    table = sequence.labels.table.with_blocks({0: replace(block, xywh=block.xywh + 1.0)})
    save_corrected(tmp_path / "out", sequence, replace(sequence.labels, table=table))
    again = (tmp_path / "out" / "a_000.xml").read_text()
    old = "<xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>22</ymax>"
    new = "<xmin>2</xmin><ymin>3</ymin><xmax>13</xmax><ymax>24</ymax>"
    assert again == VOC.replace(old, new)


def test_one_broken_voc_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "a_000.xml").write_text(VOC)
    (tmp_path / "a_001.xml").write_text(VOC[:90])
    sequence = only(tmp_path)
    assert len(sequence) == 1
    assert sequence.problems[-1].location.startswith("a_001.xml, line")


KITTI = (
    "0 0 Car 0 1 -1.5 10 20 30.5 40 1 1.1 1 0 0 0 0\n"
    "0 -1 DontCare -1 -1 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10\n"
    "2 0 Car 0 1 -1.5 11 20 30.5 40 1 1 1 0 0 0 0\n"
)


def test_edited_kitti_line_keeps_its_place_in_space(tmp_path: Path) -> None:
    path = tmp_path / "0000.txt"
    path.write_text(KITTI)
    sequence = only(path)
    block = sequence.labels.table.blocks[0]
    xywh = block.xywh + np.array([[1.0, 0, 0, 0], [0, 0, 0, 0]])
    table = sequence.labels.table.with_blocks({0: replace(block, xywh=xywh)})
    save_corrected(tmp_path / "out.txt", sequence, replace(sequence.labels, table=table))
    assert (tmp_path / "out.txt").read_text() == KITTI.replace("10 20 30.5 40", "11 20 31.5 40")


def test_bad_kitti_lines_are_placed(tmp_path: Path) -> None:
    path = tmp_path / "0000.txt"
    path.write_text(KITTI + "x 0 Car\n3 0 Car 0 1 -1.5 nan 20 30.5 40 1 1 1 0 0 0 0\n")
    assert [one.location for one in only(path).problems] == ["line 4", "line 5"]
