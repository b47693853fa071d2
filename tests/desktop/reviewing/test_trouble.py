"""A disk that is full or locked, and a drive without shared memory, as the window shows them."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from trackproof.desktop.banner_bar import BannerRow
from trackproof.formats import open_labels
from trackproof.labels import DeleteBoxes, FrameRanges
from trackproof.review import Review, review_path

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.notices import Banner
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A MOTChallenge folder with 12 frames of one object."""
    return written(tmp_path / "street-07")


@pytest.fixture(autouse=True)
def rescued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a closing review puts what its file could not take."""
    folder = tmp_path / "rescued"
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def written(folder: Path) -> Path:
    (folder / "gt").mkdir(parents=True)
    rows = [f"{frame + 1},1,{20 + 4 * frame},30,40,30,1,-1,-1,-1" for frame in range(12)]
    (folder / "gt" / "gt.txt").write_text("\n".join(rows) + "\n")
    return folder


def open_in(window: MainWindow, path: Path, qtbot: QtBot) -> Session:
    session = window.session
    with qtbot.waitSignal(session.sequence_changed):
        session.open([path])
    settle(session, qtbot)
    return session


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.analysis is not None and not session.tasks.running)


def delete_at(session: Session, frame: int) -> None:
    session.apply(DeleteBoxes((0,), FrameRanges.at(frame)))


def fill_the_disk(session: Session) -> None:
    """Leave no room for another page, as a full disk does: SQLite's own answer is the same."""
    review = session.book.review
    assert review is not None
    assert review.flush()
    connection = review._database.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def work_on(session: Session, qtbot: QtBot) -> None:
    """Comment at length, which does not fit, and edit; wait until the trouble is known."""
    review = session.book.review
    assert review is not None
    assert session.sequence is not None
    review.judge(session.sequence.name, ["flag"], "fixed", comment="x" * 40_000)
    delete_at(session, 3)
    delete_at(session, 4)
    qtbot.waitUntil(lambda: bool(session.book.problem))


def banners(window: MainWindow, topic: str) -> list[Banner]:
    return [banner for banner in window.area.banners.banners if banner.topic == topic]


