"""The plan file: how the windows of a package map to the frames they came from.

It lies beside the package, never goes to workers, and is all that merge-back needs besides the
files that were sent and the files that came back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from trackproof.errors import HandoffError, StorageError
from trackproof.handoff.label_config import NOTE_ATTRIBUTE, VERDICT_ATTRIBUTE, Questions
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

PLAN_NAME = "plan.json"
PLAN_VERSION = 1

Sending = Literal["windows", "copies", "whole"]

Count = Annotated[int, msgspec.Meta(ge=0, lt=10_000_000)]
"""A number of frames, windows or jobs; more than four days of video are a slip in the file."""


class PlannedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """Why a window was sent: one flag, in frames of the original sequence.

    ``key`` is the flag's own in the review; plans of older versions lack it.
    """

    frame_start: Count
    frame_end: Count
    object_id: str
    object_name: str
    score: float
    checks: tuple[str, ...]
    evidence: str
    other_object_id: str = ""
    key: str = ""


class PlannedSequence(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence that was reviewed.

    ``labels_sha256`` is the hash of the label file as it was read; it is empty when the labels
    came from no file.
    """

    name: str
    frames: Count
    prefix: str
    labels: str
    labels_sha256: str = ""
    source_ref: str = ""


class PlannedWindow(msgspec.Struct, frozen=True, kw_only=True):
    """One task: frame ``i`` of the window is frame ``frame_start + i`` of the sequence.

    ``folder`` is relative to the plan. ``frame_numbers`` are the original file's own numbers.
    """

    job: Count
    line: Count
    folder: Annotated[str, msgspec.Meta(pattern=r"^job-\d+/\d+$")]
    sequence: str
    frame_start: Count
    frame_end: Count
    flagged: tuple[tuple[int, int], ...]
    frame_names: tuple[str, ...]
    frame_numbers: tuple[int, ...]
    flags: tuple[PlannedFlag, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent, from where, under which names.

    ``verdict_attribute`` and ``note_attribute`` are what a verification asked workers for; plans of
    older versions lack them, and those always used these names.
    """

    version: int = PLAN_VERSION
    program: str
    created: str
    sending: Sending
    follow: Literal["adjustment", "verification"] = "adjustment"
    destination: str
    audit_attribute: str
    result_attribute: str
    sequences: tuple[PlannedSequence, ...]
    windows: tuple[PlannedWindow, ...]
    verdict_attribute: str = VERDICT_ATTRIBUTE
    note_attribute: str = NOTE_ATTRIBUTE

    @property
    def questions(self) -> Questions:
        """What the attributes are called in which workers of a verification answer."""
        return Questions(self.verdict_attribute, self.note_attribute)

    def sequence(self, name: str) -> PlannedSequence:
        """Return a sequence by name.

        Raises
        ------
        HandoffError
            When the plan does not name it.
        """
        for one in self.sequences:
            if one.name == name:
                return one
        raise HandoffError(f"the plan names no sequence {name!r}")


def decode_plan(data: bytes) -> Plan | None:
    """Return the plan in some bytes; None when they hold none of this version."""
    try:
        plan = msgspec.json.decode(data, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return plan if plan.version == PLAN_VERSION else None


def encode_plan(plan: Plan) -> bytes:
    """Return the plan as indented JSON, for people to read too."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"


def read_plan(path: Path) -> Plan:
    """Read a plan file, or the one in a package folder.

    Raises
    ------
    HandoffError
        When there is none, or it is not a plan that this version understands.
    """
    file = path / PLAN_NAME if path.is_dir() else path
    try:
        data = read_bytes(file)
    except StorageError as error:
        raise HandoffError(
            f"the plan {error.message}; point at the exported package", path=file
        ) from error
    try:
        plan = msgspec.json.decode(data, type=Plan)
    except msgspec.MsgspecError as error:
        raise HandoffError(f"this is not a plan file: {error}", path=file) from error
    if plan.version != PLAN_VERSION:
        raise HandoffError(
            f"the plan has version {plan.version}; this program reads version {PLAN_VERSION}",
            path=file,
        )
    return plan
