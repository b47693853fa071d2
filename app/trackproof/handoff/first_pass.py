"""A package for a job that labels footage for the first time.

::

    DIR/
      frames/<video>/frame_000000.jpg ...   pictures that sort, and their rate in seqinfo.ini
      sequences/<video>.json                their order, at the place where they will be in S3
      label-categories.json                 what workers may label
      input.manifest                        one line per sequence; written last
      request.json                          what to ask the service for; only with job settings

A manifest takes ten sequences and a sequence 2,000 frames, so that long videos become parts and
many videos become ``input-1.manifest``, ``input-2.manifest`` and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import HandoffError, Problem, Severity
from trackproof.formats.ground_truth_sequence_file import encode_sequence_file
from trackproof.handoff.addresses import folder_address, placeholder
from trackproof.handoff.config_rules import config_problems
from trackproof.handoff.limits import FRAMES_PER_SEQUENCE
from trackproof.handoff.request_rules import attribute_name_wrong, request_problems
from trackproof.handoff.requests import detection_request, tracking_request
from trackproof.handoff.windows import batches
from trackproof.handoff.words import counted
from trackproof.labels import Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackproof.handoff.presets import JobPreset

FRAMES_FOLDER = "frames"
SEQUENCES_FOLDER = "sequences"
CONFIG_NAME = "label-categories.json"
AUDIT_KEY = "auditLabelAttributeName"


@dataclass(frozen=True, slots=True)
class Footage:
    """Pictures of one video, as they lie in the package.

    Parameters
    ----------
    name : str
        Folder below ``frames``.
    frame_names : tuple of str
        File names in order; their byte order is the same.
    """

    name: str
    frame_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPassOptions:
    """What a person decides about a first job.

    Parameters
    ----------
    destination : str
        S3 folder where the package will be; empty when nobody knows yet.
    task : Task
        Tracking or detection.
    config : mapping or None
        Label category configuration; None leaves it out.
    preset : JobPreset or None
        Job settings; None writes no request.
    result_attribute : str
        Label attribute name of the result.
    """

    destination: str = ""
    task: Task = Task.TRACKING
    config: Mapping[str, Any] | None = None
    preset: JobPreset | None = None
    result_attribute: str = "labels-ref"


@dataclass(frozen=True, slots=True)
class FirstPass:
    """The text files of a package; the pictures lie in place already.

    Parameters
    ----------
    files : mapping of str to bytes
        By path inside the package, in the order of writing: manifests last.
    sequences, frames : int
        How much there is to label.
    problems : tuple of Problem
        What a person should know before a job is launched.
    """

    files: dict[str, bytes]
    sequences: int
    frames: int
    problems: tuple[Problem, ...]


def first_pass(footage: Sequence[Footage], options: FirstPassOptions) -> FirstPass:
    """Return sequence files, manifests and requests for pictures.

    Raises
    ------
    HandoffError
        When there is no picture, or a name, address or configuration cannot be used.
    """
    parts = [part for one in footage for part in _parts(one)]
    if not parts:
        raise HandoffError("there is no picture to label")
    wrong = attribute_name_wrong(options.result_attribute, is_reference=True)
    if wrong:
        raise HandoffError(wrong)
    problems: list[Problem] = []
    base = folder_address(options.destination) if options.destination else placeholder("package")
    if not options.destination:
        problems.append(
            Problem(
                f"it was not said where in S3 the package will be, so the files name {base}; make "
                "them again with a destination before launching a job"
            )
        )
    files: dict[str, bytes] = {}
    for number, (stem, one) in enumerate(parts, start=1):
        files[f"{SEQUENCES_FOLDER}/{stem}.json"] = encode_sequence_file(
            sequence_number=number,
            prefix=f"{base}{FRAMES_FOLDER}/{one.name}/",
            names=one.frame_names,
        )
    problems += _told_parts(footage)
    if options.config is not None:
        files[CONFIG_NAME] = _encoded(_config(options.config, problems))
    manifests = _manifests([stem for stem, _ in parts], base)
    files |= _requests(manifests, base, options, problems)
    return FirstPass(
        files={**files, **manifests},
        sequences=len(parts),
        frames=sum(len(one.frame_names) for _, one in parts),
        problems=tuple(problems),
    )


def _parts(footage: Footage) -> list[tuple[str, Footage]]:
    """Return a file name and pictures for every sequence that a video becomes."""
    pieces = batches(footage.frame_names, size=FRAMES_PER_SEQUENCE)
    if len(pieces) == 1:
        return [(footage.name, footage)]
    return [
        (f"{footage.name}-part-{number}", Footage(footage.name, tuple(piece)))
        for number, piece in enumerate(pieces, start=1)
    ]


def _told_parts(footage: Sequence[Footage]) -> list[Problem]:
    return [
        Problem(
            f"{len(one.frame_names):,} frames are more than the {FRAMES_PER_SEQUENCE:,} of one "
            "sequence, so they become several tasks; an object gets a new identity in each",
            one.name,
        )
        for one in footage
        if len(one.frame_names) > FRAMES_PER_SEQUENCE
    ]


def _config(config: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Return the configuration as a first job wants it.

    Raises
    ------
    HandoffError
        When it breaks a rule of the service.
    """
    kept = dict(config)
    if kept.pop(AUDIT_KEY, None) is not None:
        text = f"{AUDIT_KEY} was left out: there are no labels yet that a job could audit"
        problems.append(Problem(text, CONFIG_NAME, severity=Severity.NOTE))
    found = config_problems(kept, path=CONFIG_NAME)
    errors = [problem for problem in found if problem.severity is Severity.ERROR]
    if errors:
        raise HandoffError("; ".join(str(problem) for problem in errors[:3]))
    problems += found
    return kept


def _manifests(stems: Sequence[str], base: str) -> dict[str, bytes]:
    groups = batches(stems)
    named = {}
    for number, group in enumerate(groups, start=1):
        lines = ({"source-ref": f"{base}{SEQUENCES_FOLDER}/{stem}.json"} for stem in group)
        name = f"input-{number}.manifest" if len(groups) > 1 else "input.manifest"
        named[name] = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    return named


def _requests(
    manifests: Mapping[str, bytes],
    base: str,
    options: FirstPassOptions,
    problems: list[Problem],
) -> dict[str, bytes]:
    if options.preset is None:
        return {}
    if options.config is None:
        problems.append(
            Problem("a job needs a label category configuration; the requests name one to come")
        )
    build = tracking_request if options.task is Task.TRACKING else detection_request
    files = {}
    for number, manifest in enumerate(manifests, start=1):
        settings = options.preset.settings(
            number=number,
            jobs=len(manifests),
            label_attribute=options.result_attribute,
            manifest_uri=base + manifest,
            config_uri=base + CONFIG_NAME,
        )
        name = f"request-{number}.json" if len(manifests) > 1 else "request.json"
        request = build(settings, is_audit=False)
        problems += request_problems(request, path=name)
        files[name] = _encoded(request)
    return files


def summary(made: FirstPass) -> str:
    """Return in one line what there is to label."""
    return f"{counted(made.sequences, 'sequence')}, {counted(made.frames, 'frame')}"


def _encoded(document: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
