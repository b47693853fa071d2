"""``trackproof jobs``: list, show, watch, stop, fetch."""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from datetime import UTC, datetime
from shlex import quote
from typing import TYPE_CHECKING, Any

from trackproof.cli.arguments import CLEAN, FOUND
from trackproof.cli.terminal import progress_bar, say, say_problems, table_text, terminal_width
from trackproof.errors import HandoffError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackproof.handoff.jobs import Job, LabelingService

COLUMNS = ("name", "state", "labeled", "age", "task", "created", "failure")


def service_of(profile: str, region: str) -> LabelingService:
    """Return the service of an account and Region."""
    from trackproof.handoff.jobs import LabelingService
    from trackproof.storage.s3 import Account, Connection

    return LabelingService(Connection(Account(profile, region)), region=region)


def run_list(
    profile: str, region: str, *, contains: str, status: str, most: int, table: str
) -> int:
    """Print jobs as a table, CSV or JSON lines."""
    from trackproof.handoff.jobs import JobStatus

    with progress_bar("Asking for jobs") as progress:
        found = service_of(profile, region).jobs(
            contains=contains,
            status=JobStatus(status) if status else None,
            most=most,
            progress=progress,
        )
    rows = [_row(job) for job in found]
    if table == "json":
        for row in rows:
            sys.stdout.write(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n")
    elif table == "csv":
        csv.writer(sys.stdout).writerows([COLUMNS, *rows])
    elif rows:
        text = table_text(COLUMNS, rows, numbers={"labeled", "age"}, width=terminal_width())
        sys.stdout.write(text)
    else:
        say("there is no such job" if contains or status else "there are no labeling jobs")
    return CLEAN


def _row(job: Job) -> list[str]:
    from trackproof.handoff.jobs_words import age

    counts = job.counters
    return [
        job.name,
        job.standing,
        f"{counts.labeled}/{counts.total}",
        age(job.age_s(datetime.now(UTC))),
        job.function,
        f"{job.created:%Y-%m-%d %H:%M}",
        job.failure,
    ]


def run_show(profile: str, region: str, name: str) -> int:
    """Print a job's description as JSON."""
    from trackproof.storage.s3 import AwsError

    service = service_of(profile, region)
    job = service.describe(name)
    plain = {key: value for key, value in job.request.items() if key != "ResponseMetadata"}
    sys.stdout.write(json.dumps(plain, indent=2, default=str) + "\n")
    try:
        portal = service.workteam(job.workteam_arn).portal_url
    except AwsError as error:
        portal = ""
        say(f"the workers' page is not known: {error.message}")
    if portal:
        say(f"workers' page: {portal}")
    return CLEAN


def labels_of(profile: str, region: str, name: str) -> str:
    """Return the address of a job's labels.

    Raises
    ------
    HandoffError
        When nothing is labeled yet.
    AwsError
        When there is no such job or the service cannot be asked.
    """
    job = service_of(profile, region).describe(name)
    if not (job.output_uri and job.counters.labeled):
        raise HandoffError(f"the job {name} has no labels yet; it is {job.standing}")
    return job.output_uri


def run_watch(
    profile: str, region: str, name: str, *, pause: Callable[[float], Any] = time.sleep
) -> int:
    """Say whenever something changed, until the job has ended; return 1 when it is not complete."""
    from trackproof.handoff.jobs_watching import Moment, Watch
    from trackproof.storage.s3 import AwsError

    def now() -> Moment:
        return Moment(time.monotonic(), time.time())

    service = service_of(profile, region)
    job = service.describe(name)
    say(_line(job))
    watch = Watch(now()).heard([job], now(), chance=random.random())
    while not job.is_final:
        while (left_s := watch.due_in_s(now())) > 0:
            pause(min(left_s, 5.0))
            watch = watch.awake(now())
        before = job
        try:
            job = service.describe(name)
        except AwsError as error:
            watch = watch.failed(error.trouble, error.message, now(), chance=random.random())
            say(watch.said)
            continue
        watch = watch.heard([job], now(), chance=random.random())
        if (job.status, job.counters) != (before.status, before.counters):
            say(_line(job))
    return FOUND if job.failure or job.has_gaps or job.standing == "stopped" else CLEAN


def _line(job: Job) -> str:
    counts = job.counters
    failure = f": {job.failure}" if job.failure else ""
    at = datetime.now(UTC).astimezone()
    return f"{at:%H:%M:%S} {job.standing}, {counts.labeled} of {counts.total} labeled{failure}"


def run_stop(profile: str, region: str, name: str, *, is_confirmed: bool) -> int:
    """Stop a job after asking."""
    service = service_of(profile, region)
    job = service.describe(name)
    if job.is_final:
        say(f"{name} is {job.standing} already")
        return CLEAN
    if not is_confirmed and not _confirmed(job):
        say("nothing was stopped")
        return FOUND
    service.stop(name)
    say(f"{name} is stopping; what is labeled is kept")
    return CLEAN


def _confirmed(job: Job) -> bool:
    if not sys.stdin.isatty():
        raise HandoffError("there is no terminal to ask at; say --yes to stop the job")
    import typer

    counts = job.counters
    text = f"Stop {job.name}? {counts.labeled} of {counts.total} are labeled"
    return typer.confirm(text, err=True)


def run_fetch(profile: str, region: str, name: str, *, output: Path, with_answers: bool) -> int:
    """Fetch the results of a job; return 1 when some lines have no labels yet."""
    from trackproof.handoff.jobs_book import package_of
    from trackproof.handoff.jobs_fetching import fetch_results

    service = service_of(profile, region)
    job = service.describe(name)
    with progress_bar("Fetching results") as progress:
        fetched = fetch_results(
            service.connection, job, output, with_answers=with_answers, progress=progress
        )
    say_problems(fetched.problems)
    say(f"{fetched.labeled} of {fetched.lines} are labeled; the job is {job.standing}")
    package = package_of(job.arn)
    if package:
        there, here = quote(str(package)), quote(str(fetched.folder))
        say(f"trackproof merge LABELS {there} {here}  # brings them home")
    sys.stdout.write(f"{fetched.folder}\n")
    return CLEAN if fetched.labeled == fetched.lines else FOUND
