"""The picture of a clip, fitted into the room there is, and words where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from trackproof.desktop.canvas.view import fitted
from trackproof.desktop.panels.crops import image_of
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.theme import font
from trackproof.storage import is_s3_uri

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from trackproof.desktop.clips.session import ClipSession

SMALLEST = 240


class ClipStage(QWidget):
    """The picture, or what to do while there is none."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.picture = ClipPicture(session)
        self.empty = EmptyState("")
        self.from_s3 = QPushButton("Get clips from S3")
        self.from_s3.setToolTip("Fetch each clip when it is watched, as AWS's own tools sign in")
        self.from_s3.clicked.connect(lambda _checked: session.get_from_s3())
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.addStretch(1)
        column.addWidget(self.empty)
        column.addWidget(self.from_s3, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._nothing = nothing
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(self.picture)
        session.player.opened.connect(self._show)
        session.opened_changed.connect(self._show)
        self._show()

    def _show(self, *_: object) -> None:
        player = self._session.player
        if player.is_open or player.is_opening:
            self._stack.setCurrentWidget(self.picture)
            return
        self.empty.hide_offer()
        self.from_s3.hide()
        if not self._session.is_open or self._session.place < 0:
            self.empty.say("No clips are open", "Open a manifest whose lines name videos (Ctrl+O).")
        elif player.problem:
            self.empty.say("This clip cannot be shown", player.problem)
        else:
            self.empty.say(
                "This clip is not on this computer",
                f"{self._session.clip.source_ref}\nName the folder that stands for S3: a copy of "
                "the bucket, or of the folder with the clips. Labels can be chosen without it.",
            )
            self.empty.offer("Folder with the clips …", self.ask_root)
            self.from_s3.setVisible(self._can_fetch())
        self._stack.setCurrentWidget(self._nothing)

    def _can_fetch(self) -> bool:
        session = self._session
        return session.board.clips.fetch is None and is_s3_uri(session.clip.source_ref)

    def ask_root(self) -> None:
        """Ask for the folder that stands for S3, and open the manifest again with it."""
        from pathlib import Path

        dialog = QFileDialog(self, "Folder with the clips")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        manifest = self._session.board.clips.path
        dialog.setDirectory(str(manifest.parent))
        dialog.fileSelected.connect(lambda folder: self._session.open(manifest, root=Path(folder)))
        dialog.open()


class ClipPicture(QWidget):
    """One frame; a click plays or pauses."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("canvas")
        self.setAccessibleName("Picture of the clip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(SMALLEST, SMALLEST // 2)
        player = session.player
        for signal in (
            player.frame_changed,
            player.frame_ready,
            player.opened,
            session.theme_changed,
        ):
            signal.connect(self._repaint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Play or pause."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._session.player.toggle()
            self.setFocus()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame at the playhead, or the nearest one until it is there."""
        session, player = self._session, self._session.player
        painter = QPainter(self)
        painter.fillRect(self.rect(), session.theme.surface)
        picture, problem = player.picture(), player.frame_problem()
        words = ""
        if problem:
            words = f"Frame {player.frame} cannot be shown: {problem}"
        elif picture is None:
            words = "Opening the clip …"
        else:
            image = image_of(picture)
            size = QSizeF(image.size())
            view = fitted(size, QSizeF(self.size()))
            place = QRectF(view.origin, size * view.scale)
            painter.setRenderHint(
                QPainter.RenderHint.SmoothPixmapTransform, on=not player.is_playing
            )
            painter.drawImage(place, image)
        if words:
            painter.setPen(session.theme.text_dim)
            painter.setFont(font("body"))
            centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), centre, words)
        player.clock.painted()

    def _repaint(self, *_: object) -> None:
        self.update()
