"""How far another label set agrees with the one on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.actions import Action
    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.agreement.panel import AgreementPanel

    return AgreementPanel(session)


def _actions(session: Session) -> Sequence[Action]:
    from trackproof.desktop.panels.agreement.actions import agreement_actions

    return agreement_actions(session)


PANEL = Panel(
    name="agreement",
    title="Agreement",
    area=Qt.DockWidgetArea.BottomDockWidgetArea,
    order=20,
    make=_make,
    row_stretch=5,
    actions=_actions,
    is_shown=False,
)
