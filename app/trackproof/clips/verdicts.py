"""What a verifier decided about clips, step by step, with undo; pure values, nothing on disk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided about one clip.

    Parameters
    ----------
    label : str
        Category name; empty while only a comment was written.
    comment : str
        For people; it never goes into a manifest.
    at : float
        When the label was decided, seconds since 1970.
    reviewer : str
        Who decided.
    """

    label: str = ""
    comment: str = ""
    at: float = 0.0
    reviewer: str = ""


NOTHING = Verdict()


class StepState(IntEnum):
    """What became of a step."""

    DONE = 0
    UNDONE = 1
    DROPPED = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person did.

    Parameters
    ----------
    number : int
        Counted up; never given twice.
    before, after : mapping of str to Verdict
        By clip key; only what the step touched.
    text : str
        For the menu: ``label 3 clips idle``.
    state : StepState
        Whether it is in force, can be redone, or was overtaken by another step.
    """

    number: int
    before: Mapping[str, Verdict]
    after: Mapping[str, Verdict]
    text: str
    state: StepState = StepState.DONE


@dataclass(slots=True)
class Verdicts:
    """The verdicts in force and the steps that led there.

    Methods change it and return the steps whose state is another one now, newest knowledge first
    to last, so that a store can write exactly those.
    """

    current: dict[str, Verdict] = field(default_factory=dict)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    next_number: int = 1

    def of(self, key: str) -> Verdict:
        """Return what is decided about a clip."""
        return self.current.get(key, NOTHING)

    def judge(self, keys: Iterable[str], label: str, *, at: float, reviewer: str) -> list[Step]:
        """Label clips; an empty label takes their label back."""
        chosen = list(keys)
        after = {
            key: replace(self.of(key), label=label, at=at, reviewer=reviewer) for key in chosen
        }
        what = f"label {label}" if label else "clear label"
        return self._do(after, f"{what} ({len(chosen)} clips)" if len(chosen) > 1 else what)

    def comment(self, key: str, text: str, *, at: float, reviewer: str) -> list[Step]:
        """Write a comment beside a clip."""
        old = self.of(key)
        kept_at = old.at if old.label else at
        after = replace(old, comment=text, at=kept_at, reviewer=old.reviewer or reviewer)
        return self._do({key: after}, "comment")

    def undo(self) -> list[Step]:
        """Take the last step back; nothing when there is none."""
        if not self.done:
            return []
        step = replace(self.done.pop(), state=StepState.UNDONE)
        self.undone.append(step)
        self._put(step.before)
        return [step]

    def redo(self) -> list[Step]:
        """Do the last step that was taken back again."""
        if not self.undone:
            return []
        step = replace(self.undone.pop(), state=StepState.DONE)
        self.done.append(step)
        self._put(step.after)
        return [step]

    def _do(self, after: Mapping[str, Verdict], text: str) -> list[Step]:
        changed = {
            key: verdict
            for key, verdict in after.items()
            if (verdict.label, verdict.comment) != (self.of(key).label, self.of(key).comment)
        }
        if not changed:
            return []
        step = Step(self.next_number, {key: self.of(key) for key in changed}, changed, text)
        self.next_number += 1
        dropped = [replace(one, state=StepState.DROPPED) for one in self.undone]
        self.undone.clear()
        self.done.append(step)
        self._put(changed)
        return [*dropped, step]

    def _put(self, verdicts: Mapping[str, Verdict]) -> None:
        for key, verdict in verdicts.items():
            if verdict == NOTHING:
                self.current.pop(key, None)
            else:
                self.current[key] = verdict
