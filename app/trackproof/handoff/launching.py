"""Create a labeling job, once: the only call of the program that spends money.

A request whose answer got lost may have been carried out. So boto3 may not repeat it; the job is
looked up by its name instead, and only when the service knows no such job is the request sent
again. A name is unique in account and Region, so even a request that arrives late cannot make a
second job: one of the two is refused.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from trackproof.errors import HandoffError, Severity
from trackproof.handoff.label_config import Follow
from trackproof.handoff.request_rules import request_problems
from trackproof.handoff.requests import (
    FUNCTIONS,
    JobSettings,
    classification_request,
    detection_request,
    tracking_request,
)
from trackproof.labels import Task
from trackproof.progress import NO_PROGRESS
from trackproof.storage.s3 import AwsError, Trouble, aws_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackproof.handoff.jobs import Job, LabelingService
    from trackproof.handoff.regions import Regions
    from trackproof.progress import Progress

    Request = dict[str, Any]

TRIES = 3
WAIT_S = 2.0
"""Before the first look-up and between tries; doubled every time."""
NAME_TAKEN = "ResourceInUse"


class JobKind(StrEnum):
    """What workers do."""

    TRACKING = "tracking"
    TRACKING_ADJUSTMENT = "tracking adjustment"
    TRACKING_VERIFICATION = "tracking verification"
    DETECTION = "detection"
    DETECTION_ADJUSTMENT = "detection adjustment"
    DETECTION_VERIFICATION = "detection verification"
    CLASSIFICATION = "clip classification"

    @property
    def task(self) -> Task | None:
        """Tracking or detection; None for clips."""
        return next((task for task in Task if self.startswith(str(task))), None)

    @property
    def is_audit(self) -> bool:
        """Whether it works on labels that exist."""
        return self.endswith(("adjustment", "verification"))

    @classmethod
    def following(cls, task: Task, follow: Follow) -> JobKind:
        """Return the kind of a follow-up job."""
        return cls(f"{task} {follow}")

    @classmethod
    def of_function(cls, function: str, *, is_verification: bool = False) -> JobKind | None:
        """Return the kind of a job that prepares its tasks by a function; None for other work."""
        plain = function.removeprefix("PRE-")
        for task, name in FUNCTIONS.items():
            if plain == name:
                return cls(str(task))
            if plain == f"Adjustment{name}":
                follow = Follow.VERIFICATION if is_verification else Follow.ADJUSTMENT
                return cls.following(task, follow)
        return cls.CLASSIFICATION if plain == "VideoMultiClass" else None


def job_request(
    kind: JobKind,
    settings: JobSettings,
    *,
    template_uri: str = "",
    workers: int = 1,
    regions: Regions | None = None,
) -> Request:
    """Return the request of a job of any kind.

    Parameters
    ----------
    template_uri : str
        Worker template, for clips only.
    workers : int
        People per clip, for clips only: video frames go to one.

    Raises
    ------
    HandoffError
        When the region is not known.
    """
    if kind.task is Task.TRACKING:
        return tracking_request(settings, is_audit=kind.is_audit, regions=regions)
    if kind.task is Task.DETECTION:
        return detection_request(settings, is_audit=kind.is_audit, regions=regions)
    return classification_request(
        settings, template_uri=template_uri, workers=workers, regions=regions
    )


@dataclass(frozen=True, slots=True)
class Launched:
    """A job that exists now.

    Parameters
    ----------
    name, arn : str
        Its name and address.
    was_there : bool
        True when the very same job had been created before.
    sent : int
        How often the request went out.
    """

    name: str
    arn: str
    was_there: bool = False
    sent: int = 1


def launch(
    service: LabelingService,
    request: Mapping[str, Any],
    *,
    progress: Progress = NO_PROGRESS,
    pause: Callable[[float], object] = time.sleep,
) -> Launched:
    """Create a labeling job, never twice.

    Parameters
    ----------
    request : mapping
        Keyword arguments of ``create_labeling_job``.
    pause : callable
        Waits for some seconds.

    Raises
    ------
    HandoffError
        When the request breaks a rule, the name belongs to another job, or nobody can say
        whether the job exists now.
    AwsError
        When the service refuses.
    Cancelled
        When ``progress`` says so; never after the request was sent.
    """
    wrongs = [one for one in request_problems(request) if one.severity is Severity.ERROR]
    if wrongs:
        said = "; ".join(str(one) for one in wrongs[:3])
        raise HandoffError(f"nothing was sent, because the service would refuse it: {said}")
    name = str(request["LabelingJobName"])
    there = service.find(name)
    if there is not None:
        return _same(there, request, sent=0)
    progress.step(0, 1)
    for sent in range(1, TRIES + 1):
        try:
            return Launched(name, _create(service, request), sent=sent)
        except AwsError as error:
            if error.code == NAME_TAKEN:
                return _same(service.describe(name), request, sent=sent)
            if not error.is_passing:
                raise
            is_lost = error.trouble is not Trouble.THROTTLED
            pause(WAIT_S * 2 ** (sent - 1))
            found = _looked_up(service, name, pause) if is_lost else None
            if found is not None:
                return _same(found, request, sent=sent)
            last = error
    raise HandoffError(
        f"the job {name} was not created: {TRIES} times {last.message}; try again later"
    ) from last


def _create(service: LabelingService, request: Mapping[str, Any]) -> str:
    client = service.connection.client("sagemaker", region=service.region, attempts=1)
    with aws_errors(f"labeling job {request['LabelingJobName']}"):
        return str(client.create_labeling_job(**request)["LabelingJobArn"])


def _looked_up(service: LabelingService, name: str, pause: Callable[[float], object]) -> Job | None:
    """Return the job of a request without answer, or None when the service knows no such job."""
    for number in range(TRIES):
        try:
            return service.find(name)
        except AwsError as error:
            last = error
            pause(WAIT_S * 2**number)
    raise _unsure(name, last.message) from last


def _unsure(name: str, why: str) -> HandoffError:
    return HandoffError(
        f"the request for the job {name} was sent and no answer came ({why}); it may exist. "
        f"Look at the list of jobs before anything else; launching the same request again is "
        "safe, because it looks the name up first"
    )


def _same(job: Job, request: Mapping[str, Any], *, sent: int) -> Launched:
    """Return a job that exists, if it is the one that was asked for."""
    differences = [place for place in _MARKS if _at(job.request, place) != _at(request, place)]
    if differences:
        raise HandoffError(
            f"the name {job.name} belongs to another job, of {job.created:%Y-%m-%d %H:%M} "
            f"({differences[0]} differs); nothing was created. Choose another name"
        )
    return Launched(job.name, job.arn, was_there=sent == 0, sent=sent)


_MARKS = (
    "InputConfig.DataSource.S3DataSource.ManifestS3Uri",
    "OutputConfig.S3OutputPath",
    "LabelAttributeName",
    "LabelCategoryConfigS3Uri",
    "HumanTaskConfig.WorkteamArn",
    "HumanTaskConfig.PreHumanTaskLambdaArn",
    "HumanTaskConfig.TaskTitle",
)
"""What tells one job from another of the same name."""


def _at(request: Mapping[str, Any], place: str) -> object:
    value: Any = request
    for key in place.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
