"""Mistakes in the geometry of boxes: each function plants one, or answers False."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.planting_draft import TRIES, Draft, Spot
from trackproof.checks.planting_model import PlantKind
from trackproof.labels.boxes import centres, iou

if TYPE_CHECKING:
    import numpy.typing as npt

    Boxes = npt.NDArray[np.float64]
    Values = npt.NDArray[np.float64]

NEAR_WIDTHS = 6.0
"""A box jumps to an object that is at most this many widths away."""


def size_jump(draft: Draft) -> bool:
    """Change the size for one frame."""
    return _resize(draft, PlantKind.SIZE_JUMP, length=1)


def size_step(draft: Draft) -> bool:
    """Change the size for two or three frames."""
    return _resize(draft, PlantKind.SIZE_STEP, length=draft.integer(2, 3))


def shift(draft: Draft) -> bool:
    """Move a box off its object for one to three frames."""
    spot = draft.spot(length=draft.integer(1, 3))
    if spot is None:
        return False
    boxes = draft.boxes(spot)
    angle = draft.uniform((0.0, 2.0 * np.pi))
    share = draft.uniform(draft.strength.offset)
    boxes[:, :2] += share * boxes[:, 2:3] * (np.cos(angle), np.sin(angle))
    draft.put(spot, boxes)
    _note(draft, PlantKind.SHIFT, spot, f"moved {100 * share:.0f} % of the width off the object")
    return True


def jump(draft: Draft) -> bool:
    """Lay a box over another object near by, for one to three frames."""
    length = draft.integer(1, 3)
    for _ in range(TRIES):
        spot = draft.spot(length=length)
        if spot is None:
            return False
        boxes = draft.boxes(spot)
        for other in draft.neighbours(spot.track, spot.frame_start, reach=NEAR_WIDTHS):
            block = draft.blocks[other]
            rows = np.flatnonzero(
                (block.frame >= spot.frame_start) & (block.frame <= spot.frame_end)
            )
            is_free = draft.is_free(other, spot.frame_start, spot.frame_end)
            if len(rows) == length and is_free and (iou(block.xywh[rows], boxes) < 0.3).all():
                wobble = (
                    draft.rng.normal(0.0, 0.03, (length, 4)) * block.xywh[rows][:, [2, 3, 2, 3]]
                )
                draft.put(spot, block.xywh[rows] + wobble)
                name = draft.tracks[other].object_id
                _note(draft, PlantKind.JUMP, spot, f"lies on object {name} instead of its own")
                return True
    return False


def aspect(draft: Draft) -> bool:
    """Give a box the right area and a wrong shape for one to eight frames."""
    spot = draft.spot(length=draft.integer(1, 8))
    if spot is None:
        return False
    boxes = draft.boxes(spot)
    change = draft.uniform(draft.strength.change)
    factor = (1.0 + change) ** draft.sign()
    middle = centres(boxes)
    boxes[:, 2:] *= (np.sqrt(factor), 1.0 / np.sqrt(factor))
    boxes[:, :2] = middle - boxes[:, 2:] / 2
    draft.put(spot, boxes)
    _note(draft, PlantKind.ASPECT, spot, f"width to height is {100 * factor - 100:+.0f} % off")
    return True


def jitter(draft: Draft) -> bool:
    """Let a box tremble for 8 to 20 frames."""
    spot = draft.spot(length=draft.integer(8, 20))
    if spot is None:
        return False
    boxes = draft.boxes(spot)
    share = draft.uniform(draft.strength.jitter)
    edges = draft.rng.normal(0.0, share, (len(boxes), 4)) * boxes[:, 2:3]
    boxes[:, :2] += edges[:, :2]
    boxes[:, 2:] = np.maximum(boxes[:, 2:] + edges[:, 2:] - edges[:, :2] / 2, 2.0)
    draft.put(spot, boxes)
    _note(draft, PlantKind.JITTER, spot, f"trembles by {100 * share:.0f} % of the width")
    return True


def drift(draft: Draft) -> bool:
    """Let a box slide off its object and return, at once or as slowly as it left."""
    spot = draft.spot(length=draft.integer(10, 25))
    if spot is None:
        return False
    boxes = draft.boxes(spot)
    share = draft.uniform(draft.strength.offset)
    along = np.arange(1, len(boxes) + 1) / len(boxes)
    snaps_back = bool(draft.rng.random() < 0.5)
    course = (
        along if snaps_back else np.sin(np.pi * np.arange(1, len(boxes) + 1) / (len(boxes) + 1))
    )
    angle = draft.uniform((0.0, 2.0 * np.pi))
    width = float(np.median(boxes[:, 2]))
    boxes[:, :2] += share * width * course[:, None] * (np.cos(angle), np.sin(angle))
    draft.put(spot, boxes)
    how = "and jumps back" if snaps_back else "and slides back"
    _note(draft, PlantKind.DRIFT, spot, f"drifts {100 * share:.0f} % of the width {how}")
    return True


def frozen(draft: Draft) -> bool:
    """Keep a box still for 4 to 10 frames while its object moves."""
    return _hold(draft, PlantKind.FROZEN, lengths=(4, 10))


def copied(draft: Draft) -> bool:
    """Copy a box forward for 8 to 20 frames while its object and a neighbour move."""
    return _hold(draft, PlantKind.COPIED, lengths=(8, 20))


def outside(draft: Draft) -> bool:
    """Push a box mostly out of the image, beyond the nearest border."""
    width, height = draft.sequence.width, draft.sequence.height
    spot = draft.spot(length=draft.integer(1, 3))
    if spot is None or not width or not height:
        return False
    boxes = draft.boxes(spot)
    share = draft.uniform((0.55, 0.95))
    middle = centres(boxes).mean(axis=0)
    distances = (middle[0], width - middle[0], middle[1], height - middle[1])
    side = int(np.argmin(distances))
    if side == 0:
        boxes[:, 0] = -share * boxes[:, 2]
    elif side == 1:
        boxes[:, 0] = width - (1.0 - share) * boxes[:, 2]
    elif side == 2:
        boxes[:, 1] = -share * boxes[:, 3]
    else:
        boxes[:, 1] = height - (1.0 - share) * boxes[:, 3]
    draft.put(spot, boxes)
    _note(draft, PlantKind.OUTSIDE, spot, f"{100 * share:.0f} % of it lie outside the image")
    return True


def degenerate(draft: Draft) -> bool:
    """Leave one pixel of a box's width or height, as a slipped mouse does."""
    spot = draft.spot(length=1)
    if spot is None:
        return False
    boxes = draft.boxes(spot)
    side = draft.integer(2, 3)
    boxes[:, side] = 1.0
    draft.put(spot, boxes)
    _note(draft, PlantKind.DEGENERATE, spot, "a sliver of one pixel")
    return True


