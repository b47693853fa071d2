"""Runs of rows that differ from what is usual for their track."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Rows: TypeAlias = npt.NDArray[np.intp]


def minority_runs(scene: Scene, values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Rows, Rows]:
    """Return the usual value of every row's track, and runs of rows that have another.

    Parameters
    ----------
    values : (n,) int
        A number per row, for example the category.

    Returns
    -------
    usual : (n,) int
        The value that most rows of the track have.
    first, end : (m,) intp
        Rows ``first:end`` are one run of one track and one value.
    """
    usual = values.copy()
    changes = np.flatnonzero(scene.follows & (values != np.roll(values, 1)))
    for place in np.unique(scene.place[changes]):
        rows = slice(int(scene.starts[place]), int(scene.starts[place + 1]))
        found, counts = np.unique(values[rows], return_counts=True)
        usual[rows] = found[counts.argmax()]
    differs = (values != usual) & (scene.track >= 0)
    first, end = true_runs(differs, breaks=~scene.follows | (values != np.roll(values, 1)))
    return usual, first, end


def true_runs(truths: npt.NDArray[np.bool_], *, breaks: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Return first rows and ends of the runs of true rows; ``breaks`` starts a new run."""
    before = np.concatenate([[False], truths[:-1]])
    after = np.concatenate([truths[1:], [False]])
    next_breaks = np.concatenate([breaks[1:], [True]])
    first = np.flatnonzero(truths & (~before | breaks))
    end = np.flatnonzero(truths & (~after | next_breaks)) + 1
    return first, end
