"""Slips and hostile inputs on the command line: one short line that names the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clip_job_files import line, result, write_manifest
from ground_truth_files import box, frame, tracking
from s3_server import S3

Trackproof = Callable[..., Any]

LONGEST = 300
"""Characters of a message; a terminal shows it in three or four lines."""

FRAMEWORK = ("Input should", "Value error", "Invalid value", "unable to parse", "Traceback")


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with an input of each hostile kind, where the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "blank.json").write_bytes(b" \n\n")
    (tmp_path / "binary.json").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "wide.json").write_bytes('{"a": 1}'.encode("utf-16"))
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "cut.json").write_text('{"tracking-annotations": [')
    (tmp_path / "words.txt").write_text("nothing to see\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "SeqLabel.json").write_text(json.dumps(tracking(frame(0, box()), frame(1, box()))))
    write_manifest(tmp_path / "clips.manifest", [line(0, **result("idle"))])
    write_manifest(tmp_path / "no-clips.manifest", [{"source-ref": "s3://b/seq.json"}])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("compare a b --iou 5", "--iou '5' is too large; give a number from 0.01 to 1"),
        ("compare a b --iou 0", "--iou '0' is too small; give a number from 0.01 to 1"),
        ("compare a b --iou x", "--iou 'x' is not a number; give a number from 0.01 to 1"),
        ("compare a b --iou nan", "--iou 'nan' is not a number"),
        ("compare a b --by colour", "--by 'colour' is not known; give all, category or track"),
        ("compare a", "B is missing; write it like: trackproof compare [OPTIONS] A B"),
        ("export x --top 0", "--top '0' is too small; give a whole number of 1 or more"),
        ("export x --top 1.5", "--top '1.5' is not a whole number"),
        ("export x --top 9999999999999999999999999999x", "is not a whole number"),
        ("clips-job clips.manifest out --workers 10", "'10' is too large; give a whole number fr"),
        ("clips clips.manifest --low-confidence -1", "--low-confidence '-1' is too small"),
        ("extract v.mp4 -o out --every 0", "--every '0' is too small"),
        ("extract v.mp4 -o out --fps nan", "nan frames per second is not possible"),
        ("check x --format yaml", "--format 'yaml' is not known; give table, csv or json"),
        ("chek x", "there is no command 'chek'; did you mean check?"),
        ("jobs lis", "did you mean list? trackproof jobs --help lists what there is"),
        ("check x --nope", "'--nope' is no option of trackproof check"),
        ("check x --fromes y", "did you mean --force, --format or --frames?"),
        ("check x --frames", "--frames needs a value after it"),
        ("check x --force=3", "--force takes no value"),
        ("check x y z", "'y z' is too much here; write it like: trackproof check"),
        ("check empty.json", "empty.json: the file is empty (0 bytes)"),
        ("check blank.json", "blank.json: the file is empty but for white space"),
        ("check binary.json", "binary.json: the file is binary"),
        ("check wide.json", "wide.json: the file is UTF-16"),
        ("check list.json", "list.json: the file is JSON, but holds a list"),
        ("check words.txt", "words.txt: the file is text"),
        ("check folder", "folder: the folder holds no labels"),
        ("check absent", "absent: there is no such file"),
        ("convert empty.json out.xml --to cvat", "empty.json: the file is empty"),
        ("convert SeqLabel.json s3://b/out.json --to coco", "S3 addresses cannot be used here"),
        ("extract s3://b/v.mp4 -o out", "s3://b/v.mp4: videos are read from this computer only"),
        ("extract https://b/v.mp4 -o out", "https://b/v.mp4: videos are read from this computer"),
        ("extract v.mp4 -o s3://b/out", "--destination names where it will be uploaded to"),
        ("clips empty.json", "empty.json: no line of this manifest names a clip: empty"),
        ("clips binary.json", "binary.json: no line of this manifest names a clip"),
        ("clips no-clips.manifest", "names s3://b/seq.json, which is no clip"),
        ("clips folder", "folder: the folder holds no manifest"),
        ("clips s3:/b", "s3:"),
        ("compare SeqLabel.json empty.json", "empty.json: the file is empty"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_short_line(
    trackproof: Trackproof, call: str, words: str
) -> None:
    said = trackproof(*call.split())
    assert said.status == 2
    assert words in said.err
    (only,) = said.err.splitlines()
    assert len(only) < LONGEST
    assert not [one for one in FRAMEWORK if one in only]


@pytest.mark.parametrize("command", ["compare", "convert", "check", "clips"])
def test_empty_names_are_not_the_current_folder(trackproof: Trackproof, command: str) -> None:
    more = [""] if command == "compare" else ["out.json"] if command == "convert" else []
    said = trackproof(command, "", *more)
    assert said.status == 2
    assert "is empty" in said.err or "cannot be read" in said.err


@pytest.mark.parametrize("first", [{"source-ref": 5}, {"source-ref": "s3://b/a.txt"}, "{", "[]"])
def test_line_that_names_no_clip_is_never_called_calm(
    trackproof: Trackproof, tmp_path: Path, first: object
) -> None:
    path = write_manifest(tmp_path / "a.manifest", [first, line(1, **result("idle"))])
    said = trackproof("clips", path, "--no-files")
    assert said.status == 1
    assert "line 1" in said.err


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"clip-class-metadata": 5}, "clip-class-metadata is 5, not an object"),
        ({"clip-class-metadata": None}, "clip-class has no clip-class-metadata"),
        ({"clip-class": "many"}, "clip-class is 'many', not a class index"),
        ({"clip-class": -1}, "clip-class is -1, not a class index"),
        (result("idle", confidence=7), "confidence is 7, not a number from 0 to 1"),
        (result("idle", confidence="high"), "confidence is 'high', not a number"),
        (result("idle", **{"human-annotated": True}), "human-annotated is True, not yes or no"),
        (result("idle", **{"creation-date": "last week"}), "creation-date is 'last week'"),
        (result("idle", **{"class-name": "x"}) | result("idle", **{"class-name": 3}), "is 3, not"),
    ],
)
def test_bad_metadata_of_a_clip_is_remarked(
    trackproof: Trackproof, tmp_path: Path, changed: dict[str, object], words: str
) -> None:
    lines = [line(0, **result("idle")), line(1, **{**result("idle"), **changed})]
    path = write_manifest(tmp_path / "a.manifest", lines)
    said = trackproof("clips", path, "--no-files", "--only-remarks", "--json")
    assert said.status == 1
    assert words in said.err
    assert "line 2" in said.err
    (row,) = json.loads(said.out)["rows"]
    assert row["line"] == 2
    assert any(words in one for one in row["metadata_problems"])


def test_broken_manifest_in_s3_names_its_address_and_line(trackproof: Trackproof, s3: S3) -> None:
    uri = s3.put("in/broken.manifest", '{"source-ref": "s3://b/a.txt"}\n{broken\n')
    said = trackproof("clips", uri)
    assert said.status == 2
    last = said.err.splitlines()[-1]
    assert f"{uri}: no line of this manifest names a clip" in last
    assert "names s3://b/a.txt, which is no clip" in last
    mended = s3.put("in/half.manifest", '{"source-ref": 7}\n{"source-ref": "s3://b/a.mp4"}\n')
    said = trackproof("clips", mended)
    assert said.status == 1
    assert f"{mended}, line 1: names 7, which is no clip" in said.err


@pytest.mark.parametrize(
    "call",
    [
        "convert SeqLabel.json kept --to coco --force",
        "check SeqLabel.json -o kept --force",
        "clips clips.manifest -o kept --force",
        "clips-save clips.manifest kept --force",
        "compare SeqLabel.json SeqLabel.json -o kept --force",
    ],
)
def test_force_does_not_replace_a_read_only_file(
    trackproof: Trackproof, tmp_path: Path, call: str
) -> None:
    kept = tmp_path / "kept"
    kept.write_text("mine")
    kept.chmod(0o444)
    said = trackproof(*call.split())
    assert said.status == 2
    assert "kept: this file is read-only and was not replaced" in said.err
    assert kept.read_text() == "mine"


def test_force_replaces_nothing_of_a_folder_with_a_read_only_file(
    trackproof: Trackproof, tmp_path: Path
) -> None:
    call = ("convert", "SeqLabel.json", "made", "--to", "voc")
    assert trackproof(*call).status == 1
    files = sorted(file for file in (tmp_path / "made").rglob("*.xml"))
    for file in files:
        file.write_text("mine")
    files[-1].chmod(0o444)
    said = trackproof(*call, "--force")
    assert said.status == 2
    assert f"{files[-1].name}: this file is read-only" in said.err
    assert [file.read_text() for file in files] == ["mine"] * len(files)
