"""Changed bytes of valid files: labels or one of our errors, in time, and in little memory."""

from __future__ import annotations

import gc
import json
import shutil
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from formats.format_scenes import WRITERS, holdable, made, sequence_of, write
from ground_truth_files import box, frame, tracking
from trackproof.errors import TrackproofError
from trackproof.formats import open_labels
from trackproof.formats.ground_truth_config import read_label_config
from trackproof.formats.ground_truth_sequence_file import read_sequence_file
from trackproof.formats.problems import Problems
from trackproof.labels import Block, Labels, Sequence

TIMES = 50
"""Bytes of memory for a byte of the file."""

FIXED = 600_000
"""What reading takes whatever the size: buffers of libraries, compiled expressions."""

PER_FRAME = 250
"""Bytes for a frame that a number in a file stands for; `most_frames` bounds how many."""

PER_ROW = 600
"""Bytes for a shape between keyframes; `FREE_ROWS` bounds how many."""

MEASURED_EVERY = 25
"""Tracing memory makes reading many times slower, so only some inputs are traced."""

PIECES = [
    b"", b"0", b"-1", b"1e400", b"nan", b"99999", b"1000000", b"null", b"true", b'"', b"'", b"{",
    b"}", b"[", b"]", b"[" * 70, b"<", b">", b"/>", b"</", b"&", b"&lt;", b"&x;", b"<!DOCTYPE a>",
    b"<!--", b"<a>" * 70, b",", b";", b":", b" ", b"\n", b"\r\n", b"\t", b"\\ud800", b"\\u0000",
    b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"=", b".", b"-",
]  # fmt: skip


@dataclass(frozen=True)
class Parser:
    """One parser with a valid input."""

    name: str
    make: Callable[[Path], tuple[Path, Path]]
    """Writes the input; returns what to open and the file to change."""
    read: Callable[[Path], tuple[Sequence, ...]]


def _opened(path: Path) -> tuple[Sequence, ...]:
    return open_labels(path).sequences


def _many(labels: Labels) -> Labels:
    """Return labels of forty frames, so that a file has some size."""
    table = labels.table
    boxes = np.array([[10.0 + 2 * n, 20.5, 30, 40] for n in range(40)])
    more = {0: Block.of_boxes(range(40), boxes, name=1, attributes=1)}
    return replace(labels, table=table.with_blocks(more), listed=np.ones(40, dtype=np.bool_))


def _written(name: str) -> Callable[[Path], tuple[Path, Path]]:
    def make(folder: Path) -> tuple[Path, Path]:
        one = next(one for one in WRITERS if one.name == name)
        labels = holdable(one, _many(made()) if one.ending else made())
        path = write(one, folder, sequence_of(labels), labels)
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else []
        texts = [file for file in files if file.suffix in (".txt", ".xml")]
        return path, texts[0] if texts else path

    return make


def _beside(name: str, file: str) -> Callable[[Path], tuple[Path, Path]]:
    def make(folder: Path) -> tuple[Path, Path]:
        path, _ = _written(name)(folder)
        return path, path / file

    return make


def _job(changed: str) -> Callable[[Path], tuple[Path, Path]]:
    def make(folder: Path) -> tuple[Path, Path]:
        names = [{"frame-no": n, "frame": f"{n + 1:06d}.jpg"} for n in range(20)]
        files = {
            "output.manifest": {
                "source-ref": "s3://b/seq.json",
                "job-ref": "s3://b/SeqLabel.json",
                "job-ref-metadata": {
                    "type": "groundtruth/video-object-tracking",
                    "class-map": {"2": "Vehicle"},
                    "creation-date": "2026-01-01T00:00:00",
                },
            },
            "seq.json": {
                "seq-no": 1,
                "prefix": "s3://b/frames/",
                "number-of-frames": 20,
                "frames": names,
            },
            "SeqLabel.json": tracking(*(frame(n, box(left=n)) for n in range(20))),
            "config.json": {
                "document-version": "2020-08-15",
                "labels": [{"label": "Vehicle", "attributes": [{"name": "a", "enum": ["x", "y"]}]}],
            },
        }
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content))
        return folder / "output.manifest", folder / changed

    return make


CVAT = b"""<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task><name>t</name><size>40</size><start_frame>0</start_frame><labels><label>
  <name>car</name><attributes><attribute><name>n</name><input_type>number</input_type>
  </attribute></attributes></label></labels></task></meta>
  <track id="0" label="car">
    <box frame="0" outside="0" occluded="0" keyframe="1" xtl="1.5" ytl="2" xbr="30" ybr="40">
      <attribute name="n">1.5</attribute></box>
    <box frame="9" outside="0" occluded="1" keyframe="1" xtl="9.5" ytl="2" xbr="39" ybr="40"/>
    <box frame="12" outside="1" occluded="1" keyframe="1" xtl="9.5" ytl="2" xbr="39" ybr="40"/>
  </track>
  <track id="1" label="car">
    <polygon frame="3" outside="0" keyframe="1" points="1,1;9,1;9,9"/>
    <polygon frame="8" outside="0" keyframe="1" points="2,1;9,1;9,9"/>
    <mask frame="9" rle="1,2"/>
  </track>
</annotations>
"""

