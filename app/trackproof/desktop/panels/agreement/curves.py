"""Rows of the agreement's timelines."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement import Quantity, course
from trackproof.desktop.panels.timelines.series import Curve, PlotSpec, on_frame_axis

if TYPE_CHECKING:
    from trackproof.agreement import Agreement

MISSES, FALSE_POSITIVES = "misses", "false_positives"
SHOWN_AT_FIRST = ("iou", "centre")


def agreement_specs(threshold: float) -> dict[str, PlotSpec]:
    """Return every row there is, by name."""
    of_object, of_frame = "Selected object", "Whole frame"
    rows = [
        PlotSpec(
            quantity.name.lower(),
            quantity.value,
            quantity.unit,
            of_object,
            _nothing,
            limits=(threshold,) if quantity is Quantity.IOU else (),
            is_low_bad=quantity is Quantity.IOU,
            bounds=(0.0, 1.04) if quantity is Quantity.IOU else None,
            decimals=1 if quantity.unit == "px" else 2,
        )
        for quantity in Quantity
    ]
    counts = (
        (MISSES, "Misses", "boxes"),
        (FALSE_POSITIVES, "False positives", "boxes"),
    )
    rows += [
        PlotSpec(name, title, unit, of_frame, _nothing, decimals=0) for name, title, unit in counts
    ]
    return {row.name: row for row in rows}


def _nothing(*_of: object) -> tuple[Curve, ...]:
    return ()


def curve_of(agreement: Agreement, name: str, track: int) -> Curve:
    """Return the curve of a row for a track, or for whole frames."""
    if name in (MISSES, FALSE_POSITIVES):
        return _lonely(agreement, name)
    quantity = Quantity[name.upper()]
    shown = course(agreement, track, quantity)
    return on_frame_axis(shown.frames, shown.values, quantity.value)


def with_axis(spec: PlotSpec, curve: Curve) -> PlotSpec:
    """Return a row whose axis begins at 0 and shows every value: pairs are never far apart."""
    if spec.bounds is not None:
        return spec
    known = curve.values[np.isfinite(curve.values)]
    least = 1.0 if spec.unit else 0.1
    return replace(spec, bounds=(0.0, 1.08 * max(float(known.max(initial=0.0)), least)))


def _lonely(agreement: Agreement, name: str) -> Curve:
    """Return how many boxes of every compared frame only one of the sets has."""
    is_miss = name == MISSES
    side = agreement.sides.first if is_miss else agreement.sides.second
    paired = agreement.pairs.first if is_miss else agreement.pairs.second
    alone = np.ones(len(side), dtype=np.bool_)
    alone[paired] = False
    count = partial(np.bincount, minlength=int(agreement.frames[-1]) + 1)
    counts = count(side.frame[alone])[agreement.frames].astype(np.float64)
    return on_frame_axis(agreement.frames, counts, "Misses" if is_miss else "False positives")
