"""What happens inside the fake labeling service: jobs that move on, workers that answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

INITIALIZING_S = 60
SECONDS_PER_LINE = 600
TYPES = {
    "VideoObjectTracking": ("groundtruth/video-object-tracking", "tracking-annotations"),
    "VideoObjectDetection": ("groundtruth/video-object-detection", "detection-annotations"),
}
LISTS = ("annotations", "polygons", "polylines", "keypoints")

Frames = list[dict[str, Any]]
Worker = Callable[[int, Frames], Frames]
"""Gets the line number and its frames as `SeqLabel.json` has them; returns them corrected."""


class Clock:
    """Time that only moves when a test says so, in seconds since 1970."""

    def __init__(self, now_s: float = 1_760_000_000.0) -> None:
        self.now_s = now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds


@dataclass
class FakeJob:
    """One job with its request, and how far it has come."""

    request: dict[str, Any]
    arn: str
    created_s: float
    lines: list[dict[str, Any]]
    config: dict[str, Any]
    status: str = "Initializing"
    modified_s: float = 0.0
    stopped_s: float | None = None
    failure: str = ""
    labeled: dict[int, dict[str, Any]] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        return str(self.request["LabelingJobName"])

    @property
    def output(self) -> str:
        """Folder of the results, with its slash."""
        return f"{self.request['OutputConfig']['S3OutputPath'].rstrip('/')}/{self.name}/"

    @property
    def is_verification(self) -> bool:
        return all(entry.get("editsAllowed") == "none" for entry in self.config["labels"])

    @property
    def function(self) -> str:
        arn = self.request["HumanTaskConfig"]["PreHumanTaskLambdaArn"]
        return str(arn.rsplit("PRE-", 1)[-1])

    def counters(self) -> dict[str, int]:
        done = len(self.labeled)
        return {
            "TotalLabeled": done,
            "HumanLabeled": done,
            "MachineLabeled": 0,
            "FailedNonRetryableError": len(self.failed),
            "Unlabeled": len(self.lines) - done - len(self.failed),
        }

    def described(self) -> dict[str, Any]:
        request = self.request
        found = {
            "LabelingJobStatus": self.status,
            "LabelCounters": self.counters(),
            "CreationTime": self.created_s,
            "LastModifiedTime": self.modified_s,
            "JobReferenceCode": "ref",
            "LabelingJobName": self.name,
            "LabelingJobArn": self.arn,
            "LabelingJobOutput": {
                "OutputDatasetS3Uri": f"{self.output}manifests/output/output.manifest"
            },
        }
        kept = (
            "LabelAttributeName", "InputConfig", "OutputConfig", "RoleArn", "HumanTaskConfig",
            "LabelCategoryConfigS3Uri", "StoppingConditions", "Tags",
        )  # fmt: skip
        found |= {key: request[key] for key in kept if key in request}
        return found | ({"FailureReason": self.failure} if self.failure else {})

    def summary(self) -> dict[str, Any]:
        human = self.request["HumanTaskConfig"]
        found = self.described()
        kept = (
            "LabelingJobName", "LabelingJobArn", "CreationTime", "LastModifiedTime",
            "LabelCounters", "LabelingJobStatus", "FailureReason", "LabelingJobOutput",
            "InputConfig",
        )  # fmt: skip
        return {key: found[key] for key in kept if key in found} | {
            "WorkteamArn": human["WorkteamArn"],
            "PreHumanTaskLambdaArn": human["PreHumanTaskLambdaArn"],
        }


class Workers:
    """Moves jobs on by the clock and writes what the service would write."""

    def __init__(self, clock: Clock, read: Any, write: Any) -> None:
        self._clock = clock
        self._read = read
        self._write = write
        self.correct: Worker = lambda _line, frames: frames
        self.choose: Callable[[int], str] = lambda _line: ""
        self.unlabeled: set[int] = set()

    def move_on(self, job: FakeJob) -> None:
        """Bring a job to where it is at this time."""
        if job.status in ("Completed", "Failed", "Stopped"):
            return
        before = (job.status, len(job.labeled))
        if job.failure:
            job.status = "Failed"
        elif job.stopped_s is not None:
            job.status = "Stopping" if self._clock.now_s < job.stopped_s + 30 else "Stopped"
        else:
            self._label(job)
        if (job.status, len(job.labeled)) != before:
            job.modified_s = self._clock.now_s

    def _label(self, job: FakeJob) -> None:
        worked_s = self._clock.now_s - job.created_s - INITIALIZING_S
        if worked_s < 0:
            return
        job.status = "InProgress"
        for line in range(min(len(job.lines), int(worked_s // SECONDS_PER_LINE))):
            if line in self.unlabeled:
                job.failed.add(line)
            elif line not in job.labeled:
                job.labeled[line] = self._result(job, line)
                self._write_manifest(job)
        if len(job.labeled) + len(job.failed) == len(job.lines):
            job.status = "Completed"
            self._write_manifest(job)

    def _result(self, job: FakeJob, line: int) -> dict[str, Any]:
        name = job.request["LabelAttributeName"]
        common = {
            "job-name": f"labeling-job/{job.name}",
            "human-annotated": "yes",
            "creation-date": "2025-10-09T08:53:20.000000",
            "confidence": 0.0,
        }
        if job.function == "VideoMultiClass":
            labels = [entry["label"] for entry in job.config["labels"]]
            chosen = self.choose(line) or labels[0]
            metadata = {"class-name": chosen, "type": "groundtruth/video-classification"}
            return {name: labels.index(chosen), f"{name}-metadata": metadata | common}
        uri = f"{job.output}annotations/consolidated-annotation/output/{line}/SeqLabel.json"
        document, metadata = self._corrected(job, line)
        self._write(uri, json.dumps(document).encode())
        self._write_answer(job, line, metadata)
        return {name: uri, f"{name}-metadata": metadata | common}

    def _corrected(self, job: FakeJob, line: int) -> tuple[dict[str, Any], dict[str, Any]]:
        given = job.lines[line]
        task = job.function.removeprefix("Adjustment")
        kind, key = TYPES[task]
        metadata: dict[str, Any] = {"type": kind}
        audit = job.config.get("auditLabelAttributeName")
        if audit is None:
            sequence = json.loads(self._read(given["source-ref"]))
            frames = [
                {"frame-no": str(one["frame-no"]), "frame": one["frame"], "annotations": []}
                for one in sequence["frames"]
            ]
            used = {str(n): entry["label"] for n, entry in enumerate(job.config["labels"])}
            return {key: self.correct(line, frames)}, metadata | {"class-map": used}
        before = json.loads(self._read(given[audit]))
        after = self.correct(line, json.loads(json.dumps(before[key])))
        if job.is_verification:
            assert _shapes(after) == _shapes(before[key]), "workers may not edit in a verification"
        metadata["class-map"] = given[f"{audit}-metadata"]["class-map"]
        metadata["adjustment-status"] = "adjusted" if after != before[key] else "unadjusted"
        return {key: after}, metadata

    def _write_answer(self, job: FakeJob, line: int, _metadata: dict[str, Any]) -> None:
        answer = {
            "answers": [
                {
                    "acceptanceTime": "2025-10-09T08:43:20.000Z",
                    "submissionTime": "2025-10-09T08:53:20.000Z",
                    "timeSpentInSeconds": 120.5,
                    "workerId": f"private.eu-central-1.worker{line % 2}",
                    "answerContent": {},
                }
            ]
        }
        uri = f"{job.output}annotations/worker-response/iteration-1/{line}/2025-10-09_08-53-20.json"
        self._write(uri, json.dumps(answer).encode())

    def _write_manifest(self, job: FakeJob) -> None:
        lines = [
            json.dumps(given | job.labeled.get(number, {})) + "\n"
            for number, given in enumerate(job.lines)
        ]
        self._write(f"{job.output}manifests/output/output.manifest", "".join(lines).encode())


def _shapes(frames: Frames) -> list[Any]:
    """Return everything of some frames that a verification locks: all but attributes."""
    return [
        [
            {k: v for k, v in one.items() if k != "label-category-attributes"}
            for name in LISTS
            for one in frame.get(name, [])
        ]
        for frame in frames
    ]
