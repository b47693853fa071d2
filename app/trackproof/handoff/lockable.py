"""What of a follow-up job can be kept as it is: its labels, and their attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.handoff.label_config import follow_up_config, names_to_lock
from trackproof.handoff.origin import DEFAULT_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof import labels as model


@dataclass(frozen=True, slots=True)
class Lockable:
    """Names that `ExportOptions.locked` may hold, without repetition.

    Parameters
    ----------
    labels : tuple of str
        In the order of the configuration.
    attributes : tuple of str
        Of annotations and of frames, by name.
    """

    labels: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


def lockable(sequences: Iterable[tuple[model.Sequence, model.Labels]]) -> Lockable:
    """Return what the configurations of follow-up jobs would name."""
    labels: dict[str, None] = {}
    every: set[str] = set()
    for sequence, now in sequences:
        config = follow_up_config(
            sequence.detail.get("label_config"),
            labels=[now],
            specs=sequence.specs,
            audit_attribute=DEFAULT_ATTRIBUTE,
        )
        labels |= dict.fromkeys(str(entry["label"]) for entry in config["labels"])
        every |= names_to_lock(config)
    return Lockable(tuple(labels), tuple(sorted(every - labels.keys())))
