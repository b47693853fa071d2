"""``trackproof clips``, ``clips-save`` and ``clips-job``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clip_job_files import line, result, write_answers, write_job, write_manifest
from s3_server import S3
from trackproof.clips import VerdictStore, open_clips, store_path

Trackproof = Callable[..., Any]


@pytest.fixture
def job(tmp_path: Path) -> Path:
    return write_job(tmp_path / "job")


def judge(job: Path, place: int, label: str, comment: str = "") -> None:
    clips = open_clips(job)
    store = VerdictStore(store_path(clips))
    store.judge([clips.clips[place].key], label)
    if comment:
        store.comment(clips.clips[place].key, comment)
    assert store.close()


def test_summary_tells_labels_remarks_and_agreement(trackproof: Trackproof, job: Path) -> None:
    judge(job, 0, "idle")
    said = trackproof("clips", job)
    assert said.status == 1
    rows = {row.split()[0]: row for row in said.out.splitlines()[2:]}
    assert "judged, was loading" in rows["1"]
    assert "low confidence" in rows["2"]
    assert "workers disagree" in rows["3"]
    assert "loading / idle / blocked aisle" in rows["4"]
    assert "tie" in rows["4"]
    assert "6 clips, 2 labelled, 1 judged" in said.err
    assert "Fleiss' kappa 0.27, Krippendorff's alpha 0.33" in said.err


def test_json_holds_everything_but_worker_ids(trackproof: Trackproof, job: Path) -> None:
    judge(job, 0, "idle", comment="dark")
    said = trackproof("clips", job, "--json")
    found = json.loads(said.out)
    assert (found["clips"], found["judged"], found["changed"], found["unlabelled"]) == (6, 1, 1, 4)
    assert found["rows"][0]["comment"] == "dark"
    assert found["rows"][0]["media"] == "MP4, H.264, 96×64"
    assert found["agreement"]["clips_with_several_answers"] == 4
    assert '"ann"' not in said.out


def test_csv_has_one_row_per_clip(trackproof: Trackproof, job: Path, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    trackproof("clips", job, "--format", "csv", "--no-files", "-o", target)
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    assert [row["label"] for row in rows] == ["loading", "idle", "", "", "", ""]
    assert rows[2]["answers"] == "idle | idle | loading"
    again = trackproof("clips", job, "-o", target)
    assert again.status == 2
    assert "exists already" in again.err


def test_only_remarks_leaves_calm_clips_out(trackproof: Trackproof, job: Path) -> None:
    said = trackproof("clips", job, "--only-remarks", "--json")
    assert [row["line"] for row in json.loads(said.out)["rows"]] == [2, 3, 4, 5, 6]


def test_nothing_to_look_at_ends_with_zero(trackproof: Trackproof, tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "a.manifest", [line(0, **result("idle"))])
    said = trackproof("clips", path)
    assert said.status == 0
    assert "1 clip not on this computer" in said.err
    assert "--root" in said.err


def test_save_writes_verdicts_and_says_what_is_left(
    trackproof: Trackproof, job: Path, tmp_path: Path
) -> None:
    judge(job, 0, "idle")
    target = tmp_path / "new.manifest"
    said = trackproof("clips-save", job, target)
    assert said.status == 1
    assert "1 label new or changed, 0 confirmed, 4 clips without label" in said.err
    assert open_clips(target).clips[0].label == "idle"
    assert trackproof("clips-save", job, target).status == 2


def test_consolidation_labels_what_workers_agree_on(
    trackproof: Trackproof, job: Path, tmp_path: Path
) -> None:
    target = tmp_path / "new.manifest"
    said = trackproof("clips-save", job, target, "--consolidate", "majority", "--only-labelled")
    assert "1 label from workers' answers (majority)" in said.err
    assert "1 clip left without label: the answers are a tie" in said.err
    rows = [json.loads(row) for row in target.read_text().splitlines()]
    assert [row["clip-class-metadata"]["class-name"] for row in rows] == [
        "loading",
        "idle",
        "idle",
    ]
    assert rows[2]["clip-class-metadata"]["confidence"] == pytest.approx(2 / 3)


def test_consolidation_without_answers_is_refused(trackproof: Trackproof, tmp_path: Path) -> None:
    path = write_manifest(tmp_path / "in" / "a.manifest", [line(0)])
    said = trackproof("clips-save", path, tmp_path / "b", "--consolidate", "dawid-skene")
    assert said.status == 2
    assert "no raw answers of workers were found" in said.err
    answers = tmp_path / "elsewhere"
    write_answers(answers, {0: {"ann": "idle"}})
    said = trackproof(
        *("clips-save", path, tmp_path / "b", "--consolidate", "dawid-skene"),
        *("--responses", answers),
    )
    assert said.status == 0
    assert open_clips(tmp_path / "b").clips[0].label == "idle"


def test_attribute_that_the_service_refuses_is_not_written(
    trackproof: Trackproof, job: Path, tmp_path: Path
) -> None:
    said = trackproof("clips-save", job, tmp_path / "b", "--as", "clip_class")
    assert said.status == 2
    assert "'clip_class' cannot be used" in said.err
    assert not (tmp_path / "b").exists()


def test_job_package_is_written_and_valid(
    trackproof: Trackproof, job: Path, tmp_path: Path
) -> None:
    target = tmp_path / "package"
    said = trackproof("clips-job", job, target, "--only-unlabelled", "--workers", 5)
    assert (said.status, said.out.splitlines()[0]) == (0, "4 clips, 5 people each: 20 answers")
    assert trackproof("validate", target).status == 0
    assert trackproof("clips-job", job, target, "--only-unlabelled").status == 2


@pytest.mark.parametrize("command", ["clips", "clips-save", "clips-job"])
def test_bad_manifests_are_said_in_one_line(
    trackproof: Trackproof, tmp_path: Path, command: str
) -> None:
    path = tmp_path / "a.manifest"
    path.write_text('{"source-ref": "s3://b/seq.json"}\n')
    more = [] if command == "clips" else [tmp_path / "out"]
    said = trackproof(command, path, *more)
    assert said.status == 2
    assert len(said.err.splitlines()) == 1
    assert "names a clip" in said.err


def test_manifest_in_s3_is_summarised_and_saved_here(
    trackproof: Trackproof, tmp_path: Path, s3: S3
) -> None:
    uri = s3.put("out/a.manifest", json.dumps({"source-ref": s3.uri("a.mp4"), **result("idle")}))
    said = trackproof("clips", uri)
    assert said.status == 0
    assert "1 clip, 1 labelled" in said.err
    assert "1 clip not on this computer" in said.err
    target = tmp_path / "b.manifest"
    assert trackproof("clips-save", uri, target).status == 0
    assert open_clips(target).clips[0].label == "idle"
    missing = trackproof("clips", s3.uri("none.manifest"))
    assert missing.status == 2
