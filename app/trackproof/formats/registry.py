"""Finds the formats: modules of this package, and packages of others by entry point."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from trackproof.discovery import RegistryError, by_name, installed_under, stated_in
from trackproof.formats.model import Format

if TYPE_CHECKING:
    from collections.abc import Iterable

ENTRY_POINT_GROUP = "trackproof.formats"


@cache
def formats() -> tuple[Format, ...]:
    """Return every format: ours in alphabetical order, then those of installed packages.

    Raises
    ------
    RegistryError
        When two share a name, an entry point does not hold a format, or there is none.
    """
    found = [*stated_in("trackproof.formats", "FORMAT"), *installed_under(ENTRY_POINT_GROUP)]
    return collect(_checked(value, where=where) for where, value in found)


def collect(found: Iterable[Format]) -> tuple[Format, ...]:
    """Return formats in the given order; raises as `discovery.by_name`."""
    return tuple(by_name(found, kind="format").values())


def _checked(value: object, *, where: str) -> Format:
    if not isinstance(value, Format):
        raise RegistryError(f"{where} must hold a Format")
    return value
