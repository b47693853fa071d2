"""The whole loop: review, send, launch, watch, fetch, merge, against servers on this computer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handoff.launching_scene import preset
from handoff.test_package import flag, made_sequence
from labeling_service import EXPIRED, LabelingService
from labeling_work import Frames
from trackproof.handoff.acceptance import AcceptResults
from trackproof.handoff.jobs import JobStatus
from trackproof.handoff.jobs import LabelingService as Jobs
from trackproof.handoff.jobs_fetching import fetch_results
from trackproof.handoff.jobs_watching import Moment, Watch, news
from trackproof.handoff.label_config import Follow
from trackproof.handoff.launching import launch
from trackproof.handoff.launching_sources import launchables
from trackproof.handoff.merge import merge_back
from trackproof.handoff.outcomes import flag_outcomes
from trackproof.handoff.outcomes_round import (
    judged_flags,
    keep_round,
    read_rounds,
    round_of,
    statuses,
    verdict_counts,
)
from trackproof.handoff.package import make_package
from trackproof.handoff.plan import read_plan
from trackproof.handoff.preflight import Flight, Outcome, preflight
from trackproof.handoff.responses import read_effort
from trackproof.handoff.results import read_results
from trackproof.handoff.selection import ExportOptions, Reviewed
from trackproof.handoff.uploading import upload_package
from trackproof.handoff.verdicts import without_verdicts, worker_verdicts
from trackproof.handoff.writing import write_package
from trackproof.review import Review
from trackproof.storage.addresses import S3Address
from trackproof.storage.s3 import AwsError, Connection


class Opened:
    def __init__(self, sequence: Any, path: Path) -> None:
        self.sequences = (sequence,)
        self.path = path


def widen(line: int, frames: Frames) -> Frames:
    """Correct the first flag's box, and draw a new object in the other window."""
    if line == 0:
        frames[6]["annotations"][0]["width"] += 7
    else:
        new = {**frames[3]["annotations"][0], "object-id": "new-id", "object-name": "Car:1"}
        frames[3]["annotations"].append({**new, "left": 300})
    return frames


def judge(line: int, frames: Frames) -> Frames:
    """Say what is wrong, without touching a box."""
    word = "wrong box" if line == 0 else "right"
    frames[5]["annotations"][0]["label-category-attributes"]["verdict"] = word
    return frames


class Loop:
    """A review of one sequence, sent to workers and brought home."""

    def __init__(self, service: LabelingService, connection: Connection, folder: Path) -> None:
        self.service, self.connection, self.folder = service, connection, folder
        self.jobs = Jobs(connection)
        self.sequence = made_sequence()
        self.flags = (flag(100, 102), flag(200))
        path = folder / "yard.trackproof"
        opened = Opened(self.sequence, folder)
        self.review = Review.open_or_create(opened, reviewer="ann", path=path)

    def send(self, follow: Follow) -> None:
        self.review.judge("yard", [one.key for one in self.flags], "confirmed")
        verdicts = self.review.verdicts("yard")
        confirmed = tuple(one for one in self.flags if verdicts[one.key].status == "confirmed")
        address = f"s3://{self.service.bucket}/review/"
        frames = f"s3://{self.service.bucket}/frames/"
        options = ExportOptions(destination=address, prefix=frames, context=5, follow=follow)
        reviewed = Reviewed(self.sequence, self.review.labels("yard"), confirmed)
        package = make_package([reviewed], options)
        write_package(package, self.folder / "focus")
        upload_package(package, S3Address.parse(address), self.connection)
        for name in (*self.sequence.frame_names[95:108], *self.sequence.frame_names[195:206]):
            self.service.write(frames + name, b"jpeg")

    def launch(self) -> None:
        (one,) = launchables(self.folder / "focus", self.connection)
        request = one.built(preset(self.service))
        region = self.jobs.region
        checks = preflight(Flight(self.connection, request, region, one.manifest_bytes))
        assert {check.outcome for check in checks} <= {Outcome.PASS, Outcome.WARN}, checks
        launch(self.jobs, request)

    def watch(self) -> list[str]:
        """Ask until the job has ended, on the service's clock; return the news."""
        told: list[str] = []
        now = Moment(0.0, self.service.clock.now_s)
        watch, before = Watch(now), [self.jobs.describe("yard-adjust")]
        while not before[0].is_final:
            wait_s = watch.due_in_s(now)
            self.service.clock.advance(wait_s)
            now = Moment(now.monotonic_s + wait_s, now.wall_s + wait_s)
            try:
                after = self.jobs.jobs()
            except AwsError as error:
                watch = watch.failed(error.trouble, error.message, now, chance=0.5)
                told.append(watch.said)
                continue
            watch = watch.heard(after, now, chance=0.5)
            told += news(before, after)
            before = after
        return told


