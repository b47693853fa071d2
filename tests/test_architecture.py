"""The lines that keep the project in shape."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "app" / "trackproof"
LONGEST_MODULE = 600
TOO_LONG: dict[str, int] = {}
"""Modules beyond the line; a number here may only shrink."""


def contracts() -> list[dict[str, object]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["tool"]["importlinter"]["contracts"])


def rooms() -> set[str]:
    folders = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").is_file()}
    modules = {p.stem for p in PACKAGE.glob("*.py") if p.stem not in ("__init__", "__main__")}
    return folders | modules


def test_every_room_but_desktop_is_kept_away_from_qt() -> None:
    contract = next(c for c in contracts() if c["name"] == "only desktop meets Qt")
    listed = {str(name).removeprefix("trackproof.") for name in contract["source_modules"]}  # type: ignore[attr-defined]
    assert listed == rooms() - {"desktop"}


def test_every_room_but_storage_and_handoff_is_kept_away_from_boto3() -> None:
    contract = next(c for c in contracts() if c["name"] == "only storage and handoff meet boto3")
    listed = {str(name).removeprefix("trackproof.") for name in contract["source_modules"]}  # type: ignore[attr-defined]
    assert listed == rooms() - {"storage", "handoff"}


def test_no_module_grows_beyond_the_line() -> None:
    lengths = {
        str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    beyond = {name: n for name, n in lengths.items() if n > TOO_LONG.get(name, LONGEST_MODULE)}
    assert not beyond


def test_slow_libraries_are_not_imported_with_the_command_line() -> None:
    code = "import sys, trackproof.__main__; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"PySide6", "pyqtgraph", "boto3", "cv2", "av", "pandas", "scipy"} & set(loaded)


@pytest.mark.parametrize("folder", ["app", "resources", "packaging", "docs", "benchmarks", ".ci"])
def test_no_file_names_a_registry_or_a_place_on_one_machine(folder: str) -> None:
    unwanted = re.compile(r"pypi\.org|files\.pythonhosted|deb\.debian|npmjs|/home/\w+/|/root/")
    for path in (ROOT / folder).rglob("*"):
        if path.suffix in {".py", ".md", ".toml", ".sh", ".lock", ".spec", ".svg"}:
            found = unwanted.search(path.read_text("utf-8"))
            assert found is None, f"{path.relative_to(ROOT)}: {found.group()}"
