"""Where the program's own files are: resources, cache, data and settings."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

HOME_VARIABLE = "TRACKPROOF_HOME"


def resource(*parts: str) -> Traversable:
    """Return a shipped resource, wherever the program was installed from.

    Parameters
    ----------
    *parts : str
        Path inside ``resources/``, for example ``"themes", "dark.toml"``.

    Raises
    ------
    FileNotFoundError
        When no installation layout holds it.
    """
    inside = resources.files("trackproof").joinpath("resources", *parts)
    if inside.is_file() or inside.is_dir():
        return inside
    checkout = Path(__file__).resolve().parents[2].joinpath("resources", *parts)
    if checkout.exists():
        return checkout
    raise FileNotFoundError(f"resource {'/'.join(parts)} is not part of this installation")


def cache_dir() -> Path:
    """Return the folder for what can be made again (demo scene, packet indexes, S3 objects)."""
    return _home("cache") or platformdirs.user_cache_path("trackproof", appauthor=False)


def data_dir() -> Path:
    """Return the folder for what a user must not lose (reviews)."""
    return _home("data") or platformdirs.user_data_path("trackproof", appauthor=False)


def config_dir() -> Path:
    """Return the folder for settings, layouts and presets."""
    return _home("config") or platformdirs.user_config_path("trackproof", appauthor=False)


def _home(kind: str) -> Path | None:
    """Return the folder under ``TRACKPROOF_HOME``, which tests and portable installs set."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / kind if home else None
