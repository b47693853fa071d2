"""Columns of places that checks name: which concern a track, and several together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.model import Events

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Values = npt.NDArray[np.float64]
    Truths = npt.NDArray[np.bool_]

FEW_TRACKS = 8
"""Tracks up to which comparing with each is faster than one search for all."""


def touches(events: Events, tracks: Ints) -> Truths:
    """Return which events concern one of the tracks."""
    return among(events.track, tracks) | among(events.other_track, tracks)


def among(numbers: Ints, tracks: Ints) -> Truths:
    """Return which numbers are among some tracks; an edit touches one or two, and is waited for."""
    if len(tracks) > FEW_TRACKS:
        return np.isin(numbers, tracks)
    found = np.zeros(len(numbers), dtype=np.bool_)
    for track in tracks.tolist():
        found |= numbers == track
    return found


def joined_events(pieces: list[Events]) -> Events:
    """Return the events of all pieces; an extra column is kept where every piece has it."""
    pieces = [piece for piece in pieces if len(piece)] or pieces[:1]
    keys = set.intersection(*(set(piece.detail) for piece in pieces))
    return Events(
        track=np.concatenate([piece.track for piece in pieces]),
        other_track=np.concatenate([piece.other_track for piece in pieces]),
        frame=np.concatenate([piece.frame for piece in pieces]),
        frame_start=np.concatenate([piece.frame_start for piece in pieces]),
        frame_end=np.concatenate([piece.frame_end for piece in pieces]),
        value=np.concatenate([piece.value for piece in pieces]),
        expected_xywh=_optional([piece.expected_xywh for piece in pieces]),
        support=_optional([piece.support for piece in pieces]),
        detail={key: np.concatenate([piece.detail[key] for piece in pieces]) for key in keys},
    )


def _optional(columns: list[Values | None]) -> Values | None:
    present = [column for column in columns if column is not None]
    return np.concatenate(present) if len(present) == len(columns) else None
