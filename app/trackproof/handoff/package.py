"""A focus package: what workers need to correct exactly the flagged places.

::

    DIR/
      plan.json                  how windows map to the original frames; stays at home
      copies.csv                 frames to copy inside S3; only when windows get their own folders
      job-1/
        label-categories.json    the original's categories, and where to look first
        0/sequence.json          frames of one window, numbered from 0, at their old place in S3
        0/SeqLabel.json          their labels
        request.json             what to ask the service for; only with job settings
        adjustment.manifest      one line per window; written last

A job takes at most ten windows, so a large package holds several ``job-<n>`` folders.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from trackproof import __version__
from trackproof.errors import HandoffError, Problem, Severity
from trackproof.formats.ground_truth_labels import encode_window
from trackproof.formats.ground_truth_reading import NAME as GROUND_TRUTH
from trackproof.formats.ground_truth_sequence_file import encode_sequence_file
from trackproof.handoff.addresses import folder_address, placeholder
from trackproof.handoff.config_rules import config_problems
from trackproof.handoff.excerpt import excerpt, fitted
from trackproof.handoff.instructions import full_filled, short_filled
from trackproof.handoff.label_config import Questions, follow_up_config, names_to_lock
from trackproof.handoff.origin import origin_of, result_attribute_for
from trackproof.handoff.plan import (
    PLAN_NAME,
    Plan,
    PlannedWindow,
    encode_plan,
)
from trackproof.handoff.planning import (
    WindowTask,
    places_of,
    planned_sequence,
    planned_window,
)
from trackproof.handoff.request_rules import attribute_name_wrong, request_problems
from trackproof.handoff.requests import detection_request, tracking_request
from trackproof.handoff.selection import windows_of, work_of_everything
from trackproof.handoff.windows import batches, estimate
from trackproof.handoff.words import counted
from trackproof.labels import Task, without_provisional
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof import labels as model
    from trackproof.formats.ground_truth_sequence_file import SequenceFile
    from trackproof.handoff.instructions import Place
    from trackproof.handoff.presets import JobPreset
    from trackproof.handoff.selection import ExportOptions, Reviewed
    from trackproof.handoff.windows import Estimate
    from trackproof.progress import Progress

MANIFEST_NAME = "adjustment.manifest"
REQUEST_NAME = "request.json"
CONFIG_NAME = "label-categories.json"
SEQUENCE_NAME = "sequence.json"
LABELS_NAME = "SeqLabel.json"
FRAMES_FOLDER = "frames"
COPIES_NAME = "copies.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """A package before it is written.

    Parameters
    ----------
    files : mapping of str to bytes
        By path inside the package, in the order of writing: manifests last.
    plan : Plan
        Also among the files.
    focus, everything : Estimate
        Work of this package, and of sending all frames.
    problems : tuple of Problem
        What a person should know before sending it.
    copies : tuple of (str, str)
        Frames to copy inside S3, from where to where; empty unless windows get their own folders.
    """

    files: dict[str, bytes]
    plan: Plan
    focus: Estimate
    everything: Estimate
    problems: tuple[Problem, ...] = ()
    copies: tuple[tuple[str, str], ...] = ()

    @property
    def jobs(self) -> int:
        """How many manifests, and so labeling jobs, there are."""
        return self.focus.jobs

    def summary(self) -> str:
        """Return in a few lines what workers will see against what there is."""
        focus, everything = self.focus, self.everything
        flags = len({(one.sequence, flag) for one in self.plan.windows for flag in one.flags})
        share = focus.frames / everything.frames if everything.frames else 0.0
        lines = [
            f"{counted(flags, 'flag')} in {counted(focus.tasks, 'window')}, "
            f"{counted(focus.jobs, 'job')}",
            f"Workers see {focus.frames:,} of {everything.frames:,} frames ({share:.1%})",
        ]
        if focus.cost or everything.cost:
            lines.append(f"Cost {focus.cost:,.2f} instead of {everything.cost:,.2f}")
        return "\n".join(lines)


@dataclass(slots=True)
class _Making:
    """What grows while a package is made."""

    options: ExportOptions
    destination: str
    result_attribute: str = ""
    questions: Questions = field(default_factory=Questions)
    files: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[str, bytes] = field(default_factory=dict)
    windows: list[PlannedWindow] = field(default_factory=list)
    nameable: set[str] = field(default_factory=set)
    copies: list[tuple[str, str]] = field(default_factory=list)
    clipped: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


def make_package(
    reviewed: Sequence[Reviewed], options: ExportOptions, *, progress: Progress = NO_PROGRESS
) -> Package:
    """Return the package for the flags of some sequences.

    Raises
    ------
    HandoffError
        When nothing is flagged, sequences of different jobs are mixed, or a name or address
        cannot be used.
    Cancelled
        When ``progress`` says so.
    """
    is_alone = len(reviewed) == 1
    reviewed = [
        replace(one, labels=without_provisional(one.sequence, one.labels)) for one in reviewed
    ]
    tasks = [task for one in reviewed for task in _tasks(one, options, is_alone=is_alone)]
    if not tasks:
        raise HandoffError("nothing is flagged, so there is nothing to send to workers")
    audit = _one_audit(tasks)
    destination = folder_address(options.destination) if options.destination else ""
    making = _Making(options, destination or placeholder("package"))
    making.result_attribute = _result_name(options, audit)
    making.questions = _questions(tasks)
    _tell_placeholders(making, tasks)
    for job, batch in enumerate(batches(tasks), start=1):
        _job(making, job, batch, audit)
        progress.step(len(making.windows), len(tasks))
    _tell_outside(making)
    _tell_guessed(making, tasks)
    _tell_unlocked(making)
    if making.copies:
        making.files[COPIES_NAME] = _copy_list(making.copies)
    if options.preset is not None:
        _requests(making, options.preset, tasks[0].reviewed.sequence.task)
    plan = _plan(making, tasks, audit)
    files = {PLAN_NAME: encode_plan(plan), **making.files, **making.manifests}
    return Package(
        files=files,
        plan=plan,
        focus=estimate((len(task.window) for task in tasks), prices=options.prices),
        everything=work_of_everything(reviewed, options),
        problems=tuple(dict.fromkeys(making.problems)),
        copies=tuple(making.copies),
    )


def _tasks(reviewed: Reviewed, options: ExportOptions, *, is_alone: bool) -> list[WindowTask]:
    windows = windows_of(reviewed, options)
    if not windows:
        return []
    sequence = reviewed.sequence
    prefix = options.prefix
    if prefix and not is_alone:
        prefix = f"{folder_address(prefix)}{sequence.name}/"
    origin = origin_of(sequence, prefix=prefix, audit=options.audit_attribute)
    inside, _, _ = fitted(reviewed.labels, width=sequence.width, height=sequence.height)
    return [WindowTask(reviewed, inside, origin, window) for window in windows]


def _one_audit(tasks: Sequence[WindowTask]) -> str:
    names = sorted({task.origin.audit_attribute for task in tasks})
    if len(names) > 1:
        raise HandoffError(
            f"these sequences were labelled under several names ({', '.join(names)}); "
            "export them one job at a time"
        )
    kinds = {task.reviewed.sequence.task for task in tasks}
    if len(kinds) > 1:
        raise HandoffError("tracking and detection labels need jobs of their own")
    return names[0]


def _result_name(options: ExportOptions, audit: str) -> str:
    name = options.result_attribute or result_attribute_for(audit)
    wrong = attribute_name_wrong(name, is_reference=True)
    if wrong:
        raise HandoffError(wrong)
    if name == audit:
        raise HandoffError(f"the result cannot be called {name!r}, like the labels to correct")
    return name


def _questions(tasks: Sequence[WindowTask]) -> Questions:
    """Return what a verification asks for, under names that are not taken in any sequence."""
    return Questions.beside(
        (task.origin.config for task in tasks),
        labels=(task.reviewed.labels for task in tasks),
        specs=(spec for task in tasks for spec in task.reviewed.sequence.specs),
    )


def _tell_placeholders(making: _Making, tasks: Sequence[WindowTask]) -> None:
    if not making.options.destination:
        making.problems.append(
            Problem(
                "it was not said where in S3 the package will be, so the manifest names "
                f"{making.destination}; export again with a destination before launching a job"
            )
        )
    for task in tasks:
        if task.origin.is_prefix_made_up:
            making.problems.append(
                Problem(
                    f"the labels of {task.reviewed.sequence.name} do not say where in S3 the "
                    f"frames are, so {task.origin.prefix} stands there; export again and say it"
                )
            )


def _job(making: _Making, job: int, tasks: Sequence[WindowTask], audit: str) -> None:
    lines, places, contents = [], [], []
    has_several = len({task.reviewed.sequence.name for task in tasks}) > 1
    for line, task in enumerate(tasks):
        folder = f"job-{job}/{line}"
        cut = excerpt(
            task.reviewed.sequence,
            task.reviewed.labels,
            frame_start=task.window.frame_start,
            frame_end=task.window.frame_end,
        )
        inside = _inside_image(making, task, cut)
        file: SequenceFile | None = cut.detail.get("sequence_file")
        prefix = _prefix(making, task, cut, folder)
        making.files[f"{folder}/{SEQUENCE_NAME}"] = encode_sequence_file(
            sequence_number=line + 1,
            prefix=prefix,
            names=cut.frame_names,
            extra=file.extra if file else None,
            frame_extra=file.extra_of(cut.frame_names) if file else None,
        )
        making.files[f"{folder}/{LABELS_NAME}"] = encode_window(
            task.reviewed.sequence,
            task.fitted,
            start=task.window.frame_start,
            stop=task.window.frame_end + 1,
        )
        lines.append(_manifest_line(task, inside, f"{making.destination}{folder}/"))
        planned = planned_window(task, job=job, line=line, folder=folder)
        making.windows.append(planned)
        places += places_of(planned, name_sequences=has_several)
        contents.append(inside)
    config = follow_up_config(
        tasks[0].origin.config,
        labels=contents,
        specs=[spec for task in tasks for spec in task.reviewed.sequence.specs],
        audit_attribute=audit,
        places=places,
        follow=making.options.follow,
        locked=making.options.locked,
        questions=making.questions,
    )
    _take_words(making, config, places)
    making.problems += config_problems(config, path=f"job-{job}/{CONFIG_NAME}")
    making.nameable |= names_to_lock(config)
    making.files[f"job-{job}/{CONFIG_NAME}"] = _json(config)
    making.manifests[f"job-{job}/{MANIFEST_NAME}"] = b"".join(lines)


def _take_words(making: _Making, config: dict[str, Any], places: Sequence[Place]) -> None:
    """Let workers read the instructions of the job settings, where they have any."""
    preset = making.options.preset
    if preset is None or not (preset.short_instruction or preset.full_instruction):
        return
    texts = config["instructions"]
    if preset.short_instruction:
        texts["shortInstruction"] = short_filled(preset.short_instruction, places)
    if preset.full_instruction:
        texts["fullInstruction"] = full_filled(preset.full_instruction, places)


def _prefix(making: _Making, task: WindowTask, cut: model.Sequence, folder: str) -> str:
    """Return where the frames of a window will be; note copies when it is a place of their own."""
    original = task.origin.prefix
    if making.options.sending != "copies":
        return original
    own = f"{making.destination}{folder}/{FRAMES_FOLDER}/"
    making.copies += [(f"{original}{name}", f"{own}{name}") for name in cut.frame_names]
    return own


def _tell_unlocked(making: _Making) -> None:
    for name in sorted(set(making.options.locked) - making.nameable):
        known = ", ".join(sorted(making.nameable))
        making.problems.append(
            Problem(
                f"no label and no attribute of these jobs is called {name!r}, so nothing is locked "
                f"by that name; there are {known}"
            )
        )


def _copy_list(copies: Sequence[tuple[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("from", "to"))
    writer.writerows(copies)
    return text.getvalue().encode("utf-8")


def _requests(making: _Making, preset: JobPreset, task: model.Task) -> None:
    """Add the request of every job, and what the service would refuse about it."""
    build = tracking_request if task is Task.TRACKING else detection_request
    for number in range(1, len(making.manifests) + 1):
        base = f"{making.destination}job-{number}/"
        settings = preset.settings(
            number=number,
            jobs=len(making.manifests),
            label_attribute=making.result_attribute,
            manifest_uri=base + MANIFEST_NAME,
            config_uri=base + CONFIG_NAME,
        )
        request = build(settings, is_audit=True)
        name = f"job-{number}/{REQUEST_NAME}"
        making.problems += request_problems(request, path=name)
        making.files[name] = _json(request)


def _inside_image(making: _Making, task: WindowTask, cut: model.Sequence) -> model.Labels:
    """Return a window's labels as they are sent; how many boxes that changed is told later."""
    inside, clipped, dropped = fitted(cut.labels, width=cut.width, height=cut.height)
    making.clipped[task.reviewed.sequence.name] += clipped
    making.dropped[task.reviewed.sequence.name] += dropped
    return inside


