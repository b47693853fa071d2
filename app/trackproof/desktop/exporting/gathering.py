"""What the window knows, gathered for a package: every sequence, its labels and its flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.handoff.choosing import Gathered

if TYPE_CHECKING:
    from trackproof.desktop.session import Session
    from trackproof.handoff.lockable import Lockable
    from trackproof.progress import Progress


@dataclass(frozen=True, slots=True, eq=False)
class LookedAt:
    """What the window knows, ready to be chosen from.

    Parameters
    ----------
    gathered : tuple of Gathered
        Every sequence, checked.
    lockable : Lockable
        What workers can be kept from changing.
    audited : str
        Label attribute name of the labels; empty when they have several.
    """

    gathered: tuple[Gathered, ...]
    lockable: Lockable
    audited: str


def gather(session: Session) -> tuple[Gathered, ...]:
    """Return what a package needs, as it is now; later edits do not change it."""
    book = session.book
    gathered = []
    for sequence in session.sequences:
        verdicts = book.review.verdicts(sequence.name) if book.review else {}
        is_current = sequence is session.sequence
        gathered.append(
            Gathered(
                sequence,
                book.labels(sequence),
                session.analysis if is_current and session.is_checked else None,
                book.own_flags(sequence.name),
                {key: str(verdict.status) for key, verdict in verdicts.items()},
            )
        )
    return tuple(gathered)


def checked(gathered: tuple[Gathered, ...], progress: Progress) -> tuple[Gathered, ...]:
    """Return the same with every sequence checked; long, so not for the main thread."""
    from dataclasses import replace

    from trackproof.checks import analyse
    from trackproof.desktop.checking import with_flags

    done = []
    for number, one in enumerate(gathered):
        progress.step(number, len(gathered))
        analysis = one.analysis or analyse(one.sequence, one.labels)
        done.append(replace(one, analysis=with_flags(analysis)))
    progress.step(len(gathered), len(gathered))
    return tuple(done)


def looked_at(gathered: tuple[Gathered, ...], progress: Progress) -> LookedAt:
    """Return every sequence checked, and what a package of them can say; long."""
    from trackproof.handoff.lockable import lockable
    from trackproof.handoff.origin import audited_name

    names = {audited_name(one.sequence) for one in gathered}
    return LookedAt(
        checked(gathered, progress),
        lockable((one.sequence, one.labels) for one in gathered),
        names.pop() if len(names) == 1 else "",
    )
