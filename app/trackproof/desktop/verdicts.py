"""Verdicts on flags, held for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

Status = Literal["open", "dismissed", "confirmed", "fixed", "unsure"]
STATUSES: tuple[Status, ...] = get_args(Status)


class Verdicts:
    """Status and comment by flag key."""

    def __init__(self) -> None:
        self._status: dict[str, Status] = {}
        self._comment: dict[str, str] = {}

    def status(self, key: str) -> Status:
        """Return the verdict on a flag; ``open`` without one."""
        return self._status.get(key, "open")

    def comment(self, key: str) -> str:
        """Return the comment on a flag; empty without one."""
        return self._comment.get(key, "")

    def judge(self, keys: Iterable[str], status: Status, *, comment: str = "") -> None:
        """Give flags a verdict; ``open`` takes one back."""
        for key in keys:
            self._status[key] = status
            if comment:
                self._comment[key] = comment
