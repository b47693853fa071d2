"""How well descriptors of a crop tell one object from another, on the real pair.

Run: python benchmarks/bench_appearance.py [--backbone FILE.onnx]...
Repeats, on PETS09-S2L1 with its video, the table behind the choice of descriptor: the area under
the curve (AUC) of the distance between successive crops of one object against another object, a
near neighbour (within 2 widths), the same object with a shifted box (0.4 w, 0.2 h) and with the
bottom 30 % cut; then crops 10 frames apart against a near neighbour; and milliseconds of processor
time per crop.
Neural backbones take part as ONNX files, one crop at a time; the one that `trackproof backbone
convert` made does so by itself.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.stats import rankdata

from bench_recall import MOT, read_mot
from trackproof.checks.backbone import Backbone, converted_path, vector_distance
from trackproof.checks.pixel_descriptor import (
    colour_distance,
    colours,
    crop_of,
    edge_distance,
    edges,
)
from trackproof.frames import open_frames

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Picture = npt.NDArray[np.uint8]
    Values = npt.NDArray[np.float64]

VIDEO = MOT.parent / "video" / "vtest.avi"
EVERY = 3
"""Frames between samples; the crops of neighbouring frames hardly differ."""

EDGE_WEIGHT = 0.5
COLUMNS = ("other", "near", "shift", "cut", "10 apart")


@dataclass(frozen=True)
class Method:
    """A way to describe a crop and to compare two descriptions."""

    name: str
    describe: Callable[[Picture], npt.NDArray[np.generic]]
    distance: Callable[[npt.NDArray[np.generic], npt.NDArray[np.generic]], float]


def gray_small(crop: Picture) -> npt.NDArray[np.float32]:
    """Return 16 x 32 grey levels without mean and contrast."""
    gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(gray, (16, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    return (small - small.mean()) / (small.std() + 1e-6)


def perceptual_hash(crop: Picture) -> npt.NDArray[np.bool_]:
    """Return 63 bits: lowest cosine coefficients against their median."""
    gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(gray, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].ravel()[1:]
    return low > np.median(low)


METHODS = (
    Method("HSV 8x4x4 in 3 stripes", colours, lambda a, b: float(colour_distance(a, b))),
    Method(
        "HSV + HOG",
        lambda crop: (colours(crop), edges(crop)),
        lambda a, b: float(colour_distance(a[0], b[0]) + EDGE_WEIGHT * edge_distance(a[1], b[1])),
    ),
    Method("HOG 64x128", edges, lambda a, b: float(edge_distance(a, b))),
    Method("gray NCC 16x32", gray_small, lambda a, b: 1.0 - float((a * b).mean())),
    Method("pHash 63 bit", perceptual_hash, lambda a, b: float((a != b).sum())),
)


def auc(same: list[float], different: list[float]) -> float:
    """Return the chance that a different pair is further apart than a same pair."""
    ranks = rankdata(np.concatenate([same, different]))[len(same) :]
    n, m = len(different), len(same)
    return float((ranks.sum() - n * (n + 1) / 2) / (n * m))


class Crops:
    """Pairs of crops by group: successive, 10 apart, and each kind of difference."""

    def __init__(self) -> None:
        self.sequence = read_mot(MOT / "PETS09-S2L1")
        self.table = self.sequence.labels.table
        self.source = open_frames(VIDEO)
        self.rng = np.random.default_rng(0)
        names = ("same", "same 10", *COLUMNS[:-1], "near 10")
        self.groups: dict[str, list[tuple[Picture, Picture]]] = {name: [] for name in names}

    def crop(self, track: int, frame: int, change: Values | None = None) -> Picture | None:
        block = self.table.blocks[track]
        row = block.row_at(frame)
        if row is None:
            return None
        box = block.xywh[row].copy()
        if change is not None:
            box += change * box[[2, 3, 2, 3]]
        return crop_of(self.source.read(frame), box)

    def add(self, name: str, first: Picture | None, second: Picture | None) -> None:
        if first is not None and second is not None:
            self.groups[name].append((first, second))

    def sample(self, frame: int) -> None:
        """Add the pairs of one frame."""
        rows = self.table.at(frame)
        for place, track in enumerate(rows.track.tolist()):
            here = self.crop(track, frame)
            self.add("same", here, self.crop(track, frame + 1))
            self.add("same 10", here, self.crop(track, frame + 10))
            ways = self.rng.choice((-1, 1), 2)
            shift = np.array([0.4 * ways[0], 0.2 * ways[1], 0.0, 0.0])
            self.add("shift", here, self.crop(track, frame + 1, shift))
            self.add("cut", here, self.crop(track, frame + 1, np.array([0.0, 0.0, 0.0, -0.3])))
            others = rows.track != track
            if others.any():
                other = int(self.rng.choice(rows.track[others]))
                self.add("other", here, self.crop(other, frame + 1))
            self.add_near(here, frame, rows.rows.xywh, place, rows.track.tolist())

    def add_near(
        self, here: Picture | None, frame: int, boxes: Values, place: int, tracks: list[int]
    ) -> None:
        away = np.hypot(*(boxes[:, :2] - boxes[place, :2]).T)
        for other in np.flatnonzero(away <= 2 * boxes[place, 2]):
            if other != place:
                self.add("near", here, self.crop(tracks[other], frame + 1))
                self.add("near 10", here, self.crop(tracks[other], frame + 10))


def neural(path: Path) -> Method:
    """Return a network as a method."""
    backbone = Backbone(path)
    return Method(
        f"{path.stem[:24]} ({backbone.length})",
        lambda crop: backbone.describe([crop])[0],
        lambda a, b: float(vector_distance(a, b)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backbone", action="append", type=Path, default=[])
    arguments = parser.parse_args()
    files = arguments.backbone or [path for path in (converted_path(),) if path.exists()]
    methods = (*METHODS, *map(neural, files))
    crops = Crops()
    for frame in range(0, len(crops.sequence) - 10, EVERY):
        crops.sample(frame)
    groups = crops.groups
    print({name: len(pairs) for name, pairs in groups.items() if pairs})
    print(f"{'AUC':32}" + "".join(f"{name:>10}" for name in COLUMNS) + f"{'ms/crop':>10}")
    for method in methods:
        begin = time.process_time()
        apart = {
            name: [method.distance(method.describe(a), method.describe(b)) for a, b in pairs]
            for name, pairs in groups.items()
        }
        spent = 1000 * (time.process_time() - begin) / (2 * sum(map(len, groups.values())))
        row = [auc(apart["same"], apart[name]) for name in COLUMNS[:-1]]
        row.append(auc(apart["same 10"], apart["near 10"]))
        print(f"{method.name:32}" + "".join(f"{value:10.3f}" for value in row) + f"{spent:10.2f}")


if __name__ == "__main__":
    main()
