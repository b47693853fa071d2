"""What the window knows of the labels that go into another format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.desktop.converting.sizes import OTHERS
from trackproof.review.converting import sized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.desktop.session import Session
    from trackproof.formats import Format, Loss
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress
    from trackproof.review.converting import Size


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """One sequence with its labels as they are now.

    Parameters
    ----------
    sequence : Sequence
        With the image size that its labels or pictures state, or a person.
    """

    sequence: Sequence
    labels: Labels

    @property
    def is_sized(self) -> bool:
        """Whether the size of the images is known."""
        return bool(self.sequence.width and self.sequence.height)


def gather(session: Session, *, takes_all: bool, sizes: Mapping[str, Size]) -> tuple[Wanted, ...]:
    """Return the current sequence, or all that are open; later edits do not change it.

    Parameters
    ----------
    sizes : mapping of str to (int, int)
        What a person said about images of which nothing else is known, by name of the sequence;
        an empty name speaks of all others.
    """
    current = session.sequence
    if current is None:
        return ()
    chosen = session.sequences if takes_all else (current,)
    pictured = picture_size(session)
    return tuple(
        Wanted(
            sized(
                sized(one, pictured) if one is current else one,
                sizes.get(one.name, sizes.get(OTHERS)),
            ),
            session.book.labels(one),
        )
        for one in chosen
    )


def picture_size(session: Session) -> Size | None:
    """Return width and height of the attached pictures, when they tell."""
    frames = session.frames
    return frames.size if frames is not None and all(frames.size) else None


def needs_size(chosen: Format) -> bool:
    """Return whether a format keeps places as fractions of the image."""
    return chosen.read_sized is not None


def count_losses(
    wanted: tuple[Wanted, ...], chosen: Format, progress: Progress
) -> tuple[tuple[str, tuple[Loss, ...]], ...]:
    """Return for every sequence its name and what it loses; long for large labels."""
    counted = []
    for place, one in enumerate(wanted):
        progress.step(place, len(wanted))
        counted.append((one.sequence.name, chosen.losses(one.sequence, one.labels)))
    progress.step(len(wanted), len(wanted))
    return tuple(counted)


def loss_lines(counted: tuple[tuple[str, tuple[Loss, ...]], ...]) -> list[str]:
    """Return one sentence per loss, with the name of the sequence where there are several."""
    return [
        f"{name}: {loss.message}" if len(counted) > 1 else _capital(loss.message)
        for name, losses in counted
        for loss in losses
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
