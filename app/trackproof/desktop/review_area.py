"""The middle of the window: messages, picture, transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from trackproof.desktop.banner_bar import BannerArea
from trackproof.desktop.canvas import Canvas
from trackproof.desktop.opening.frames_card import FramesCard
from trackproof.desktop.opening.welcome import Welcome
from trackproof.desktop.transport import TransportBar

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from trackproof.desktop.opening.flow import OpenFlow
    from trackproof.desktop.session import Session


class ReviewArea(QWidget):
    """Shows the welcome page while nothing is open, then the picture."""

    def __init__(self, session: Session, flow: OpenFlow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.banners = BannerArea(session)
        self.canvas = Canvas(session)
        self.transport = TransportBar(session)
        self.welcome = Welcome(session, flow)
        self.stage = Stage(self.canvas, FramesCard(session, flow))
        self._player = QWidget()
        player = QVBoxLayout(self._player)
        player.setContentsMargins(0, 0, 0, 0)
        player.setSpacing(0)
        player.addWidget(self.stage, 1)
        player.addWidget(self.transport)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self._player)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(self._stack, 1)
        session.opened_changed.connect(self._switch)
        self._switch()

    def _switch(self) -> None:
        is_open = bool(self._session.sequences)
        self._stack.setCurrentWidget(self._player if is_open else self.welcome)
        if is_open:
            self.canvas.setFocus()


class Stage(QWidget):
    """The canvas with the card that asks for pictures floating over it."""

    def __init__(self, canvas: Canvas, card: FramesCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        card.setParent(self)
        card.resized.connect(self._place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(canvas)
        card.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card at the bottom in the middle."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        card = self.card
        card.setFixedWidth(min(680, max(self.width() - 24, 200)))
        card.adjustSize()
        left = (self.width() - card.width()) // 2
        card.move(left, max(self.height() - card.height() - 16, 8))
        card.raise_()
