"""A round in numbers: what was sent, what workers changed, which flags were real.

Kept one line per round in the user's data folder. Counts per check are counts of verdicts, as if a
person had confirmed or dismissed the flags, so that ranking can learn from both alike.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import msgspec

from trackproof import paths
from trackproof.handoff.kept import read_kept, write_kept
from trackproof.handoff.outcomes import by_check, flag_outcomes
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from trackproof.handoff.merge import MergeBack
    from trackproof.handoff.outcomes import FlagOutcome
    from trackproof.handoff.plan import Plan, PlannedFlag
    from trackproof.handoff.responses import Effort
    from trackproof.handoff.verdicts import WorkerVerdict

    Status = Literal["dismissed", "confirmed", "fixed", "unsure"]

ROUNDS_NAME = "rounds.jsonl"
RIGHT, UNSURE = "right", "unsure"


class CheckCount(msgspec.Struct, frozen=True, kw_only=True):
    """Verdicts on the flags of one check: real ones, and those where nothing was wrong."""

    real: int = 0
    not_real: int = 0

    @property
    def precision(self) -> float:
        """Share of judged flags that were real; NaN when none was judged."""
        judged = self.real + self.not_real
        return self.real / judged if judged else float("nan")


class JudgedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """One flag with an answer: the check that leads it, what it promised, and what it was."""

    check: str
    probability: float
    real: bool


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One package that came home.

    ``id`` is the package's time of making and its name for the result: fetching it again replaces
    the line of the time before.
    """

    id: str
    created: str
    result_attribute: str
    follow: str
    sequences: tuple[str, ...]
    windows: int
    windows_back: int
    frames: int
    flags: int
    answered: int
    real: int
    checks: dict[str, CheckCount]
    judged: tuple[JudgedFlag, ...] = ()
    boxes: dict[str, int] = {}
    answers: int = 0
    time_s: float = 0.0

    def summary(self) -> str:
        """Return the round in a few lines, without anything about single people."""
        lines = [
            f"{self.windows_back:,} of {counted(self.windows, 'window')} came back, with "
            f"{counted(self.frames, 'frame')} in all",
            f"{self.real:,} of {counted(self.answered, 'flag')} that came back were real"
            + (f" ({self.real / self.answered:.0%})" if self.answered else ""),
        ]
        if any(self.boxes.values()):
            said = ", ".join(f"{number:,} {what}" for what, number in self.boxes.items() if number)
            lines.append(f"Boxes: {said}")
        if self.answers:
            spent = f"{self.time_s / 60:,.0f} min"
            per_frame = f", {self.time_s / self.frames:.1f} s a frame" if self.frames else ""
            lines.append(f"{counted(self.answers, 'answer')} in {spent}{per_frame}")
        return "\n".join(lines)


def round_of(
    plan: Plan,
    merges: Mapping[str, MergeBack],
    *,
    windows_back: int,
    effort: Effort | None = None,
    said: Iterable[WorkerVerdict] = (),
) -> Round:
    """Return a round in numbers.

    Parameters
    ----------
    said : iterable of WorkerVerdict
        What workers of a verification job said; they change nothing, and their words count.
    """
    outcomes = judged(plan, flag_outcomes(plan, merges), said)
    answered = [one for one in outcomes if one.was_changed is not None]
    boxes: Counter[str] = Counter()
    for merge in merges.values():
        for change in merge.changes:
            diff = change.diff
            boxes.update(changed=len(diff.changed), added=len(diff.added))
            boxes.update(removed=len(diff.removed), renamed=len(diff.renamed))
    return Round(
        id=f"{plan.created} {plan.result_attribute}",
        created=plan.created,
        result_attribute=plan.result_attribute,
        follow=plan.follow,
        sequences=tuple(sorted(merges)),
        windows=len(plan.windows),
        windows_back=windows_back,
        frames=sum(len(window.frame_names) for window in plan.windows),
        flags=len(outcomes),
        answered=len(answered),
        real=sum(bool(one.was_changed) for one in answered),
        checks={
            one.check: CheckCount(real=one.changed, not_real=one.answered - one.changed)
            for one in by_check(outcomes)
        },
        judged=tuple(
            JudgedFlag(
                check=one.flag.checks[0],
                probability=round(one.flag.score / (1.0 + one.flag.score), 4),
                real=bool(one.was_changed),
            )
            for one in answered
            if one.flag.checks
        ),
        boxes=dict(boxes),
        answers=effort.answers if effort else 0,
        time_s=effort.time_s if effort else 0.0,
    )


