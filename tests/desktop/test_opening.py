"""Opening: labels, their review, their pictures, their rate."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from desktop.building import (
    level_of,
    moving_boxes,
    sudden_jump,
    task_called,
    write_pictures,
)
from trackproof.desktop import framing
from trackproof.desktop.framing import FramesState
from trackproof.desktop.opening import opener
from trackproof.desktop.session import Session
from trackproof.desktop.settings import Settings
from trackproof.errors import EditError, Severity
from trackproof.frames import AlignedFrames
from trackproof.labels import DeleteBoxes, FrameRanges

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.notices import Banner
    from trackproof.desktop.window import MainWindow
    from trackproof.labels import Change
    from trackproof.review import Review


@pytest.fixture
def mot_folder(tmp_path: Path) -> Path:
    """A MOTChallenge folder with 40 frames of two objects and pictures beside."""
    folder = tmp_path / "street-07"
    (folder / "gt").mkdir(parents=True)
    rows = [
        f"{frame + 1},{track + 1},{20 + 4 * frame},{30 + 80 * track},40,30,1,-1,-1,-1"
        for track in range(2)
        for frame in range(40)
    ]
    (folder / "gt" / "gt.txt").write_text("\n".join(rows) + "\n")
    write_pictures(folder / "img1")
    return folder


@pytest.fixture
def said(session: Session) -> list[Banner]:
    told: list[Banner] = []
    session.message.connect(told.append)
    return told


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: (
            session.sequence is not None
            and session.analysis is not None
            and not session.tasks.running
        )
    )


def open_and_settle(session: Session, path: Path, qtbot: QtBot, **more: str) -> None:
    with qtbot.waitSignal(session.sequence_changed):
        session.open([path], **more)
    settle(session, qtbot)


def test_labels_are_opened_checked_and_framed_by_themselves(
    session: Session, mot_folder: Path, qtbot: QtBot
) -> None:
    open_and_settle(session, mot_folder, qtbot)
    assert session.frame_count == 40
    assert session.framing.state is FramesState.ATTACHED
    session.go_to(12)
    qtbot.waitUntil(lambda: session.picture(12) is not None)
    assert int(session.picture(12)[0, 0, 0]) == level_of(12)
    assert session.settings.recent[0] == str(mot_folder)
    assert session.checks_state == "checks up to date"


def test_failed_opening_keeps_what_is_open_and_says_why(
    session: Session, said: list[Banner], mot_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_and_settle(session, mot_folder, qtbot)
    broken = tmp_path / "broken.json"
    broken.write_text('{"tracking-annotations": [')
    with qtbot.waitSignal(session.message):
        session.open([broken])
    assert session.sequence is not None
    assert session.sequence.name == "street-07"
    assert said[-1].severity is Severity.ERROR
    assert "broken.json" in said[-1].text


def test_missing_path_is_one_clear_sentence(
    session: Session, said: list[Banner], tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.message):
        session.open([tmp_path / "nowhere.json"])
    assert "there is no such file or folder" in said[-1].text
    assert "Traceback" not in said[-1].text


def test_pictures_named_on_the_command_line_are_taken(
    session: Session, mot_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = write_pictures(tmp_path / "elsewhere", frames=40)
    open_and_settle(session, mot_folder, qtbot, frames=str(other))
    assert session.framing.path == other


def test_without_pictures_one_may_go_on_with_labels_only(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([moving_boxes()])
    card = window.area.stage.card
    qtbot.waitUntil(card.isVisible)
    qtbot.mouseClick(card.decline, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    assert session.framing.state is FramesState.DECLINED


def test_match_rate_is_shown_before_accepting_and_remembered_after(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    session.show_sequences([moving_boxes()])
    settle(session, qtbot)
    few = write_pictures(tmp_path / "few", frames=30)
    session.try_frames(few)
    qtbot.waitUntil(lambda: session.framing.state is FramesState.OFFERED)
    offer = session.framing.offer
    assert offer is not None
    assert offer.frames.match.rate == pytest.approx(0.75)
    assert session.frames is None
    session.framing.accept()
    assert session.frames is not None
    assert session.settings.frames_of(session.input_key) == (str(few), 0)


def test_remembered_pictures_are_found_again(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = write_pictures(tmp_path / "pictures")
    session.show_sequences([moving_boxes()])
    settle(session, qtbot)
    session.attach_frames(folder)
    qtbot.waitUntil(lambda: session.frames is not None)
    session.nudge_offset(1)
    session.show_sequences([moving_boxes()])
    qtbot.waitUntil(lambda: session.framing.state is FramesState.ATTACHED)
    assert session.offset == 1


def test_unusable_pictures_are_refused_in_words(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    session = window.session
    session.show_sequences([moving_boxes()])
    settle(session, qtbot)
    (tmp_path / "empty").mkdir()
    session.try_frames(tmp_path / "empty")
    qtbot.waitUntil(lambda: bool(session.framing.problem))
    assert "no jpg, jpeg or png" in window.area.stage.card.text.text()


def test_disagreement_is_said_and_a_nudge_moves_the_picture(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    session = window.session
    session.show_sequences([moving_boxes()])
    settle(session, qtbot)
    session.attach_frames(write_pictures(tmp_path / "long", frames=50))
    area = window.area.banners
    qtbot.waitUntil(lambda: any(banner.topic == "frames" for banner in area.banners))
    row = next(row for row in area._rows if row.banner.topic == "frames")
    session.go_to(5)
    nudge = next(b for b in row.findChildren(QPushButton) if b.text() == "Picture +1")
    qtbot.mouseClick(nudge, Qt.MouseButton.LeftButton)
    canvas = window.area.canvas
    qtbot.waitUntil(lambda: canvas.token.frame == 5 and canvas.token.picture is not None)
    assert session.offset == 1
    assert int(canvas.token.picture[0, 0, 0]) == level_of(6)
    text = next(b.text for b in area.banners if b.topic == "frames")
    assert text.startswith("Labels are shown on pictures 1 later.")


def test_rate_is_asked_once_and_remembered(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    session = window.session
    folder = write_pictures(tmp_path / "pictures")
    session.show_sequences([moving_boxes(rate_fps=None)])
    settle(session, qtbot)
    assert not any(b.topic == "rate" for b in window.area.banners.banners)
    session.attach_frames(folder)
    qtbot.waitUntil(lambda: any(b.topic == "rate" for b in window.area.banners.banners))
    row = next(row for row in window.area.banners._rows if row.banner.topic == "rate")
    thirty = next(b for b in row.findChildren(QPushButton) if b.text() == "30")
    qtbot.mouseClick(thirty, Qt.MouseButton.LeftButton)
    assert session.rate_fps == 30.0
    assert not any(b.topic == "rate" for b in window.area.banners.banners)
    session.show_sequences([moving_boxes(rate_fps=None)])
    settle(session, qtbot)
    assert session.rate_fps == 30.0
    assert not any(b.topic == "rate" for b in window.area.banners.banners)


def test_verdicts_and_edits_survive_closing(
    mot_folder: Path, new_session: Callable[[], Session], qtbot: QtBot
) -> None:
    first = new_session()
    open_and_settle(first, mot_folder, qtbot)
    first.apply(DeleteBoxes((0,), FrameRanges.at(7)))
    assert first.labels is not None
    assert first.labels.table.blocks[0].row_at(7) is None
    qtbot.waitUntil(lambda: first.is_checked)
    flag = first.flags[0]
    first.judge([flag], "dismissed", "seen twice")
    first.close()

    second = new_session()
    open_and_settle(second, mot_folder, qtbot)
    assert second.labels is not None
    assert second.labels.table.blocks[0].row_at(7) is None
    assert second.verdicts.status(flag.key) == "dismissed"
    assert second.verdicts.comment(flag.key) == "seen twice"
    assert second.saved_state == "saved"
    second.undo()
    assert second.verdicts.status(flag.key) == "open"
    second.undo()
    assert second.labels.table.blocks[0].row_at(7) is not None
    assert not second.can_undo
    second.redo()
    assert second.labels.table.blocks[0].row_at(7) is None


def test_raising_edit_changes_nothing_and_is_not_recorded(session: Session, qtbot: QtBot) -> None:
    session.show_sequences([moving_boxes()])
    settle(session, qtbot)
    before = session.labels
    with pytest.raises(EditError):
        session.apply(DeleteBoxes((0,), FrameRanges.at(4000)))
    assert session.labels is before
    assert not session.can_undo


def test_edit_is_told_at_once_and_checked_and_can_be_undone(session: Session, qtbot: QtBot) -> None:
    session.show_sequences([moving_boxes()])
    settle(session, qtbot)
    told: list[tuple[Change, object]] = []
    session.labels_changed.connect(lambda change, origin: told.append((change, origin)))
    assert session.flags == ()
    with qtbot.waitSignal(session.analysis_changed):
        session.apply(DeleteBoxes((0,), FrameRanges.at(7)), origin=qtbot)
    [(change, origin)] = told
    assert change.tracks == {0}
    assert origin is qtbot
    assert [flag.kind for flag in session.flags] == ["gap"]
    assert session.history == (change.label,)
    with qtbot.waitSignal(session.analysis_changed):
        session.undo()
    assert session.flags == ()
    assert session.can_redo


def test_damaged_review_is_kept_aside_when_starting_anew(
    window: MainWindow, mot_folder: Path, qtbot: QtBot
) -> None:
    session = window.session
    open_and_settle(session, mot_folder, qtbot)
    place = session.book.review.path
    session.show_sequences([moving_boxes()])
    settle(session, qtbot)
    place.write_bytes(b"not a database at all, " * 50)
    session.open([mot_folder])
    area = window.area.banners
    qtbot.waitUntil(lambda: any(b.topic == "opening" for b in area.banners))
    assert session.sequence.name == "street"
    row = next(row for row in area._rows if row.banner.topic == "opening")
    assert "damaged" in row.banner.text
    anew = next(b for b in row.findChildren(QPushButton) if b.text() == "Start a new review")
    with qtbot.waitSignal(session.sequence_changed):
        qtbot.mouseClick(anew, Qt.MouseButton.LeftButton)
    settle(session, qtbot)
    assert session.sequence.name == "street-07"
    assert list(place.parent.glob("*aside*"))


def test_review_of_changed_labels_is_carried_over_when_asked(
    window: MainWindow, mot_folder: Path, qtbot: QtBot
) -> None:
    session = window.session
    open_and_settle(session, mot_folder, qtbot)
    session.apply(DeleteBoxes((0,), FrameRanges.at(7)))
    session.show_sequences([moving_boxes()])
    settle(session, qtbot)
    labels = mot_folder / "gt" / "gt.txt"
    labels.write_text(labels.read_text().replace("21,1,100,30", "21,1,101,30"))
    session.open([mot_folder])
    area = window.area.banners
    qtbot.waitUntil(lambda: any(b.topic == "opening" for b in area.banners))
    row = next(row for row in area._rows if row.banner.topic == "opening")
    assert "changed since" in row.banner.text
    carry = next(b for b in row.findChildren(QPushButton) if b.text() == "Carry the review over")
    with qtbot.waitSignal(session.sequence_changed):
        qtbot.mouseClick(carry, Qt.MouseButton.LeftButton)
    settle(session, qtbot)
    block = session.labels.table.blocks[0]
    assert block.row_at(7) is None
    assert block.xywh[block.row_at(20), 0] == 101.0


def test_limit_moves_the_flags(session: Session, qtbot: QtBot) -> None:
    session.show_sequences([sudden_jump(moving_boxes())])
    settle(session, qtbot)
    before = len(session.flags)
    with qtbot.waitSignal(session.analysis_changed):
        for limit in (0.2, 0.4, 0.97):
            session.set_limit("rolling_iou", limit)
        settle(session, qtbot)
    assert session.analysis.measurements["rolling_iou"].limit == 0.97
    assert len(session.flags) >= before


def test_welcome_page_opens_by_dialog_and_by_recent(
    window: MainWindow, mot_folder: Path, qtbot: QtBot
) -> None:
    window.area.welcome.open_folder.click()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(window.session.sequence_changed):
        dialog.filesSelected.emit([str(mot_folder)])
        dialog.reject()
    settle(window.session, qtbot)
    assert str(mot_folder) in window.session.settings.recent
    window._fill_recent(menu := QMenu())
    assert menu.actions()[0].text() == str(mot_folder)
    window.area.welcome.show_recent()
    recent = window.area.welcome.findChild(QPushButton, "recent")
    assert recent is not None
    with qtbot.waitSignal(window.session.sequence_changed):
        recent.click()
    settle(window.session, qtbot)


def test_settings_survive_what_is_not_theirs(private_home: Path) -> None:
    folder = private_home / "config"
    folder.mkdir()
    (folder / "trackproof.ini").write_text(
        "[inputs]\nrates=not json\nframes={\n[frames]\nbudget_mb=many\n[recent]\npaths=7\n"
    )
    settings = Settings()
    assert settings.rate_fps("a") is None
    assert settings.frames_of("a") is None
    assert settings.recent == ()
    assert settings.frame_budget_bytes == 448_000_000


CRASH = """
import os, sys
from pathlib import Path
from trackproof.formats import open_labels
from trackproof.review import Review
opened = open_labels(Path(sys.argv[1]))
work = Review.open_or_create(opened, reviewer="anna")
work.judge(opened.sequences[0].name, ["1/gap/3"], "confirmed")
work.flush()
os._exit(1)
"""


def test_window_tells_what_a_crash_left(
    session: Session, mot_folder: Path, said: list[Banner], qtbot: QtBot
) -> None:
    subprocess.run([sys.executable, "-c", CRASH, str(mot_folder)], check=False)
    open_and_settle(session, mot_folder, qtbot)
    told = [banner.text for banner in said if "without closing" in banner.text]
    assert len(told) == 1
    assert "1 verdict of that sitting" in told[0]


def test_what_a_crash_left_is_not_said_of_the_next_labels(
    window: MainWindow, mot_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    def bars() -> list[str]:
        return [banner.text for banner in window.area.banners.banners]

    other = tmp_path / "other"
    shutil.copytree(mot_folder, other)
    subprocess.run([sys.executable, "-c", CRASH, str(mot_folder)], check=False)
    open_and_settle(window.session, mot_folder, qtbot)
    assert any("without closing" in text for text in bars())
    open_and_settle(window.session, other, qtbot)
    assert not any("without closing" in text for text in bars())


def test_the_first_window_loads_neither_checks_nor_formats_nor_the_review(tmp_path: Path) -> None:
    code = (
        "from PySide6.QtWidgets import QApplication\n"
        "application = QApplication([])\n"
        "from trackproof.desktop.app import make_window\n"
        "window = make_window(application)\n"
        "window.show()\n"
        "application.processEvents()\n"
        "import os, sys\n"
        "late = ('trackproof.checks', 'trackproof.review', 'trackproof.formats', 'pyqtgraph',"
        " 'pandas', 'cv2', 'av', 'boto3', 'scipy', 'msgspec')\n"
        "print(*sorted(set(late) & set(sys.modules)), 'end', flush=True)\n"
        "os._exit(0)\n"
    )
    environment = {**os.environ, "TRACKPROOF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "end"


def test_recent_labels_that_are_gone_cannot_be_chosen(
    window: MainWindow, mot_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    gone = tmp_path / "gone"
    window.session.settings.add_recent(gone)
    window.session.settings.add_recent(mot_folder)
    window.area.welcome.show_recent()

    def states() -> dict[str, bool]:
        buttons = window.area.welcome.findChildren(QPushButton, "recent")
        return {button.toolTip(): button.isEnabled() for button in buttons}

    qtbot.waitUntil(lambda: states() == {str(mot_folder): True, str(gone): False})


def test_between_two_openings_nothing_of_the_one_before_is_current(
    open_session: Session, mot_folder: Path, qtbot: QtBot
) -> None:
    session, seen = open_session, []
    before = session.flags
    session.show_flags(before)
    session.select_flag(before[0])

    def look() -> None:
        if session.sequence is None:
            found = (session.shown_flags, session.open_flags, session.analysis)
            seen.append((*found, session.flag, session.track, session.verdict(before[0])))

    session.book.saved_changed.connect(look)
    session.opened_changed.connect(look)
    session.open([mot_folder])
    qtbot.waitUntil(lambda: session.sequence is not None and session.sequence.name != "street")
    assert seen
    assert all(one == ((), (), None, None, -1, "open") for one in seen)


@pytest.fixture
def held_review(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Hold every reading once its review is open: the first event tells, the second frees it."""
    is_open, may_go = threading.Event(), threading.Event()
    real = opener.open_review

    def open_and_wait(*args: Any, **more: Any) -> Review:
        review = real(*args, **more)
        is_open.set()
        may_go.wait(10)
        return review

    monkeypatch.setattr(opener, "open_review", open_and_wait)
    return is_open, may_go


