from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from desktop.building import moving_boxes, sudden_jump
from trackproof.checks import Profile, load_profile
from trackproof.desktop.check_settings.dialog import NAME_ROLE, CheckSettings
from trackproof.paths import config_dir

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session


@pytest.fixture
def settings(open_session: Session, qtbot: QtBot) -> CheckSettings:
    """The dialog over a checked sequence with one jump."""
    dialog = CheckSettings(open_session)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def choose(dialog: CheckSettings, name: str) -> None:
    for place in range(dialog.list.count()):
        if dialog.list.item(place).data(NAME_ROLE) == name:
            dialog.list.setCurrentRow(place)


def checked_again(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.analysis_changed):
        pass
    qtbot.waitUntil(lambda: not session.tasks.running)


def test_a_limit_changes_the_queue_and_cancel_takes_it_back(
    settings: CheckSettings, open_session: Session, qtbot: QtBot
) -> None:
    before = [flag.key for flag in open_session.flags]
    choose(settings, "size_change")
    settings.form.fields["limit"].setValue(50.0)
    checked_again(qtbot, open_session)
    assert open_session.analysis is not None
    assert open_session.analysis.measurements["size_change"].limit == 50.0
    assert all("size_change" not in flag.checks for flag in open_session.flags)
    settings.reject()
    checked_again(qtbot, open_session)
    assert [flag.key for flag in open_session.flags] == before


def test_a_check_that_is_switched_off_does_not_run(
    settings: CheckSettings, open_session: Session, qtbot: QtBot
) -> None:
    choose(settings, "rolling_iou")
    item = settings.list.currentItem()
    assert item is not None
    item.setCheckState(Qt.CheckState.Unchecked)
    checked_again(qtbot, open_session)
    assert open_session.analysis is not None
    assert "rolling_iou" not in open_session.analysis.measurements
    assert not settings.form.fields["limit"].isEnabled()
    settings.form.reset.click()
    checked_again(qtbot, open_session)
    assert "rolling_iou" in open_session.analysis.measurements


def test_a_saved_profile_is_a_file_that_the_command_line_reads_by_name(
    settings: CheckSettings, open_session: Session, qtbot: QtBot
) -> None:
    from trackproof.cli.inputs import chosen_profile

    choose(settings, "gaps")
    settings.form.fields["limit"].setValue(3.0)
    settings.save_as("night shift")
    checked_again(qtbot, open_session)
    file = config_dir() / "profiles" / "night-shift.toml"
    assert load_profile(file).values["gaps"] == {"limit": 3.0}
    assert settings.chooser.currentText() == "night shift"
    chosen = chosen_profile("night shift")
    assert chosen is not None
    assert chosen.values["gaps"] == {"limit": 3.0}


def test_search_leaves_the_checks_that_have_the_words(settings: CheckSettings) -> None:
    settings.search.setText("missing")
    shown = [
        settings.list.item(place).data(NAME_ROLE)
        for place in range(settings.list.count())
        if not settings.list.item(place).isHidden()
    ]
    assert "gaps" in shown
    assert "rolling_iou" not in shown


def test_a_profile_that_is_chosen_while_the_first_check_runs_is_the_one_in_force(
    session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.tasks.tasks_changed):
        session.show_sequences([sudden_jump(moving_boxes())])
    session.use_profile(Profile("mine").with_value("gaps", "limit", 7.0))
    qtbot.waitUntil(lambda: session.analysis is not None and not session.tasks.running)
    assert session.analysis is not None
    assert session.analysis.measurements["gaps"].limit == 7.0
    assert session.profile is not None
    assert session.profile.name == "mine"
