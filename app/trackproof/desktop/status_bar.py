"""Facts about the frame under the eye, and what works in the background."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStatusBar,
    QToolButton,
    QWidget,
)

from trackproof.desktop.icons import icon
from trackproof.desktop.panels.later import Later
from trackproof.desktop.progress_bar import ProgressBar
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session
    from trackproof.desktop.tasks import Task, TaskRunner
    from trackproof.desktop.theme import Theme

MISSING = "–"
COUNT_EVERY_MS = 250
QUIET_MS = 700
"""What is over sooner as a rule is shown when it takes longer than this."""


class StatusBar(QStatusBar):
    """Where we are: frame, pixel, size, rate; who reads S3; cache, saved, checks; tasks."""

    def __init__(self, session: Session, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeGripEnabled(False)
        self.frame = self._label("Frame index and count")
        self.number = self._label("Frame number in the label file")
        self.file = self._label("File name of the frame")
        self.pixel = self._label("Picture pixel under the cursor")
        self.size_and_rate = self._label("Picture size and frame rate")
        self.identity = self._label("Who asked S3 for these labels")
        self.cache = self._label("Frames whose pictures are in memory")
        self.saved = self._label("Whether verdicts and edits are on disk")
        self.checks = self._label("Whether the flags belong to the labels you see")
        self.tasks = TaskView(session)
        for label in (self.frame, self.number, self.file, self.pixel, self.size_and_rate):
            self.addWidget(label)
        self.addPermanentWidget(self.tasks)
        self.addPermanentWidget(self.identity)
        self.addPermanentWidget(self.cache)
        self.addPermanentWidget(self.saved)
        self.addPermanentWidget(self.checks)
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(COUNT_EVERY_MS)
        self._counting.timeout.connect(self._show_cache)
        self._later = Later(self, self._show_all)
        self._listen(canvas)
        self._show_all()

    def _label(self, name: str) -> QLabel:
        label = QLabel()
        label.setFont(font("small"))
        label.setProperty("dim", True)
        label.setAccessibleName(name)
        label.setToolTip(name)
        label.setContentsMargins(4, 0, 8, 0)
        label.setMinimumWidth(1)
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        return label

    def _listen(self, canvas: Canvas) -> None:
        session = self._session
        session.frame_changed.connect(self._show_frame)
        session.frame_ready.connect(self._count_soon)
        canvas.pixel_changed.connect(self._show_pixel)
        for signal in (
            session.sequence_changed,
            session.frames_changed,
            session.rate_changed,
            session.analysis_changed,
            session.labels_changed,
            session.verdict_changed,
            session.saved_changed,
            session.tasks.tasks_changed,
        ):
            signal.connect(self._later.ask)

    def _show_all(self, *_: object) -> None:
        session = self._session
        if session.sequence is None:
            # Empty, not hidden: showing seven labels would arrange the window seven times.
            for label in (self.frame, self.number, self.file, self.pixel, self.size_and_rate):
                label.clear()
            self.identity.clear()
            self.cache.clear()
            self.saved.clear()
            self.checks.clear()
            return
        self._show_frame(session.frame)
        self.size_and_rate.setText(self._size_and_rate())
        self._show_identity(session.opener.identity)
        self._show_cache()
        self._show_saved()
        self.checks.setText(session.checks_state)

    def _count_soon(self, _frame: int) -> None:
        """Count a few times a second at most: while frames run, one arrives every moment."""
        if not self._counting.isActive():
            self._counting.start()

    def _show_cache(self) -> None:
        """Say how many frames are in memory; nothing while there are no pictures."""
        session = self._session
        if session.frames is None:
            self.cache.clear()
            return
        held = sum(end - first for first, end in session.pictures.cached())
        self.cache.setText(f"cache {held} / {session.frame_count}")

    def _show_saved(self) -> None:
        """Say how far the disk is behind; its tip says where it is, and what is odd about it."""
        session, review = self._session, self._session.book.review
        self.saved.setText(session.saved_state)
        facts = ["Whether verdicts and edits are on disk"]
        if review is not None:
            facts += [f"The review is {review.path}", *review.notes, session.book.problem]
        self.saved.setToolTip("\n".join(filter(None, facts)))

    def _show_identity(self, identity: str) -> None:
        who = identity.partition(" in account")[0].partition(":")[0]
        self.identity.setText(f"S3 as {who}" if who else "")
        self.identity.setToolTip(f"Read from S3 as {identity}" if identity else "")

    def _show_frame(self, frame: int) -> None:
        sequence = self._session.sequence
        if sequence is None:
            return
        self.frame.setText(f"frame {frame}")
        self.number.setText(f'no "{int(sequence.frame_numbers[frame])}"')
        self.file.setText(sequence.frame_names[frame])

    def _size_and_rate(self) -> str:
        session = self._session
        text = "labels only"
        if session.frames is not None:
            width, height = session.frames.size
            text = f"{width}×{height}"
        rate = session.rate_fps
        return f"{text} @ {rate:g} fps" if rate else text

    def _show_pixel(self, pixel: QPoint | None) -> None:
        self.pixel.setText(f"({pixel.x()}, {pixel.y()})" if pixel is not None else MISSING)


class Worker(Protocol):
    """A session of any window, as far as its background work goes."""

    @property
    def tasks(self) -> TaskRunner:
        """What runs."""

    @property
    def theme_changed(self) -> SignalInstance:
        """Emitted with the new theme."""

    @property
    def theme(self) -> Theme:
        """The theme in force."""


class TaskView(QWidget):
    """The oldest running task, its progress, a cancel button, and how many more there are."""

    def __init__(self, session: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._title = QLabel()
        self._title.setFont(font("small"))
        self._bar = ProgressBar()
        self._bar.setFixedWidth(96)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._cancel = QToolButton()
        self._cancel.setIconSize(QSize(14, 14))
        self._cancel.setToolTip("Cancel this task")
        self._cancel.setAccessibleName("Cancel this task")
        self._cancel.clicked.connect(self._on_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(6)
        for widget in (self._title, self._bar, self._cancel):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        # Tasks come and go; the window is not to be arranged anew each time.
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(QUIET_MS)
        self._again.timeout.connect(self._show)
        session.tasks.tasks_changed.connect(self._show)
        session.tasks.progressed.connect(self._show)
        session.theme_changed.connect(self._show)
        self._show()

    def _show(self, *_: object) -> None:
        running = self._worth_telling()
        self.setVisible(bool(running))
        if not running:
            return
        task = running[0]
        more = f" + {len(running) - 1} more" if len(running) > 1 else ""
        self._title.setText(f"{task.title}{more}")
        if self._bar.maximum() != task.total:
            self._bar.setRange(0, task.total)
        self._bar.setValue(task.done)
        self._cancel.setIcon(icon("close", self._session.theme))

    def _worth_telling(self) -> list[Task]:
        """Return what runs, without what is over in a moment: it would flicker by."""
        running = self._session.tasks.running
        now_s = time.monotonic()
        told = [
            task
            for task in running
            if not task.is_quiet or now_s - task.started_s >= QUIET_MS / 1000
        ]
        if len(told) < len(running):
            self._again.start()
        return told

    def _on_cancel(self) -> None:
        running = self._worth_telling()
        if running:
            running[0].cancel()
