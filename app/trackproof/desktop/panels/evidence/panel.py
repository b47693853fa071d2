"""Why a flag was raised, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from trackproof.desktop import glyphs
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.evidence.words import (
    comparisons,
    findings_in_words,
    reasons,
    sentence,
)
from trackproof.desktop.panels.film_strip.strip import FilmStrip
from trackproof.desktop.panels.keys import TAKES_BACK, KeyWords, back_to_picture, come_forward
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.naming import frames_in_words, object_name
from trackproof.desktop.theme import font
from trackproof.desktop.verdicts import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor, QPaintEvent

    from trackproof.checks import Flag
    from trackproof.desktop.session import Session
    from trackproof.desktop.verdicts import Status
    from trackproof.labels import Labels

STRIP_LINES = 9
"""Height of the film strip, in lines of small text."""

SHOWN_REPAIRS = 3


class EvidencePanel(QWidget):
    """The flag under review in words, numbers and pictures, with its keys."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = ReviewDesk.of(session)
        self._keys = KeyWords(self)
        self._noted: tuple[Flag, ...] = ()
        self._noted_in = self._note_shown = self._shown_key = ""
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Evidence")
        self._empty = EmptyState("")
        self._body = self._make_body()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._body)
        # an edit tells of labels, verdict and the next flag at once
        self._later = Later(self, self.refresh)
        session.flag_changed.connect(self._later.ask)
        session.analysis_changed.connect(self._later.ask)
        session.sequence_changed.connect(self._later.ask)
        session.labels_changed.connect(self._later.ask)
        session.verdict_changed.connect(self._on_verdict)
        session.theme_changed.connect(self.refresh)
        self._desk.note_asked.connect(self._ask_note)
        self._desk.repairs_changed.connect(self._on_repairs)
        self.refresh()

    # -- building

    def _make_body(self) -> QWidget:
        inside = QWidget()
        inside.setAutoFillBackground(True)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addLayout(self._make_title())
        self._words = self._wrapped("body")
        column.addWidget(self._words)
        self._cells: dict[tuple[int, int], QLabel] = {}
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(12)
        self._table.setVerticalSpacing(1)
        self._table.setColumnStretch(3, 1)
        column.addLayout(self._table)
        self._strip = FilmStrip(self._session, cell_width=48)
        line = QFontMetrics(font("small")).height()
        self._strip.setFixedHeight(STRIP_LINES * line + STRIP_LINES)
        column.addWidget(self._strip)
        self._repair_buttons: list[QPushButton] = []
        self._repairs = QVBoxLayout()
        self._repairs.setSpacing(2)
        column.addLayout(self._repairs)
        self._findings = self._wrapped("small")
        self._findings.setProperty("dim", "true")
        column.addWidget(self._findings)
        column.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(scroll, 1)
        rows.addLayout(self._make_keys())
        return body

    def _make_title(self) -> QHBoxLayout:
        self._glyph = GlyphLabel(self._session)
        self._title = QElidingLabel()
        self._title.setFont(font("body", is_bold=True))
        self._status = QLabel()
        self._status.setFont(font("small"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._glyph)
        row.addWidget(self._title, 1)
        row.addWidget(self._status)
        return row

    def _make_keys(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(4)
        # what Enter does stands where it is seen, however long the evidence is
        self._offer = QElidingLabel()
        self._offer.setFont(font("small"))
        self._offer.setProperty("dim", "true")
        self._offer.setAccessibleName("What Enter does")
        column.addWidget(self._offer)
        # here and not among the evidence: M must not lead out of sight
        column.addWidget(self._make_note())
        self._keyed: list[tuple[QPushButton, KeyedButton]] = []
        for buttons in KEYED_BUTTONS:
            row = QHBoxLayout()
            row.setSpacing(4)
            for one in buttons:
                button = self._button(one.text, partial(self._do, one))
                button.setProperty("slim", "true")
                self._keyed.append((button, one))
                row.addWidget(button, 1)
            column.addLayout(row)
        self._accept = self._keyed[0][0]
        return column

    def _make_note(self) -> QLineEdit:
        self._note = QLineEdit()
        self._note.setFont(font("small"))
        self._note.hide()
        self._note.setAccessibleName("Note on this flag")
        self._note.setProperty(TAKES_BACK, True)
        self._note.textEdited.connect(self._begin_note)
        self._note.editingFinished.connect(self._keep_note)
        self._note.returnPressed.connect(lambda: back_to_picture(self._note))
        return self._note

    def _do(self, one: KeyedButton) -> None:
        if one.status is not None:
            self._desk.judge(one.status)
        elif one.action == "review.accept":
            self._desk.accept()
        elif one.action == "review.note":
            self._ask_note()
        else:
            self._keys.trigger(one.action)

    def _button(self, text: str, handler: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setFont(font("small"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked: handler())
        return button

    def _show_keys(self) -> None:
        """Name the keys in force: people change them, and presets do."""
        for button, one in self._keyed:
            key = self._keys.of(one.action, one.usual_key)
            words = f"{one.text}  {key}".rstrip()
            if button.text() != words:
                button.setText(words)
                button.setToolTip(f"{one.tip} ({key})" if key else one.tip)
        key = self._keys.of("review.note", "M")
        self._note.setPlaceholderText(f"Note ({key})" if key else "Note")
        self._note.setToolTip(self._note_shown)

    def _wrapped(self, role: str) -> QLabel:
        label = QLabel()
        label.setFont(font("small" if role == "small" else "body"))
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    # -- what it says

    @property
    def repairs(self) -> tuple[str, ...]:
        """Words of the repairs on offer, the best first."""
        return tuple(button.text() for button in self._repair_buttons if not button.isHidden())

    @property
    def offer(self) -> str:
        """What it says that Enter does."""
        return self._offer.text()

    # -- keeping up

    @property
    def is_settled(self) -> bool:
        """Whether it shows what the session holds."""
        return not self._later.is_asked

    def refresh(self, *_values: object) -> None:
        """Show the flag under review."""
        self._later.settle()
        flag = self._session.flag
        if flag is None or self._session.labels is None:
            self._say_why_empty()
            return
        self._show(flag)
        self._stack.setCurrentWidget(self._body)

    def _on_verdict(self, key: str) -> None:
        flag = self._session.flag
        if flag is not None and flag.key == key:
            self._later.ask()

    def _say_why_empty(self) -> None:
        self._keep_note()
        if self._session.labels is None:
            self._empty.say("No labels yet", "Open labels to review what looks wrong.")
        elif self._session.flags:
            key = self._keys.of("review.next", "N")
            self._empty.say("No flag under review", f"Press {key} for the next flag.")
        else:
            self._empty.say("No flag under review", "There is none in this sequence.")
        self._stack.setCurrentWidget(self._empty)

    def _show(self, flag: Flag) -> None:
        session, labels = self._session, self._session.labels
        if labels is None:
            return
        names = [object_name(labels, flag.track)]
        if flag.other_track >= 0:
            names.append(object_name(labels, flag.other_track))
        self._show_keys()
        self._glyph.show_kind(str(flag.kind))
        where = f"{' ⇄ '.join(names)}, frame {frames_in_words(flag)}"
        self._title.setText(where)
        self._title.setToolTip(f"{glyphs.title_of(flag.kind)}: {where}")
        status = session.verdict(flag)
        colour = glyphs.status_colour(status, session.theme)
        # most are open: the room is for the title
        self._status.setText(STATUS_WORDS[status] if status != "open" else "")
        _ink(self._status, colour)
        self._words.setText(sentence(reasons(flag)))
        self._fill_table(flag)
        lines = findings_in_words(flag, session.analysis)
        self._findings.setText("<br>".join(lines[1:4]))
        self._findings.setVisible(len(lines) > 1)
        if flag.key not in {one.key for one in self._noted}:
            self._keep_note()
            self._note_shown = session.verdicts.comment(flag.key)
            self._note.setText(self._note_shown)
            self._note.setVisible(bool(self._note_shown) or self._note.hasFocus())
        if flag.key != self._shown_key:
            self._shown_key = flag.key
            self._scroll.verticalScrollBar().setValue(0)
        self._fill_repairs(labels)

    def _on_repairs(self) -> None:
        labels = self._session.labels
        if labels is not None and self._session.flag is not None:
            self._fill_repairs(labels)

    def _fill_repairs(self, labels: Labels) -> None:
        self._accept.setEnabled(self._desk.may_accept)
        proposals = self._desk.proposals[:SHOWN_REPAIRS]
        words = [sentence(edit.describe(labels)).rstrip(".") for edit in proposals]
        key = self._keys.of("review.accept", "Enter")
        # kept and filled again: making and styling buttons for every flag could be felt
        while len(self._repair_buttons) < len(words):
            self._repair_buttons.append(self._make_repair(len(self._repair_buttons)))
        for place, button in enumerate(self._repair_buttons):
            button.setVisible(place < len(words))
            if place < len(words):
                button.setText(words[place] if place else f"{words[place]}  {key}".rstrip())
                button.setToolTip(words[place] if place else f"{words[place]} ({key})")
        if self._desk.is_looking:
            offer = "Looking for repairs …"
        else:
            offer = f"{key}: {words[0]}" if words else "No repair is known for this"
        self._offer.setText(offer)
        self._offer.setToolTip(offer)

    def _make_repair(self, place: int) -> QPushButton:
        button = self._button("", lambda: self._desk.accept(place))
        button.setFlat(True)
        button.setStyleSheet("text-align: left;")
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._repairs.addWidget(button)
        return button

    def _fill_table(self, flag: Flag) -> None:
        labels = self._session.labels
        lines = comparisons(flag, labels.table.block(flag.track) if labels else None)
        rows = 1 + len(lines) if lines else 0
        # kept and filled again: making and styling twenty labels took longer than the picture
        for (row, _), cell in self._cells.items():
            cell.setVisible(row < rows)
        if not lines:
            return
        for column, heading in enumerate(("", "expected", "labelled", "")):
            self._cell(0, column, heading, is_dim=True)
        for place, line in enumerate(lines, start=1):
            self._cell(place, 0, line.title, is_dim=True)
            self._cell(place, 1, line.expected)
            self._cell(place, 2, line.labelled)
            self._cell(place, 3, line.difference, is_notable=line.is_notable)

    def _cell(
        self, row: int, column: int, text: str, *, is_dim: bool = False, is_notable: bool = False
    ) -> None:
        label = self._cells.get((row, column))
        if label is None:
            label = self._cells[row, column] = QLabel()
            if is_dim:
                label.setProperty("dim", "true")
            side = Qt.AlignmentFlag.AlignRight if column in (1, 2) else Qt.AlignmentFlag.AlignLeft
            self._table.addWidget(label, row, column, side)
        label.setText(text)
        label.setFont(font("small", is_bold=is_notable))
        _ink(label, self._session.theme.warn if is_notable else None)

    # -- notes

    def _ask_note(self) -> None:
        # a flag that was raised this moment is not shown yet
        self.refresh()
        self._note.show()
        come_forward(self._note)

    def _begin_note(self, _text: str) -> None:
        """Remember what is being written about: the flag may be another one before it is done."""
        sequence = self._session.sequence
        if not self._noted and sequence is not None:
            self._noted, self._noted_in = self._desk.selected, sequence.name

    def _keep_note(self) -> None:
        """Keep what was written, however the field was left."""
        noted, self._noted = self._noted, ()
        words = self._note.text().strip()
        self._note.setVisible(bool(words))
        if noted and words != self._note_shown:
            self._note_shown = words
            self._desk.note(words, noted, of=self._noted_in)


def _ink(label: QLabel, colour: QColor | None) -> None:
    """Give a label another colour; a style sheet is parsed anew each time, so only if it is one."""
    style = f"color: {colour.name()};" if colour is not None else ""
    if label.styleSheet() != style:
        label.setStyleSheet(style)


class GlyphLabel(QWidget):
    """The glyph of a kind of flag, in the theme in force."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kind = ""

    def show_kind(self, kind: str) -> None:
        """Show another kind."""
        self._kind = kind
        self.setToolTip(glyphs.title_of(kind))
        self.setAccessibleName(glyphs.title_of(kind))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a line of text."""
        side = QFontMetrics(font("body")).height() + 2
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Return the size of an icon."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the glyph."""
        painter = QPainter(self)
        side = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        colour = glyphs.colour_of(self._kind, self._session.theme)
        glyphs.paint(painter, self._kind, side, colour)
        painter.end()


@dataclass(frozen=True, slots=True)
class KeyedButton:
    """A button that stands for an action of the window and names its key."""

    text: str
    action: str
    usual_key: str
    tip: str
    status: Status | None = None


KEYED_BUTTONS = (
    (
        KeyedButton("Accept repair", "review.accept", "Enter", "Make the repair and go on"),
        KeyedButton("Label is right", "review.dismiss", "X", "Dismiss the flag", "dismissed"),
    ),
    (
        KeyedButton("Needs fix", "review.confirm", "W", "Leave it to be repaired", "confirmed"),
        KeyedButton("Unsure", "review.unsure", "U", "Ask for a second opinion", "unsure"),
        KeyedButton("Edit", "edit.inspect", "A", "Type the box, name, category and attributes"),
        KeyedButton("Note", "review.note", "M", "Write a comment on the flag"),
    ),
)
"""Rows of buttons below the evidence."""
