"""Bring the results of a job to this computer, as far as there are any."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.errors import HandoffError, Problem, Severity, StorageError
from trackproof.formats.ground_truth_responses import RESPONSES
from trackproof.handoff.jobs import OUTPUT_MANIFEST, Job
from trackproof.progress import NO_PROGRESS, Cancelled
from trackproof.storage import write_atomic
from trackproof.storage.addresses import S3Address
from trackproof.storage.s3 import AwsError, Connection, Trouble, fetch, listed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackproof.progress import Progress

AT_ONCE = 8
MOST_ANSWERS = 20_000
MOST_LISTED = 200_000


@dataclass(frozen=True, slots=True)
class FetchedResults:
    """What came.

    Parameters
    ----------
    folder : Path
        Where it is now; `read_results` takes it.
    lines, labeled : int
        Sequences or clips of the job, and those that have labels.
    problems : tuple of Problem
        What could not be had.
    """

    folder: Path
    lines: int
    labeled: int
    problems: tuple[Problem, ...] = ()


def fetch_results(
    connection: Connection,
    job: Job,
    folder: Path,
    *,
    with_answers: bool = True,
    progress: Progress = NO_PROGRESS,
) -> FetchedResults:
    """Fetch the output manifest of a job and the label files that it names.

    A job that still runs gives what is labeled so far; fetching again brings it up to date.

    Parameters
    ----------
    job : Job
        As `LabelingService.describe` returns it.
    folder : Path
        Gets one folder for the job, named like it.
    with_answers : bool
        Whether the raw answers come too, which tell how long people took.

    Raises
    ------
    HandoffError
        When the job has no results yet.
    AwsError
        When S3 cannot be asked.
    StorageError
        When the disk refuses.
    Cancelled
        When ``progress`` says so.
    """
    manifest = S3Address.parse(job.output_uri or _output_of(job))
    places = _Places(folder, job.name, _base(manifest))
    name = str(job.request.get("LabelAttributeName", ""))
    try:
        lines, labeled, problems = _fetch_manifest(connection, manifest, places, name, progress)
    except AwsError as error:
        if error.trouble is not Trouble.MISSING:
            raise
        text = f"the job {job.name} has no results yet; it is {job.standing}"
        raise HandoffError(text) from error
    if with_answers:
        problems += _fetch_answers(connection, places, progress)
    return FetchedResults(folder / job.name, lines, labeled, tuple(problems))


def fetch_output(
    connection: Connection,
    address: S3Address,
    folder: Path,
    *,
    attribute: str,
    progress: Progress = NO_PROGRESS,
) -> FetchedResults:
    """Fetch results by their address, whoever launched the jobs.

    Parameters
    ----------
    address : S3Address
        An output manifest, a folder that holds the output of one or more jobs, or one label file.
    folder : Path
        Gets one folder for each job.
    attribute : str
        Label attribute of the results.

    Raises
    ------
    HandoffError
        When there is no output manifest.
    AwsError
        When S3 cannot be asked.
    StorageError
        When the disk refuses.
    Cancelled
        When ``progress`` says so.
    """
    if address.suffix == ".json":
        file = folder / "SeqLabel.json"
        write_atomic(file, whole(connection, address), overwrite=True)
        return FetchedResults(file, 1, 1)
    lines, labeled, problems = 0, 0, list[Problem]()
    manifests = _output_manifests(connection, address, progress)
    homes = []
    for manifest in manifests:
        base = _base(manifest)
        places = _Places(folder, base.name, base)
        counts = _fetch_manifest(connection, manifest, places, attribute, progress)
        lines, labeled, problems = lines + counts[0], labeled + counts[1], problems + counts[2]
        problems += _fetch_answers(connection, places, progress)
        homes.append(places.folder / places.job)
    return FetchedResults(homes[0] if len(homes) == 1 else folder, lines, labeled, tuple(problems))


def _output_manifests(
    connection: Connection, address: S3Address, progress: Progress
) -> list[S3Address]:
    if address.suffix == ".manifest":
        return [address]
    keys = listed(connection, address.as_folder, most=MOST_LISTED, progress=progress)
    found = [
        S3Address(address.bucket, key) for key in sorted(keys) if key.endswith(OUTPUT_MANIFEST)
    ]
    if not found:
        raise HandoffError(
            f"there is no {OUTPUT_MANIFEST} beneath this folder; give the output folder of the "
            "jobs, or the manifest itself",
            path=str(address),
        )
    return found


def _fetch_manifest(
    connection: Connection,
    manifest: S3Address,
    places: _Places,
    attribute: str,
    progress: Progress,
) -> tuple[int, int, list[Problem]]:
    """Fetch an output manifest and the labels that it names; return lines, and those labeled."""
    data = whole(connection, manifest)
    write_atomic(places.of(manifest), data, overwrite=True)
    lines = [_line(row, manifest) for row in data.splitlines() if row.strip()]
    found = [line[attribute] for line in lines if attribute in line]
    wanted = [uri for uri in found if isinstance(uri, str) and uri.startswith("s3://")]
    return len(lines), len(found), _fetch_all(connection, wanted, places, progress)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where objects go: those of the job below its name, others below their bucket's."""

    folder: Path
    job: str
    base: S3Address

    def of(self, address: S3Address) -> Path:
        is_own = address.bucket == self.base.bucket and address.key.startswith(self.base.key)
        inside = address.key[len(self.base.key) :] if is_own else address.key
        parts = [part for part in inside.split("/") if part]
        place = self.folder.joinpath(self.job, *([] if is_own else [address.bucket]), *parts)
        # A backslash is part of a key and a folder on Windows.
        if any("\\" in part or ":" in part for part in parts):
            raise StorageError("such a key cannot be a file's name", path=str(address))
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


