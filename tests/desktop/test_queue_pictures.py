"""The queue as a folder of pictures."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from desktop.building import HEIGHT, WIDTH, level_of
from trackproof.desktop.queue_pictures import INDEX, export_pictures, gather_shots, write_pictures
from trackproof.errors import StorageError
from trackproof.progress import NO_PROGRESS, Cancelled

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow


class StopsAt:
    """Stops being wanted before a part."""

    def __init__(self, part: int) -> None:
        self.part = part

    def step(self, done: int, total: int) -> None:
        if done >= self.part:
            raise Cancelled


def index_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / INDEX).read_text())))


def attach(session: Session, pictures: Path, qtbot: QtBot) -> None:
    session.attach_frames(pictures)
    qtbot.waitUntil(lambda: session.frames is not None)


def test_every_flag_gets_its_frame_with_overlay_and_a_strip(
    open_session: Session, pictures: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    session = open_session
    attach(session, pictures, qtbot)
    folder = tmp_path / "new" / "shots"
    export_pictures(session, folder)
    qtbot.waitUntil((folder / INDEX).exists)
    rows = index_of(folder)
    assert [int(row["frame_index"]) for row in rows] == [f.frame for f in session.shown_flags]
    assert len(list(folder.iterdir())) == 2 * len(rows) + 1
    first = rows[0]
    assert (first["status"], first["problem"]) == ("open", "")
    image = QImage(str(folder / first["picture"]))
    assert image.width() == WIDTH
    assert image.height() > HEIGHT
    corner = image.pixelColor(WIDTH - 2, 2)
    assert (corner.red(), corner.blue()) == (0, level_of(session.shown_flags[0].frame))
    reds = {image.pixelColor(x, y).red() for x in range(WIDTH) for y in range(0, HEIGHT, 3)}
    assert len(reds) > 1
    strip = QImage(str(folder / first["strip"]))
    assert strip.width() > strip.height()


def test_pictures_come_without_frames_and_the_index_says_why(
    open_session: Session, tmp_path: Path
) -> None:
    written = write_pictures(gather_shots(open_session), tmp_path / "shots", NO_PROGRESS)
    assert written.without_picture == written.flags == len(open_session.shown_flags)
    assert {row["problem"] for row in index_of(tmp_path / "shots")} == {"no pictures are attached"}


def test_second_export_to_the_same_folder_changes_nothing(
    open_session: Session, tmp_path: Path
) -> None:
    shots = gather_shots(open_session)
    write_pictures(shots, tmp_path, NO_PROGRESS)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(StorageError, match="nothing is overwritten"):
        write_pictures(shots, tmp_path, NO_PROGRESS)
    assert before == {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}


def test_stopped_export_leaves_whole_pictures_and_no_index(
    open_session: Session, tmp_path: Path
) -> None:
    shots = gather_shots(open_session)
    assert len(shots.flags) > 1
    with pytest.raises(Cancelled):
        write_pictures(shots, tmp_path / "shots", StopsAt(1))
    left = list((tmp_path / "shots").iterdir())
    assert len(left) == 2
    assert not any(QImage(str(path)).isNull() for path in left)


def test_menu_asks_for_a_folder_and_tells_where_the_pictures_are(
    open_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    said: list[str] = []
    open_window.session.message.connect(lambda banner: said.append(banner.text))
    open_window.registry.refresh()
    open_window.registry.qaction("review.export_pictures").trigger()
    dialogs = [w for w in qapp_dialogs() if w.windowTitle().startswith("Empty folder")]
    dialogs[0].fileSelected.emit(str(tmp_path / "shots"))
    dialogs[0].close()
    qtbot.waitUntil(lambda: bool(said))
    assert f"flags are in {tmp_path / 'shots'}" in said[-1]


def qapp_dialogs() -> list[QFileDialog]:
    from PySide6.QtWidgets import QApplication

    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)]
