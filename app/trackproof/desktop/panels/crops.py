"""Cutting one object out of pictures, steadily and at one scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from trackproof.desktop.canvas.backing import scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from trackproof.labels import Block

    Boxes = npt.NDArray[np.float64]

CONTEXT = 1.7
"""Side of what is shown, in sides of the largest box shown: enough to see what is around it."""

SMALLEST_VIEW = 24.0
"""Pixels of the picture; smaller objects are not enlarged further."""


@dataclass(frozen=True, slots=True)
class CropView:
    """What the cells of one strip show: a steady window around the object in each frame.

    Parameters
    ----------
    frames : tuple of int
        Frame indices.
    boxes_xywh : (n, 4) float64
        The label's box, or where it would be between its neighbours.
    has_box : (n,) bool
        Whether the track has a box there.
    side_w, side_h : float
        Size of every window, pixels of the picture.
    """

    frames: tuple[int, ...]
    boxes_xywh: Boxes
    has_box: npt.NDArray[np.bool_]
    side_w: float
    side_h: float

    def window(self, place: int) -> QRectF:
        """Return what one cell shows, in pixels of the picture."""
        left, top, width, height = self.boxes_xywh[place]
        return QRectF(
            left + width / 2 - self.side_w / 2,
            top + height / 2 - self.side_h / 2,
            self.side_w,
            self.side_h,
        )


def boxes_through(block: Block, frames: Sequence[int]) -> tuple[Boxes, npt.NDArray[np.bool_]]:
    """Return a box for every frame, and whether it is labelled.

    Frames without a box get one between their neighbours, frames before and after the track the
    nearest one.
    """
    wanted = np.asarray(frames, dtype=np.float64)
    known = block.frame.astype(np.float64)
    columns = [np.interp(wanted, known, block.xywh[:, i]) for i in range(4)]
    return np.stack(columns, axis=1), np.isin(wanted.astype(np.int64), block.frame)


def crop_view(
    block: Block, frames: Sequence[int], *, aspect: float, context: float = CONTEXT
) -> CropView:
    """Return steady windows around a track, all of one size with the given width / height."""
    boxes, has_box = boxes_through(block, frames)
    # the median window, so that one wrong box does not shrink all the others
    width = max(float(np.median(boxes[:, 2])), 1.0) * context
    height = max(float(np.median(boxes[:, 3])), 1.0) * context
    width, height = max(width, SMALLEST_VIEW), max(height, SMALLEST_VIEW)
    if width / height < aspect:
        width = height * aspect
    else:
        height = width / aspect
    return CropView(tuple(frames), boxes, has_box, width, height)


def image_of(picture: npt.NDArray[np.uint8]) -> QImage:
    """Return a picture as an image that shares its memory; keep the picture alive meanwhile."""
    height, width = picture.shape[:2]
    return QImage(picture.data, width, height, picture.strides[0], QImage.Format.Format_BGR888)


def paint_crop(
    painter: QPainter, target: QRectF, picture: npt.NDArray[np.uint8], window: QRectF
) -> None:
    """Draw the part of a picture inside a window; what lies outside the picture stays empty."""
    height, width = picture.shape[:2]
    inside = window.intersected(QRectF(0.0, 0.0, width, height))
    if inside.isEmpty():
        return
    left, top = math.floor(inside.left()), math.floor(inside.top())
    right, bottom = math.ceil(inside.right()), math.ceil(inside.bottom())
    at = placed(QRectF(left, top, right - left, bottom - top), window, target)
    scale = at.width() / (right - left) * painter.device().devicePixelRatio()
    wide, high = max(round((right - left) * scale), 1), max(round((bottom - top) * scale), 1)
    pixels = scaled(picture[top:bottom, left:right], width=wide, height=high, scale=scale)
    # Qt reads the array's memory and does not own it: it has to live until it is drawn.
    image = QImage(pixels.data, wide, high, pixels.strides[0], QImage.Format.Format_RGB32)
    painter.save()
    painter.setClipRect(target, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(at, image)
    painter.restore()


def placed(box: QRectF, window: QRectF, target: QRectF) -> QRectF:
    """Return where a rectangle of the picture stands in a cell that shows a window of it."""
    across, down = target.width() / window.width(), target.height() / window.height()
    return QRectF(
        target.left() + (box.left() - window.left()) * across,
        target.top() + (box.top() - window.top()) * down,
        box.width() * across,
        box.height() * down,
    )


def rect_of(box_xywh: npt.NDArray[np.float64] | Sequence[float]) -> QRectF:
    """Return an xywh box as a rectangle."""
    left, top, width, height = (float(value) for value in box_xywh)
    return QRectF(left, top, width, height)


def paint_box(
    painter: QPainter, rect: QRectF, colour: QColor, *, is_expected: bool = False
) -> None:
    """Draw a box with a dark outline; an expected one is dashed."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    outline = QColor(0, 0, 0, 150)
    painter.setPen(QPen(outline, 3.0))
    painter.drawRect(rect)
    style = Qt.PenStyle.DashLine if is_expected else Qt.PenStyle.SolidLine
    painter.setPen(QPen(colour, 1.5, style))
    painter.drawRect(rect)
