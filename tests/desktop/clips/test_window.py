"""The clip window, driven by its keys."""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clip_job_files import line, result, write_clips, write_job, write_manifest
from desktop.building import moving_boxes
from frame_clips import number_in
from s3_server import S3
from trackproof.clips import Want, open_clips, saved_verdicts, store_path
from trackproof.desktop.app import make_window
from trackproof.desktop.clips import ClipWindows
from trackproof.desktop.clips.window import ClipWindow
from trackproof.desktop.session import Session
from trackproof.desktop.window import MainWindow

Key = Qt.Key


@pytest.fixture
def job(tmp_path: Path) -> Path:
    return write_job(tmp_path / "job")


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[ClipWindow]:
    """A clip window with nothing open, that does not play by itself."""
    made = ClipWindow(session)
    qtbot.addWidget(made)
    made.session.player.starts_playing = False
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    made.close()


def opened(qtbot: QtBot, window: ClipWindow, path: Path) -> ClipWindow:
    """Open a manifest and wait until its first clip is on screen and all files were looked at."""
    with qtbot.waitSignal(window.session.opened_changed):
        window.open(path)
    qtbot.waitUntil(lambda: not window.session.tasks.running)
    window.stage.picture.setFocus()
    return window


@pytest.fixture
def clips(qtbot: QtBot, window: ClipWindow, job: Path) -> ClipWindow:
    return opened(qtbot, window, job)


