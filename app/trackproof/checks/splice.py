"""Putting the new rows of touched tracks between the old rows of all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    Starts = npt.NDArray[np.int64]
    Ints = npt.NDArray[np.int32]
    Rows = npt.NDArray[np.intp]

Scalar = TypeVar("Scalar", bound=np.generic)

SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


@dataclass(frozen=True, slots=True)
class Splice:
    """Which rows of several sources make up a scene, by ascending track.

    Parameters
    ----------
    pieces : tuple of (source, rows, tracks)
        ``source`` is its number; ``rows`` are a slice of its rows, ``tracks`` of its tracks.
    """

    pieces: tuple[tuple[int, slice, slice], ...]

    @classmethod
    def of(
        cls,
        starts: Sequence[Starts],
        tracks: Sequence[Ints],
        *,
        owner: Mapping[int, int],
    ) -> Splice:
        """Return the splice of touched tracks into the first source.

        Parameters
        ----------
        starts : sequence of (k + 1,) int64
            Where tracks begin among the rows of every source.
        tracks : sequence of (k,) int32
            Their numbers, ascending.
        owner : mapping of int to int
            Source of every touched track. The first source's own rows of it are left out, whether
            its owner has rows of it or none.
        """
        pieces: list[tuple[int, slice, slice]] = []
        first_starts, first_tracks = starts[0], tracks[0]
        low = 0
        for number, source in sorted(owner.items()):
            start, end = _places(first_tracks, number)
            pieces.append((0, _rows(first_starts, low, start), slice(low, start)))
            low = end
            own = _places(tracks[source], number)
            pieces.append((source, _rows(starts[source], *own), slice(*own)))
        last = len(first_tracks)
        pieces.append((0, _rows(first_starts, low, last), slice(low, last)))
        return cls(tuple(piece for piece in pieces if piece[2].stop > piece[2].start))

    def of_tracks(self) -> Splice:
        """Return the splice of columns with one value per track."""
        return Splice(tuple((source, tracks, tracks) for source, _, tracks in self.pieces))

    def joined(self, columns: Sequence[npt.NDArray[Scalar]]) -> npt.NDArray[Scalar]:
        """Return what the scene has per row (along the first axis), given that of every source."""
        parts = [columns[source][rows] for source, rows, _ in self.pieces]
        return np.concatenate(parts or [columns[0][:0]])

    def shifts(self) -> Iterator[tuple[int, slice, int]]:
        """Yield source and rows of every piece, and how far these are moved in the scene."""
        end = 0
        for source, rows, _ in self.pieces:
            yield source, rows, end - rows.start
            end += rows.stop - rows.start


def _places(tracks: Ints, number: int) -> tuple[int, int]:
    low, high = (int(np.searchsorted(tracks, number, side=side)) for side in SIDES)
    return low, high


def _rows(starts: Starts, low: int, high: int) -> slice:
    return slice(int(starts[low]), int(starts[high]))
