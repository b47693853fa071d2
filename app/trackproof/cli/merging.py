"""``trackproof merge``: corrected windows into full labels."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.cli.inputs import opened
from trackproof.cli.terminal import progress_bar, say, say_problems, table_text
from trackproof.errors import HandoffError
from trackproof.handoff.words import counted
from trackproof.review.saving import original_name

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.handoff.acceptance import AcceptResults
    from trackproof.handoff.merge import MergeBack
    from trackproof.handoff.plan import Plan
    from trackproof.handoff.results import Results
    from trackproof.labels import Labels, Sequence

COLUMNS = ("sequence", "object", "added", "removed", "changed", "renamed", "context", "conflicts")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeChoice:
    """What to take over; as of `AcceptResults`, with objects by name."""

    only: frozenset[str]
    with_context: bool
    with_conflicts: bool
    deletes_emptied: bool


def run_merge(
    labels: str,
    *,
    package: Path,
    results: Path,
    output: Path | None,
    root: Path | None,
    choice: MergeChoice,
) -> int:
    """Print what workers changed and write the merged labels; return 1 when they changed any.

    Raises
    ------
    TrackproofError
        When labels, package or results cannot be used, or the output exists.
    """
    from trackproof.handoff.merge import merge_back
    from trackproof.handoff.plan import read_plan
    from trackproof.handoff.results import read_results
    from trackproof.handoff.verdicts import without_verdicts

    if output is not None and output.exists():
        raise HandoffError("this exists already; choose another folder", path=output)
    plan = read_plan(package)
    result = opened(labels, root=root)
    with progress_bar("Reading results") as progress:
        found = read_results(plan, package, results, progress=progress)
    say_problems(found.problems)
    by_name = {sequence.name: sequence for sequence in result.sequences}
    unknown = sorted(found.returned.keys() - by_name.keys())
    if unknown:
        raise HandoffError(f"these labels hold no sequence {unknown[0]!r}", path=labels)
    merges = {
        name: merge_back(
            by_name[name], by_name[name].labels, [without_verdicts(one) for one in returned]
        )
        for name, returned in found.returned.items()
    }
    sys.stdout.write(_table(merges))
    _tell_round(plan, merges, found)
    _tell_effort(results)
    if output is not None:
        for name, merge in merges.items():
            merged = _accepted(merge, choice).result(merge.labels)
            _write(output, by_name[name], merged, alone=len(result.sequences) == 1)
        say(f"written to {output}")
    return 0 if all(merge.is_empty for merge in merges.values()) else 1


def _table(merges: dict[str, MergeBack]) -> str:
    rows = []
    for name, merge in merges.items():
        for change in merge.changes:
            said = f" (workers: {change.said_name})" if change.said_name != change.name else ""
            diff = change.diff
            counts = (diff.added, diff.removed, diff.changed, diff.renamed)
            both = (*counts, change.context, change.conflicts)
            label = f"{change.name}{said}{' NEW' if change.is_new else ''}"
            rows.append([name, label, *(str(len(frames)) for frames in both)])
        for frames, what in (
            (merge.emptied, "came back empty; boxes are kept there without --delete-emptied"),
            (merge.missing, "did not come back and stay as they were"),
            (merge.frame_attributes, "came back with other frame attributes"),
        ):
            if len(frames):
                say(f"{name}: {counted(len(frames), 'frame')} {what}")
    if not rows:
        return "workers changed no object\n"
    return table_text(COLUMNS, rows, numbers=set(COLUMNS[2:]))


def _tell_round(plan: Plan, merges: dict[str, MergeBack], found: Results) -> None:
    """Tell what became of the flags, and what workers of a verification job said."""
    from trackproof.handoff.outcomes import by_check, flag_outcomes
    from trackproof.handoff.verdicts import worker_verdicts

    for said in worker_verdicts([one for returned in found.returned.values() for one in returned]):
        what = said.verdict or said.note
        sys.stdout.write(f"{said.sequence} frame {said.frame} {said.object_name}: {what}\n")
    say(f"{found.windows():,} of {len(plan.windows):,} windows came back")
    outcomes = flag_outcomes(plan, merges)
    answered = [one for one in outcomes if one.was_changed is not None]
    changed = sum(bool(one.was_changed) for one in answered)
    say(f"workers changed something at {changed:,} of {len(answered):,} flags that came back")
    checks = [f"{one.check} {one.changed}/{one.answered}" for one in by_check(outcomes)]
    if checks:
        say(f"by check: {', '.join(checks)}")


def _tell_effort(results: Path) -> None:
    from trackproof.handoff.responses import read_effort

    effort = read_effort(results)
    if effort.answers:
        who = counted(effort.workers, "worker")
        say(f"{counted(effort.answers, 'answer')} of {who} in {effort.time_s / 60:,.0f} minutes")


def _accepted(merge: MergeBack, choice: MergeChoice) -> AcceptResults:
    from trackproof.handoff.acceptance import AcceptResults

    chosen = [
        change.track
        for change in merge.changes
        if not choice.only or {change.name, change.said_name} & choice.only
    ]
    return AcceptResults(
        merge,
        tracks=frozenset(chosen),
        with_context=choice.with_context,
        with_conflicts=choice.with_conflicts,
        deleting=merge.emptied.tolist() if choice.deletes_emptied else (),
        with_frame_attributes=not choice.only,
    )


def folder_name(name: str) -> str:
    """Return a name under which a folder can be made anywhere, and that leads nowhere else."""
    return re.sub(r"[^\w() .-]", "_", name).strip(" .") or "sequence"


def _write(output: Path, sequence: Sequence, labels: Labels, *, alone: bool) -> None:
    """Write one sequence in the format that it was read in."""
    from trackproof.formats import formats

    name = sequence.source.format_name if sequence.source else ""
    writers = {one.name: one for one in formats() if one.write is not None}
    if name not in writers or sequence.source is None:
        raise HandoffError(f"labels of {sequence.name} cannot be written in their own format")
    folder = output if alone else output / folder_name(sequence.name)
    folder.mkdir(parents=True, exist_ok=True)
    write = writers[name].write
    if write is not None:
        write(folder / original_name(sequence.source), sequence, labels)
