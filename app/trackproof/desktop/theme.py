"""Colours and type: tokens read from resources, for widgets, canvas and plots alike."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from trackproof import paths
from trackproof.desktop.stylesheet import stylesheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

THEME_NAMES = ("dark", "light", "contrast")
HEAT_LEVELS = 256

FontRole = Literal["small", "body", "title"]
FONT_SIZES: dict[FontRole, int] = {"small": 11, "body": 13, "title": 16}
"""Pixels at 100 %; everything is derived from the application's font, so it scales with it."""

SELECTION_SHARE = 0.16

GRID = 8
ROW_HEIGHT = 28


class ThemeChoice(StrEnum):
    """What a user can choose."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


@dataclass(frozen=True, eq=False)
class Theme:
    """Every colour of the window; names are those of the theme files with ``_`` for ``-``.

    Parameters
    ----------
    name : str
        ``dark``, ``light`` or ``contrast``.
    is_dark : bool
        Whether text is lighter than what it stands on.
    surface, surface_raised : QColor
        Behind everything; panels, fields and menus.
    line : QColor
        Hairlines and grid.
    text, text_dim : QColor
        Both readable (4.5:1) on both surfaces.
    accent, on_accent : QColor
        Selection, cursor, focus; text on it.
    ok, warn, danger : QColor
        States, as text or marks.
    tracks : tuple of QColor
        Twelve; use `track_colour`.
    heat : (256, 3) uint8
        RGB from calm to hot, evenly spaced to the eye.
    """

    name: str
    is_dark: bool
    surface: QColor
    surface_raised: QColor
    line: QColor
    text: QColor
    text_dim: QColor
    accent: QColor
    on_accent: QColor
    ok: QColor
    warn: QColor
    danger: QColor
    tracks: tuple[QColor, ...]
    heat: npt.NDArray[np.uint8] = field(repr=False)

    def track_colour(self, track: int) -> QColor:
        """Return the colour of a track number; -1 (no identity) is drawn in the dim text colour."""
        if track < 0:
            return QColor(self.text_dim)
        return QColor(self.tracks[track % len(self.tracks)])

    def heat_colour(self, value: float) -> QColor:
        """Return the colour of a value between 0 (calm) and 1 (hot)."""
        level = round(min(max(value, 0.0), 1.0) * (HEAT_LEVELS - 1))
        red, green, blue = (int(part) for part in self.heat[level])
        return QColor(red, green, blue)

    def palette(self) -> QPalette:
        """Return the palette for widgets that no stylesheet rule reaches."""
        palette = QPalette()
        roles = {
            QPalette.ColorRole.Window: self.surface,
            QPalette.ColorRole.WindowText: self.text,
            QPalette.ColorRole.Base: self.surface_raised,
            QPalette.ColorRole.AlternateBase: self.surface,
            QPalette.ColorRole.Text: self.text,
            QPalette.ColorRole.PlaceholderText: self.text_dim,
            QPalette.ColorRole.Button: self.surface_raised,
            QPalette.ColorRole.ButtonText: self.text,
            QPalette.ColorRole.BrightText: self.danger,
            QPalette.ColorRole.ToolTipBase: self.surface_raised,
            QPalette.ColorRole.ToolTipText: self.text,
            QPalette.ColorRole.Highlight: self.accent,
            QPalette.ColorRole.HighlightedText: self.on_accent,
            QPalette.ColorRole.Link: self.accent,
            QPalette.ColorRole.Mid: self.line,
        }
        for role, colour in roles.items():
            palette.setColor(role, colour)
        disabled = QPalette.ColorGroup.Disabled
        for role in (
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.Text,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(disabled, role, mixed(self.text_dim, self.surface, 0.35))
        return palette

    def selection(self) -> QColor:
        """Return the background of a selected row, on which ``text`` still reads."""
        return mixed(self.surface_raised, self.accent, SELECTION_SHARE)


@cache
def load_theme(name: str) -> Theme:
    """Return a theme of ``resources/themes``.

    Raises
    ------
    FileNotFoundError
        When no theme of that name is shipped.
    """
    content = tomllib.loads(paths.resource("themes", f"{name}.toml").read_text("utf-8"))
    tokens = {key.replace("-", "_"): QColor(value) for key, value in content["tokens"].items()}
    return Theme(
        name=content["name"],
        is_dark=content["is_dark"],
        tracks=tuple(QColor(value) for value in content["tracks"]["colours"]),
        heat=heat_table([QColor(value) for value in content["heat"]["stops"]]),
        **tokens,
    )


def theme_for(choice: str, scheme: Qt.ColorScheme) -> Theme:
    """Return the theme of a choice; ``system`` (or a word unknown) follows the colour scheme."""
    if choice in THEME_NAMES:
        return load_theme(choice)
    return load_theme("light" if scheme == Qt.ColorScheme.Light else "dark")


class ThemeFollower(QObject):
    """Keeps the application in the chosen theme, and follows the system while none is chosen."""

    theme_changed = Signal(object)

    def __init__(self, choice: str = ThemeChoice.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        hints = QGuiApplication.styleHints()
        self._theme = theme_for(choice, hints.colorScheme())
        hints.colorSchemeChanged.connect(self._on_scheme)

    @property
    def theme(self) -> Theme:
        """The theme in force."""
        return self._theme

    @property
    def choice(self) -> str:
        """What the user chose: a `ThemeChoice`."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Take another choice at once."""
        self._choice = choice
        self._on_scheme(QGuiApplication.styleHints().colorScheme())

    def _on_scheme(self, scheme: Qt.ColorScheme) -> None:
        theme = theme_for(self._choice, scheme)
        if theme is not self._theme:
            self._theme = theme
            apply_theme(theme)
            self.theme_changed.emit(theme)


