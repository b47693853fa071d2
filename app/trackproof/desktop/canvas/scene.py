"""One painting of the canvas: the picture, or the plane without one, and the overlay on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF

from trackproof.desktop.canvas.backing import Backing
from trackproof.desktop.canvas.painting import Layout, lay_out, paint_marks
from trackproof.desktop.canvas.still import StillScene
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPainter

    from trackproof.desktop.canvas.marks import Marks
    from trackproof.desktop.canvas.options import OverlayOptions
    from trackproof.desktop.canvas.view import View
    from trackproof.desktop.theme import Theme
    from trackproof.frames import Picture


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What a scene is painted on.

    Parameters
    ----------
    picture : (height, width, 3) uint8 or None
        Blue, green, red; None paints the plane.
    plane : QRectF
        The plane on which labels stand without a picture, in picture pixels; empty for none.
    view : View
        Scale and place of the picture.
    size : QSize
        Of the widget, in widget pixels.
    ratio : float
        Device pixels per widget pixel.
    options : OverlayOptions
        What is drawn over the picture.
    theme : Theme
        Colours.
    """

    picture: Picture | None
    plane: QRectF
    view: View
    size: QSize
    ratio: float
    options: OverlayOptions
    theme: Theme

    @property
    def bounds(self) -> QRectF:
        """The whole widget."""
        return QRectF(QPointF(), QSizeF(self.size))


class Scene:
    """Paints, and keeps what the next painting is likely to need again."""

    def __init__(self) -> None:
        self._backing = Backing()
        self._still = StillScene()
        self._layout: Layout | None = None
        self._layout_of: tuple[object, ...] = ()

    def forget(self) -> None:
        """Find everything anew at the next painting."""
        self._backing.forget()
        self._layout = None

    def paint(
        self, painter: QPainter, marks: Marks, setting: Setting, *, lifted: Marks | None
    ) -> None:
        """Paint picture and overlay.

        Parameters
        ----------
        marks : Marks
            The overlay.
        lifted : Marks or None
            What is being dragged: the rest is painted once and shown with every move.
        """
        if lifted is None:
            self._still.forget()
            self._paint_still(painter, marks, setting)
            return
        self._still.paint(
            painter,
            lambda inner: self._paint_still(inner, marks, setting),
            of=(marks, setting.picture, setting.view, setting.options, setting.theme),
            size=setting.size,
            ratio=setting.ratio,
        )
        _paint_overlay(painter, lifted, self._lay_out(lifted, setting), setting)

    def _paint_still(self, painter: QPainter, marks: Marks, setting: Setting) -> None:
        theme = setting.theme
        if setting.picture is not None:
            self._backing.paint(
                painter,
                setting.picture,
                view=setting.view,
                size=setting.size,
                ratio=setting.ratio,
                options=setting.options,
                theme=theme,
            )
        else:
            painter.fillRect(setting.bounds, theme.surface)
            if not setting.plane.isEmpty():
                plane = setting.view.transform().mapRect(setting.plane)
                painter.fillRect(plane, theme.surface_raised)
                painter.setPen(theme.line)
                painter.drawRect(plane)
        _paint_overlay(painter, marks, self._laid_out(marks, setting), setting)

    def _laid_out(self, marks: Marks, setting: Setting) -> Layout:
        """Return where the overlay stands; kept while neither it nor the view changes."""
        has_names = setting.options.has_names
        key = (setting.view, setting.size, setting.ratio, font("small"), has_names)
        if self._layout is None or self._layout_of[0] is not marks or self._layout_of[1:] != key:
            self._layout = self._lay_out(marks, setting)
            self._layout_of = (marks, *key)
        return self._layout

    def _lay_out(self, marks: Marks, setting: Setting) -> Layout:
        return lay_out(
            marks,
            transform=setting.view.transform(),
            bounds=setting.bounds,
            theme=setting.theme,
            font=font("small"),
            ratio=setting.ratio,
            has_names=setting.options.has_names,
            before=self._layout,
        )


def _paint_overlay(painter: QPainter, marks: Marks, layout: Layout, setting: Setting) -> None:
    paint_marks(
        painter,
        marks,
        layout,
        transform=setting.view.transform(),
        bounds=setting.bounds,
        font=font("small"),
        has_boxes=setting.options.has_boxes,
    )
