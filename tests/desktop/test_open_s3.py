"""Opening labels from S3 in the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from s3_faults import EXPIRED, Proxy
from s3_jobs import label_file, put_frames, put_job
from s3_server import S3
from trackproof.desktop.framing import FramesState
from trackproof.desktop.opening.s3_dialog import S3Dialog
from trackproof.desktop.status_bar import StatusBar

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow


@pytest.fixture
def dialog(session: Session, qtbot: QtBot, s3: S3, aws_environment: Path) -> S3Dialog:
    (aws_environment / "config").write_text("[profile lab]\nregion = eu-west-1\n")
    made = S3Dialog(session)
    qtbot.addWidget(made)
    made.open()
    qtbot.waitUntil(lambda: made.account_fields.profile.findData("lab") >= 0)
    return made


def attached(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.framing.state is FramesState.ATTACHED)
    qtbot.waitUntil(lambda: not session.tasks.running)


def test_labels_and_frames_come_from_s3_by_keyboard(
    window: MainWindow, s3: S3, qtbot: QtBot
) -> None:
    address = put_job(s3)
    window.registry.qaction("file.open_s3").trigger()
    dialog = window.findChild(S3Dialog)
    assert dialog is not None
    said: list[str] = []
    window.session.message.connect(lambda banner: said.append(banner.text))
    dialog.address.lineEdit().setText("")
    qtbot.keyClicks(dialog.address, address)
    qtbot.keyClick(dialog.address, Qt.Key.Key_Return)
    session = window.session
    qtbot.waitUntil(lambda: session.sequence is not None)
    attached(session, qtbot)
    assert session.sequence is not None
    assert session.sequence.name == "street"
    qtbot.waitUntil(lambda: session.pictures.picture(0) is not None)
    assert any("account 123456789012" in text for text in said)
    assert session.opener.opened == (address,)
    assert window.findChild(StatusBar).identity.text() == "S3 as user/moto"
    assert session.settings.recent[0] == address
    assert session.settings.recent_addresses == (address,)


def test_identity_is_asked_for_on_request_only(
    dialog: S3Dialog, qtbot: QtBot, faulty: Proxy
) -> None:
    assert faulty.seen == []
    qtbot.mouseClick(dialog.account_fields.ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "123456789012" in dialog.account_fields.who.text())


def test_expired_credentials_are_told_in_the_dialog(
    dialog: S3Dialog, qtbot: QtBot, faulty: Proxy
) -> None:
    faulty.break_next(EXPIRED, times=100)
    dialog.account_fields.ask_identity()
    qtbot.waitUntil(lambda: "expired" in dialog.account_fields.who.text())


@pytest.mark.parametrize("text", ["", "bucket/key", "s3://", "s3://bucket/../key"])
def test_what_is_no_address_cannot_be_opened(dialog: S3Dialog, text: str) -> None:
    dialog.address.setCurrentText(text)
    assert not dialog.open_button.isEnabled()


def test_profile_of_an_address_is_remembered_and_nothing_secret_with_it(
    session: Session, dialog: S3Dialog, qtbot: QtBot, private_home: Path
) -> None:
    dialog.address.setCurrentText("s3://bucket/out/")
    dialog.account_fields.profile.setCurrentIndex(dialog.account_fields.profile.findData("lab"))
    dialog.account_fields.region.setCurrentText("eu-west-1")
    dialog.accept()
    qtbot.waitUntil(lambda: not session.tasks.running)
    session.settings.save()
    kept = b"".join(
        path.read_bytes() for path in (private_home / "config").rglob("*") if path.is_file()
    )
    assert b"lab" in kept
    assert b"testing" not in kept
    again = S3Dialog(session)
    qtbot.addWidget(again)
    assert again.address.currentText() == "s3://bucket/out/"
    assert again.account_fields.profile.currentData() == "lab"
    assert again.account_fields.region.currentText() == "eu-west-1"
    again.reject()
    qtbot.waitUntil(lambda: not session.tasks.running)


def test_work_goes_on_offline_with_what_is_cached(
    session: Session, s3: S3, faulty: Proxy, qtbot: QtBot
) -> None:
    address = put_job(s3)
    session.open([address])
    qtbot.waitUntil(lambda: session.sequence is not None)
    attached(session, qtbot)
    source = session.pictures.source
    assert source is not None
    qtbot.waitUntil(lambda: source.source.stream.on_disk() == 6)
    faulty.break_next(EXPIRED, times=10_000)
    said: list[str] = []
    session.message.connect(lambda banner: said.append(banner.text))
    session.open([address])
    here = "6 of 6 frames are on this disk"
    qtbot.waitUntil(lambda: any(here in text for text in said))
    attached(session, qtbot)
    qtbot.waitUntil(lambda: session.pictures.picture(5) is not None)
    assert any("S3 cannot be asked" in text for text in said)


def test_failing_to_open_keeps_what_is_open(open_window: MainWindow, s3: S3, qtbot: QtBot) -> None:
    session = open_window.session
    before = session.sequence
    said: list[str] = []
    session.message.connect(lambda banner: said.append(banner.text))
    session.open([s3.uri("nothing.manifest")])
    qtbot.waitUntil(lambda: any("no such object" in text for text in said))
    assert session.sequence is before


def test_local_labels_find_their_pictures_in_s3(
    window: MainWindow, s3: S3, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "SeqLabel.json"
    file.write_text(label_file())
    put_frames(s3, "frames/street/")
    session = window.session
    session.open([file])
    card = window.area.stage.card
    qtbot.waitUntil(card.isVisible)
    qtbot.waitUntil(lambda: not session.tasks.running)
    qtbot.mouseClick(card.remote, Qt.MouseButton.LeftButton)
    dialog = window.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue(s3.uri("frames/street/"))
    dialog.accept()
    qtbot.waitUntil(lambda: session.framing.offer is not None)
    assert "6 of 6 frames match" in card.title.text()
    session.framing.accept()
    qtbot.waitUntil(lambda: session.pictures.picture(0) is not None)
