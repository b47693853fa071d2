"""Planting known mistakes into clean labels, to measure which of them are found.

Every mistake is planted only where it would be one for a verifier: a box freezes only while its
object moves, identities swap for good only where two objects cross, a track is cut short only
away from the image border and not where another object covers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks import planting_boxes as boxes
from trackproof.checks import planting_tracks as tracks
from trackproof.checks import planting_words as words
from trackproof.checks.planting_draft import Draft
from trackproof.checks.planting_model import Difficulty, Planted, PlantedEvent, PlantKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackproof import labels

__all__ = ["RATE_PER_1000", "Difficulty", "PlantKind", "Planted", "PlantedEvent", "plant"]

RATE_PER_1000 = 4.0
"""Mistakes per 1,000 boxes, about what careful annotators leave."""

PLANTERS: dict[PlantKind, Callable[[Draft], bool]] = {
    # kinds that need a rare place come first, while there is still room for them
    PlantKind.SWAP: tracks.swap,
    PlantKind.CROWD_ORDER: tracks.crowd_order,
    PlantKind.INTERPOLATED: boxes.interpolated,
    PlantKind.COPIED: boxes.copied,
    PlantKind.FROZEN: boxes.frozen,
    PlantKind.SHORT_SWITCH: tracks.short_switch,
    PlantKind.JUMP: boxes.jump,
    PlantKind.EARLY_END: tracks.early_end,
    PlantKind.LATE_START: tracks.late_start,
    PlantKind.FRAGMENT: tracks.fragment,
    PlantKind.TWO_IDS: words.two_ids,
    PlantKind.TWO_NAMES: words.two_names,
    PlantKind.DRIFT: boxes.drift,
    PlantKind.JITTER: boxes.jitter,
    PlantKind.ATTRIBUTE_FLICKER: words.attribute_flicker,
    PlantKind.DUPLICATE: tracks.duplicate,
    PlantKind.DUPLICATE_OTHER: tracks.duplicate_other,
    PlantKind.ASPECT: boxes.aspect,
    PlantKind.CATEGORY_FLIP: words.category_flip,
    PlantKind.SIZE_STEP: boxes.size_step,
    PlantKind.SHIFT: boxes.shift,
    PlantKind.MISSING: tracks.missing,
    PlantKind.SIZE_JUMP: boxes.size_jump,
    PlantKind.OUTSIDE: boxes.outside,
    PlantKind.DEGENERATE: boxes.degenerate,
    PlantKind.SHORT_TRACK: tracks.stray,
}
assert set(PLANTERS) == set(PlantKind)


def plant(
    sequence: labels.Sequence,
    *,
    seed: int,
    difficulty: Difficulty | str,
    kinds: Sequence[PlantKind | str] | None = None,
    rate_per_1000: float = RATE_PER_1000,
) -> Planted:
    """Return the labels of a sequence with mistakes planted into a copy.

    Kinds take turns in an order that the seed shuffles. A kind that finds no place (no crossing,
    no attributes, no names) gives its turn to the next. Shapes with vertices and annotations
    without identity stay as they are.

    Parameters
    ----------
    sequence : Sequence
        Clean labels. Rows that a format keeps but nobody vouches for (MOT17 marks them with
        flag 0) should be left out first, see ``bench_scenes.vouched_for``.
    seed : int
        The same seed plants the same mistakes.
    difficulty : Difficulty
        Moderate: sizes change by 20 to 60 %, shifts and drifts are 0.25 to 0.6 of the width.
        Subtle is half of that, obvious more.
    kinds : sequence of PlantKind, optional
        All when left out.
    rate_per_1000 : float
        Mistakes per 1,000 boxes; at least one mistake is planted.

    Raises
    ------
    ValueError
        When a difficulty or a kind has an unknown name.
    """
    wanted = [PlantKind(kind) for kind in (PlantKind if kinds is None else kinds)]
    rng = np.random.default_rng(seed)
    draft = Draft(sequence, rng=rng, difficulty=Difficulty(difficulty))
    boxes_total = sum(len(block) for block in draft.blocks.values())
    count = max(round(rate_per_1000 * boxes_total / 1000.0), 1) if boxes_total else 0
    _fill(draft, wanted, count=count)
    order = sorted(draft.events, key=lambda event: (event.frame_start, event.tracks))
    return Planted(draft.labels(), tuple(order))


def _fill(draft: Draft, kinds: list[PlantKind], *, count: int) -> None:
    """Plant so many mistakes, every kind in turn, as long as any kind finds a place."""
    turns = [kinds[place] for place in draft.rng.permutation(len(kinds))]
    rarity = {kind: place for place, kind in enumerate(PLANTERS)}
    exhausted: set[PlantKind] = set()
    taken = 0
    while len(draft.events) < count and len(exhausted) < len(turns):
        usable = [kind for kind in turns if kind not in exhausted]
        need = count - len(draft.events)
        batch = [usable[(taken + k) % len(usable)] for k in range(min(need, len(usable)))]
        taken += len(batch)
        for kind in sorted(batch, key=rarity.__getitem__):
            if not PLANTERS[kind](draft):
                exhausted.add(kind)
