"""Fit the weights of the checks of shapes on planted mistakes, and say what they find of others.

No labels of polygons, polylines and keypoints are at hand that are known to be right. So real
tracks of boxes are drawn anew as shapes: an outline of its own for every object, which deforms as
it moves, by a hand that trembles by 0.4 to 2 % of the object's diagonal, in whole pixels as
annotation tools store them. Where objects are, how they move and how large they are is real.

Mistakes of one kind are planted as often as those of one kind of boxes are by `plant`, so that the
weights stand on the scale of resources/ranking.toml.

Run: python benchmarks/fit_shape_ranking.py [--seeds 4] [--write] FOLDER...
Every FOLDER is a MOTChallenge sequence; by default all of ../shared/data/mot. With --write
resources/ranking_shapes.toml is written, fitted on all sequences.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from bench_recall import MOT, read_mot
from fit_ranking import FEWEST_BOXES, RESOURCE, Sample, fit, is_real
from trackproof.checks import all_checks, analyse
from trackproof.checks.planting import RATE_PER_1000, Difficulty
from trackproof.checks.planting_model import RANKED_KINDS, STRENGTHS
from trackproof.checks.ranking import features, log_support, weights_of
from trackproof.labels import Block, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from trackproof.labels import Labels, Sequence

    Points = npt.NDArray[np.float64]
    Plant = Callable[["Drawn", np.random.Generator, Difficulty], "Event | None"]

TARGET = RESOURCE.with_name("ranking_shapes.toml")
FIRST_SEED, FIRST_JUDGED = 2000, 5000
LONGEST_RUN = 8
TREMBLE = (0.004, 0.02)
"""Standard deviation of the hand, shares of the object's diagonal; drawn for every object."""

HEAD = """\
# Made by benchmarks/fit_shape_ranking.py from mistakes planted into real tracks that were drawn as
# polygons, polylines and keypoints; see docs/adding-a-check.md.
# log-odds = bias + slope * ln(score) - rarity * ln(findings per 1,000 boxes that are as strong)
"""


@dataclass(frozen=True)
class Event:
    """A planted mistake, as `is_real` looks at it."""

    kind: str
    tracks: tuple[int, ...]
    frame_start: int
    frame_end: int

    def __len__(self) -> int:
        return self.frame_end - self.frame_start + 1


@dataclass
class Drawn:
    """One object as a shape: ``(rows, vertices, 2)`` points, which planting changes."""

    track: int
    block: Block
    shape: Shape
    points: Points
    taken: set[int]

    def run(self, random: np.random.Generator, longest: int) -> slice | None:
        """Return free rows inside the track, one frame after the other, with one on both sides."""
        length = int(random.integers(1, longest + 1))
        if len(self.points) < length + 8:
            return None
        start = int(random.integers(3, len(self.points) - length - 3))
        rows = range(start - 2, start + length + 2)
        if self.taken & set(rows):
            return None
        if self.block.frame[start + length] - self.block.frame[start - 1] != length + 1:
            return None
        self.taken.update(rows)
        return slice(start, start + length)

    def event(self, kind: str, rows: slice) -> Event:
        frame = self.block.frame
        return Event(kind, (self.track,), int(frame[rows.start]), int(frame[rows.stop - 1]))


def outline(shape: Shape, random: np.random.Generator) -> Points:
    """Return an object's own vertices inside the unit square."""
    if shape is Shape.POLYGON:
        count = int(random.integers(8, 15))
        angle = 2 * np.pi * (np.arange(count) + random.uniform(-0.25, 0.25, count)) / count
        reach = 0.5 * random.uniform(0.65, 1.0, count)
        return 0.5 + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if shape is Shape.POLYLINE:
        count = int(random.integers(3, 8))
        along = np.linspace(0.0, 1.0, count)
        return np.stack([along, 0.5 + random.normal(0, 0.15, count)], axis=1)
    body = [(0.5, 0.05), (0.2, 0.3), (0.8, 0.3), (0.25, 0.6), (0.75, 0.6), (0.35, 1.0), (0.65, 1.0)]
    return np.array(body) + random.normal(0, 0.03, (len(body), 2))