def apply_theme(theme: Theme) -> None:
    """Give the running application a theme's palette and stylesheet."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    application.setStyle("Fusion")
    application.setPalette(theme.palette())
    application.setStyleSheet(stylesheet(theme))


def font(role: FontRole = "body", *, is_bold: bool = False) -> QFont:
    """Return the application's font in one of three sizes, with figures of equal width."""
    return QFont(_made(QApplication.font().toString(), role, is_bold))


@lru_cache(maxsize=32)
def _made(_application_font: str, role: FontRole, is_bold: bool) -> QFont:
    base = QFont(QApplication.font())
    ratio = FONT_SIZES[role] / FONT_SIZES["body"]
    if base.pixelSize() > 0:
        base.setPixelSize(max(round(base.pixelSize() * ratio), 1))
    else:
        base.setPointSizeF(base.pointSizeF() * ratio)
    base.setBold(is_bold)
    base.setFeature(QFont.Tag("tnum"), 1)
    return base


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """Return a colour on the way from the first (share 0) to the second (share 1)."""
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )


def contrast_ratio(first: QColor, second: QColor) -> float:
    """Return the contrast of two opaque colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def lightness(colour: QColor) -> float:
    """Return the perceived lightness of a colour, 0 to 1 (OKLab)."""
    return float(_oklab(_linear([colour]))[0, 0])


def heat_table(stops: Sequence[QColor]) -> npt.NDArray[np.uint8]:
    """Return ``(256, 3)`` RGB through the given colours, with even steps of OKLab distance."""
    knots = _oklab(_linear(stops))
    steps = np.linalg.norm(np.diff(knots, axis=0), axis=1)
    places = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, places[-1], HEAT_LEVELS)
    lab = np.stack([np.interp(wanted, places, knots[:, i]) for i in range(3)], axis=1)
    linear = np.clip(((lab @ _LMS_FROM_OKLAB.T) ** 3) @ _RGB_FROM_LMS.T, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    table: npt.NDArray[np.uint8] = np.round(encoded * 255).astype(np.uint8)
    return table


def _luminance(colour: QColor) -> float:
    return float(_linear([colour])[0] @ np.array([0.2126, 0.7152, 0.0722]))


def _linear(colours: Sequence[QColor]) -> Floats:
    encoded = np.array([(c.redF(), c.greenF(), c.blueF()) for c in colours])
    linear: Floats = np.where(
        encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4
    )
    return linear


def _oklab(linear: Floats) -> Floats:
    """Return OKLab of linear RGB (Ottosson 2020, "A perceptual color space")."""
    lab: Floats = np.cbrt(linear @ _LMS_FROM_RGB.T) @ _OKLAB_FROM_LMS.T
    return lab


_LMS_FROM_RGB = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OKLAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LMS_FROM_OKLAB = np.linalg.inv(_OKLAB_FROM_LMS)
_RGB_FROM_LMS = np.linalg.inv(_LMS_FROM_RGB)
