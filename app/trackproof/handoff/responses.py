"""How long workers took, from the raw answers that a job leaves behind, where there are any.

Worker ids are personal data: they only tell answers apart here and are not shown unless asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import StorageError
from trackproof.progress import NO_PROGRESS
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from trackproof.progress import Progress

RESPONSES = "annotations/worker-response"
LARGEST_FILE = 50_000_000


@dataclass(frozen=True, slots=True)
class Effort:
    """What the answers of a job say about the work.

    Parameters
    ----------
    answers : int
        Answers that state who gave them or how long they took.
    time_s : float
        Active time of all answers, seconds.
    by_worker_s : mapping of str to float
        Active time by worker id, seconds; kept out of ``repr`` and reports.
    """

    answers: int = 0
    time_s: float = 0.0
    by_worker_s: Mapping[str, float] = field(default_factory=dict, repr=False)

    @property
    def workers(self) -> int:
        """How many people answered."""
        return len(self.by_worker_s)


def read_effort(results: Path, *, progress: Progress = NO_PROGRESS) -> Effort:
    """Return what the raw answers below an output folder say; nothing when there are none.

    Files that are no answers are passed over: their shape is not documented, and nothing depends
    on them.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    files = sorted(results.rglob(f"{RESPONSES}/**/*.json")) if results.is_dir() else []
    answers, time_s = 0, 0.0
    by_worker_s: dict[str, float] = {}
    for done, file in enumerate(files):
        progress.step(done, len(files))
        for worker, spent_s in _answers(file):
            answers += 1
            time_s += spent_s
            if worker:
                by_worker_s[worker] = by_worker_s.get(worker, 0.0) + spent_s
    return Effort(answers, time_s, by_worker_s)


def _answers(file: Path) -> Iterator[tuple[str, float]]:
    try:
        document: Any = (
            msgspec.json.decode(read_bytes(file)) if file.stat().st_size <= LARGEST_FILE else None
        )
    except (StorageError, OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    answers = document.get("answers") if isinstance(document, dict) else None
    for answer in answers if isinstance(answers, list) else ():
        if not isinstance(answer, dict):
            continue
        worker, spent = answer.get("workerId"), _seconds(answer.get("timeSpentInSeconds"))
        if isinstance(worker, str) or spent is not None:
            yield worker if isinstance(worker, str) else "", spent or 0.0


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return float(value)