def judged(
    plan: Plan, outcomes: Sequence[FlagOutcome], said: Iterable[WorkerVerdict]
) -> list[FlagOutcome]:
    """Return outcomes in which the words of verification workers count, where there are any."""
    if plan.follow != "verification":
        return list(outcomes)
    words = list(said)
    found = []
    for one in outcomes:
        status = _status_by_words(one.sequence, one.flag, words)[0]
        was_real = {"confirmed": True, "dismissed": False}.get(status or "")
        found.append(replace(one, was_changed=was_real))
    return found


def statuses(
    plan: Plan,
    outcomes: Iterable[FlagOutcome],
    said: Iterable[WorkerVerdict] = (),
    *,
    accepted: bool = True,
) -> list[tuple[str, str, Status, str]]:
    """Return the verdicts that a round means: sequence, key of the flag, status, comment.

    Flags of plans that know no keys, and flags without an answer, are left out.

    Parameters
    ----------
    accepted : bool
        Whether what workers changed is in the labels now: then a real flag is fixed.
    """
    words = list(said)
    found: list[tuple[str, str, Status, str]] = []
    for one in outcomes:
        if not one.flag.key:
            continue
        if plan.follow == "verification":
            status, comment = _status_by_words(one.sequence, one.flag, words)
            if status is not None:
                found.append((one.sequence, one.flag.key, status, comment))
        elif one.was_changed is not None:
            real: Status = "fixed" if accepted else "confirmed"
            status = real if one.was_changed else "dismissed"
            what = "workers changed it" if one.was_changed else "workers changed nothing"
            found.append((one.sequence, one.flag.key, status, what))
    return found


def _status_by_words(
    sequence: str, flag: PlannedFlag, words: Iterable[WorkerVerdict]
) -> tuple[Status | None, str]:
    """Return what workers said of a flag's objects in its frames; the worst word counts."""
    objects = {flag.object_id, flag.other_object_id} - {""}
    here = [
        one
        for one in words
        if one.sequence == sequence
        and one.verdict
        and flag.frame_start <= one.frame <= flag.frame_end
        and (one.object_id in objects or not objects)
    ]
    wrong = next((one for one in here if one.verdict not in (RIGHT, UNSURE)), None)
    if wrong is not None:
        return "confirmed", f"workers: {wrong.verdict} at frame {wrong.frame}"
    if any(one.verdict == UNSURE for one in here):
        return "unsure", "workers are unsure"
    return ("dismissed", "workers: right") if here else (None, "")


def rounds_file() -> Path:
    """Return where rounds are kept."""
    return paths.data_dir() / ROUNDS_NAME


def read_rounds() -> list[Round]:
    """Return all rounds that came home, the oldest first.

    Raises
    ------
    HandoffError
        When the file is damaged.
    """
    return read_kept(rounds_file(), _rounds, what="rounds")


def _rounds(data: bytes) -> list[Round]:
    return [msgspec.json.decode(row, type=Round) for row in data.splitlines() if row.strip()]


def keep_round(one: Round) -> None:
    """Add a round to those kept; the same package again replaces its line.

    Raises
    ------
    HandoffError
        When the file is damaged or cannot be written.
    """
    kept = [*(old for old in read_rounds() if old.id != one.id), one]
    rows = [msgspec.json.encode(each) + b"\n" for each in kept]
    write_kept(rounds_file(), rows, what="the round")


def judged_flags(rounds: Iterable[Round]) -> list[tuple[str, float, bool]]:
    """Return leading check, promised probability and truth of every judged flag, for ranking."""
    return [(one.check, one.probability, one.real) for each in rounds for one in each.judged]


def verdict_counts(rounds: Iterable[Round]) -> dict[str, CheckCount]:
    """Return the verdicts of all rounds by check."""
    real: Counter[str] = Counter()
    not_real: Counter[str] = Counter()
    for one in rounds:
        for check, count in one.checks.items():
            real[check] += count.real
            not_real[check] += count.not_real
    return {
        check: CheckCount(real=real[check], not_real=not_real[check])
        for check in sorted({*real, *not_real})
    }
