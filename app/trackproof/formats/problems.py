"""Collect what is wrong in an input without drowning the reader in it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from trackproof.errors import Problem, Severity

if TYPE_CHECKING:
    from pathlib import Path

PER_KIND = 5
"""Problems of one kind that are told one by one; the rest are counted."""


class Problems:
    """Problems of one file, few of each kind.

    Parameters
    ----------
    path : Path or str
        The file they are about.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        self._told: list[Problem] = []
        self._counts: Counter[tuple[str, Severity]] = Counter()

    def __len__(self) -> int:
        return sum(self._counts.values())

    def add(
        self,
        kind: str,
        message: str,
        *,
        location: str = "",
        severity: Severity = Severity.WARNING,
    ) -> None:
        """Add one problem.

        Parameters
        ----------
        kind : str
            What such problems have in common, for the line that counts the rest.
        """
        self._counts[kind, severity] += 1
        if self._counts[kind, severity] <= PER_KIND:
            self._told.append(Problem(message, self.path, location, severity))

    def more(self, kind: str, count: int, *, severity: Severity = Severity.WARNING) -> None:
        """Count further problems of a kind that has been told often enough."""
        self._counts[kind, severity] += count

    def error(self, kind: str, message: str, *, location: str = "") -> None:
        """Add a problem because of which something was left out."""
        self.add(kind, message, location=location, severity=Severity.ERROR)

    def absorb(self, other: Problems) -> None:
        """Take over the problems of a part."""
        self._told += other._told
        self._counts += other._counts

    def listed(self) -> tuple[Problem, ...]:
        """Return the problems, and one line for each kind that was cut short."""
        rest = [
            Problem(f"{count - PER_KIND:,} more: {kind}", self.path, "", severity)
            for (kind, severity), count in self._counts.items()
            if count > PER_KIND
        ]
        return (*self._told, *rest)
