"""Runs of rows that differ from what is usual for their track."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from trackproof.checks.model import Events

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def events_of_runs(
    scene: Scene, first: Rows, end: Rows, detail: Mapping[str, npt.NDArray[Any]] | None = None
) -> Events:
    """Return runs as places of value 1: at their first frame, over all of their frames."""
    return Events.at(
        scene.track[first],
        scene.frame[first],
        np.ones(len(first)),
        frame_start=scene.frame[first],
        frame_end=scene.frame[end - 1],
        detail=detail,
    )


def peaks_of_runs(values: npt.NDArray[np.float64], first: Rows, end: Rows) -> Rows:
    """Return the row of the largest value of every run, the earliest of equal ones.

    Parameters
    ----------
    values : (n,) float64
        Without NaN inside runs.
    first, end : (m,) intp
        Rows ``first:end`` are a run; runs ascend and hold a row at least.
    """
    if not len(first):
        return first
    lengths = end - first
    begins = np.cumsum(lengths) - lengths
    rows = np.repeat(first - begins, lengths) + np.arange(int(lengths.sum()))
    own = values[rows]
    is_peak = own == np.repeat(np.maximum.reduceat(own, begins), lengths)
    places = np.flatnonzero(is_peak)
    run = np.searchsorted(begins, places, side="right")
    peaks: Rows = rows[places[np.unique(run, return_index=True)[1]]]
    return peaks


def spread(values: npt.NDArray[np.float64], first: Rows, end: Rows, onto: Any) -> None:
    """Write the value of every run into its rows of a column."""
    lengths = end - first
    begins = np.cumsum(lengths) - lengths
    rows = np.repeat(first - begins, lengths) + np.arange(int(lengths.sum()))
    onto[rows] = np.repeat(values, lengths)