def save_to(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    [dialog] = [one for one in window.findChildren(QFileDialog) if one.isVisible()]
    dialog.fileSelected.emit(str(path))
    dialog.close()
    settle(window.session, qtbot)


def check_saved(labels: Path, path: Path, window: MainWindow) -> None:
    """The review in a file is what the window shows."""
    now = window.session.labels
    assert now is not None
    window.session.book.close()
    opened = open_labels(labels)
    again = Review.open_or_create(opened, reviewer="anna", path=path)
    name = opened.sequences[0].name
    assert again.labels(name).table.equals(now.table)
    assert again.verdicts(name)["flag"].status == "fixed"
    again.close()


def test_a_full_disk_is_said_once_and_save_as_brings_everything_back(
    window: MainWindow, labels: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    session = open_in(window, labels, qtbot)
    fill_the_disk(session)
    work_on(session, qtbot)
    qtbot.waitUntil(lambda: bool(banners(window, "saving")))
    qtbot.waitUntil(lambda: window.statusBar().saved.text().startswith("not saved ("))
    [banner] = banners(window, "saving")
    assert banner.text.startswith("The disk is full. Work goes on in memory")
    rows = [row for row in window.findChildren(BannerRow) if row.banner is banner]
    rows[0]._on_close()
    delete_at(session, 5)
    qtbot.waitUntil(lambda: session.book.review is not None and session.book.review.pending == 4)
    assert banners(window, "saving") == []
    dict(banner.choices)["Save as …"]()
    save_to(window, tmp_path / "kept.trackproof", qtbot)
    qtbot.waitUntil(lambda: window.statusBar().saved.text() == "saved")
    check_saved(labels, tmp_path / "kept.trackproof", window)


def test_room_on_the_disk_takes_the_words_back(
    window: MainWindow, labels: Path, qtbot: QtBot
) -> None:
    session = open_in(window, labels, qtbot)
    fill_the_disk(session)
    work_on(session, qtbot)
    qtbot.waitUntil(lambda: bool(banners(window, "saving")))
    review = session.book.review
    assert review is not None
    review._database.connection.execute("PRAGMA max_page_count = 100000")
    assert review.retry(10.0)
    qtbot.waitUntil(lambda: window.statusBar().saved.text() == "saved")
    qtbot.waitUntil(lambda: not banners(window, "saving"))


def test_a_locked_folder_is_said_and_save_as_brings_everything_back(
    window: MainWindow,
    labels: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as locked:
        locked.setattr("trackproof.review.database.is_writable", lambda path: False)
        session = open_in(window, labels, qtbot)
        work_on(session, qtbot)
    qtbot.waitUntil(lambda: bool(banners(window, "saving")))
    [banner] = banners(window, "saving")
    assert "reviews cannot be written. Work goes on in memory" in banner.text
    qtbot.waitUntil(lambda: window.statusBar().saved.text().startswith("not saved ("))
    dict(banner.choices)["Save as …"]()
    save_to(window, tmp_path / "kept.trackproof", qtbot)
    qtbot.waitUntil(lambda: window.statusBar().saved.text() == "saved")
    qtbot.waitUntil(lambda: not banners(window, "saving"))
    check_saved(labels, tmp_path / "kept.trackproof", window)


def test_a_drive_without_shared_memory_is_said_and_works(
    window: MainWindow, labels: Path, qtbot: QtBot
) -> None:
    place = review_path(labels)
    # A folder in its place: SQLite meets it as it meets a drive that shares no memory.
    place.with_name(place.name + "-shm").mkdir(parents=True)
    session = open_in(window, labels, qtbot)
    assert any("write-ahead log" in one.text for one in window.area.banners.banners)
    delete_at(session, 3)
    assert session.book.review is not None
    assert session.book.review.flush()
    qtbot.waitUntil(lambda: window.statusBar().saved.text() == "saved")
    assert session.book.review.path == place
    assert "write-ahead log" in window.statusBar().saved.toolTip()


def test_the_window_does_not_close_over_work_in_memory_unless_told(
    window: MainWindow, labels: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    session = open_in(window, labels, qtbot)
    fill_the_disk(session)
    work_on(session, qtbot)
    window.close()
    assert window.isVisible()
    [box] = window.findChildren(QMessageBox)
    assert box.text() == "3 steps of your work could not be saved."
    assert "disk is full" in box.informativeText()
    [save] = [one for one in box.buttons() if "Save" in one.text()]
    save.click()
    save_to(window, tmp_path / "kept.trackproof", qtbot)
    qtbot.waitUntil(lambda: window.statusBar().saved.text() == "saved")
    window.close()
    assert not window.isVisible()
    assert (tmp_path / "kept.trackproof").exists()


def test_the_window_closes_over_work_in_memory_when_told(
    window: MainWindow, labels: Path, qtbot: QtBot
) -> None:
    session = open_in(window, labels, qtbot)
    fill_the_disk(session)
    work_on(session, qtbot)
    window.close()
    [box] = window.findChildren(QMessageBox)
    [leave] = [one for one in box.buttons() if "without" in one.text()]
    leave.click()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_opening_something_else_puts_unsaved_work_where_it_can_be_found(
    window: MainWindow, labels: Path, tmp_path: Path, rescued: Path, qtbot: QtBot
) -> None:
    session = open_in(window, labels, qtbot)
    fill_the_disk(session)
    work_on(session, qtbot)
    open_in(window, written(tmp_path / "other"), qtbot)
    qtbot.waitUntil(lambda: bool(banners(window, "rescued")))
    [banner] = banners(window, "rescued")
    [kept] = rescued.glob("*.trackproof")
    assert str(kept) in banner.text
    opened = open_labels(labels)
    again = Review.open_or_create(opened, reviewer="anna", path=kept)
    assert len(again.history()) == 3
    again.close()
