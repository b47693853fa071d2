"""Finds parts that one file adds: checks, formats and panels state themselves in a constant."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class RegistryError(LookupError):
    """The installed parts cannot work together; a developer's mistake, not a user's."""


class Named(Protocol):
    """What can be kept by name."""

    @property
    def name(self) -> str:
        """Stable and unique among its kind."""


Part = TypeVar("Part", bound=Named)


def stated_in(package: str, constant: str) -> Iterator[tuple[str, Any]]:
    """Yield module name and value of a constant, for every module of a package that has it.

    Reading a constant leaves no trace, where registering on import would depend on its order.
    """
    path = importlib.import_module(package).__path__
    for info in sorted(pkgutil.iter_modules(path), key=lambda info: info.name):
        module = importlib.import_module(f"{package}.{info.name}")
        if hasattr(module, constant):
            yield module.__name__, getattr(module, constant)


def installed_under(group: str) -> Iterator[tuple[str, Any]]:
    """Yield place and value of every entry point that installed packages add to a group."""
    from importlib import metadata

    for point in sorted(metadata.entry_points(group=group), key=lambda point: point.name):
        yield f"entry point {point.name} ({point.value})", point.load()


def by_name(parts: Iterable[Part], *, kind: str) -> dict[str, Part]:
    """Return parts by name, in the given order.

    Raises
    ------
    RegistryError
        When two share a name, or there is none.
    """
    found: dict[str, Part] = {}
    for part in parts:
        if part.name in found:
            raise RegistryError(f"two {kind}s are called {part.name!r}")
        found[part.name] = part
    if not found:
        raise RegistryError(f"no {kind}s were found; the installation is incomplete")
    return found
