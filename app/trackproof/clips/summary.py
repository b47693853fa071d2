"""A manifest of clips under review as plain data, for tables, JSON and people."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, TypedDict

from trackproof.clips.board import Want
from trackproof.clips.playable import playing_problems, probe
from trackproof.errors import FrameError, StorageError
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.clips.board import Board
    from trackproof.clips.model import Clip, ClipSet
    from trackproof.clips.playable import Media
    from trackproof.progress import Progress


class FileFacts(TypedDict):
    """What is known of a clip's file.

    ``media`` is empty when the file was not found or cannot be opened; ``is_here`` tells which.
    """

    is_here: bool
    media: str
    problems: list[str]


class ClipRow(TypedDict):
    """One clip; ``line`` counts from 1, texts are empty and numbers None when there is nothing."""

    line: int
    clip: str
    label: str
    judged: bool
    manifest_label: str
    confidence: float | None
    answers: list[str]
    vote: str
    tie: bool
    vote_share: float | None
    estimate: str
    estimate_probability: float | None
    comment: str
    media: str
    problems: list[str]
    metadata_problems: list[str]


def look_at_files(clips: ClipSet, *, progress: Progress = NO_PROGRESS) -> dict[str, FileFacts]:
    """Return what the clips' files are, by clip key; nothing is decoded.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    facts = {}
    for done, clip in enumerate(clips.clips):
        progress.step(done, len(clips))
        facts[clip.key] = file_facts(clip, clips)
    return facts


def file_facts(clip: Clip, clips: ClipSet) -> FileFacts:
    """Return what one clip's file is."""
    media, problems = media_of(clip, clips)
    is_here = media is not None or bool(problems)
    return FileFacts(
        is_here=is_here, media=str(media) if media is not None else "", problems=list(problems)
    )


def media_of(clip: Clip, clips: ClipSet) -> tuple[Media | None, tuple[str, ...]]:
    """Return what a clip's file is and why it may not play for workers.

    Without a file on this computer both are empty; a file that cannot be opened gives a reason.
    """
    try:
        path = clips.find(clip.source_ref)
        if path is None:
            return None, ()
        media = probe(path)
    except (StorageError, FrameError) as error:
        return None, (error.message,)
    return media, playing_problems(media, address=clip.source_ref)


def clip_rows(board: Board, files: Mapping[str, FileFacts]) -> list[ClipRow]:
    """Return one row per clip, in the manifest's order.

    Parameters
    ----------
    files : mapping of str to FileFacts
        By clip key; clips that are absent have not been looked at.
    """
    return [_row(board, place, files) for place in range(len(board))]


def summary(board: Board, files: Mapping[str, FileFacts]) -> dict[str, Any]:
    """Return everything about a manifest under review as JSON can hold it; no worker ids."""
    tally = board.tally()
    return {
        "manifest": str(board.clips.path),
        "label_attribute": board.clips.attribute,
        "clips": tally.clips,
        "labelled": tally.labelled,
        "judged": tally.judged,
        "changed": tally.changed,
        "unlabelled": tally.unlabelled,
        "low_confidence": tally.low,
        "disputed": tally.disputed,
        "not_found": sum(not one["is_here"] for one in files.values()),
        "bad_metadata": sum(bool(clip.remarks) for clip in board.clips.clips),
        "may_not_play": sum(bool(one["problems"]) for one in files.values()),
        "labels": board.label_counts(),
        "agreement": _agreement(board) if board.has_answers else None,
        "rows": clip_rows(board, files),
    }


def is_calm(board: Board, files: Mapping[str, FileFacts]) -> bool:
    """Return whether there is nothing to look at: all read, labelled, agreed on, and playable."""
    wants = (Want.UNLABELLED, Want.LOW, Want.DISPUTED)
    return (
        not board.clips.problems
        and not any(board.places(want) for want in wants)
        and not any(one["problems"] for one in files.values())
    )


def _row(board: Board, place: int, files: Mapping[str, FileFacts]) -> ClipRow:
    clip, verdict = board.clip(place), board.verdict(place)
    facts = files.get(clip.key)
    vote = board.votes[place] if clip.answers else None
    estimate, probability = board.estimate.best(place) if clip.answers else ("", float("nan"))
    return ClipRow(
        line=clip.number + 1,
        clip=clip.source_ref,
        label=board.label(place),
        judged=bool(verdict.label),
        manifest_label=clip.label,
        confidence=clip.confidence,
        answers=[answer.label for answer in clip.answers],
        vote=" / ".join(vote.winners) if vote is not None else "",
        tie=vote is not None and vote.is_tie,
        vote_share=vote.share if vote is not None else None,
        estimate=estimate,
        estimate_probability=_number(probability),
        comment=verdict.comment,
        media=facts["media"] if facts is not None else "",
        problems=list(facts["problems"]) if facts is not None else [],
        metadata_problems=list(clip.remarks),
    )


def _agreement(board: Board) -> dict[str, Any]:
    found = board.agreement
    counts = (board.answers.by_worker() >= 0).sum(axis=0).tolist()
    return {
        "clips_with_several_answers": found.items,
        "disputed": found.disputed,
        "fleiss_kappa": _number(found.fleiss),
        "krippendorff_alpha": _number(found.alpha),
        "pairs": [
            {
                "workers": [pair.first + 1, pair.second + 1],
                "clips": pair.items,
                "same_share": pair.share,
                "cohen_kappa": _number(pair.kappa),
            }
            for pair in found.pairs
        ],
        "workers": [
            {
                "worker": worker + 1,
                "answers": count,
                "share_right": _number(board.estimate.reliability(worker)),
                "confusion": _confusion(board, worker),
            }
            for worker, count in enumerate(counts)
        ],
    }


def _confusion(board: Board, worker: int) -> dict[str, dict[str, float | None]]:
    """Return how likely a worker says each label (inner) for each true label (outer)."""
    names, table = board.estimate.names, board.estimate.confusion[worker]
    return {
        true: {said: _number(float(table[i, k])) for i, said in enumerate(names)}
        for k, true in enumerate(names)
    }


def _number(value: float) -> float | None:
    return None if isnan(value) else value
