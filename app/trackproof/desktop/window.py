"""The main window: panels around the picture, menus from one table, a layout that is remembered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QMainWindow,
    QMenu,
    QToolButton,
    QWidget,
)

import trackproof
from trackproof.desktop import action_tables
from trackproof.desktop.actions import MENUS, ActionRegistry
from trackproof.desktop.batch import batch_actions
from trackproof.desktop.canvas import Canvas
from trackproof.desktop.check_settings import check_actions
from trackproof.desktop.command_palette import CommandPalette
from trackproof.desktop.converting import convert_actions
from trackproof.desktop.dock_filler import DockFiller
from trackproof.desktop.editing import BoxTool, EditDesk, edit_label_actions
from trackproof.desktop.first_pass import first_pass_actions
from trackproof.desktop.flag_loop import flag_loop_actions
from trackproof.desktop.folding import LAYOUT_VERSION, Folding
from trackproof.desktop.launching import job_actions
from trackproof.desktop.linking import linking_actions
from trackproof.desktop.links import link_actions
from trackproof.desktop.opening.flow import OpenFlow
from trackproof.desktop.opening.s3_dialog import s3_actions
from trackproof.desktop.panel import discover_panels
from trackproof.desktop.panel_actions import panel_actions
from trackproof.desktop.panels.agreement.overlay import SecondSetOverlay
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.keys import KeyWords, WayBack
from trackproof.desktop.proxying import proxy_actions
from trackproof.desktop.review_area import ReviewArea
from trackproof.desktop.reviewing import review_file_actions
from trackproof.desktop.sampling import sampling_actions
from trackproof.desktop.shortcut_sheet import ShortcutSheet
from trackproof.desktop.showing import showing_actions
from trackproof.desktop.status_bar import StatusBar
from trackproof.desktop.step_guide import StepGuide
from trackproof.desktop.tour import Tour, tour_actions
from trackproof.desktop.uploading import upload_actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent

    from trackproof.desktop.panel import Panel
    from trackproof.desktop.session import Session

DEFAULT_SIZE = QSize(1280, 720)
FILL_AFTER_MS = 300
NATIVE = QKeySequence.SequenceFormat.NativeText
AREAS = Qt.DockWidgetArea
SHARES = {
    AREAS.LeftDockWidgetArea: 0.16,
    AREAS.RightDockWidgetArea: 0.24,
    AREAS.BottomDockWidgetArea: 0.37,
}
"""Part of the window that each side takes before anybody moved it."""
SMALLEST = {
    AREAS.LeftDockWidgetArea: 190,
    AREAS.RightDockWidgetArea: 290,
    AREAS.BottomDockWidgetArea: 200,
}
LARGEST = {
    AREAS.LeftDockWidgetArea: 280,
    AREAS.RightDockWidgetArea: 400,
    AREAS.BottomDockWidgetArea: 440,
}


LEAST_SHARE = 0.34
"""Of either side of the window, for the picture and its transport."""


class MainWindow(QMainWindow):
    """Holds the widgets; what they show lives in the session."""

    def __init__(self, session: Session, panels: Sequence[Panel] | None = None) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("main")
        self.setWindowTitle("trackproof")
        self.setAcceptDrops(True)
        self.resize(DEFAULT_SIZE)
        self.flow = OpenFlow(session, self)
        self.area = ReviewArea(session, self.flow)
        self.setCentralWidget(self.area)
        self.setCorner(Qt.Corner.BottomLeftCorner, AREAS.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, AREAS.RightDockWidgetArea)
        self.setDockNestingEnabled(True)
        self.setStatusBar(StatusBar(session, self.area.canvas))
        self.docks: dict[str, QDockWidget] = {}
        self._panels = tuple(discover_panels() if panels is None else panels)
        self._folding = Folding(self, self.docks)
        self._second: QWidget | None = None
        self._default_state = QByteArray()
        self._is_layout_chosen = False
        self.registry = ActionRegistry(self, changed=session.settings.shortcuts())
        self.palette_box = CommandPalette(self.registry, self)
        self._build_docks()
        self._filler = DockFiller(
            self, self._panels, self.docks, folding=self._folding, session=session
        )
        self._build_actions()
        self._build_menus()
        self.area.welcome.s3_asked.connect(self.registry.qaction("file.open_s3").trigger)
        self._listen()
        self._restore_layout()
        self._on_opened()
        self.registry.refresh()

    # -- building

    def _build_docks(self) -> None:
        by_place: dict[tuple[Qt.DockWidgetArea, int], QDockWidget] = {}
        last: dict[Qt.DockWidgetArea, QDockWidget] = {}
        for panel in self._panels:
            dock = QDockWidget(panel.title, self)
            dock.setObjectName(f"dock.{panel.name}")
            dock.setAccessibleName(panel.title)
            self.docks[panel.name] = dock
            neighbour = by_place.get((panel.area, panel.order))
            if panel.area in last:
                self.splitDockWidget(last[panel.area], dock, Qt.Orientation.Vertical)
            else:
                self.addDockWidget(panel.area, dock)
            if neighbour is not None:
                self.tabifyDockWidget(neighbour, dock)
                (dock if panel.is_shown else neighbour).raise_()
            else:
                by_place[(panel.area, panel.order)] = last[panel.area] = dock
            dock.setVisible(panel.is_shown)

    def _build_actions(self) -> None:
        canvas = self.area.canvas
        self.registry.add(action_tables.file_actions(self))
        self.registry.add(action_tables.edit_actions(self.session))
        self.registry.add(edit_label_actions(EditDesk.of(self.session), self))
        BoxTool(self.session, canvas)
        SecondSetOverlay(self.session, canvas)
        self.registry.add(panel_actions(self._panels, self.docks, self.registry))
        self.registry.add(action_tables.canvas_actions(self.session, canvas))
        self.registry.add(showing_actions(self.session, canvas, self))
        self.registry.add(action_tables.window_actions(self))
        self.registry.add(action_tables.playback_actions(self))
        self.registry.add(flag_loop_actions(self.session, canvas))
        self.registry.add(action_tables.review_actions(self.session))
        ReviewDesk.of(self.session).said.connect(EditDesk.of(self.session).said)
        WayBack(self)
        StepGuide(self.session).said.connect(EditDesk.of(self.session).said)
        EditDesk.of(self.session).key_of = KeyWords(self).of
        self.registry.add(s3_actions(self.session, self))
        self.registry.add(convert_actions(self.session, self))
        self.registry.add(link_actions(self.session, self))
        self.registry.add(linking_actions(self.session, self))
        self.registry.add(proxy_actions(self.session))
        self.registry.add(sampling_actions(self.session, self))
        self.registry.add(first_pass_actions(self.session, self))
        self.registry.add(check_actions(self.session, self))
        self.registry.add(job_actions(self.session, self))
        self.registry.add(upload_actions(self.session, self))
        self.registry.add(review_file_actions(self.session, self))
        self.registry.add(batch_actions(self.session, self))
        self.tour = Tour(self)
        self.registry.add(tour_actions(self, self.tour))
        for panel in self._panels:
            if panel.actions is not None:
                self.registry.add(panel.actions(self.session))

    def _build_menus(self) -> None:
        for name in MENUS:
            actions = [one for one in self.registry.actions if one.menu_name == name]
            if not actions:
                continue
            menu = self.menuBar().addMenu(name)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.registry.refresh)  # panels are closed by other ways, too
            groups = list(dict.fromkeys(one.group for one in actions))
            for group in groups:
                title = group.partition("/")[2]
                if not menu.isEmpty() and not title:
                    menu.addSeparator()
                target = menu.addMenu(title) if title else menu
                target.setToolTipsVisible(True)
                for action in actions:
                    if action.group == group:
                        target.addAction(self.registry.qaction(action.id))
            if name == "File":
                self._add_recent_menu(menu)
        self._add_search_button()

    def _add_recent_menu(self, menu: QMenu) -> None:
        recent = QMenu("Open recent", menu)
        menu.insertMenu(menu.actions()[2], recent)
        recent.aboutToShow.connect(lambda: self._fill_recent(recent))

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self.session.settings.recent:
            menu.addAction(path, partial(self.session.open, [path]))
        if menu.isEmpty():
            menu.addAction("Nothing yet").setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction("Forget these", self.session.settings.forget_recent)

    def _add_search_button(self) -> None:
        """Offer the commands where a person looks who does not know the key yet."""
        button = QToolButton()
        button.setObjectName("search_commands")
        button.setAccessibleName("Search commands")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self.palette_box.open)

        def name_key() -> None:
            key = self.registry.qaction("help.palette").shortcut().toString(NATIVE)
            button.setText(f"Search commands  {key}".rstrip())

        self.registry.shortcuts_changed.connect(name_key)
        name_key()
        self.menuBar().setCornerWidget(button)

    def _listen(self) -> None:
        session = self.session
        for signal in (
            session.opened_changed,
            session.sequence_changed,
            session.frames_changed,
            session.analysis_changed,
            session.labels_changed,
            session.verdict_changed,
            session.track_changed,
            session.flag_changed,
            session.playing_changed,
            session.theme_changed,
            self.area.canvas.options_changed,
        ):
            signal.connect(self.registry.refresh_soon)
        EditDesk.of(session).chosen.connect(self.registry.refresh_soon)
        session.opened_changed.connect(self._on_opened)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)
        session.sequence_changed.connect(self._on_sequence)
        self._folding.unfolded.connect(self._on_unfolded)
        session.is_window_busy = lambda: self._folding.is_unfolding

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Let Space press the button that has the keyboard, before it plays or pauses."""
        self.registry.hold_keys("playback.toggle", is_held=isinstance(new, QAbstractButton))

    def showEvent(self, event: QShowEvent) -> None:
        """Have the panels ready before they are needed."""
        super().showEvent(event)
        QTimer.singleShot(FILL_AFTER_MS, self, self._filler.begin)

    # -- layout

    def _restore_layout(self) -> None:
        self._default_state = self.saveState(LAYOUT_VERSION)
        geometry = self.session.settings.layout("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        state = self.session.settings.layout("docks")
        if state is not None and self.restoreState(state, LAYOUT_VERSION):
            self._is_layout_chosen = True
            self._folding.layout = state

    def reset_layout(self) -> None:
        """Put every panel back to where it was on the first day."""
        self._folding.forget()
        self.restoreState(self._default_state, LAYOUT_VERSION)
        for panel in self._panels:
            self.docks[panel.name].setFloating(False)
            self.docks[panel.name].setVisible(panel.is_shown)
        self._share_room()

    def _share_room(self) -> None:
        """Give every side its part of the window, and its panels theirs of the side."""
        sizes = {
            area: round(min(max(share * self._length(area), SMALLEST[area]), LARGEST[area]))
            for area, share in SHARES.items()
        }
        body = self.height() - self.menuBar().height() - self.statusBar().height()
        heights = {
            AREAS.LeftDockWidgetArea: body - sizes[AREAS.BottomDockWidgetArea],
            AREAS.RightDockWidgetArea: body,
            AREAS.BottomDockWidgetArea: sizes[AREAS.BottomDockWidgetArea],
        }
        for area, size in sizes.items():
            panels = [panel for panel in self._panels if panel.area == area and panel.is_shown]
            docks = [self.docks[panel.name] for panel in panels]
            if area != AREAS.BottomDockWidgetArea and docks:
                self.resizeDocks(docks, [size] * len(docks), Qt.Orientation.Horizontal)
            total = sum(panel.row_stretch for panel in panels)
            parts = [round(heights[area] * panel.row_stretch / total) for panel in panels]
            if docks:
                self.resizeDocks(docks, parts, Qt.Orientation.Vertical)

    def _keep_room(self) -> None:
        """Give the picture room again when a layout comes from a larger window."""
        share = min(self.area.width() / self.width(), self.area.height() / self.height())
        if share < LEAST_SHARE:
            self._share_room()

    def _length(self, area: Qt.DockWidgetArea) -> int:
        return self.height() if area == AREAS.BottomDockWidgetArea else self.width()

    def fold_panels(self) -> None:
        """Hide all panels, or bring back those that were hidden so."""
        if self._folding.is_folded:
            self._folding.unfold()
            self._folding.hurry()
        else:
            self._folding.fold()
        self.area.canvas.setFocus()

    def _on_opened(self) -> None:
        """Show panels only when there is something to show in them."""
        is_open = bool(self.session.sequences)
        if is_open and self._folding.is_folded:
            self._folding.unfold()
            self.area.canvas.setFocus()
        elif not is_open and not self._folding.is_folded:
            self.fold_panels()
        elif is_open:
            QTimer.singleShot(0, self, self._keep_room)
        if not is_open:
            self.area.welcome.open_file.setFocus()
        self._show_title()

    def _on_unfolded(self) -> None:
        if self._is_layout_chosen:
            QTimer.singleShot(0, self, self._keep_room)
        else:
            self._is_layout_chosen = True
            QTimer.singleShot(0, self, self._share_room)

    def _on_sequence(self) -> None:
        """Show another sequence: everything changed, and the picture comes first."""
        self._folding.hurry()
        shown = (dock for dock in self.docks.values() if dock.isVisible())
        self._folding.paint_in_turns([self.area, *shown], get_ready=self.area.canvas.get_ready)
        self._show_title()

    def toggle_full_screen(self) -> None:
        """Take the whole screen, or give it back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def focus_next_area(self) -> None:
        """Move the keyboard to the canvas or the next visible panel."""
        stops: list[QWidget] = [self.area.canvas]
        shown = (dock.widget() for dock in self.docks.values() if dock.isVisible())
        stops += [widget for widget in shown if widget is not None]
        focus = QApplication.focusWidget()
        at = (
            next((i for i, one in enumerate(stops) if one is focus or one.isAncestorOf(focus)), -1)
            if focus is not None
            else -1
        )
        stop = stops[(at + 1) % len(stops)]
        target = stop if stop.focusPolicy() != Qt.FocusPolicy.NoFocus else _first_focus(stop)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- commands

    def toggle_loop(self) -> None:
        """Repeat around the flag under review, or stop repeating."""
        if self.session.loop is not None:
            self.session.clear_loop()
        else:
            self.session.loop_around()

    def open_second_canvas(self) -> None:
        """Show the picture in a window of its own, for a second screen."""
        if self._second is not None:
            self._second.close()
            self._second = None
            return
        second = Canvas(self.session)
        second.setObjectName("second_canvas")
        second.setWindowTitle("trackproof: picture")
        second.set_options(self.area.canvas.options)
        BoxTool(self.session, second)
        SecondSetOverlay(self.session, second)
        self.area.canvas.options_changed.connect(
            lambda: second.set_options(self.area.canvas.options)
        )
        second.resize(960, 540)
        second.show()
        self._second = second

    def open_shortcuts(self) -> None:
        """Show all keys."""
        sheet = ShortcutSheet(self.registry, self.session.settings, self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.show()

    def open_export(self) -> None:
        """Choose what workers shall see, and write the package."""
        from trackproof.desktop.exporting import ExportDialog

        dialog = ExportDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def say_about(self) -> None:
        """Say what this is."""
        self.session.say(
            f"trackproof {trackproof.__version__}: finds, judges and fixes label errors in video "
            "annotation."
        )

    def _show_title(self) -> None:
        sequence = self.session.sequence
        self.setWindowTitle(f"{sequence.name} – trackproof" if sequence else "trackproof")

    # -- drag and drop, leaving

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.flow.drop(paths)
            event.acceptProposedAction()

    def event(self, event: QEvent) -> bool:
        """Know what may be done before a key is looked up: keys come faster than panels follow."""
        if event.type() == QEvent.Type.ShortcutOverride:
            self.registry.catch_up()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout and stop all workers."""
        if self._folding.is_folded:
            self._folding.unfold()
        self._folding.settle()
        self.session.settings.set_layout("geometry", self.saveGeometry())
        self.session.settings.set_layout("docks", self.saveState(LAYOUT_VERSION))
        if self._second is not None:
            self._second.close()
        self.session.close()
        super().closeEvent(event)


def _first_focus(widget: QWidget) -> QWidget | None:
    """Return the first widget inside that takes the keyboard."""
    return next(
        (
            one
            for one in widget.findChildren(QWidget)
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled()
        ),
        None,
    )