def _output_of(job: Job) -> str:
    output = str(job.request.get("OutputConfig", {}).get("S3OutputPath", ""))
    if not output:
        raise HandoffError(f"the service does not say where the results of {job.name} are")
    return f"{output.rstrip('/')}/{job.name}/{OUTPUT_MANIFEST}"


def _base(manifest: S3Address) -> S3Address:
    """Return the folder of the job's output: beside a manifest that lies elsewhere."""
    if manifest.key.endswith(OUTPUT_MANIFEST):
        return S3Address(manifest.bucket, manifest.key.removesuffix(OUTPUT_MANIFEST))
    return manifest.parent


def _line(row: bytes, manifest: S3Address) -> dict[str, object]:
    try:
        line = json.loads(row)
    except ValueError as error:
        raise HandoffError(f"a line is not sound JSON: {error}", path=str(manifest)) from error
    return line if isinstance(line, dict) else {}


def whole(
    connection: Connection, address: S3Address, *, is_wanted: Callable[[], bool] = lambda: True
) -> bytes:
    """Return all bytes of an object.

    Raises
    ------
    AwsError
        When S3 cannot be asked, or there is no such object.
    Cancelled
        When it is no longer wanted.
    """
    fetched = fetch(connection, address, is_wanted=is_wanted)
    if fetched is None:
        raise Cancelled
    return fetched.data


def _fetch_all(
    connection: Connection, uris: list[str], places: _Places, progress: Progress
) -> list[Problem]:
    """Fetch objects side by side; return what could not be had."""
    problems: list[Problem] = []
    state = {"is_wanted": True}

    def one(uri: str) -> Problem | None:
        try:
            address = S3Address.parse(uri)
            data = whole(connection, address, is_wanted=lambda: state["is_wanted"])
            write_atomic(places.of(address), data, overwrite=True)
        except StorageError as error:
            return Problem(error.message, uri, "", Severity.ERROR)
        return None

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch-results") as pool:
        try:
            for done, problem in enumerate(pool.map(one, uris)):
                progress.step(done, len(uris))
                problems += [problem] if problem is not None else []
        except Cancelled:
            state["is_wanted"] = False
            pool.shutdown(cancel_futures=True)
            raise
    return problems


def _fetch_answers(connection: Connection, places: _Places, progress: Progress) -> list[Problem]:
    """Fetch the raw answers, which nothing depends on."""
    folder = places.base.joined(f"{RESPONSES}/")
    try:
        keys = listed(connection, folder, most=MOST_ANSWERS, progress=progress)
    except AwsError as error:
        return [Problem(f"the workers' answers could not be listed: {error.message}")]
    uris = [str(S3Address(folder.bucket, key)) for key in keys if key.endswith(".json")]
    return _fetch_all(connection, uris, places, progress)
