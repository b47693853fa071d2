"""Raw answers of workers, as a labeling job leaves them behind, where there are any.

Their shape is only partly documented, so files that hold something else are passed over and nothing
may depend on them. Worker ids are personal data: they tell answers apart and are not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import StorageError
from trackproof.progress import NO_PROGRESS
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from trackproof.progress import Progress

FOLDER = "worker-response"
RESPONSES = f"annotations/{FOLDER}"
LARGEST_FILE = 50_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What one worker said about one line of a manifest.

    Parameters
    ----------
    line : int
        Zero-based line of the manifest, from the folder's name; -1 when it does not say.
    worker : str
        Worker id, empty when there is none; kept out of ``repr`` and reports.
    time_s : float or None
        Active time, seconds.
    submitted : str
        When it was handed in; ISO 8601, so that texts sort as times do.
    content : mapping
        ``answerContent``.
    """

    line: int
    worker: str = field(repr=False)
    time_s: float | None
    submitted: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file that may hold raw answers.

    Parameters
    ----------
    line : int
        Zero-based line of the manifest that it is about; -1 when nobody knows.
    path : Path
        Where it is, or a copy of it.
    """

    line: int
    path: Path


def answer_files(results: Path) -> list[AnswerFile]:
    """Return the files below a job's output folder that may hold raw answers."""
    files = sorted(results.rglob(f"{RESPONSES}/**/*.json")) if results.is_dir() else []
    return [AnswerFile(line_of(file.parts), file) for file in files]


def read_answers(
    files: Sequence[AnswerFile], *, progress: Progress = NO_PROGRESS
) -> Iterator[Answer]:
    """Yield the raw answers that files hold; none of files that hold something else.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    for done, file in enumerate(files):
        progress.step(done, len(files))
        for answer in _listed(file.path):
            worker, submitted = answer.get("workerId"), answer.get("submissionTime")
            content = answer.get("answerContent")
            yield Answer(
                line=file.line,
                worker=worker if isinstance(worker, str) else "",
                time_s=_seconds(answer.get("timeSpentInSeconds")),
                submitted=submitted if isinstance(submitted, str) else "",
                content=content if isinstance(content, dict) else {},
            )


def line_of(parts: Sequence[str]) -> int:
    """Return the manifest line of ``.../worker-response/iteration-<i>/<line>/<file>``; else -1."""
    if FOLDER not in parts:
        return -1
    after = parts[len(parts) - list(parts)[::-1].index(FOLDER) :]
    name = after[1] if len(after) > 2 else ""
    return int(name) if name.isascii() and name.isdigit() and len(name) < 10 else -1


def _listed(file: Path) -> Iterator[Mapping[str, Any]]:
    try:
        document: Any = (
            msgspec.json.decode(read_bytes(file)) if file.stat().st_size <= LARGEST_FILE else None
        )
    except (StorageError, OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    answers = document.get("answers") if isinstance(document, dict) else None
    for answer in answers if isinstance(answers, list) else ():
        if isinstance(answer, dict):
            yield answer


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return float(value)
