"""What workers read: written here, seen beside it as they will see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize
from PySide6.QtGui import QFontDatabase, QFontMetrics
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.launching.pages import Page
from trackproof.desktop.theme import GRID, font
from trackproof.handoff.limits import FULL_INSTRUCTION_CHARACTERS, SHORT_INSTRUCTION_CHARACTERS

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from trackproof.desktop.launching.board import JobsBoard
    from trackproof.desktop.launching.draft import Draft
    from trackproof.handoff.launching_sources import Launchable
    from trackproof.handoff.launching_words import Words

SHORT_LINES = 4
APPROXIMATION = "About what workers see; the real page is drawn by the service."
NO_CONFIG = "The package holds no label categories, so it has no place for instructions."


class WordsPage(Page):
    """Instructions of video frames, or the page of clips, with a preview that follows."""

    title = "Instructions"

    def __init__(self, board: JobsBoard, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(board, draft, parent)
        self._problems: list[str] = []
        self._make_fields()
        self._lay_out()
        for text in (self.short, self.full, self.page):
            text.textChanged.connect(self._take)
        self.insert.clicked.connect(self._insert_places)
        self.own.clicked.connect(self._take_own)
        self.which.currentIndexChanged.connect(self._preview)

    def _make_fields(self) -> None:
        self.short = _editor("Short instruction")
        lines = QFontMetrics(self.short.font()).lineSpacing() * SHORT_LINES
        self.short.setFixedHeight(lines + 2 * GRID)
        self.short.setToolTip("Stands beside the picture. Text or HTML")
        self.full = _editor("Full instruction")
        self.full.setToolTip("Opens by the instructions button. Text or HTML")
        self.page = _editor("Worker page")
        self.page.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.page.setToolTip("The whole page, HTML with the placeholders of the service")
        self.short_count, self.full_count = _count(), _count()
        self.insert = QPushButton("Insert flagged places")
        self.insert.setToolTip(
            "Puts {places} into the text: every job names its own flagged frames there, in as "
            "much detail as fits"
        )
        self.own = QPushButton("Package's own words")
        self.own.setToolTip("Forget what was written here")
        for button in (self.insert, self.own):
            button.setAutoDefault(False)
        self.which = QComboBox()
        self.which.setAccessibleName("As workers of which job read it")
        self.preview = QTextBrowser()
        self.preview.setOpenLinks(False)
        self.preview.setAccessibleName("As workers read it")
        self.note = QLabel(APPROXIMATION)
        self.note.setWordWrap(True)
        self.note.setProperty("dim", "true")

    def _lay_out(self) -> None:
        self._short_row = _heading("Short, beside the picture", self.short_count)
        self._full_row = _heading("Full, behind a button", self.full_count)
        self._page_row = _heading("Page (HTML)", QLabel())
        # Both columns of text begin at the same height.
        self._short_row.setMinimumHeight(self.which.sizeHint().height())
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.insert)
        buttons.addWidget(self.own)
        buttons.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        for widget, stretch in (
            (self._short_row, 0),
            (self.short, 0),
            (self._full_row, 0),
            (self.full, 1),
            (self._page_row, 0),
            (self.page, 1),
        ):
            left.addWidget(widget, stretch)
        left.addLayout(buttons)
        right = QVBoxLayout()
        right.setSpacing(GRID // 2)
        right.addWidget(_heading("As workers read it", self.which))
        right.addWidget(self.preview, 1)
        right.addWidget(self.note)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(2 * GRID)
        self._halves.addLayout(left, 1)
        self._halves.addLayout(right, 1)
        self._columns = left, right
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._halves, 1)
        column.addWidget(self.wrong)

    def minimumSizeHint(self) -> QSize:
        """Return room for the wider half: both stand above each other where they must."""
        widths = self._half_widths()
        return QSize(max(widths), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the preview beside the words, or below them where there is no room."""
        super().resizeEvent(event)
        has_room = self.width() >= sum(self._half_widths()) + self._halves.spacing()
        side, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(side if has_room else below)

    def _half_widths(self) -> tuple[int, int]:
        left, right = self._columns
        return left.minimumSize().width(), right.minimumSize().width()

    @property
    def can_go_on(self) -> bool:
        """Whether the words can be sent; what the package itself says is for the checks."""
        return not self._problems or self._is_own

    @property
    def _is_own(self) -> bool:
        from trackproof.handoff.launching_words import own_words

        return all(self._words(job) == own_words(job) for job in self.draft.jobs)

    def show_draft(self, draft: Draft) -> None:
        """Show the words of the settings, or of the package."""
        super().show_draft(draft)
        with QSignalBlocker(self.which):
            self.which.clear()
            self.which.addItems([f"job {job.number}" for job in draft.jobs])
        self.which.setVisible(len(draft.jobs) > 1)
        for widget in (self._page_row, self.page):
            widget.setVisible(draft.is_clips)
        for widget in (self._short_row, self.short, self._full_row, self.full, self.insert):
            widget.setVisible(not draft.is_clips)
        self._fill()

    def _fill(self) -> None:
        job = self._job()
        if job is None:
            return
        words = self._words(job)
        for editor, text in (
            (self.short, words.short),
            (self.full, words.full),
            (self.page, words.page),
        ):
            with QSignalBlocker(editor):
                editor.setPlainText(text)
            editor.setReadOnly(not (job.config or job.page))
        self.insert.setEnabled(bool(job.places))
        self._tell()

    def _job(self) -> Launchable | None:
        jobs = self.draft.jobs
        return jobs[max(self.which.currentIndex(), 0)] if jobs else None

    def _words(self, job: Launchable) -> Words:
        from trackproof.handoff.launching_words import words_for

        return words_for(job, self.draft.preset)

    def _take(self) -> None:
        """Keep what differs from the package's own words; those come with every package."""
        from trackproof.handoff.launching_words import own_words

        job = self._job()
        if job is None:
            return
        own = own_words(job)

        def said(editor: QPlainTextEdit, known: str) -> str:
            text = editor.toPlainText()
            return "" if text == known else text

        self.draft = self.draft.changed(
            short_instruction=said(self.short, own.short),
            full_instruction=said(self.full, own.full),
            worker_page=said(self.page, own.page),
        )
        self._tell()

    def _take_own(self) -> None:
        self.draft = self.draft.changed(short_instruction="", full_instruction="", worker_page="")
        self._fill()

    def _insert_places(self) -> None:
        from trackproof.handoff.instructions import PLACES

        editor = self.short if self.short.hasFocus() else self.full
        editor.insertPlainText(PLACES)
        editor.setFocus()

    def _tell(self) -> None:
        from trackproof.handoff.launching_words import words_problems

        found = [text for job in self.draft.jobs for text in words_problems(self._words(job), job)]
        self._problems = list(dict.fromkeys(found))
        job = self._job()
        has_place = job is None or bool(job.config or job.page)
        self.wrong.setText(" ".join(self._problems[:2]) if has_place else NO_CONFIG)
        self.own.setEnabled(not self._is_own)
        self._preview()
        self.changed.emit()

    def _preview(self, *_values: object) -> None:
        from trackproof.handoff.launching_words import filled

        job = self._job()
        if job is None:
            return
        read = filled(self._words(job), job)
        for label, text, most in (
            (self.short_count, read.short, SHORT_INSTRUCTION_CHARACTERS),
            (self.full_count, read.full, FULL_INSTRUCTION_CHARACTERS),
        ):
            label.setText(f"{len(text):,} of {most:,}")
            label.setProperty("role", "danger" if len(text) > most else "")
            label.style().polish(label)
        if job.page:
            self.preview.setHtml(_shown_page(read.page))
        else:
            self.preview.setHtml(f"{_shown(read.short)}<hr>{_shown(read.full)}")


def _shown(text: str) -> str:
    """Return a text as HTML; without tags it is plain, and keeps its lines."""
    from html import escape

    return text if "<" in text else f"<p>{escape(text).replace(chr(10), '<br>')}</p>"


def _shown_page(page: str) -> str:
    """Return the page with labels and clip filled in, or as it stands when it cannot be."""
    from trackproof.clips.template import rendered
    from trackproof.errors import FormatError

    try:
        return rendered(page, labels=("first label", "second label"), clip="clip.mp4")
    except FormatError:
        return page


def _editor(name: str) -> QPlainTextEdit:
    editor = QPlainTextEdit()
    editor.setTabChangesFocus(True)
    editor.setAccessibleName(name)
    return editor


def _count() -> QLabel:
    label = QLabel()
    label.setFont(font("small"))
    label.setAccessibleName("Characters")
    return label


def _heading(text: str, beside: QWidget) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(QLabel(text))
    row.addStretch(1)
    row.addWidget(beside)
    return whole
