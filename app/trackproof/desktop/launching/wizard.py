"""Launch labeling jobs, step by step; nothing is sent before the last explicit yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.launching.board import JobsBoard
from trackproof.desktop.launching.deciding import CheckPage, RequestPage
from trackproof.desktop.launching.draft import EMPTY, Draft
from trackproof.desktop.launching.pages import PackagePage, Page, PeoplePage
from trackproof.desktop.launching.task_page import TaskPage
from trackproof.desktop.launching.words_page import WordsPage
from trackproof.desktop.theme import GRID, font

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QResizeEvent

    from trackproof.desktop.session import Session

STEPS_WIDTH = 168
SIZE = QSize(940, 640)
LINE_PIXELS = 18
MARGIN = 40
ROLE = "launch/role"
OUTPUT = "launch/output"


class LaunchWizard(QDialog):
    """Six steps: package, people and place, task, instructions, checks, request."""

    def __init__(
        self, session: Session, *, package: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.board = JobsBoard.of(session)
        self.setObjectName("launch")
        self.setWindowTitle("Launch a labeling job")
        self.resize(self._fitting())
        draft = Draft(package=package, preset=EMPTY).changed(
            role_arn=session.settings.text(ROLE), output_uri=session.settings.text(OUTPUT)
        )
        self.package_page = PackagePage(self.board, draft)
        self.people_page = PeoplePage(self.board, draft)
        self.task_page = TaskPage(self.board, draft)
        self.words_page = WordsPage(self.board, draft)
        self.check_page = CheckPage(self.board, draft, session.theme)
        self.request_page = RequestPage(self.board, draft)
        self.pages: tuple[Page, ...] = (
            self.package_page,
            self.people_page,
            self.task_page,
            self.words_page,
            self.check_page,
            self.request_page,
        )
        self._lay_out()
        for page in self.pages:
            page.changed.connect(self._refresh)
        self.board.launched.connect(self._on_launched)
        self._refresh()
        if package:
            self.package_page.load()

    def _fitting(self) -> QSize:
        """Return a size for the type that is set, as far as the screen allows."""
        larger = max(QFontMetrics(font()).height() / LINE_PIXELS, 1.0)
        screen = self.screen().availableSize() - QSize(MARGIN, MARGIN)
        return SIZE.expandedTo((SIZE * larger).boundedTo(screen))

    def _lay_out(self) -> None:
        self.steps = QListWidget()
        self.steps.setAccessibleName("Steps")
        self.steps.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.steps.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.steps.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.steps.addItems([f"{n}  {page.title}" for n, page in enumerate(self.pages, start=1)])
        bold = QFontMetrics(font("body", is_bold=True))
        widest = max(bold.horizontalAdvance(f"0  {page.title}") for page in self.pages)
        self.steps.setFixedWidth(max(STEPS_WIDTH, widest + 4 * GRID))
        self.stack = QStackedWidget()
        for page in self.pages:
            self.stack.addWidget(_scrolled(page))
        self.heading = QLabel()
        self.heading.setFont(font("title", is_bold=True))
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setProperty("dim", "true")
        self.cancel = QPushButton("Close")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.back = QPushButton("Back")
        self.back.setAutoDefault(False)
        self.back.clicked.connect(lambda: self.go(self.stack.currentIndex() - 1))
        self.on = QPushButton("Next")
        self.on.clicked.connect(self._go_on)
        buttons = QHBoxLayout()
        buttons.addWidget(self.state, 1)
        for button in (self.cancel, self.back, self.on):
            buttons.addWidget(button)
        right = QVBoxLayout()
        right.setSpacing(2 * GRID)
        right.addWidget(self.heading)
        right.addWidget(self.stack, 1)
        right.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.steps)
        row.addLayout(right, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the steps away where the widest page needs their room, as with large type."""
        super().resizeEvent(event)
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        widest = max(page.minimumSizeHint().width() for page in self.pages) + bar
        needed = widest + self.steps.width() + 6 * GRID
        self.steps.setVisible(self.width() >= needed)
        self._say_step()

    def _say_step(self) -> None:
        number = self.stack.currentIndex() + 1
        place = "" if self.steps.isVisibleTo(self) else f"{number} of {len(self.pages)}  "
        self.heading.setText(f"{place}{self.page.title}")

    @property
    def page(self) -> Page:
        """The step on screen."""
        return self.pages[self.stack.currentIndex()]

    def go(self, index: int) -> None:
        """Show another step, with the draft as it is now."""
        if not 0 <= index < len(self.pages):
            return
        draft = self.page.draft
        self.page.forget()
        page = self.pages[index]
        self.request_page.is_ready = self.check_page.is_ready
        page.show_draft(draft)
        self.stack.setCurrentIndex(index)
        self._refresh()

    def _go_on(self) -> None:
        if not self.page.can_go_on:
            return
        if self.page is self.request_page:
            self._launch()
        else:
            self.go(self.stack.currentIndex() + 1)

    def _launch(self) -> None:
        draft = self.page.draft
        self._session.settings.set_text(ROLE, draft.preset.role_arn)
        self._session.settings.set_text(OUTPUT, draft.preset.output_uri)
        region = draft.preset.region
        self.board.launch(draft.ready(), draft.requests(), region=region, package=draft.package)
        self.request_page.confirm.setChecked(False)
        self._refresh()

    def _on_launched(self, made: object) -> None:
        if isinstance(made, BaseException):
            self.request_page.wrong.setText(str(made))
            self._refresh()
        else:
            self.accept()

    def _refresh(self) -> None:
        index, page = self.stack.currentIndex(), self.page
        busy = self.board.is_launching
        self._say_step()
        for row in range(self.steps.count()):
            item = self.steps.item(row)
            bold = item.font()
            bold.setBold(row == index)
            item.setFont(bold)
            theme = self._session.theme
            item.setForeground(theme.text if row <= index else theme.text_dim)
        self.back.setEnabled(index > 0 and not busy)
        self.on.setEnabled(page.can_go_on and not busy)
        self.on.setText("Launch" if page is self.request_page else "Next")
        self.on.setDefault(page is not self.request_page)
        self.cancel.setEnabled(not busy)
        self.state.setText("Creating the job; this is not stopped halfway …" if busy else "")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay while a job is being created."""
        if self.board.is_launching:
            event.ignore()
        else:
            super().closeEvent(event)

    def reject(self) -> None:
        """Close, unless a job is being created."""
        if not self.board.is_launching:
            super().reject()

    def done(self, result: int) -> None:
        """Wait for no answer any more."""
        for page in self.pages:
            page.forget()
        super().done(result)


def _scrolled(page: Page) -> QScrollArea:
    """Return a page in an area that scrolls: with large type the longest does not fit a screen."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area
