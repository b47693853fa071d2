"""The history: every step has a name, and a click goes to any of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.panels.history.panel import HistoryPanel
from trackproof.labels import DeleteBoxes, FrameRanges

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session


def test_a_jump_over_many_steps_tells_the_window_once(open_session: Session, qtbot: QtBot) -> None:
    for frame in range(10):
        open_session.apply(DeleteBoxes((1,), FrameRanges.at(frame)))
    flag = open_session.flags[0]
    open_session.judge([flag], "dismissed")
    panel = HistoryPanel(open_session)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    assert panel.model.rowCount() == 12
    told: list[object] = []
    open_session.labels_changed.connect(lambda change, _origin: told.append(change))
    panel.list.clicked.emit(panel.model.index(3))
    assert len(told) == 1
    assert open_session.history == tuple(f"delete Vehicle:2 at frame {n}" for n in range(3))
    assert open_session.verdict(flag) == "open"
    assert panel.model.done == 3
    assert panel.model.rowCount() == 12
    panel.list.clicked.emit(panel.model.index(0))
    assert open_session.labels is not None
    assert len(open_session.labels.table.blocks[1]) == 40
    panel.list.clicked.emit(panel.model.index(11))
    assert len(open_session.labels.table.blocks[1]) == 30
    assert open_session.verdict(flag) == "dismissed"
    open_session.undo()
    open_session.undo()
    assert panel.model.data(panel.model.index(11)) == "Label is right: Vehicle:1, frame 20"
