"""Clip windows beside the main window: made when a manifest of clips was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from trackproof.clips import ClipSet
    from trackproof.desktop.clips.window import ClipWindow
    from trackproof.desktop.window import MainWindow


class ClipWindows(QObject):
    """Opens a window for every manifest of clips; an empty main window makes room for it.

    Parameters
    ----------
    main : MainWindow
        Owns this; its session tells when clips were read.
    """

    def __init__(self, main: MainWindow) -> None:
        super().__init__(main)
        self._main = main
        self.windows: list[ClipWindow] = []
        main.session.opener.clips_read.connect(self.show)
        main.installEventFilter(self)

    def show(self, clips: ClipSet) -> None:
        """Show clips that were read, in the window that has them already if there is one."""
        from trackproof.desktop.clips.window import ClipWindow

        window = next((one for one in self.windows if one.manifest == clips.identity), None)
        if window is None:
            window = ClipWindow(self._main.session, self._main)
            window.closed.connect(self._forget)
            self.windows.append(window)
        window.session.take(clips)
        window.show()
        window.activateWindow()
        if not self._main.session.sequences:
            self._main.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the clip windows with the main window, whose settings they share."""
        if watched is self._main and event.type() == QEvent.Type.Close:
            for window in tuple(self.windows):
                window.close()
        return super().eventFilter(watched, event)

    def _forget(self, window: ClipWindow) -> None:
        if window in self.windows:
            self.windows.remove(window)
            window.deleteLater()
