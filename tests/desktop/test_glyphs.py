"""Glyphs: one for every kind of flag, none like another."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from trackproof.checks import FlagKind
from trackproof.desktop import glyphs, theme
from trackproof.review.verdicts import STATUSES

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("qapp")


def drawn(kind: str) -> QImage:
    image = QImage(32, 32, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    glyphs.paint(painter, kind, QRectF(2, 2, 28, 28), QColor("white"))
    painter.end()
    return image


def test_every_kind_of_flag_has_a_glyph_and_every_verdict_a_colour() -> None:
    assert {str(kind) for kind in FlagKind} <= set(glyphs.GLYPHS)
    assert set(glyphs.STATUS_TOKENS) == set(STATUSES)


def test_no_two_kinds_look_alike_without_colour() -> None:
    images = {kind: drawn(kind) for kind in glyphs.GLYPHS}
    for first, second in itertools.combinations(images, 2):
        assert images[first] != images[second], (first, second)


def test_an_unknown_kind_is_a_ring_and_reads_as_words() -> None:
    assert not glyphs.path_of("somebodys_own").isEmpty()
    assert glyphs.title_of("somebodys_own") == "Somebodys own"


@pytest.mark.parametrize("name", theme.THEME_NAMES)
def test_glyphs_stand_out_in_every_theme(name: str, qtbot: QtBot) -> None:
    colours = theme.load_theme(name)
    for kind in glyphs.GLYPHS:
        ratio = theme.contrast_ratio(glyphs.colour_of(kind, colours), colours.surface_raised)
        assert ratio >= 3.0, kind
    assert not glyphs.icon("gap", colours.danger).isNull()