def drawn(track: int, block: Block, shape: Shape, random: np.random.Generator) -> Drawn:
    """Return a track of boxes drawn as a shape, without mistakes."""
    own = outline(shape, random)
    time = block.frame.astype(np.float64)[:, None]
    speed, phase = random.uniform(0.05, 0.3, len(own)), random.uniform(0, 2 * np.pi, len(own))
    sway = random.uniform(0.02, 0.08) * np.sin(speed * time + phase)
    points = np.repeat(own[None], len(block), axis=0)
    points[..., 0] += sway
    if shape is Shape.KEYPOINT:
        # Feet pass each other as people walk, seen from the side.
        stride = 0.15 * np.sin(random.uniform(0.2, 0.5) * time[:, 0] + phase[0])
        points[:, -1, 0] -= 0.15 + stride
        points[:, -2, 0] += 0.15 + stride
    points = block.xywh[:, None, :2] + points * block.xywh[:, None, 2:]
    hand = random.uniform(*TREMBLE) * np.hypot(*block.xywh[:, 2:].T)
    trembled = np.round(points + random.normal(0, 1, points.shape) * hand[:, None, None])
    if shape is Shape.POLYGON:
        # A ring that crosses itself is a mistake, whoever made it; none is left in the truth.
        crosses = ~shapely.is_valid(shapely.polygons(trembled))
        trembled[crosses] = points[crosses]
        crosses = ~shapely.is_valid(shapely.polygons(trembled))
        trembled[crosses] = (block.xywh[:, None, :2] + own * block.xywh[:, None, 2:])[crosses]
    return Drawn(track, block, shape, trembled, set())


def cross(one: Drawn, random: np.random.Generator, difficulty: Difficulty) -> Event | None:
    """Exchange two neighbouring vertices of a ring on a few frames."""
    longest = LONGEST_RUN if difficulty is Difficulty.MODERATE else 2
    rows = one.run(random, longest) if one.shape is Shape.POLYGON else None
    if rows is None:
        return None
    first = int(random.integers(0, one.points.shape[1]))
    pair = [first, (first + 1) % one.points.shape[1]]
    one.points[rows, pair] = one.points[rows, pair[::-1]]
    return one.event("crossing", rows)


def jump(one: Drawn, random: np.random.Generator, difficulty: Difficulty) -> Event | None:
    """Put one vertex out of line on one frame, by as much as `plant` shifts boxes."""
    rows = one.run(random, 1) if one.points.shape[1] > 2 else None
    if rows is None:
        return None
    far = random.uniform(*STRENGTHS[difficulty].offset) * one.block.xywh[rows.start, 2]
    angle = random.uniform(0, 2 * np.pi)
    vertex = int(random.integers(0, one.points.shape[1]))
    one.points[rows, vertex] += np.round(far * np.array([np.cos(angle), np.sin(angle)]))
    return one.event("vertex", rows)


def turn(one: Drawn, random: np.random.Generator, difficulty: Difficulty) -> Event | None:
    """Draw a ring the other way round, or a line from its other end, on a few frames."""
    longest = LONGEST_RUN if difficulty is Difficulty.MODERATE else 2
    rows = one.run(random, longest) if one.shape is not Shape.KEYPOINT else None
    if rows is None:
        return None
    one.points[rows] = one.points[rows, ::-1]
    return one.event("turn", rows)


def swap(one: Drawn, random: np.random.Generator, difficulty: Difficulty) -> Event | None:
    """Exchange a left and a right keypoint on a few frames."""
    longest = LONGEST_RUN if difficulty is Difficulty.MODERATE else 2
    rows = one.run(random, longest) if one.shape is Shape.KEYPOINT else None
    if rows is None:
        return None
    left = int(random.choice([1, 3, 5]))
    one.points[rows, [left, left + 1]] = one.points[rows, [left + 1, left]]
    return one.event("swap", rows)


PLANTS: tuple[Plant, ...] = (cross, jump, turn, swap)


def planted(
    sequence: Sequence, shape: Shape, *, seed: int, difficulty: Difficulty
) -> tuple[Labels, list[Event]]:
    """Return a sequence's tracks drawn as shapes with mistakes in them, and the mistakes."""
    random = np.random.default_rng([seed, int(shape), list(Difficulty).index(difficulty)])
    table = sequence.labels.table
    objects = [
        drawn(track, block, shape, random) for track, block in table.blocks.items() if track >= 0
    ]
    kinds = [plant for plant in PLANTS if shape in _SHAPES[plant]]
    rate = RATE_PER_1000 * len(kinds) / len(RANKED_KINDS)
    wanted = max(round(rate * len(table) / 1000), len(kinds))
    events: list[Event] = []
    for turn_of in range(50 * wanted):
        if len(events) == wanted:
            break
        one = objects[int(random.integers(len(objects)))]
        event = kinds[turn_of % len(kinds)](one, random, difficulty)
        events += [event] if event is not None else []
    changed = {one.track: with_points(one) for one in objects}
    return replace(sequence.labels, table=table.with_blocks(changed)), events


_SHAPES: dict[Plant, frozenset[Shape]] = {
    cross: frozenset({Shape.POLYGON}),
    jump: frozenset({Shape.POLYGON, Shape.POLYLINE, Shape.KEYPOINT}),
    turn: frozenset({Shape.POLYGON, Shape.POLYLINE}),
    swap: frozenset({Shape.KEYPOINT}),
}


