"""Windows as a person changed them, and every step back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackproof.handoff.selection import ExportOptions, Reviewed
    from trackproof.handoff.window_edits import Spans
    from trackproof.handoff.windows import Window

    Edited = Mapping[int, Spans]


@dataclass(slots=True)
class Steps:
    """Ranges by place of the sequence; a sequence that is absent has those that were suggested."""

    now: Edited = field(default_factory=dict)
    _before: list[Edited] = field(default_factory=list)
    _after: list[Edited] = field(default_factory=list)
    _tag: str = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._after)

    def take(self, edited: Edited, *, tag: str = "") -> None:
        """Go on to other ranges; steps in a row with the same tag are one."""
        if edited == self.now:
            return
        if not (tag and tag == self._tag):
            self._before.append(self.now)
        self._tag = tag
        self.now = edited
        self._after.clear()

    def undo(self) -> None:
        """Take the last step back."""
        if self._before:
            self._after.append(self.now)
            self.now = self._before.pop()
            self._tag = ""

    def redo(self) -> None:
        """Take the step again."""
        if self._after:
            self._before.append(self.now)
            self.now = self._after.pop()
            self._tag = ""


def with_spans(suggested: Sequence[Reviewed], edited: Edited) -> list[Reviewed]:
    """Return the sequences with the ranges that a person chose."""
    return [
        replace(one, spans=edited[place]) if place in edited else one
        for place, one in enumerate(suggested)
    ]


def windows_by_place(
    chosen: Sequence[Reviewed], options: ExportOptions
) -> tuple[tuple[Window, ...], ...]:
    """Return the windows of every sequence."""
    from trackproof.handoff.selection import windows_of

    return tuple(windows_of(one, options) for one in chosen)


def spans_of(windows: Sequence[Window]) -> Spans:
    """Return the ranges of windows."""
    return tuple((one.frame_start, one.frame_end) for one in windows)
