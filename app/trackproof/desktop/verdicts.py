"""What was said about the flags of the current sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.book import ReviewBook

Status: TypeAlias = Literal["open", "dismissed", "confirmed", "fixed", "unsure"]
"""The review's own; stated again so that the first window needs no database."""


class Verdicts:
    """Status and comment by flag key.

    Parameters
    ----------
    book : ReviewBook
        Where they are kept.
    name : callable
        Name of the current sequence.
    """

    def __init__(self, book: ReviewBook, name: Callable[[], str]) -> None:
        self._book = book
        self._name = name

    def status(self, key: str) -> Status:
        """Return the verdict on a flag; ``open`` without one."""
        verdict = self._book.verdict(self._name(), key)
        return verdict.status if verdict is not None else "open"

    def comment(self, key: str) -> str:
        """Return the comment on a flag; empty without one."""
        verdict = self._book.verdict(self._name(), key)
        return verdict.comment if verdict is not None else ""
