"""MOTChallenge text comes in with all its columns and goes out as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackproof.errors import FormatError, StorageError, TrackproofError
from trackproof.formats import open_labels
from trackproof.formats.motchallenge import FORMAT
from trackproof.formats.motchallenge_text import read_numbers
from trackproof.formats.motchallenge_writing import encode_text, write_text
from trackproof.formats.problems import Problems
from trackproof.labels import NO_IDENTITY, Category, Labels, Sequence, Task

MOT17 = b"1,1,912,484,97,109,0,7,1\n2,1,912,484,97,109,0,7,0.5\n1,2,10,20,30,40,1,1,0.25\n"
MOT15 = b"1,9,499,158,31.03,75.17,1,-4.1554,-7.3591,0\r\n2,9,500,158,31.03,75.17,1,-4,-7,0\r\n"


def read(folder: Path, data: bytes, *, name: str = "gt/gt.txt", info: str = "") -> Sequence:
    path = folder / "cam" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if info:
        (folder / "cam" / "seqinfo.ini").write_text(info)
    (sequence,) = open_labels(folder / "cam").sequences
    return sequence


def moved(labels: Labels, track: int, frame: int, left: float) -> Labels:
    block = labels.table.blocks[track]
    xywh = block.xywh.copy()
    xywh[block.row_at(frame), 0] = left
    return replace(labels, table=labels.table.with_blocks({track: replace(block, xywh=xywh)}))


@pytest.mark.parametrize(
    ("name", "frames", "boxes"),
    [("PETS09-S2L1", 795, 4650), ("MOT17-02-SDP", 600, 30003), ("TUD-Stadtmitte", 179, 1156)],
)
def test_real_sequences_come_back_byte_for_byte(
    shared_data: Path, name: str, frames: int, boxes: int
) -> None:
    (sequence,) = open_labels(shared_data / "mot" / name).sequences
    assert (sequence.name, len(sequence), len(sequence.labels.table)) == (name, frames, boxes)
    assert encode_text(sequence, sequence.labels) == sequence.source.path.read_bytes()


def test_folder_of_sequences_opens_them_all(shared_data: Path) -> None:
    assert len(open_labels(shared_data / "mot").sequences) == 5


def test_edit_of_a_real_sequence_changes_one_line(shared_data: Path) -> None:
    (sequence,) = open_labels(shared_data / "mot" / "MOT17-10-SDP").sequences
    edited = moved(sequence.labels, 0, 5, 1000.5)
    before = sequence.source.path.read_bytes().splitlines()
    after = encode_text(sequence, edited).splitlines()
    different = [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert len(different) == 1
    assert after[different[0]].split(b",")[2] == b"1000.5"
    assert after[different[0]].split(b",")[3:] == before[different[0]].split(b",")[3:]


def test_frames_start_at_one_and_seqinfo_says_how_many(tmp_path: Path) -> None:
    info = (
        "[Sequence]\nname=cam\nimDir=pics\nframeRate=14\nseqLength=5\n"
        "imWidth=640\nimHeight=480\nimExt=.png\n"
    )
    sequence = read(tmp_path, MOT17, info=info)
    assert sequence.frame_numbers.tolist() == [1, 2, 3, 4, 5]
    assert sequence.frame_names[0] == "000001.png"
    assert (sequence.rate_fps, sequence.width, sequence.height) == (14.0, 640, 480)
    assert sequence.frames_hint.endswith("cam/pics")
    assert sequence.labels.listed.all()
    assert sequence.labels.table.blocks[0].frame.tolist() == [0, 1]


def test_mot17_columns_are_kept(tmp_path: Path) -> None:
    sequence = read(tmp_path, MOT17)
    blocks = sequence.labels.table.blocks
    assert blocks[0].columns["flag"].tolist() == [0, 0]
    assert blocks[0].columns["visibility"].tolist() == [1, 0.5]
    assert [c.name for c in sequence.labels.categories] == ["pedestrian", "static person"]
    assert sequence.labels.table.tracks[0].object_id == "1"


def test_mot15_columns_are_kept(tmp_path: Path) -> None:
    block = read(tmp_path, MOT15).labels.table.blocks[0]
    assert sorted(block.columns) == ["confidence", "x", "y", "z"]
    assert block.columns["x"].tolist() == [-4.1554, -4]
    assert block.xywh[0].tolist() == [499, 158, 31.03, 75.17]


def test_detections_have_no_identity(tmp_path: Path) -> None:
    data = b"1,-1,10,20,30,40,0.9\n1,-1,11,20,30,40,0.8\n3,-1,10,20,30,40,0.7\n"
    sequence = read(tmp_path, data, name="det/det.txt")
    assert sequence.task is Task.DETECTION
    assert sequence.labels.table.blocks[NO_IDENTITY].frame.tolist() == [0, 0, 2]
    assert encode_text(sequence, sequence.labels) == data


def test_text_alone_and_its_seqinfo_are_opened(tmp_path: Path) -> None:
    read(tmp_path, MOT17, info="[Sequence]\nframeRate=25\n")
    for name in ("gt/gt.txt", "seqinfo.ini"):
        (sequence,) = open_labels(tmp_path / "cam" / name).sequences
        assert sequence.rate_fps == 25


def test_new_boxes_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    for data, place in (
        (b"1,1,1,1,9,9\n3,1,1,1,9,9\n1,2,5,5,9,9\n", 1),
        (b"1,1,1,1,9,9\n1,2,5,5,9,9\n3,1,1,1,9,9", 2),
    ):
        sequence = read(tmp_path, data)
        block = sequence.labels.table.blocks[0]
        rows = block.take(np.array([0, 0, 1]))
        rows = replace(
            rows,
            frame=np.array([0, 1, 2], dtype=np.int32),
            source=np.array([block.source[0], -1, block.source[1]], dtype=np.int32),
        )
        table = sequence.labels.table.with_blocks({0: rows})
        lines = encode_text(sequence, replace(sequence.labels, table=table)).splitlines()
        assert lines[place] == b"2,1,1,1,9,9"
        assert lines[:place] + lines[place + 1 :] == data.splitlines()


def test_deleted_box_loses_its_line_only(tmp_path: Path) -> None:
    sequence = read(tmp_path, MOT15)
    block = sequence.labels.table.blocks[0]
    table = sequence.labels.table.with_blocks({0: block.take(slice(1, 2))})
    after = encode_text(sequence, replace(sequence.labels, table=table))
    assert after == MOT15.splitlines(keepends=True)[1]


def test_other_formats_are_written_as_mot17(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "ground-truth" / "MOT17-13-SDP" / "SeqLabel.json"
    (sequence,) = open_labels(path).sequences
    write_text(tmp_path / "out", sequence, sequence.labels)
    (again,) = open_labels(tmp_path / "out").sequences
    assert len(again) == 300
    assert again.frame_names == sequence.frame_names
    for track, block in sequence.labels.table.blocks.items():
        other = again.labels.table.blocks[track]
        np.testing.assert_array_equal(other.frame, block.frame)
        np.testing.assert_array_equal(other.xywh, block.xywh)
    with pytest.raises(StorageError, match="exists already"):
        write_text(tmp_path / "out", sequence, sequence.labels)


def test_shapes_that_are_no_boxes_are_refused(shared_examples: Path) -> None:
    (sequence,) = open_labels(shared_examples / "SeqLabel-detection-polygon.json").sequences
    with pytest.raises(FormatError, match="boxes only"):
        encode_text(sequence, sequence.labels)


def test_changed_file_is_refused(tmp_path: Path) -> None:
    sequence = read(tmp_path, MOT17)
    sequence.source.path.write_bytes(MOT17 + b"\n")
    with pytest.raises(FormatError, match="has changed since"):
        encode_text(sequence, sequence.labels)


def test_lines_that_are_no_rows_cost_only_themselves(tmp_path: Path) -> None:
    data = (
        b"1,1,1,1,9,9\nhello\n2,1,nan,1,9,9\n\n2.5,1,1,1,9,9\n-4,1,1,1,9,9\n"
        b"3,1,1,1,9,1e99\n4,1.5,1,1,9,9\n5,1,1,1,9,9\n"
    )
    sequence = read(tmp_path, data)
    assert sequence.labels.table.blocks[0].frame.tolist() == [0, 4]
    text = "\n".join(map(str, sequence.problems))
    for words in ("line 2: 'hello'", "line 5: 2.5 is not", "line 8: 1.5 is not", "no place"):
        assert words in text
    assert encode_text(sequence, sequence.labels) == data


@pytest.mark.parametrize(
    "ending",
    [
        b"",
        b"\n",
        b"2,1,5,6\n",
        b"2,1,1,1,9,9,1,1\n",
        b"2,1,x,1,9,9,1\n",
        b'2,1,"3",1,9,9,1\n',
        b"2,1,1,1,9,9,\n",
        b"2,1,1_0,1,9,9,1\n",
        b" 2 ,1,1,1,9,9,1\n",
    ],
)
def test_small_and_large_files_are_read_alike(
    monkeypatch: pytest.MonkeyPatch, ending: bytes
) -> None:
    rows = b"".join(b"%d,1,0.1,2.25,3.7,9e1,1\n" % frame for frame in range(1, 1500))
    data, path = rows + ending, Path("gt.txt")
    small, large = Problems("gt.txt"), Problems("gt.txt")
    numbers = read_numbers(data, path, small)
    monkeypatch.setattr("trackproof.formats.motchallenge_text.MANY_BYTES", 0)
    np.testing.assert_array_equal(numbers, read_numbers(data, path, large))
    assert [str(one) for one in small.listed()] == [str(one) for one in large.listed()]


def test_frame_number_zero_is_told(tmp_path: Path) -> None:
    sequence = read(tmp_path, b"0,1,1,1,9,9\n1,1,1,1,9,9\n")
    assert sequence.frame_numbers.tolist() == [0, 1]
    assert "numbered from 0" in str(sequence.problems[0])


def test_object_twice_in_a_frame_and_bad_sizes_are_told(tmp_path: Path) -> None:
    sequence = read(tmp_path, b"1,1,1,1,9,9\n1,1,5,5,0,-9\n")
    assert [t.occurrence for t in sequence.labels.table.tracks] == [0, 1]
    assert len(sequence.problems) == 2


@pytest.mark.parametrize("data", [b"", b"a,b,c\n", b"1,2,3\n", b"nan,nan,1,1,1,1\n"])
def test_text_without_rows_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(TrackproofError):
        read(tmp_path, data)


@pytest.mark.parametrize(
    "info",
    ["", "hello", "[Sequence]\nseqLength=x\nframeRate=-1\nimWidth=1e9", "\x00", "[a]\n[b]\nx",
     "[Sequence]\nseqLength=999999999\n", "seqLength=3"],
)  # fmt: skip
def test_odd_seqinfo_never_stops_the_labels(tmp_path: Path, info: str) -> None:
    sequence = read(tmp_path, MOT17, info=info)
    assert len(sequence) == 2


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    place=st.integers(0, len(MOT17)),
    length=st.integers(0, 12),
    new=st.one_of(
        st.binary(max_size=8), st.sampled_from([b"nan", b"1e400", b",", b"\n", b"\r", b'"'])
    ),
)
def test_changed_bytes_give_labels_or_one_of_our_errors(
    tmp_path: Path, place: int, length: int, new: bytes
) -> None:
    data = MOT17[:place] + new + MOT17[place + length :]
    try:
        sequence = read(tmp_path, data)
    except TrackproofError:
        return
    assert encode_text(sequence, sequence.labels) == data


def test_faults_of_seqinfo_are_placed_in_seqinfo(tmp_path: Path) -> None:
    sequence = read(tmp_path, MOT17, info="[Sequence]\nframeRate=fast\n")
    (problem,) = sequence.problems
    assert problem.path.endswith("seqinfo.ini")
    assert "'fast', which is not a frame rate" in problem.message


def test_binary_seqinfo_is_one_line(tmp_path: Path) -> None:
    sequence = read(tmp_path, MOT17, info="\x00\x01\n[\n\x02=\n")
    (problem,) = sequence.problems
    assert str(problem).count("\n") == 0
    assert problem.location == "line 1"


def test_number_that_is_none_is_told_by_its_line(tmp_path: Path) -> None:
    sequence = read(tmp_path, b"1,1,1,2,3,4\n2,1,nan,2,3,4\n")
    (problem,) = sequence.problems
    assert problem.location == "line 2"


def test_detections_beside_truth_are_told(tmp_path: Path) -> None:
    (tmp_path / "cam" / "det").mkdir(parents=True)
    (tmp_path / "cam" / "det" / "det.txt").write_bytes(MOT15)
    sequence = read(tmp_path, MOT17)
    assert "gt is shown, and det/det.txt can be opened by itself" in str(sequence.problems[0])


def test_frame_number_far_beyond_the_file_is_left_out(tmp_path: Path) -> None:
    sequence = read(tmp_path, b"1,1,10,10,5,5\n900000,1,10,10,5,5\n")
    assert len(sequence) == 1
    assert "900000 is not a frame number between 1 and 108,008" in str(sequence.problems[0])


def test_foreign_class_ids_are_no_classes_of_the_challenge(tmp_path: Path) -> None:
    labels = read(tmp_path, MOT17).labels
    named = replace(labels, categories=tuple(replace(c, name="boat") for c in labels.categories))
    made = replace(read(tmp_path, MOT17), source=None, labels=named)
    numbers = {line.split(b",")[7] for line in encode_text(made, named).splitlines()}
    assert numbers == {b"14", b"15"}


def test_confidence_of_other_formats_is_kept_where_there_is_no_class(tmp_path: Path) -> None:
    first = read(tmp_path, b"1,-1,90,20,30,30,0.9\n2,-1,93,20,30,30,0.7\n", name="det.txt")
    foreign = replace(first, source=None, detail={})
    assert FORMAT.losses(foreign, foreign.labels) == ()
    lines = encode_text(foreign, foreign.labels).splitlines()
    assert lines == [b"1,-1,90,20,30,30,0.9,-1,-1,-1", b"2,-1,93,20,30,30,0.7,-1,-1,-1"]


def test_confidence_that_gives_way_to_a_class_is_told(tmp_path: Path) -> None:
    first = read(tmp_path, b"1,-1,90,20,30,30,0.9\n2,-1,93,20,30,30,0.7\n", name="det.txt")
    labels = replace(first.labels, categories=(Category("car"),))
    foreign = replace(first, source=None, detail={}, labels=labels)
    assert [str(loss) for loss in FORMAT.losses(foreign, labels)] == [
        "the confidence of 2 annotations is lost"
    ]
    assert encode_text(foreign, labels).splitlines()[0] == b"1,-1,90,20,30,30,1,3,-1"
    named = replace(labels, categories=(Category("tram"),))
    told = [str(loss) for loss in FORMAT.losses(replace(foreign, labels=named), named)]
    assert told[0] == "the category name 'tram' becomes a class number"
