"""Changed bytes of valid files: labels or one of our errors, in time, and in little memory."""

from __future__ import annotations

import gc
import json
import random
import shutil
import time
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
from trackproof.formats import Format, open_labels
from trackproof.formats.ground_truth_config import read_label_config
from trackproof.formats.ground_truth_sequence_file import read_sequence_file
from trackproof.formats.problems import Problems
from trackproof.labels import Block, Labels, LabelTable, Sequence, Track

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

LONGEST_S = 10.0
"""Processor time for one small input; one that takes longer would hang at a real size."""

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

Change = tuple[float, int, bytes]
"""Where (as a share of the file), how many bytes go, and what comes instead."""

every_parser = pytest.mark.parametrize("parser", PARSERS, ids=lambda one: one.name)

change = st.tuples(
    st.floats(0, 1),
    st.integers(0, 40),
    st.one_of(
        st.sampled_from(PIECES), st.binary(max_size=8), st.integers().map(lambda n: b"%d" % n)
    ),
)
changes = st.lists(change, min_size=1, max_size=5)


def mutated(data: bytes, wanted: list[Change]) -> bytes:
    for part, length, piece in wanted:
        place = int(part * len(data))
        data = data[:place] + piece + data[place + length :]
    return data


def size_of(path: Path) -> int:
    folder = path if path.is_dir() else path.parent
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


class Run:
    """Reads changed inputs of one parser, and remembers the worst of them."""

    def __init__(self, parser: Parser, folder: Path) -> None:
        self.parser = parser
        self.path, self.target = parser.make(folder)
        self.valid = self.target.read_bytes()
        self.count = 0
        self.ratio = 0.0
        """The most memory for a byte beyond the fixed part."""
        self.slowest_s = 0.0
        assert parser.read(self.path) is not None
        # Once more with a small change, so that slow paths have been imported.
        self.target.write_bytes(mutated(self.valid, [(0.5, 3, b"}")]))
        _quietly(parser, self.path)

    def read(self, wanted: list[Change]) -> None:
        """Read one input; fails when it takes too much memory or time, or raises another error."""
        self.count += 1
        self.target.write_bytes(mutated(self.valid, wanted))
        start = time.process_time()
        if self.count % MEASURED_EVERY:
            _quietly(self.parser, self.path)
            self.slowest_s = max(self.slowest_s, time.process_time() - start)
        else:
            self.ratio = max(self.ratio, _memory_ratio(self.parser, self.path))
        assert self.ratio <= TIMES
        assert self.slowest_s <= LONGEST_S


def drawn(chance: random.Random) -> list[Change]:
    """Return changes as `changes` has them, many times faster and without shrinking."""
    return [
        (
            chance.choice((0.0, 1.0)) if chance.random() < 0.05 else chance.random(),
            chance.randint(0, 40),
            _piece(chance),
        )
        for _ in range(chance.randint(1, 5))
    ]


def _piece(chance: random.Random) -> bytes:
    kind = chance.randrange(3)
    if kind == 0:
        return chance.choice(PIECES)
    if kind == 1:
        return chance.randbytes(chance.randint(0, 8))
    return b"%d" % (chance.choice((-1, 1)) * chance.getrandbits(chance.choice((4, 8, 16, 33, 70))))


def leave_out_of_collections() -> None:
    """Leave what is in memory already out of every later garbage collection: each costs less."""
    gc.collect()
    gc.freeze()


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
    run = Run(parser, tmp_path)

    @settings(
        max_examples=150,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(wanted=changes)
    def read(wanted: list[Change]) -> None:
        run.read(wanted)

    leave_out_of_collections()
    read()


@pytest.mark.extended
@pytest.mark.timeout(3600)
@every_parser
def test_ten_thousand_changed_inputs(parser: Parser, tmp_path: Path) -> None:
    run = Run(parser, tmp_path)
    chance = random.Random(f"fuzz of {parser.name}")
    leave_out_of_collections()
    while run.count < 10_000:
        wanted = drawn(chance)
        try:
            run.read(wanted)
        except BaseException as error:
            error.add_note(f"input {run.count} of {parser.name}: {wanted}")
            raise
    print(
        f"\n{parser.name}: {run.count:,} inputs read, at most {run.ratio:.1f} bytes of memory per "
        f"byte beyond the fixed part, at most {1000 * run.slowest_s:.0f} ms for one"
    )
    shutil.rmtree(tmp_path)


LONG = 3_000
"""Frames of a file beside which what reading takes whatever the size is nothing."""


def _long(labels: Labels) -> Labels:
    boxes = np.array([[10.0 + 2 * n % 500, 20.5, 30, 40] for n in range(LONG)])
    block = Block.of_boxes(range(LONG), boxes, name=1, attributes=1)
    tracks = [Track(str(number + 1), f"Vehicle:{number + 1}") for number in range(7)]
    table = LabelTable(
        tracks,
        dict.fromkeys(range(len(tracks)), block),
        names=labels.table.names,
        attribute_sets=labels.table.attribute_sets,
    )
    return replace(labels, table=table, listed=np.ones(LONG, dtype=np.bool_))


@pytest.mark.extended
@pytest.mark.timeout(900)
@pytest.mark.parametrize("one", WRITERS, ids=lambda one: one.name)
def test_long_files_take_at_most_fifty_times_their_size(one: Format, tmp_path: Path) -> None:
    labels = holdable(one, _long(made()))
    path = write(one, tmp_path, sequence_of(labels), labels)
    files = path.rglob("*") if path.is_dir() else [path]
    texts = sorted(file for file in files if file.is_file())
    size, chance = size_of(path), random.Random(f"long {one.name}")
    parser = Parser(one.name, _written(one.name), _opened)
    parser.read(path)
    worst = 0.0
    for _ in range(10):
        target = chance.choice(texts)
        valid = target.read_bytes()
        target.write_bytes(mutated(valid, drawn(chance)))
        gc.collect()
        tracemalloc.start()
        try:
            _quietly(parser, path)
            worst = max(worst, tracemalloc.get_traced_memory()[1] / size)
        finally:
            tracemalloc.stop()
        target.write_bytes(valid)
    print(f"\n{one.name}: {size / 1e6:.1f} MB, at most {worst:.1f} times in memory")
    assert worst <= TIMES
