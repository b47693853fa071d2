"""What a person has decided about a launch so far, and the requests that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import HandoffError, Severity
from trackproof.handoff.launching_words import worded
from trackproof.handoff.presets import JobPreset
from trackproof.handoff.request_rules import SESSION_HINT_S, request_problems
from trackproof.handoff.subjects import request_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof.handoff.launching import JobKind
    from trackproof.handoff.launching_sources import Launchable

SESSION_HINT = (
    "Tasks over 8 hours: the role's longest session must be at least 8 hours, or results are lost."
)
EMPTY = JobPreset(name="", region="", role_arn="", workteam_arn="", output_uri="")


@dataclass(frozen=True, slots=True)
class Draft:
    """Settings so far.

    Parameters
    ----------
    package : str
        Folder or S3 address.
    jobs : tuple of Launchable
        What the package is ready for.
    kind : JobKind or None
        What workers do, where the package does not tell.
    preset : JobPreset
        Everything else.
    workers : int
        People per clip.
    """

    package: str = ""
    jobs: tuple[Launchable, ...] = ()
    kind: JobKind | None = None
    preset: JobPreset = field(default_factory=lambda: EMPTY)
    workers: int = 1

    def changed(self, **values: Any) -> Draft:
        """Return the draft with other settings of the preset."""
        return replace(self, preset=msgspec.structs.replace(self.preset, **values))

    @property
    def is_clips(self) -> bool:
        """Whether people classify clips."""
        return any(job.kind is not None and job.kind.task is None for job in self.jobs)

    @property
    def hint(self) -> str:
        """What to keep in mind about the time limit; empty for nothing."""
        return SESSION_HINT if self.preset.time_limit_s > SESSION_HINT_S else ""

    def ready(self) -> list[Launchable]:
        """Return the jobs as they would be launched, with the words that workers will read.

        Raises
        ------
        HandoffError
            When there are instructions, and the package has no place for them.
        """
        known = [one if one.kind else replace(one, kind=self.kind) for one in self.jobs]
        return [worded(one, self.preset) for one in known]

    def requests(self) -> list[dict[str, Any]]:
        """Return the request of every job.

        Raises
        ------
        HandoffError
            As of `ready`, or when the Region is not known, or nobody said what workers do.
        """
        return [one.built(self.preset, workers=self.workers) for one in self.ready()]

    def wrongs(self) -> list[tuple[str, str]]:
        """Return what the service would refuse: place in the request, and a sentence."""
        try:
            requests = self.requests()
        except HandoffError as error:
            return [("region", error.message)]
        return [
            (problem.location, request_sentence(problem.location, problem.message))
            for request in requests
            for problem in request_problems(request)
            if problem.severity is Severity.ERROR
        ]


def preset_of(request: dict[str, Any]) -> JobPreset | None:
    """Return the settings that a package's own request was made with; None when it is no request.

    What belongs to one job alone (manifest, configuration, name of the result) stays out.
    """
    try:
        human = request["HumanTaskConfig"]
        stopping = request.get("StoppingConditions", {})
        attributes = request["InputConfig"].get("DataAttributes", {})
        return JobPreset(
            name=request["LabelingJobName"],
            region=str(human["WorkteamArn"]).split(":")[3],
            role_arn=request["RoleArn"],
            workteam_arn=human["WorkteamArn"],
            output_uri=request["OutputConfig"]["S3OutputPath"],
            title=human["TaskTitle"],
            description=human["TaskDescription"],
            keywords=tuple(human.get("TaskKeywords", ())),
            time_limit_s=human["TaskTimeLimitInSeconds"],
            availability_s=human.get("TaskAvailabilityLifetimeInSeconds", 864_000),
            concurrent_tasks=human.get("MaxConcurrentTaskCount", 100),
            tags={one["Key"]: one["Value"] for one in request.get("Tags", ())},
            kms_key_id=request["OutputConfig"].get("KmsKeyId", ""),
            content_classifiers=tuple(attributes.get("ContentClassifiers", ())),
            stop_after_objects=stopping.get("MaxHumanLabeledObjectCount"),
            stop_after_percent=stopping.get("MaxPercentageOfInputDatasetLabeled"),
        )
    except (KeyError, IndexError, TypeError, AttributeError):
        return None


def wrong_of(wrongs: Sequence[tuple[str, str]], *places: str) -> str:
    """Return the first thing that is wrong at one of some places in a request."""
    return next((text for place, text in wrongs if place.startswith(places)), "")
