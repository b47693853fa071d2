"""Reading manifests of clips."""

from __future__ import annotations

from pathlib import Path

import pytest

from clip_job_files import ATTRIBUTE, line, result, write_answers, write_job, write_manifest
from trackproof.clips import holds_clips, open_clips
from trackproof.clips.categories import with_remembered
from trackproof.errors import FormatError, StorageError


def test_job_folder_opens_with_labels_confidence_and_answers(tmp_path: Path) -> None:
    clips = open_clips(write_job(tmp_path / "job"))
    assert [clip.label for clip in clips.clips] == ["loading", "idle", "", "", "", ""]
    assert [clip.confidence for clip in clips.clips[:3]] == [0.91, 0.4, None]
    assert clips.attribute == ATTRIBUTE
    assert len(clips.workers) == 3
    assert [len(clip.answers) for clip in clips.clips] == [3, 3, 3, 3, 0, 0]
    assert [clip.is_disputed for clip in clips.clips] == [False, False, True, True, False, False]
    found = clips.find(clips.clips[0].source_ref)
    assert found == tmp_path / "job" / "clips" / "clip-000.mp4"


def test_worker_ids_stay_out_of_what_is_printed(tmp_path: Path) -> None:
    clips = open_clips(write_job(tmp_path / "job"))
    assert "ann" in clips.workers
    assert "ann" not in repr(clips)


def test_zero_confidence_of_a_single_person_counts_as_not_stated(tmp_path: Path) -> None:
    lines = [
        line(0, **result("idle", confidence=0.0)),
        line(1, **result("idle", confidence=0.0, **{"human-annotated": "no"})),
        line(2, **result("idle", confidence="high")),
    ]
    clips = open_clips(write_manifest(tmp_path / "a.manifest", lines)).clips
    assert [clip.confidence for clip in clips] == [None, 0.0, None]


def test_class_indices_come_from_lines_and_order_from_the_configuration(tmp_path: Path) -> None:
    labels = '{"document-version": "2018-11-28", "labels": [{"label": "b"}, {"label": "a"}]}'
    (tmp_path / "labels.json").write_text(labels)
    (tmp_path / "frames.json").write_text(
        '{"labels": [{"label": "a"}, {"label": "x"}], "annotationType": "Polygon"}'
    )
    lines = [line(0, **result("a", index="7"))]
    clips = open_clips(write_manifest(tmp_path / "a.manifest", lines))
    assert dict(clips.categories.index_of) == {"b": 0, "a": 7}
    assert clips.writes_text


def test_labels_of_workers_are_offered_too(tmp_path: Path) -> None:
    write_manifest(tmp_path / "manifests" / "output" / "output.manifest", [line(0)])
    write_answers(tmp_path, {0: {"ann": "cat", "bob": "dog"}})
    assert open_clips(tmp_path).categories.names == ("cat", "dog")


def test_newest_classification_is_shown_unless_another_is_named(tmp_path: Path) -> None:
    old = {"old": 0, "old-metadata": {"class-name": "x", "creation-date": "2020-01-01T00:00:00"}}
    path = write_manifest(tmp_path / "a.manifest", [line(0, **result("idle"), **old)])
    clips = open_clips(path)
    assert (clips.attribute, clips.attributes) == (ATTRIBUTE, (ATTRIBUTE, "old"))
    assert open_clips(path, attribute="old").clips[0].label == "x"
    with pytest.raises(FormatError, match="no line holds a classification under 'new'"):
        open_clips(path, attribute="new")


def test_answer_of_a_later_iteration_replaces_an_earlier_one(tmp_path: Path) -> None:
    write_manifest(tmp_path / "output.manifest", [line(0)])
    write_answers(tmp_path, {0: {"ann": "cat"}})
    first = tmp_path / "annotations/worker-response/iteration-1/0/answer.json"
    later = tmp_path / "annotations/worker-response/iteration-2/0/answer.json"
    later.parent.mkdir(parents=True)
    text = first.read_text().replace('"cat"', '"dog"').replace("T11:20", "T12:20")
    later.write_text(text)
    clips = open_clips(tmp_path)
    assert [answer.label for answer in clips.clips[0].answers] == ["dog"]


def test_lines_that_cannot_be_used_are_told_with_their_place(tmp_path: Path) -> None:
    lines = [
        "{broken",
        line(1),
        "[1, 2]",
        {"source-ref": "s3://yard/sequence.json"},
        line(4, **{ATTRIBUTE: 0, f"{ATTRIBUTE}-metadata": {"class-name": 5}}),
        line(1),
    ]
    clips = open_clips(write_manifest(tmp_path / "a.manifest", lines))
    assert [clip.number for clip in clips.clips] == [1, 4, 5]
    assert clips.clips[2].key.endswith("clip-001.mp4#2")
    told = [(problem.location, problem.message) for problem in clips.problems]
    assert told[0][0] == "line 1"
    assert told[0][1].startswith("is not JSON")
    assert ("line 3", "names no clip") in told
    assert ("line 4", "names s3://yard/sequence.json, which is no clip") in told
    assert ("line 5", "class-name is 5, not a text; the clip has no label") in told
    assert ("line 6", "names s3://yard/clips/clip-001.mp4 again") in told