@pytest.fixture
def loop(labeling: LabelingService, connection: Connection, tmp_path: Path) -> Any:
    made = Loop(labeling, connection, tmp_path)
    yield made
    made.review.close()


def test_what_workers_correct_comes_home_as_one_step_that_can_be_undone(
    loop: Loop, labeling: LabelingService
) -> None:
    labeling.workers.correct = widen
    loop.send(Follow.ADJUSTMENT)
    loop.launch()
    labeling.fail(EXPIRED, "ListLabelingJobs")
    expired, ended = loop.watch()
    assert "credentials have expired" in expired
    assert ended == "Job yard-adjust is completed: 2 of 2 labeled."
    job = loop.jobs.describe("yard-adjust")
    assert (job.status, job.counters.labeled, job.has_gaps) == (JobStatus.COMPLETED, 2, False)
    assert timedelta(minutes=20) < job.modified - job.created < timedelta(hours=1)

    fetched = fetch_results(loop.connection, job, loop.folder / "results")
    assert (fetched.lines, fetched.labeled, fetched.problems) == (2, 2, ())
    plan = read_plan(loop.folder / "focus")
    found = read_results(plan, loop.folder / "focus", loop.folder / "results")
    before = loop.review.labels("yard")
    merge = merge_back(loop.sequence, before, found.returned["yard"])
    changed, new = merge.changes
    assert (changed.name, changed.diff.changed.tolist()) == ("Car:1", [101])
    assert (new.is_new, new.said_name, new.name) == (True, "Car:1", "Car:2")
    assert new.context.tolist() == [198]
    change = loop.review.apply("yard", AcceptResults(merge, tracks={changed.track, new.track}))
    after = loop.review.labels("yard")
    assert len(after.table) == len(before.table) + 1
    assert not change.is_empty

    outcomes = flag_outcomes(plan, {"yard": merge})
    effort = read_effort(loop.folder / "results")
    kept = round_of(plan, {"yard": merge}, windows_back=found.windows(), effort=effort)
    keep_round(kept)
    keep_round(kept)
    assert read_rounds() == [kept]
    assert (kept.answered, kept.real, kept.checks["size_change"].precision) == (2, 1, 0.5)
    assert "1 of 2 flags that came back were real (50%)" in kept.summary()
    assert judged_flags(read_rounds()) == [
        ("size_change", 0.6667, True),
        ("size_change", 0.6667, False),
    ]
    assert verdict_counts([kept, kept])["size_change"].real == 2
    assert "worker" not in repr(kept)
    for name, key, status, comment in statuses(plan, outcomes):
        loop.review.judge(name, [key], status, comment=comment)
    told = {key: one.status for key, one in loop.review.verdicts("yard").items()}
    assert told == {"0-100": "fixed", "0-200": "dismissed"}

    for _ in range(3):
        loop.review.undo()
    assert len(loop.review.labels("yard").table) == len(before.table)


def test_what_verification_workers_say_becomes_verdicts_and_no_label_changes(
    loop: Loop, labeling: LabelingService
) -> None:
    labeling.workers.correct = judge
    loop.send(Follow.VERIFICATION)
    loop.launch()
    assert loop.watch() == ["Job yard-adjust is completed: 2 of 2 labeled."]
    job = loop.jobs.describe("yard-adjust")
    fetch_results(loop.connection, job, loop.folder / "results", with_answers=False)
    plan = read_plan(loop.folder / "focus")
    found = read_results(plan, loop.folder / "focus", loop.folder / "results")
    said = worker_verdicts(found.returned["yard"])
    plain = [without_verdicts(one) for one in found.returned["yard"]]
    merge = merge_back(loop.sequence, loop.review.labels("yard"), plain)
    assert merge.is_empty
    told = statuses(plan, flag_outcomes(plan, {"yard": merge}), said)
    assert [(key, status) for _, key, status, _ in told] == [
        ("0-100", "confirmed"),
        ("0-200", "dismissed"),
    ]
    kept = round_of(plan, {"yard": merge}, windows_back=2, said=said)
    assert (kept.answered, kept.real) == (2, 1)