def _tell_guessed(making: _Making, tasks: Sequence[WindowTask]) -> None:
    """Say which pictures are named only by guess: no file lists them, and they may not exist."""
    guessed: dict[str, list[str]] = {}
    for task in tasks:
        sequence, window = task.reviewed.sequence, task.window
        is_ours = sequence.source is not None and sequence.source.format_name == GROUND_TRUTH
        if is_ours and sequence.detail.get("sequence_file") is None:
            frames = np.arange(window.frame_start, window.frame_end + 1)
            unlisted = frames[~sequence.labels.listed[frames]]
            names = guessed.setdefault(sequence.name, [])
            names += [sequence.frame_names[frame] for frame in unlisted]
    for name, pictures in guessed.items():
        if pictures:
            text = (
                f"the labels do not list {counted(len(pictures), 'frame')} of these windows, and "
                f"there is no sequence file, so the names are guesses; the first is {pictures[0]}"
            )
            making.problems.append(Problem(text, name))


def _tell_outside(making: _Making) -> None:
    for name, count in making.clipped.items():
        if count:
            text = f"{count:,} boxes reach outside the image and are sent cut at its edge"
            making.problems.append(Problem(text, name, severity=Severity.NOTE))
    for name, count in making.dropped.items():
        if count:
            text = f"{count:,} boxes lie outside the image and are not sent"
            making.problems.append(Problem(text, name))


def _manifest_line(task: WindowTask, labels: model.Labels, base: str) -> bytes:
    """Return the line that offers a window's labels under the name of the job that made them."""
    origin = task.origin
    metadata = origin.result_metadata(task.reviewed.sequence.task, labels)
    line = {
        "source-ref": f"{base}{SEQUENCE_NAME}",
        **origin.passthrough,
        origin.audit_attribute: f"{base}{LABELS_NAME}",
        f"{origin.audit_attribute}-metadata": metadata,
    }
    return msgspec.json.encode(line) + b"\n"


def _plan(making: _Making, tasks: Sequence[WindowTask], audit: str) -> Plan:
    by_name = {task.reviewed.sequence.name: task for task in tasks}
    return Plan(
        program=f"trackproof {__version__}",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        sending=making.options.sending,
        follow=making.options.follow.value,
        destination=making.destination,
        audit_attribute=audit,
        result_attribute=making.result_attribute,
        sequences=tuple(planned_sequence(task) for task in by_name.values()),
        windows=tuple(making.windows),
        verdict_attribute=making.questions.verdict,
        note_attribute=making.questions.note,
    )


def _json(document: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
