"""The window's own actions; panels add theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackproof.desktop.actions import Action
from trackproof.desktop.canvas import ColourBy
from trackproof.desktop.canvas.options import ObjectRule
from trackproof.desktop.theme_actions import theme_actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

BIG_STEP = 10
TRAIL = 30
LONGEST_NAME = 60
"""Letters of a step in a menu; the history shows all of them."""
TONES: tuple[tuple[str, str, float, float], ...] = (
    ("brightness", "brightness", 0.0, 0.05),
    ("contrast", "contrast", 1.0, 0.1),
    ("gamma", "gamma", 1.0, 0.1),
)


def file_actions(window: MainWindow) -> list[Action]:
    """Return the actions of opening and leaving."""
    session, flow = window.session, window.flow
    has_sequence = _has_sequence(session)

    def frames_folder() -> None:
        flow.ask_frames_folder(session.try_frames)

    def video() -> None:
        flow.ask_video(session.try_frames)

    return [
        Action("file.open", "Open labels …", "File", flow.ask_labels_file, ("Ctrl+O",)),
        Action("file.folder", "Open a folder …", "File", flow.ask_labels_folder, ("Ctrl+Shift+O",)),
        Action("file.demo", "Open the demo", "File", flow.open_demo),
        Action(
            "file.frames",
            "Use pictures of a folder …",
            "File/frames",
            frames_folder,
            is_enabled=has_sequence,
        ),
        Action(
            "file.video", "Use pictures of a video …", "File/frames", video, is_enabled=has_sequence
        ),
        Action(
            "file.offset_back",
            "Shift labels one picture earlier",
            "File/frames",
            lambda: session.nudge_offset(-1),
            ("Ctrl+Alt+Left",),
            is_enabled=lambda: session.frames is not None,
        ),
        Action(
            "file.offset_on",
            "Shift labels one picture later",
            "File/frames",
            lambda: session.nudge_offset(1),
            ("Ctrl+Alt+Right",),
            is_enabled=lambda: session.frames is not None,
        ),
        Action(
            "file.export",
            "Export a focus package …",
            "File/export",
            window.open_export,
            ("Ctrl+E",),
            is_enabled=has_sequence,
            tip="Send the flagged places to workers, with their frames around them",
        ),
        Action(
            "file.save_corrected",
            "Save corrected labels …",
            "File/export",
            flow.ask_corrected,
            ("Ctrl+S",),
            is_enabled=has_sequence,
            tip="Write the labels as they are now to a new file; the original stays",
        ),
        Action(
            "file.over_original",
            "Write over the original labels …",
            "File/export",
            flow.ask_over_original,
            is_enabled=has_sequence,
            tip="Replace the labels that were opened; they are kept beside as a backup",
        ),
        Action("file.quit", "Quit", "File/leave", window.close, ("Ctrl+Q",)),
    ]


def edit_actions(session: Session) -> list[Action]:
    """Return undo and redo."""
    return [
        Action(
            "edit.undo",
            "Undo",
            "Edit",
            session.undo,
            ("Ctrl+Z",),
            is_enabled=lambda: session.can_undo,
            naming=lambda: _named("Undo", session.book.undo_label),
            repeats=True,
        ),
        Action(
            "edit.redo",
            "Redo",
            "Edit",
            session.redo,
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            is_enabled=lambda: session.can_redo,
            naming=lambda: _named("Redo", session.book.redo_label),
            repeats=True,
        ),
    ]


def _named(verb: str, step: str) -> str:
    """Return the words of a menu for a step; an ampersand in a name is no key of the menu."""
    shown = step if len(step) <= LONGEST_NAME else f"{step[: LONGEST_NAME - 1]}…"
    return f"{verb}: {shown}".replace("&", "&&") if step else verb


def playback_actions(window: MainWindow) -> list[Action]:
    """Return the actions that move the playhead."""
    session, player = window.session, window.session.player
    has_sequence = _has_sequence(session)

    def action(
        name: str, text: str, handler: Callable[[], object], *keys: str, group: str = ""
    ) -> Action:
        menu = f"Playback/{group}" if group else "Playback"
        is_step = name.startswith("step")
        return Action(
            f"playback.{name}", text, menu, handler, keys, is_enabled=has_sequence, repeats=is_step
        )

    return [
        action("toggle", "Play or pause", session.toggle_play, "Space"),
        action("shuttle_back", "Play backward, faster each time", lambda: player.shuttle(-1), "J"),
        action("pause", "Pause", session.pause, "K"),
        action("shuttle_on", "Play forward, faster each time", lambda: player.shuttle(1), "L"),
        action("step_on", "One frame on", lambda: session.step(1), "Right", "F", group="step"),
        action("step_back", "One frame back", lambda: session.step(-1), "Left", "D", group="step"),
        action(
            "step_far",
            f"{BIG_STEP} frames on",
            lambda: session.step(BIG_STEP),
            "V",
            "Shift+Right",
            group="step",
        ),
        action(
            "step_far_back",
            f"{BIG_STEP} frames back",
            lambda: session.step(-BIG_STEP),
            "C",
            "Shift+Left",
            group="step",
        ),
        action("key_on", "Next change of the object", lambda: session.go_key(1), "R", group="step"),
        action(
            "key_back",
            "Previous change of the object",
            lambda: session.go_key(-1),
            "E",
            group="step",
        ),
        action("first", "First frame", lambda: session.step(-session.frame), "Home", group="jump"),
        action(
            "last", "Last frame", lambda: session.step(session.frame_count), "End", group="jump"
        ),
        action(
            "go_to",
            "Go to frame …",
            window.area.transport.ask_frame,
            "Ctrl+G",
            "Ctrl+J",
            group="jump",
        ),
        action(
            "faster",
            "Twice as fast",
            lambda: session.set_speed(session.speed * 2),
            "Ctrl+Up",
            group="speed",
        ),
        action(
            "slower",
            "Half as fast",
            lambda: session.set_speed(session.speed / 2),
            "Ctrl+Down",
            group="speed",
        ),
        action("loop_flag", "Repeat around the flag", window.toggle_loop, "Ctrl+L", group="loop"),
        action("mark_in", "Repeat from here", player.mark_start, "[", group="loop"),
        action("mark_out", "Repeat up to here", player.mark_end, "]", group="loop"),
        action("loop_off", "Stop repeating", session.clear_loop, "\\", group="loop"),
        action("rate", "Frame rate …", window.flow.ask_rate, group="rate"),
    ]


def review_actions(session: Session) -> list[Action]:
    """Return the actions that walk flags and tracks."""

    def has_flags() -> bool:
        return bool(session.shown_flags)

    has_sequence = _has_sequence(session)
    return [
        Action(
            "review.next",
            "Next flag",
            "Review",
            session.next_flag,
            (".", "N"),
            is_enabled=has_flags,
        ),
        Action(
            "review.previous",
            "Previous flag",
            "Review",
            session.previous_flag,
            (",", "Shift+N"),
            is_enabled=has_flags,
        ),
        Action(
            "review.next_track",
            "Next object",
            "Review/track",
            lambda: session.walk_tracks(1),
            ("Ctrl+Tab",),
            is_enabled=has_sequence,
        ),
        Action(
            "review.previous_track",
            "Previous object",
            "Review/track",
            lambda: session.walk_tracks(-1),
            ("Ctrl+Shift+Tab",),
            is_enabled=has_sequence,
        ),
        Action(
            "review.no_track",
            "Select nothing",
            "Review/track",
            lambda: session.select_track(-1),
            ("Escape",),
            is_enabled=has_sequence,
        ),
    ]


def canvas_actions(session: Session, canvas: Canvas) -> list[Action]:
    """Return what the canvas shows and how."""

    def option(
        name: str,
        text: str,
        field: str,
        *keys: str,
        on: Any = True,
        off: Any = False,
        group: str = "overlay",
    ) -> Action:
        def take(state: bool) -> None:
            canvas.set_options(replace(canvas.options, **{field: on if state else off}))

        return Action(
            f"view.{name}",
            text,
            f"View/{group}",
            take,
            keys,
            is_checked=lambda: getattr(canvas.options, field) != off,
        )

    def colour(by: ColourBy) -> Action:
        return Action(
            f"view.colour_{by}",
            f"Colour by {by}",
            "View/colour",
            lambda _state: canvas.set_options(replace(canvas.options, colour_by=by)),
            is_checked=lambda: canvas.options.colour_by is by,
        )

    def isolate() -> None:
        alone = -1 if canvas.options.isolated_track >= 0 else session.track
        canvas.set_options(replace(canvas.options, isolated_track=alone))

    def hide() -> None:
        hidden = canvas.options.hidden_tracks ^ {session.track}
        canvas.set_options(replace(canvas.options, hidden_tracks=frozenset(hidden)))

    def show_all() -> None:
        canvas.set_options(
            replace(
                canvas.options,
                hidden_tracks=frozenset(),
                isolated_track=-1,
                only_flagged=False,
                hidden=ObjectRule(),
            )
        )

    def has_track() -> bool:
        return session.track >= 0

    return [
        Action("view.fit", "Fit the picture", "View/zoom", canvas.fit, ("0", "Ctrl+F")),
        Action("view.actual", "Actual pixels", "View/zoom", canvas.show_actual_size, ("1",)),
        Action(
            "view.zoom_in",
            "Zoom in",
            "View/zoom",
            lambda: canvas.zoom(1.25),
            ("+", "="),
            repeats=True,
        ),
        Action(
            "view.zoom_out", "Zoom out", "View/zoom", lambda: canvas.zoom(0.8), ("-",), repeats=True
        ),
        option("follow", "Follow the selected object", "follows_track", "Ctrl+T", group="zoom"),
        option("zoom_to_flag", "Zoom to every flag", "zooms_to_flag", "Z", group="zoom"),
        option("boxes", "Boxes", "has_boxes", "Ctrl+B"),
        option("names", "Names", "has_names", "T"),
        option("details", "Category and attributes", "has_details", "I"),
        option("expected", "Expected box", "has_expected", "G"),
        option("onion", "Box before and after", "has_onion", "O"),
        option("trail", "Trail", "trail", "Y", on=TRAIL, off=0),
        option("flagged", "Flagged objects only", "only_flagged"),
        Action(
            "view.isolate",
            "Show the selected object alone",
            "View/hide",
            isolate,
            ("Shift+H",),
            is_enabled=has_track,
        ),
        Action(
            "view.hide", "Hide the selected object", "View/hide", hide, ("H",), is_enabled=has_track
        ),
        Action("view.show_all", "Show all objects", "View/hide", show_all, ("Alt+H",)),
        *(colour(by) for by in ColourBy),
        *_tone_actions(canvas),
    ]


def _tone_actions(canvas: Canvas) -> list[Action]:
    def change(field: str, delta: float) -> Callable[[], None]:
        def take() -> None:
            value = getattr(canvas.options, field) + delta
            low, high = (-1.0, 1.0) if field == "brightness" else (0.1, 5.0)
            canvas.set_options(
                replace(canvas.options, **{field: round(min(max(value, low), high), 3)})
            )

        return take

    def reset() -> None:
        canvas.set_options(replace(canvas.options, brightness=0.0, contrast=1.0, gamma=1.0))

    actions = []
    for field, word, _neutral, delta in TONES:
        actions.append(
            Action(
                f"view.{field}_up", f"More {word}", "View/tone", change(field, delta), repeats=True
            )
        )
        actions.append(
            Action(
                f"view.{field}_down",
                f"Less {word}",
                "View/tone",
                change(field, -delta),
                repeats=True,
            )
        )
    actions.append(
        Action(
            "view.tone_reset",
            "Picture as stored",
            "View/tone",
            reset,
            is_enabled=lambda: not canvas.options.is_plain,
        )
    )
    return actions


def window_actions(window: MainWindow) -> list[Action]:
    """Return what concerns the window itself."""
    session = window.session
    return [
        Action(
            "window.fold",
            "Fold all panels away",
            "View/window",
            window.fold_panels,
            ("Tab",),
            scope=window.area.canvas,
        ),
        Action(
            "window.full_screen",
            "Full screen",
            "View/window",
            lambda _state: window.toggle_full_screen(),
            ("F11",),
            is_checked=window.isFullScreen,
        ),
        Action(
            "window.second",
            "Picture in a window of its own",
            "View/window",
            window.open_second_canvas,
            ("Ctrl+Shift+W",),
        ),
        Action("window.next_area", "Next panel", "View/window", window.focus_next_area, ("F6",)),
        Action("window.reset_layout", "Reset the layout", "View/window", window.reset_layout),
        *theme_actions("window", session.settings, session.choose_theme),
        Action(
            "help.palette", "Search commands …", "Help", window.palette_box.open, ("Ctrl+Shift+P",)
        ),
        Action(
            "help.shortcuts", "Keyboard shortcuts …", "Help", window.open_shortcuts, ("?", "F1")
        ),
        Action("help.about", "About trackproof", "Help", window.say_about),
    ]


def _has_sequence(session: Session) -> Callable[[], bool]:
    return lambda: session.sequence is not None
