"""How long workers took, from the raw answers that a job leaves behind, where there are any.

Worker ids are personal data: they only tell answers apart here and are not shown unless asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackproof.formats.ground_truth_responses import answer_files, read_answers
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackproof.progress import Progress


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
    answers, time_s = 0, 0.0
    by_worker_s: dict[str, float] = {}
    for answer in read_answers(answer_files(results), progress=progress):
        if not answer.worker and answer.time_s is None:
            continue
        answers += 1
        time_s += answer.time_s or 0.0
        if answer.worker:
            by_worker_s[answer.worker] = by_worker_s.get(answer.worker, 0.0) + (
                answer.time_s or 0.0
            )
    return Effort(answers, time_s, by_worker_s)