def with_points(one: Drawn) -> Block:
    """Return the block of an object with its points."""
    rows, count = one.points.shape[:2]
    low, high = one.points.min(axis=1), one.points.max(axis=1)
    return replace(
        one.block,
        xywh=np.hstack([low, high - low]),
        shape=np.full(rows, int(one.shape), dtype=np.uint8),
        vertices=one.points.reshape(-1, 2),
        offsets=np.arange(0, (rows + 1) * count, count, dtype=np.int32),
    )


def samples(sequences: list[Sequence], seeds: Iterable[int]) -> tuple[list[Sample], list[str]]:
    """Return hits of all checks of shapes, and how many mistakes each kind has and shows."""
    checks = {
        name: check
        for name, check in all_checks().items()
        if check.needs_shapes and check.is_ranked
    }
    found: list[Sample] = []
    told: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for sequence in sequences:
        for seed in seeds:
            for shape in (Shape.POLYGON, Shape.POLYLINE, Shape.KEYPOINT):
                for difficulty in (Difficulty.MODERATE, Difficulty.SUBTLE):
                    labels, events = planted(sequence, shape, seed=seed, difficulty=difficulty)
                    fitting = {n: c for n, c in checks.items() if shape in c.needs_shapes}
                    outcomes = analyse(sequence, labels, checks=fitting).outcomes
                    weight = 1000.0 / max(len(labels.table), FEWEST_BOXES)
                    hits = [one.hits for one in outcomes.values()]
                    for event in events:
                        seen = any(is_real(one, [event]).any() for one in hits if len(one))
                        told[event.kind, difficulty.value].append(seen)
                    for name, outcome in outcomes.items():
                        if len(outcome.hits):
                            strength, commonness = features(outcome.hits)
                            real = is_real(outcome.hits, events)
                            support = log_support(outcome.hits)
                            found.append(
                                Sample(
                                    sequence.name, name, strength, commonness, support, real, weight
                                )
                            )
    lines = [
        f"{kind:12}{difficulty:12}{len(seen):6} planted, {np.mean(seen):6.1%} have a finding"
        for (kind, difficulty), seen in sorted(told.items())
    ]
    return found, lines


def as_toml(found: list[Sample]) -> str:
    text = HEAD
    for name in sorted({sample.check for sample in found}):
        bias, slope, rarity = fit([sample for sample in found if sample.check == name])
        text += (
            f"\n[checks.{name}]\nbias = {bias:.3f}\nslope = {slope:.3f}\nrarity = {rarity:.3f}\n"
        )
    return text


def judge(found: list[Sample], text: str) -> None:
    """Print how well the odds of weights agree with what was planted: log loss per finding."""
    weights = weights_of(
        f"agreement = 0.3\n[other]\nbias = -2.0\nslope = 1.0\nrarity = 0.7\n{text}"
    )
    for name in sorted({sample.check for sample in found}):
        mine = [sample for sample in found if sample.check == name]
        weight = weights.of(name)
        odds = np.concatenate(
            [
                weight.bias + weight.slope * s.strength - weight.rarity * s.commonness + s.support
                for s in mine
            ]
        )
        real = np.concatenate([s.is_real for s in mine])
        loss = np.mean(np.logaddexp(0.0, odds) - real * odds)
        print(
            f"  {name:16}{len(real):6} findings, {real.mean():6.1%} real, log loss {loss:.3f}, "
            f"mean probability {np.mean(1 / (1 + np.exp(-odds))):.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    folders = arguments.folders or sorted(path for path in MOT.iterdir() if path.is_dir())
    sequences = [read_mot(folder) for folder in folders]
    found, _ = samples(sequences, range(FIRST_SEED, FIRST_SEED + arguments.seeds))
    text, known = as_toml(found), TARGET.read_text(encoding="utf-8")
    if arguments.write:
        TARGET.write_text(text, encoding="utf-8")
        print(f"wrote {TARGET.name}")
    fresh, lines = samples(sequences, range(FIRST_JUDGED, FIRST_JUDGED + arguments.seeds))
    print("\n".join(lines))
    for title, weights in (("fitted", text), ("that were shipped", known)):
        print(f"weights {title}, on seeds that no fit saw:")
        judge(fresh, weights)
    print("left out in turn, weights fitted on the other sequences:")
    for sequence in sequences:
        print(sequence.name)
        others = [sample for sample in found if sample.sequence != sequence.name]
        judge([one for one in fresh if one.sequence == sequence.name], as_toml(others))


if __name__ == "__main__":
    main()
