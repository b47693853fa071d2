"""One line of what came back, and whether it is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from trackproof.handoff.words import counted
from trackproof.labels import FrameRanges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof.handoff.acceptance import AcceptResults
    from trackproof.handoff.merge import MergeBack, TrackChange
    from trackproof.labels.block import Ints

EMPTIED, ATTRIBUTES = "emptied", "attributes"


class Part(StrEnum):
    """Frames of a change that are decided about apart from the others."""

    CONTEXT = "context"
    CONFLICTS = "conflicts"


@dataclass(slots=True, eq=False)
class Choice:
    """A track that changed, frames that came back empty, or changed frame attributes.

    Parameters
    ----------
    kind : str
        ``track``, or one of the two constants above.
    parts : set of Part
        Which frames are taken over that were shown as context only, or edited here, too.
    """

    kind: str
    merge: MergeBack
    label: str
    frame: int
    is_wanted: bool
    tip: str = ""
    change: TrackChange | None = None
    becomes: str = ""
    target: int | None = None
    parts: set[Part] = field(default_factory=lambda: {Part.CONTEXT})

    @property
    def track(self) -> int:
        """Track number; -1 for what concerns frames."""
        return self.change.track if self.change is not None else -1

    @property
    def object_id(self) -> str:
        """Identity of the object; empty for what concerns frames."""
        tracks = self.merge.numbering.tracks
        return tracks[self.track].object_id if 0 <= self.track < len(tracks) else ""

    @property
    def said_name(self) -> str:
        """What workers called it."""
        return self.change.said_name if self.change is not None else ""

    def frames_of(self, part: Part) -> Ints:
        """Return the frames that are decided about apart."""
        change = self.change
        if change is None:
            return np.empty(0, dtype=np.int32)
        return change.context if part is Part.CONTEXT else change.conflicts

    def words_of(self, part: Part) -> str:
        """Return what such frames are, and which."""
        frames = self.frames_of(part)
        ranges = str(FrameRanges.of(frames)).replace(",", ", ")
        named = f"frame {ranges}" if len(frames) == 1 else f"frames {ranges}"
        if part is Part.CONTEXT:
            return f"Shown as context only: {named}"
        return f"Edited here, too: {named}. Workers win"

    def take_part(self, part: Part, *, is_wanted: bool) -> None:
        """Decide about such frames."""
        if is_wanted:
            self.parts.add(part)
        else:
            self.parts.discard(part)

    @property
    def relink(self) -> tuple[int, ...]:
        """Tracks that a new object may be a part of."""
        return self.change.relink if self.change is not None else ()

    def link_to(self, track: int | None) -> None:
        """Let a new object be a part of another; None keeps it on its own."""
        self.target = track

    def numbers(self) -> list[str]:
        """Return the frames moved, added, removed, renamed, on context and in conflict."""
        if self.change is None:
            return [""] * 6
        diff = self.change.diff
        sets = (
            diff.changed, diff.added, diff.removed, diff.renamed,
            self.change.context, self.change.conflicts,
        )  # fmt: skip
        return [f"{len(one):,}" if len(one) else "" for one in sets]

    @staticmethod
    def edit(found: Sequence[Choice]) -> AcceptResults:
        """Return the one step that takes over everything wanted in a sequence."""
        from trackproof.handoff.acceptance import AcceptResults

        merge = found[0].merge
        wanted = [one for one in found if one.is_wanted]
        kinds = {one.kind for one in wanted}
        return AcceptResults(
            merge,
            tracks=frozenset(one.track for one in wanted if one.change is not None),
            with_context=frozenset(one.track for one in wanted if Part.CONTEXT in one.parts),
            with_conflicts=frozenset(one.track for one in wanted if Part.CONFLICTS in one.parts),
            deleting=merge.emptied.tolist() if EMPTIED in kinds else (),
            relink={one.track: one.target for one in wanted if one.target is not None},
            with_frame_attributes=ATTRIBUTES in kinds,
        )


def choices(merge: MergeBack) -> list[Choice]:
    """Return what can be chosen of a sequence; nothing is deleted unless somebody wants it."""
    found = [_of_track(merge, change) for change in merge.changes]
    if len(merge.emptied):
        frames = FrameRanges.of(merge.emptied)
        found.append(
            Choice(
                EMPTIED,
                merge,
                f"Delete all boxes in {counted(len(merge.emptied), 'frame')} that came back empty",
                int(merge.emptied[0]),
                is_wanted=False,
                tip=f"Frames {frames}: workers may have skipped them, so the boxes stay unless "
                "you say so",
            )
        )
    if len(merge.frame_attributes):
        count = counted(len(merge.frame_attributes), "frame")
        first = int(merge.frame_attributes[0])
        found.append(Choice(ATTRIBUTES, merge, f"Attributes of {count}", first, is_wanted=True))
    return found


def _of_track(merge: MergeBack, change: TrackChange) -> Choice:
    if change.is_new:
        label, becomes = f"{change.said_name} (new)", f"new object {change.name}"
    elif change.said_name != change.name:
        label, becomes = change.name, f"stays {change.name}: {change.said_name} is taken"
    else:
        label, becomes = change.name, ""
    frames = FrameRanges.of(change.diff.frames)
    return Choice(
        "track",
        merge,
        label,
        int(change.diff.frames[0]),
        is_wanted=True,
        tip=f"Frames {frames}",
        change=change,
        becomes=becomes,
    )
