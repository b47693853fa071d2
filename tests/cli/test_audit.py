"""``trackproof audit``."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from trackproof.formats import open_labels
from trackproof.labels import DeleteBoxes, FrameRanges
from trackproof.review import Review

Trackproof = Callable[..., Any]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A MOTChallenge folder with one object."""
    folder = tmp_path / "street"
    (folder / "gt").mkdir(parents=True)
    rows = [f"{frame + 1},1,{20 + frame},30,40,30,1,-1,-1,-1" for frame in range(9)]
    (folder / "gt" / "gt.txt").write_text("\n".join(rows) + "\n")
    return folder


def test_audit_writes_every_step_of_a_review(
    labels: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    found = open_labels(labels)
    with closing(Review.open_or_create(found, reviewer="anna")) as review:
        review.apply(found.sequences[0].name, DeleteBoxes((0,), FrameRanges.at(3)))
        review.save_as(tmp_path / "kept.trackproof")
    target = tmp_path / "trail.csv"
    said = trackproof("audit", labels, "-o", target)
    assert said.status == 0
    assert "1 step in" in said.err + said.out
    with target.open(newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["who"], row["what"]) == ("anna", "delete object:1 at frame 3")
    assert trackproof("audit", labels, "-o", target).status == 2
    again = trackproof("audit", tmp_path / "kept.trackproof", "-o", target, "--force")
    assert again.status == 0


def test_audit_of_labels_that_nobody_reviewed_says_so_and_makes_no_review(
    labels: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    said = trackproof("audit", labels, "-o", tmp_path / "trail.csv")
    assert said.status == 2
    assert "nobody has reviewed these labels" in said.err
    assert not (tmp_path / "trail.csv").exists()
