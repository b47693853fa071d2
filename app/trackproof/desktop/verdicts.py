"""What was said about the flags of the current sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from trackproof.desktop.book import NOTHING_SAID
from trackproof.desktop.panels.naming import frames_in_words, object_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackproof.checks import Flag
    from trackproof.desktop.book import ReviewBook
    from trackproof.labels import Labels
    from trackproof.review import Verdict

Status: TypeAlias = Literal["open", "dismissed", "confirmed", "fixed", "unsure"]
"""The review's own; stated again so that the first window needs no database."""

STATUS_WORDS: dict[str, str] = {
    "open": "open",
    "dismissed": "label is right",
    "confirmed": "needs fix",
    "fixed": "fixed",
    "unsure": "second opinion",
}

KEPT = 3
"""Lists of flags whose open ones are remembered: all, those the queue shows, those before."""


def judgement_in_words(
    flags: Sequence[Flag], status: Status, labels: Labels, *, is_note: bool
) -> str:
    """Return what the history calls a verdict: ``label is right: Vehicle:1, frame 102``."""
    of = f"{len(flags)} flags"
    if len(flags) == 1:
        (flag,) = flags
        of = f"{object_name(labels, flag.track)}, frame {frames_in_words(flag)}"
    if is_note:
        return f"note on {of}"
    return f"{OPEN_AGAIN if status == 'open' else STATUS_WORDS[status]}: {of}"


OPEN_AGAIN = "open again"


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
        self._open: list[tuple[tuple[Flag, ...], object, tuple[Flag, ...]]] = []

    def open_of(self, flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
        """Return the flags without a verdict, in their order; found once for many who ask."""
        known = self._known()
        for of, verdicts, found in self._open:
            if of is flags and verdicts is known:
                return found
        found = tuple(
            flag
            for flag in flags
            if (verdict := known.get(flag.key)) is None or verdict.status == "open"
        )
        self._open = [*self._open[1 - KEPT :], (flags, known, found)]
        return found

    def status(self, key: str) -> Status:
        """Return the verdict on a flag; ``open`` without one."""
        verdict = self._known().get(key)
        return verdict.status if verdict is not None else "open"

    def comment(self, key: str) -> str:
        """Return the comment on a flag; empty without one."""
        verdict = self._known().get(key)
        return verdict.comment if verdict is not None else ""

    def _known(self) -> Mapping[str, Verdict]:
        """Return the verdicts of the current sequence; between two openings there is none."""
        name = self._name()
        return self._book.verdicts(name) if name else NOTHING_SAID
