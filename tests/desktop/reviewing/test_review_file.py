"""The review file in the window: moved, held by others, exported, signed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog

from desktop.building import task_called, write_pictures
from trackproof.labels import DeleteBoxes, FrameRanges
from trackproof.review import Review, inputs, review_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.notices import Banner
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow
    from trackproof.review.inputs import PictureFacts


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A MOTChallenge folder with 12 frames of two objects."""
    folder = tmp_path / "street-07"
    (folder / "gt").mkdir(parents=True)
    rows = [
        f"{frame + 1},{track + 1},{20 + 4 * frame},{30 + 80 * track},40,30,1,-1,-1,-1"
        for track in range(2)
        for frame in range(12)
    ]
    (folder / "gt" / "gt.txt").write_text("\n".join(rows) + "\n")
    return folder


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.analysis is not None and not session.tasks.running)


def open_labels(session: Session, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.sequence_changed):
        session.open([path])
    settle(session, qtbot)


def delete_at(session: Session, frame: int) -> None:
    session.apply(DeleteBoxes((0,), FrameRanges.at(frame)))


def boxes(session: Session) -> int:
    assert session.labels is not None
    return len(session.labels.table.blocks[0])


def banners(window: MainWindow, topic: str) -> list[Banner]:
    return [banner for banner in window.area.banners.banners if banner.topic == topic]


def choose_file(window: MainWindow, action: str, path: Path) -> None:
    window.registry.qaction(action).trigger()
    [dialog] = [one for one in window.findChildren(QFileDialog) if one.isVisible()]
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_save_as_moves_the_review_and_its_own_file_opens_it_again(
    window: MainWindow,
    labels: Path,
    tmp_path: Path,
    qtbot: QtBot,
    new_session: Callable[[], Session],
) -> None:
    session, target = window.session, tmp_path / "kept.trackproof"
    open_labels(session, labels, qtbot)
    delete_at(session, 3)
    choose_file(window, "file.save_review", target)
    settle(session, qtbot)
    delete_at(session, 4)
    assert session.book.review is not None
    assert session.book.review.path == target
    assert session.book.review.flush()
    session.undo()
    session.redo()
    session.book.close()
    again = new_session()
    open_labels(again, target, qtbot)
    assert boxes(again) == 10
    assert again.sequence is not None
    assert again.history == ("delete object:1 at frame 3", "delete object:1 at frame 4")


