"""Cost of undo, and of opening a review with a long journal, on 100,000 boxes.

Run with ``python benchmarks/bench_review.py``. Prints milliseconds, and ratios within this run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from trackproof.formats import open_labels
from trackproof.labels import (
    Compound,
    CopyTo,
    DeleteBoxes,
    Edit,
    FrameRanges,
    Interpolate,
    Merge,
    NewTrack,
    PutBox,
    Rename,
    ScaleRange,
    SetAttribute,
    SetCategory,
    SetFrameAttribute,
    ShiftRange,
    Split,
    Swap,
)
from trackproof.review import Review

FRAMES, TRACKS = 2000, 50
BOX = (5.0, 5.0, 20.0, 20.0)


def write_labels(path: Path) -> None:
    """Write a Ground Truth file of 100,000 boxes."""
    frames = []
    for frame in range(FRAMES):
        annotations = [
            {
                "height": 40,
                "width": 60,
                "top": 10 + track,
                "left": (frame + 20 * track) % 1800,
                "class-id": str(track % 2),
                "label-category-attributes": {"occluded": "no"},
                "object-id": f"7a6d2f1c-0000-11ee-8000-{track:012}",
                "object-name": f"{'Vehicle' if track % 2 else 'Person'}:{track + 1}",
            }
            for track in range(TRACKS)
        ]
        name = f"{frame:06}.jpg"
        frames.append(
            {
                "annotations": annotations,
                "frame-no": str(frame),
                "frame": name,
                "frame-attributes": {},
            }
        )
    path.write_text(json.dumps({"tracking-annotations": frames}))


def edits() -> dict[str, Edit]:
    """One edit of each kind, the large ones as large as they get."""
    all_tracks = tuple(range(TRACKS))
    half, everything = FrameRanges.starting(FRAMES // 2), FrameRanges.everything()
    return {
        "put a box": PutBox(3, 1000, BOX),
        "delete 25,000 boxes": DeleteBoxes(all_tracks[:25], half),
        "delete all but one frame": DeleteBoxes(all_tracks, FrameRanges.starting(1)),
        "new track": NewTrack(0, 10, BOX),
        "rename": Rename(3, "Vehicle:900"),
        "set category": SetCategory((3,), 0),
        "set attribute, 100,000 boxes": SetAttribute(all_tracks, "occluded", "yes"),
        "set frame attribute, all": SetFrameAttribute(everything, "weather", "rain"),
        "split": Split(3, half),
        "merge": Merge(3, 4, "keep first"),
        "swap": Swap(3, 5, half),
        "interpolate": Interpolate(3, (0, 700, FRAMES - 1), "smooth"),
        "copy to all": CopyTo((3,), 5, everything, overwrite=True),
        "shift 100,000 boxes": ShiftRange(all_tracks, everything, 1.5, 0.0),
        "scale one track": ScaleRange((3,), everything, 1.1, 1.1),
        "50 edits as one": Compound(
            "many", tuple(PutBox(track, 7, BOX) for track in range(TRACKS))
        ),
    }


def milliseconds(start: float) -> float:
    return 1000 * (time.perf_counter() - start)


def bench_undo(path: Path, rounds: int) -> float:
    """Print the time of undo, in the session of the edit and after opening the review again."""
    print(f"\nundo, {FRAMES * TRACKS:,} boxes    median ms   after opening again   (limit 16)")
    worst = 0.0
    for what, edit in edits().items():
        warm, cold = [], []
        for _ in range(rounds):
            review, name = opened_review(path)
            review.apply(name, edit)
            review.flush()
            warm.append(timed_undo(review))
            review.redo()
            review.close()
            review, _ = opened_review(path)
            review.labels(name)
            # As the window does while it opens a review, in the background.
            review.keep(review.prepare_undo())
            cold.append(timed_undo(review))
            review.close()
        worst = max(worst, statistics.median(warm))
        print(f"  {what:28} {statistics.median(warm):8.2f} {statistics.median(cold):20.2f}")
    return worst


def opened_review(path: Path) -> tuple[Review, str]:
    opened = open_labels(path)
    return Review.open_or_create(opened, reviewer="bench"), opened.sequences[0].name


def timed_undo(review: Review) -> float:
    start = time.perf_counter()
    review.undo()
    return milliseconds(start)


def fill(review: Review, name: str, entries: int) -> None:
    chance = np.random.default_rng(1)
    for entry in range(entries):
        track, frame = int(chance.integers(TRACKS)), int(chance.integers(FRAMES))
        if entry % 5:
            review.apply(name, PutBox(track, frame, (float(entry), 1.0, 20.0, 20.0)))
        else:
            review.judge(name, [f"flag {entry}"], "fixed")


def opening_ms(path: Path, rounds: int, *, with_review: bool) -> list[float]:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        opened = open_labels(path)
        if with_review:
            review = Review.open_or_create(opened, reviewer="bench")
            review.labels(opened.sequences[0].name)
            review.verdicts(opened.sequences[0].name)
            assert review.undo_label
            review.keep(review.prepare_undo())
        times.append(milliseconds(start))
        if with_review:
            review.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRACKPROOF_HOME"] = folder
        path = Path(folder) / "SeqLabel.json"
        write_labels(path)
        opened = open_labels(path)
        name = opened.sequences[0].name
        review = Review.open_or_create(opened, reviewer="bench")
        start = time.perf_counter()
        fill(review, name, options.entries)
        applied = milliseconds(start)
        assert review.flush(3600)
        written = milliseconds(start)
        print(
            f"{options.entries:,} steps: {applied / options.entries:.3f} ms each to apply, ", end=""
        )
        print(f"{written / options.entries:.3f} ms each until all were on disk")
        file = review.path
        review.close()
        print(f"\nreview file: {file.stat().st_size / 1e6:.1f} MB" if file else "")
        alone, both = [], []
        for _ in range(options.rounds):
            alone += opening_ms(path, 1, with_review=False)
            both += opening_ms(path, 1, with_review=True)
        worst = bench_undo(path, options.rounds)
        ratio = statistics.median(both) / statistics.median(alone)
        print(f"opening the labels alone {statistics.median(alone):9.1f} ms")
        print(f"opening with the review  {statistics.median(both):9.1f} ms")
        print(f"ratio {ratio:.2f} (limit 1.50); worst median undo {worst:.2f} ms (limit 16)")


if __name__ == "__main__":
    main()
