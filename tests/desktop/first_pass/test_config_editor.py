"""Writing label categories by key and mouse."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from trackproof.desktop.first_pass.config_editor import ConfigEditor
from trackproof.desktop.first_pass.config_forms import AttributeForm, JobForm, LabelForm
from trackproof.desktop.session import Session
from trackproof.handoff import footage
from trackproof.handoff.config_draft import GLOBAL, LABELS, OWN, Kind


@pytest.fixture
def editor(session: Session, qtbot: QtBot) -> ConfigEditor:
    made = ConfigEditor(session)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def form(editor: ConfigEditor) -> LabelForm | AttributeForm | JobForm:
    shown = editor.area.widget()
    assert isinstance(shown, LabelForm | AttributeForm | JobForm)
    return shown


def click(editor: ConfigEditor, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(getattr(editor, name), Qt.MouseButton.LeftButton)


def test_a_label_is_renamed_by_typing_and_limits_are_told_at_once(
    editor: ConfigEditor, qtbot: QtBot
) -> None:
    shown = form(editor)
    assert isinstance(shown, LabelForm)
    shown.name.selectAll()
    qtbot.keyClicks(shown.name, "Car")
    assert editor.draft.document["labels"] == [{"label": "Car"}]
    assert "Every limit" in editor.words.text()
    shown.name.selectAll()
    qtbot.keyClick(shown.name, Qt.Key.Key_Delete)
    assert editor.words.text() == "Label 1, the name is missing."


def test_attributes_are_added_where_the_tree_stands(editor: ConfigEditor, qtbot: QtBot) -> None:
    click(editor, qtbot, "add_attribute")
    assert editor.place == (LABELS, 0, OWN, 0)
    shown = form(editor)
    assert isinstance(shown, AttributeForm)
    shown.kind.setCurrentText(str(Kind.NUMBER))
    shown.kind.activated.emit(shown.kind.currentIndex())
    assert editor.draft.entry(editor.place)["maximum"] == 100
    editor.tree.setCurrentItem(editor.tree.topLevelItem(2))
    assert editor.place == (GLOBAL,)
    click(editor, qtbot, "add_attribute")
    assert editor.place == (GLOBAL, 0)


def test_entries_move_and_go(editor: ConfigEditor, qtbot: QtBot) -> None:
    click(editor, qtbot, "add_label")
    assert editor.place == (LABELS, 1)
    click(editor, qtbot, "up")
    assert editor.place == (LABELS, 0)
    assert [one["label"] for one in editor.draft.document["labels"]] == ["Label 2", "Label 1"]
    click(editor, qtbot, "remove")
    assert [one["label"] for one in editor.draft.document["labels"]] == ["Label 1"]
    assert not editor.up.isEnabled()
    assert not editor.down.isEnabled()


def test_instructions_count_their_characters(editor: ConfigEditor) -> None:
    editor.tree.setCurrentItem(editor.tree.topLevelItem(0))
    shown = form(editor)
    assert isinstance(shown, JobForm)
    shown.short.setPlainText("x" * 300)
    assert "The short instruction has 300 characters" in editor.words.text()
    shown.short.setPlainText("Box every car")
    assert "Every limit" in editor.words.text()


def test_saved_and_read_again_it_is_the_same(
    editor: ConfigEditor, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "label-categories.json"
    click(editor, qtbot, "add_attribute")
    with qtbot.waitSignal(editor.saved):
        editor.save_to(str(path))
    kept = json.loads(path.read_text())
    assert kept == editor.draft.document
    editor.draft.add_label()
    editor.load(str(path))
    qtbot.waitUntil(lambda: len(editor.draft.document["labels"]) == 1)
    assert editor.draft.document == kept


def test_of_two_files_opened_in_a_row_the_second_stays(
    editor: ConfigEditor, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = threading.Event()
    real = footage.read_categories

    def held(path: Path) -> object:
        found = real(path)
        if path.name == "first.json":
            may_go.wait(10)
        return found

    monkeypatch.setattr(footage, "read_categories", held)
    for name, label in (("first", "Car"), ("second", "Van")):
        document = {**editor.draft.document, "labels": [{"label": label}]}
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
        editor.load(str(tmp_path / f"{name}.json"))
    qtbot.waitUntil(lambda: editor.draft.document["labels"] == [{"label": "Van"}])
    may_go.set()
    qtbot.waitUntil(lambda: not editor._session.tasks.running)
    assert editor.draft.document["labels"] == [{"label": "Van"}]


def test_what_is_typed_while_it_is_saved_is_not_saved(
    editor: ConfigEditor, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(editor.saved):
        editor.save_to(str(tmp_path / "label-categories.json"))
        click(editor, qtbot, "add_label")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible()
    assert "not saved" in editor.words.text()


def test_a_file_that_is_none_is_named(editor: ConfigEditor, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "other.json"
    path.write_text("[1, 2")
    before = dict(editor.draft.document)
    editor.load(str(path))
    qtbot.waitUntil(lambda: "other.json" in editor.words.text())
    assert editor.draft.document == before


def test_unsaved_changes_are_asked_about_once(editor: ConfigEditor, qtbot: QtBot) -> None:
    click(editor, qtbot, "add_label")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible()
    assert "not saved" in editor.words.text()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()
