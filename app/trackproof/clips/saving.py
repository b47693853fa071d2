"""Write decisions about clips as the lines of an output manifest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackproof.clips.lines import BOM, CLASS, FAILURES, with_values
from trackproof.clips.model import DEFAULT_TYPE
from trackproof.errors import FormatError
from trackproof.formats.ground_truth_manifest import LONGEST_LINE, METADATA
from trackproof.formats.ground_truth_tolerant import parsed
from trackproof.storage import read_bytes, write_atomic

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from trackproof.clips.model import Categories, Clip, ClipSet
    from trackproof.clips.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """What one clip shall be labelled as.

    Parameters
    ----------
    label : str
        Category name.
    at : datetime
        When it was decided.
    confidence : float
        0 to 1. The service writes 0 when a single person labelled, and so do verdicts here.
    """

    label: str
    at: datetime
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Written:
    """What a new manifest holds.

    Parameters
    ----------
    data : bytes
        The manifest.
    attribute : str
        Label attribute of the decisions.
    lines : int
        Lines in all.
    changed, confirmed : int
        Clips whose label is another one or new, and clips that keep the label they had.
    unlabelled : int
        Clips that hold no label under the attribute; their lines are as they were.
    """

    data: bytes
    attribute: str
    lines: int
    changed: int
    confirmed: int
    unlabelled: int


def encode_manifest(
    clips: ClipSet,
    decisions: Mapping[str, Decision],
    *,
    attribute: str = "",
    categories: Categories | None = None,
    only_labelled: bool = False,
) -> Written:
    """Return the manifest with some decisions.

    Lines without a decision keep every byte, and so do keys and values that a decision does not
    concern. A decision for the label that a person gave already changes nothing.

    Parameters
    ----------
    decisions : mapping of str to Decision
        By clip key.
    attribute : str
        Label attribute to write; that of the manifest when empty. Another one keeps the old result.
    categories : Categories or None
        Labels with their indices; those of the manifest when left out.
    only_labelled : bool
        Whether to leave lines out that hold no label under the attribute.

    Raises
    ------
    FormatError
        When the manifest has changed since it was opened, or a line would grow too long.
    StorageError
        When it cannot be read.
    """
    data = _unchanged(clips)
    name = attribute or clips.own_attribute
    index_of = (categories or clips.categories).plus(
        *sorted({decision.label for decision in decisions.values()})
    )
    encoder = _Encoder(clips, name, index_of)
    by_number = {clip.number: clip for clip in clips.clips}
    pieces: list[bytes] = []
    for number, row in enumerate(data.splitlines(keepends=True)):
        clip = by_number.get(number)
        decision = decisions.get(clip.key) if clip is not None else None
        line, is_labelled = encoder.line(row, clip, decision)
        if is_labelled or not only_labelled:
            pieces.append(line)
    return Written(
        b"".join(pieces),
        name,
        len(pieces),
        encoder.changed,
        encoder.confirmed,
        encoder.unlabelled,
    )


def write_manifest(path: Path, written: Written, *, overwrite: bool = False) -> None:
    """Write a manifest completely or not at all.

    Raises
    ------
    StorageError
        When it cannot be written, or exists and ``overwrite`` is not set.
    """
    write_atomic(path, written.data, overwrite=overwrite)


def selected_lines(clips: ClipSet, keys: Collection[str] | None = None) -> bytes:
    """Return the lines of some clips as they are, each with a line break; of all by default.

    Raises
    ------
    FormatError
        When the manifest has changed since it was opened.
    StorageError
        When it cannot be read.
    """
    numbers = {clip.number for clip in clips.clips if keys is None or clip.key in keys}
    rows = _unchanged(clips).removeprefix(BOM).splitlines()
    return b"".join(row + b"\n" for number, row in enumerate(rows) if number in numbers)


def _unchanged(clips: ClipSet) -> bytes:
    data = read_bytes(clips.path)
    if hashlib.sha256(data).hexdigest() != clips.digest:
        raise FormatError(
            "the manifest has changed since it was opened; open it again, verdicts are kept",
            path=clips.path,
        )
    return data


class _Encoder:
    """Makes lines and counts what became of them."""

    def __init__(self, clips: ClipSet, attribute: str, categories: Categories) -> None:
        self.changed = self.confirmed = self.unlabelled = 0
        self._clips = clips
        self._attribute = attribute
        self._categories = categories

    def line(self, row: bytes, clip: Clip | None, decision: Decision | None) -> tuple[bytes, bool]:
        """Return a line and whether it holds a label under the attribute."""
        if clip is None:
            return row, False
        is_own = self._attribute == self._clips.attribute
        if decision is None:
            is_labelled = bool(clip.label) if is_own else self._has_label(row)
            self.unlabelled += not is_labelled
            return row, is_labelled
        if decision.label == clip.label:
            self.confirmed += 1
        else:
            self.changed += 1
        if is_own and decision.label == clip.label and clip.is_human is not False:
            return row, True
        return self._with(row, decision, clip), True

    def _has_label(self, row: bytes) -> bool:
        metadata = parsed(row).get(f"{self._attribute}{METADATA}")
        return isinstance(metadata, dict) and CLASS in metadata

    def _with(self, row: bytes, decision: Decision, clip: Clip) -> bytes:
        content = row.rstrip(b"\r\n")
        mark = BOM if content.startswith(BOM) else b""
        text = content.removeprefix(mark).decode("utf-8")
        document = parsed(text.encode("utf-8"))
        index = self._categories.index_of[decision.label]
        old = document.get(self._attribute)
        is_text = isinstance(old, str) or (old is None and self._clips.writes_text)
        values = {
            self._attribute: str(index) if is_text else index,
            f"{self._attribute}{METADATA}": self._metadata(
                document.get(f"{self._attribute}{METADATA}"), decision
            ),
        }
        line = with_values(text, values)
        if len(line) > LONGEST_LINE:
            raise FormatError(
                f"the line would have {len(line):,} characters; the service takes at most "
                f"{LONGEST_LINE:,}",
                path=self._clips.path,
                location=f"line {clip.number + 1}",
            )
        return mark + line.encode("utf-8") + row[len(content) :]

    def _metadata(self, old: Any, decision: Decision) -> dict[str, Any]:
        """Return the metadata of a decision; keys that are not known stay."""
        kept = (
            {key: value for key, value in old.items() if key not in FAILURES}
            if (isinstance(old, dict))
            else {}
        )
        at = decision.at.astimezone(UTC).replace(tzinfo=None)
        own = {
            CLASS: decision.label,
            "confidence": decision.confidence,
            "type": kept.get("type") or self._clips.kind or DEFAULT_TYPE,
            "job-name": kept.get("job-name")
            or (self._clips.job_name if self._attribute == self._clips.attribute else "")
            or f"labeling-job/{self._attribute}",
            "human-annotated": "yes",
            "creation-date": at.isoformat(timespec="microseconds"),
        }
        return {**{key: own.get(key, value) for key, value in kept.items()}, **own}


def decisions_of(verdicts: Mapping[str, Verdict]) -> dict[str, Decision]:
    """Return the decisions that verdicts hold; comments alone decide nothing."""
    return {
        key: Decision(verdict.label, datetime.fromtimestamp(verdict.at, UTC))
        for key, verdict in verdicts.items()
        if verdict.label
    }
