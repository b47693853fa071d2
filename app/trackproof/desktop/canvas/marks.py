"""What the overlay of one frame consists of, gathered before anything is painted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from trackproof.desktop.canvas.options import UNFLAGGED, ColourBy
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from PySide6.QtGui import QColor

    from trackproof.checks import Flag
    from trackproof.desktop.canvas.options import ObjectRule, OverlayOptions
    from trackproof.desktop.theme import Theme
    from trackproof.labels import FrameRows, Labels, LabelTable

FULL_SCORE = 4.0
"""Score at which the colour of a flagged object is the hottest."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One annotation as it is drawn; geometry in picture pixels."""

    row: int
    track: int
    rect: QRectF
    shape: Shape
    outline: QPolygonF
    text: str
    colour: QColor
    is_selected: bool
    flag: Flag | None
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Ghost:
    """A box that is not there: expected, before or after."""

    rect: QRectF
    text: str
    kind: str
    colour: QColor


@dataclass(frozen=True, slots=True)
class Trail:
    """Centres of one object along time; ``now`` is the place of the current frame in them."""

    points: QPolygonF
    now: int
    colour: QColor


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything drawn over one frame, all of it of that frame."""

    frame: int = -1
    marks: tuple[Mark, ...] = ()
    ghosts: tuple[Ghost, ...] = ()
    onion: tuple[Ghost, ...] = ()
    trails: tuple[Trail, ...] = ()
    boxes_xywh: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))
    rows: FrameRows | None = None
    of: tuple[object, ...] = ()


def gather(
    labels: Labels,
    frame: int,
    *,
    options: OverlayOptions,
    theme: Theme,
    track: int,
    flag: Flag | None,
    flags: Mapping[int, Flag],
    before: Marks | None = None,
) -> Marks:
    """Return what to draw over a frame.

    Parameters
    ----------
    track : int
        Selected track, -1 none.
    flag : Flag or None
        Flag under review.
    flags : mapping of int to Flag
        Most important open flag of every track that is flagged in this frame.
    before : Marks or None
        What was drawn last: marks that look the same are taken from there.
    """
    table = labels.table
    rows = table.at(frame)
    of = (theme, table.tracks, table.names, table.attribute_sets, labels.categories)
    kept = _kept(before, rows, (*of, options, track))
    keep = [
        i
        for i in range(len(rows))
        if options.draws(int(rows.track[i]), is_flagged=int(rows.track[i]) in flags)
        and not _is_under(options.hidden, labels.table, rows, i, flags)
    ]
    marks = tuple(
        known
        if (known := kept.get(i)) is not None and known.flag is flags.get(known.track)
        else _mark(labels, rows, i, options=options, theme=theme, track=track, flags=flags)
        for i in keep
    )
    selected = [track] if track >= 0 else []
    return Marks(
        frame=frame,
        marks=marks,
        ghosts=_expected(labels.table, frame, flag, options=options, theme=theme),
        onion=_onion(labels.table, frame, selected, theme=theme) if options.has_onion else (),
        trails=_trails(labels.table, frame, selected or [m.track for m in marks], options, theme),
        boxes_xywh=rows.rows.xywh[keep],
        rows=rows,
        of=(*of, options, track),
    )


def _kept(before: Marks | None, rows: FrameRows, of: tuple[object, ...]) -> dict[int, Mark]:
    """Return the marks, by row, whose rows did not change: an edit touches one of two hundred."""
    if before is None or before.rows is None or not np.array_equal(before.rows.track, rows.track):
        return {}
    if not all(one is two or one == two for one, two in zip(before.of, of, strict=True)):
        return {}
    old, new = before.rows.rows, rows.rows
    if old.vertices is not None or new.vertices is not None:
        return {}
    is_same = (old.xywh == new.xywh).all(axis=1)
    for name in ("shape", "name", "category", "attributes"):
        is_same &= getattr(old, name) == getattr(new, name)
    return {mark.row: mark for mark in before.marks if is_same[mark.row]}


def _is_under(
    rule: ObjectRule, table: LabelTable, rows: FrameRows, i: int, flags: Mapping[int, Flag]
) -> bool:
    if not rule:
        return False
    track, flag = int(rows.track[i]), flags.get(int(rows.track[i]))
    return rule.covers(
        track=track,
        category=int(rows.rows.category[i]),
        attributes=table.attribute_sets[int(rows.rows.attributes[i])],
        kind=str(flag.kind) if flag is not None else UNFLAGGED,
    )


def _mark(
    labels: Labels,
    rows: FrameRows,
    i: int,
    *,
    options: OverlayOptions,
    theme: Theme,
    track: int,
    flags: Mapping[int, Flag],
) -> Mark:
    block = rows.rows
    number = int(rows.track[i])
    left, top, width, height = (float(value) for value in block.xywh[i])
    shape = Shape(int(block.shape[i]))
    outline = QPolygonF()
    if shape is not Shape.BOX:
        outline = QPolygonF([QPointF(float(x), float(y)) for x, y in block.vertices_of(i)])
    category = int(block.category[i])
    flag = flags.get(number)
    return Mark(
        row=i,
        track=number,
        rect=QRectF(left, top, width, height),
        shape=shape,
        outline=outline,
        text=_text(labels, rows, i, has_details=options.has_details),
        colour=_colour(options.colour_by, theme, number, category=category, flag=flag),
        is_selected=number == track and track >= 0,
        flag=flag,
        is_locked=_is_under(options.locked, labels.table, rows, i, flags),
    )


def _text(labels: Labels, rows: FrameRows, i: int, *, has_details: bool) -> str:
    table, block = labels.table, rows.rows
    number = int(rows.track[i])
    name = table.names[int(block.name[i])]
    if not name and number >= 0:
        name = table.tracks[number].object_name or table.tracks[number].object_id
    category = int(block.category[i])
    category_name = labels.categories[category].name if category < len(labels.categories) else ""
    if not name:
        return category_name
    if not has_details:
        return name
    values = table.attribute_sets[int(block.attributes[i])]
    parts = [name, category_name, *(f"{key} {value}" for key, value in values)]
    return " · ".join(part for part in parts if part)


def _colour(by: ColourBy, theme: Theme, track: int, *, category: int, flag: Flag | None) -> QColor:
    if by is ColourBy.CATEGORY:
        return theme.track_colour(category)
    if by is ColourBy.SCORE:
        if flag is None:
            return theme.text_dim
        return theme.heat_colour(0.4 + 0.6 * min(flag.score / FULL_SCORE, 1.0))
    return theme.track_colour(track)


def _expected(
    table: LabelTable, frame: int, flag: Flag | None, *, options: OverlayOptions, theme: Theme
) -> tuple[Ghost, ...]:
    if flag is None or not options.has_expected:
        return ()
    found = [(flag.frame, flag.expected_xywh), *((f.frame, f.expected_xywh) for f in flag.findings)]
    for at, expected in found:
        if at == frame and expected is not None and np.isfinite(expected).all():
            left, top, width, height = (float(value) for value in expected)
            name = table.tracks[flag.track].object_name if flag.track >= 0 else "object"
            is_there = flag.track in table.blocks and (
                table.blocks[flag.track].row_at(frame) is not None
            )
            text = "expected" if is_there else f"{name} expected here"
            colour = theme.track_colour(flag.track)
            return (Ghost(QRectF(left, top, width, height), text, flag.kind, colour),)
    return ()


def _onion(table: LabelTable, frame: int, tracks: list[int], *, theme: Theme) -> tuple[Ghost, ...]:
    ghosts = []
    for track in tracks:
        block = table.blocks.get(track)
        if block is None:
            continue
        for other in (frame - 1, frame + 1):
            row = block.row_at(other)
            if row is not None:
                left, top, width, height = (float(value) for value in block.xywh[row])
                rect = QRectF(left, top, width, height)
                kind = "before" if other < frame else "after"
                ghosts.append(Ghost(rect, kind, kind, theme.track_colour(track)))
    return tuple(ghosts)


def _trails(
    table: LabelTable, frame: int, tracks: list[int], options: OverlayOptions, theme: Theme
) -> tuple[Trail, ...]:
    if options.trail <= 0:
        return ()
    trails = []
    for track in tracks:
        block = table.blocks.get(track)
        if track < 0 or block is None:
            continue
        first = np.searchsorted(block.frame, frame - options.trail)
        end = np.searchsorted(block.frame, frame + options.trail, side="right")
        xywh = block.xywh[first:end]
        points = xywh[:, :2] + 0.5 * xywh[:, 2:]
        polygon = QPolygonF([QPointF(float(x), float(y)) for x, y in points])
        now = int(np.searchsorted(block.frame[first:end], frame))
        trails.append(Trail(polygon, now, theme.track_colour(track)))
    return tuple(trails)