COCO = {
    "videos": [{"id": 1, "name": "v", "width": 64, "height": 48, "fps": 25}],
    "images": [
        {"id": n, "file_name": f"{n:03d}.jpg", "video_id": 1, "frame_id": n} for n in range(6)
    ],
    "categories": [{"id": 1, "name": "car", "color": "#ff0000"}],
    "tracks": [{"id": 4, "name": "the car"}],
    "annotations": [
        {"id": 1, "image_id": 0, "category_id": 1, "track_id": 4, "bbox": [1, 2, 3, 4]},
        {"id": 2, "image_id": 1, "category_id": 1, "segmentation": [[1, 1, 9, 1, 9, 9]]},
        {"id": 3, "image_id": 2, "category_id": 1, "keypoints": [1, 1, 2, 0, 0, 0, 5, 5, 1]},
        {
            "id": 4,
            "image_id": 3,
            "category_id": 1,
            "instance_id": 4,
            "bbox": [1, 2, 3.5, 4],
            "segmentation": {"counts": "abc", "size": [48, 64]},
            "iscrowd": 1,
            "score": 0.5,
            "attributes": {"a": True},
        },
    ],
}


def _native(name: str, data: bytes) -> Callable[[Path], tuple[Path, Path]]:
    def make(folder: Path) -> tuple[Path, Path]:
        (folder / name).write_bytes(data)
        return folder / name, folder / name

    return make


def _seqfile(path: Path) -> tuple[Sequence, ...]:
    read_sequence_file(path.parent / "seq.json", Problems(path))
    return ()


def _config(path: Path) -> tuple[Sequence, ...]:
    read_label_config(path.parent / "config.json", Problems(path))
    return ()


PARSERS = [
    *(Parser(one.name, _written(one.name), _opened) for one in WRITERS),
    Parser("cvat keyframes", _native("a.xml", CVAT), _opened),
    Parser("coco native", _native("a.json", json.dumps(COCO).encode()), _opened),
    Parser("yolo config", _beside("yolo", "data.yaml"), _opened),
    Parser("seqinfo", _beside("motchallenge", "seqinfo.ini"), _opened),
    Parser("manifest", _job("output.manifest"), _opened),
    Parser("sequence file of a job", _job("seq.json"), _opened),
    Parser("labels of a job", _job("SeqLabel.json"), _opened),
    Parser("configuration of a job", _job("config.json"), _opened),
    Parser("sequence file", _job("seq.json"), _seqfile),
    Parser("label configuration", _job("config.json"), _config),
]

every_parser = pytest.mark.parametrize("parser", PARSERS, ids=lambda one: one.name)

change = st.tuples(
    st.floats(0, 1),
    st.integers(0, 40),
    st.one_of(
        st.sampled_from(PIECES), st.binary(max_size=8), st.integers().map(lambda n: b"%d" % n)
    ),
)
changes = st.lists(change, min_size=1, max_size=5)


def mutated(data: bytes, wanted: list[tuple[float, int, bytes]]) -> bytes:
    for part, length, piece in wanted:
        place = int(part * len(data))
        data = data[:place] + piece + data[place + length :]
    return data


def size_of(path: Path) -> int:
    folder = path if path.is_dir() else path.parent
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def fuzz(parser: Parser, folder: Path, times: int) -> float:
    """Read changed inputs; return the most memory for a byte beyond the fixed part."""
    path, target = parser.make(folder)
    valid = target.read_bytes()
    assert parser.read(path) is not None
    # Once more with a small change, so that slow paths have been imported.
    target.write_bytes(mutated(valid, [(0.5, 3, b"}")]))
    _quietly(parser, path)
    ratios = [0.0]
    count = 0

    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(wanted=changes)
    def run(wanted: list[tuple[float, int, bytes]]) -> None:
        nonlocal count
        count += 1
        target.write_bytes(mutated(valid, wanted))
        if count % MEASURED_EVERY:
            _quietly(parser, path)
        else:
            ratios.append(_memory_ratio(parser, path))
            assert ratios[-1] <= TIMES

    run()
    return max(ratios)


def _memory_ratio(parser: Parser, path: Path) -> float:
    """Return the peak of memory per byte of the input, beyond what frames and rows take."""
    gc.collect()
    tracemalloc.start()
    try:
        sequences = _quietly(parser, path)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    frames = sum(len(one) for one in sequences)
    rows = sum(int((one.labels.table.flat.rows.source < 0).sum()) for one in sequences)
    taken -= FIXED + PER_FRAME * frames + PER_ROW * rows
    return taken / max(size_of(path), 1)


def _quietly(parser: Parser, path: Path) -> tuple[Sequence, ...]:
    try:
        return parser.read(path)
    except TrackproofError as error:
        if "\n" in str(error):
            pytest.fail(f"one line for one mistake: {error}")
        return ()


@every_parser
def test_changed_bytes_give_labels_or_our_errors(parser: Parser, tmp_path: Path) -> None:
    fuzz(parser, tmp_path, 150)


@pytest.mark.extended
@pytest.mark.timeout(1800)
@every_parser
def test_ten_thousand_changed_inputs(parser: Parser, tmp_path: Path) -> None:
    worst = fuzz(parser, tmp_path, 10_000)
    print(f"\n{parser.name}: at most {worst:.1f} bytes of memory per byte beyond the fixed part")
    shutil.rmtree(tmp_path)