@pytest.fixture
def held_copy(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Hold a review once it is copied: the first event tells, the second lets the answer go."""
    is_copied, may_go = threading.Event(), threading.Event()
    real = Review.copied_to

    def copy_and_wait(review: Review, path: Path, *, overwrite: bool = False) -> object:
        made = real(review, path, overwrite=overwrite)
        is_copied.set()
        may_go.wait(10)
        return made

    monkeypatch.setattr(Review, "copied_to", copy_and_wait)
    return is_copied, may_go


def save_review(window: MainWindow, target: Path) -> None:
    choose_file(window, "file.save_review", target)


def test_review_whose_moving_was_stopped_too_late_goes_on_in_the_new_file(
    window: MainWindow,
    labels: Path,
    tmp_path: Path,
    qtbot: QtBot,
    held_copy: tuple[threading.Event, threading.Event],
) -> None:
    session, target = window.session, tmp_path / "kept.trackproof"
    is_copied, may_go = held_copy
    open_labels(session, labels, qtbot)
    save_review(window, target)
    assert is_copied.wait(10)
    task_called(session.tasks, "Saving").cancel()
    may_go.set()
    settle(session, qtbot)
    assert session.book.review is not None
    assert session.book.review.path == target


def test_audit_trail_written_while_a_review_moves_does_not_leave_it_between_two_files(
    window: MainWindow,
    labels: Path,
    tmp_path: Path,
    qtbot: QtBot,
    held_copy: tuple[threading.Event, threading.Event],
) -> None:
    session, target = window.session, tmp_path / "kept.trackproof"
    is_copied, may_go = held_copy
    open_labels(session, labels, qtbot)
    save_review(window, target)
    assert is_copied.wait(10)
    choose_file(window, "file.export_audit", tmp_path / "audit.csv")
    may_go.set()
    settle(session, qtbot)
    assert session.book.review is not None
    assert session.book.review.path == target


def test_review_that_moves_while_other_labels_are_opened_is_found_in_the_new_file(
    window: MainWindow,
    labels: Path,
    tmp_path: Path,
    qtbot: QtBot,
    held_copy: tuple[threading.Event, threading.Event],
    new_session: Callable[[], Session],
) -> None:
    session, target = window.session, tmp_path / "kept.trackproof"
    is_copied, may_go = held_copy
    other = tmp_path / "other"
    shutil.copytree(labels, other)
    open_labels(session, labels, qtbot)
    delete_at(session, 3)
    save_review(window, target)
    assert is_copied.wait(10)
    with qtbot.waitSignal(session.sequence_changed):
        session.open([other])
    may_go.set()
    settle(session, qtbot)
    session.book.close()
    again = new_session()
    open_labels(again, labels, qtbot)
    assert again.book.review is not None
    assert again.book.review.path == target
    assert not again.book.review.is_read_only
    assert again.history == ("delete object:1 at frame 3",)


@pytest.fixture
def held_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that takes what a closing review writes only when this is set."""
    is_free = threading.Event()
    close = Review.close

    def wait_and_close(review: Review) -> bool:
        assert is_free.wait(60)
        return close(review)

    monkeypatch.setattr(Review, "close", wait_and_close)
    yield is_free
    is_free.set()


def test_opening_other_labels_does_not_wait_until_the_former_review_is_on_disk(
    session: Session,
    labels: Path,
    tmp_path: Path,
    qtbot: QtBot,
    held_disk: threading.Event,
    new_session: Callable[[], Session],
) -> None:
    other = tmp_path / "other"
    shutil.copytree(labels, other)
    open_labels(session, labels, qtbot)
    delete_at(session, 3)
    open_labels(session, other, qtbot)
    assert boxes(session) == 12
    delete_at(session, 5)
    held_disk.set()
    session.book.close()
    again = new_session()
    open_labels(again, labels, qtbot)
    assert again.history == ("delete object:1 at frame 3",)
    open_labels(again, other, qtbot)
    assert again.history == ("delete object:1 at frame 5",)


def test_labels_opened_again_wait_for_their_own_review_and_keep_every_step(
    session: Session, labels: Path, qtbot: QtBot
) -> None:
    open_labels(session, labels, qtbot)
    delete_at(session, 3)
    open_labels(session, labels, qtbot)
    assert boxes(session) == 11
    assert session.book.review is not None
    assert not session.book.review.is_read_only
    delete_at(session, 4)
    assert session.history == ("delete object:1 at frame 3", "delete object:1 at frame 4")


def test_a_second_window_looks_only_says_who_holds_it_and_saves_elsewhere(
    window: MainWindow,
    labels: Path,
    tmp_path: Path,
    qtbot: QtBot,
    new_session: Callable[[], Session],
) -> None:
    first = new_session()
    open_labels(first, labels, qtbot)
    delete_at(first, 3)
    assert first.book.review is not None
    assert first.book.review.flush()
    session = window.session
    open_labels(session, labels, qtbot)
    [banner] = banners(window, "review held")
    assert "has this review open" in banner.text
    assert [verb for verb, _ in banner.choices] == ["Save as …"]
    delete_at(session, 4)
    assert boxes(session) == 11
    assert session.saved_state == "read only"
    choose_file(window, "file.save_review", tmp_path / "mine.trackproof")
    settle(session, qtbot)
    assert banners(window, "review held") == []
    delete_at(session, 4)
    assert boxes(session) == 10
    assert boxes(first) == 11


def test_a_review_whose_window_is_gone_can_be_taken_over(
    window: MainWindow, labels: Path, qtbot: QtBot, new_session: Callable[[], Session]
) -> None:
    first = new_session()
    open_labels(first, labels, qtbot)
    first.close()
    silent_since = time.time() - 3600
    with contextlib.closing(sqlite3.connect(review_path(labels))) as file, file:
        file.execute(
            "INSERT INTO holder VALUES (1, 'token', 'far-away', 'ben', 7, '', ?, ?)",
            (silent_since, silent_since),
        )
    session = window.session
    open_labels(session, labels, qtbot)
    [banner] = banners(window, "review held")
    assert "ben on far-away" in banner.text
    assert "seems to be gone" in banner.text
    take_over = dict(banner.choices)["Take the review over"]
    with qtbot.waitSignal(session.sequence_changed):
        take_over()
    settle(session, qtbot)
    assert banners(window, "review held") == []
    delete_at(session, 4)
    assert boxes(session) == 11


def test_the_same_labels_opened_again_are_not_held_by_ones_own_window(
    window: MainWindow, labels: Path, qtbot: QtBot
) -> None:
    session = window.session
    open_labels(session, labels, qtbot)
    delete_at(session, 3)
    open_labels(session, labels, qtbot)
    assert banners(window, "review held") == []
    assert boxes(session) == 11
    delete_at(session, 4)
    assert session.book.review is not None
    assert session.book.review.flush()
    assert session.history == ("delete object:1 at frame 3", "delete object:1 at frame 4")


def test_what_is_painted_while_other_labels_come_asks_for_nothing(
    window: MainWindow, labels: Path, qtbot: QtBot
) -> None:
    session = window.session
    open_labels(session, labels, qtbot)
    asked: list[tuple[object, ...]] = []
    # At this moment the new review is there, and no sequence of it is shown yet.
    session.opened_changed.connect(lambda: asked.append((session.sequence, session.open_flags)))
    open_labels(session, labels, qtbot)
    assert asked == [(None, ())]


def test_the_audit_trail_goes_to_a_file_under_the_reviewers_name(
    window: MainWindow, labels: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    session = window.session
    open_labels(session, labels, qtbot)
    window.registry.qaction("file.reviewer").trigger()
    [dialog] = window.findChildren(QInputDialog)
    dialog.textValueSelected.emit("Anna K.")
    dialog.close()
    delete_at(session, 4)
    choose_file(window, "file.export_audit", tmp_path / "trail.jsonl")
    settle(session, qtbot)
    [line] = (tmp_path / "trail.jsonl").read_text().splitlines()
    step = json.loads(line)
    assert (step["who"], step["what"]) == ("Anna K.", "delete object:1 at frame 4")
    assert step["frames"] == [4]
    assert session.settings.reviewer == "Anna K."


def test_pictures_that_changed_since_are_said(
    window: MainWindow, labels: Path, qtbot: QtBot, new_session: Callable[[], Session]
) -> None:
    pictures = write_pictures(labels / "img1", frames=12)
    first = new_session()
    open_labels(first, labels, qtbot)
    name = first.sequence.name if first.sequence else ""
    assert first.book.review is not None
    # Outside a window nobody compares pictures, so the first look is noted here.
    first.book.review.note_pictures(name, str(pictures), {"000001.png": (1, 2)})
    first.close()
    os.utime(pictures / "000001.png", ns=(5, 5))
    open_labels(window.session, labels, qtbot)
    qtbot.waitUntil(lambda: bool(banners(window, "pictures changed")))
    [banner] = banners(window, "pictures changed")
    assert "1 picture is changed: 000001.png" in banner.text


def test_pictures_that_were_copied_anew_are_the_same_and_changed_content_is_said(
    window: MainWindow, labels: Path, qtbot: QtBot
) -> None:
    pictures = write_pictures(labels / "img1", frames=12)
    session = window.session
    open_labels(session, labels, qtbot)
    assert session.sequence is not None
    name, place = session.sequence.name, str(pictures)

    def known() -> PictureFacts:
        assert session.book.review is not None
        return session.book.review.known_pictures(name, place)

    qtbot.waitUntil(lambda: len(known()) == 12 and all(len(one) == 3 for one in known().values()))
    for file in pictures.iterdir():
        os.utime(file, ns=(5, 5))
    other = bytearray((pictures / "000003.png").read_bytes())
    other[-20] ^= 1
    (pictures / "000003.png").write_bytes(other)
    open_labels(session, labels, qtbot)
    qtbot.waitUntil(lambda: bool(banners(window, "pictures changed")))
    [banner] = banners(window, "pictures changed")
    assert "1 picture is changed: 000003.png." in banner.text
    qtbot.waitUntil(
        lambda: known()["000003.png"][1] == (pictures / "000003.png").stat().st_mtime_ns
    )


def test_pictures_that_were_looked_at_for_other_labels_are_not_noted_for_these(
    window: MainWindow,
    labels: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, other = window.session, tmp_path / "other" / labels.name
    shutil.copytree(labels, other)
    pictures = write_pictures(labels / "img1", frames=12)
    is_looked_at, may_go = threading.Event(), threading.Event()
    real = inputs.picture_facts

    def held(files: list[Path]) -> PictureFacts:
        facts = real(files)
        is_looked_at.set()
        may_go.wait(10)
        return facts

    monkeypatch.setattr(inputs, "picture_facts", held)
    session.open([labels])
    qtbot.waitUntil(is_looked_at.is_set)
    former = session.sequence
    session.open([other])
    qtbot.waitUntil(lambda: session.sequence is not None and session.sequence is not former)
    may_go.set()
    settle(session, qtbot)
    assert session.sequence is not None
    assert former is not None
    assert session.sequence.name == former.name
    assert session.book.review is not None
    assert not session.book.review.known_pictures(former.name, str(pictures))
