"""Clips together with verdicts and votes: what is done, what is open, and where to go next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trackproof.clips.consensus import Answers, dawid_skene, majority
from trackproof.clips.statistics import agreement_of
from trackproof.clips.verdicts import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from trackproof.clips.consensus import DawidSkene, Vote
    from trackproof.clips.model import Clip, ClipSet
    from trackproof.clips.statistics import Agreement
    from trackproof.clips.verdicts import Verdict

    Mask = npt.NDArray[np.bool_]

LOW_CONFIDENCE = 0.7


class Want(StrEnum):
    """What a person looks for among clips."""

    ALL = "all"
    OPEN = "not judged"
    UNLABELLED = "unlabelled"
    LOW = "low confidence"
    DISPUTED = "disputed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a review is.

    Parameters
    ----------
    clips, labelled, judged : int
        Clips in all, those with a label in force, and those with a verdict.
    unlabelled, low, disputed : int
        Clips without a label; clips below the confidence limit and clips whose workers differ, of
        both only those that nobody has judged here.
    changed : int
        Clips whose verdict differs from the manifest.
    """

    clips: int
    labelled: int
    judged: int
    unlabelled: int
    low: int
    disputed: int
    changed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What a manifest says, by place: the label as a number, low confidence, disputes."""

    number_of: Mapping[str, int]
    label_of: npt.NDArray[np.int64]
    low: Mask
    disputed: Mask


@dataclass(frozen=True, slots=True, eq=False)
class _Now:
    """What is in force, by place: the label as a number (0 is none), and whether it was judged."""

    read: _Read
    number_of: dict[str, int]
    label_of: npt.NDArray[np.int64]
    judged: Mask

    def number(self, label: str) -> int:
        """Return the number of a label; a new one for a new label."""
        return self.number_of.setdefault(label, len(self.number_of))

    def masks(self) -> dict[Want, Mask]:
        """Return for everything that can be looked for, which clips meet it, as `meets` says."""
        return {
            Want.ALL: np.ones(len(self.judged), dtype=np.bool_),
            Want.OPEN: ~self.judged,
            Want.UNLABELLED: self.label_of == 0,
            Want.LOW: self.read.low & ~self.judged,
            Want.DISPUTED: self.read.disputed & ~self.judged,
            Want.CHANGED: self.judged & (self.label_of != self.read.label_of),
        }


class Board:
    """One manifest under review.

    Parameters
    ----------
    clips : ClipSet
        What was opened.
    verdicts : mapping of str to Verdict
        By clip key. It may change; `look_again` is told of what did.
    low_confidence : float
        Below it a stated confidence is low.
    """

    def __init__(
        self,
        clips: ClipSet,
        verdicts: Mapping[str, Verdict],
        *,
        low_confidence: float = LOW_CONFIDENCE,
    ) -> None:
        self.clips = clips
        self.verdicts = verdicts
        self.low_confidence = low_confidence

    def __len__(self) -> int:
        return len(self.clips)

    def clip(self, place: int) -> Clip:
        """Return the clip at a place of the list."""
        return self.clips.clips[place]

    def verdict(self, place: int) -> Verdict:
        """Return what is decided about a clip."""
        return self.verdicts.get(self.clip(place).key, NOTHING)

    def label(self, place: int) -> str:
        """Return the label in force: the verdict's, else the manifest's; empty without any."""
        return self.verdict(place).label or self.clip(place).label

    @cached_property
    def answers(self) -> Answers:
        """The workers' answers; items are places of the list."""
        return Answers.of(
            self.clips.clips,
            worker_count=len(self.clips.workers),
            names=self.clips.categories.names,
        )

    @cached_property
    def votes(self) -> list[Vote]:
        """The majority vote on every clip."""
        return majority(self.answers)

    @cached_property
    def estimate(self) -> DawidSkene:
        """Labels weighed by what each worker gets right."""
        return dawid_skene(self.answers)

    @cached_property
    def agreement(self) -> Agreement:
        """How the workers agree."""
        return agreement_of(self.answers)

    @property
    def has_answers(self) -> bool:
        """Whether raw answers of workers are there."""
        return bool(self.clips.workers)

    def is_low(self, place: int) -> bool:
        """Return whether a clip's stated confidence is low."""
        confidence = self.clip(place).confidence
        return confidence is not None and confidence < self.low_confidence

    def prepare(self) -> None:
        """Work out what stays the same while people judge, so that no question waits for it."""
        _ = (self._names, self._now)
        if self.has_answers:
            _ = (self.votes, self.estimate, self.agreement)

    def place_of(self, key: str) -> int | None:
        """Return the place of a clip; None when the manifest does not hold it."""
        return self._places.get(key)

    def meets(self, place: int, want: Want) -> bool:
        """Return whether a clip is what a person looks for."""
        verdict = self.verdict(place)
        is_judged = bool(verdict.label)
        if want is Want.ALL:
            return True
        if want is Want.OPEN:
            return not is_judged
        if want is Want.UNLABELLED:
            return not self.label(place)
        if want is Want.LOW:
            return not is_judged and self.is_low(place)
        if want is Want.DISPUTED:
            return not is_judged and self.clip(place).is_disputed
        return is_judged and verdict.label != self.clip(place).label

    def places(self, want: Want) -> tuple[int, ...]:
        """Return the places of all clips that a person looks for."""
        return tuple(np.flatnonzero(self._now.masks()[want]).tolist())

    def found(self, want: Want, words: str) -> list[int]:
        """Return the places of clips that a person looks for and whose name or label hold words."""
        now = self._now
        mask = now.masks()[want]
        for word in words.casefold().split():
            meant = np.array([word in label.casefold() for label in now.number_of], dtype=np.bool_)
            mask = mask & (self._named(word) | meant[now.label_of])
        return np.flatnonzero(mask).tolist()

    def _named(self, word: str) -> Mask:
        return np.array([word in name for name in self._names], dtype=np.bool_)

    def next(self, start: int, want: Want, *, step: int = 1) -> int | None:
        """Return the next clip that is what a person looks for, going round; None without any.

        Parameters
        ----------
        start : int
            Where the search stands; it comes last.
        step : int
            1 forwards, -1 backwards.
        """
        places = np.flatnonzero(self._now.masks()[want])
        if not len(places):
            return None
        # Ways of 1 to the length of the list: standing still is the longest.
        ways = (step * (places - start) - 1) % len(self)
        return int(places[np.argmin(ways)])

    def tally(self) -> Tally:
        """Count how far the review is."""
        counts = {want: int(mask.sum()) for want, mask in self._now.masks().items()}
        return Tally(
            clips=len(self),
            labelled=len(self) - counts[Want.UNLABELLED],
            judged=len(self) - counts[Want.OPEN],
            unlabelled=counts[Want.UNLABELLED],
            low=counts[Want.LOW],
            disputed=counts[Want.DISPUTED],
            changed=counts[Want.CHANGED],
        )

    @cached_property
    def _places(self) -> dict[str, int]:
        return {clip.key: place for place, clip in enumerate(self.clips.clips)}

    @cached_property
    def _names(self) -> list[str]:
        return [clip.name.casefold() for clip in self.clips.clips]

    @cached_property
    def _as_read(self) -> _Read:
        clips = self.clips.clips
        number_of: dict[str, int] = {"": 0}
        for clip in clips:
            number_of.setdefault(clip.label, len(number_of))
        return _Read(
            number_of,
            np.array([number_of[clip.label] for clip in clips], dtype=np.int64),
            np.array([self.is_low(place) for place in range(len(clips))], dtype=np.bool_),
            np.array([clip.is_disputed for clip in clips], dtype=np.bool_),
        )

    @cached_property
    def _now(self) -> _Now:
        read = self._as_read
        size = len(self.clips)
        now = _Now(read, dict(read.number_of), read.label_of.copy(), np.zeros(size, dtype=np.bool_))
        self._put(now, self.verdicts)
        return now

    def follow(self, verdicts: Mapping[str, Verdict]) -> None:
        """Go on with verdicts of which this knew a copy; the board follows them from now on."""
        before, self.verdicts = self.verdicts, verdicts
        known = before.keys() | verdicts.keys()
        self.look_again([key for key in known if before.get(key) is not verdicts.get(key)])

    def look_again(self, keys: Iterable[str]) -> None:
        """Take in what is decided about some clips now; the rest is not gone through again."""
        self._put(self._now, keys)

    def _put(self, now: _Now, keys: Iterable[str]) -> None:
        for key in keys:
            place = self._places.get(key)
            if place is None:
                continue
            label = self.verdict(place).label
            now.judged[place] = bool(label)
            now.label_of[place] = now.number(label) if label else now.read.label_of[place]

    def label_counts(self) -> dict[str, int]:
        """Return how many clips carry each label in force, in the order of the label list."""
        counts = Counter(self.label(place) for place in range(len(self)))
        names = dict.fromkeys((*self.clips.categories.names, *sorted(counts)))
        return {name: counts[name] for name in names if name}
