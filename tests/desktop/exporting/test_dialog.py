"""From the window to a package on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt

from desktop.building import task_called
from s3_server import S3
from trackproof.desktop.exporting import ExportDialog, Which
from trackproof.desktop.shown_windows import ShownWindows
from trackproof.formats import open_labels
from trackproof.handoff.config_rules import is_verification
from trackproof.handoff.validate import is_clean, validate

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow


@pytest.fixture
def dialog(open_window: MainWindow, qtbot: QtBot) -> ExportDialog:
    open_window.registry.qaction("file.export").trigger()
    made = open_window.findChild(ExportDialog)
    qtbot.waitUntil(lambda: not open_window.session.tasks.running)
    made.least_score.setValue(0.0)
    made.preview()
    return made


def written(dialog: ExportDialog, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(dialog.accepted):
        dialog.write_to(str(folder))


def test_preview_lists_the_windows_before_anything_is_written(dialog: ExportDialog) -> None:
    dialog.context.setValue(2)
    dialog.preview()
    assert dialog.windows.list.topLevelItemCount() >= 1
    assert "Workers see" in dialog.summary.text()
    assert "of 40 frames" in dialog.summary.text()


def test_many_flags_are_chosen_from_in_the_background_and_nothing_is_written_meanwhile(
    dialog: ExportDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.desktop.exporting.dialog.MANY_FLAGS", -1)
    before = dialog.summary.text()
    dialog.most_frames.setValue(1)
    dialog.preview()
    assert not dialog.write_button.isEnabled()
    qtbot.waitUntil(lambda: "Nothing to send" in dialog.summary.text())
    dialog.most_frames.setValue(0)
    dialog.preview()
    qtbot.waitUntil(dialog.write_button.isEnabled)
    assert dialog.summary.text() == before


def test_package_is_written_valid_and_opens_again(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.prefix.setText("s3://bucket/frames/")
    dialog.destination.setText("s3://bucket/package/")
    dialog.context.setValue(3)
    dialog.preview()
    written(dialog, qtbot, tmp_path / "package")
    plan = json.loads((tmp_path / "package" / "plan.json").read_bytes())
    (manifest,) = (tmp_path / "package").rglob("*.manifest")
    windows = open_labels(manifest, root=tmp_path / "package").sequences
    assert len(windows) == len(plan["windows"])
    assert all(len(window) < 40 for window in windows)
    assert is_clean(validate(tmp_path / "package"))


def test_dismissed_flags_stay_at_home_and_confirmed_ones_go_whatever_their_score(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    session = open_window.session
    first, *others = session.flags
    session.judge([first], "confirmed")
    session.judge(others, "dismissed")
    open_window.open_export()
    dialog = open_window.findChild(ExportDialog)
    qtbot.waitUntil(lambda: not session.tasks.running)
    dialog.least_score.setValue(1000.0)
    dialog.preview()
    assert dialog.summary.text().startswith("1 flag in 1 window")
    dialog.which.setCurrentText(str(Which.ALL))
    dialog.least_score.setValue(0.0)
    dialog.preview()
    assert dialog.summary.text().startswith(f"{len(others) + 1} flag")


def test_nothing_to_send_is_said_and_cannot_be_written(dialog: ExportDialog) -> None:
    dialog.which.setCurrentText(str(Which.CONFIRMED))
    dialog.preview()
    assert "Nothing to send" in dialog.summary.text()
    assert not dialog.write_button.isEnabled()


def test_taken_folder_is_kept_and_the_choice_stays_open(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    mine = tmp_path / "package"
    mine.mkdir()
    (mine / "precious.txt").write_text("mine")
    dialog.write_to(str(mine))
    qtbot.waitUntil(lambda: "exists already" in dialog.summary.text())
    assert (mine / "precious.txt").read_text() == "mine"
    assert dialog.isVisible()
    dialog.replace.setChecked(True)
    written(dialog, qtbot, mine)
    (kept,) = tmp_path.glob("package.old*")
    assert (kept / "precious.txt").read_text() == "mine"


def test_double_click_shows_the_window_in_the_picture(
    dialog: ExportDialog, open_window: MainWindow, qtbot: QtBot
) -> None:
    dialog.context.setValue(1)
    dialog.preview()
    rows = dialog.windows.list
    item = rows.topLevelItem(rows.topLevelItemCount() - 1)
    place = rows.visualItemRect(item).topLeft() + QPoint(20, 5)
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert str(open_window.session.frame) == item.text(1)


def test_corrected_labels_go_to_a_new_file_and_the_original_stays(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, shared_data: Path
) -> None:
    original = shared_data / "ground-truth" / "MOT17-13-SDP" / "SeqLabel.json"
    session = window.session
    with qtbot.waitSignal(session.analysis_changed):
        session.open([str(original)])
    target = tmp_path / "corrected.json"
    with qtbot.waitSignal(session.message, check_params_cb=lambda b: str(target) in b.text):
        window.flow.save_corrected(str(target))
    assert target.read_bytes() == original.read_bytes()


def test_package_goes_straight_to_s3(dialog: ExportDialog, qtbot: QtBot, s3: S3) -> None:
    assert not dialog.send_button.isEnabled()
    dialog.prefix.setText(s3.uri("frames/"))
    dialog.destination.setText(s3.uri("review"))
    dialog.preview()
    assert dialog.send_button.isEnabled()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.send_button, Qt.MouseButton.LeftButton)
    keys = s3.keys()
    assert "review/plan.json" in keys
    assert any(key.endswith("adjustment.manifest") for key in keys)


def test_other_objects_in_s3_stay_and_the_dialog_too(
    dialog: ExportDialog, qtbot: QtBot, s3: S3
) -> None:
    s3.put("review/precious.txt", "mine")
    dialog.prefix.setText(s3.uri("frames/"))
    dialog.destination.setText(s3.uri("review/"))
    dialog.preview()
    dialog.send_to_s3()
    qtbot.waitUntil(lambda: "precious.txt" in dialog.summary.text())
    assert s3.keys() == ["review/precious.txt"]
    assert dialog.isVisible()
    assert dialog.send_button.isEnabled()


def test_a_field_changed_just_before_does_not_hide_how_writing_ended(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "mine.txt").write_text("precious")
    dialog.context.setValue(dialog.context.value() + 1)
    dialog.write_to(str(tmp_path / "package"))
    qtbot.waitUntil(lambda: "exists already" in dialog.summary.text())
    qtbot.waitUntil(lambda: not dialog._preview_timer.isActive())
    assert "exists already" in dialog.summary.text()
    assert dialog.write_button.isEnabled()


def test_export_that_was_stopped_leaves_the_choice_open(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.write_to(str(tmp_path / "package"))
    task_called(dialog._session.tasks, "Writing the package").cancel()
    qtbot.waitUntil(lambda: "Stopped" in dialog.summary.text())
    assert dialog.write_button.isEnabled()
    assert not (tmp_path / "package").exists()


def test_checking_that_was_stopped_is_said(open_window: MainWindow, qtbot: QtBot) -> None:
    open_window.open_export()
    dialog = open_window.findChild(ExportDialog)
    task_called(open_window.session.tasks, "Checking all sequences").cancel()
    qtbot.waitUntil(lambda: "Stopped" in dialog.summary.text())
    assert not dialog.write_button.isEnabled()


def test_preview_of_a_dialog_that_was_closed_marks_no_windows(
    open_window: MainWindow, dialog: ExportDialog
) -> None:
    shown = ShownWindows.of(open_window.session)
    assert shown.spans
    dialog.context.setValue(7)
    dialog.close()
    assert not dialog._preview_timer.isActive()
    assert not shown.spans


def config_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "job-1/label-categories.json").read_bytes())
    return found


def tick(dialog: ExportDialog, name: str) -> None:
    (item,) = dialog.workers.locked.findItems(name, Qt.MatchFlag.MatchExactly)
    item.setCheckState(0, Qt.CheckState.Checked)


def test_workers_may_be_asked_to_judge_only(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.workers.follow.setCurrentIndex(1)
    assert not dialog.workers.locked.isVisible()
    dialog.workers.result.setText("judged-ref")
    written(dialog, qtbot, tmp_path / "package")
    plan = json.loads((tmp_path / "package" / "plan.json").read_bytes())
    assert (plan["follow"], plan["result_attribute"]) == ("verification", "judged-ref")
    assert is_verification(config_of(tmp_path / "package"))
    assert is_clean(validate(tmp_path / "package"))


def test_labels_that_shall_stay_are_locked(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    label = dialog.windows.reviewed[0].labels.categories[0].name
    tick(dialog, label)
    written(dialog, qtbot, tmp_path / "package")
    (entry,) = (one for one in config_of(tmp_path / "package")["labels"] if one["label"] == label)
    assert entry["editsAllowed"] == "none"


def test_result_that_cannot_be_called_so_is_said_and_the_dialog_stays(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.workers.result.setText("judged")
    dialog.write_to(str(tmp_path / "package"))
    qtbot.waitUntil(lambda: "must end in -ref" in dialog.summary.text())
    assert dialog.isVisible()
    assert not (tmp_path / "package").exists()
