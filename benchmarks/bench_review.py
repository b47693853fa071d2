"""Cost of undo, and of opening a review with a long journal, on 100,000 boxes.

Run with ``python benchmarks/bench_review.py``. Prints milliseconds, and ratios within this run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trackproof.formats import open_labels
from trackproof.labels import (
    Change,
    Compound,
    CopyTo,
    DeleteBoxes,
    Edit,
    FrameRanges,
    Interpolate,
    Labels,
    Merge,
    NewTrack,
    PutBox,
    PutBoxes,
    Rename,
    ScaleRange,
    SetAttribute,
    SetCategory,
    SetFrameAttribute,
    ShiftRange,
    Split,
    Swap,
    TrackDelta,
)
from trackproof.review import Entry, Judgement, Opened, Review, Step, Verdict
from trackproof.review.database import connect
from trackproof.review.journal import KEPT_WHOLE, insert_step
from trackproof.review.sequences import write_verdicts
from trackproof.review.state import write_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

FRAMES, TRACKS = 2000, 50
BOX = (5.0, 5.0, 20.0, 20.0)
BY_HAND = 2_000
"""Last steps of the long journal that are made through the review itself."""


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


def predicting(track: int) -> PutBoxes:
    return PutBoxes(track, (7,), np.array([BOX]), verb="predict")


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
        "predict one": predicting(0),
        f"predict {TRACKS} objects": Compound(
            "predict", tuple(predicting(track) for track in all_tracks)
        ),
        "attribute over ranges": SetAttribute(
            all_tracks[:10], "occluded", "yes", FrameRanges.parse("2-500,800-1000,1200")
        ),
        "delete over a range": DeleteBoxes((3,), FrameRanges.span(100, 900)),
        "swap over a range": Swap(3, 5, FrameRanges.span(100, 900)),
        "expected over a range": PutBoxes(
            3, tuple(range(100, 150)), np.tile(np.array(BOX), (50, 1))
        ),
    }


@dataclass(frozen=True, slots=True)
class Time:
    """Milliseconds on the clock, and of this thread on a processor."""

    clock: float
    processor: float

    @classmethod
    def of(cls, work: Callable[[], object]) -> Time:
        start, cpu = time.perf_counter(), time.thread_time()
        work()
        return cls(1000 * (time.perf_counter() - start), 1000 * (time.thread_time() - cpu))


def median(times: list[Time]) -> Time:
    return Time(
        statistics.median(one.clock for one in times),
        statistics.median(one.processor for one in times),
    )


def bench_undo(opened: Opened, rounds: int) -> float:
    """Print the time of undo, in the session of the edit, later in it, and after opening again."""
    print(f"\nundo, {FRAMES * TRACKS:,} boxes: median ms on a processor (on the clock), limit 16")
    print(f"  {'':28} {'at once':>16} {'after opening':>16} {'31 edits later':>16}")
    worst, name = 0.0, opened.sequences[0].name
    for what, edit in edits().items():
        warm, cold, late = [], [], []
        for _ in range(rounds):
            review = reviewed(opened)
            review.apply(name, edit)
            review.flush()
            warm.append(Time.of(review.undo))
            review.redo()
            review.close()
            review = reviewed(opened)
            review.labels(name)
            # As the window does while it opens a review, in the background.
            review.keep(review.prepare_undo())
            cold.append(Time.of(review.undo))
            review.close()
        review = reviewed(opened)
        for _ in range(rounds):
            review.apply(name, edit)
            for frame in range(KEPT_WHOLE + 1):
                review.apply(name, PutBox(TRACKS - 1, frame, (frame + 1.0, 1.0, 9.0, 9.0)))
            for _ in range(KEPT_WHOLE + 1):
                review.undo()
            # As the window does after every step, in the background.
            review.keep(review.prepare_undo())
            late.append(Time.of(review.undo))
        review.close()
        found = [median(times) for times in (warm, cold, late)]
        worst = max(worst, *(one.processor for one in found))
        columns = (f"{one.processor:8.2f} ({one.clock:5.1f})" for one in found)
        print(f"  {what:28} {' '.join(columns)}")
    return worst


def reviewed(opened: Opened) -> Review:
    return Review.open_or_create(opened, reviewer="bench")


def fill(opened: Opened, entries: int) -> None:
    """Give the review a journal of that many steps, of which the last ones are made as people do.

    Those before are written as the review's writer writes them, in one transaction: every fifth
    is a verdict, the others move one box, each from where the one before had left it.
    """
    name = opened.sequences[0].name
    by_hand = min(entries, BY_HAND)
    review = reviewed(opened)
    review.flush(600)
    path, labels = review.path, review.labels(name)
    review.close()
    if path is None:
        raise SystemExit("The review of the benchmark could not be written.")
    with contextlib.closing(connect(path)) as connection:
        connection.execute("BEGIN")
        write_steps(connection, labels, entries - by_hand)
        connection.execute("COMMIT")
    review = reviewed(opened)
    took = Time.of(lambda: make_steps(review, name, first=entries - by_hand, count=by_hand))
    settled = Time.of(lambda: review.flush(600))
    assert len(review.history()) == entries
    print(
        f"{by_hand:,} steps made on top of {entries - by_hand:,}: "
        f"{took.clock / by_hand:.3f} ms each to apply ({took.processor / by_hand:.3f} ms on a "
        f"processor), {(took.clock + settled.clock) / by_hand:.3f} ms each until all were on disk"
    )
    review.close()
    print(f"review file: {path.stat().st_size / 1e6:.1f} MB")
    check_course(opened, labels)


def write_steps(connection: sqlite3.Connection, labels: Labels, count: int) -> None:
    chance = np.random.default_rng(1)
    blocks = dict(labels.table.blocks)
    boxes = {track: block.xywh.copy() for track, block in blocks.items()}
    for entry in range(1, count + 1):
        track, frame = int(chance.integers(TRACKS)), int(chance.integers(FRAMES))
        if entry % 5 == 0:
            verdict = Verdict(f"flag {entry}", "fixed", "bench", float(entry))
            judgement = Judgement("mark 1 flag fixed", ((None, verdict),))
            step = Step(Entry(entry, 1, "verdict", judgement.label, "bench", 0.0, None))
            insert_step(connection, replace(step, judgement=judgement))
            write_verdicts(connection, 1, judgement.after)
            continue
        row = slice(frame, frame + 1)
        before = replace(blocks[track].view(frame, frame + 1), xywh=boxes[track][row].copy())
        boxes[track][row] = (float(entry), 1.0, 20.0, 20.0)
        after = replace(before, xywh=boxes[track][row].copy())
        change = Change(f"move {track}", {track: TrackDelta(before.frame, before, after)})
        insert_step(
            connection,
            Step(Entry(entry, 1, "edit", change.label, "bench", 0.0, None), change=change),
        )
    for track, block in blocks.items():
        moved = replace(block, xywh=boxes[track])
        write_rows(connection, sequence=1, track=track, block=moved)


def make_steps(review: Review, name: str, *, first: int, count: int) -> None:
    chance = np.random.default_rng(2)
    for entry in range(first, first + count):
        track, frame = int(chance.integers(TRACKS)), int(chance.integers(FRAMES))
        if entry % 5:
            review.apply(name, PutBox(track, frame, (float(entry), 2.0, 20.0, 20.0)))
        else:
            review.judge(name, [f"flag {entry}"], "fixed")


def check_course(opened: Opened, labels: Labels) -> None:
    """Refuse a journal that does not lead back to the labels as read."""
    review = reviewed(opened)
    now = review.labels(opened.sequences[0].name).table.blocks
    boxes = {track: block.xywh.copy() for track, block in now.items()}
    for step in reversed(list(review.steps())):
        for track, delta in step.change.deltas.items() if step.change else ():
            assert delta.before is not None
            assert delta.after is not None
            assert np.array_equal(boxes[track][delta.frames], delta.after.xywh)
            boxes[track][delta.frames] = delta.before.xywh
    review.close()
    assert all(np.array_equal(labels.table.blocks[t].xywh, left) for t, left in boxes.items())


def opening(path: Path, *, with_review: bool) -> Time:
    reviews: list[Review] = []

    def work() -> None:
        opened = open_labels(path)
        if with_review:
            review = reviewed(opened)
            reviews.append(review)
            review.labels(opened.sequences[0].name)
            review.verdicts(opened.sequences[0].name)
            assert review.undo_label
            review.keep(review.prepare_undo())

    # The review's own threads count as well.
    start, clock = time.process_time(), Time.of(work).clock
    found = Time(clock, 1000 * (time.process_time() - start))
    for review in reviews:
        review.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRACKPROOF_HOME"] = folder
        path = Path(folder) / "SeqLabel.json"
        write_labels(path)
        opened = open_labels(path)
        fill(opened, options.entries)
        alone, both = [], []
        for _ in range(options.rounds + 2):
            alone.append(opening(path, with_review=False))
            both.append(opening(path, with_review=True))
        worst = bench_undo(opened, options.rounds)
        first, second = median(alone), median(both)
        print("\nmedian ms                 on the clock   on a processor")
        print(f"opening the labels alone {first.clock:13.1f} {first.processor:16.1f}")
        print(f"opening with the review  {second.clock:13.1f} {second.processor:16.1f}")
        ratios = second.clock / first.clock, second.processor / first.processor
        print(f"ratio                    {ratios[0]:13.2f} {ratios[1]:16.2f}  (limit 1.50)")
        print(f"worst median undo        {worst:13.2f} ms on a processor (limit 16)")


if __name__ == "__main__":
    main()
