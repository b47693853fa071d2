"""``trackproof merge``: corrected windows into full labels."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trackproof.cli.inputs import opened, signed_in
from trackproof.cli.terminal import progress_bar, say, say_problems, table_text
from trackproof.errors import HandoffError, StorageError
from trackproof.handoff.words import counted
from trackproof.review.converting import folder_name
from trackproof.review.saving import original_name
from trackproof.storage import S3Address, is_s3_uri
from trackproof.storage.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.handoff.acceptance import AcceptResults
    from trackproof.handoff.merge import MergeBack
    from trackproof.handoff.results_home import Homecoming, Places
    from trackproof.labels import Labels, Sequence
    from trackproof.storage.s3 import Account, Connection

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
    package: str,
    results: str,
    output: Path | None,
    root: Path | None,
    choice: MergeChoice,
    account: Account | None = None,
) -> int:
    """Print what workers changed and write the merged labels; return 1 when they changed any.

    Parameters
    ----------
    package, results : str
        Paths, or addresses in S3, which are fetched first.
    account : Account or None
        How to sign in to S3; boto3's default when left out.

    Raises
    ------
    TrackproofError
        When labels, package or results cannot be used, or the output exists.
    """
    from trackproof.handoff.outcomes_round import keep_round
    from trackproof.handoff.results_home import fetched_places

    if output is not None and output.exists():
        raise HandoffError("this exists already; choose another folder", path=output)
    in_s3 = [one for one in (labels, package, results) if is_s3_uri(one)]
    for address in in_s3:
        S3Address.parse(address)  # a slip in an address is told before anybody signs in
    connection = signed_in(account) if in_s3 else None
    with tempfile.TemporaryDirectory(prefix="trackproof-merge-") as folder:
        with progress_bar("Fetching results") as progress:
            places = fetched_places(package, results, Path(folder), connection, progress=progress)
        say_problems(places.problems)
        coming, sequences = _compared(labels, places, results, root=root, who=connection)
    # A fetched file is gone by now; its place in the results is what helps.
    fetched = f"{places.results}/" if is_s3_uri(results) else ""
    say_problems([replace(one, path=one.path.removeprefix(fetched)) for one in coming.problems])
    sys.stdout.write(_table(coming.merges))
    _tell_round(coming)
    if output is not None:
        for name, merge in coming.merges.items():
            merged = _accepted(merge, choice).result(merge.labels)
            _write(output, sequences[name], merged, alone=len(sequences) == 1)
        keep_round(coming.round)
        say(f"written to {output}")
    return 0 if all(merge.is_empty for merge in coming.merges.values()) else 1


def _compared(
    labels: str, places: Places, named: str, *, root: Path | None, who: Connection | None
) -> tuple[Homecoming, dict[str, Sequence]]:
    """Return what came back, and the sequences of the labels by name."""
    from trackproof.handoff.results_home import homecoming

    result = opened(labels, root=root, connection=who)
    open_now = [(sequence, sequence.labels) for sequence in result.sequences]
    try:
        with progress_bar("Reading results") as progress:
            coming = homecoming(places.package, places.results, open_now, progress=progress)
    except HandoffError as error:
        if error.path != places.results:
            raise
        raise HandoffError(error.message, path=named) from error
    return coming, {sequence.name: sequence for sequence in result.sequences}


def _table(merges: Mapping[str, MergeBack]) -> str:
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
            (merge.missing, "did not come back; nothing changes there"),
            (merge.frame_attributes, "came back with other frame attributes"),
        ):
            if len(frames):
                say(f"{name}: {counted(len(frames), 'frame')} {what}")
    if not rows:
        return "workers changed no object\n"
    return table_text(COLUMNS, rows, numbers=set(COLUMNS[2:]))


def _tell_round(coming: Homecoming) -> None:
    """Tell what became of the flags, and what workers of a verification job said."""
    for said in coming.said:
        what = said.verdict or said.note
        place = f"{said.sequence} frame {said.frame} {said.object_name}".rstrip()
        sys.stdout.write(f"{place}: {what}\n")
    say(coming.round.summary())
    checks = [
        f"{name} {count.real}/{count.real + count.not_real}"
        for name, count in coming.round.checks.items()
    ]
    if checks:
        say(f"real flags by check: {', '.join(checks)}")


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


def _write(output: Path, sequence: Sequence, labels: Labels, *, alone: bool) -> None:
    """Write one sequence in the format that it was read in."""
    from trackproof.formats import formats

    name = sequence.source.format_name if sequence.source else ""
    writers = {one.name: one for one in formats() if one.write is not None}
    if name not in writers or sequence.source is None:
        raise HandoffError(f"labels of {sequence.name} cannot be written in their own format")
    folder = output if alone else output / folder_name(sequence.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot be made: {reason(error)}", path=folder) from error
    write = writers[name].write
    if write is not None:
        write(folder / original_name(sequence.source), sequence, labels)
