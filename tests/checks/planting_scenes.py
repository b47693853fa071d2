"""Made scenes for planting: people who walk, cross and stand in a crowd."""

from __future__ import annotations

import numpy as np

from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

FRAMES = 240
WIDTH, HEIGHT = 1280, 720


def street(*, people: int = 12, seed: int = 0) -> Sequence:
    """Return people on gently curved paths; half walk right, half left, so that they cross."""
    rng = np.random.default_rng(seed)
    frame = np.arange(FRAMES)
    blocks = {}
    for person in range(people):
        sign = 1 if person % 2 else -1
        speed = rng.uniform(2.0, 4.0)
        middle = WIDTH / 2 + sign * speed * (frame - FRAMES / 2)
        top = 250 + 6 * person + 60 * np.sin(frame / 14 + person)
        width = 40 + person
        boxes = np.column_stack(
            [middle - width / 2, top, np.full(FRAMES, width), np.full(FRAMES, 2.4 * width)]
        )
        boxes += rng.normal(0, 0.4, boxes.shape)
        blocks[person] = Block.of_boxes(frame, boxes, name=person + 1, attributes=1 + person % 2)
    names = [f"Person:{person + 1}" for person in range(people)]
    table = LabelTable(
        [Track(f"id-{person}", name) for person, name in enumerate(names)],
        blocks,
        names=("", *names),
        attribute_sets=((), (("coat", "red"),), (("coat", "blue"),)),
    )
    return Sequence(
        "street",
        tuple(f"{number:06d}.jpg" for number in range(FRAMES)),
        np.arange(FRAMES),
        Labels(table, (Category("Person", "0"), Category("Vehicle", "1")), np.ones(FRAMES, bool)),
        width=WIDTH,
        height=HEIGHT,
    )
