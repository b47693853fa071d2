"""What can be launched from a package: its manifests, and all that a request must name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from trackproof.errors import HandoffError
from trackproof.formats.ground_truth_tolerant import json_reason
from trackproof.handoff.addresses import PLACEHOLDER_BUCKET, folder_address
from trackproof.handoff.jobs_fetching import whole
from trackproof.handoff.label_config import Follow
from trackproof.handoff.launching import JobKind, job_request
from trackproof.handoff.manifest_rules import CLIP_SUFFIXES, TASK_TYPES
from trackproof.handoff.origin import DEFAULT_ATTRIBUTE, result_attribute_for
from trackproof.handoff.package import CONFIG_NAME
from trackproof.handoff.plan import PLAN_NAME, Plan
from trackproof.handoff.planning import places_of
from trackproof.labels import Task
from trackproof.storage import check_there, files_beneath, read_bytes
from trackproof.storage.addresses import S3Address
from trackproof.storage.s3 import facts_of, listed
from trackproof.storage.uris import is_s3_uri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackproof.handoff.instructions import Place
    from trackproof.handoff.presets import JobPreset
    from trackproof.storage.s3 import Connection

CLIP_ATTRIBUTE = "clip-class"
MOST_FILES = 20_000
LARGEST_FILE = 50_000_000
SMALL = (".manifest", ".json", ".html")


class Folder(Protocol):
    """A package, wherever it lies."""

    def names(self) -> list[str]:
        """Return the paths of its manifests, JSON files and templates, relative to it."""

    def read(self, name: str) -> bytes:
        """Return the bytes of one of them."""


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A package on this computer."""

    path: Path

    def names(self) -> list[str]:
        """Return the paths of its manifests, JSON files and templates, relative to it."""
        files = (one for one in files_beneath(self.path) if one.suffix in SMALL and one.is_file())
        return sorted(one.relative_to(self.path).as_posix() for one in files)

    def read(self, name: str) -> bytes:
        """Return the bytes of one of them."""
        return read_bytes(self.path / name)


@dataclass(frozen=True, slots=True)
class S3Folder:
    """A package in S3."""

    connection: Connection
    address: str

    def names(self) -> list[str]:
        """Return the paths of its manifests, JSON files and templates, relative to it."""
        folder = S3Address.parse(self.address).as_folder
        keys = listed(self.connection, folder, most=MOST_FILES)
        return sorted(key[len(folder.key) :] for key in keys if key.endswith(SMALL))

    def read(self, name: str) -> bytes:
        """Return the bytes of one of them."""
        address = S3Address.parse(self.address).joined(name)
        if facts_of(self.connection, address).size > LARGEST_FILE:
            raise HandoffError("this is too large for a package file", path=str(address))
        return whole(self.connection, address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launchable:
    """One job that a package is ready for.

    Parameters
    ----------
    number, jobs : int
        Which of how many, counted from 1.
    manifest : str
        Path of the manifest inside the package.
    manifest_uri, config_uri, template_uri : str
        Where they are in S3; the template is for clips only.
    kind : JobKind or None
        What workers do; None for a first job that nobody said is tracking or detection.
    label_attribute : str
        Name of the result.
    lines : int
        Sequences or clips.
    manifest_bytes : bytes
        The manifest as it is in the package.
    request : mapping
        The package's own request; empty when it holds none.
    config : mapping
        The label category configuration; empty when the package holds none.
    page : str
        The page that workers of clips see; empty for frames.
    places : tuple of Place
        What the job was made for; empty for first jobs.
    pending : mapping of str to bytes
        What has to be in S3 before the job, by address: words that a person changed.
    """

    number: int
    jobs: int
    manifest: str
    manifest_uri: str
    config_uri: str
    template_uri: str
    kind: JobKind | None
    label_attribute: str
    lines: int
    manifest_bytes: bytes = field(repr=False)
    request: Mapping[str, Any] = field(default_factory=dict, repr=False)
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)
    page: str = field(default="", repr=False)
    places: tuple[Place, ...] = field(default=(), repr=False)
    pending: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def built(self, preset: JobPreset, *, workers: int = 1) -> dict[str, Any]:
        """Return the request by a preset.

        Raises
        ------
        HandoffError
            When the region is not known, or nobody said what workers do.
        """
        if self.kind is None:
            raise HandoffError(
                f"{self.manifest} does not say whether workers track or detect objects; say it"
            )
        settings = preset.settings(
            number=self.number,
            jobs=self.jobs,
            label_attribute=self.label_attribute,
            manifest_uri=self.manifest_uri,
            config_uri=self.config_uri,
        )
        return job_request(self.kind, settings, template_uri=self.template_uri, workers=workers)


def launchables(
    source: str | Path, connection: Connection, *, kind: JobKind | None = None
) -> list[Launchable]:
    """Return the jobs that a package is ready for.

    Parameters
    ----------
    source : str or Path
        Folder of a package on this computer, or its S3 address.
    kind : JobKind or None
        What workers do, where the package does not tell.

    Raises
    ------
    HandoffError
        When this is no package, or it was made without saying where in S3 it will be.
    AwsError
        When S3 cannot be asked.
    """
    folder = _folder(source, connection)
    base = folder.address if isinstance(folder, S3Folder) else ""
    names = folder.names()
    manifests = [name for name in names if name.endswith(".manifest")]
    if not manifests:
        raise HandoffError("there is no manifest here, so there is no job to launch", path=source)
    plan = _plan(folder, names)
    return [
        _launchable(folder, names, manifest, (number, len(manifests)), plan, base=base, kind=kind)
        for number, manifest in enumerate(manifests, start=1)
    ]


