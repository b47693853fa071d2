"""``trackproof --self-test``: whether the installation is complete.

A package or frozen program can lose plugins and resources without any error; this finds out.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from trackproof.paths import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RESOURCES = (
    ("profile", ("profiles", "default.toml")),
    ("region table", ("regions.toml",)),
    ("theme", ("themes", "dark.toml")),
    ("demo recipe", ("demo",)),
    ("worker page", ("templates", "clip-classification.liquid.html")),
)


def run_self_test(registries: Mapping[str, Callable[[], Sequence[str]]]) -> int:
    """List every registry, load one resource of each kind; return 1 when anything is missing."""
    is_complete = True
    for title, names in {**own_registries(), **registries}.items():
        try:
            found = list(names())
        except Exception as error:  # noqa: BLE001 - a broken part is what this looks for
            found = []
            sys.stdout.write(f"{title}: {type(error).__name__}: {error}\n")
        is_complete &= bool(found)
        sys.stdout.write(f"{title}: {', '.join(found) or 'NONE'}\n")
    for title, parts in RESOURCES:
        is_there = _holds_something(parts)
        is_complete &= is_there
        sys.stdout.write(f"{title}: {'/'.join(parts) if is_there else 'MISSING'}\n")
    sys.stdout.write("complete\n" if is_complete else "NOT COMPLETE\n")
    return 0 if is_complete else 1


def own_registries() -> dict[str, Callable[[], Sequence[str]]]:
    """Return what lists the registries below the window."""
    return {"formats": _formats, "checks": _checks}


def _formats() -> Sequence[str]:
    from trackproof import formats

    return [one.name for one in formats.formats()]


def _checks() -> Sequence[str]:
    from trackproof.checks import all_checks

    return list(all_checks())


def _holds_something(parts: tuple[str, ...]) -> bool:
    try:
        found = resource(*parts)
    except FileNotFoundError:
        return False
    return any(found.iterdir()) if found.is_dir() else bool(found.read_bytes())
