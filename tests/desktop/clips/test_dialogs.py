"""Making jobs and looking at agreement from the clip window."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from clip_job_files import write_job
from trackproof.desktop.clips.agreement_dialog import AgreementDialog
from trackproof.desktop.clips.job_dialog import ClipJobDialog
from trackproof.desktop.clips.session import ClipSession
from trackproof.desktop.notices import Banner
from trackproof.desktop.session import Session
from trackproof.handoff import writing
from trackproof.handoff.validate import validate


@pytest.fixture
def clips(qtbot: QtBot, session: Session, tmp_path: Path) -> Iterator[ClipSession]:
    made = ClipSession(session)
    made.player.starts_playing = False
    with qtbot.waitSignal(made.opened_changed):
        made.open(write_job(tmp_path / "job"))
    qtbot.waitUntil(lambda: not made.tasks.running)
    yield made
    made.close()


@pytest.fixture
def dialog(qtbot: QtBot, clips: ClipSession) -> ClipJobDialog:
    made = ClipJobDialog(clips)
    qtbot.addWidget(made)
    made.show()
    return made


def test_fields_begin_with_what_the_manifest_says(dialog: ClipJobDialog) -> None:
    wishes = dialog.wishes()
    assert wishes.labels == ("loading", "idle", "blocked aisle")
    assert wishes.attribute == "clip-class-2"
    assert dialog.word.text() == "6 clips, 18 answers"


def test_preview_follows_the_fields_and_calls_itself_an_approximation(
    dialog: ClipJobDialog, qtbot: QtBot
) -> None:
    dialog.question.setText("Is the gate open?")
    dialog.labels.setPlainText("open\n\n closed ")
    qtbot.waitUntil(lambda: dialog.preview.question.text() == "Is the gate open?")
    assert dialog.preview.labels.text() == "○  open\n○  closed"
    texts = [label.text() for label in dialog.preview.findChildren(type(dialog.word))]
    assert any(text.startswith("Approximation.") for text in texts)
    assert not dialog.preview.grab().isNull()


def test_page_opens_in_the_browser_with_the_clip_on_screen(
    dialog: ClipJobDialog, clips: ClipSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", urls.append)
    file = dialog.open_in_browser()
    assert file is not None
    assert [url.toLocalFile() for url in urls] == [str(file)]
    page = file.read_text("utf-8")
    found = clips.board.clips.find(clips.clip.source_ref)
    assert found is not None
    assert found.as_uri() in page
    assert "{{" not in page


def test_package_is_written_and_keeps_every_rule(
    dialog: ClipJobDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.which.setCurrentIndex(1)
    dialog.workers.setValue(2)
    target = tmp_path / "package"
    dialog.write_to(target)
    assert not dialog._timer.isActive()
    qtbot.waitUntil(lambda: dialog.word.text().startswith("Written to"))
    assert "4 clips, 2 people each: 8 answers." in dialog.word.text()
    assert validate(target) == []
    rows = (target / "input.manifest").read_text().splitlines()
    assert [json.loads(row)["batch"] for row in rows] == [2, 3, 4, 5]
    assert dialog.write.isEnabled()


def test_package_of_a_dialog_that_was_closed_is_written_and_said(
    clips: ClipSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_called, may_go = threading.Event(), threading.Event()
    real = writing.write_package

    def held(*args: Any, **more: Any) -> object:
        is_called.set()
        may_go.wait(10)
        return real(*args, **more)

    monkeypatch.setattr(writing, "write_package", held)
    said: list[Banner] = []
    clips.message.connect(said.append)
    dialog = ClipJobDialog(clips)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    dialog.address.setText("s3://bucket/jobs/")
    dialog.write_to(tmp_path / "package")
    assert is_called.wait(10)
    dialog.close()
    qtbot.waitUntil(lambda: not isValid(dialog))
    may_go.set()
    qtbot.waitUntil(lambda: not clips.tasks.running)
    assert [one for one in said if one.text.startswith("Written to")]


def test_job_that_cannot_work_says_why_and_writes_nothing(
    dialog: ClipJobDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.attribute.setText("ends-in-ref-ref")
    dialog.write_to(tmp_path / "package")
    qtbot.waitUntil(lambda: "must not end in -ref" in dialog.word.text())
    assert not (tmp_path / "package").exists()
    assert dialog.write.isEnabled()


def test_agreement_is_shown_without_worker_ids(clips: ClipSession, qtbot: QtBot) -> None:
    dialog = AgreementDialog(clips)
    qtbot.addWidget(dialog)
    assert "4 clips have several answers; workers disagree on 2." in dialog.summary.text()
    assert dialog.pairs.topLevelItemCount() == 3
    assert dialog.workers.topLevelItem(0).text(0) == "Worker 1"
    assert dialog.workers.topLevelItem(0).text(1) == "4"
    assert "ann" not in dialog.summary.text()