def press(
    qtbot: QtBot,
    window: ClipWindow,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    target: QWidget = QApplication.focusWidget() or window
    qtbot.keyClick(target, key, modifier)


def settle(qtbot: QtBot, window: ClipWindow) -> None:
    qtbot.waitUntil(lambda: not window.session.tasks.running)
    assert window.session.store.flush()


def shown_label(window: ClipWindow, place: int) -> str:
    return window.session.board.label(place)


def test_first_clip_to_judge_is_on_screen_with_its_picture(clips: ClipWindow, qtbot: QtBot) -> None:
    assert clips.session.place == 0
    qtbot.waitUntil(lambda: clips.session.player.picture() is not None)
    picture = clips.session.player.picture()
    assert picture is not None
    assert number_in(picture) == 0
    qtbot.waitUntil(lambda: len(clips.sheet.frames) == 8)
    assert clips.sheet.frames == tuple(range(8))
    assert clips.windowTitle().startswith("output.manifest")
    assert [button.text().split(maxsplit=1) for button in clips.labels.buttons] == [
        ["1", "loading"],
        ["2", "idle"],
        ["3", "blocked aisle"],
    ]


def test_digit_labels_the_clip_and_goes_on_to_the_next_open_one(
    clips: ClipWindow, qtbot: QtBot
) -> None:
    press(qtbot, clips, Key.Key_3)
    assert shown_label(clips, 0) == "blocked aisle"
    assert clips.session.place == 1
    press(qtbot, clips, Key.Key_2)
    settle(qtbot, clips)
    board = clips.session.board.clips
    saved = saved_verdicts(store_path(board))
    assert {key[-7:]: one.label for key, one in saved.items()} == {
        "000.mp4": "blocked aisle",
        "001.mp4": "idle",
    }
    clips.list.count()
    assert clips.list.progress.text() == "2 of 6 judged"


def test_digit_without_label_says_so_and_changes_nothing(clips: ClipWindow, qtbot: QtBot) -> None:
    press(qtbot, clips, Key.Key_7)
    assert clips.session.store.verdicts == {}
    assert clips.banners.banners[-1].text == "There are 3 labels; key 7 has none."


def test_keys_lead_to_unlabelled_low_and_disputed_clips(clips: ClipWindow, qtbot: QtBot) -> None:
    press(qtbot, clips, Key.Key_U)
    assert clips.session.place == 2
    press(qtbot, clips, Key.Key_W)
    assert clips.session.place == 3
    press(qtbot, clips, Key.Key_C)
    assert clips.session.place == 1
    press(qtbot, clips, Key.Key_PageDown)
    assert clips.session.place == 2
    press(qtbot, clips, Key.Key_PageUp)
    assert clips.session.place == 1
    press(qtbot, clips, Key.Key_Tab)
    assert clips.session.place == 2


def test_search_without_hit_says_that_nothing_is_left(clips: ClipWindow, qtbot: QtBot) -> None:
    clips.session.show(1)
    press(qtbot, clips, Key.Key_2)
    press(qtbot, clips, Key.Key_C)
    text = "No clip with low confidence is left."
    assert text in [banner.text for banner in clips.banners.banners]


def test_undo_and_redo_go_back_to_the_clip(clips: ClipWindow, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    undo, redo = clips.registry.qaction("clips.undo"), clips.registry.qaction("clips.redo")
    press(qtbot, clips, Key.Key_2)
    assert clips.session.place == 1
    qtbot.waitUntil(undo.isEnabled)
    assert undo.text() == "Undo label idle"
    press(qtbot, clips, Key.Key_Z, control)
    assert (clips.session.place, shown_label(clips, 0)) == (0, "loading")
    qtbot.waitUntil(redo.isEnabled)
    press(qtbot, clips, Key.Key_Y, control)
    assert shown_label(clips, 0) == "idle"
    press(qtbot, clips, Key.Key_Backspace)
    assert shown_label(clips, 0) == "loading"


def test_enter_confirms_the_label_that_stands_or_the_vote(clips: ClipWindow, qtbot: QtBot) -> None:
    press(qtbot, clips, Key.Key_Return)
    assert clips.session.store.of(clips.session.board.clip(0).key).label == "loading"
    clips.session.show(2)
    press(qtbot, clips, Key.Key_Return)
    assert shown_label(clips, 2) == "idle"
    clips.session.show(3)
    press(qtbot, clips, Key.Key_Return)
    assert shown_label(clips, 3) == ""
    assert clips.banners.banners[-1].text == "No label stands here yet; choose one."


def test_frames_are_stepped_and_played_by_keys(clips: ClipWindow, qtbot: QtBot) -> None:
    player = clips.session.player
    press(qtbot, clips, Key.Key_Right)
    press(qtbot, clips, Key.Key_F)
    assert player.frame == 2
    press(qtbot, clips, Key.Key_Left)
    assert player.frame == 1
    press(qtbot, clips, Key.Key_End)
    assert player.frame == 7
    press(qtbot, clips, Key.Key_Home)
    assert player.frame == 0
    qtbot.waitUntil(lambda: player.picture() is not None)
    with qtbot.waitSignal(player.frame_changed):
        press(qtbot, clips, Key.Key_Space)
    assert player.is_playing
    press(qtbot, clips, Key.Key_Space)
    assert not player.is_playing
    press(qtbot, clips, Key.Key_Plus)
    assert player.clock.speed == 2.0
    assert clips.bar.speed.currentText() == "2×"


def test_clip_begins_again_at_its_end(clips: ClipWindow, qtbot: QtBot) -> None:
    player = clips.session.player
    player.step(7)
    player.toggle()
    qtbot.waitUntil(lambda: player.frame < 7)
    player.clock.pause()
    press(qtbot, clips, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not player.repeats
    assert not clips.bar.loop.isChecked()


def test_click_on_the_sheet_or_the_line_goes_to_the_frame(clips: ClipWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(clips.sheet.frames) == 8)
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(clips.sheet, left, pos=clips.sheet.cell(5).center())
    assert clips.session.player.frame == 5
    line_of_frames = clips.bar.line
    qtbot.mouseClick(line_of_frames, left, pos=QPoint(line_of_frames.width() - 2, 10))
    assert clips.session.player.frame == 7


def test_comment_is_kept_and_digits_in_it_label_nothing(clips: ClipWindow, qtbot: QtBot) -> None:
    press(qtbot, clips, Key.Key_N)
    assert clips.labels.comment.hasFocus()
    qtbot.keyClicks(clips.labels.comment, "gate 3 left")
    qtbot.keyClick(clips.labels.comment, Key.Key_Return)
    assert clips.session.verdict.comment == "gate 3 left"
    assert clips.session.verdict.label == ""
    assert clips.session.place == 0
    assert clips.stage.picture.hasFocus()


def test_comment_stays_with_its_clip_when_another_is_shown(clips: ClipWindow, qtbot: QtBot) -> None:
    press(qtbot, clips, Key.Key_N)
    qtbot.keyClicks(clips.labels.comment, "first")
    qtbot.keyClick(clips.labels.comment, Key.Key_PageDown)
    assert clips.session.place == 1
    assert clips.labels.comment.text() == ""
    assert clips.session.board.verdict(0).comment == "first"
    assert clips.session.board.verdict(1).comment == ""


def test_escape_gives_a_comment_up(clips: ClipWindow, qtbot: QtBot) -> None:
    press(qtbot, clips, Key.Key_N)
    qtbot.keyClicks(clips.labels.comment, "no")
    qtbot.keyClick(clips.labels.comment, Key.Key_Escape)
    assert clips.session.verdict.comment == ""
    assert clips.stage.picture.hasFocus()


def test_own_label_gets_the_next_key(clips: ClipWindow, qtbot: QtBot) -> None:
    clips.labels.add.setFocus()
    qtbot.keyClicks(clips.labels.add, "fog")
    qtbot.keyClick(clips.labels.add, Key.Key_Return)
    assert clips.labels.buttons[-1].accessibleName() == "fog"
    press(qtbot, clips, Key.Key_4)
    assert shown_label(clips, 0) == "fog"


def test_filter_shows_what_is_wanted_and_leads_the_walk(clips: ClipWindow, qtbot: QtBot) -> None:
    clips.list.choose(Want.DISPUTED)
    assert clips.list.shown == (2, 3)
    clips.session.show(2)
    press(qtbot, clips, Key.Key_2)
    assert clips.session.place == 3
    clips.list.choose(Want.CHANGED)
    assert clips.list.shown == (2,)
    clips.list.choose(Want.ALL)
    clips.list.table.field.setText("004")
    assert clips.list.shown == (4,)
    assert clips.list.filter.itemText(1) == "Not judged (5)"


def test_click_on_a_button_labels_and_space_still_plays(clips: ClipWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(clips.labels.buttons[1], Qt.MouseButton.LeftButton)
    assert shown_label(clips, 0) == "idle"
    assert clips.session.place == 1


def test_answers_of_workers_stand_beside_the_clip(clips: ClipWindow) -> None:
    clips.session.show(3)
    assert "Tie, 1 each" in clips.labels.workers.text()
    clips.session.show(5)
    assert clips.labels.workers.isHidden()


def test_saved_manifest_holds_the_verdicts(clips: ClipWindow, qtbot: QtBot, tmp_path: Path) -> None:
    press(qtbot, clips, Key.Key_3)
    target = tmp_path / "new.manifest"
    clips.session.save(target, overwrite=False)
    settle(qtbot, clips)
    first = json.loads(target.read_text().splitlines()[0])
    assert first["clip-class"] == 2
    assert first["batch"] == 0
    assert open_clips(target).clips[0].label == "blocked aisle"
    assert "4 clips are not labelled yet." in clips.banners.banners[-1].text


def test_manifest_may_be_written_over_itself_more_than_once(
    clips: ClipWindow, qtbot: QtBot, job: Path
) -> None:
    path = clips.session.board.clips.path
    for key, label in ((Key.Key_3, "blocked aisle"), (Key.Key_1, "loading")):
        clips.session.show(0)
        press(qtbot, clips, key)
        with qtbot.waitSignal(clips.session.opened_changed):
            clips.session.save(path, overwrite=True)
        assert open_clips(path).clips[0].label == label


def held(monkeypatch: pytest.MonkeyPatch, place: str) -> tuple[threading.Event, threading.Event]:
    """Hold a function of the core: the first event tells that it is called, the second frees it."""
    is_called, may_go = threading.Event(), threading.Event()
    module, _, name = place.rpartition(".")
    real = getattr(importlib.import_module(module), name)

    def wait(*args: Any, **more: Any) -> Any:
        is_called.set()
        may_go.wait(10)
        return real(*args, **more)

    monkeypatch.setattr(place, wait)
    return is_called, may_go


def test_label_given_while_the_manifest_is_read_again_is_kept(
    clips: ClipWindow, qtbot: QtBot, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read, may_go = held(monkeypatch, "trackproof.desktop.clips.session.with_remembered")
    path = store_path(clips.session.board.clips)
    with qtbot.waitSignal(clips.session.opened_changed):
        clips.session.open(job)
        assert is_read.wait(10)
        clips.session.judge("idle")
        may_go.set()
    settle(qtbot, clips)
    assert shown_label(clips, 0) == "idle"
    assert clips.session.board.tally().judged == 1
    assert [one.label for one in saved_verdicts(path).values()] == ["idle"]


def test_manifest_opened_again_while_it_is_read_can_be_judged(
    window: ClipWindow, qtbot: QtBot, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read, may_go = held(monkeypatch, "trackproof.desktop.clips.session.with_remembered")
    window.open(job)
    assert is_read.wait(10)
    may_go.set()
    opened(qtbot, window, job)
    assert window.session.store.read_only_reason == ""


def test_manifest_that_was_saved_does_not_come_back_over_the_one_opened_meanwhile(
    clips: ClipWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = write_job(tmp_path / "other")
    is_written, may_go = held(monkeypatch, "trackproof.clips.write_manifest")
    clips.session.save(clips.session.board.clips.path, overwrite=True)
    assert is_written.wait(10)
    with qtbot.waitSignal(clips.session.opened_changed):
        clips.session.open(other)
    may_go.set()
    settle(qtbot, clips)
    assert clips.session.board.clips.path.is_relative_to(other)


def test_verdicts_are_there_again_in_the_next_window(
    clips: ClipWindow, qtbot: QtBot, session: Session, job: Path
) -> None:
    press(qtbot, clips, Key.Key_3)
    clips.close()
    again = ClipWindow(session)
    qtbot.addWidget(again)
    opened(qtbot, again, job)
    assert shown_label(again, 0) == "blocked aisle"
    assert again.session.place == 1
    again.close()


def test_second_window_on_the_same_clips_only_looks(
    clips: ClipWindow, qtbot: QtBot, session: Session, job: Path
) -> None:
    second = ClipWindow(session)
    qtbot.addWidget(second)
    second.show()
    opened(qtbot, second, job)
    assert "here you can only look" in second.banners.banners[-1].text
    assert not second.labels.buttons[0].isEnabled()
    second.session.judge("idle")
    assert second.session.store.verdicts == {}
    second.close()


def test_clip_that_workers_cannot_play_is_marked(
    window: ClipWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from frame_clips import Clip

    Clip("old.avi", "mpeg4", frames=4).write(tmp_path)
    path = write_manifest(tmp_path / "a.manifest", [{"source-ref": "old.avi"}])
    opened(qtbot, window, path)
    assert "No browser plays AVI files." in window.labels.warning.text()
    assert window.list.model.index(0, 0).data().strip() == "!"
    assert window.media_words.text().startswith("AVI, MPEG-4 part 2")


def test_missing_and_broken_clips_say_what_to_do(
    window: ClipWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"nothing" * 40)
    path = write_manifest(tmp_path / "a.manifest", [line(0), {"source-ref": "broken.mp4"}])
    opened(qtbot, window, path)
    assert window.stage.empty.title == "This clip is not on this computer"
    window.session.judge("odd")
    settle(qtbot, window)
    assert window.session.place == 1
    assert window.stage.empty.title == "This clip cannot be shown"
    assert shown_label(window, 0) == "odd"


def test_folder_with_the_clips_can_be_named(
    window: ClipWindow, qtbot: QtBot, tmp_path: Path, job: Path
) -> None:
    path = write_manifest(tmp_path / "elsewhere" / "a.manifest", [line(0)])
    opened(qtbot, window, path)
    assert not window.session.player.is_open
    with qtbot.waitSignal(window.session.opened_changed):
        window.open(path, root=job)
    qtbot.waitUntil(lambda: window.session.player.is_open)


def test_manifest_that_cannot_be_read_leaves_what_is_open(
    clips: ClipWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(clips.session.message):
        clips.open(tmp_path / "absent.manifest")
    assert "absent.manifest" in clips.banners.banners[-1].text
    assert len(clips.session.board) == 6


def test_window_without_clips_says_so(window: ClipWindow) -> None:
    assert window.stage.empty.title == "No clips are open"
    assert window.list.progress.text() == "No clips"
    assert not window.registry.qaction("clips.save").isEnabled()


def test_every_key_means_one_thing(window: ClipWindow) -> None:
    registry = window.registry
    for action in registry.actions:
        for key in registry.shortcuts(action.id):
            assert registry.conflicts(action.id, key) == (), f"{action.id} {key}"


def test_tooltips_teach_keys(clips: ClipWindow) -> None:
    assert clips.labels.buttons[0].toolTip() == "Label this clip loading (1)"
    assert "Space" in clips.bar.play.toolTip()
    assert clips.registry.qaction("clips.unlabelled").toolTip().endswith("(U)")


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_window_paints_in_every_theme(clips: ClipWindow, qtbot: QtBot, theme: str) -> None:
    clips.session.choose_theme(theme)
    qtbot.waitUntil(lambda: clips.session.player.picture() is not None)
    image = clips.grab().toImage()
    corner = clips.stage.mapTo(clips, QPoint(2, 2))
    assert image.pixelColor(corner) == clips.session.theme.surface


class TestFromTheMainWindow:
    """Opening a manifest of clips where labels are opened."""

    @pytest.fixture
    def main(self, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
        made = make_window(qapp)
        qtbot.addWidget(made)
        with qtbot.waitExposed(made):
            made.show()
        yield made
        made.close()

    def clip_windows(self, main: MainWindow) -> list[ClipWindow]:
        return main.findChildren(ClipWindows)[0].windows

    def test_clips_open_in_a_window_of_their_own(
        self, main: MainWindow, qtbot: QtBot, job: Path
    ) -> None:
        main.session.open([job])
        qtbot.waitUntil(lambda: bool(self.clip_windows(main)))
        (window,) = self.clip_windows(main)
        qtbot.waitUntil(lambda: window.session.is_open)
        assert window.isVisible()
        assert not main.isVisible()
        assert main.session.sequences == ()
        assert main.session.settings.recent[0].endswith("output.manifest")
        window.close()
        assert self.clip_windows(main) == []

    def test_clips_in_s3_open_by_their_address(
        self, main: MainWindow, qtbot: QtBot, s3: S3
    ) -> None:
        row = {"source-ref": s3.uri("clips/a.mp4"), **result("idle")}
        uri = s3.put("out/output.manifest", json.dumps(row))
        main.session.open([uri])
        qtbot.waitUntil(lambda: bool(self.clip_windows(main)))
        (window,) = self.clip_windows(main)
        qtbot.waitUntil(lambda: window.session.is_open)
        assert window.manifest == uri
        assert main.session.settings.recent[0] == uri
        window.close()

    def test_labels_that_are_open_stay(self, main: MainWindow, qtbot: QtBot, job: Path) -> None:
        main.session.show_sequences([moving_boxes()])
        main.session.open([job])
        qtbot.waitUntil(lambda: bool(self.clip_windows(main)))
        assert main.isVisible()
        assert len(main.session.sequences) == 1
        main.close()
        assert self.clip_windows(main) == []

    def test_manifest_of_frames_is_not_taken_for_clips(
        self, main: MainWindow, qtbot: QtBot, tmp_path: Path
    ) -> None:
        path = write_manifest(tmp_path / "a.manifest", [{"source-ref": "s3://b/seq.json"}])
        with qtbot.waitSignal(main.session.message):
            main.session.open([path])
        assert self.clip_windows(main) == []


def test_machine_label_becomes_human_when_confirmed(
    window: ClipWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    by_model = result("idle", **{"human-annotated": "no"})
    path = write_manifest(tmp_path / "a.manifest", [line(0, **by_model)])
    opened(qtbot, window, path)
    window.session.confirm()
    target = tmp_path / "b.manifest"
    window.session.save(target, overwrite=False)
    settle(qtbot, window)
    metadata = json.loads(target.read_text())["clip-class-metadata"]
    assert metadata["human-annotated"] == "yes"


def test_clips_can_be_fetched_from_s3_when_they_are_watched(
    window: ClipWindow, qtbot: QtBot, tmp_path: Path, s3: S3
) -> None:
    write_clips(tmp_path / "made", range(1))
    uri = s3.put("clips/a.mp4", (tmp_path / "made" / "clip-000.mp4").read_bytes())
    path = write_manifest(tmp_path / "job" / "a.manifest", [{"source-ref": uri}])
    opened(qtbot, window, path)
    assert window.stage.from_s3.isVisible()
    qtbot.mouseClick(window.stage.from_s3, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.player.is_open)
    qtbot.waitUntil(lambda: window.media_words.text().startswith("MP4, H.264"))


def test_missing_key_in_s3_says_that_the_clip_is_not_there(
    window: ClipWindow, qtbot: QtBot, tmp_path: Path, s3: S3
) -> None:
    path = write_manifest(tmp_path / "a.manifest", [{"source-ref": s3.uri("none.mp4")}])
    opened(qtbot, window, path)
    with qtbot.waitSignal(window.session.opened_changed):
        window.session.get_from_s3()
    qtbot.waitUntil(lambda: not window.session.tasks.running)
    assert window.stage.empty.title == "This clip is not on this computer"
    assert window.stage.from_s3.isHidden()
