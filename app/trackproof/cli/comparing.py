"""``trackproof compare``: how far two label sets agree."""

from __future__ import annotations

import csv
import io
import re
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from trackproof.cli.inputs import opened
from trackproof.cli.terminal import progress_bar, say, table_text, terminal_width
from trackproof.errors import TrackproofError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from trackproof.agreement import Agreement, Convention
    from trackproof.agreement.tables import Column
    from trackproof.formats import Opened
    from trackproof.labels import Sequence as FrameSequence

Subject = TypeVar("Subject")
Cells = dict[str, Any]
"""One line of the table: values by column."""

RANGE = re.compile(r"(\d+)(?:[-:](\d+))?")
EVERYTHING = "all"


def run_compare(
    first: Path,
    second: Path,
    *,
    root: Path | None,
    frames: str | None,
    by: str,
    threshold: float,
    convention: str,
    table_format: str,
    output: Path | None,
    overwrite: bool,
) -> int:
    """Compare two label sets and print tables; return 1 when they differ anywhere.

    Raises
    ------
    TrackproofError
        When either cannot be read, they have no sequence or frame in common, or the output cannot
        be written.
    """
    from trackproof.agreement import Convention

    chosen = _frame_range(frames)
    sets = opened(first, root=root), opened(second, root=root)
    found = list(
        _compared(*sets, chosen=chosen, threshold=threshold, convention=Convention(convention))
    )
    lines = [line for one in found for line in _lines(one, by)]
    text = _as_text(lines, table_format, width=None if output else terminal_width())
    if output is None:
        sys.stdout.write(text)
    else:
        from trackproof.storage import write_atomic

        write_atomic(output, text.encode("utf-8"), overwrite=overwrite)
    for one in found:
        _say_summary(one, is_whole=chosen is None)
    is_left_out = sum(len(one.sequences) for one in sets) > 2 * len(found)
    if chosen is None:
        is_left_out |= any(sum(one.left_out) for one in found)
    return int(is_left_out or any(_differs(one) for one in found))


def _frame_range(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    parts = RANGE.fullmatch(text.strip())
    if parts is None or (parts[2] and int(parts[2]) < int(parts[1])):
        raise TrackproofError(f"--frames takes first-last, counted from 0, not {text!r}")
    return int(parts[1]), int(parts[2] or parts[1])


def _compared(
    first: Opened,
    second: Opened,
    *,
    chosen: tuple[int, int] | None,
    threshold: float,
    convention: Convention,
) -> Iterator[Agreement]:
    from trackproof.agreement import LabelSet, compare

    for left, right in _same_sequences(first, second):
        sets = (
            LabelSet(one, one.labels, str(opened_as.path))
            for one, opened_as in ((left, first), (right, second))
        )
        with progress_bar(f"Comparing {left.name}") as progress:
            yield compare(
                *sets,
                threshold=threshold,
                frames=chosen,
                convention=convention,
                progress=progress,
            )


def _same_sequences(first: Opened, second: Opened) -> list[tuple[FrameSequence, FrameSequence]]:
    """Return pairs of sequences by name; two lone sequences are a pair whatever their names."""
    if len(first.sequences) == len(second.sequences) == 1:
        return [(first.sequences[0], second.sequences[0])]
    others = {one.name: one for one in second.sequences}
    pairs = [(one, others[one.name]) for one in first.sequences if one.name in others]
    if not pairs:
        raise TrackproofError(
            f"no sequence of {first.path} has the name of one in {second.path}, so there is "
            "nothing to compare"
        )
    names = {one.name for one, _ in pairs}
    for left_out in sorted({*others, *(one.name for one in first.sequences)} - names):
        say(f"warning: {left_out} stands in one of the two only and is left out")
    return pairs


def _lines(found: Agreement, by: str) -> Iterator[Cells]:
    from trackproof.agreement import track_rows
    from trackproof.agreement.tables import SCORE_COLUMNS, TRACK_COLUMNS

    name = found.first.sequence.name
    if by == "track":
        for of_second in (False, True):
            of = {"sequence": name, "set": "second" if of_second else "first"}
            for row in track_rows(found, of_second=of_second):
                yield {**of, **_cells(TRACK_COLUMNS, row)}
    else:
        parts = {EVERYTHING: found.overall}
        if by == "category":
            parts |= found.by_category
        for category, scores in parts.items():
            of = {"sequence": name, "category": category}
            yield {**of, **_cells(SCORE_COLUMNS, scores)}


def _cells(columns: Iterable[Column[Subject]], subject: Subject) -> Cells:
    return {column.key: (column.plain(subject), column.text(subject)) for column in columns}


def _as_text(lines: list[Cells], table_format: str, *, width: int | None) -> str:
    if not lines:
        return "[]\n" if table_format == "json" else ""
    names = list(lines[0])
    plain = [{key: _plain(value) for key, value in line.items()} for line in lines]
    if table_format == "json":
        import msgspec

        rows = [msgspec.json.encode(line).decode("utf-8") for line in plain]
        return "[\n" + ",\n".join(rows) + "\n]\n"
    if table_format == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(line.values() for line in plain)
        return text.getvalue()
    return _for_people(lines, names, width=width)


def _plain(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) else value


def _for_people(lines: list[Cells], names: Sequence[str], *, width: int | None) -> str:
    if len({line["sequence"] for line in lines}) == 1:
        names = [name for name in names if name != "sequence"]
    if {line.get("category") for line in lines} == {EVERYTHING}:
        names = [name for name in names if name != "category"]
    titles = _titles()
    cells = [
        [line[key][1] if isinstance(line[key], tuple) else line[key] for key in names]
        for line in lines
    ]
    numbers = {
        titles.get(key, key)
        for key, value in lines[0].items()
        if isinstance(value, tuple) and not isinstance(value[0], str)
    }
    return table_text([titles.get(k, k) for k in names], cells, numbers=numbers, width=width)


def _titles() -> dict[str, str]:
    """Return what people read above the columns."""
    from trackproof.agreement.tables import SCORE_COLUMNS, TRACK_COLUMNS

    known = {column.key: column.title for column in TRACK_COLUMNS}
    return {**known, **{column.key: column.title for column in SCORE_COLUMNS}}


def _say_summary(found: Agreement, *, is_whole: bool) -> None:
    clear = found.overall.clear
    names = found.first.sequence.name, found.first.title, found.second.title
    say(
        f"{names[0]}: {len(found.frames):,} frames; {clear.pairs:,} boxes in both, "
        f"{clear.misses:,} only in {names[1]}, {clear.false_positives:,} only in {names[2]}"
    )
    for title, count in zip(names[1:], found.left_out if is_whole else (0, 0), strict=True):
        if count:
            say(f"{count:,} boxes of {title} lie in frames that the other lacks and are left out")
    if not found.sides.has_identity:
        say("no identity metrics: they need to know in both sets who is who")
    share = found.same_category_share
    if share < 1.0:
        say(f"the category is the same in {share:.1%} of the pairs")


def _differs(found: Agreement) -> bool:
    clear = found.overall.clear
    alone = clear.misses or clear.false_positives
    # Switches alone would miss two objects of the first that are one in the second.
    identity = clear.switches > 0 or found.overall.identity.idf1 < 1.0
    moved = (found.pairs.similarity < 1.0 - 1e-9).any()
    return bool(alone or identity or moved or found.same_category_share < 1.0)
