"""Finds the checks: modules of this package, and packages of others by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from trackproof import checks as package
from trackproof.checks.model import Check

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENTRY_POINT_GROUP = "trackproof.checks"


class RegistryError(Exception):
    """The installed checks cannot work together; a developer's mistake, not a user's."""


@cache
def all_checks() -> Mapping[str, Check]:
    """Return every check by name: ours in alphabetical order, then those of installed packages.

    Raises
    ------
    RegistryError
        When two checks share a name, an entry point does not hold a check, or there is none.
    """
    return collect([*_own(), *_installed()])


def collect(checks: Iterable[Check]) -> Mapping[str, Check]:
    """Return checks by name.

    Raises
    ------
    RegistryError
        When two share a name, or there is none.
    """
    found: dict[str, Check] = {}
    for check in checks:
        if check.name in found:
            raise RegistryError(f"two checks are called {check.name!r}")
        found[check.name] = check
    if not found:
        raise RegistryError("no checks were found; the installation is incomplete")
    return MappingProxyType(found)


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


def _own() -> Iterable[Check]:
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if hasattr(module, "CHECK"):
            yield from checks_in(module.CHECK, where=module.__name__)


def _installed() -> Iterable[Check]:
    for point in sorted(metadata.entry_points(group=ENTRY_POINT_GROUP), key=lambda p: p.name):
        yield from checks_in(point.load(), where=f"entry point {point.name} ({point.value})")
