"""Damaged and hostile manifests, answers and verdict files: our own errors, and nothing else."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from clip_job_files import line, result, write_answers, write_manifest
from trackproof.clips import Board, encode_manifest, holds_clips, open_clips
from trackproof.clips.saving import decisions_of
from trackproof.clips.summary import summary
from trackproof.clips.verdicts import Verdict
from trackproof.errors import TrackproofError

ODD = [
    b"null", b"-1", b"1e999", b'"\\ud800"', b"[[[[[[", b"{}", b"true", b'""', b"\xff\xfe", b"\x00",
    b'{"class-name": null}', b'{"class-name": "x", "confidence": "y"}', b'"creation-date"',
]  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with some parts cut, doubled, flipped or replaced by odd values."""
    for _ in range(chance.randint(1, 6)):
        if not data:
            break
        start = chance.randrange(len(data))
        end = min(len(data), start + chance.randint(0, 30))
        piece = chance.choice(
            [b"", data[start:end] * 2, chance.choice(ODD), bytes([chance.randrange(256)])]
        )
        data = data[:start] + piece + data[end:]
    return data


def use(path: Path) -> None:
    """Do with a manifest what the window and the commands do."""
    if not holds_clips(path):
        return
    clips = open_clips(path)
    verdicts = {clips.clips[0].key: Verdict("idle", at=1.0, reviewer="r")}
    board = Board(clips, verdicts)
    json.dumps(summary(board, {}), allow_nan=False)
    for clip in clips.clips:
        repr(clip)
    written = encode_manifest(clips, decisions_of(verdicts), categories=clips.categories)
    again = path.with_suffix(".again")
    again.write_bytes(written.data)
    assert open_clips(again, attribute=written.attribute).clips[0].label == "idle"
    again.unlink()


@pytest.mark.parametrize("runs", [150, pytest.param(10_000, marks=pytest.mark.extended)])
@pytest.mark.timeout(900)
def test_damaged_manifests_raise_only_our_own_errors(tmp_path: Path, runs: int) -> None:
    lines = [line(0, **result("loading")), line(1, **result("idle", index="1")), line(2, x=[1.5])]
    whole = write_manifest(tmp_path / "a.manifest", lines).read_bytes()
    write_answers(tmp_path, {0: {"ann": "idle", "bob": "loading"}})
    path = tmp_path / "b.manifest"
    chance = random.Random(5)
    used = 0
    for _ in range(runs):
        data = damaged(whole, chance)
        path.write_bytes(data)
        try:
            use(path)
            used += 1
        except TrackproofError:
            continue
    assert used > runs // 4


def test_damaged_answers_are_passed_over(tmp_path: Path) -> None:
    write_manifest(tmp_path / "output.manifest", [line(0)])
    write_answers(tmp_path, {0: {"ann": "idle"}})
    file = tmp_path / "annotations/worker-response/iteration-1/0/answer.json"
    whole = file.read_bytes()
    chance = random.Random(6)
    for _ in range(100):
        file.write_bytes(damaged(whole, chance))
        clips = open_clips(tmp_path)
        assert len(clips) == 1
        json.dumps(summary(Board(clips, {}), {}), allow_nan=False)


def test_very_deep_line_is_told_and_does_not_end_the_program(tmp_path: Path) -> None:
    deep = '{"source-ref": "s3://b/a.mp4", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    path = write_manifest(tmp_path / "a.manifest", [deep, line(1)])
    clips = open_clips(path)
    assert [clip.number for clip in clips.clips] == [1]
    assert clips.problems[0].location == "line 1"
