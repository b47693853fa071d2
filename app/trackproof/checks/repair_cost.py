"""What a stretch of labels costs: how badly its tracks fit what the checks expect of them.

A repair is worth what it takes off this cost. The cost is not a second run of all checks, which
would take longer than a person waits, but the sum of the same normalised residuals near the flag:

- motion: Cauchy's robust loss ``log(1 + (r / 3)^2)`` of what every row's outlier, step and bend
  (`trackproof.checks.motion`) and its distance from the course (`drift`) are beyond the ordinary,
  in sigmas;
- frames that are missing between two rows, and ends of tracks away from the image border;
- rows whose category or name is not the usual one of their track, and changes of attributes;
- pairs of rows of two tracks that lie on each other, and tracks that share one name.

The noise of tracks and the shaking of the camera are those of the labels before the repair, so
that a repair cannot pay by changing the measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.drift import ANCHOR, HALVES, off_course
from trackproof.checks.drift import FLOOR_PIXELS as COURSE_PIXELS
from trackproof.checks.drift import FLOOR_SHARE as COURSE_SHARE
from trackproof.checks.motion import columns_of, motion_evidence
from trackproof.labels.boxes import iou

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from trackproof.checks.analysis import Analysis
    from trackproof.labels import Block, Labels

    Values = npt.NDArray[np.float64]

SIGMAS, ORDINARY_SIGMAS = 3.0, 1.5
"""Residual at which a row begins to cost much, and below which it costs nothing."""

GAP, MISSING_ROW = 2.0, 0.5
CONTRADICTION, CONTRADICTING_ROW = 2.0, 0.1
CHANGED_ATTRIBUTE = 1.0
END_INSIDE = 1.5
SHORT_LIFE, SHORT_ROWS = 2.0, 5
ON_EACH_OTHER, OVERLAP = 0.7, 0.5
SHARED_NAME = 2.0


@dataclass(frozen=True, slots=True)
class Usual:
    """What most rows of a track say, from all of its rows."""

    category: int
    name: int


class Costs:
    """The cost of labels near one flag, as they are and after repairs.

    Rows that a repair leaves alone are the same block, which is judged once.

    Parameters
    ----------
    analysis : Analysis
        Where noise, shaking and usual values come from.
    low, high : int
        First and last frame in sight; where a track is cut there, it does not end.
    """

    def __init__(self, analysis: Analysis, *, low: int, high: int) -> None:
        self._analysis = analysis
        self._low, self._high = low, high
        self._of_block: dict[tuple[int, int], float] = {}
        self._motion_of: dict[tuple[int, int], float] = {}
        self._of_pair: dict[tuple[int, int], float] = {}
        self._usual: dict[int, Usual] = {}
        self._usual_bump: dict[int, float] = {}

    def of(self, states: Iterable[Labels]) -> list[float]:
        """Return the cost of every state; all are kept until the last is judged."""
        states = list(states)
        fresh: dict[tuple[int, int], tuple[int, Block]] = {}
        owner: dict[tuple[int, int], Labels] = {}
        for state in states:
            for track, block in state.table.blocks.items():
                fresh.setdefault((track, id(block)), (track, block))
                owner.setdefault((track, id(block)), state)
        for key, cost in zip(fresh, self._motion(list(fresh.values())), strict=True):
            track, block = fresh[key]
            self._motion_of[key] = cost
            self._of_block[key] = cost + self._said(track, block, owner[key])
        return [self._total(state) for state in states]

    def seam(self, before: Labels, after: Labels, first: int, second: int) -> float:
        """Return by how much the motion of two tracks costs more once they are one.

        Rows at an end have too few neighbours to be judged in full, so that joining two tracks
        brings up what was there before. Both states must be among those judged.
        """
        keys = [(track, id(before.table.blocks[track])) for track in (first, second)]
        joined = self._motion_of[first, id(after.table.blocks[first])]
        return max(joined - sum(self._motion_of[key] for key in keys), 0.0)

    def _total(self, state: Labels) -> float:
        blocks, tracks = state.table.blocks, state.table.tracks
        total = sum(self._of_block[track, id(block)] for track, block in blocks.items())
        for one, two in combinations(blocks, 2):
            total += self._together(blocks[one], blocks[two])
            name = tracks[one].object_name
            total += SHARED_NAME * bool(name and name == tracks[two].object_name)
        return total

    def _motion(self, pieces: list[tuple[int, Block]]) -> list[float]:
        """Return the robust sum of residuals of every block, from one pass over all of them."""
        scene = self._analysis.scene
        counts = np.array([len(block) for _, block in pieces])
        place = np.repeat(np.arange(len(pieces), dtype=np.int32), counts)
        frame = np.concatenate([block.frame for _, block in pieces])
        columns = columns_of(np.concatenate([block.xywh for _, block in pieces]))
        columns[:2] -= scene.shake[:, np.minimum(frame, scene.shake.shape[1] - 1)]
        owners = np.searchsorted(scene.track_numbers, [track for track, _ in pieces])
        noise = scene.noise[:, np.minimum(owners, scene.noise.shape[1] - 1)]
        motion = motion_evidence(columns, frame, place, noise)
        away = _bumps(columns, place, noise)
        for piece, (track, _) in enumerate(pieces):
            # The first piece of a track is the one before any repair.
            if track not in self._usual_bump:
                own = away[place == piece]
                self._usual_bump[track] = max(2.0 * float(np.median(own)), 1.0)
        away /= np.array([self._usual_bump[track] for track, _ in pieces])[place]
        residuals = np.stack([motion.step, motion.outlier, motion.bend, away])
        beyond = np.maximum(residuals - ORDINARY_SIGMAS, 0.0) / SIGMAS
        loss = np.log1p(beyond * beyond).sum(axis=0)
        sums: list[float] = np.bincount(place, loss, minlength=len(pieces)).tolist()
        return sums

    def _said(self, track: int, block: Block, state: Labels) -> float:
        """Return what gaps, ends, categories, names and attributes of one track cost."""
        usual = self._usual_of(track)
        listed = np.concatenate([[0], np.cumsum(state.listed)])
        missing = listed[block.frame[1:]] - listed[block.frame[:-1] + 1]
        cost = GAP * np.count_nonzero(missing > 0) + MISSING_ROW * missing.sum()
        called = state.table.names[usual.name], state.table.tracks[track].object_name
        meant = [i for i, name in enumerate(state.table.names) if name in called]
        other_name = ~np.isin(block.name, meant)
        for differs in (block.category != usual.category, other_name):
            runs = np.count_nonzero(np.diff(differs.astype(np.int8), prepend=0) > 0)
            cost += CONTRADICTION * runs + CONTRADICTING_ROW * differs.sum()
        cost += CHANGED_ATTRIBUTE * np.count_nonzero(np.diff(block.attributes))
        begins = block.frame[0] > self._low
        ends = block.frame[-1] < min(self._high, len(state.listed) - 1)
        cost += END_INSIDE * (begins * self._inside(block, 0) + ends * self._inside(block, -1))
        return float(cost + SHORT_LIFE * (begins and ends and len(block) <= SHORT_ROWS))

    def _usual_of(self, track: int) -> Usual:
        if track not in self._usual:
            whole = self._analysis.labels.table.blocks[track]
            category = int(np.bincount(whole.category).argmax())
            self._usual[track] = Usual(category, int(np.bincount(whole.name).argmax()))
        return self._usual[track]

    def _inside(self, block: Block, row: int) -> float:
        """Return 0..1: how far inside the image an end is, in widths."""
        sequence = self._analysis.sequence
        if not sequence.width or not sequence.height:
            return 1.0
        left, top, width, height = block.xywh[row].tolist()
        far = (left, top, sequence.width - left - width, sequence.height - top - height)
        return float(np.clip(min(far) / max(width, 1.0), 0.0, 1.0))

    def _together(self, one: Block, two: Block) -> float:
        """Return what rows of two tracks cost that lie on each other."""
        key = (id(one), id(two))
        if key not in self._of_pair:
            _, first, second = np.intersect1d(
                one.frame, two.frame, assume_unique=True, return_indices=True
            )
            overlap = iou(one.xywh[first], two.xywh[second])
            self._of_pair[key] = ON_EACH_OTHER * np.count_nonzero(overlap >= OVERLAP)
        return self._of_pair[key]


def _bumps(columns: Values, place: npt.NDArray[np.int32], noise: Values) -> Values:
    """Return ``(n,)``: distance of the centre from the course of its track, in sigmas."""
    away = np.zeros(columns.shape[1])
    floor = (COURSE_SHARE * np.minimum(columns[2], columns[3])) ** 2 + COURSE_PIXELS**2
    for half in HALVES:
        halo = half + ANCHOR + ANCHOR // 2
        if columns.shape[1] <= 2 * halo:
            continue
        rows = slice(halo, columns.shape[1] - halo)
        squares = sum(off_course(columns[axis], half=half) ** 2 for axis in range(2))
        sigma = floor[rows] + (noise[0] ** 2 + noise[1] ** 2)[place[rows]]
        whole = place[: -2 * halo] == place[2 * halo :]
        away[rows] = np.maximum(away[rows], np.where(whole, np.sqrt(squares / sigma), 0.0))
    return away


def excerpt(labels: Labels, tracks: Iterable[int], *, low: int, high: int) -> Mapping[int, Block]:
    """Return the rows of some tracks from frame ``low`` to ``high``, by track number."""
    found = {}
    for track in tracks:
        block = labels.table.block(track)
        if block is not None:
            first, end = np.searchsorted(block.frame, [low, high + 1])
            found[track] = block.take(slice(int(first), int(end)))
    return found
