"""Writing decisions as lines of an output manifest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clip_job_files import ATTRIBUTE, line, result, write_job, write_manifest
from trackproof.clips import Decision, encode_manifest, open_clips
from trackproof.clips import write_manifest as save
from trackproof.clips.board import Board
from trackproof.clips.consolidation import Method, consolidated
from trackproof.clips.lines import value_spans, with_values
from trackproof.clips.saving import selected_lines
from trackproof.errors import FormatError, StorageError
from trackproof.handoff.manifest_rules import manifest_problems

BUSY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
AT = datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def decided(label: str) -> Decision:
    return Decision(label, AT)


def test_new_label_is_written_exactly_as_the_service_does(tmp_path: Path) -> None:
    clips = open_clips(write_manifest(tmp_path / "a.manifest", [line(0, batch=7)]))
    written = encode_manifest(clips, {clips.clips[0].key: decided("idle")})
    assert json.loads(written.data) == {
        "source-ref": "s3://yard/clips/clip-000.mp4",
        "batch": 7,
        "clip-class": 0,
        "clip-class-metadata": {
            "class-name": "idle",
            "confidence": 0.0,
            "type": "groundtruth/video-classification",
            "job-name": "labeling-job/clip-class",
            "human-annotated": "yes",
            "creation-date": "2025-01-02T03:04:05.678901",
        },
    }
    assert manifest_problems(written.data) == ([], [])


def test_corrected_label_replaces_only_what_it_concerns(tmp_path: Path) -> None:
    metadata = {"worker-feedback": [{"comment": "dark"}], "job-name": "labeling-job/first"}
    raw = json.dumps(line(0, note="\u00e9 1.50", **result("loading", index="0", **metadata)))
    raw = raw.replace('"note": ', '"note"  :  ').replace("{", "{ ", 1)
    path = tmp_path / "a.manifest"
    path.write_bytes(raw.encode() + b"\r\n")
    clips = open_clips(path)
    written = encode_manifest(
        clips, {clips.clips[0].key: decided("idle")}, categories=clips.categories.plus("idle")
    )
    text = written.data.decode()
    assert '"note"  :  "\\u00e9 1.50"' in text
    assert text.endswith("\r\n")
    found = json.loads(text)
    assert found[ATTRIBUTE] == "1"
    kept = found[f"{ATTRIBUTE}-metadata"]
    assert kept["class-name"] == "idle"
    assert kept["worker-feedback"] == [{"comment": "dark"}]
    assert kept["job-name"] == "labeling-job/first"
    assert (written.changed, written.confirmed, written.unlabelled) == (1, 0, 0)


def test_lines_without_decision_keep_every_byte(tmp_path: Path) -> None:
    odd = '{"source-ref":   "s3://b/a.mp4" , "x": 1.0e2, "y": "\\u00e9", "x": 3 }'
    lines = [odd, "{broken", "", json.dumps(line(1)), '{"source-ref": "s3://b/seq.json"}']
    path = tmp_path / "a.manifest"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    clips = open_clips(path)
    assert encode_manifest(clips, {}).data == path.read_bytes()
    changed = encode_manifest(clips, {clips.clips[1].key: decided("idle")}).data
    rows, old = changed.split(b"\r\n"), path.read_bytes().split(b"\r\n")
    assert [i for i, row in enumerate(rows) if row != old[i]] == [3]


def test_confirming_what_a_person_said_changes_nothing(tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", [line(0, **result("idle"))])
    clips = open_clips(path)
    written = encode_manifest(clips, {clips.clips[0].key: decided("idle")})
    assert written.data == path.read_bytes()
    assert (written.changed, written.confirmed) == (0, 1)


def test_confirming_what_a_model_said_makes_it_human(tmp_path: Path) -> None:
    by_model = result("idle", **{"human-annotated": "no"})
    clips = open_clips(write_manifest(tmp_path / "a.manifest", [line(0, **by_model)]))
    written = encode_manifest(clips, {clips.clips[0].key: decided("idle")})
    metadata = json.loads(written.data)[f"{ATTRIBUTE}-metadata"]
    assert metadata["human-annotated"] == "yes"
    assert metadata["creation-date"].startswith("2025")


def test_another_attribute_keeps_the_old_result(tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", [line(0, **result("idle")), line(1)])
    clips = open_clips(path)
    decisions = {clip.key: decided("idle") for clip in clips.clips}
    written = encode_manifest(clips, decisions, attribute="second-look")
    first = json.loads(written.data.splitlines()[0])
    assert first[ATTRIBUTE] == 1
    assert first["second-look-metadata"]["job-name"] == "labeling-job/second-look"
    assert manifest_problems(written.data) == ([], [])
    again = encode_manifest(clips, {clips.clips[0].key: decided("idle")}, attribute="second-look")
    assert again.unlabelled == 1


def test_failure_makes_room_for_a_label(tmp_path: Path) -> None:
    failed = {f"{ATTRIBUTE}-metadata": {"failure-reason": "no access", "job-name": "x"}}
    clips = open_clips(write_manifest(tmp_path / "a.manifest", [line(0, **failed)]))
    found = json.loads(encode_manifest(clips, {clips.clips[0].key: decided("idle")}).data)
    assert "failure-reason" not in found[f"{ATTRIBUTE}-metadata"]
    assert found[f"{ATTRIBUTE}-metadata"]["job-name"] == "x"


def test_unlabelled_lines_can_be_left_out(tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", [line(0, **result("idle")), line(1), line(2)])
    clips = open_clips(path)
    written = encode_manifest(clips, {clips.clips[2].key: decided("loading")}, only_labelled=True)
    assert [json.loads(row)["source-ref"][-7:] for row in written.data.splitlines()] == [
        "000.mp4",
        "002.mp4",
    ]
    assert (written.lines, written.unlabelled) == (2, 1)


def test_changed_manifest_is_not_written_over(tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", [line(0)])
    clips = open_clips(path)
    write_manifest(path, [line(0), line(1)])
    with pytest.raises(FormatError, match="has changed since it was opened"):
        encode_manifest(clips, {})


def test_line_that_grows_too_long_is_refused_with_its_place(tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", [line(0), line(1, long="x" * 99_900)])
    clips = open_clips(path)
    with pytest.raises(FormatError, match=r"line 2: the line would have 100,\d+ characters"):
        encode_manifest(clips, {clips.clips[1].key: decided("idle")})


def test_existing_file_is_replaced_only_on_request(tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", [line(0)])
    clips = open_clips(path)
    written = encode_manifest(clips, {clips.clips[0].key: decided("idle")})
    before = path.read_bytes()
    with pytest.raises(StorageError, match="exists already"):
        save(path, written)
    assert path.read_bytes() == before
    save(path, written, overwrite=True)
    assert path.read_bytes() == written.data


def test_majority_fills_gaps_and_leaves_ties(tmp_path: Path) -> None:
    board = Board(open_clips(write_job(tmp_path / "job")), {})
    found = consolidated(board, Method.MAJORITY)
    key = board.clip(2).key
    assert {one: decision.label for one, decision in found.decisions.items()} == {key: "idle"}
    assert found.decisions[key].confidence == pytest.approx(2 / 3)
    assert (found.from_answers, found.ties) == (1, 1)


def test_chosen_lines_leave_as_they_are(tmp_path: Path) -> None:
    raw = '{"source-ref":"s3://b/a.mp4", "x":1.50}'
    path = tmp_path / "a.manifest"
    path.write_text(f"{json.dumps(line(1))}\r\n{raw}")
    clips = open_clips(path)
    assert selected_lines(clips, {clips.clips[1].key}) == raw.encode() + b"\n"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
OTHERS = st.dictionaries(
    st.text(max_size=8).filter(lambda key: not key.endswith("-metadata")), JSON, max_size=4
)


@settings(max_examples=60, deadline=None, suppress_health_check=BUSY)
@given(
    lines=st.lists(
        st.tuples(OTHERS, st.sampled_from([None, "loading", "idle"]), st.booleans(), st.booleans()),
        min_size=1,
        max_size=5,
    ),
    picks=st.data(),
)
def test_round_trip_keeps_everything_but_the_decisions(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Any], picks: st.DataObject
) -> None:
    documents, texts = [], []
    for number, (others, label, is_ascii, is_compact) in enumerate(lines):
        document = {**others, **line(number), **(result(label) if label else {})}
        documents.append(document)
        separators = (",", ":") if is_compact else (", ", ": ")
        texts.append(json.dumps(document, ensure_ascii=is_ascii, separators=separators))
    path = tmp_path_factory.mktemp("trip") / "a.manifest"
    path.write_bytes("\n".join(texts).encode("utf-8", "surrogatepass"))
    clips = open_clips(path)
    wanted = {
        clip.key: picks.draw(st.sampled_from(["loading", "idle", "a new one", None]))
        for clip in clips.clips
    }
    decisions = {key: decided(label) for key, label in wanted.items() if label}
    target = path.with_name("b.manifest")
    save(target, encode_manifest(clips, decisions))
    again = open_clips(target)
    for old, new, document in zip(clips.clips, again.clips, documents, strict=True):
        assert new.label == (wanted[old.key] or old.label)
        row = json.loads(target.read_bytes().splitlines()[new.number])
        for key, value in document.items():
            if not key.startswith(ATTRIBUTE):
                assert row[key] == value
        if old.key not in decisions:
            assert target.read_bytes().splitlines()[new.number] == texts[old.number].encode(
                "utf-8", "surrogatepass"
            )
    assert encode_manifest(again, decisions).data == target.read_bytes()


@settings(deadline=None, suppress_health_check=BUSY)
@given(st.text(max_size=60) | JSON.map(json.dumps))
def test_spans_of_any_text_are_found_or_refused(text: str) -> None:
    try:
        spans = value_spans(text)
    except FormatError:
        return
    assert {key: json.loads(text[a:b]) for key, (a, b) in spans.items()} == json.loads(text)
    assert json.loads(with_values(text, {"new key": 1}))["new key"] == 1
