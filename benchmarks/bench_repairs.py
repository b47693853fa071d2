"""Share of planted mistakes that the first proposed repair makes good, by kind.

Run: python benchmarks/bench_repairs.py [--seeds 1] [--difficulty moderate subtle] [--misses]
         [--demo] [FOLDER...]
Every FOLDER is a MOTChallenge sequence; by default all of ../shared/data/mot. ``--demo`` plants
into the truth of the program's own demo instead.

A mistake is found when a flag points at it (the rule of the checks' benchmark). It is made good
when, after the first proposal of the best such flag, every object of the event is there in every
frame of the event (20 frames for a lasting swap, less two at its edge) under its own identity,
with an IoU of at least 0.7 with the clean label and its category and name (for flickers, its
attributes); nothing that was planted is left over; and no box near by that the edit changed is
worse than that.
``as is`` is the share that satisfies all this without any repair: subtle mistakes may.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench_recall import MOT, read_mot
from trackproof.checks import analyse
from trackproof.checks.bench import LONG_EVENT_FRAMES
from trackproof.checks.bench_scenes import dressed, vouched_for
from trackproof.checks.planting import Difficulty, PlantKind, plant
from trackproof.checks.planting_model import RANKED_KINDS
from trackproof.checks.repairs import proposals
from trackproof.labels import Block, LabelTable, concatenate
from trackproof.labels.boxes import iou

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackproof.checks import Flag
    from trackproof.checks.planting_model import Planted, PlantedEvent
    from trackproof.labels import Labels, Sequence

GOOD_IOU = 0.7
SWAP_FRAMES, SWAP_EDGE = 20, 2
NEAR_FRAMES = 30
NOT_REPAIRABLE = (PlantKind.EARLY_END, PlantKind.LATE_START)
"""Labels alone do not tell where an object went on."""


def demo_sequence() -> tuple[Sequence, int]:
    from trackproof.demo.folder import ensure_demo
    from trackproof.demo.scene import load_scene
    from trackproof.formats import open_labels

    return open_labels(ensure_demo().truth_path).sequences[0], load_scene().planting.seed


def pointing(flags: Iterable[Flag], event: PlantedEvent) -> Flag | None:
    slack = 2 if len(event) > LONG_EVENT_FRAMES else 1
    for flag in flags:
        is_near = event.frame_start - slack <= flag.frame <= event.frame_end + slack
        if flag.track in event.tracks and is_near:
            return flag
    return None


def same(
    labels: Labels, clean: Labels, track: int, frame: int, *, with_attributes: bool = False
) -> bool:
    """Return whether one object is in one frame as it should be (or rightly is not)."""
    now, then = labels.table.block(track), clean.table.block(track)
    row = None if now is None else now.row_at(frame)
    true_row = None if then is None else then.row_at(frame)
    if now is None or row is None or then is None or true_row is None:
        return row is None and true_row is None
    names, sets = labels.table.names, labels.table.attribute_sets
    is_alike = now.category[row] == then.category[true_row]
    is_alike &= names[now.name[row]] == clean.table.names[then.name[true_row]]
    if with_attributes:
        true_set = clean.table.attribute_sets[then.attributes[true_row]]
        is_alike &= dict(sets[now.attributes[row]]) == dict(true_set)
    return bool(is_alike and iou(now.xywh[row], then.xywh[true_row]) >= GOOD_IOU)


def truth_but_for(event: PlantedEvent, clean: Labels, planted: Planted) -> Labels:
    """Return the clean labels under the numbers that all other lasting mistakes leave.

    After a swap or a split, an object goes on under another number; a repair of a later mistake
    is right under that number. Applied by ascending frame, as the events name the final numbers.
    """
    table = planted.labels.table
    blocks = dict(clean.table.blocks)
    lasting = (PlantKind.SWAP, PlantKind.FRAGMENT, PlantKind.TWO_IDS)
    for other in sorted(planted.events, key=lambda one: one.frame_end):
        if other is event or other.kind not in lasting:
            continue
        one, two = other.tracks
        empty = Block.of_boxes([], np.empty((0, 4)))
        pieces = []
        for track in (one, two):
            block = blocks.get(track, empty)
            stays = block.frame < other.frame_end
            pieces.append((block.take(stays), block.take(~stays)))
        for track, stays, comes in ((one, 0, 1), (two, 1, 0)):
            kept, rows = pieces[stays][0], pieces[comes][1]
            name = table.blocks[track].name if track in table.blocks else kept.name
            usual = int(np.bincount(name).argmax()) if len(name) else 0
            renamed = replace(rows, name=np.full(len(rows), usual, dtype=np.int32))
            blocks[track] = concatenate([kept, renamed])
    return replace(
        clean,
        table=LabelTable(
            table.tracks, blocks, names=table.names, attribute_sets=table.attribute_sets
        ),
    )


def frames_of(event: PlantedEvent, count: int) -> range:
    if event.kind is PlantKind.SWAP:
        first = event.frame_start + SWAP_EDGE + 1
        return range(first, min(first + SWAP_FRAMES, count))
    return range(event.frame_start, event.frame_end + 1)


def is_good(
    labels: Labels, clean: Labels, event: PlantedEvent, *, busy: set[int] = frozenset()
) -> bool:
    frames = frames_of(event, len(clean.listed))
    flickers = event.kind is PlantKind.ATTRIBUTE_FLICKER
    return all(
        same(labels, clean, track, frame, with_attributes=flickers)
        for track in event.tracks
        for frame in frames
        if event.kind is not PlantKind.SWAP or frame not in busy
    )


def harms(
    labels: Labels, planted: Labels, clean: Labels, event: PlantedEvent, *, busy: set[int]
) -> bool:
    """Return whether the edit made a box near by wrong that was right."""
    around = range(max(event.frame_start - NEAR_FRAMES, 0), event.frame_end + NEAR_FRAMES)
    edge = range(event.frame_start - SWAP_EDGE, event.frame_start + SWAP_EDGE + 1)
    skipped = busy | (set(edge) if event.kind is PlantKind.SWAP else set())
    return any(
        same(planted, clean, track, frame) and not same(labels, clean, track, frame)
        for track in planted.table.blocks
        if labels.table.block(track) is not planted.table.block(track)
        for frame in around
        if frame not in skipped and frame < len(clean.listed)
    )


def run(clean: Sequence, *, seed: int, difficulty: str) -> Iterator[tuple[PlantedEvent, dict]]:
    planted = plant(clean, seed=seed, difficulty=Difficulty(difficulty), kinds=RANKED_KINDS)
    analysis = analyse(clean, planted.labels)
    for event in planted.events:
        flag = pointing(analysis.flags, event)
        truth = truth_but_for(event, clean.labels, planted)
        result = {"found": flag is not None, "as is": is_good(planted.labels, truth, event)}
        if flag is not None:
            begin = time.process_time()
            edits = proposals(analysis, flag)
            result["ms"] = 1000 * (time.process_time() - begin)
            result["edits"] = [edit.describe(planted.labels) for edit in edits]
            result["flag"] = f"{flag.kind} {flag.frame_start}-{flag.frame_end} {flag.checks}"
            busy = {
                frame
                for other in planted.events
                if other is not event and set(other.tracks) & {*event.tracks, flag.track}
                for frame in range(other.frame_start - 1, other.frame_end + 2)
            }
            good = []
            for edit in edits:
                after = edit.result(planted.labels)
                good.append(
                    is_good(after, truth, event, busy=busy)
                    and not harms(after, planted.labels, truth, event, busy=busy)
                )
            result["first"], result["any"] = good[:1] == [True], any(good)
        yield event, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--difficulty", nargs="+", default=["moderate"])
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--demo", action="store_true")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    if arguments.demo:
        sequence, seed = demo_sequence()
        sequences, seeds = [sequence], range(seed, seed + arguments.seeds)
    else:
        folders = arguments.folders or sorted(path for path in MOT.iterdir() if path.is_dir())
        sequences = [dressed(vouched_for(read_mot(folder))) for folder in folders]
    results: dict[str, list[dict]] = defaultdict(list)
    for sequence in sequences:
        for difficulty in arguments.difficulty:
            for seed in seeds:
                for event, result in run(sequence, seed=seed, difficulty=difficulty):
                    results[event.kind].append(result)
                    if arguments.misses and result["found"] and not result["first"]:
                        print(
                            f"{sequence.name} {event.kind} {event.tracks} {event.frame_start}-"
                            f"{event.frame_end} {event.description} | {result['flag']} | "
                            f"{result['any']} {result['edits']}"
                        )
    report(results)


def report(results: dict[str, list[dict]]) -> None:
    print(f"{'kind':28}{'events':>7}{'found':>7}{'as is':>7}{'first':>7}{'any':>7}   of the found")
    totals = defaultdict(list)
    for kind in RANKED_KINDS:
        found = [result for result in results[kind] if result["found"]]
        row = f"{kind:28}{len(results[kind]):7}{len(found):7}"
        for key in ("as is", "first", "any"):
            shares = [result[key] for result in found]
            if kind not in NOT_REPAIRABLE:
                totals[key] += shares
            row += f"{np.mean(shares):7.2f}" if shares else f"{'-':>7}"
        print(row + ("   no repair from labels alone" if kind in NOT_REPAIRABLE else ""))
    print(
        f"{'all but the two ends':28}{'':14}"
        + "".join(f"{np.mean(v):7.2f}" for v in totals.values())
    )
    took = [result["ms"] for found in results.values() for result in found if result["found"]]
    print(
        f"processor time of a flag's proposals: median {np.median(took):.0f} ms, "
        f"95 % under {np.quantile(took, 0.95):.0f} ms"
    )


if __name__ == "__main__":
    main()
