"""Keys that judge flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.queue.export import ask_and_picture, ask_and_write
from trackproof.desktop.panels.queue.ranking import ranking_actions

if TYPE_CHECKING:
    from trackproof.desktop.session import Session
    from trackproof.desktop.verdicts import Status


def queue_actions(session: Session) -> list[Action]:
    """Return the verdicts, the repair and the note as actions."""
    desk = ReviewDesk.of(session)

    def has_flag() -> bool:
        return bool(desk.selected)

    def verdict(name: str, text: str, status: Status, key: str, tip: str) -> Action:
        return Action(
            f"review.{name}",
            text,
            "Review/verdict",
            lambda: desk.judge(status),
            (key,),
            is_enabled=has_flag,
            tip=tip,
        )

    return [
        Action(
            "review.accept",
            "Accept the repair",
            "Review/verdict",
            desk.accept,
            ("Return", "Enter"),
            is_enabled=lambda: desk.may_accept,
            tip="Make the proposed repair, call the flag fixed and go on",
        ),
        verdict("dismiss", "Label is right", "dismissed", "X", "Dismiss the flag and go on"),
        verdict("confirm", "Needs fix", "confirmed", "W", "Somebody has to repair this; go on"),
        verdict("fixed", "Fixed", "fixed", "Shift+W", "It is repaired; go on"),
        verdict("unsure", "Second opinion", "unsure", "U", "Leave it to somebody else; go on"),
        Action(
            "review.dismiss_alike",
            "Label is right for all like this",
            "Review/verdict",
            lambda: desk.judge_alike("dismissed"),
            ("Ctrl+Shift+X",),
            is_enabled=lambda: session.flag is not None,
            tip="Dismiss every open flag of this kind on this object, in one step",
        ),
        Action(
            "review.confirm_alike",
            "Needs fix for all like this",
            "Review/verdict",
            lambda: desk.judge_alike("confirmed"),
            ("Ctrl+Shift+F",),
            is_enabled=lambda: session.flag is not None,
            tip="Confirm every open flag of this kind on this object, in one step",
        ),
        verdict("reopen", "Open again", "open", "Shift+X", "Take the verdict back"),
        Action(
            "review.note",
            "Note …",
            "Review/verdict",
            desk.note_asked.emit,
            ("M",),
            is_enabled=has_flag,
            tip="Write a comment on the flag",
        ),
        Action(
            "review.own_flag",
            "Flag this place",
            "Review/verdict",
            desk.flag_here,
            ("Shift+M",),
            is_enabled=lambda: session.sequence is not None,
            tip="Raise a flag of your own here, or over the looped frames, and say why",
        ),
        Action(
            "review.filter",
            "Filter the queue …",
            "Review/queue",
            desk.filter_asked.emit,
            ("/",),
            tip="Type what the queue should show",
        ),
        Action(
            "review.export_queue",
            "Export the queue as CSV …",
            "Review/queue",
            lambda: ask_and_write(session),
            is_enabled=lambda: bool(session.shown_flags),
            tip="Write the flags that the queue shows, with their verdicts, to a table",
        ),
        Action(
            "review.export_pictures",
            "Export the queue as pictures …",
            "Review/queue",
            lambda: ask_and_picture(session),
            is_enabled=lambda: bool(session.shown_flags),
            tip="Write the frame and a strip of crops for every flag that the queue shows",
        ),
        *ranking_actions(session),
        Action(
            "review.advance",
            "Go on after a verdict",
            "Review/queue",
            lambda state: desk.set_advances(advances=state),
            is_checked=lambda: desk.advances,
            tip="The next open flag follows every verdict",
        ),
    ]
