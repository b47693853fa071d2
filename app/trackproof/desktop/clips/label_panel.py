"""Beside the clip: the labels with their keys, what others said, warnings, and a comment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from trackproof.clips.words import manifest_words, worker_words
from trackproof.desktop.clips.session import KEYS
from trackproof.desktop.theme import GRID, font

if TYPE_CHECKING:
    from trackproof.desktop.clips.session import ClipSession


class LabelPanel(QWidget):
    """Label buttons, the manifest's and the workers' answers, warnings, comment."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._commented = ""
        self.setAccessibleName("Label of the clip")
        self.buttons: list[QPushButton] = []
        self.heading = _heading("Label")
        self._choices = QVBoxLayout()
        self._choices.setSpacing(4)
        self.add = QLineEdit()
        self.add.setPlaceholderText("Another label, then Enter")
        self.add.setAccessibleName("Add a label")
        self.add.setToolTip("Adds a label to the list; it is kept with the verdicts")
        self.add.returnPressed.connect(self._add)
        self.manifest = _words()
        self.workers_heading = _heading("Workers")
        self.workers = _words()
        self.warning = _words()
        self.warning.setObjectName("clip_warning")
        self.comment = QLineEdit()
        self.comment.setPlaceholderText("Comment (N)")
        self.comment.setAccessibleName("Comment")
        self.comment.setToolTip("For people; stays with the verdicts, never in the manifest (N)")
        self.comment.editingFinished.connect(self._take_comment)
        for field in (self.add, self.comment):
            field.installEventFilter(self)
        self._lay_out()
        session.opened_changed.connect(self._show)
        session.labels_changed.connect(self._make_buttons)
        for signal in (
            session.clip_changed,
            session.verdicts_changed,
            session.probed_changed,
            session.theme_changed,
        ):
            signal.connect(self._show)
        self._make_buttons()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.heading)
        column.addLayout(self._choices)
        column.addWidget(self.add)
        column.addSpacing(GRID)
        column.addWidget(self.manifest)
        column.addWidget(self.workers_heading)
        column.addWidget(self.workers)
        column.addWidget(self.warning)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot = QVBoxLayout()
        foot.setContentsMargins(GRID, 0, GRID, GRID)
        foot.addWidget(self.comment)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addLayout(foot)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give a field up with Escape, without what was typed."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if is_escape and event.type() == QEvent.Type.KeyPress:
            self.add.clear()
            self._fill_comment()
            self._leave()
            return True
        return super().eventFilter(watched, event)

    def ask_comment(self) -> None:
        """Put the cursor into the comment."""
        self.comment.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.comment.selectAll()

    def _add(self) -> None:
        name = self.add.text()
        self.add.clear()
        self._session.add_label(name)
        self._leave()

    def _take_comment(self) -> None:
        self._keep_comment()
        if self.comment.hasFocus():
            self._leave()

    def _keep_comment(self) -> None:
        """Write what was typed, beside the clip that it was typed for."""
        if self.comment.isModified() and self._commented:
            self.comment.setModified(False)
            self._session.comment(self._commented, self.comment.text().strip())

    def _fill_comment(self) -> None:
        self._commented = self._session.clip.key
        self.comment.setText(self._session.verdict.comment)

    def _leave(self) -> None:
        canvas = self.window().findChild(QWidget, "canvas")
        if canvas is not None:
            canvas.setFocus()

    def _make_buttons(self) -> None:
        for button in self.buttons:
            self._choices.removeWidget(button)
            button.deleteLater()
        names = self._session.categories.names if self._session.is_open else ()
        self.buttons = [self._button(place, name) for place, name in enumerate(names)]
        for button in self.buttons:
            self._choices.addWidget(button)
        self._show()

    def _button(self, place: int, name: str) -> QPushButton:
        key = f"{place + 1}    " if place < KEYS else "      "
        button = QPushButton(f"{key}{name}".replace("&", "&&"))
        button.setObjectName("clip_label")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        tip = f"Label this clip {name}"
        button.setToolTip(f"{tip} ({place + 1})" if place < KEYS else tip)
        button.clicked.connect(partial(self._judge, name))
        return button

    def _judge(self, name: str, _is_checked: bool = False) -> None:
        self._session.judge(name)
        self._show()

    def _show(self, *_: object) -> None:
        session = self._session
        is_shown = session.is_open and session.place >= 0
        for widget in (self.add, self.comment, self.manifest, self.workers, self.warning):
            widget.setVisible(is_shown)
        self.workers_heading.setVisible(is_shown)
        if not is_shown:
            return
        theme, label, verdict = session.theme, session.board.label(session.place), session.verdict
        names = session.categories.names
        for button, name in zip(self.buttons, names, strict=True):
            button.setChecked(name == label)
            is_judged = name == verdict.label
            edge = theme.ok if is_judged else theme.accent
            # A thick edge takes the room of its padding, so that names stay in line.
            marked = f"border-left: 4px solid {edge.name()}; padding-left: 9px;"
            button.setStyleSheet(f"text-align: left; {marked if name == label else ''}")
        self.heading.setText("Label: judged here" if verdict.label else "Label")
        self.manifest.setText(manifest_words(session.clip))
        text = worker_words(session.board, session.place)
        self.workers.setText(text)
        self.workers.setVisible(bool(text))
        self.workers_heading.setVisible(bool(text))
        self._warn()
        if self._commented != session.clip.key:
            self._keep_comment()
        if self._commented != session.clip.key or not self.comment.isModified():
            self._fill_comment()
        can_write = not session.store.read_only_reason
        for control in (*self.buttons, self.add, self.comment):
            control.setEnabled(can_write)

    def _warn(self) -> None:
        session = self._session
        probed = session.probed.get(session.clip.key)
        problems = probed.problems if probed is not None else ()
        self.warning.setVisible(bool(problems))
        if problems:
            lines = "\n".join(f"• {problem}" for problem in problems)
            self.warning.setText(f"May not play for workers\n{lines}")
            colour = session.theme.warn.name()
            self.warning.setStyleSheet(
                f"#clip_warning {{ border-left: 3px solid {colour}; padding: 2px 0 2px 8px; }}"
            )


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font("small", is_bold=True))
    label.setProperty("dim", True)
    return label


def _words() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label
