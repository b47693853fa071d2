"""Bad label files: one clear message with file and place, and what can be used is used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ground_truth_files import box, frame, messages, read_one, tracking, write
from trackproof.errors import FormatError, Severity, StorageError, TrackproofError
from trackproof.formats import open_labels

GOOD = json.dumps(
    tracking(
        frame(0, box(), box(left=99, object_id="id-2", object_name="Vehicle:2")),
        frame(1, box(label_category_attributes={"Color": "Grün"}), frame_attributes={"a": 1}),
        frame(2),
    )
).encode()


def refused(path: Path) -> str:
    with pytest.raises(TrackproofError) as caught:
        open_labels(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_truncated_file_keeps_the_frames_before_the_break(tmp_path: Path) -> None:
    data = json.dumps(tracking(*(frame(n, box()) for n in range(10)))).encode()
    sequence = read_one(tmp_path / "a.json", data[: int(len(data) * 0.65)])
    assert 5 <= len(sequence) <= 7
    assert "cut short after" in messages(sequence)
    assert "byte " in messages(sequence)


def test_file_cut_in_its_first_frame_is_refused_with_the_place(tmp_path: Path) -> None:
    assert "byte " in refused(write(tmp_path / "a.json", GOOD[:60]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \n", "white space"),
        (b"hello", "not JSON: Expecting value in line 1"),
        (b"{'tracking': 1}", "not JSON: .* in line 1, column 2"),
        (b'{"annotations": []}', "tracking-annotations"),
        (b'{"tracking-annotations": {}}', "JSON|list|array"),
        (b'{"tracking-annotations": 7}', "JSON|list|array"),
        (b'["tracking-annotations"]', "JSON|object"),
        (bytes(range(256)) * 40, "binary"),
        (
            b"\xff\xfe" + '{"tracking-annotations": []}'.encode("utf-16-le"),
            "UTF-16",
        ),
        (b'{"tracking-annotations":' + b"[" * 100_000, "JSON|recursion|frame"),
    ],
)
def test_file_that_is_none_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    message = refused(write(tmp_path / "a.json", content))
    assert re.search(words, message), message


def test_keys_of_a_job_that_are_no_text_are_told(tmp_path: Path) -> None:
    line = {
        "source-ref": "seq.json",
        "j-ref": "SeqLabel.json",
        "j-ref-metadata": {"type": "groundtruth/video-object-tracking"},
    }
    write(tmp_path / "output.manifest", json.dumps(line).encode())
    write(tmp_path / "SeqLabel.json", b'{"trackin\xa1-annotations": [], "x": 1}')
    assert "holds the keys trackin\ufffd-annotations, x, but neither" in refused(tmp_path)


def test_missing_file_and_odd_path_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such file"):
        open_labels(tmp_path / "none.json")
    with pytest.raises(StorageError):
        open_labels("a\0b")


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "folder holds no labels" in refused(tmp_path)


def test_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    sequence = read_one(tmp_path / "a.json", b"\xef\xbb\xbf" + GOOD)
    assert len(sequence.labels.table) == 3
    first, end = sequence.source.frame_spans[0]
    assert json.loads((b"\xef\xbb\xbf" + GOOD)[first:end])["frame-no"] == "0"


def test_numbers_that_are_none_lose_one_box_each(tmp_path: Path) -> None:
    text = GOOD.replace(b'"left": 99', b'"left": NaN')
    sequence = read_one(tmp_path / "a.json", text)
    assert len(sequence.labels.table) == 2
    assert "frame entry 0" in messages(sequence)
    assert "NaN" in messages(sequence)


@pytest.mark.parametrize("number", [b"1e999", b"-1e308", b"1" + b"0" * 400, b"1" + b"0" * 5000])
def test_huge_numbers_are_left_out(tmp_path: Path, number: bytes) -> None:
    text = GOOD.replace(b'"left": 99', b'"left": ' + number)
    sequence = read_one(tmp_path / "a.json", text)
    assert 1 <= len(sequence.labels.table) <= 2
    assert any(problem.severity is Severity.ERROR for problem in sequence.problems)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        "frame",
        [],
        {},
        {"frame-no": {}, "frame": [], "annotations": {}},
        {**frame(1), "annotations": [None, 3, "x", [], {}]},
        {**frame(1), "annotations": None},
        {**frame(1), "polygons": [{"vertices": []}, {"vertices": [1]}, {"vertices": "x"}, 5]},
        {**frame(1), "keypoints": [{"x": 1}, {"x": "1", "y": 2}]},
        {**frame(1), "frame-attributes": [1]},
        {**frame(1), "frame-no": True},
        {**frame(1), "frame-no": 1e300},
        {**frame(1), "frame-no": "-4"},
        {**frame(1), "frame-no": "9" * 5000},
        {**frame(1), "frame": 7},
        frame(1, box(left="10")),
        frame(1, box(left=None)),
        frame(1, box(left=True)),
        frame(1, box(left=[1])),
        frame(1, box(object_id=None)),
        frame(1, box(object_id="")),
        frame(1, box(object_id={})),
    ],
)
def test_wrong_types_at_every_level_cost_only_themselves(tmp_path: Path, entry: Any) -> None:
    sequence = read_one(tmp_path / "a.json", tracking(frame(0, box()), entry, frame(2, box())))
    assert sequence.labels.table.blocks[0].frame.tolist()[0] == 0
    assert len(sequence.labels.table) == 2
    assert sequence.problems


@pytest.mark.parametrize(
    "more",
    [
        {"class_id": None},
        {"class_id": []},
        {"object_name": 7},
        {"object_name": None},
        {"label_category_attributes": None},
        {"label_category_attributes": [1]},
        {"label_category_attributes": {"a": {"b": [1]}}},
    ],
)
def test_odd_texts_keep_the_box(tmp_path: Path, more: dict[str, Any]) -> None:
    content = tracking(frame(0, box()), frame(1, {**box(), **_kebab(more)}))
    assert len(read_one(tmp_path / "a.json", content).labels.table) == 2


def _kebab(more: dict[str, Any]) -> dict[str, Any]:
    return {key.replace("_", "-"): value for key, value in more.items()}


def test_mixed_numbering_is_read_and_told(tmp_path: Path) -> None:
    entries = [frame(0, box()), {**frame(1, box()), "frame-no": 1}, frame(2, box())]
    sequence = read_one(tmp_path / "a.json", tracking(*entries))
    assert sequence.frame_numbers.tolist() == [0, 1, 2]
    assert "frame-no is text in 2 frames and a number in 1" in messages(sequence)


def test_repeated_frame_is_left_out_and_told(tmp_path: Path) -> None:
    content = tracking(frame(0, box()), frame(0, box(left=77)), frame(1, box()))
    sequence = read_one(tmp_path / "a.json", content)
    assert len(sequence) == 2
    assert "second time" in messages(sequence)


def test_enormous_hole_in_frame_numbers_makes_no_enormous_sequence(tmp_path: Path) -> None:
    content = tracking(frame(0, box()), {**frame(1, box()), "frame-no": "999999999999"})
    assert len(read_one(tmp_path / "a.json", content)) == 2


def test_half_surrogates_are_replaced(tmp_path: Path) -> None:
    text = GOOD.replace(b'"000001.jpg"', b'"\\ud800.jpg"')
    sequence = read_one(tmp_path / "a.json", text)
    sequence.frame_names[0].encode()


def test_both_lists_are_told(tmp_path: Path) -> None:
    content = {**tracking(frame(0, box())), "detection-annotations": []}
    assert "second list" in messages(read_one(tmp_path / "a.json", content))


def test_error_names_the_file_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", b'{"detection-annotations": [')
    with pytest.raises(FormatError) as caught:
        open_labels(path)
    assert str(caught.value).count(str(path)) == 1


def mutations() -> st.SearchStrategy[bytes]:
    """Return real bytes with a few changes: cut, repeated, replaced, exchanged."""
    pieces = st.sampled_from(
        [
            b"null",
            b"NaN",
            b"-1e400",
            b'"',
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b"\\ud800",
            b"\x00",
            b"\xff",
        ]
    )
    change = st.tuples(
        st.integers(0, len(GOOD)), st.integers(0, 40), st.one_of(pieces, st.binary(max_size=8))
    )
    return st.lists(change, min_size=1, max_size=5).map(_changed)


def _changed(changes: list[tuple[int, int, bytes]]) -> bytes:
    data = GOOD
    for place, length, new in changes:
        data = data[:place] + new + data[place + length :]
    return data


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=mutations())
def test_changed_bytes_give_labels_or_one_of_our_errors(tmp_path: Path, data: bytes) -> None:
    from trackproof.formats.ground_truth_labels import encode_labels

    path = write(tmp_path / "a.json", data)
    try:
        opened = open_labels(path)
    except TrackproofError:
        return
    for sequence in opened.sequences:
        assert encode_labels(sequence, sequence.labels) == data


def test_manifest_of_bad_lines_names_the_first_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.manifest", b'\n{"source-ref": 1}\n{"source-ref": 2}\n')
    with pytest.raises(TrackproofError) as caught:
        open_labels(path)
    assert "line 2" in str(caught.value)
    assert "and 1 more" in str(caught.value)


def test_deep_nesting_is_told_in_plain_words(tmp_path: Path) -> None:
    deep = b"[" * 100_000
    with pytest.raises(TrackproofError) as caught:
        open_labels(write(tmp_path / "a.json", b'{"tracking-annotations":[' + deep))
    assert "nested too deeply" in str(caught.value)
    assert "recursion" not in str(caught.value)


def test_null_frame_is_called_null(tmp_path: Path) -> None:
    sequence = read_one(tmp_path / "a.json", tracking(frame(0, box()), None))
    assert "null stands where a frame should" in messages(sequence)


def test_useless_frame_numbers_are_neither_text_nor_numbers(tmp_path: Path) -> None:
    frames = [frame(0, box()), {**frame(1, box()), "frame-no": 1}, {**frame(2), "frame-no": -4}]
    sequence = read_one(tmp_path / "a.json", tracking(*frames))
    assert "frame-no is text in 1 frames and a number in 1" in messages(sequence)


def test_attributes_that_are_not_utf8_are_told(tmp_path: Path) -> None:
    data = (
        json.dumps(tracking(frame(0, box())))
        .encode()
        .replace(b'"label-category-attributes": {}', b'"label-category-attributes": {"a": "\x80"}')
    )
    sequence = read_one(tmp_path / "a.json", data)
    assert len(sequence.labels.table) in (0, 1)
    assert "not UTF-8" in messages(sequence)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a_1.jpg", "a_2.jpg", "b_3.jpg", "b_4.jpg"], "change from a_2.jpg to b_3.jpg"),
        (["a_1.jpg", "a_2.jpg", "a_9.jpg", "a_10.jpg"], "jump from a_2.jpg to a_9.jpg"),
        (["a_0.jpg", "a_5.jpg", "a_10.jpg", "a_15.jpg"], ""),
    ],
)
def test_names_that_stop_following_are_told(tmp_path: Path, names: list[str], told: str) -> None:
    frames = [{**frame(n, box()), "frame": name} for n, name in enumerate(names)]
    said = messages(read_one(tmp_path / "a.json", tracking(*frames)))
    assert told in said
    assert bool(told) == ("file names change" in said or "jump" in said)
