"""Where the picture stands in the widget: one scale and one origin, for all frames."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

SMALLEST_SCALE = 0.02
LARGEST_SCALE = 64.0
MARGIN = 0.98
"""Share of the widget that a fitted picture takes, so that its edge can be seen."""


@dataclass(frozen=True, slots=True)
class View:
    """A picture drawn ``scale`` times its size with its top left corner at ``origin``.

    Parameters
    ----------
    scale : float
        Widget pixels per picture pixel.
    origin : QPointF
        Widget position of the picture's top left corner.
    is_fitted : bool
        Whether it follows the widget's size.
    """

    scale: float = 1.0
    origin: QPointF = field(default_factory=QPointF)
    is_fitted: bool = True

    def transform(self) -> QTransform:
        """Return the transform from picture pixels to widget pixels."""
        return QTransform(self.scale, 0.0, 0.0, self.scale, self.origin.x(), self.origin.y())

    def to_picture(self, point: QPointF) -> QPointF:
        """Return the picture position under a widget position."""
        return (point - self.origin) / self.scale

    def to_widget(self, point: QPointF) -> QPointF:
        """Return the widget position of a picture position."""
        return point * self.scale + self.origin

    def zoomed(self, factor: float, *, at: QPointF) -> View:
        """Return the view with another scale and the same picture position under ``at``."""
        scale = min(max(self.scale * factor, SMALLEST_SCALE), LARGEST_SCALE)
        origin = at - (at - self.origin) * (scale / self.scale)
        return View(scale=scale, origin=origin, is_fitted=False)

    def moved(self, delta: QPointF) -> View:
        """Return the view with the picture moved by widget pixels."""
        return replace(self, origin=self.origin + delta, is_fitted=False)

    def centred(self, point: QPointF, *, widget: QSizeF, scale: float | None = None) -> View:
        """Return the view with a picture position in the middle of the widget."""
        scale = min(max(scale or self.scale, SMALLEST_SCALE), LARGEST_SCALE)
        middle = QPointF(widget.width() / 2, widget.height() / 2)
        return View(scale=scale, origin=middle - point * scale, is_fitted=False)

    def kept_on(self, picture: QSizeF, widget: QSizeF) -> View:
        """Return the view moved so that no room stays empty beside a picture that could fill it."""
        shown = picture * self.scale
        return replace(
            self,
            origin=QPointF(
                _kept(self.origin.x(), shown.width(), widget.width()),
                _kept(self.origin.y(), shown.height(), widget.height()),
            ),
        )


def _kept(origin: float, shown: float, room: float) -> float:
    """Return the start of a stretch of ``shown`` pixels that covers ``room``, or lies amid it."""
    if shown <= room:
        return (room - shown) / 2
    return min(0.0, max(origin, room - shown))


def fitted(picture: QSizeF, widget: QSizeF) -> View:
    """Return the view that shows the whole picture in the middle of the widget."""
    if picture.isEmpty() or widget.isEmpty():
        return View()
    scale = MARGIN * min(widget.width() / picture.width(), widget.height() / picture.height())
    scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
    left = (widget.width() - picture.width() * scale) / 2
    top = (widget.height() - picture.height() * scale) / 2
    return View(scale=scale, origin=QPointF(left, top), is_fitted=True)


def around(rect: QRectF, widget: QSizeF, *, share: float = 0.3) -> View:
    """Return the view in which a rectangle takes about a share of the widget's smaller side."""
    centre = rect.center()
    size = max(rect.width(), rect.height(), 24.0)
    scale = share * min(widget.width(), widget.height()) / size
    return View().centred(centre, widget=widget, scale=min(scale, 8.0))
