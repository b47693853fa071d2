"""CVAT's keyframes, what lies between them, and edits that disturb nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trackproof.errors import FormatError
from trackproof.formats import open_labels
from trackproof.formats.cvat_writing import encode_file
from trackproof.labels import Labels, Sequence

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task><name>t</name><size>20</size><labels><label><name>car</name></label></labels>
  </task></meta>
"""
BOXES = """  <track id="3" label="car" source="manual" odd="kept">
    <box frame="0" outside="0" occluded="0" keyframe="1" xtl="0" ytl="0" xbr="10" ybr="10" z="3"/>
    <box frame="5" outside="0" occluded="1" keyframe="1" xtl="50" ytl="0" xbr="60" ybr="10"/>
    <mask frame="6" rle="1,2,3"/>
    <box frame="8" outside="1" occluded="0" keyframe="1" xtl="50" ytl="0" xbr="60" ybr="10"/>
  </track>
"""
OTHER = """  <track id="7" label="car">
    <polygon frame="15" outside="0" keyframe="1" points="1,1;5,1;5,5"/>
    <polygon frame="17" outside="0" keyframe="1" points="3,1;7,1;7,5;3,5"/>
    <polygon frame="18" outside="1" keyframe="1" points="3,1;7,1;7,5;3,5"/>
  </track>
"""


def read(folder: Path, text: str) -> Sequence:
    path = folder / "a.xml"
    path.write_text(text)
    (sequence,) = open_labels(path).sequences
    return sequence


def moved(labels: Labels, track: int, row: int) -> Labels:
    block = labels.table.blocks[track]
    xywh = block.xywh.copy()
    xywh[row, 1] += 100
    return replace(labels, table=labels.table.with_blocks({track: replace(block, xywh=xywh)}))


def test_boxes_move_on_straight_lines_until_they_are_outside(tmp_path: Path) -> None:
    sequence = read(tmp_path, f"{HEAD}{BOXES}</annotations>")
    block = sequence.labels.table.blocks[0]
    assert block.frame.tolist() == list(range(8))
    assert block.xywh[:, 0].tolist() == [0, 10, 20, 30, 40, 50, 50, 50]
    occluded = [sequence.labels.table.attribute_sets[n] for n in block.attributes.tolist()]
    assert [bool(values) for values in occluded] == [False] * 5 + [True] * 3


def test_last_keyframe_stays_until_the_end_and_is_told(tmp_path: Path) -> None:
    text = f"{HEAD}{BOXES}</annotations>".replace('frame="8" outside="1"', 'frame="8" outside="0"')
    sequence = read(tmp_path, text)
    assert sequence.labels.table.blocks[0].frame.tolist() == list(range(20))
    assert "never marked outside" in str(sequence.problems[-1])


def test_outline_with_other_vertices_is_kept_until_the_next_keyframe(tmp_path: Path) -> None:
    sequence = read(tmp_path, f"{HEAD}{OTHER}</annotations>")
    block = sequence.labels.table.blocks[0]
    assert block.frame.tolist() == [15, 16, 17]
    assert np.array_equal(block.vertices_of(1), block.vertices_of(0))
    assert "other vertices at the next keyframe" in str(sequence.problems[0])


def test_outline_with_as_many_vertices_moves_on_straight_lines(tmp_path: Path) -> None:
    text = f"{HEAD}{OTHER}</annotations>".replace("3,1;7,1;7,5;3,5", "3,1;7,1;7,5")
    block = read(tmp_path, text).labels.table.blocks[0]
    assert block.vertices_of(1).tolist() == [[2, 1], [6, 1], [6, 5]]


