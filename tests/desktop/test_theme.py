"""Themes: every colour reads, every theme is complete, the system is followed."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from trackproof.desktop import theme as themes

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

TEXT_RATIO = 4.5
MARK_RATIO = 3.0


@pytest.fixture(params=themes.THEME_NAMES)
def theme(request: pytest.FixtureRequest) -> themes.Theme:
    """Every shipped theme."""
    return themes.load_theme(request.param)


def test_black_on_white_has_the_ratio_of_the_standard() -> None:
    assert themes.contrast_ratio(QColor("black"), QColor("white")) == pytest.approx(21.0)


def test_text_reads_on_both_surfaces(theme: themes.Theme) -> None:
    words = (theme.text, theme.text_dim, theme.ok, theme.warn, theme.danger, theme.accent)
    for colour, ground in itertools.product(words, (theme.surface, theme.surface_raised)):
        ratio = themes.contrast_ratio(colour, ground)
        assert ratio >= TEXT_RATIO, f"{colour.name()} on {ground.name()}: {ratio:.2f}"


def test_text_reads_on_a_selected_row_and_on_the_accent(theme: themes.Theme) -> None:
    assert themes.contrast_ratio(theme.text, theme.selection()) >= TEXT_RATIO
    assert themes.contrast_ratio(theme.text_dim, theme.selection()) >= TEXT_RATIO
    assert themes.contrast_ratio(theme.on_accent, theme.accent) >= TEXT_RATIO


def test_track_marks_stand_out_from_both_surfaces(theme: themes.Theme) -> None:
    for colour, ground in itertools.product(theme.tracks, (theme.surface, theme.surface_raised)):
        ratio = themes.contrast_ratio(colour, ground)
        assert ratio >= MARK_RATIO, f"{colour.name()} on {ground.name()}: {ratio:.2f}"


def test_neighbouring_tracks_differ_even_in_grey(theme: themes.Theme) -> None:
    assert len(theme.tracks) == 12
    assert len({colour.name() for colour in theme.tracks}) == 12
    for first, second in itertools.pairwise(theme.tracks):
        assert abs(themes.lightness(first) - themes.lightness(second)) >= 0.05


def test_heat_runs_one_way_in_lightness_with_even_steps(theme: themes.Theme) -> None:
    levels = np.array([themes.lightness(QColor(*(int(v) for v in rgb))) for rgb in theme.heat])
    direction = 1 if theme.is_dark else -1
    steps = direction * np.diff(levels[::16])
    assert np.all(steps > 0)
    assert steps.max() <= 3.5 * np.median(steps)


def test_unlabelled_identity_is_dim_and_colours_repeat_after_twelve(theme: themes.Theme) -> None:
    assert theme.track_colour(-1) == theme.text_dim
    assert theme.track_colour(0) == theme.track_colour(12)


@pytest.mark.parametrize(
    ("choice", "scheme", "name"),
    [
        ("system", Qt.ColorScheme.Light, "light"),
        ("system", Qt.ColorScheme.Dark, "dark"),
        ("system", Qt.ColorScheme.Unknown, "dark"),
        ("light", Qt.ColorScheme.Dark, "light"),
        ("contrast", Qt.ColorScheme.Light, "contrast"),
    ],
)
def test_a_choice_wins_over_the_system(choice: str, scheme: Qt.ColorScheme, name: str) -> None:
    assert themes.theme_for(choice, scheme).name == name


def test_choosing_a_theme_changes_the_application_at_once(qtbot: QtBot) -> None:
    follower = themes.ThemeFollower("dark")
    with qtbot.waitSignal(follower.theme_changed) as caught:
        follower.choose("light")
    assert caught.args == [themes.load_theme("light")]
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert application.palette().window().color() == follower.theme.surface
    assert follower.theme.surface.name() in application.styleSheet()


def test_fonts_keep_their_proportions_when_the_system_font_grows(qapp: QApplication) -> None:
    before = qapp.font()
    large = qapp.font()
    large.setPixelSize(26)
    qapp.setFont(large)
    try:
        assert themes.font("small").pixelSize() == 22
        assert themes.font("title").pixelSize() == 32
    finally:
        qapp.setFont(before)