def interpolated(draft: Draft) -> bool:
    """Lay a straight line over 8 to 24 frames in which the object moves on a curve."""
    for _ in range(TRIES):
        spot = draft.spot(length=draft.integer(8, 24))
        if spot is None:
            return False
        boxes = draft.boxes(spot)
        along = np.linspace(0.0, 1.0, len(boxes))[:, None]
        straight = boxes[0] + along * (boxes[-1] - boxes[0])
        away = np.hypot(*(centres(straight) - centres(boxes)).T).max() / np.median(boxes[:, 2])
        if draft.strength.offset[0] <= away <= max(draft.strength.offset[1], 0.6):
            draft.put(spot, straight)
            said = f"a straight line, {100 * away:.0f} % of the width off the curve"
            _note(draft, PlantKind.INTERPOLATED, spot, said)
            return True
    return False


def _resize(draft: Draft, kind: PlantKind, *, length: int) -> bool:
    spot = draft.spot(length=length)
    if spot is None:
        return False
    boxes = draft.boxes(spot)
    change = draft.uniform(draft.strength.change)
    grows = bool(draft.rng.random() < 0.5)
    factor = 1.0 + change if grows else 1.0 - change
    side = int(draft.rng.choice(("left", "right", "top", "bottom")) in ("top", "bottom"))
    moves_origin = bool(draft.rng.random() < 0.5)
    before = boxes[:, 2 + side].copy()
    boxes[:, 2 + side] *= factor
    if moves_origin:
        boxes[:, side] += before - boxes[:, 2 + side]
    draft.put(spot, boxes)
    what = ("width", "height")[side]
    edge = (("right", "left"), ("bottom", "top"))[side][moves_origin]
    _note(draft, kind, spot, f"{what} {100 * (factor - 1):+.0f} %, its {edge} side moved")
    return True


def _hold(draft: Draft, kind: PlantKind, *, lengths: tuple[int, int]) -> bool:
    low, high = draft.strength.offset
    low = min(low, 0.3)
    for _ in range(3 * TRIES):
        spot = draft.spot(length=draft.integer(*lengths))
        if spot is None:
            return False
        boxes = draft.boxes(spot)
        away = np.hypot(*(centres(boxes) - centres(boxes[:1])).T) / np.median(boxes[:, 2])
        is_excused = kind is PlantKind.COPIED and not _neighbour_moves(draft, spot)
        if is_excused or not low <= away[-1] <= max(3.0 * high, 0.6) or away.max() > away[-1] * 1.5:
            continue
        draft.put(spot, np.repeat(boxes[:1], len(boxes), axis=0))
        _note(
            draft,
            kind,
            spot,
            f"the same box for {len(boxes)} frames, while the object moves "
            f"{100 * away[-1]:.0f} % of its width",
        )
        return True
    return False


def _neighbour_moves(draft: Draft, spot: Spot) -> bool:
    for other, _ in draft.others_at(spot.frame_start, but=spot.track):
        block = draft.blocks[other]
        first, last = block.row_at(spot.frame_start), block.row_at(spot.frame_end)
        if first is not None and last is not None:
            step = centres(block.xywh[last]) - centres(block.xywh[first])
            if np.hypot(*step) > 0.1 * block.xywh[first, 2]:
                return True
    return False


def _note(draft: Draft, kind: PlantKind, spot: Spot, description: str) -> None:
    draft.note(kind, (spot.track,), spot.frame_start, spot.frame_end, description)
