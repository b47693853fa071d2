"""The second label set over the picture: dashed, and in the colour of danger where it is alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from trackproof.desktop.canvas.brushes import under
from trackproof.desktop.panels.agreement.second_set import SecondSet
from trackproof.labels import Shape

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QPaintEvent, QTransform

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session
    from trackproof.labels import Block

LINE = 2.0
DASHES = (3.0, 4.0)
"""In line widths; the box underneath is seen through the gaps."""
POINT = 4.0


class SecondSetOverlay(QWidget):
    """A sheet over a canvas; it is painted with the canvas, so both show the same frame."""

    def __init__(self, session: Session, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._second = SecondSet.of(session)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        canvas.installEventFilter(self)
        self._second.overlay_changed.connect(self._refresh)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the canvas."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.resize(self._canvas.size())
        return super().eventFilter(watched, event)

    def _refresh(self) -> None:
        self.resize(self._canvas.size())
        self.setVisible(self._second.is_overlaid and self._second.agreement is not None)
        self._canvas.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the annotations of the frame that the canvas shows."""
        found = self._second.rows_at(self._canvas.token.frame)
        if found is None:
            return
        block, is_paired = found
        theme = self._session.theme
        painter = QPainter(self)
        transform = self._canvas.view.transform()
        for row in range(len(block)):
            colour = theme.accent if is_paired[row] else theme.danger
            _paint(painter, block, row, transform=transform, colour=colour)
        painter.end()


def _paint(
    painter: QPainter, block: Block, row: int, *, transform: QTransform, colour: QColor
) -> None:
    shape = Shape(int(block.shape[row]))
    is_box = shape is Shape.BOX
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=not is_box)
    points = transform.map(
        QPolygonF([QPointF(float(x), float(y)) for x, y in block.vertices_of(row)])
    )
    for pen in (QPen(under(colour), LINE + 2), QPen(colour, LINE)):
        pen.setDashPattern([dash * LINE / pen.widthF() for dash in DASHES])
        painter.setPen(pen)
        if is_box:
            painter.drawRect(transform.mapRect(QRectF(*(float(v) for v in block.xywh[row]))))
        elif shape is Shape.POLYGON:
            painter.drawPolygon(points)
        elif shape is Shape.POLYLINE:
            painter.drawPolyline(points)
        else:
            for place in range(points.size()):
                painter.drawEllipse(points.at(place), POINT, POINT)
