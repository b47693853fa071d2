"""Hiding, showing alone and locking objects, as actions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.canvas.options import ObjectRule

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session


def showing_actions(session: Session, canvas: Canvas, window: QWidget) -> list[Action]:
    """Return the actions; the window is the parent of the dialog."""

    def has_track() -> bool:
        return session.track >= 0

    def category() -> int:
        labels = session.labels
        block = labels.table.block(session.track) if labels is not None else None
        row = None if block is None else block.row_at(session.frame)
        if block is None:
            return -1
        return int(block.category[row if row is not None else 0])

    def hide_categories(categories: frozenset[int]) -> None:
        hidden = replace(canvas.options.hidden, categories=categories)
        canvas.set_options(replace(canvas.options, hidden=hidden))

    def hide_category() -> None:
        hide_categories(canvas.options.hidden.categories | {category()})

    def isolate_category() -> None:
        labels = session.labels
        others = frozenset(range(len(labels.categories) if labels is not None else 0))
        others -= {category()}
        is_alone = canvas.options.hidden.categories == others
        hide_categories(frozenset() if is_alone else others)

    def lock(_state: bool) -> None:
        options = canvas.options
        locked = replace(options.locked, tracks=options.locked.tracks ^ {session.track})
        canvas.set_options(replace(options, locked=locked))

    def unlock_all() -> None:
        canvas.set_options(replace(canvas.options, locked=ObjectRule()))

    def choose() -> None:
        from trackproof.desktop.showing.dialog import ShowingDialog

        ShowingDialog(session, canvas, window).show()

    return [
        Action(
            "view.hide_category",
            "Hide the category of the selected object",
            "View/hide",
            hide_category,
            ("Ctrl+Shift+H",),
            is_enabled=has_track,
        ),
        Action(
            "view.isolate_category",
            "Show the category of the selected object alone",
            "View/hide",
            isolate_category,
            is_enabled=has_track,
            tip="Again shows all categories",
        ),
        Action(
            "view.choose_shown",
            "Choose what is shown and locked …",
            "View/hide",
            choose,
            ("Ctrl+H",),
            is_enabled=lambda: session.sequence is not None,
            tip="By category, attribute and flag",
        ),
        Action(
            "view.lock",
            "Lock the selected object",
            "View/lock",
            lock,
            ("Alt+L",),
            is_checked=lambda: session.track in canvas.options.locked.tracks,
            is_enabled=has_track,
            tip="The mouse neither selects nor changes a locked object",
        ),
        Action(
            "view.unlock_all",
            "Unlock all objects",
            "View/lock",
            unlock_all,
            is_enabled=lambda: bool(canvas.options.locked),
        ),
    ]
