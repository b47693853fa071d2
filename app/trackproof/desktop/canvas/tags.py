"""Name tags, each drawn once and then only copied: fifty names cost as much as one picture."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from trackproof.desktop import glyphs
from trackproof.desktop.theme import font, load_theme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof.desktop.canvas.marks import Mark

TAG = QColor(12, 14, 18, 205)
TAG_TEXT = QColor(240, 242, 245)
DARK_TEXT = QColor(12, 14, 18)
BRIGHT_FROM = 0.45
GLYPH = 14.0
PADDING = 5.0
STRIP = 3.0
KEPT = 2048
AT_ONCE_S = 0.006


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """A drawn name; its size in widget pixels."""

    image: QImage
    size: QSizeF


def tag_of(mark: Mark, *, font_key: str, ratio: float) -> Tag:
    """Return the name tag of an annotation, transparent where it is not.

    Parameters
    ----------
    font_key : str
        A font's ``toString``.
    ratio : float
        Device pixels per widget pixel.
    """
    kind = str(mark.flag.kind) if mark.flag is not None else ""
    return _DRAWN.of(mark.text, mark.colour.rgba(), mark.is_selected, kind, font_key, ratio)


def draw_names(marks: Iterable[Mark], *, ratio: float) -> bool:
    """Draw name tags for some milliseconds, and return whether all are drawn now.

    The first picture of two hundred objects would hold the window up.
    """
    font_key = font("small").toString()
    end_s = time.perf_counter() + AT_ONCE_S
    for mark in marks:
        if time.perf_counter() > end_s:
            return False
        if mark.text:
            tag_of(mark, font_key=font_key, ratio=ratio)
    return True


def on_tag(kind: str) -> QColor:
    """Return a glyph's colour on a tag, which is dark in every theme, as pictures are."""
    return glyphs.colour_of(kind, load_theme("dark"))


class _Drawn(threading.local):
    """Tags by what they say, by thread: they hold on to fonts that end with it."""

    def __init__(self) -> None:
        self.of = lru_cache(maxsize=KEPT)(_draw)


def _draw(text: str, rgba: int, is_selected: bool, kind: str, font_key: str, ratio: float) -> Tag:
    lettering = QFont()
    lettering.fromString(font_key)
    metrics = QFontMetricsF(lettering)
    glyph = GLYPH + PADDING if kind else 0.0
    width = round(metrics.horizontalAdvance(text) + glyph + 2 * PADDING + STRIP)
    height = round(metrics.height() + 3.0)
    size = (round(width * ratio), round(height * ratio))
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    colour = QColor.fromRgba(rgba)
    image.fill(colour if is_selected else TAG)
    painter = QPainter(image)
    painter.setFont(lettering)
    painter.fillRect(QRectF(0.0, 0.0, STRIP, height), colour)
    is_on_bright = is_selected and colour.lightnessF() > BRIGHT_FROM
    ink = DARK_TEXT if is_on_bright else TAG_TEXT
    left = STRIP + PADDING
    if kind:
        place = QRectF(left, (height - GLYPH) / 2, GLYPH, GLYPH)
        glyphs.paint(painter, kind, place, ink if is_selected else on_tag(kind))
        left += glyph
    painter.setPen(ink)
    room = QRectF(left, 0.0, width - left, height)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
    painter.end()
    return Tag(image, QSizeF(width, height))


_DRAWN = _Drawn()
