"""Decisions from workers' answers, for clips that nobody has decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from trackproof.clips.saving import Decision, decisions_of

if TYPE_CHECKING:
    from trackproof.clips.board import Board


class Method(StrEnum):
    """How several answers become one label."""

    MAJORITY = "majority"
    DAWID_SKENE = "dawid-skene"


@dataclass(frozen=True, slots=True)
class Consolidated:
    """Verdicts, completed by what the workers' answers say.

    Parameters
    ----------
    decisions : dict of str to Decision
        By clip key.
    from_answers : int
        How many of them come from answers.
    ties : int
        Clips that stay without label because the answers do not tell.
    """

    decisions: dict[str, Decision]
    from_answers: int
    ties: int


def consolidated(board: Board, method: Method) -> Consolidated:
    """Return a decision for every verdict, and for every clip without a label that has answers.

    Confidence is the share of votes, or the estimated probability. A tie decides nothing.
    """
    decisions = decisions_of(board.verdicts)
    now = datetime.now(UTC)
    found = ties = 0
    for place in range(len(board)):
        clip = board.clip(place)
        if board.label(place) or not clip.answers:
            continue
        label, confidence = _outcome(board, place, method)
        if not label:
            ties += 1
            continue
        found += 1
        decisions[clip.key] = Decision(label, now, confidence)
    return Consolidated(decisions, found, ties)


def _outcome(board: Board, place: int, method: Method) -> tuple[str, float]:
    if method is Method.MAJORITY:
        vote = board.votes[place]
        return vote.label, vote.share
    label, probability = board.estimate.best(place)
    return label, min(probability, 1.0)
