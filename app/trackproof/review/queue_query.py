"""The small language of the queue's filter box: ``kind:gap score>2 frame:100-200 -status:fixed``.

Terms are separated by blanks and must all hold. A term is ``key:value`` (or ``key>n``,
``key>=n``, ``key<n``, ``key<=n`` for numbers), or plain words that occur somewhere in the flag.
``a,b`` means either, ``*`` stands for any letters, ``-`` in front turns a term round, and
``"double quotes"`` keep blanks together.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from trackproof.errors import TrackproofError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class QueryError(TrackproofError):
    """A filter that cannot be understood; the message says what can be asked."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """What a filter can ask about one flag.

    Parameters
    ----------
    kind, status, category, sequence, evidence, comment : str
        Words of the flag and its verdict.
    objects : tuple of str
        Names of the one or two objects concerned.
    checks : tuple of str
        Names of the checks that found it.
    score : float
        1.0 = the limit of a check.
    frame, frame_start, frame_end : int
        Worst frame and inclusive range, frame indices.
    """

    kind: str
    status: str
    category: str
    sequence: str
    objects: tuple[str, ...]
    checks: tuple[str, ...]
    score: float
    frame: int
    frame_start: int
    frame_end: int
    evidence: str = ""
    comment: str = ""

    @property
    def length(self) -> int:
        """Number of frames that the flag spans."""
        return self.frame_end - self.frame_start + 1


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: what must hold, and whether it is turned round."""

    text: str
    holds: Callable[[QueueEntry], bool]
    is_negated: bool = False

    def matches(self, entry: QueueEntry) -> bool:
        """Return whether an entry meets the condition."""
        return self.holds(entry) is not self.is_negated


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed filter; without terms it lets everything through."""

    terms: tuple[Term, ...] = ()

    def matches(self, entry: QueueEntry) -> bool:
        """Return whether an entry meets every term."""
        return all(term.matches(entry) for term in self.terms)


def select(entries: Sequence[QueueEntry], query: Query) -> list[int]:
    """Return the places of the entries that a query lets through, in order."""
    if not query.terms:
        return list(range(len(entries)))
    return [i for i, entry in enumerate(entries) if query.matches(entry)]


@lru_cache(maxsize=64)
def parse(text: str) -> Query:
    """Return the query that a text asks.

    Raises
    ------
    QueryError
        When a key is unknown, a number is no number, or a range runs backwards.
    """
    return Query(tuple(_term(word) for word in _words(text)))


def suggestions(text: str, entries: Iterable[QueueEntry]) -> list[str]:
    """Return how the last word of a text could go on, as whole texts, for a completer."""
    head, _, last = text.rpartition(" ")
    prefix = f"{head} " if head else ""
    sign = "-" if last.startswith("-") else ""
    word = last.removeprefix("-").casefold()
    key, colon, start = word.partition(":")
    if not colon:
        names = [f"{key}:" for key in (*WORD_KEYS, "frame")] + ["score>"]
        return [f"{prefix}{sign}{name}" for name in names if name.startswith(word)]
    reader = WORD_KEYS.get(key)
    if reader is None:
        return []
    values = sorted({value for entry in entries for value in reader(entry) if value})
    quoted = [f'"{value}"' if " " in value else value for value in values]
    return [f"{prefix}{sign}{key}:{v}" for v in quoted if v.strip('"').casefold().startswith(start)]


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r'(?:"[^"]*"?|[^\s"])+', text) if word.strip('"-')]


def _term(word: str) -> Term:
    is_negated = word.startswith(("-", "!")) and len(word) > 1
    body = word[1:] if is_negated else word
    found = re.match(r"([A-Za-z_]+)(:|<=|>=|<|>|=)(.*)$", body, flags=re.DOTALL)
    if found is None:
        return Term(word, _contains(body.replace('"', "")), is_negated)
    key, sign, value = found[1].casefold(), found[2], found[3].replace('"', "")
    if key in NUMBER_KEYS:
        return Term(word, _number_term(key, sign, value), is_negated)
    if key not in WORD_KEYS:
        if sign == ":" and (key != found[1] or value.isdigit()):
            # "Vehicle:1" and "person:2" are names of objects, not keys
            return Term(word, _contains(body.replace('"', "")), is_negated)
        known = ", ".join((*WORD_KEYS, *NUMBER_KEYS))
        raise QueryError(f'Nothing here is called "{found[1]}". You can ask for {known}.')
    if sign not in (":", "="):
        raise QueryError(f"{key} is a word, so write {key}:{value or 'word'}.")
    if not value:
        raise QueryError(f"Write a word after {key}: for example {key}:{EXAMPLES[key]}.")
    return Term(word, _word_term(key, value), is_negated)


def _contains(text: str) -> Callable[[QueueEntry], bool]:
    wanted = text.casefold()

    def holds(entry: QueueEntry) -> bool:
        places = (*entry.objects, entry.kind, entry.evidence, entry.comment, entry.category)
        return any(wanted in place.casefold() for place in places)

    return holds


def _word_term(key: str, value: str) -> Callable[[QueueEntry], bool]:
    read = WORD_KEYS[key]
    alternatives = [part for part in value.casefold().split(",") if part]
    if key == "status":
        alternatives = [STATUS_SYNONYMS.get(part, part) for part in alternatives]
    patterns = [
        re.compile(".*".join(re.escape(piece) for piece in part.split("*")))
        for part in alternatives
    ]

    def holds(entry: QueueEntry) -> bool:
        values = [found.casefold() for found in read(entry)]
        return any(pattern.fullmatch(found) for pattern in patterns for found in values)

    return holds


def _number_term(key: str, sign: str, value: str) -> Callable[[QueueEntry], bool]:
    if sign in COMPARISONS:
        compare, limit = COMPARISONS[sign], _number(key, value)
        read = NUMBER_KEYS[key]
        return lambda entry: compare(read(entry), limit)
    ranges = [_range(key, part) for part in value.split(",")]
    if key == "frame":
        return lambda entry: any(
            entry.frame_start <= high and entry.frame_end >= low for low, high in ranges
        )
    read = NUMBER_KEYS[key]
    return lambda entry: any(low <= read(entry) <= high for low, high in ranges)


def _range(key: str, text: str) -> tuple[float, float]:
    low_text, dash, high_text = text.partition("-")
    low = _number(key, low_text) if low_text or not dash else float("-inf")
    if not dash:
        return low, low
    high = _number(key, high_text) if high_text else float("inf")
    if high < low:
        raise QueryError(f"{key}:{text} runs backwards; write {key}:{high:g}-{low:g}.")
    return low, high


def _number(key: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number != number or abs(number) == float("inf"):
        example = EXAMPLES[key]
        raise QueryError(f'{key} needs a number, not "{text}": for example {example}.')
    return number


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

WORD_KEYS: dict[str, Callable[[QueueEntry], tuple[str, ...]]] = {
    "kind": lambda entry: (entry.kind,),
    "object": lambda entry: entry.objects,
    "category": lambda entry: (entry.category,),
    "status": lambda entry: (entry.status,),
    "check": lambda entry: entry.checks,
    "sequence": lambda entry: (entry.sequence,),
}

NUMBER_KEYS: dict[str, Callable[[QueueEntry], float]] = {
    "score": lambda entry: entry.score,
    "frame": lambda entry: entry.frame,
    "length": lambda entry: entry.length,
}

STATUS_SYNONYMS = {
    "todo": "open",
    "right": "dismissed",
    "wrong": "confirmed",
    "done": "fixed",
    "second": "unsure",
}

EXAMPLES = {
    "kind": "gap",
    "object": "Vehicle:1",
    "category": "Vehicle",
    "status": "open",
    "check": "iou",
    "sequence": "street-02",
    "score": "score>2",
    "frame": "frame:100-200",
    "length": "length>5",
}
