"""What each worker chose for each clip, from the raw answers of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackproof.clips.model import WorkerAnswer
from trackproof.formats.ground_truth_responses import read_answers
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof.formats.ground_truth_responses import Answer, AnswerFile
    from trackproof.progress import Progress


def read_worker_answers(
    files: Sequence[AnswerFile], *, progress: Progress = NO_PROGRESS
) -> tuple[dict[int, tuple[WorkerAnswer, ...]], tuple[str, ...]]:
    """Return the answers by manifest line, and the worker ids in the order of their numbers.

    A worker who answered a line again (a later iteration) counts once, with the last answer. An
    answer without a worker id counts as one more person.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    newest: dict[tuple[int, str], tuple[str, WorkerAnswer]] = {}
    numbers: dict[str, int] = {}
    for place, answer in enumerate(read_answers(files, progress=progress)):
        label = _label(answer)
        if not label or answer.line < 0:
            continue
        who = answer.worker or f"(nameless {place})"
        number = numbers.setdefault(who, len(numbers))
        found = (answer.submitted, WorkerAnswer(number, label, answer.time_s))
        kept = newest.get((answer.line, who))
        if kept is None or found[0] >= kept[0]:
            newest[answer.line, who] = found
    by_line: dict[int, list[WorkerAnswer]] = {}
    for (line, _), (_, one) in newest.items():
        by_line.setdefault(line, []).append(one)
    ordered = {
        line: tuple(sorted(several, key=lambda one: one.worker))
        for line, several in by_line.items()
    }
    return ordered, tuple(numbers)


def _label(answer: Answer) -> str:
    """Return the label of ``{"<element name>": {"label": "..."}}``; empty when there is none.

    Elements may be named freely, so the first that holds a label counts.
    """
    for value in answer.content.values():
        label = _chosen(value)
        if label:
            return label
    return ""


def _chosen(value: Any) -> str:
    label: object = value.get("label") if isinstance(value, dict) else None
    return label if isinstance(label, str) else ""
