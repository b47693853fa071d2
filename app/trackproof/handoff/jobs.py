"""Labeling jobs as the service tells of them: list, describe, stop, and the teams that work.

All calls here only read, but for `LabelingService.stop`; creating is in `launching`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from trackproof.progress import NO_PROGRESS
from trackproof.storage.s3 import AwsError, aws_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection

PAGE = 100
NO_JOB = ("ResourceNotFound", "ResourceNotFoundException")
OUTPUT_MANIFEST = "manifests/output/output.manifest"
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class JobStatus(StrEnum):
    """The service's own words."""

    INITIALIZING = "Initializing"
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"


FINAL = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.STOPPED})


@dataclass(frozen=True, slots=True)
class Counters:
    """How many lines of the manifest (sequences or clips, not frames) are in which state."""

    labeled: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        """All lines."""
        return self.labeled + self.failed + self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One labeling job.

    Parameters
    ----------
    name, arn : str
        Its name and address.
    status : JobStatus
        The service's word for its state.
    counters : Counters
        How far it has come.
    created, modified : datetime
        With time zone.
    failure : str
        Why it failed; empty otherwise.
    manifest_uri : str
        Its input; empty for a job that is fed by messages.
    output_uri : str
        Manifest of its results; empty until the service names it.
    workteam_arn : str
        Who works on it.
    function : str
        Name of the function that prepares its tasks, without ``PRE-``: the kind of task.
    request : mapping
        All that a description tells, as the service names it; empty in a list.
    """

    name: str
    arn: str
    status: JobStatus
    counters: Counters
    created: datetime
    modified: datetime
    failure: str = ""
    manifest_uri: str = ""
    output_uri: str = ""
    workteam_arn: str = ""
    function: str = ""
    request: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in FINAL

    @property
    def has_gaps(self) -> bool:
        """Whether it ended and some lines have no labels ("complete with labeling errors")."""
        return self.is_final and bool(self.counters.failed or self.counters.waiting)

    @property
    def standing(self) -> str:
        """Return its state in a few words for people."""
        if self.status is JobStatus.COMPLETED and self.has_gaps:
            missing = self.counters.failed + self.counters.waiting
            return f"completed, {missing} without labels"
        return STANDINGS[self.status]

    def age_s(self, now: datetime) -> float:
        """Return the seconds since it was created; 0 when the clock here is behind."""
        return max((now - self.created).total_seconds(), 0.0)


STANDINGS = {
    JobStatus.INITIALIZING: "starting",
    JobStatus.IN_PROGRESS: "with the workers",
    JobStatus.COMPLETED: "completed",
    JobStatus.FAILED: "failed",
    JobStatus.STOPPING: "stopping",
    JobStatus.STOPPED: "stopped",
}
assert set(STANDINGS) == set(JobStatus)


@dataclass(frozen=True, slots=True)
class Workteam:
    """Who can be asked to work: a private team, or one of a vendor."""

    name: str
    arn: str
    description: str = ""
    portal: str = ""
    is_vendor: bool = False

    @property
    def portal_url(self) -> str:
        """Address of the workers' page; empty when it is not known."""
        return f"https://{self.portal}" if self.portal else ""


