"""Mistakes in what is said about a box: its category, its attributes, its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackproof.checks.planting_draft import TRIES, Draft, Spot
from trackproof.checks.planting_model import PlantKind
from trackproof.checks.planting_tracks import KEPT_AT_LEAST, split_after

if TYPE_CHECKING:
    from trackproof.labels import AttributeSet, AttributeValue


def category_flip(draft: Draft) -> bool:
    """Give an object another category for one to ten frames."""
    spot = draft.spot(length=draft.integer(1, 10))
    if spot is None:
        return False
    block = draft.blocks[spot.track]
    category = block.category.copy()
    usual = int(category[spot.first])
    other = draft.category_but(usual)
    category[spot.rows] = other
    draft.blocks[spot.track] = replace(block, category=category)
    said = f"is {draft.categories[other].name} instead of {draft.categories[usual].name}"
    _note(draft, PlantKind.CATEGORY_FLIP, spot, said)
    return True


def attribute_flicker(draft: Draft) -> bool:
    """Change one attribute for one to three frames, where it was constant."""
    for _ in range(TRIES):
        spot = draft.spot(length=draft.integer(1, 3))
        if spot is None:
            return False
        block = draft.blocks[spot.track]
        around = block.attributes[spot.first - 3 : spot.end + 3]
        flicker = _other_values(draft, draft.attribute_sets[int(around[0])])
        if flicker is None or (around != around[0]).any():
            continue
        if flicker not in draft.attribute_sets:
            draft.attribute_sets.append(flicker)
        attributes = block.attributes.copy()
        attributes[spot.rows] = draft.attribute_sets.index(flicker)
        draft.blocks[spot.track] = replace(block, attributes=attributes)
        values = dict(draft.attribute_sets[int(around[0])])
        name, value = next((n, v) for n, v in flicker if values[n] != v)
        _note(draft, PlantKind.ATTRIBUTE_FLICKER, spot, f"{name} is {value} for a moment")
        return True
    return False


def two_names(draft: Draft) -> bool:
    """Let an object carry another name for 3 to 30 frames."""
    spot = draft.spot(length=draft.integer(3, 30))
    if spot is None or not any(draft.names):
        return False
    block = draft.blocks[spot.track]
    usual = draft.names[int(block.name[spot.first])]
    name = f"{usual} (2)"
    names = block.name.copy()
    names[spot.rows] = draft.name_number(name)
    draft.blocks[spot.track] = replace(block, name=names)
    _note(draft, PlantKind.TWO_NAMES, spot, f"is called {name} instead of {usual}")
    return True


def two_ids(draft: Draft) -> bool:
    """Give one object a second id under the same name, without a gap."""
    spot = draft.spot(length=1, pad=KEPT_AT_LEAST)
    if spot is None or not any(draft.names):
        return False
    name = draft.names[int(draft.blocks[spot.track].name[spot.first])]
    split_after(draft, spot.track, row=spot.first, gap=0, kind=PlantKind.TWO_IDS, name=name)
    return True


def _other_values(draft: Draft, values: AttributeSet) -> AttributeSet | None:
    """Return an attribute set in which one value differs, or None when there is nothing to say."""
    choices: list[tuple[int, AttributeValue]] = []
    for place, (name, value) in enumerate(values):
        seen = {dict(known).get(name, value) for known in draft.attribute_sets}
        for spec in draft.sequence.specs:
            if spec.name == name and not spec.is_frame_attribute:
                seen.update(spec.choices)
        choices += [(place, other) for other in sorted(seen - {value}, key=str)]
    if not choices:
        return None
    place, other = choices[draft.integer(0, len(choices) - 1)]
    return tuple((n, other if i == place else v) for i, (n, v) in enumerate(values))


def _note(draft: Draft, kind: PlantKind, spot: Spot, description: str) -> None:
    draft.note(kind, (spot.track,), spot.frame_start, spot.frame_end, description)
