"""Clips with verdicts: what is left, and where to go next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clip_job_files import write_job
from trackproof.clips import Board, Want, open_clips
from trackproof.clips.summary import look_at_files, summary
from trackproof.clips.verdicts import Verdict, Verdicts
from trackproof.clips.words import manifest_words, vote_words, worker_words


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(open_clips(write_job(tmp_path / "job")), Verdicts().current)


def judged(board: Board, place: int, label: str) -> None:
    key = board.clip(place).key
    board.verdicts = {**board.verdicts, key: Verdict(label, at=1.0, reviewer="r")}
    board.look_again([key])


def test_walk_goes_round_and_ends_where_it_began(board: Board) -> None:
    assert board.next(0, Want.UNLABELLED) == 2
    assert board.next(5, Want.UNLABELLED) == 2
    assert board.next(2, Want.UNLABELLED, step=-1) == 5
    assert board.next(0, Want.LOW) == 1
    assert board.next(1, Want.LOW) == 1
    assert board.next(0, Want.DISPUTED) == 2
    assert board.next(0, Want.CHANGED) is None


def test_verdict_takes_a_clip_out_of_every_walk_but_its_own(board: Board) -> None:
    judged(board, 2, "loading")
    assert not board.meets(2, Want.DISPUTED)
    assert not board.meets(2, Want.OPEN)
    assert board.meets(2, Want.CHANGED)
    judged(board, 0, "loading")
    assert not board.meets(0, Want.CHANGED)
    assert board.label(2) == "loading"
    tally = board.tally()
    assert (tally.judged, tally.labelled, tally.unlabelled) == (2, 3, 3)
    assert (tally.low, tally.disputed, tally.changed) == (1, 1, 1)


def test_whole_lists_say_the_same_as_single_clips(board: Board) -> None:
    judged(board, 0, "idle")
    judged(board, 1, "idle")
    judged(board, 3, "idle")
    for want in Want:
        places = tuple(place for place in range(len(board)) if board.meets(place, want))
        assert board.places(want) == places
        for start in range(len(board)):
            for step in (1, -1):
                order = [(start + step * far) % len(board) for far in range(1, len(board) + 1)]
                expected = next((place for place in order if place in places), None)
                assert board.next(start, want, step=step) == expected


def test_verdict_taken_back_leaves_what_the_manifest_says(board: Board) -> None:
    before = {want: board.places(want) for want in Want}
    judged(board, 1, "a new label")
    assert board.found(Want.CHANGED, "new") == [1]
    judged(board, 1, "")
    assert {want: board.places(want) for want in Want} == before
    board.look_again(["no clip of this manifest"])
    assert board.found(Want.ALL, "idle") == [1]


def test_search_finds_names_and_the_label_in_force(board: Board) -> None:
    judged(board, 0, "Blocked Aisle")
    assert board.found(Want.ALL, "") == [0, 1, 2, 3, 4, 5]
    assert board.found(Want.ALL, "clip 003") == [3]
    assert board.found(Want.ALL, "idle") == [1]
    assert board.found(Want.ALL, "AISLE blocked") == [0]
    assert board.found(Want.ALL, "loading") == []
    assert board.found(Want.UNLABELLED, "clip-00") == [2, 3, 4, 5]


def test_answers_add_up_in_words(board: Board) -> None:
    words = worker_words(board, 2)
    assert "Worker 1: idle  (12 s)" in words
    assert "Vote: idle, 2 of 3" in words
    assert "ann" not in words
    assert vote_words(board.votes[3]) == "Tie, 1 each: loading / idle / blocked aisle"
    assert worker_words(board, 5) == ""
    low = "In the manifest: idle, chosen by people, confidence 0.40."
    assert manifest_words(board.clip(1)) == low
    assert manifest_words(board.clip(5)) == "The manifest holds no label for this clip."


def test_summary_is_json_without_worker_ids(board: Board) -> None:
    files = look_at_files(board.clips)
    found = summary(board, files)
    text = json.dumps(found, allow_nan=False)
    assert not any(worker in text for worker in ('"ann"', '"bob"', '"cyd"'))
    assert found["unlabelled"] == 4
    assert found["not_found"] == 0
    assert found["agreement"]["disputed"] == 2
    assert found["rows"][3]["tie"]
    assert found["rows"][0]["media"] == "MP4, H.264, 96×64"
    assert [len(one["workers"]) for one in found["agreement"]["pairs"]] == [2, 2, 2]
