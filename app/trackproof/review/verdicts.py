"""What a reviewer says about flags, and flags that a reviewer raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import msgspec

Status: TypeAlias = Literal["open", "dismissed", "confirmed", "fixed", "unsure"]
SAMPLE_KIND = "sample"
"""``OwnFlag.kind`` of a box that chance raised: until it is judged, nobody said it is wrong."""
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class OwnFlag:
    """A place that a reviewer marked, beside those that the checks found.

    Parameters
    ----------
    track : int
        Track number; -1 for a whole frame.
    frame, frame_start, frame_end : int
        The place, and the inclusive range to look at.
    kind : str
        Value of a ``checks.FlagKind``.
    evidence : str
        What is wrong, in the reviewer's words.
    """

    track: int
    frame: int
    frame_start: int
    frame_end: int
    kind: str = "track"
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """What raised a flag, kept with the verdict: a flag that was fixed is not found again.

    Parameters
    ----------
    check : str
        Name of the check that led it.
    probability : float
        What the ranking gave it, 0..1, before anybody looked.
    """

    check: str
    probability: float


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What somebody decided about one flag.

    A struct rather than a dataclass: opening a review makes one for every verdict in it.

    Parameters
    ----------
    flag : str
        Key of the flag.
    status : Status
        ``open`` when there is only a comment.
    who : str
        Reviewer.
    at : float
        When, in seconds since 1970.
    seconds : float or None
        How long it took, where it was measured.
    comment : str
        In the reviewer's words.
    own : OwnFlag or None
        The place itself, when the reviewer raised the flag.
    raised : Raised or None
        What raised it, when a check did and that was known.
    """

    flag: str
    status: Status
    who: str = ""
    at: float = 0.0
    seconds: float | None = None
    comment: str = ""
    own: OwnFlag | None = None
    raised: Raised | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Verdicts on a few flags given in one step: before and after, None where there was none."""

    label: str
    verdicts: tuple[tuple[Verdict | None, Verdict | None], ...]

    @property
    def after(self) -> dict[str, Verdict | None]:
        """The verdicts that it leaves, by flag key; None where it leaves none."""
        left: dict[str, Verdict | None] = {}
        for before, after in self.verdicts:
            present = after or before
            if present is not None:
                left[present.flag] = after
        return left

    def inverted(self) -> Judgement:
        """Return the step that takes this one back."""
        return Judgement(self.label, tuple((after, before) for before, after in self.verdicts))


def pack_judgement(judgement: Judgement) -> bytes:
    """Return a judgement as bytes."""
    return msgspec.json.encode(judgement)


def unpack_judgement(data: bytes) -> Judgement:
    """Return a judgement from bytes.

    Raises
    ------
    msgspec.MsgspecError
        When the bytes are damaged.
    """
    return msgspec.json.decode(data, type=Judgement)
