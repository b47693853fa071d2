"""The window in which clips are watched and labelled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.actions import MENUS, ActionRegistry
from trackproof.desktop.banner_bar import BannerArea
from trackproof.desktop.clips import actions
from trackproof.desktop.clips.bar import ClipBar
from trackproof.desktop.clips.label_panel import LabelPanel
from trackproof.desktop.clips.list_panel import ClipList
from trackproof.desktop.clips.session import ClipSession
from trackproof.desktop.clips.sheet import ContactSheet
from trackproof.desktop.clips.view import ClipStage
from trackproof.desktop.command_palette import CommandPalette
from trackproof.desktop.shortcut_sheet import ShortcutSheet
from trackproof.desktop.status_bar import TaskView
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

DEFAULT_SIZE = QSize(1280, 720)
SIDES = (300, 700, 280)
MANIFESTS = "Manifests (*.manifest *.jsonl *.json);;All files (*)"
KEYS_OF_FIELDS = ("clips.not_judged", "clips.not_judged_back")
"""Actions whose keys move the keyboard between fields while one is typed in."""


class ClipWindow(QMainWindow):
    """List, picture and labels; what they show lives in the session.

    Parameters
    ----------
    main : Session
        Gives settings and theme.
    main_window : MainWindow or None
        Shown again on request; closed with this window while it is hidden.
    """

    closed = Signal(object)

    def __init__(self, main: Session, main_window: MainWindow | None = None) -> None:
        super().__init__()
        self.session = ClipSession(main)
        self.session.setParent(self)
        self._main = main
        self._main_window = main_window
        self.setObjectName("clips")
        self.setWindowTitle("Clips – trackproof")
        self.resize(DEFAULT_SIZE)
        self.setMinimumSize(1024, 560)
        self.list = ClipList(self.session)
        self.stage = ClipStage(self.session)
        self.bar = ClipBar(self.session)
        self.sheet = ContactSheet(self.session)
        self.labels = LabelPanel(self.session)
        self.banners = BannerArea(self.session)
        self._lay_out()
        self._make_status()
        self.registry = ActionRegistry(self, changed=self.session.settings.shortcuts())
        self.palette_box = CommandPalette(self.registry, self)
        self.registry.add(actions.file_actions(self))
        self.registry.add(actions.verdict_actions(self.session, self.labels.ask_comment))
        self.registry.add(actions.walk_actions(self.session))
        self.registry.add(actions.playback_actions(self.session))
        self.registry.add(actions.window_actions(self))
        self._make_menus()
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.timeout.connect(self._refresh)
        self._listen()
        self._refresh()

    # -- building

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stage, 1)
        column.addWidget(self.bar)
        column.addWidget(self.sheet)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.list, centre, self.labels):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes(list(SIDES))
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.list.setMinimumWidth(220)
        self.labels.setMinimumWidth(200)
        page = QWidget()
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.banners)
        outer.addWidget(self.splitter, 1)
        self.setCentralWidget(page)

    def _make_status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self.clip_words = _small("Clip")
        self.media_words = _small("What the clip's file is")
        self.saved_words = _small("Whether verdicts are on disk")
        bar.addWidget(self.clip_words)
        bar.addWidget(self.media_words)
        bar.addPermanentWidget(TaskView(self.session))
        bar.addPermanentWidget(self.saved_words)

    def _make_menus(self) -> None:
        for name in MENUS:
            table = [one for one in self.registry.actions if one.menu_name == name]
            if not table:
                continue
            menu = self.menuBar().addMenu(name)
            for group in dict.fromkeys(one.group for one in table):
                title = group.partition("/")[2]
                if not menu.isEmpty() and not title:
                    menu.addSeparator()
                target = menu.addMenu(title) if title else menu
                for action in table:
                    if action.group == group:
                        target.addAction(self.registry.qaction(action.id))

    def _listen(self) -> None:
        session = self.session
        for signal in (
            session.opened_changed,
            session.clip_changed,
            session.verdicts_changed,
            session.saved_changed,
            session.probed_changed,
            session.theme_changed,
            session.player.opened,
            session.player.playing_changed,
        ):
            signal.connect(self._refresh_soon)
        session.opened_changed.connect(self._on_opened)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def _on_opened(self) -> None:
        name = self.session.board.clips.name if self.session.is_open else "Clips"
        self.setWindowTitle(f"{name} – trackproof")
        self.stage.picture.setFocus()

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Give keys back to the widget that has the keyboard."""
        is_inside = new is not None and self.isAncestorOf(new)
        is_button = is_inside and isinstance(new, QAbstractButton)
        is_field = is_inside and isinstance(new, QLineEdit)
        self.registry.hold_keys("clips.toggle", is_held=is_button)
        self.registry.hold_keys("clips.confirm", is_held=is_button or is_field)
        for action in KEYS_OF_FIELDS:
            self.registry.hold_keys(action, is_held=is_button or is_field)

    def _refresh_soon(self, *_: object) -> None:
        self._refresh_timer.start(0)

    def _refresh(self) -> None:
        self.registry.refresh()
        session = self.session
        if not session.is_open or session.place < 0:
            return
        number, total = session.place + 1, len(session.board)
        self.clip_words.setText(f"clip {number:,} of {total:,}   {session.clip.name}")
        probed = session.probed.get(session.clip.key)
        rate = session.player.rate_fps
        media = str(probed.media) if probed is not None and probed.media is not None else ""
        self.media_words.setText(f"{media} @ {rate:g} fps" if media and rate else media)
        self.saved_words.setText(session.saved_state)
        for action, text in (("undo", session.store.undo_text), ("redo", session.store.redo_text)):
            made = self.registry.qaction(f"clips.{action}")
            made.setText(f"{action.capitalize()} {text}".strip())

    # -- commands

    @property
    def manifest(self) -> str:
        """What identifies the manifest that is open; empty while none is."""
        return self.session.board.clips.identity if self.session.is_open else ""

    def open(self, path: Path, *, root: Path | None = None) -> None:
        """Open a manifest."""
        self.session.open(path, root=root)

    def ask_open(self) -> None:
        """Ask for a manifest; what holds no clips opens in the main window."""
        dialog = self._dialog("Open", QFileDialog.FileMode.ExistingFile, MANIFESTS)
        dialog.fileSelected.connect(self._open_any)
        dialog.open()

    def _open_any(self, path: str) -> None:
        from trackproof.clips import holds_clips

        if holds_clips(Path(path)) or self._main_window is None:
            self.session.open(Path(path))
        else:
            self.show_main()
            self._main.open([path])

    def ask_labels(self) -> None:
        """Ask for a label category configuration."""
        dialog = self._dialog("Labels", QFileDialog.FileMode.ExistingFile, "JSON (*.json)")
        dialog.fileSelected.connect(lambda path: self.session.take_labels(Path(path)))
        dialog.open()

    def ask_save(self) -> None:
        """Ask where the new manifest goes; never the one that was opened, unless chosen so."""
        if not self.session.is_open:
            return
        clips = self.session.board.clips
        dialog = self._dialog("Save the manifest", QFileDialog.FileMode.AnyFile, MANIFESTS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if not clips.address:
            dialog.setDirectory(str(clips.path.parent))
        dialog.selectFile(f"{Path(clips.name).stem}-reviewed.manifest")
        dialog.fileSelected.connect(lambda new: self.session.save(Path(new), overwrite=True))
        dialog.open()

    def open_job(self) -> None:
        """Choose labels and words, look at the page, and write the job."""
        from trackproof.desktop.clips.job_dialog import ClipJobDialog

        dialog = ClipJobDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def show_agreement(self) -> None:
        """Say how the workers agree."""
        from trackproof.desktop.clips.agreement_dialog import AgreementDialog

        dialog = AgreementDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def open_shortcuts(self) -> None:
        """Show all keys."""
        sheet = ShortcutSheet(self.registry, self.session.settings, self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.show()

    def show_sheet(self, is_shown: bool) -> None:
        """Show the contact sheet or not."""
        self.sheet.setVisible(is_shown)

    def toggle_full_screen(self) -> None:
        """Take the whole screen, or give it back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_main(self) -> None:
        """Bring the main window to the front."""
        if self._main_window is not None:
            self._main_window.show()
            self._main_window.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what waits and stop all workers; leave the program when this was all of it."""
        self.session.close()
        super().closeEvent(event)
        self.closed.emit(self)
        if self._main_window is not None and not self._main_window.isVisible():
            self._main_window.close()

    def _dialog(self, title: str, mode: QFileDialog.FileMode, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        dialog.setNameFilter(kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog


def _small(name: str) -> QLabel:
    label = QLabel()
    label.setFont(font("small"))
    label.setProperty("dim", True)
    label.setAccessibleName(name)
    label.setToolTip(name)
    label.setContentsMargins(4, 0, 8, 0)
    return label
