"""The picture as the view shows it, scaled once and kept, so that overlays repaint cheaply."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from trackproof.desktop.canvas.tone import toned

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPainter

    from trackproof.desktop.canvas.options import OverlayOptions
    from trackproof.desktop.canvas.view import View
    from trackproof.desktop.theme import Theme
    from trackproof.frames import Picture

PIXELS_FROM = 6.0
"""From this scale on, picture pixels are drawn as squares: an edge is judged by them."""
HALVED_UNTIL = 0.5
"""Smooth scaling reads two pixels a side, so a picture is halved until no more are needed."""


class Backing:
    """Holds the scaled picture of the frame on screen."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._picture: Picture | None = None
        self._pixels: Picture | None = None
        self._image = QImage()
        self._at = QRectF()

    def forget(self) -> None:
        """Scale again at the next painting."""
        self._of = ()

    def paint(
        self,
        painter: QPainter,
        picture: Picture,
        *,
        view: View,
        size: QSize,
        ratio: float,
        options: OverlayOptions,
        theme: Theme,
    ) -> None:
        """Paint the visible part of a picture, and the bare surface around it.

        Parameters
        ----------
        picture : (height, width, 3) uint8
            Blue, green, red.
        size : QSize
            Of the widget, in widget pixels.
        ratio : float
            Device pixels per widget pixel.
        """
        tone = (options.brightness, options.contrast, options.gamma)
        key = (view, size, ratio, tone)
        if self._picture is not picture or self._of != key:
            part, self._at = _visible(picture, view, size)
            if not options.is_plain:
                part = toned(part, brightness=tone[0], contrast=tone[1], gamma=tone[2])
            scale = view.scale * ratio
            self._at, wide, high = _on_device_pixels(self._at, ratio)
            # Qt reads the array's memory and does not own it.
            self._pixels = scaled(part, width=wide, height=high, scale=scale)
            self._image = QImage(
                self._pixels.data, wide, high, self._pixels.strides[0], QImage.Format.Format_RGB32
            )
            self._of, self._picture = key, picture
        whole = QRectF(0.0, 0.0, size.width(), size.height())
        for rect in _around(whole, self._at):
            painter.fillRect(rect, theme.surface)
        if not self._image.isNull():
            painter.drawImage(self._at, self._image)


def _visible(picture: Picture, view: View, size: QSize) -> tuple[Picture, QRectF]:
    """Return the pixels that can be seen, and where they stand in the widget."""
    height, width = picture.shape[:2]
    first = view.to_picture(QPointF(0.0, 0.0))
    last = view.to_picture(QPointF(size.width(), size.height()))
    left, right = max(math.floor(first.x()), 0), min(math.ceil(last.x()), width)
    top, bottom = max(math.floor(first.y()), 0), min(math.ceil(last.y()), height)
    if right <= left or bottom <= top:
        return picture[:0, :0], QRectF()
    at = QRectF(view.to_widget(QPointF(left, top)), view.to_widget(QPointF(right, bottom)))
    return picture[top:bottom, left:right], at


def _on_device_pixels(at: QRectF, ratio: float) -> tuple[QRectF, int, int]:
    """Return a place whose edges lie on device pixels, with its size in them.

    Drawing there copies pixels instead of scaling once more; labels are off by less than half a
    device pixel.
    """
    left, top = round(at.left() * ratio), round(at.top() * ratio)
    wide = max(round(at.right() * ratio) - left, int(not at.isEmpty()))
    high = max(round(at.bottom() * ratio) - top, int(not at.isEmpty()))
    return QRectF(left / ratio, top / ratio, wide / ratio, high / ratio), wide, high


def scaled(part: Picture, *, width: int, height: int, scale: float) -> Picture:
    """Return ``(height, width, 4)`` pixels: Qt takes three times as long for both steps.

    Parameters
    ----------
    part : (rows, columns, 3) uint8
        Blue, green, red.
    scale : float
        Pixels wanted for one of these.
    """
    import cv2

    if not part.size or not width or not height:
        return np.empty((0, 0, 4), dtype=np.uint8)
    pixels: cv2.typing.MatLike = part
    while scale < HALVED_UNTIL and min(pixels.shape[:2]) > 1:
        half = (math.ceil(pixels.shape[1] / 2), math.ceil(pixels.shape[0] / 2))
        pixels = cv2.resize(pixels, half, interpolation=cv2.INTER_AREA)
        scale *= 2
    if pixels.shape[:2] != (height, width):
        is_coarse = scale >= PIXELS_FROM
        how = cv2.INTER_NEAREST_EXACT if is_coarse else cv2.INTER_LINEAR
        pixels = cv2.resize(pixels, (width, height), interpolation=how)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA).astype(np.uint8, copy=False)


def _around(whole: QRectF, inner: QRectF) -> list[QRectF]:
    """Return what of a rectangle another one inside leaves free."""
    inner = inner.intersected(whole)
    if inner.isEmpty():
        return [whole]
    return [
        rect
        for rect in (
            QRectF(0.0, 0.0, whole.width(), inner.top()),
            QRectF(0.0, inner.bottom(), whole.width(), whole.bottom() - inner.bottom()),
            QRectF(0.0, inner.top(), inner.left(), inner.height()),
            QRectF(inner.right(), inner.top(), whole.right() - inner.right(), inner.height()),
        )
        if not rect.isEmpty()
    ]
