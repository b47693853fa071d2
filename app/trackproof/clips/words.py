"""What others said about clips, in words."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackproof.clips.board import Board
    from trackproof.clips.consensus import Vote
    from trackproof.clips.model import Clip
    from trackproof.clips.statistics import Agreement

SURE = 0.999


def manifest_words(clip: Clip) -> str:
    """Return what the manifest says about a clip, and what is wrong with how it says it."""
    return "\n".join((_said(clip), *(f"In its line: {remark}." for remark in clip.remarks)))


def _said(clip: Clip) -> str:
    if clip.failure:
        return f"The job could not label this clip: {clip.failure}"
    if not clip.label:
        return "The manifest holds no label for this clip."
    by = {True: ", chosen by people", False: ", chosen by a model", None: ""}[clip.is_human]
    sure = f", confidence {clip.confidence:.2f}" if clip.confidence is not None else ""
    return f"In the manifest: {clip.label}{by}{sure}."


def worker_words(board: Board, place: int) -> str:
    """Return what each worker chose, the vote, and the estimate that weighs workers; or nothing."""
    clip = board.clip(place)
    if not clip.answers:
        return ""
    lines = []
    for answer in clip.answers:
        spent = f"  ({answer.time_s:.0f} s)" if answer.time_s is not None else ""
        lines.append(f"Worker {answer.worker + 1}: {answer.label}{spent}")
    lines.append(vote_words(board.votes[place]))
    label, probability = board.estimate.best(place)
    if label and len(clip.answers) > 1:
        sure = "over 99.9 %" if probability > SURE else f"{probability:.1%}"
        lines.append(f"Weighed by each worker's record: {label}, {sure}")
    return "\n".join(lines)


def vote_words(vote: Vote) -> str:
    """Return the outcome of a vote; a tie is called one."""
    count = round(vote.share * vote.votes)
    if vote.is_tie:
        return f"Tie, {count} each: {' / '.join(vote.winners)}"
    return f"Vote: {vote.label}, {count} of {vote.votes}"


def agreement_words(agreement: Agreement) -> str:
    """Return the statistics over all clips in words."""
    if not agreement.items:
        return "No clip has answers of more than one worker, so there is nothing to compare."
    return (
        f"{agreement.items:,} clips have several answers; workers disagree on "
        f"{agreement.disputed:,}. Fleiss' kappa {number(agreement.fleiss)}, Krippendorff's alpha "
        f"{number(agreement.alpha)}."
    )


def number(value: float) -> str:
    """Return a statistic with two decimals; a dash where it is not defined."""
    return "–" if isnan(value) else f"{value:.2f}"
