"""Presets by name: what stays the same from job to job, kept in the settings folder."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from trackproof import paths
from trackproof.errors import HandoffError, StorageError
from trackproof.handoff.presets import JobPreset, load_preset
from trackproof.storage import write_atomic

NAME = re.compile(r"[\w][\w .-]{0,60}")
SUFFIX = ".toml"


def presets_folder() -> Path:
    """Return where presets are kept."""
    return paths.config_dir() / "presets"


def preset_names() -> list[str]:
    """Return the names of all saved presets, in order."""
    folder = presets_folder()
    files = folder.glob(f"*{SUFFIX}") if folder.is_dir() else ()
    return sorted((file.stem for file in files), key=str.casefold)


def find_preset(name_or_file: str) -> JobPreset:
    """Return the preset of a name, or of a TOML file.

    Raises
    ------
    HandoffError
        When there is none, or it cannot be used.
    """
    if name_or_file in preset_names():
        return load_preset(presets_folder() / f"{name_or_file}{SUFFIX}")
    file = Path(name_or_file)
    if file.suffix == SUFFIX or file.is_file():
        return load_preset(file)
    known = ", ".join(preset_names()) or "none is saved"
    raise HandoffError(f"there is no preset {name_or_file!r} ({known}), and no such file")


def save_preset(name: str, preset: JobPreset) -> Path:
    """Save a preset under a name, instead of an older one of that name.

    Raises
    ------
    HandoffError
        When the name cannot be a file's, or the file cannot be written.
    """
    if not NAME.fullmatch(name) or name.endswith((".", " ")):
        raise HandoffError(
            f"{name!r} cannot name a preset; use letters, digits, spaces, dots and hyphens"
        )
    file = presets_folder() / f"{name}{SUFFIX}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, _toml(preset), overwrite=True)
    except (OSError, StorageError) as error:
        raise HandoffError(f"the preset cannot be saved: {error}", path=file) from error
    return file


def forget_preset(name: str) -> None:
    """Delete a saved preset; one that is gone already is fine."""
    if name in preset_names():
        (presets_folder() / f"{name}{SUFFIX}").unlink(missing_ok=True)


def _toml(preset: JobPreset) -> bytes:
    """Return a preset as TOML: flat values, texts as JSON writes them, which TOML reads alike."""
    lines, tables = [], []
    for key, value in msgspec.structs.asdict(preset).items():
        if value is None:
            # TOML has no word for it; for these two settings a missing value means the default.
            continue
        if isinstance(value, dict):
            pairs = [f"{_text(k)} = {_text(v)}" for k, v in value.items()]
            tables += ["", f"[{key}]", *pairs] if pairs else []
        elif isinstance(value, tuple):
            lines.append(f"{key} = [{', '.join(map(_text, value))}]")
        else:
            lines.append(f"{key} = {_text(value) if isinstance(value, str) else value}")
    return ("\n".join([*lines, *tables]) + "\n").encode()


def _text(value: str) -> str:
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
