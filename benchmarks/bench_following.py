"""How well ways to predict the next box do, on the real pair and on the demo.

Run: python benchmarks/bench_following.py [--starts 300]
From a box with four before it, every method predicts the next frame, then goes on from its own
prediction as a person does who presses the key again. Prints, after 1, 5 and 12 steps, the mean
overlap (IoU) with the exact label and the share above 0.7, and the processor time of one step.
"Fresh" are starts without any box before, where the motion knows nothing: one step.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bench_recall import MOT
from trackproof.demo import ensure_demo
from trackproof.formats import open_labels
from trackproof.frames import open_frames
from trackproof.frames.following import (
    MOST_TRUST,
    TRUST_A_STEP,
    by_motion,
    by_picture,
    follow,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    from trackproof.labels import Block

    Picture = npt.NDArray[np.uint8]
    Box = npt.NDArray[np.float64]
    Method = Callable[[Picture, Picture, Box, Box, int], Box | None]

VIDEO = MOT.parent / "video" / "vtest.avi"
STEPS = (1, 5, 12)
HISTORY = 5
CHOSEN_BEFORE = 400
"""Frames of the real pair on which the course of trust was chosen; those after it are reported."""


def held(before: Picture, after: Picture, box: Box, guess: Box, step: int) -> Box | None:
    """Stay where it was."""
    del before, after, guess, step
    return box


def moved(before: Picture, after: Picture, box: Box, guess: Box, step: int) -> Box | None:
    """Go on with the motion."""
    del before, after, box, step
    return guess


def lucas_kanade(before: Picture, after: Picture, box: Box, guess: Box, step: int) -> Box | None:
    """Pyramidal Lucas-Kanade, there and back."""
    del step
    return by_picture(before, after, box, guess_xywh=guess)


def template(before: Picture, after: Picture, box: Box, guess: Box, step: int) -> Box | None:
    """Normalised correlation of the box's content around where the motion leads."""
    del step
    x0, y0, x1, y1 = inside(box, before)
    margin = 0.25 * box[2:].max() + 8.0
    wide = np.array([*(guess[:2] - margin), *(guess[2:] + 2 * margin)])
    left, top, right, bottom = inside(wide, after)
    if min(x1 - x0, y1 - y0) < 5 or right - left < x1 - x0 or bottom - top < y1 - y0:
        return None
    found = cv2.matchTemplate(
        after[top:bottom, left:right], before[y0:y1, x0:x1], cv2.TM_CCOEFF_NORMED
    )
    _, _, _, (x, y) = cv2.minMaxLoc(found)
    return np.array([box[0] + left + x - x0, box[1] + top + y - y0, *box[2:]])


FLOW = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)


def dense_flow(before: Picture, after: Picture, box: Box, guess: Box, step: int) -> Box | None:
    """Median of DIS flow in the middle of the box."""
    del guess, step
    margin = 0.7 * box[2:].max() + 24.0
    x0, y0, x1, y1 = inside(np.array([*(box[:2] - margin), *(box[2:] + 2 * margin)]), before)
    if min(x1 - x0, y1 - y0) < 24:
        return None
    grey = [cv2.cvtColor(one[y0:y1, x0:x1].copy(), cv2.COLOR_BGR2GRAY) for one in (before, after)]
    flow = FLOW.calc(grey[0], grey[1], None)
    middle = np.array([*(box[:2] + (0.25, 0.1) * box[2:] - (x0, y0)), *((0.5, 0.8) * box[2:])])
    left, top, right, bottom = inside(middle, flow)
    if right <= left or bottom <= top:
        return None
    step = np.median(flow[top:bottom, left:right].reshape(-1, 2), axis=0)
    return np.array([*(box[:2] + step), *box[2:]])


def learned(before: Picture, after: Picture, box: Box, guess: Box, step: int) -> Box | None:
    """OpenCV's MIL tracker, started on the box."""
    del guess, step
    margin = 1.2 * box[2:].max() + 40.0
    x0, y0, x1, y1 = inside(np.array([*(box[:2] - margin), *(box[2:] + 2 * margin)]), before)
    left, top, right, bottom = inside(box, before)
    if min(right - left, bottom - top) < 8:
        return None
    tracker = cv2.TrackerMIL_create()
    tracker.init(before[y0:y1, x0:x1].copy(), (left - x0, top - y0, right - left, bottom - top))
    is_found, at = tracker.update(after[y0:y1, x0:x1].copy())
    return (
        np.array([box[0] + at[0] + x0 - left, box[1] + at[1] + y0 - top, *box[2:]])
        if is_found
        else None
    )


def blended(method: Method, trust_at: Callable[[int], float]) -> Method:
    """Go part of the way from the motion to what a method says, by the number of the step."""

    def between(before: Picture, after: Picture, box: Box, guess: Box, step: int) -> Box | None:
        # One box alone has no motion: then the picture is all there is.
        trust = 1.0 if guess is box else trust_at(step)
        said = method(before, after, box, guess, step) if trust > 0 else None
        if said is None or (np.abs(said[:2] - guess[:2]) > box[2:]).any():
            return guess
        return np.array([*(guess[:2] + trust * (said[:2] - guess[:2])), *guess[2:]])

    return between


def half_of(method: Method) -> Method:
    return blended(method, lambda _step: 0.5)


def rising(method: Method) -> Method:
    return blended(method, lambda step: min(TRUST_A_STEP * (step - 1), MOST_TRUST))


