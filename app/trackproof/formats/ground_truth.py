"""Amazon SageMaker Ground Truth: video object tracking and video object detection."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackproof.errors import FormatError, Problem, Severity, StorageError
from trackproof.formats.ground_truth_job import LABELS_NAME, read_alone, read_job
from trackproof.formats.ground_truth_labels import write_labels
from trackproof.formats.ground_truth_losses import written_losses
from trackproof.formats.ground_truth_reading import NAME
from trackproof.formats.losses import ALL_SHAPES, ANY, Holds
from trackproof.formats.model import Format, Opened

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.progress import Progress

HEAD, TAIL = 65_536, 65_536

_LABELS = re.compile(rb'"(tracking|detection)-annotations"')
_MANIFEST = re.compile(rb'^\s*(\xef\xbb\xbf)?\s*\{.*"source(-ref)?"\s*:', re.DOTALL)

_MANIFEST_PLACES = (
    "manifests/output/output.manifest",
    "output.manifest",
    "*/manifests/output/output.manifest",
    "adjustment.manifest",
    "*.manifest",
    "*/*.manifest",
)
_LABEL_PLACES = (
    LABELS_NAME,
    f"annotations/consolidated-annotation/output/*/{LABELS_NAME}",
    f"*/{LABELS_NAME}",
)


def _sniff(path: Path) -> bool:
    try:
        if path.is_dir():
            return bool(manifests_in(path) or _label_files(path))
        head, tail = _ends(path)
    except OSError:
        return False
    return bool(_LABELS.search(head) or _LABELS.search(tail) or _MANIFEST.match(head))


def holds_labels(path: Path) -> bool:
    """Return whether a file is a label file rather than a manifest or something else.

    Raises
    ------
    StorageError
        When it cannot be read.
    """
    try:
        head, tail = _ends(path)
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror}", path=path) from error
    return bool(_LABELS.search(head) or _LABELS.search(tail))


def _ends(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        stream.seek(0, 2)
        stream.seek(max(stream.tell() - TAIL, 0))
        return head, stream.read(TAIL)


def _read(path: Path, *, root: Path | None, progress: Progress) -> Opened:
    if path.is_dir():
        return _read_folder(path, root=root, progress=progress)
    if holds_labels(path):
        return read_alone(path, progress=progress)
    return read_job(path, root=root, progress=progress)


def _read_folder(folder: Path, *, root: Path | None, progress: Progress) -> Opened:
    manifests = manifests_in(folder)
    parts, failures = [], []
    for path in manifests or _label_files(folder):
        try:
            parts.append(
                read_job(path, root=root, progress=progress)
                if manifests
                else read_alone(path, progress=progress)
            )
        except (FormatError, StorageError) as error:
            failures.append(error)
    if not parts:
        if failures:
            raise failures[0]
        raise FormatError("the folder holds neither a manifest nor a SeqLabel.json", path=folder)
    told = [
        Problem(e.message, str(e.path or ""), e.location or "", Severity.ERROR) for e in failures
    ]
    return Opened(
        sequences=tuple(sequence for part in parts for sequence in part.sequences),
        problems=(*told, *(problem for part in parts for problem in part.problems)),
        path=folder,
        format_name=NAME,
    )


def manifests_in(folder: Path) -> list[Path]:
    """Return the manifests of the first place that holds any; the output comes first."""
    for place in _MANIFEST_PLACES:
        found = sorted(path for path in folder.glob(place) if path.is_file())
        if found:
            return found
    return []


def _label_files(folder: Path) -> list[Path]:
    for place in _LABEL_PLACES:
        found = [path for path in folder.glob(place) if path.is_file()]
        if found:
            return sorted(found, key=_by_number)
    return []


def _by_number(path: Path) -> tuple[int, str]:
    """Order job output as its manifest does: folders are numbers without leading zeros."""
    name = path.parent.name
    return (int(name) if name.isascii() and name.isdigit() and len(name) < 16 else -1, str(path))


FORMAT = Format(
    name=NAME,
    title="SageMaker Ground Truth",
    description="a SeqLabel.json, a manifest, or the output folder of a labeling job",
    extensions=(".json", ".manifest", ".jsonl"),
    sniff=_sniff,
    read=_read,
    write=write_labels,
    holds=Holds(
        shapes=ALL_SHAPES,
        mixed=False,
        text_ids=True,
        object_names=True,
        attributes=ANY,
        frame_attributes=True,
        unlisted=True,
        frame_names=True,
        own_keys=True,
        extra=written_losses,
    ),
    ending=".json",
)
