"""Sequence files: the ordered frames of one video, as a labeling job names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from trackproof.errors import FormatError
from trackproof.formats.ground_truth_tolerant import json_reason, parsed, short
from trackproof.storage import is_s3_uri, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from trackproof.formats.problems import Problems


FRAME_KEYS = frozenset({"frame", "frame-no"})


@dataclass(frozen=True, slots=True, eq=False)
class SequenceFile:
    """The content of a sequence file.

    Parameters
    ----------
    path : Path
        Local file.
    prefix : str
        Folder of the frames, with its slash.
    names : tuple of str
        File name of every frame, in the order of the file.
    numbers : (frames,) int64
        ``frame-no`` of every frame.
    sequence_number : int
        ``seq-no``; 0 when the file has none.
    extra : mapping
        Other keys, as read.
    frame_extra : tuple of mapping
        Other keys of every frame, as read; a capture time among them.
    """

    path: Path
    prefix: str
    names: tuple[str, ...]
    numbers: npt.NDArray[np.int64]
    sequence_number: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)
    frame_extra: tuple[Mapping[str, Any], ...] = ()

    def extra_of(self, names: Iterable[str]) -> list[Mapping[str, Any]]:
        """Return the other keys of some frames by name; none for names that it lacks."""
        known = dict(zip(self.names, self.frame_extra, strict=True))
        return [known.get(name, {}) for name in names]


def read_sequence_file(path: Path, problems: Problems) -> SequenceFile:
    """Return the content of a sequence file.

    Raises
    ------
    FormatError
        When it is none.
    StorageError
        When it cannot be read.
    """
    document = _document(path)
    frames = document.get("frames")
    if not isinstance(frames, list):
        raise FormatError("is no sequence file: it has no list called frames", path=path)
    names, numbers, extra = _frames(frames, path, problems)
    if not names:
        raise FormatError("the sequence file lists no frame that can be used", path=path)
    stated = document.get("number-of-frames")
    if stated is not None and stated != len(frames):
        problems.add(
            "frame count",
            f"{path.name} says number-of-frames {short(stated)}, but lists {len(frames)}",
        )
    order = np.array(numbers, dtype=np.int64)
    if (np.diff(order) < 0).any():
        problems.add(
            "frame order",
            f"{path.name} does not list frames by ascending frame-no; its own order is used",
        )
    prefix = document.get("prefix")
    number = document.get("seq-no")
    known = {"frames", "prefix", "number-of-frames", "seq-no"}
    return SequenceFile(
        path=path,
        prefix=_prefix(prefix if isinstance(prefix, str) else ""),
        names=tuple(names),
        numbers=order,
        sequence_number=number if isinstance(number, int) else 0,
        extra={key: value for key, value in document.items() if key not in known},
        frame_extra=tuple(extra),
    )


def encode_sequence_file(
    *,
    sequence_number: int,
    prefix: str,
    names: Sequence[str],
    numbers: Sequence[int] | None = None,
    extra: Mapping[str, Any] | None = None,
    frame_extra: Sequence[Mapping[str, Any]] | None = None,
) -> bytes:
    """Return a sequence file; frames are numbered from 0 unless numbers are given.

    Parameters
    ----------
    extra : mapping or None
        Other keys of the file.
    frame_extra : sequence of mapping or None
        Other keys of every frame.
    """
    others = [{}] * len(names) if frame_extra is None else frame_extra
    counted = range(len(names)) if numbers is None else numbers
    document = {
        "seq-no": sequence_number,
        "prefix": _prefix(prefix),
        "number-of-frames": len(names),
        **(extra or {}),
        "frames": [
            {"frame-no": number, "frame": name, **other}
            for number, name, other in zip(counted, names, others, strict=True)
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _document(path: Path) -> Mapping[str, Any]:
    data = read_bytes(path)
    try:
        document = parsed(data.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON: {json_reason(error)}", path=path) from error
    if not isinstance(document, Mapping):
        raise FormatError(f"holds {short(document)} where an object should be", path=path)
    return document


def _frames(
    frames: list[Any], path: Path, problems: Problems
) -> tuple[list[str], list[int], list[Mapping[str, Any]]]:
    names, numbers = [], []
    extra: list[Mapping[str, Any]] = []
    for place, frame in enumerate(frames):
        name = frame.get("frame") if isinstance(frame, dict) else None
        if not isinstance(name, str) or not name:
            problems.error(
                "frames of the sequence file without a name",
                f"{short(frame)} names no frame; left out",
                location=f"{path.name}, frames[{place}]",
            )
            continue
        names.append(name)
        numbers.append(_number(frame.get("frame-no"), place, path, problems))
        extra.append({key: one for key, one in frame.items() if key not in FRAME_KEYS})
    return names, numbers, extra


def _number(value: object, place: int, path: Path, problems: Problems) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return value
    problems.add(
        "frame numbers of the sequence file that are none",
        f"frame-no is {short(value)}; the place in the list stands for it",
        location=f"{path.name}, frames[{place}]",
    )
    return place


def _prefix(text: str) -> str:
    """Return a folder with its slash, which old files leave out."""
    return f"{text}/" if text and not text.endswith("/") and is_s3_uri(text) else text
