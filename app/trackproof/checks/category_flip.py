"""An object that changes its category on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, FlagKind, Measured, Parameter
from trackproof.checks.runs import events_of_runs, minority_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Name every run of rows whose category is not the one most rows of the track have."""
    usual, first, end = minority_runs(scene, scene.category)
    values = np.where(scene.category != usual, 1.0, 0.0)
    values[scene.track < 0] = np.nan
    names = np.array([category.name for category in scene.labels.categories] or [""], dtype=object)
    said = {
        "is": names[np.clip(scene.category[first], 0, len(names) - 1)],
        "usual": names[np.clip(usual[first], 0, len(names) - 1)],
    }
    return Measured(values, events_of_runs(scene, first, end, said))


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a flip into words."""
    return f"category is {detail['is']} here, {detail['usual']} on most frames of the object"


CHECK = Check(
    name="category_flip",
    title="Category changes",
    description="Frames in which an object has another category than on most of its frames.",
    unit="",
    kind=FlagKind.CATEGORY,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 1.0, "1 flags every change of category.", "", 0.5, 1.0),),
    tells=2,
)
