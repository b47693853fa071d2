"""``trackproof launch``: show, look, ask, create."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackproof.cli.arguments import CLEAN, FOUND
from trackproof.cli.terminal import progress_bar, say, table_text
from trackproof.errors import HandoffError

if TYPE_CHECKING:
    from trackproof.handoff.launching_sources import Launchable
    from trackproof.handoff.preflight import Check
    from trackproof.storage.s3 import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Launching:
    """What a person typed."""

    package: str
    preset: str
    name: str
    task: str
    workers: int
    show: str
    is_dry: bool
    is_confirmed: bool
    aws_profile: str
    region: str


def run_launch(wanted: Launching) -> int:
    """Print and check the requests of a package, ask, and create its jobs.

    Raises
    ------
    TrackproofError
        When the package, the settings or the service cannot be used.
    """
    from trackproof.handoff.launching import JobKind
    from trackproof.handoff.launching_sources import launchables
    from trackproof.handoff.launching_words import send_words
    from trackproof.handoff.preflight import is_ready
    from trackproof.storage.s3 import Account, Connection

    connection = Connection(Account(wanted.aws_profile, wanted.region))
    kind = JobKind(wanted.task) if wanted.task else None
    ready = [_worded(one, wanted) for one in launchables(wanted.package, connection, kind=kind)]
    requests = [_request(one, wanted) for one in ready]
    regions = [_region(request) for request in requests]
    for request, region in zip(requests, regions, strict=True):
        sys.stdout.write(_shown(request, region, wanted) + "\n")
    is_all_ready = True
    for one, request, region in zip(ready, requests, regions, strict=True):
        checks = _looked(one, request, region, connection)
        is_all_ready &= is_ready(checks)
    if not is_all_ready:
        say("something stands against it, so nothing was created")
        return FOUND
    if wanted.is_dry:
        say("nothing stands against it; nothing was created, because this was a dry run")
        return CLEAN
    if not (wanted.is_confirmed or _confirmed(len(requests))):
        say("nothing was created")
        return FOUND
    send_words(connection, ready)
    _create(wanted, requests, regions, connection)
    return CLEAN


def _worded(one: Launchable, wanted: Launching) -> Launchable:
    """Return a job with the words of the preset, where there is one."""
    from trackproof.handoff.launching_presets import find_preset
    from trackproof.handoff.launching_words import worded

    return worded(one, find_preset(wanted.preset)) if wanted.preset else one


def _request(one: Launchable, wanted: Launching) -> dict[str, Any]:
    """Return a request by the preset, or the package's own."""
    from trackproof.handoff.launching_presets import find_preset

    if wanted.preset:
        preset = find_preset(wanted.preset)
        request = one.built(preset, workers=wanted.workers)
    elif one.request:
        request = dict(one.request)
    else:
        raise HandoffError(
            "the package holds no request; give --preset with role, work team and output",
            path=one.manifest,
        )
    if wanted.name:
        ending = f"-{one.number}" if one.jobs > 1 else ""
        request["LabelingJobName"] = wanted.name + ending
    return request


def _region(request: dict[str, Any]) -> str:
    """Return the Region of a request: that of its work team."""
    arn = str((request.get("HumanTaskConfig") or {}).get("WorkteamArn", ""))
    parts = arn.split(":")
    if len(parts) < 6:
        raise HandoffError(f"{arn!r} is not the ARN of a work team")
    return parts[3]


def _shown(request: dict[str, Any], region: str, wanted: Launching) -> str:
    from trackproof.handoff.snippets import as_command, as_json, as_python

    if wanted.show == "cli":
        return as_command(request, region=region, profile=wanted.aws_profile)
    if wanted.show == "python":
        return as_python(request, region=region, profile=wanted.aws_profile)
    return as_json(request)


def _looked(
    one: Launchable, request: dict[str, Any], region: str, connection: Connection
) -> list[Check]:
    from trackproof.handoff.preflight import Flight, preflight

    with progress_bar("Looking before the launch") as progress:
        checks = preflight(
            Flight(connection, request, region, one.manifest_bytes, one.pending, jobs=one.jobs),
            progress=progress,
        )
    rows = [[str(check.outcome), check.title, check.sentence] for check in checks]
    say(f"{request['LabelingJobName']} ({region})")
    sys.stderr.write(table_text(("outcome", "what", "found"), rows, numbers=set()))
    return checks


def _confirmed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise HandoffError(
            "creating a job costs money, and there is no terminal to ask at; say --yes to do it"
        )
    import typer

    what = "this labeling job" if count == 1 else f"these {count} labeling jobs"
    return typer.confirm(f"Create {what}? It costs money and reaches people", err=True)


def _create(
    wanted: Launching, requests: list[dict[str, Any]], regions: list[str], connection: Connection
) -> None:
    from trackproof.handoff.jobs import LabelingService
    from trackproof.handoff.jobs_book import Noted, note_job
    from trackproof.handoff.launching import launch

    for request, region in zip(requests, regions, strict=True):
        service = LabelingService(connection, region=region)
        with progress_bar("Creating the job") as progress:
            launched = launch(service, request, progress=progress)
        note_job(
            Noted(
                name=launched.name,
                arn=launched.arn,
                region=region,
                package=wanted.package,
                launched=datetime.now(UTC).isoformat(timespec="seconds"),
            )
        )
        sys.stdout.write(f"{launched.arn}\n")
        how = "was there already" if launched.was_there else "is created"
        say(f"job {launched.name} {how}; 'trackproof jobs watch {launched.name}' follows it")
