"""Where command line and window meet."""

from __future__ import annotations

import pytest

from trackproof import __main__
from trackproof.errors import TrackproofError


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_screen_is_looked_for_before_qt_aborts(
    platform: str, environment: dict[str, str], expected: bool
) -> None:
    assert __main__.has_screen(platform, environment) is expected


def test_window_without_screen_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(__main__, "has_screen", lambda *_: False)
    with pytest.raises(TrackproofError, match="there is no screen here"):
        __main__.open_window([])


def test_all_panels_are_listed() -> None:
    assert "queue" in __main__.panels()
