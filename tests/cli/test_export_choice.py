"""``trackproof export``: the flags of the checks, or those that people judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ground_truth_files import box, frame, tracking, write
from trackproof.checks import analyse
from trackproof.formats import open_labels
from trackproof.handoff.plan import Plan, read_plan
from trackproof.labels import PutBox
from trackproof.review import OwnFlag, Review

Trackproof = Callable[..., Any]
GAP, JUMP = 20, 45


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A car that is missing in one frame, and wide in another."""
    frames = [
        frame(n, *([] if n == GAP else [box(left=10 + 3 * n, width=70 if n == JUMP else 30)]))
        for n in range(60)
    ]
    return write(tmp_path / "yard" / "SeqLabel.json", tracking(*frames))


@pytest.fixture
def review(labels: Path) -> Iterator[Review]:
    """A review of them, which the window would have left."""
    with closing(Review.open_or_create(open_labels(labels), reviewer="anna")) as review:
        yield review


def key_at(labels: Path, place: int) -> str:
    (sequence,) = open_labels(labels).sequences
    flags = analyse(sequence, sequence.labels).flags
    return next(one.key for one in flags if one.frame_start <= place <= one.frame_end)


def exported(trackproof: Trackproof, labels: Path, folder: Path, *options: object) -> Plan:
    said = trackproof("export", labels, "-o", folder, "--context", 2, *options)
    assert said.status == 0, said.err
    return read_plan(folder)


def places(plan: Plan) -> list[tuple[int, int]]:
    return sorted(range_ for window in plan.windows for range_ in window.flagged)


def test_confirmed_flags_go_out_alone_whatever_their_score(
    labels: Path, review: Review, tmp_path: Path, trackproof: Trackproof
) -> None:
    review.judge("yard", [key_at(labels, GAP)], "confirmed")
    review.judge("yard", [key_at(labels, JUMP)], "dismissed")
    plan = exported(
        trackproof, labels, tmp_path / "focus", "--flags", "confirmed", "--min-score", 1e9
    )
    assert places(plan) == [(GAP, GAP)]


def test_waiting_flags_leave_out_what_is_settled_and_bring_own_ones(
    labels: Path, review: Review, tmp_path: Path, trackproof: Trackproof
) -> None:
    review.judge("yard", [key_at(labels, JUMP)], "dismissed")
    review.add_flag("yard", OwnFlag(track=0, frame=5, frame_start=5, frame_end=6))
    plan = exported(trackproof, labels, tmp_path / "focus", "--flags", "waiting")
    assert places(plan) == [(5, 6), (GAP, GAP)]


def test_what_was_fixed_is_sent_as_it_is_now(
    labels: Path, review: Review, tmp_path: Path, trackproof: Trackproof
) -> None:
    review.judge("yard", [key_at(labels, JUMP)], "confirmed")
    review.apply("yard", PutBox(0, JUMP - 2, (140.0, 21.0, 30.0, 40.0)))
    review.save_as(tmp_path / "kept.trackproof")
    for number, what in enumerate((labels, tmp_path / "kept.trackproof")):
        folder = tmp_path / f"focus-{number}"
        (window,) = exported(trackproof, what, folder, "--flags", "confirmed").windows
        sent = json.loads((folder / window.folder / "SeqLabel.json").read_text())
        before = sent["tracking-annotations"][JUMP - 2 - window.frame_start]
        assert [before["annotations"][0][key] for key in ("left", "top")] == [140, 21]


def test_without_a_review_or_a_confirmed_flag_it_says_so(
    labels: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    folder = tmp_path / "focus"
    said = trackproof("export", labels, "-o", folder, "--flags", "confirmed")
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert "nobody has reviewed these labels" in said.err
    Review.open_or_create(open_labels(labels), reviewer="anna").close()
    said = trackproof("export", labels, "-o", folder, "--flags", "confirmed")
    assert said.status == 2
    assert "confirmed only" in said.err
    assert not folder.exists()


def test_detections_are_checked_over_time_and_sent_without_identity(
    tmp_path: Path, trackproof: Trackproof
) -> None:
    def detection(place: int) -> dict[str, Any]:
        one = box(left=10 + 3 * place, width=70 if place == JUMP else 30)
        return {key: one[key] for key in one if not key.startswith("object")}

    entries = [frame(place, detection(place)) for place in range(60)]
    file = write(tmp_path / "yard" / "SeqLabel.json", {"detection-annotations": entries})
    folder = tmp_path / "focus"
    plan = exported(trackproof, file, folder)
    assert (JUMP, JUMP) in places(plan)
    assert all(not flag.object_id for window in plan.windows for flag in window.flags)
    sent = json.loads((folder / "job-1/0/SeqLabel.json").read_text())
    assert list(sent) == ["detection-annotations"]
    assert "object-id" not in json.dumps(sent)
