"""Speed of the checks, as ratios within one run.

Run: python benchmarks/bench_checks.py [--skip-reference] [--boxes 1000000]
The reference method's loops run in full (about a minute); processor time of this process is
measured, the best of a few runs, so that other programs on the machine matter little.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks import Profile, all_checks, analyse
from trackproof.checks.running import run_checks
from trackproof.checks.scene import Scene
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track
from trackproof.labels.boxes import iou

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    import pandas as pd

    from trackproof.checks import Check

    Values = npt.NDArray[np.float64]

WIDTH, HEIGHT = 1920, 1080


def make(*, tracks: int, frames: int, seed: int = 0) -> Sequence:
    """Objects that walk with small noise and turn round at the border; whole pixels."""
    rng = np.random.default_rng(seed)
    time_ = np.arange(frames)
    blocks = {}
    for number in range(tracks):
        width = rng.uniform(25, 70)
        room = np.array([WIDTH - width, HEIGHT - 2.5 * width])
        way = rng.uniform([0, 0], room) + rng.normal(0, 1.0, 2) * time_[:, None]
        way += np.cumsum(rng.normal(0, 0.15, (frames, 2)), axis=0)
        corner = room - np.abs(way % (2 * room) - room)
        swing = 1 + 0.03 * np.sin(time_ / 9 + rng.uniform(0, 6))
        sizes = np.column_stack([width * swing, 2.5 * width * swing])
        blocks[number] = Block.of_boxes(time_, np.round(np.hstack([corner, sizes])))
    table = LabelTable([Track(str(n), f"Person:{n}") for n in range(tracks)], blocks)
    labels = Labels(table, (Category("Person"),), np.ones(frames, dtype=np.bool_))
    names = tuple(map(str, range(frames)))
    return Sequence("made", names, time_, labels, rate_fps=25.0, width=WIDTH, height=HEIGHT)


def best(action: Callable[[], object], *, runs: int = 5) -> float:
    """Return the least processor time of some runs, seconds."""
    least = float("inf")
    for _ in range(runs):
        begin = time.process_time()
        action()
        least = min(least, time.process_time() - begin)
    return max(least, 1e-9)


def like_reference(table: pd.DataFrame, *, frames: int) -> set[tuple[str, int, int]]:
    """The reference's loops: per object and frame, filter, lay out all boxes, compare one pair.

    Its definitions are corrected where they are wrong (no pixel added, absent is not zero), so
    that both sides can agree on what is flagged.
    """
    flags = set()
    for track in table["track"].unique():
        for frame in range(1, frames):
            mine = table[table["track"] == track]
            laid_out = np.full((frames, 4), np.nan)
            columns = (mine[name] for name in ("frame", "left", "top", "width", "height"))
            for at, left, top, width, height in zip(*columns, strict=True):
                laid_out[int(at)] = [left, top, width, height]
            before, now = laid_out[frame - 1], laid_out[frame]
            if np.isnan(before).any() or np.isnan(now).any():
                continue
            overlap = float(iou(before[None], now[None])[0])
            change = float(np.log(now[2] * now[3]) - np.log(before[2] * before[3]))
            if overlap <= 0.5:
                flags.add(("rolling_iou", int(track), frame))
            if abs(change) >= 0.2231:
                flags.add(("size_change", int(track), frame))
    return flags


def ours(sequence: Sequence) -> set[tuple[str, int, int]]:
    profile = Profile()
    scene = Scene(sequence, sequence.labels)
    flags = set()
    checks = [all_checks()[name] for name in ("rolling_iou", "size_change")]
    for name, outcome in run_checks(checks, scene, profile).items():
        hits = outcome.hits
        places = zip(hits.events.track.tolist(), hits.events.frame.tolist(), strict=True)
        flags |= {(name, track, frame) for track, frame in places}
    return flags


def against_reference() -> None:
    sequence = make(tracks=20, frames=1000)
    for number, block in sequence.labels.table.blocks.items():
        block.xywh[100 + 7 * number, 2] *= 1.6
        block.xywh[500 + 11 * number, 0] += 60.0
    table = sequence.labels.table.to_pandas()
    begin = time.process_time()
    theirs = like_reference(table, frames=1000)
    reference_s = time.process_time() - begin
    ours_s = best(lambda: ours(sequence), runs=20)
    assert ours(sequence) == theirs, "both sides flag the same pairs"
    print(
        f"rolling IoU + size change, 1,000 frames x 20 objects: reference loops {reference_s:.1f} s"
        f" in full, ours {ours_s * 1e3:.2f} ms: {reference_s / ours_s:,.0f} times faster"
        f" (wanted 10,000); {len(theirs)} flags equal"
    )


def growth() -> None:
    times = {}
    for tracks in (100, 1000):
        scene_of = make(tracks=tracks, frames=10_000)

        def measure(sequence: Sequence = scene_of) -> None:
            scene = Scene(sequence, sequence.labels)
            checks = [all_checks()[name] for name in ("rolling_iou", "size_change")]
            run_checks(checks, scene, Profile())

        times[tracks] = best(measure, runs=3)
    print(
        "growth of rolling IoU + size change with their findings, 10,000,000 boxes against "
        "1,000,000: "
        f"{times[1000] / times[100]:.1f} times (wanted at most 12)"
    )


def against_copy(sequence: Sequence) -> float:
    """Print rolling IoU against a copy; return the time of one plain pass."""
    xywh = sequence.labels.table.flat.rows.xywh
    target = np.empty_like(xywh)
    copying = best(lambda: np.copyto(target, xywh))
    scene = Scene(sequence, sequence.labels)

    def blocked() -> None:
        scene.__dict__.pop("overlap", None)
        _ = scene.overlap

    in_blocks = best(blocked)
    plain = best(lambda: iou(xywh[:-1], xywh[1:]))
    print(
        f"rolling IoU of {len(xywh):,} boxes: {in_blocks * 1e3:.1f} ms, copying their columns "
        f"{copying * 1e3:.1f} ms: {in_blocks / copying:.1f} times (wanted at most 15); "
        f"one plain pass {plain * 1e3:.1f} ms"
    )
    return plain


def all_label_checks(sequence: Sequence, plain: float) -> None:
    # Checks of shapes do not run where there are only boxes.
    checks = {
        name: check
        for name, check in all_checks().items()
        if not check.needs_frames and not check.needs_shapes
    }

    def measure() -> None:
        scene = Scene(sequence, sequence.labels)
        run_checks(checks.values(), scene, Profile())

    checking = best(measure, runs=3)
    with_flags = best(lambda: analyse(sequence, sequence.labels, checks=checks), runs=3)
    print(
        f"all {len(checks)} label-only checks: {checking:.2f} s = {checking / plain:.0f} plain "
        f"passes (wanted at most 20); with ranked flags {with_flags:.2f} s = "
        f"{with_flags / plain:.0f}"
    )
    print("  slowest: " + ", ".join(f"{n} {c / plain:.1f}" for n, c in slowest(sequence, checks)))


def slowest(sequence: Sequence, checks: Mapping[str, Check]) -> list[tuple[str, float]]:
    """Return what takes longest, and how long: shared evidence, and checks once that is known."""
    scene, costs = Scene(sequence, sequence.labels), defaultdict[str, float](float)

    def add(name: str, action: Callable[[], object]) -> None:
        begin = time.process_time()
        action()
        costs[name] += time.process_time() - begin

    for name in ("shake", "by_place", "near_pairs"):
        add(name, lambda name=name: getattr(scene, name))
    for part in scene.parts():
        for name in ("columns", "steady", "noise", "motion", "breaks", "overlap", "medians"):
            add(name, lambda name=name, part=part: getattr(part, name))
        for name, check in checks.items():
            if not check.compares_tracks:
                add(name, lambda check=check, part=part: check.run(part, check.defaults()))
    # What parts derive is handed on, and not derived again by the first check that asks.
    _ = scene.breaks, scene.usual_overlap
    for name, check in checks.items():
        if check.compares_tracks:
            add(name, lambda check=check: check.run(scene, check.defaults()))
    return sorted(costs.items(), key=lambda item: -item[1])[:12]


def recheck() -> None:
    sequence = make(tracks=50, frames=2000)
    before = analyse(sequence, sequence.labels)
    block = sequence.labels.table.blocks[7]
    boxes = block.xywh.copy()
    boxes[900, 0] += 30.0
    moved = {7: Block.of_boxes(block.frame, boxes)}
    labels = replace(sequence.labels, table=sequence.labels.table.with_blocks(moved))
    # Ranking the flags again is part of what an edit costs.
    cost = best(lambda: before.recheck(labels, [7]).flags, runs=9)
    print(f"recheck after one edit, 2,000 frames x 50 tracks: {cost * 1e3:.1f} ms (wanted 16)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip-reference", action="store_true")
    parser.add_argument("--boxes", type=int, default=1_000_000)
    arguments = parser.parse_args()
    recheck()
    sequence = make(tracks=max(arguments.boxes // 10_000, 1), frames=10_000)
    all_label_checks(sequence, against_copy(sequence))
    growth()
    if not arguments.skip_reference:
        against_reference()


if __name__ == "__main__":
    main()
