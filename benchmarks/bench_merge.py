"""Merge-back of 100,000 boxes against one parse of the same labels as JSON, in one run.

Run: python benchmarks/bench_merge.py [--boxes 100000] [--windows 20]
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.formats.ground_truth_labels import encode_labels
from trackproof.handoff.acceptance import AcceptResults
from trackproof.handoff.excerpt import excerpt
from trackproof.handoff.merge import Returned, merge_back
from trackproof.handoff.plan import PlannedWindow
from trackproof.labels import Block, Category, Labels, LabelTable, PutBox, Sequence, Track

if TYPE_CHECKING:
    from collections.abc import Callable

FRAMES = 2_000
REPEATS = 5


def made_sequence(boxes: int) -> Sequence:
    rng = np.random.default_rng(1)
    count = boxes // FRAMES
    blocks = {
        track: Block.of_boxes(
            np.arange(FRAMES),
            np.hstack([rng.integers(0, 1_000, (FRAMES, 2)), rng.integers(5, 100, (FRAMES, 2))]),
            name=track + 1,
        )
        for track in range(count)
    }
    names = tuple(f"Car:{track + 1}" for track in range(count))
    table = LabelTable([Track(f"id-{name}", name) for name in names], blocks, names=("", *names))
    labels = Labels(table, (Category("Car", "0"),), np.ones(FRAMES, dtype=np.bool_))
    files = tuple(f"{frame:06d}.jpg" for frame in range(FRAMES))
    return Sequence("made", files, np.arange(FRAMES), labels, width=1920, height=1080)


def made_results(sequence: Sequence, windows: int) -> list[Returned]:
    """Return windows that cover the sequence, each with one box moved."""
    found = []
    for number in range(windows):
        start, end = number * FRAMES // windows, (number + 1) * FRAMES // windows - 1
        sent = excerpt(sequence, sequence.labels, frame_start=start, frame_end=end)
        planned = PlannedWindow(
            job=1,
            line=number,
            folder="",
            sequence=sequence.name,
            frame_start=start,
            frame_end=end,
            flagged=((start, end),),
            frame_names=sent.frame_names,
            frame_numbers=tuple(range(start, end + 1)),
        )
        back = PutBox(0, 5, (1.0, 2.0, 3.0, 4.0)).result(sent.labels)
        found.append(Returned(planned, sent, replace(sent, labels=back)))
    return found


def best(run: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=100_000)
    parser.add_argument("--windows", type=int, default=20)
    given = parser.parse_args()
    sequence = made_sequence(given.boxes)
    results = made_results(sequence, given.windows)
    text = encode_labels(sequence, sequence.labels)
    parse_s = best(lambda: json.loads(text))

    def merge() -> None:
        AcceptResults(merge_back(sequence, sequence.labels, results)).apply(sequence.labels)

    merge_s = best(merge)
    print(f"{len(sequence.labels.table):,} boxes in {given.windows} windows, {len(text):,} bytes")
    print(f"one JSON parse {parse_s:.3f} s, merge-back {merge_s:.3f} s")
    print(f"ratio {merge_s / parse_s:.2f} (goal: 1 s, or a ratio of at most 5)")


if __name__ == "__main__":
    main()
