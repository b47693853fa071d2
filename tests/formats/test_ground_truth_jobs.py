"""Manifests, sequence files and configurations: how a job's files come together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ground_truth_files import box, frame, messages, tracking, write
from trackproof.errors import FormatError, Severity, TrackproofError
from trackproof.formats import open_labels
from trackproof.formats.ground_truth_manifest import encode_manifest_line
from trackproof.formats.ground_truth_sequence_file import encode_sequence_file, read_sequence_file
from trackproof.formats.problems import Problems

OUT = "s3://bucket/out/job"


def result(labels: str, **more: Any) -> dict[str, Any]:
    """Return a manifest line with one result."""
    return {
        "source-ref": "s3://bucket/in/cam-a/sequence.json",
        "camera": "a",
        "cars-ref": labels,
        "cars-ref-metadata": {
            "class-map": {"2": "Car"},
            "type": "groundtruth/video-object-tracking",
            "creation-date": "2024-03-05T11:22:33.445566",
        },
        **more,
    }


def sequence_file(*names: str, first: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "seq-no": 4,
        "prefix": "s3://bucket/in/cam-a",
        "number-of-frames": len(names),
        "frames": [{"frame-no": first + n, "frame": name} for n, name in enumerate(names)],
        **more,
    }


def job(folder: Path, *lines: dict[str, Any], labels: Any = None) -> Path:
    """Write a job as it is copied from S3 and return its output manifest."""
    write(
        folder / "out/job/annotations/consolidated-annotation/output/0/SeqLabel.json",
        labels or tracking(frame(0, box()), frame(1, box())),
    )
    write(
        folder / "in/cam-a/sequence.json",
        sequence_file("000001.jpg", "000002.jpg", "000003.jpg", first=1),
    )
    text = "\r\n".join(json.dumps(line) for line in lines)
    return write(folder / "out/job/manifests/output/output.manifest", text.encode())


LABELS = f"{OUT}/annotations/consolidated-annotation/output/0/SeqLabel.json"


def test_job_folder_joins_labels_frames_and_names(tmp_path: Path) -> None:
    job(tmp_path, result(LABELS))
    opened = open_labels(tmp_path / "out/job", root=tmp_path)
    (sequence,) = opened.sequences
    assert sequence.name == "cam-a"
    assert sequence.frame_names == ("000001.jpg", "000002.jpg", "000003.jpg")
    assert sequence.labels.listed.tolist() == [True, True, False]
    assert sequence.frames_hint == "s3://bucket/in/cam-a/"
    assert [c.name for c in sequence.labels.categories] == ["Car"]
    assert sequence.detail["label_attribute"] == "cars-ref"
    assert list(sequence.detail["manifest_line"]) == list(result(LABELS))


def test_key_of_the_owners_own_that_ends_in_metadata_is_no_result(tmp_path: Path) -> None:
    manifest = job(tmp_path, result(LABELS, **{"camera-metadata": {"lens": 35}}))
    opened = open_labels(manifest, root=tmp_path)
    assert opened.sequences[0].detail["label_attribute"] == "cars-ref"
    assert opened.problems == ()


def test_file_names_win_over_numbers_that_are_shifted(tmp_path: Path) -> None:
    manifest = job(tmp_path, result(LABELS))
    (sequence,) = open_labels(manifest, root=tmp_path).sequences
    assert sequence.labels.table.blocks[0].frame.tolist() == [0, 1]
    assert "another frame-no" in messages(sequence)
    assert "joined by file name" in messages(sequence)


def test_numbers_join_where_file_names_differ(tmp_path: Path) -> None:
    labels = tracking(frame(2, box(), frame="x.jpg"), frame(3, box(left=5), frame="y.jpg"))
    (sequence,) = open_labels(job(tmp_path, result(LABELS), labels=labels), root=tmp_path).sequences
    assert sequence.labels.table.blocks[0].frame.tolist() == [1, 2]
    assert "joined by frame-no" in messages(sequence)


def test_place_joins_where_nothing_else_agrees(tmp_path: Path) -> None:
    labels = tracking(frame(70, box(), frame="x.jpg"), frame(71, box(), frame="y.jpg"))
    (sequence,) = open_labels(job(tmp_path, result(LABELS), labels=labels), root=tmp_path).sequences
    assert sequence.labels.table.blocks[0].frame.tolist() == [0, 1]
    assert "by their place" in messages(sequence)


def test_frame_that_the_sequence_file_lacks_is_left_out(tmp_path: Path) -> None:
    labels = tracking(frame(0, box()), frame(50, box(left=5)))
    (sequence,) = open_labels(job(tmp_path, result(LABELS), labels=labels), root=tmp_path).sequences
    assert len(sequence.labels.table) == 1
    assert "000051.jpg is not in the sequence file" in messages(sequence)


def test_output_beside_its_manifest_needs_no_root(tmp_path: Path) -> None:
    (sequence,) = open_labels(job(tmp_path, result(LABELS))).sequences
    assert len(sequence.labels.table) == 2


def test_labels_without_their_sequence_file_are_shown(tmp_path: Path) -> None:
    manifest = job(tmp_path, result(LABELS))
    (tmp_path / "in/cam-a/sequence.json").unlink()
    (sequence,) = open_labels(manifest, root=tmp_path).sequences
    assert len(sequence) == 2
    assert "sequence file" in messages(sequence)


def test_newest_result_of_an_adjusted_line_is_shown(tmp_path: Path) -> None:
    adjusted = {
        "cars-adj-ref": LABELS,
        "cars-adj-ref-metadata": {
            "class-map": {"2": "Automobile"},
            "type": "groundtruth/video-object-tracking",
            "creation-date": "2024-03-09T08:00:00.000001",
        },
    }
    line = result("s3://bucket/none/SeqLabel.json")
    (sequence,) = open_labels(job(tmp_path, {**adjusted, **line}), root=tmp_path).sequences
    assert sequence.detail["label_attribute"] == "cars-adj-ref"
    assert sequence.labels.categories[0].name == "Automobile"


def test_input_manifest_opens_frames_without_labels(tmp_path: Path) -> None:
    manifest = job(tmp_path, {"source-ref": "s3://bucket/in/cam-a/sequence.json"})
    opened = open_labels(manifest, root=tmp_path)
    (sequence,) = opened.sequences
    assert len(sequence) == 3
    assert not sequence.labels.listed.any()
    assert sequence.source is None
    assert "not labelled yet" in str(opened.problems[0])


def test_class_ids_are_resolved_by_map_and_never_by_place(tmp_path: Path) -> None:
    manifest = job(tmp_path, result(LABELS))
    write(
        manifest.parent / "labels.json",
        {"documentVersion": "x", "labels": [{"label": "Bus"}, {"label": "Car"}]},
    )
    (sequence,) = open_labels(manifest, root=tmp_path).sequences
    named = {c.class_id: c.name for c in sequence.labels.categories}
    assert named == {"2": "Car", "0": "Bus"}
    assert sequence.detail["label_config"]["documentVersion"] == "x"


def test_class_maps_of_all_lines_are_merged(tmp_path: Path) -> None:
    second = {
        **result("s3://bucket/none/SeqLabel.json"),
        "cars-ref-metadata": {"class-map": {"7": "Bus"}},
    }
    first, _ = open_labels(job(tmp_path, result(LABELS), second), root=tmp_path).sequences
    assert {c.class_id: c.name for c in first.labels.categories} == {"2": "Car", "7": "Bus"}


def test_sequences_of_one_name_get_names_of_their_own(tmp_path: Path) -> None:
    opened = open_labels(job(tmp_path, result(LABELS), result(LABELS)), root=tmp_path)
    assert [sequence.name for sequence in opened.sequences] == ["cam-a", "cam-a (2)"]


def test_address_out_of_the_root_is_refused_and_other_lines_are_read(tmp_path: Path) -> None:
    write(tmp_path.parent / "secret.json", tracking(frame(0, box())))
    hostile = result("s3://bucket/../../secret.json")
    opened = open_labels(job(tmp_path, hostile, result(LABELS)), root=tmp_path)
    assert len(opened.sequences) == 1
    (problem,) = opened.problems
    assert problem.location == "line 1"
    assert "leads out of the folder" in problem.message


def test_line_of_exactly_the_limit_is_fine_and_a_longer_one_is_told(tmp_path: Path) -> None:
    def line(length: int) -> dict[str, Any]:
        short = {**result(LABELS), **{f"pad{n}": "x" * 19_000 for n in range(5)}, "rest": ""}
        return {**short, "rest": "y" * (length - len(json.dumps(short)))}

    assert open_labels(job(tmp_path, line(100_000)), root=tmp_path).problems == ()
    opened = open_labels(job(tmp_path, line(100_001)), root=tmp_path)
    assert len(opened.sequences) == 1
    assert "100,001 characters" in opened.problems[0].message


def test_broken_lines_cost_only_themselves(tmp_path: Path) -> None:
    manifest = job(tmp_path, result(LABELS))
    manifest.write_bytes(b'{"source-ref": \n[1]\n{"a": 1}\n\n' + manifest.read_bytes())
    opened = open_labels(manifest, root=tmp_path)
    assert len(opened.sequences) == 1
    assert [problem.location for problem in opened.problems] == ["line 1", "line 2", "line 3"]


def test_manifest_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    manifest = write(tmp_path / "a.manifest", result("s3://bucket/x/SeqLabel.json"))
    with pytest.raises(FormatError, match="name the folder that stands for S3"):
        open_labels(manifest)


def test_clips_are_told_apart_from_sequences(shared_examples: Path) -> None:
    with pytest.raises(FormatError, match=r"names a clip \(clip-001.mp4\)"):
        open_labels(shared_examples / "output-video-classification.manifest")


def test_folder_with_one_broken_result_shows_the_others(tmp_path: Path) -> None:
    for number in range(11):
        write(tmp_path / str(number) / "SeqLabel.json", tracking(frame(0, box())))
    write(tmp_path / "3" / "SeqLabel.json", b'{"tracking-annotations": [')
    opened = open_labels(tmp_path)
    assert [s.name for s in opened.sequences] == [str(n) for n in range(11) if n != 3]
    assert len(opened.problems) == 1


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"frames": 7},
        {"frames": []},
        {"frames": [None, 3, {"frame": 7}]},
        {"frames": [{"frame": "a", "frame-no": None}], "prefix": 7, "seq-no": "x"},
        [],
    ],
)
def test_odd_sequence_files_never_stop_the_labels(tmp_path: Path, document: Any) -> None:
    manifest = job(tmp_path, result(LABELS))
    write(tmp_path / "in/cam-a/sequence.json", document)
    (sequence,) = open_labels(manifest, root=tmp_path).sequences
    assert len(sequence.labels.table) >= 1
    assert sequence.problems


def test_sequence_file_reads_what_was_written(tmp_path: Path) -> None:
    data = encode_sequence_file(
        sequence_number=3, prefix="s3://b/c", names=["a.jpg", "b.jpg"], extra={"version": "1"}
    )
    file = read_sequence_file(write(tmp_path / "s.json", data), Problems(tmp_path))
    assert (file.prefix, file.names, file.numbers.tolist()) == (
        "s3://b/c/",
        ("a.jpg", "b.jpg"),
        [0, 1],
    )
    assert file.extra == {"version": "1"}


def test_examples_of_sequence_files_are_read(shared_examples: Path) -> None:
    file = read_sequence_file(shared_examples / "sequence-one-based-timestamps.json", Problems(""))
    assert file.numbers.tolist() == [1, 2, 3]


def test_manifest_line_longer_than_the_limit_is_not_written() -> None:
    assert encode_manifest_line({"b": 1, "a": 2}) == b'{"b":1,"a":2}\n'
    with pytest.raises(FormatError, match="at most 100,000"):
        encode_manifest_line({"a": "x" * 100_000})


@pytest.mark.parametrize(
    "values",
    [{"class-map": 7}, {"class-map": {"2": None}}, {"creation-date": 5, "type": 9}, "x", None],
)
def test_odd_metadata_is_no_crash(tmp_path: Path, values: Any) -> None:
    line = {**result(LABELS), "cars-ref-metadata": values}
    try:
        opened = open_labels(job(tmp_path, line), root=tmp_path)
    except TrackproofError:
        return
    assert opened.sequences


def test_result_that_names_no_file_is_not_taken_for_one_that_is_to_come(tmp_path: Path) -> None:
    line = result("s3://bucket/none/SeqLabel.json")
    (attribute,) = (key for key in line if key.endswith("-ref") and key != "source-ref")
    opened = open_labels(job(tmp_path, {**line, attribute: {"a": 1}}), root=tmp_path)
    errors = [one for one in opened.problems if one.severity is Severity.ERROR]
    assert [one.location for one in errors] == ["line 1"]
    assert f"{attribute} is" in errors[0].message