def can_be_judged(session: Session, folder: Path, qtbot: QtBot) -> bool:
    """Open labels and return whether their review can be written."""
    session.open([folder])
    qtbot.waitUntil(lambda: session.sequence is not None)
    review = session.book.review
    return review is not None and not review.is_read_only


def test_labels_opened_again_while_they_are_read_can_be_judged(
    session: Session,
    mot_folder: Path,
    qtbot: QtBot,
    held_review: tuple[threading.Event, threading.Event],
) -> None:
    is_open, may_go = held_review
    session.open([mot_folder])
    assert is_open.wait(10)
    may_go.set()
    assert can_be_judged(session, mot_folder, qtbot)


def test_labels_whose_opening_was_stopped_are_held_by_nobody(
    session: Session,
    mot_folder: Path,
    qtbot: QtBot,
    held_review: tuple[threading.Event, threading.Event],
    new_session: Callable[[], Session],
) -> None:
    is_open, may_go = held_review
    session.open([mot_folder])
    assert is_open.wait(10)
    task_called(session.tasks, "Opening").cancel()
    may_go.set()
    qtbot.waitUntil(lambda: not session.tasks.running)
    assert session.sequence is None
    assert can_be_judged(new_session(), mot_folder, qtbot)


def test_labels_that_were_read_while_the_window_closed_are_held_by_nobody(
    session: Session,
    mot_folder: Path,
    qtbot: QtBot,
    held_review: tuple[threading.Event, threading.Event],
    new_session: Callable[[], Session],
) -> None:
    is_open, may_go = held_review
    session.open([mot_folder])
    assert is_open.wait(10)
    may_go.set()
    session.close()
    assert can_be_judged(new_session(), mot_folder, qtbot)