def _plan(folder: Folder, names: Sequence[str]) -> Plan | None:
    if PLAN_NAME not in names:
        return None
    try:
        return msgspec.json.decode(folder.read(PLAN_NAME), type=Plan)
    except msgspec.MsgspecError as error:
        raise HandoffError(f"this is not a plan file: {error}", path=PLAN_NAME) from error


def _launchable(
    folder: Folder,
    names: Sequence[str],
    manifest: str,
    place: tuple[int, int],
    plan: Plan | None,
    *,
    base: str,
    kind: JobKind | None,
) -> Launchable:
    data = folder.read(manifest)
    lines = [_object(row, manifest) for row in data.splitlines() if row.strip()]
    if not lines:
        raise HandoffError("the manifest is empty", path=manifest)
    beside = manifest.rpartition("/")[0]
    request = _request(folder, names, manifest, beside)
    base = base or _base(plan, request, manifest, lines, names)
    config_name = _first(names, (f"{beside}/{CONFIG_NAME}".lstrip("/"), CONFIG_NAME))
    config = _object(folder.read(config_name), config_name) if config_name else {}
    template = next((name for name in names if name.endswith(".html")), "")
    audit = str(config.get("auditLabelAttributeName") or "")
    found = _kind(lines[0], config, request, audit) or kind
    return Launchable(
        number=place[0],
        jobs=place[1],
        manifest=manifest,
        manifest_uri=base + manifest,
        config_uri=base + (config_name or CONFIG_NAME),
        template_uri=base + template if template else "",
        kind=found,
        label_attribute=_result(plan, request, audit, found),
        lines=len(lines),
        manifest_bytes=data,
        request=request,
        config=config,
        page=folder.read(template).decode("utf-8", "replace") if template else "",
        places=_places(plan, beside),
    )


def _places(plan: Plan | None, beside: str) -> tuple[Place, ...]:
    """Return the flags of a job as its workers meet them."""
    if plan is None:
        return ()
    windows = [one for one in plan.windows if one.folder.startswith(f"{beside}/")]
    has_several = len({one.sequence for one in windows}) > 1
    return tuple(place for one in windows for place in places_of(one, name_sequences=has_several))


def _request(folder: Folder, names: Sequence[str], manifest: str, beside: str) -> Mapping[str, Any]:
    ending = manifest.rpartition("/")[2].removesuffix(".manifest").partition("-")[2]
    number = f"-{ending}" if ending.isdecimal() else ""
    name = f"{beside}/request{number}.json".lstrip("/")
    return _object(folder.read(name), name) if name in names else {}


def _result(plan: Plan | None, request: Mapping[str, Any], audit: str, kind: JobKind | None) -> str:
    if plan is not None:
        return plan.result_attribute
    if request.get("LabelAttributeName"):
        return str(request["LabelAttributeName"])
    if kind is JobKind.CLASSIFICATION:
        return CLIP_ATTRIBUTE
    return result_attribute_for(audit) if audit else DEFAULT_ATTRIBUTE


def _base(
    plan: Plan | None,
    request: Mapping[str, Any],
    manifest: str,
    lines: Sequence[Mapping[str, Any]],
    names: Sequence[str],
) -> str:
    """Return the S3 folder that a local package was made for."""
    said = plan.destination if plan is not None else ""
    if not said:
        source = (request.get("InputConfig") or {}).get("DataSource", {}).get("S3DataSource", {})
        uri = str(source.get("ManifestS3Uri", ""))
        said = uri.removesuffix(manifest) if uri.endswith(manifest) else ""
    if not said:
        # Sequence files lie in the package, so their addresses end as their paths do.
        first = str(lines[0].get("source-ref", ""))
        inside = max((n for n in names if first.endswith(f"/{n}")), key=len, default="")
        said = first.removesuffix(inside) if inside else ""
    if not said or PLACEHOLDER_BUCKET in said:
        raise HandoffError(
            "this package does not say where in S3 it is; upload it, or export it again with a "
            "destination",
            path=manifest,
        )
    return folder_address(said)


def _kind(
    line: Mapping[str, Any], config: Mapping[str, Any], request: Mapping[str, Any], audit: str
) -> JobKind | None:
    """Return what workers do, from the manifest, the configuration or the request."""
    labels = config.get("labels") or [{}]
    is_locked = all(isinstance(one, dict) and one.get("editsAllowed") == "none" for one in labels)
    follow = Follow.VERIFICATION if audit and is_locked else Follow.ADJUSTMENT
    if str(line.get("source-ref", "")).lower().endswith(CLIP_SUFFIXES):
        return JobKind.CLASSIFICATION
    metadata = line.get(f"{audit}-metadata")
    if audit and isinstance(metadata, dict) and metadata.get("type") in TASK_TYPES:
        has_identity = TASK_TYPES[metadata["type"]]
        return JobKind.following(Task.TRACKING if has_identity else Task.DETECTION, follow)
    human = request.get("HumanTaskConfig") or {}
    function = str(human.get("PreHumanTaskLambdaArn", "")).rpartition(":")[2]
    return JobKind.of_function(function, is_verification=follow is Follow.VERIFICATION)


def _first(names: Sequence[str], wanted: Sequence[str]) -> str:
    return next((name for name in wanted if name in names), "")


def _object(data: bytes, name: str) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HandoffError(f"this is not sound JSON: {json_reason(error)}", path=name) from error
    if not isinstance(document, dict):
        raise HandoffError("this must be a JSON object", path=name)
    return document


def _folder(source: str | Path, connection: Connection) -> Folder:
    if is_s3_uri(str(source)):
        return S3Folder(connection, folder_address(str(source)))
    if Path(source).exists():
        check_there(Path(source))
    if not Path(source).is_dir():
        raise HandoffError("there is no such folder; give the exported package", path=source)
    return LocalFolder(Path(source))
