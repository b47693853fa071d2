"""Putting the new rows of touched tracks between the old rows of all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    Starts = npt.NDArray[np.int64]
    Ints = npt.NDArray[np.int32]

Scalar = TypeVar("Scalar", bound=np.generic)

SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


@dataclass(frozen=True, slots=True)
class Splice:
    """Which rows of two scenes make up a third, by ascending track.

    Parameters
    ----------
    pieces : tuple of (is_new, rows, tracks)
        ``is_new`` tells the scene; ``rows`` are a slice of its rows, ``tracks`` of its tracks.
    """

    pieces: tuple[tuple[bool, slice, slice], ...]

    @classmethod
    def of(
        cls,
        *,
        old: Starts,
        old_tracks: Ints,
        new: Starts,
        new_tracks: Ints,
        touched: Collection[int],
    ) -> Splice:
        """Return the splice of the touched tracks into a scene.

        Parameters
        ----------
        old, new : (k + 1,) int64
            Where tracks begin among the rows of the old scene and of the touched tracks.
        old_tracks, new_tracks : (k,) int32
            Their numbers, ascending.
        touched : collection of int
            Old tracks of these numbers are left out, whether they have new rows or none.
        """
        pieces: list[tuple[bool, slice, slice]] = []
        low = 0
        for number in sorted(touched):
            high = int(np.searchsorted(old_tracks, number))
            pieces.append((False, slice(int(old[low]), int(old[high])), slice(low, high)))
            low = int(np.searchsorted(old_tracks, number, side="right"))
            first, end = (int(np.searchsorted(new_tracks, number, side=s)) for s in SIDES)
            pieces.append((True, slice(int(new[first]), int(new[end])), slice(first, end)))
        last = len(old_tracks)
        pieces.append((False, slice(int(old[low]), int(old[last])), slice(low, last)))
        return cls(tuple(pieces))

    def of_tracks(self) -> Splice:
        """Return the splice of columns with one value per track."""
        return Splice(tuple((is_new, tracks, tracks) for is_new, _, tracks in self.pieces))

    def joined(self, old: npt.NDArray[Scalar], new: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """Return a column (or several, along the last axis) of the third scene."""
        return np.concatenate(
            [(new if is_new else old)[..., rows] for is_new, rows, _ in self.pieces], axis=-1
        )
