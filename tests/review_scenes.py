"""Small inputs for tests of reviews."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Source, Track
from trackproof.review import Review


@dataclass(frozen=True)
class OpenedLabels:
    sequences: tuple[Sequence, ...]
    path: Path


def cars(frames: int = 12, *, count: int = 2, rows: int = 8) -> Labels:
    """Cars side by side, each in the first ``rows`` frames; all frames are listed."""
    names = ["", *(f"Vehicle:{n + 1}" for n in range(count))]
    table = LabelTable(
        [Track(f"id-{n}", names[n + 1]) for n in range(count)],
        {
            n: Block.of_boxes(
                np.arange(rows),
                np.tile([40.0 * n, 10.0, 30.0, 20.0], (rows, 1)),
                name=n + 1,
                source=np.full(rows, n),
            )
            for n in range(count)
        },
        names=names,
    )
    categories = (Category("Vehicle", "1"), Category("Person", "2"))
    return Labels(table, categories, np.ones(frames, dtype=np.bool_))


def sequence(labels: Labels, name: str = "one", *, sha256: str = "a" * 64) -> Sequence:
    frames = len(labels.listed)
    spans = np.full((frames, 2), -1)
    return Sequence(
        name,
        tuple(f"{n:06}.jpg" for n in range(frames)),
        np.arange(frames),
        labels,
        source=Source(Path("labels.json"), "labels.json", sha256, "test", spans),
    )


def opened(*sequences: Sequence, path: Path = Path("labels.json")) -> OpenedLabels:
    return OpenedLabels(sequences or (sequence(cars()),), path)


def review(*sequences: Sequence, path: Path | None = None, **options: bool) -> Review:
    return Review.open_or_create(opened(*sequences), reviewer="anna", path=path, **options)