def test_failed_line_says_why_it_has_no_label(tmp_path: Path) -> None:
    failed = {f"{ATTRIBUTE}-metadata": {"failure-reason": "ClientError: no access"}}
    clips = open_clips(write_manifest(tmp_path / "a.manifest", [line(0, **failed)]))
    assert clips.clips[0].failure == "ClientError: no access"
    assert clips.clips[0].label == ""


def test_manifest_without_clips_is_refused_in_words(tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", ["{broken"])
    with pytest.raises(FormatError, match="no line of this manifest names a clip: is not JSON"):
        open_clips(path)
    with pytest.raises(FormatError, match="the folder holds no manifest"):
        open_clips(tmp_path / "empty" if (tmp_path / "empty").mkdir() is None else tmp_path)
    with pytest.raises(StorageError):
        open_clips(tmp_path / "absent.manifest")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"source-ref": "s3://b/a.mp4"}\n', True),
        ('{"source-ref": "s3://b/a.WEBM", "x": 1}\n', True),
        ('\ufeff{"source-ref": "clips/a.avi"}\n', True),
        ('not json\n{"source-ref": "s3://b/a.mp4"}\n', True),
        ('{"source-ref": "s3://b/a", "c": 0, "c-metadata": {"class-name": "x"}}\n', True),
        ('{"source-ref": 5}\n{"source-ref": ""}\n{"source-ref": "s3://b/a.mp4"}\n', True),
        ('{"source-ref": "s3://b/a.txt"}\n{"source-ref": "s3://b/a.mp4"}\n', True),
        ('{"source-ref": "s3://b/a"}\n', False),
        ('{"source-ref": "s3://b/seq.json"}\n{"source-ref": "s3://b/a.mp4"}\n', False),
        ('{"source": "a text"}\n', False),
        ('{"tracking-annotations": []}', False),
        ("", False),
        ("1,2,3\n", False),
    ],
)
def test_clips_are_recognised_by_the_first_line(
    tmp_path: Path, content: str, expected: bool
) -> None:
    path = tmp_path / "anything.txt"
    path.write_text(content, encoding="utf-8")
    assert holds_clips(path) is expected


def test_nothing_is_no_clip(tmp_path: Path) -> None:
    assert not holds_clips(tmp_path / "absent")
    assert not holds_clips(tmp_path)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    assert not holds_clips(tmp_path / "picture.png")


def test_folder_of_manifests_opens_the_one_that_names_clips(tmp_path: Path) -> None:
    other = write_manifest(tmp_path / "a.manifest", [{"source-ref": "s3://b/seq.json"}])
    write_manifest(tmp_path / "b.manifest", [line(0)])
    assert holds_clips(tmp_path)
    assert open_clips(tmp_path).path.name == "b.manifest"
    (tmp_path / "b.manifest").unlink()
    with pytest.raises(FormatError, match="no line of this manifest") as caught:
        open_clips(tmp_path)
    assert caught.value.path == other


def test_hostile_addresses_are_never_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(b"x")
    folder = tmp_path / "job"
    path = write_manifest(folder / "a.manifest", [{"source-ref": "../secret.mp4"}])
    clips = open_clips(path)
    with pytest.raises(StorageError, match="leads out of the folder"):
        clips.find(clips.clips[0].source_ref)


def test_local_path_can_be_given_for_an_address(tmp_path: Path) -> None:
    here = tmp_path / "downloaded.mp4"
    path = write_manifest(tmp_path / "a.manifest", [line(0)])
    clips = open_clips(path, find=lambda uri: here if uri.endswith("clip-000.mp4") else None)
    assert clips.find(clips.clips[0].source_ref) == here


def test_example_files_open(shared_examples: Path) -> None:
    clips = open_clips(shared_examples / "output-video-classification.manifest")
    assert [clip.label for clip in clips.clips] == ["loading", "blocked aisle"]
    assert dict(clips.categories.index_of) == {"loading": 0, "idle": 1, "blocked aisle": 2}
    assert clips.clips[1].confidence is None
    assert not holds_clips(shared_examples / "output-tracking.manifest")


def test_labels_keep_their_index_when_no_line_names_them_any_more(tmp_path: Path) -> None:
    lines = [line(0, **result("loading")), line(1, **result("blocked aisle"))]
    before = open_clips(write_manifest(tmp_path / "a.manifest", lines))
    remembered = before.categories.plus("fog").index_of
    lines = [line(0, **result("blocked aisle")), line(1, **result("blocked aisle"))]
    after = open_clips(write_manifest(tmp_path / "a.manifest", lines))
    assert dict(after.categories.index_of) == {"blocked aisle": 2}
    kept = with_remembered(after, remembered).categories
    assert list(kept.index_of.items()) == [("loading", 0), ("blocked aisle", 2), ("fog", 3)]
    other = [line(0, **result("rain", index=3))]
    found = with_remembered(open_clips(write_manifest(tmp_path / "b", other)), remembered)
    assert found.categories.index_of["rain"] == 3
    assert len(set(found.categories.index_of.values())) == 4
