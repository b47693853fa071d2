"""The audit trail says who did what, when, with what was before and after."""

from __future__ import annotations

import contextlib
import csv
import json
from pathlib import Path

import pytest

from review_scenes import review
from trackproof.errors import ReviewError, StorageError
from trackproof.labels import FrameRanges, NewTrack, PutBox, Rename, SetAttribute, SetFrameAttribute
from trackproof.review import audit, write_audit

BOX = (1.0, 2.0, 3.0, 4.0)


def test_every_step_is_told_with_both_sides(tmp_path: Path) -> None:
    with contextlib.closing(review()) as work:
        work.apply("one", PutBox(0, 3, BOX), seconds=4.5)
        work.apply("one", SetAttribute((1,), "occluded", "yes", FrameRanges.at(2)))
        work.apply("one", SetFrameAttribute(FrameRanges.at(1), "weather", "rain"))
        work.apply("one", Rename(0, "Vehicle:8"))
        work.judge("one", ["gap-1"], "fixed", comment="=done", seconds=1.0)
        write_audit(work, tmp_path / "a.jsonl", kind="jsonl")
        write_audit(work, tmp_path / "a.csv")
        with pytest.raises(StorageError, match="exists already"):
            write_audit(work, tmp_path / "a.csv")
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["edit", "edit", "edit", "edit", "verdict"]
    moved, attributed, weather, renamed, judged = lines
    assert (moved["who"], moved["seconds"], moved["frames"]) == ("anna", 4.5, [3])
    assert moved["before"]["id-0"][0]["xywh"] == [0.0, 10.0, 30.0, 20.0]
    assert moved["after"]["id-0"][0]["xywh"] == list(BOX)
    assert attributed["after"]["id-1"][0]["attributes"] == {"occluded": "yes"}
    assert (weather["before"], weather["after"]) == (
        {"frame 1": {}},
        {"frame 1": {"weather": "rain"}},
    )
    assert renamed["after"]["id-0"][0]["name"] == "Vehicle:8"
    assert judged["after"] == {"gap-1": ["fixed", "=done"]}
    with (tmp_path / "a.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["what"] for row in rows] == [line["what"] for line in lines]
    assert json.loads(rows[0]["after"])["id-0"][0]["frame"] == 3


def test_every_step_says_how_long_it_took_unless_there_was_a_break() -> None:
    now = iter([0.0, 7.0, 9.5, 12.0, 900.0, 903.0])
    with contextlib.closing(review()) as work:
        work._clock = lambda: next(now)
        work._acted_s = work._clock()
        work.apply("one", PutBox(0, 3, BOX))
        work.apply("one", PutBox(0, 3, (2.0, 2.0, 3.0, 4.0)), joins=True)
        work.judge("one", ["a"], "fixed")
        work.apply("one", PutBox(0, 4, BOX))
        work.repair("one", PutBox(0, 5, BOX), ["b"], seconds=1.5)
        assert work.flush()
        assert [one["seconds"] for one in audit(work)] == [9.5, 2.5, None, 1.5]


def test_undone_and_replaced_steps_keep_their_own_words() -> None:
    with contextlib.closing(review()) as work:
        work.apply("one", NewTrack(1, 3, BOX, name="Person:7", object_id="first"))
        work.undo()
        work.apply("one", NewTrack(0, 3, BOX, name="Vehicle:5", object_id="second"))
        work.apply("one", Rename(2, "Vehicle:6"))
        work.undo()
        work.flush()
        records = list(audit(work))
    assert [record["state"] for record in records] == ["undone and replaced", "done", "undone"]
    assert records[0]["after"]["first"][0]["name"] == "Person:7"
    assert records[1]["after"]["second"][0]["name"] == "Vehicle:5"
    assert records[2]["before"]["second"][0]["name"] == "Vehicle:5"
    assert records[2]["undone_by"] == "anna"


def test_steps_that_are_not_saved_stop_the_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.review.database.is_writable", lambda path: False)
    with contextlib.closing(review(path=tmp_path / "a.trackproof")) as work:
        work.apply("one", PutBox(0, 3, BOX))
        with pytest.raises(ReviewError, match="not saved yet"):
            write_audit(work, tmp_path / "a.csv")
