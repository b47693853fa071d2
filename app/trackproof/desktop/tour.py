"""Three cards that show a newcomer the loop of a review, beside the window's own parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.actions import Action
from trackproof.desktop.links import DEMO
from trackproof.desktop.theme import GRID, font

if TYPE_CHECKING:
    from trackproof.desktop.window import MainWindow

SEEN = "tour/seen"
WIDTH = 320
SKIP_SELECTION = "review.no_track"


@dataclass(frozen=True, slots=True)
class Stop:
    """One card.

    Parameters
    ----------
    dock : str
        Panel that it stands beside; empty for the picture.
    text : str
        Sentences with ``{action id}`` where a key is named.
    """

    dock: str
    title: str
    text: str


STOPS = (
    Stop(
        "queue",
        "Start with the queue",
        "The likeliest mistakes stand on top. {review.next} takes the next flag, "
        "{review.previous} goes back.",
    ),
    Stop(
        "",
        "See what is wrong",
        "The picture zooms to the object. The dashed box is where the checks expected it. "
        "{playback.toggle} plays, {playback.step_back} and {playback.step_on} step.",
    ),
    Stop(
        "evidence",
        "Say what it is",
        "{review.accept} accepts the repair. {review.dismiss} says the label is right, "
        "{review.confirm} that it needs a fix. The next flag follows by itself. "
        "{help.shortcuts} lists all keys.",
    ),
)


class Tour(QObject):
    """Shows the cards once on the demo, and again when somebody asks; work goes on meanwhile."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._place = -1
        self._frame = QFrame(window)
        self._frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.card = QFrame(window)
        self._build()
        self._escape = QShortcut(QKeySequence("Escape"), window)
        self._escape.activated.connect(self.end)
        self._escape.setEnabled(False)
        self._hide()
        session = window.session
        session.analysis_changed.connect(self._on_checked)
        session.opened_changed.connect(self.end)
        session.theme_changed.connect(self._paint)
        window.installEventFilter(self)

    def _build(self) -> None:
        self.card.setObjectName("tour_card")
        self.card.setAccessibleName("Tour")
        self._count = QLabel()
        self._count.setFont(font("small"))
        self._count.setProperty("dim", True)
        self.title = QLabel()
        self.title.setFont(font("body", is_bold=True))
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setFixedWidth(WIDTH - 4 * GRID)
        self.skip = QPushButton("Skip the tour")
        self.skip.clicked.connect(self.end)
        self.next = QPushButton("Next")
        self.next.clicked.connect(self.go_on)
        row = QHBoxLayout()
        row.addWidget(self.skip)
        row.addStretch(1)
        row.addWidget(self.next)
        column = QVBoxLayout(self.card)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        for part in (self._count, self.title, self._text):
            column.addWidget(part)
        column.addLayout(row)

    @property
    def is_running(self) -> bool:
        """Whether a card is on screen."""
        return self._place >= 0

    def start(self) -> None:
        """Show the first card."""
        self._place = 0
        self._window.registry.hold_keys(SKIP_SELECTION, is_held=True)
        self._escape.setEnabled(True)
        self._paint()
        self._show()

    def go_on(self) -> None:
        """Show the next card; after the last one the tour is over."""
        if self._place + 1 >= len(STOPS):
            self.end()
            return
        self._place += 1
        self._show()

    def end(self) -> None:
        """Take the cards away; the tour does not come again by itself."""
        if not self.is_running:
            return
        self._hide()
        self._escape.setEnabled(False)
        self._window.registry.hold_keys(SKIP_SELECTION, is_held=False)
        self._window.session.settings.set_flag(SEEN, value=True)
        self._window.area.canvas.setFocus()

    def _on_checked(self) -> None:
        session = self._window.session
        is_new = session.opener.opened == (DEMO,) and not session.settings.flag(SEEN, default=False)
        if is_new and not self.is_running:
            self.start()

    def _hide(self) -> None:
        self._place = -1
        self.card.hide()
        self._frame.hide()

    def _show(self) -> None:
        stop = STOPS[self._place]
        is_last = self._place + 1 == len(STOPS)
        self._count.setText(f"{self._place + 1} of {len(STOPS)}")
        self.title.setText(stop.title)
        self._text.setText(self._with_keys(stop.text))
        self._text.setFixedHeight(self._text.heightForWidth(WIDTH - 4 * GRID))
        self.skip.setVisible(not is_last)
        self.next.setText("Start reviewing" if is_last else "Next")
        dock = self._window.docks.get(stop.dock)
        if dock is not None:
            dock.show()
            dock.raise_()
        self._move()
        for widget in (self._frame, self.card):
            widget.show()
            widget.raise_()

    def _with_keys(self, text: str) -> str:
        """Return a text with the keys in force, which may be the person's own."""
        for action in self._window.registry.actions:
            keys = self._window.registry.shortcuts(action.id)
            # Letters first: a bold full stop at the end of a sentence is no key to anybody.
            key = next((one for one in keys if one[-1].isalnum()), keys[0] if keys else "")
            native = QKeySequence.SequenceFormat.NativeText
            shown = QKeySequence(key).toString(native) if key else action.text
            text = text.replace(f"{{{action.id}}}", f"<b>{shown}</b>")
        return text

    def _target(self) -> QWidget:
        dock = self._window.docks.get(STOPS[self._place].dock)
        return dock if dock is not None and dock.isVisible() else self._window.area.canvas

    def _move(self) -> None:
        target = self._target()
        place = QRect(target.mapTo(self._window, QPoint()), target.size())
        self._frame.setGeometry(place)
        self.card.adjustSize()
        size = self.card.size()
        if place.left() > size.width() + 4 * GRID:
            left, top = place.left() - size.width() - GRID, place.top()
        else:
            left, top = place.center().x() - size.width() // 2, place.top() + 2 * GRID
        left = min(max(left, GRID), max(self._window.width() - size.width() - GRID, GRID))
        top = min(max(top, GRID), max(self._window.height() - size.height() - GRID, GRID))
        self.card.move(left, top)

    def _paint(self, *_: object) -> None:
        theme = self._window.session.theme
        accent, ground = theme.accent.name(), theme.surface_raised.name()
        self.card.setStyleSheet(
            f"#tour_card {{ background: {ground}; border: 1px solid {accent}; }}"
        )
        self._frame.setStyleSheet(f"QFrame {{ border: 2px solid {accent}; }}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the part that a card is about."""
        if self.is_running and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._move()
        return super().eventFilter(watched, event)


def tour_actions(window: MainWindow, tour: Tour) -> list[Action]:
    """Return the tour as an action."""
    return [
        Action(
            "help.tour",
            "Show the tour",
            "Help",
            tour.start,
            is_enabled=lambda: window.session.sequence is not None,
            tip="Three cards that show how a review goes",
        )
    ]
