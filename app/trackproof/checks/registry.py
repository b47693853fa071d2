"""Finds the checks: modules of this package, and packages of others by entry point."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from trackproof.checks.model import Check
from trackproof.discovery import RegistryError, by_name, installed_under, stated_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENTRY_POINT_GROUP = "trackproof.checks"


@cache
def all_checks() -> Mapping[str, Check]:
    """Return every check by name: ours in alphabetical order, then those of installed packages.

    Raises
    ------
    RegistryError
        When two checks share a name, an entry point does not hold a check, or there is none.
    """
    found = [*stated_in("trackproof.checks", "CHECK"), *installed_under(ENTRY_POINT_GROUP)]
    return collect(check for where, value in found for check in checks_in(value, where=where))


def collect(checks: Iterable[Check]) -> Mapping[str, Check]:
    """Return checks by name; raises as `discovery.by_name`."""
    return MappingProxyType(by_name(checks, kind="check"))


def checks_in(value: Any, *, where: str) -> tuple[Check, ...]:
    """Return the checks that a ``CHECK`` constant holds: one, or a tuple of related ones.

    Raises
    ------
    RegistryError
        When it holds something else.
    """
    several = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(check, Check) for check in several):
        raise RegistryError(f"{where} must hold a Check or a tuple of them")
    return several