def test_looking_for_pictures_that_was_stopped_asks_for_them(
    open_session: Session, pictures: Path, qtbot: QtBot
) -> None:
    session = open_session
    session.attach_frames(pictures)
    assert session.framing.state is FramesState.SEARCHING
    task_called(session.tasks, "Reading").cancel()
    qtbot.waitUntil(lambda: session.framing.state is FramesState.NONE)
    session.attach_frames(pictures)
    session.attach_frames(pictures)
    qtbot.waitUntil(lambda: session.framing.state is FramesState.ATTACHED)


def test_pictures_that_come_too_late_are_closed(
    open_session: Session,
    pictures: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, late = open_session, write_pictures(tmp_path / "late")
    is_open, may_go = threading.Event(), threading.Event()
    closed: list[str] = []
    make, close = framing._offered, AlignedFrames.close

    def held(path: Path, *args: Any, **more: Any) -> framing.Offer:
        offer = make(path, *args, **more)
        if path == late:
            is_open.set()
            may_go.wait(10)
        return offer

    def noted(frames: AlignedFrames) -> None:
        closed.append(frames.path.name)
        close(frames)

    monkeypatch.setattr(framing, "_offered", held)
    monkeypatch.setattr(AlignedFrames, "close", noted)
    session.attach_frames(late)
    assert is_open.wait(10)
    session.attach_frames(pictures)
    may_go.set()
    qtbot.waitUntil(lambda: closed == ["late"] and not session.tasks.running)
    assert session.framing.state is FramesState.ATTACHED
