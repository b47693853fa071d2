"""Ask the account what it may do at a time: quotas that only the account itself knows.

The codes of such quotas differ and are written down nowhere that could be relied upon, so they are
found by their names. A name that is not understood is told with its value and judged by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.handoff.jobs import JobStatus, LabelingService
from trackproof.handoff.preflight import Check, Flight, Outcome
from trackproof.storage.s3 import AwsError, Trouble, aws_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE = "Account quotas"
SERVICE = "sagemaker"
PERMISSION = "servicequotas:ListServiceQuotas"
RUNNING = (JobStatus.INITIALIZING, JobStatus.IN_PROGRESS)
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota of the account, as it stands now."""

    name: str
    value: float

    @property
    def is_of_jobs(self) -> bool:
        """Whether it counts jobs that run at the same time."""
        name = self.name.lower()
        return "labeling jobs" in name and any(
            word in name for word in ("concurrent", "running", "in progress", "active")
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.value:,.0f}"


def account_quotas(flight: Flight) -> Iterator[Check]:
    """Return what the account's quotas say of one more labeling job; never a failure.

    What cannot be asked is told as not checked: few people may look at quotas.
    """
    try:
        quotas = labeling_quotas(flight)
        of_jobs = [one for one in quotas if one.is_of_jobs]
        running = _running(flight) if of_jobs else 0
    except AwsError as error:
        hint = f"; it needs {PERMISSION}" if error.trouble is Trouble.DENIED else ""
        yield Check(TITLE, Outcome.UNKNOWN, f"not checked: {error.message}{hint}")
        return
    if not quotas:
        text = "not checked: the account's quotas name nothing about labeling jobs"
        yield Check(TITLE, Outcome.UNKNOWN, text)
        return
    full = next((one for one in of_jobs if running + flight.jobs > one.value), None)
    if full is not None:
        text = (
            f"{running:,} labeling jobs run in {flight.region}, {flight.jobs:,} would be added, "
            f"and the account allows {full.value:,.0f} ({full.name}); wait, or ask AWS for more"
        )
        yield Check(TITLE, Outcome.WARN, text)
    elif of_jobs:
        text = f"{running:,} of {of_jobs[0].value:,.0f} labeling jobs run in {flight.region}"
        yield Check(TITLE, Outcome.PASS, text)
    else:
        said = "; ".join(map(str, quotas[:MOST_TOLD]))
        yield Check(TITLE, Outcome.UNKNOWN, f"not checked, for you to judge: {said}")


def labeling_quotas(flight: Flight) -> list[Quota]:
    """Return the account's quotas about labeling, in the job's Region.

    Raises
    ------
    AwsError
        When they may not be asked for, or nobody answers.
    """
    with aws_errors("quotas of the account"):
        client = flight.connection.client("service-quotas", region=flight.region)
        pages = client.get_paginator("list_service_quotas").paginate(
            ServiceCode=SERVICE, PaginationConfig={"PageSize": 100}
        )
        every = [one for page in pages for one in page.get("Quotas", ())]
    return [
        Quota(str(one["QuotaName"]), float(one["Value"]))
        for one in every
        if "labeling" in str(one.get("QuotaName", "")).lower() and "Value" in one
    ]


def _running(flight: Flight) -> int:
    service = LabelingService(flight.connection, region=flight.region)
    return sum(len(service.jobs(status=status)) for status in RUNNING)
