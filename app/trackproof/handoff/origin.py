"""What the labels' own job says about a sequence, and what stands in where it says nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackproof.errors import HandoffError
from trackproof.formats.ground_truth_manifest import METADATA, is_of_job
from trackproof.handoff.addresses import folder_address, placeholder
from trackproof.handoff.request_rules import attribute_name_wrong
from trackproof.labels import Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.labels import Labels, Sequence

DEFAULT_ATTRIBUTE = "labels-ref"
"""Name under which labels are offered that no job has named yet."""

TASK_TYPES = {
    Task.TRACKING: "groundtruth/video-object-tracking",
    Task.DETECTION: "groundtruth/video-object-detection",
}
assert set(TASK_TYPES) == set(Task)

NAME_CHARACTERS = 127


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where labels came from, as far as a follow-up job needs to know.

    Parameters
    ----------
    prefix : str
        S3 folder of the frames, with its slash.
    audit_attribute : str
        Label attribute name of the labels.
    metadata : mapping
        Their metadata object in the manifest; empty when there was none.
    passthrough : mapping
        Keys of the manifest line that belong to no job.
    source_ref : str
        Sequence file that the manifest named.
    config : mapping or None
        Label category configuration of the job.
    is_prefix_made_up : bool
        True when nobody said where the frames are.
    """

    prefix: str
    audit_attribute: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    passthrough: Mapping[str, Any] = field(default_factory=dict)
    source_ref: str = ""
    config: Mapping[str, Any] | None = None
    is_prefix_made_up: bool = False

    def result_metadata(self, task: Task, labels: Labels) -> dict[str, Any]:
        """Return the metadata of labels, with a class map that covers every class they use."""
        class_map = dict(self.metadata.get("class-map", {}))
        for number, category in enumerate(labels.categories):
            class_map[category.class_id or str(number)] = category.name
        return {**self.metadata, "class-map": class_map, "type": TASK_TYPES[task]}


def origin_of(sequence: Sequence, *, prefix: str = "", audit: str = "") -> Origin:
    """Return where a sequence's labels came from.

    Parameters
    ----------
    prefix : str
        S3 folder of the frames, which overrides what the labels say.
    audit : str
        Label attribute name, which overrides what the labels say.

    Raises
    ------
    HandoffError
        When a given name or address cannot be used.
    """
    line: Mapping[str, Any] = sequence.detail.get("manifest_line") or {}
    found = str(sequence.detail.get("label_attribute") or "")
    said = folder_address(prefix) if prefix else _s3_folder(sequence.frames_hint)
    name = audit or audited_name(sequence)
    wrong = attribute_name_wrong(name, is_reference=True)
    if wrong:
        raise HandoffError(wrong)
    return Origin(
        prefix=said or placeholder("frames", sequence.name),
        audit_attribute=name,
        metadata=line.get(f"{found}-metadata") or {},
        passthrough=_passthrough(line),
        source_ref=str(line.get("source-ref", "")),
        config=sequence.detail.get("label_config"),
        is_prefix_made_up=not said,
    )


def audited_name(sequence: Sequence) -> str:
    """Return the label attribute name under which a follow-up job audits these labels."""
    return _usable(str(sequence.detail.get("label_attribute") or ""))


def result_attribute_for(audit: str) -> str:
    """Return a name for corrected labels: not the old one, and not longer than allowed."""
    return f"{audit.removesuffix('-ref')[: NAME_CHARACTERS - 8].rstrip('-')}-adj-ref"


def _s3_folder(hint: str) -> str:
    return folder_address(hint) if hint.startswith("s3://") else ""


def _usable(name: str) -> str:
    """Return a name that a follow-up job can audit: results of old jobs may lack ``-ref``."""
    if not name:
        return DEFAULT_ATTRIBUTE
    return name if name.endswith("-ref") else f"{name}-ref"


def _passthrough(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that are neither the source nor a job's result.

    Results of other jobs stay behind: their files number the frames of the whole sequence, not
    those of a window.
    """
    results = {
        key.removesuffix(METADATA)
        for key, metadata in line.items()
        if key.endswith(METADATA) and is_of_job(key.removesuffix(METADATA), metadata)
    }
    results |= {f"{name}{METADATA}" for name in results} | {"source-ref"}
    return {key: value for key, value in line.items() if key not in results}