class LabelingService:
    """The labeling jobs of one account and Region."""

    def __init__(self, connection: Connection, *, region: str = "") -> None:
        self.connection = connection
        self._region = region

    @property
    def region(self) -> str:
        """The Region that is asked."""
        return self._region or self.connection.region()

    def find(self, name: str) -> Job | None:
        """Return a job, or None when the service says that there is none.

        Raises
        ------
        AwsError
            When it cannot be asked.
        """
        try:
            return self.describe(name)
        except AwsError as error:
            if error.code in NO_JOB:
                return None
            raise

    def describe(self, name: str) -> Job:
        """Return everything about a job.

        Raises
        ------
        AwsError
            When there is no such job or it cannot be asked.
        """
        with aws_errors(f"labeling job {name}"):
            answer = self._client().describe_labeling_job(LabelingJobName=name)
        human = answer.get("HumanTaskConfig", {})
        return _job(
            answer,
            workteam=human.get("WorkteamArn", ""),
            function=human.get("PreHumanTaskLambdaArn", ""),
            request=answer,
        )

    def jobs(
        self,
        *,
        contains: str = "",
        status: JobStatus | None = None,
        since: datetime | None = None,
        most: int | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> list[Job]:
        """Return jobs, the newest first.

        Parameters
        ----------
        contains : str
            Part of the name.
        since : datetime or None
            Leave out older ones.
        most : int or None
            No more than these.

        Raises
        ------
        AwsError
            When the service cannot be asked.
        """
        wanted: dict[str, Any] = {"SortBy": "CreationTime", "SortOrder": "Descending"}
        if contains:
            wanted["NameContains"] = contains
        if status is not None:
            wanted["StatusEquals"] = str(status)
        if since is not None:
            wanted["CreationTimeAfter"] = since
        found: list[Job] = []
        for one in self._pages("list_labeling_jobs", "LabelingJobSummaryList", wanted):
            progress.step(len(found), most or 0)
            found.append(
                _job(
                    one,
                    workteam=one.get("WorkteamArn", ""),
                    function=one.get("PreHumanTaskLambdaArn", ""),
                )
            )
            if most is not None and len(found) >= most:
                break
        return found

    def stop(self, name: str) -> None:
        """Ask the service to stop a job; what is labeled by then is kept.

        Raises
        ------
        AwsError
            When there is no such job or it cannot be asked.
        """
        with aws_errors(f"labeling job {name}"):
            self._client().stop_labeling_job(LabelingJobName=name)

    def workteams(self) -> list[Workteam]:
        """Return the private teams of the account, then those of vendors that it subscribed to.

        Raises
        ------
        AwsError
            When the service cannot be asked.
        """
        private = [_workteam(one) for one in self._pages("list_workteams", "Workteams", {})]
        try:
            pages = self._pages("list_subscribed_workteams", "SubscribedWorkteams", {})
            vendors = [
                Workteam(
                    one.get("MarketplaceTitle") or one["WorkteamArn"].rpartition("/")[2],
                    one["WorkteamArn"],
                    one.get("MarketplaceDescription", ""),
                    is_vendor=True,
                )
                for one in pages
            ]
        except AwsError:
            # Many people may list their own teams only, and that is enough to go on.
            vendors = []
        return private + vendors

    def workteam(self, arn: str) -> Workteam:
        """Return the private team of an ARN.

        Raises
        ------
        AwsError
            When there is no such team or it cannot be asked.
        """
        name = arn.rpartition("/")[2]
        with aws_errors(f"work team {name}"):
            return _workteam(self._client().describe_workteam(WorkteamName=name)["Workteam"])

    def _client(self) -> Any:
        return self.connection.client("sagemaker", region=self._region)

    def _pages(self, operation: str, key: str, wanted: dict[str, Any]) -> Iterator[Any]:
        with aws_errors():
            token: dict[str, str] = {}
            while True:
                call = getattr(self._client(), operation)
                page = call(MaxResults=PAGE, **wanted, **token)
                yield from page.get(key, ())
                if not page.get("NextToken"):
                    return
                token = {"NextToken": page["NextToken"]}


def _job(
    answer: Mapping[str, Any],
    *,
    workteam: str,
    function: str,
    request: Mapping[str, Any] | None = None,
) -> Job:
    counts = answer.get("LabelCounters") or {}
    source = (answer.get("InputConfig") or {}).get("DataSource", {}).get("S3DataSource", {})
    created = answer.get("CreationTime", NO_TIME)
    return Job(
        name=answer["LabelingJobName"],
        arn=answer["LabelingJobArn"],
        status=JobStatus(answer["LabelingJobStatus"]),
        counters=Counters(
            counts.get("TotalLabeled", 0),
            counts.get("FailedNonRetryableError", 0),
            counts.get("Unlabeled", 0),
        ),
        created=created,
        modified=answer.get("LastModifiedTime", created),
        failure=answer.get("FailureReason", ""),
        manifest_uri=source.get("ManifestS3Uri", ""),
        output_uri=(answer.get("LabelingJobOutput") or {}).get("OutputDatasetS3Uri", ""),
        workteam_arn=workteam,
        function=function.rpartition("PRE-")[2],
        request=request or {},
    )


def _workteam(answer: Mapping[str, Any]) -> Workteam:
    return Workteam(
        answer["WorkteamName"],
        answer["WorkteamArn"],
        answer.get("Description", ""),
        answer.get("SubDomain", ""),
    )
