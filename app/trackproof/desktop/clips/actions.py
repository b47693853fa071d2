"""Everything a person can do in the clip window, as one table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from trackproof.clips import Want
from trackproof.desktop.actions import Action
from trackproof.desktop.clips.session import KEYS
from trackproof.desktop.theme_actions import theme_actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.clips.session import ClipSession
    from trackproof.desktop.clips.window import ClipWindow

BIG_STEP = 10


def file_actions(window: ClipWindow) -> list[Action]:
    """Return the actions of opening, saving and leaving."""
    session = window.session

    def is_open() -> bool:
        return session.is_open

    return [
        Action("clips.open", "Open clips or labels …", "File", window.ask_open, ("Ctrl+O",)),
        Action(
            "clips.root",
            "Folder with the clips …",
            "File",
            window.stage.ask_root,
            is_enabled=is_open,
            tip="Name the folder on this computer that stands for S3",
        ),
        Action(
            "clips.labels",
            "Labels from a configuration …",
            "File",
            window.ask_labels,
            is_enabled=is_open,
            tip="Offer the labels of a label category configuration",
        ),
        Action(
            "clips.save",
            "Save the manifest …",
            "File/save",
            window.ask_save,
            ("Ctrl+S",),
            is_enabled=is_open,
            tip="Write all verdicts into a new manifest; the one that was opened stays",
        ),
        Action(
            "clips.job",
            "Make a job for workers …",
            "File/save",
            window.open_job,
            ("Ctrl+E",),
            is_enabled=is_open,
            tip="Write manifest, labels, worker page and request for a classification job",
        ),
        Action("clips.welcome", "Show the main window", "File/leave", window.show_main),
        Action("clips.quit", "Close", "File/leave", window.close, ("Ctrl+Q", "Ctrl+W")),
    ]


def verdict_actions(session: ClipSession, ask_comment: Callable[[], object]) -> list[Action]:
    """Return the actions that decide."""

    def is_open() -> bool:
        return session.is_open

    def can_write() -> bool:
        return session.is_open and not session.store.read_only_reason

    digits = [
        Action(
            f"clips.label_{number + 1}",
            f"Choose label {number + 1}",
            "Review/Labels/Choose a label",
            partial(session.judge_number, number),
            (str(number + 1),),
            is_enabled=can_write,
        )
        for number in range(KEYS)
    ]
    return [
        *digits,
        Action(
            "clips.confirm",
            "The label is right",
            "Review/label",
            session.confirm,
            ("Return", "Enter"),
            is_enabled=can_write,
            tip="Judge that the label which stands, or what the workers voted, is right",
        ),
        Action(
            "clips.clear",
            "Take my label back",
            "Review/label",
            lambda: session.judge(""),
            ("Backspace",),
            is_enabled=can_write,
        ),
        Action(
            "clips.comment", "Comment", "Review/label", ask_comment, ("N",), is_enabled=can_write
        ),
        Action(
            "clips.undo",
            "Undo",
            "Edit",
            session.undo,
            ("Ctrl+Z",),
            is_enabled=lambda: can_write() and bool(session.store.undo_text),
        ),
        Action(
            "clips.redo",
            "Redo",
            "Edit",
            session.redo,
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            is_enabled=lambda: can_write() and bool(session.store.redo_text),
        ),
        Action(
            "clips.goes_on",
            "Go on after a label",
            "Review/going",
            lambda is_on: _set_goes_on(session, is_on=is_on),
            is_checked=lambda: session.goes_on,
            is_enabled=is_open,
        ),
    ]


def walk_actions(session: ClipSession) -> list[Action]:
    """Return the actions that go to another clip."""

    def is_open() -> bool:
        return session.is_open

    def walk(name: str, text: str, handler: Callable[[], object], *keys: str) -> Action:
        return Action(
            f"clips.{name}", text, "Review/walk", handler, keys, is_enabled=is_open, repeats=True
        )

    def to(want: Want, step: int = 1) -> Callable[[], object]:
        return lambda: session.show_next(want, step=step)

    return [
        walk("next", "Next clip", lambda: session.show_neighbour(1), "PgDown", "."),
        walk("previous", "Previous clip", lambda: session.show_neighbour(-1), "PgUp", ","),
        walk("unlabelled", "Next clip without label", to(Want.UNLABELLED), "U"),
        walk("not_judged", "Next clip not judged", to(Want.OPEN), "Tab"),
        walk("low", "Next clip with low confidence", to(Want.LOW), "C"),
        walk("disputed", "Next clip on which workers disagree", to(Want.DISPUTED), "W"),
        walk("not_judged_back", "Previous clip not judged", to(Want.OPEN, -1), "Shift+Tab"),
    ]


def playback_actions(session: ClipSession) -> list[Action]:
    """Return the actions that move the playhead."""
    player = session.player

    def action(
        name: str, text: str, handler: Callable[[], object], *keys: str, group: str = ""
    ) -> Action:
        menu = f"Playback/{group}" if group else "Playback"
        return Action(
            f"clips.{name}",
            text,
            menu,
            handler,
            keys,
            is_enabled=lambda: player.is_open,
            repeats=name.startswith("step"),
        )

    def at_speed(factor: float) -> Callable[[], object]:
        return lambda: player.clock.set_speed(player.clock.speed * factor)

    return [
        action("toggle", "Play or pause", player.toggle, "Space"),
        action("shuttle_back", "Play backward", lambda: player.clock.shuttle(-1), "J"),
        action("pause", "Pause", player.clock.pause, "K"),
        action(
            "shuttle_on", "Play forward, faster each time", lambda: player.clock.shuttle(1), "L"
        ),
        action("step_on", "One frame on", lambda: player.step(1), "Right", "F", group="step"),
        action("step_back", "One frame back", lambda: player.step(-1), "Left", "D", group="step"),
        action(
            "step_far",
            f"{BIG_STEP} frames on",
            lambda: player.step(BIG_STEP),
            "Shift+Right",
            "V",
            group="step",
        ),
        action(
            "step_far_back",
            f"{BIG_STEP} frames back",
            lambda: player.step(-BIG_STEP),
            "Shift+Left",
            "B",
            group="step",
        ),
        action("first", "First frame", lambda: player.step(-player.frame), "Home", group="step"),
        action("last", "Last frame", lambda: player.step(player.count), "End", group="step"),
        action("faster", "Twice as fast", at_speed(2.0), "Ctrl+Up", "+", group="speed"),
        action("slower", "Half as fast", at_speed(0.5), "Ctrl+Down", "-", group="speed"),
        Action(
            "clips.loop",
            "Begin again at the end",
            "Playback/loop",
            lambda is_on: player.set_repeats(is_on=is_on),
            ("Ctrl+L",),
            is_checked=lambda: player.repeats,
        ),
        Action(
            "clips.plays",
            "Play a clip as soon as it opens",
            "Playback/loop",
            lambda is_on: _set_plays(session, is_on=is_on),
            is_checked=lambda: player.starts_playing,
        ),
    ]


def window_actions(window: ClipWindow) -> list[Action]:
    """Return what concerns the window itself."""
    session = window.session
    return [
        Action(
            "clips.sheet",
            "Contact sheet",
            "View",
            window.show_sheet,
            ("S",),
            is_checked=lambda: not window.sheet.isHidden(),
        ),
        Action(
            "clips.full_screen",
            "Full screen",
            "View",
            lambda _state: window.toggle_full_screen(),
            ("F11",),
            is_checked=window.isFullScreen,
        ),
        Action(
            "clips.agreement",
            "How workers agree",
            "View/workers",
            window.show_agreement,
            is_enabled=lambda: session.is_open and session.board.has_answers,
        ),
        *theme_actions("clips", session.settings, session.choose_theme),
        Action(
            "clips.palette", "Search commands …", "Help", window.palette_box.open, ("Ctrl+Shift+P",)
        ),
        Action("clips.keys", "Keyboard shortcuts …", "Help", window.open_shortcuts, ("?", "F1")),
    ]


def _set_goes_on(session: ClipSession, *, is_on: bool) -> None:
    session.goes_on = is_on
    session.settings.set_flag("clips/goes_on", value=is_on)


def _set_plays(session: ClipSession, *, is_on: bool) -> None:
    session.player.starts_playing = is_on
    session.settings.set_flag("clips/plays", value=is_on)
