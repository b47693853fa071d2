"""Frames are found where they are, by a guess that proves itself or by a full scan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ground_truth_files import box, frame, read_one, tracking
from trackproof.formats.ground_truth_scan import guess, scan
from trackproof.formats.problems import Problems


@pytest.mark.parametrize("indent", [None, 2])
def test_guess_equals_scan_on_files_as_tools_write_them(indent: int | None) -> None:
    content = tracking(*(frame(n, box(), box(object_id="b")) for n in range(4)))
    data = json.dumps(content, indent=indent).encode()
    quick = guess(data)
    assert quick is not None
    assert quick.spans.tolist() == scan(data, Path("a"), Problems("a")).spans.tolist()


def test_guess_equals_scan_on_the_sample(shared_data: Path) -> None:
    data = (shared_data / "ground-truth" / "MOT17-13-SDP" / "SeqLabel.json").read_bytes()
    quick = guess(data)
    assert quick is not None
    assert quick.spans.tolist() == scan(data, Path("a"), Problems("a")).spans.tolist()


@pytest.mark.parametrize(
    "content",
    [
        b'{"tracking-annotations":[%s,%s, %s]}',
        b'{"tracking-annotations":[%s,\n%s,%s]}',
        b'{"tracking-annotations":[%s,%s,%s],"more":1}',
        b'{"more":[],"tracking-annotations":[%s,%s,%s]}',
    ],
)
def test_uneven_spacing_and_other_keys_are_read(tmp_path: Path, content: bytes) -> None:
    texts = tuple(json.dumps(frame(n, box()), separators=(",", ":")).encode() for n in range(3))
    sequence = read_one(tmp_path / "a.json", content % texts)
    assert sequence.labels.table.blocks[0].frame.tolist() == [0, 1, 2]
    assert sequence.problems == ()


def test_nested_values_that_look_like_frames_split_nothing(tmp_path: Path) -> None:
    nested = [{"annotations": []}, {"annotations": []}, {"annotations": []}]
    content = tracking(*({**frame(n, box()), "history": nested} for n in range(3)))
    data = json.dumps(content, separators=(",", ":")).encode()
    sequence = read_one(tmp_path / "a.json", data)
    assert sequence.labels.table.blocks[0].frame.tolist() == [0, 1, 2]
    assert sequence.problems == ()
    for number, (first, end) in enumerate(sequence.source.frame_spans):
        assert json.loads(data[first:end])["frame-no"] == str(number)


def test_file_without_frames_is_an_empty_sequence(tmp_path: Path) -> None:
    sequence = read_one(tmp_path / "a.json", tracking())
    assert len(sequence) == 0
    assert len(sequence.labels.table) == 0
