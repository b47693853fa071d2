"""Finds the formats: modules of this package, and packages of others by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from trackproof import formats as package
from trackproof.formats.model import Format

if TYPE_CHECKING:
    from collections.abc import Iterable

ENTRY_POINT_GROUP = "trackproof.formats"


class RegistryError(Exception):
    """The installed formats cannot work together; a developer's mistake, not a user's."""


@cache
def formats() -> tuple[Format, ...]:
    """Return every format: ours in alphabetical order, then those of installed packages.

    Raises
    ------
    RegistryError
        When two share a name, an entry point does not hold a format, or there is none.
    """
    return collect([*_own(), *_installed()])


def collect(found: Iterable[Format]) -> tuple[Format, ...]:
    """Return formats in the given order.

    Raises
    ------
    RegistryError
        When two share a name, or there is none.
    """
    by_name: dict[str, Format] = {}
    for one in found:
        if one.name in by_name:
            raise RegistryError(f"two formats are called {one.name!r}")
        by_name[one.name] = one
    if not by_name:
        raise RegistryError("no formats were found; the installation is incomplete")
    return tuple(by_name.values())


def _own() -> Iterable[Format]:
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if hasattr(module, "FORMAT"):
            yield _checked(module.FORMAT, where=module.__name__)


def _installed() -> Iterable[Format]:
    for point in sorted(metadata.entry_points(group=ENTRY_POINT_GROUP), key=lambda p: p.name):
        yield _checked(point.load(), where=f"entry point {point.name} ({point.value})")


def _checked(value: object, *, where: str) -> Format:
    if not isinstance(value, Format):
        raise RegistryError(f"{where} must hold a Format")
    return value