def test_edit_makes_keyframes_beside_it_and_keeps_other_tracks(tmp_path: Path) -> None:
    sequence = read(tmp_path, f"{HEAD}{BOXES}{OTHER}</annotations>")
    text = encode_file(sequence, moved(sequence.labels, 0, 2)).decode()
    assert OTHER in text
    assert 'odd="kept"' in text
    assert '<mask frame="6" rle="1,2,3"/>' in text
    keyframes = [line for line in text.split("<track")[1].splitlines() if 'keyframe="1"' in line]
    assert [line.split('"')[1] for line in keyframes] == ["0", "1", "2", "3", "5", "8"]


def test_frames_that_cvat_filled_itself_are_taken_as_stated(tmp_path: Path) -> None:
    text = """  <track id="7" label="car">
    <polygon frame="0" outside="0" keyframe="1" points="0,0;8,0;8,8"/>
    <polygon frame="1" outside="0" keyframe="0" points="1,0;9,0;9,8;1,8.5"/>
    <polygon frame="2" outside="0" keyframe="1" points="2,0;10,0;10,8;2,9"/>
  </track>
"""
    sequence = read(tmp_path, f"{HEAD}{text}</annotations>")
    shapes = sequence.labels.table.blocks[0]
    assert shapes.frame.tolist()[:3] == [0, 1, 2]
    assert shapes.xywh[1].tolist() == [1, 0, 8, 8.5]
    assert not [problem for problem in sequence.problems if "vertices" in str(problem)]


def test_step_and_first_frame_of_a_task_are_followed(tmp_path: Path) -> None:
    meta = "<size>5</size><start_frame>100</start_frame><frame_filter>step=10</frame_filter>"
    shape = '<box frame="120" outside="0" keyframe="0" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    text = f"{HEAD}<track id='0' label='car'>{shape}</track></annotations>"
    sequence = read(tmp_path, text.replace("<size>20</size>", meta))
    assert sequence.frame_numbers.tolist() == [100, 110, 120, 130, 140]
    assert sequence.labels.table.blocks[0].frame.tolist() == [2]


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "x">]>'
    with pytest.raises(FormatError, match="DOCTYPE") as caught:
        read(tmp_path, f"\n{bomb}<annotations>\n<meta/></annotations>")
    assert caught.value.location == "line 2"
    text = HEAD.replace("<annotations>", "<!-- x --><annotations>") + BOXES + "</annotations>"
    assert len(read(tmp_path, text)) == 20


def test_cvat_for_images_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="CVAT for video"):
        read(tmp_path, '<annotations><version>1.1</version><image id="0"/></annotations>')


def test_broken_file_keeps_what_came_before(tmp_path: Path) -> None:
    sequence = read(tmp_path, f"{HEAD}{BOXES}{OTHER}"[:-40])
    assert 0 in sequence.labels.table.blocks
    assert any("broken or cut short" in str(problem) for problem in sequence.problems)
    with pytest.raises(FormatError, match="the file is broken"):
        encode_file(sequence, moved(sequence.labels, 0, 2))


def test_far_keyframes_do_not_fill_the_memory(tmp_path: Path) -> None:
    tracks = "".join(
        f'<track id="{n}" label="car"><box frame="0" keyframe="1" xtl="0" ytl="0" xbr="1" ybr="1"/>'
        '<box frame="90000" keyframe="0" xtl="0" ytl="0" xbr="1" ybr="1"/></track>'
        for n in range(4)
    )
    sequence = read(tmp_path, f"{HEAD.replace('20', '90001')}{tracks}</annotations>")
    assert len(sequence.labels.table) < 210_000
    assert any("too many for a file of this size" in str(p) for p in sequence.problems)


@pytest.mark.parametrize("name", ["u-38", "hex", "undefined", "utf-7", "gbk", "idna"])
def test_encoding_that_cannot_be_read_is_told_by_name(tmp_path: Path, name: str) -> None:
    text = f"{HEAD}{BOXES}</annotations>".replace('encoding="utf-8"', f'encoding="{name}"')
    with pytest.raises(FormatError, match=f"line 1.*'{name}'.*UTF-8"):
        read(tmp_path, text)