METHODS: dict[str, Method] = {
    "stay": held,
    "motion": moved,
    "DIS flow": dense_flow,
    "template": template,
    "Lucas-Kanade": lucas_kanade,
    "half DIS flow": half_of(dense_flow),
    "half template": half_of(template),
    "half Lucas-Kanade": half_of(lucas_kanade),
    "rising template": rising(template),
    "rising Lucas-Kanade (used)": rising(lucas_kanade),
    "MIL": learned,
    "half MIL": half_of(learned),
}


def inside(box: Box, picture: npt.NDArray[np.generic]) -> tuple[int, int, int, int]:
    """Return the whole pixels of a box inside a picture: left, top, right, bottom."""
    height, width = picture.shape[:2]
    x0, y0 = np.maximum(np.floor(box[:2]), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(box[:2] + box[2:]), (width, height)).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def overlap(one: Box, other: Box) -> float:
    low = np.maximum(one[:2], other[:2])
    high = np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    shared = np.maximum(high - low, 0).prod()
    return float(shared / (one[2:].prod() + other[2:].prod() - shared))


@dataclass(frozen=True)
class Scene:
    """Exact labels and their pictures, decoded once around the starts."""

    blocks: dict[int, Block]
    read: Callable[[int], Picture]


def scene(labels: Path, frames: Path) -> Scene:
    source = open_frames(frames)
    kept: dict[int, Picture] = {}

    def read(frame: int) -> Picture:
        if frame not in kept:
            if len(kept) > 60:
                kept.pop(next(iter(kept)))
            kept[frame] = source.read(frame)
        return kept[frame]

    return Scene(dict(open_labels(labels).sequences[0].labels.table.blocks), read)


def starts(scene: Scene, count: int, *, first: int) -> list[tuple[int, int]]:
    """Return places with enough boxes without a gap around them, in the order of frames."""
    found = []
    for track, block in scene.blocks.items():
        frame = block.frame
        for row in range(HISTORY - 1, len(frame) - STEPS[-1]):
            is_whole = frame[row + STEPS[-1]] - frame[row + 1 - HISTORY] == HISTORY - 1 + STEPS[-1]
            if is_whole and frame[row] >= first:
                found.append((track, row))
    chosen = np.random.default_rng(0).permutation(len(found))[:count]
    return sorted((found[i] for i in chosen), key=lambda one: scene.blocks[one[0]].frame[one[1]])


def measured(scene: Scene, places: list[tuple[int, int]], method: Method) -> list[str]:
    results: dict[int, list[float]] = {step: [] for step in STEPS}
    fresh, spent_ms = [], []
    for track, row in places:
        block = scene.blocks[track]
        frames = block.frame[row + 1 - HISTORY : row + 1]
        boxes = block.xywh[row + 1 - HISTORY : row + 1]
        alone = boxes[-1]
        at = int(frames[-1])
        said = method(scene.read(at), scene.read(at + 1), alone, alone, 1)
        fresh.append(overlap(alone if said is None else said, block.xywh[row + 1]))
        for step in range(1, STEPS[-1] + 1):
            last = int(frames[-1])
            pictures = scene.read(last), scene.read(last + 1)
            start = time.thread_time()
            guess = by_motion(frames, boxes)
            said = method(*pictures, boxes[-1], guess, step)
            spent_ms.append(1e3 * (time.thread_time() - start))
            frames = np.append(frames, np.int32(last + 1))
            boxes = np.vstack([boxes, guess if said is None else said])
            if step in results:
                results[step].append(overlap(boxes[-1], block.xywh[row + step]))
    cells = [f"{np.mean(fresh):.3f}"]
    for values in results.values():
        cells.append(f"{np.mean(values):.3f} / {np.mean(np.array(values) > 0.7):.0%}")
    return [*cells, f"{np.median(spent_ms):.1f}"]


def check_that_the_product_does_the_same(scene: Scene, places: list[tuple[int, int]]) -> None:
    track, row = places[0]
    block = scene.blocks[track]
    frames, boxes = block.frame[: row + 1], block.xywh[: row + 1]
    pictures = scene.read(int(frames[-1])), scene.read(int(frames[-1]) + 1)
    for guessed in (0, 3):
        method = rising(lucas_kanade)
        here = method(*pictures, boxes[-1], by_motion(frames, boxes), guessed + 1)
        assert here is not None
        found = follow(frames, boxes, pictures=pictures, guessed=guessed)
        assert np.allclose(found.box_xywh, here)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=300)
    parser.add_argument("--only", default="", help="the scene whose name begins so")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    demo = ensure_demo()
    scenes = {
        f"PETS09-S2L1 from frame {CHOSEN_BEFORE} on": (MOT / "PETS09-S2L1", VIDEO, CHOSEN_BEFORE),
        "demo": (demo.truth_path, demo.frames_dir, 0),
    }
    for name, (labels, frames, first) in scenes.items():
        if not name.startswith(options.only):
            continue
        one = scene(labels, frames)
        places = starts(one, options.starts, first=first)
        check_that_the_product_does_the_same(one, places)
        print(f"\n{name}: {len(places)} starts. Mean IoU / share above 0.7")
        print("| method | fresh | 1 step | 5 steps | 12 steps | ms a step |")
        print("|---|---|---|---|---|---|")
        for title, method in METHODS.items():
            print(f"| {title} | {' | '.join(measured(one, places, method))} |", flush=True)


if __name__ == "__main__":
    main()
