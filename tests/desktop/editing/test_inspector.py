"""The inspector: numbers, names and attributes, typed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop.building import moving_boxes
from trackproof.desktop.panels.inspector.panel import InspectorPanel
from trackproof.desktop.panels.inspector.values import ChoiceField, ValueField
from trackproof.labels import AttributeSpec, FrameRanges, SetAttribute

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

SPECS = (
    AttributeSpec("occluded", choices=("no", "partly")),
    AttributeSpec("doors", kind="number", minimum=2, maximum=5),
    AttributeSpec("hat", category="Person"),
    AttributeSpec("plate", longest=8),
    AttributeSpec("weather", choices=("sun", "rain"), is_frame_attribute=True),
)


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> InspectorPanel:
    """The inspector on object 1 at frame 10, with rules for attributes."""
    session.show_sequences([replace(moving_boxes(), specs=SPECS)])
    qtbot.waitUntil(lambda: session.analysis is not None and not session.tasks.running)
    session.go_to(10)
    session.select_track(1)
    session.apply(SetAttribute((1,), "colour", "blue"))
    panel = InspectorPanel(session)
    qtbot.addWidget(panel)
    panel.resize(320, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def choice(panel: InspectorPanel, name: str) -> ChoiceField:
    shown = [one for one in panel.findChildren(ChoiceField) if one.isVisible()]
    [found] = [one for one in shown if one.accessibleName() == name]
    return found


def written(panel: InspectorPanel, name: str) -> ValueField:
    [found] = [one for one in panel.findChildren(ValueField) if one.accessibleName() == name]
    return found


def pick(field: ChoiceField, text: str) -> None:
    field.setCurrentText(text)
    field.activated.emit(field.currentIndex())


def attributes(session: Session, frame: int) -> dict[str, object]:
    assert session.labels is not None
    block = session.labels.table.blocks[1]
    return dict(session.labels.table.attribute_sets[int(block.attributes[frame])])


def test_a_typed_number_resizes_the_box(
    panel: InspectorPanel, session: Session, qtbot: QtBot
) -> None:
    assert [side.value() for side in panel.sides] == [60.0, 90.0, 40.0, 30.0]
    width = panel.sides[2]
    width.lineEdit().setText("55 px")
    qtbot.keyClick(width, Qt.Key.Key_Return)
    assert session.labels is not None
    assert session.labels.table.blocks[1].xywh[10].tolist() == [60.0, 90.0, 55.0, 30.0]
    assert session.history[-1] == "resize Vehicle:2 at frame 10"
    session.go_to(11)
    qtbot.waitUntil(lambda: panel.sides[0].value() == 64.0)
    assert len(session.history) == 2


def test_a_typed_name_renames_and_a_taken_one_is_put_back(
    panel: InspectorPanel, session: Session, qtbot: QtBot
) -> None:
    panel.name.setText("Vehicle:7")
    panel.name.editingFinished.emit()
    assert session.labels is not None
    assert session.labels.table.tracks[1].object_name == "Vehicle:7"
    panel.name.setText("Vehicle:1")
    panel.name.editingFinished.emit()
    assert panel.name.text() == "Vehicle:7"


def test_a_choice_is_set_in_the_frames_written(panel: InspectorPanel, session: Session) -> None:
    panel.frames.text.setText("2-4,8")
    pick(choice(panel, "occluded"), "partly")
    assert attributes(session, 3)["occluded"] == "partly"
    assert attributes(session, 8)["occluded"] == "partly"
    assert "occluded" not in attributes(session, 5)
    assert session.history[-1] == "set occluded to partly of Vehicle:2 at frames 2-4,8"


def test_a_number_beyond_its_limits_is_marked_and_not_taken(
    panel: InspectorPanel, session: Session, qtbot: QtBot
) -> None:
    doors = written(panel, "doors")
    doors.setText("9")
    qtbot.keyClick(doors, Qt.Key.Key_Return)
    assert doors.property("has_error") == "true"
    assert "more than 5" in doors.toolTip()
    assert "doors" not in attributes(session, 10)
    doors.setText("4")
    qtbot.keyClick(doors, Qt.Key.Key_Return)
    assert attributes(session, 10)["doors"] == 4


def test_a_text_longer_than_workers_may_write_is_marked_and_not_taken(
    panel: InspectorPanel, session: Session, qtbot: QtBot
) -> None:
    plate = written(panel, "plate")
    plate.setText("B-TP 1234")
    qtbot.keyClick(plate, Qt.Key.Key_Return)
    assert "9 characters, more than 8" in plate.toolTip()
    assert "plate" not in attributes(session, 10)


def test_attributes_of_other_categories_are_not_offered(panel: InspectorPanel) -> None:
    names = [field.accessibleName() for field in panel.findChildren(ValueField)]
    assert names == ["doors", "plate"]


def test_values_outside_the_configuration_are_kept_and_marked(
    panel: InspectorPanel, session: Session, qtbot: QtBot
) -> None:
    kept = [one for one in panel.findChildren(QLabel) if one.text().startswith("blue")]
    assert kept[0].text() == "blue  (not in the configuration)"
    assert "not in the configuration" in kept[0].toolTip()
    session.apply(SetAttribute((1,), "occluded", "wholly", FrameRanges.at(10)))
    qtbot.waitUntil(
        lambda: any(
            "wholly" in one.currentText()
            for one in panel.findChildren(ChoiceField)
            if one.isVisible()
        )
    )
    assert "not in the configuration" in choice(panel, "occluded").currentText()
    assert choice(panel, "occluded").property("has_error") == "true"


def test_frame_attributes(panel: InspectorPanel, session: Session) -> None:
    pick(choice(panel, "weather"), "rain")
    assert session.labels is not None
    assert session.labels.frame_attributes == {10: (("weather", "rain"),)}


def test_an_object_that_is_absent_has_no_numbers(
    panel: InspectorPanel, session: Session, open_window: MainWindow, qtbot: QtBot
) -> None:
    open_window.registry.qaction("edit.delete").trigger()
    qtbot.waitUntil(lambda: not panel.sides[0].isEnabled())
    assert panel.name.isEnabled()


def test_its_key_opens_it_at_the_first_number(
    open_window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    assert session.track == 1
    qtbot.keyClick(open_window.area.canvas, Qt.Key.Key_A)
    dock = open_window.docks["inspector"]
    assert dock.isVisible()
    panel = dock.widget()
    assert isinstance(panel, InspectorPanel)
    qtbot.waitUntil(lambda: panel.sides[0].hasFocus())
