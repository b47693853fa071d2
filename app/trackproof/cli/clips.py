"""``trackproof clips`` and ``clips-job``: what a manifest of clips holds, saved or sent."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.cli.arguments import named_path
from trackproof.cli.inputs import check_local, signed_in
from trackproof.cli.terminal import progress_bar, say, say_problems, table_text, terminal_width
from trackproof.errors import HandoffError, TrackproofError
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trackproof.clips import Board, ClipSet
    from trackproof.clips.summary import ClipRow, FileFacts
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Account

COLUMNS = ("line", "clip", "label", "confidence", "answers", "vote", "remarks")
NUMBERS = {"line", "confidence"}


@dataclass(frozen=True, slots=True)
class Source:
    """Which clips, as a person typed it; ``account`` signs in to S3, boto3's default when None."""

    manifest: str
    root: Path | None = None
    attribute: str = ""
    responses: Path | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Saving:
    """What to write, as a person typed it.

    Parameters
    ----------
    path : Path
        The new manifest.
    attribute : str
        Label attribute; that of the manifest when empty.
    method : str
        ``majority``, ``dawid-skene``, or empty for verdicts alone.
    """

    path: Path
    attribute: str = ""
    method: str = ""
    only_labelled: bool = False
    overwrite: bool = False


def run_clips(
    source: Source,
    *,
    form: str,
    output: Path | None,
    overwrite: bool,
    low: float,
    looks_at_files: bool,
    only_open: bool,
) -> int:
    """Print what a manifest of clips holds; return 1 when something is left to look at.

    Raises
    ------
    TrackproofError
        When the manifest or the verdicts cannot be used.
    """
    from trackproof.clips.summary import clip_rows, is_calm, look_at_files, summary

    board = _board(source, low=low)
    files: Mapping[str, FileFacts] = {}
    if looks_at_files:
        with progress_bar("Looking at the clips") as progress:
            files = look_at_files(board.clips, progress=progress)
    rows = clip_rows(board, files)
    if only_open:
        rows = [row for row in rows if _remarks(row, low=low)]
    if form == "json":
        text = json.dumps(summary(board, files) | {"rows": rows}, indent=2, ensure_ascii=False)
        text += "\n"
    elif form == "csv":
        text = _csv(rows)
    else:
        cells = [_cells(row, low=low) for row in rows]
        width = None if output else terminal_width()
        text = table_text(COLUMNS, cells, numbers=NUMBERS, width=width) if cells else ""
    if output is None:
        sys.stdout.write(text)
    else:
        from trackproof.storage import write_atomic

        write_atomic(output, text.encode("utf-8"), overwrite=overwrite)
    _say_summary(board, files, looked=looks_at_files)
    return 0 if is_calm(board, files) else 1


def run_save(source: Source, saving: Saving) -> int:
    """Write a manifest with all verdicts; return 1 when clips are left without a label.

    Raises
    ------
    TrackproofError
        When the manifest or the verdicts cannot be used, or the file cannot be written.
    """
    from trackproof.clips import encode_manifest, write_manifest
    from trackproof.clips.consolidation import Method, consolidated
    from trackproof.clips.saving import decisions_of
    from trackproof.handoff.request_rules import attribute_name_wrong

    wrong = saving.attribute and attribute_name_wrong(saving.attribute, is_reference=False)
    if wrong:
        raise HandoffError(f"the label attribute {saving.attribute!r} cannot be used: {wrong}")
    board = _board(source)
    decisions = decisions_of(board.verdicts)
    if saving.method:
        if not board.has_answers:
            raise TrackproofError(
                "no raw answers of workers were found; name the job's output folder with "
                "--responses",
                path=source.manifest,
            )
        found = consolidated(board, Method(saving.method))
        decisions = found.decisions
        say(f"{counted(found.from_answers, 'label')} from workers' answers ({saving.method})")
        if found.ties:
            say(f"{counted(found.ties, 'clip')} left without label: the answers are a tie")
    written = encode_manifest(
        board.clips,
        decisions,
        attribute=saving.attribute,
        only_labelled=saving.only_labelled,
    )
    write_manifest(saving.path, written, overwrite=saving.overwrite)
    say(
        f"{counted(written.lines, 'line')}: {counted(written.changed, 'label')} new or changed, "
        f"{written.confirmed:,} confirmed, {counted(written.unlabelled, 'clip')} without label"
        + (" left out" if saving.only_labelled and written.unlabelled else "")
    )
    sys.stdout.write(f"Written to {saving.path}\n")
    return 1 if written.unlabelled else 0


@dataclass(frozen=True, slots=True)
class JobWishes:
    """What a person typed about a job."""

    labels: tuple[str, ...]
    attribute: str
    question: str
    template: Path | None
    address: str
    preset: Path | None
    workers: int
    only_unlabelled: bool


def run_job(source: Source, output: Path, wishes: JobWishes, *, overwrite: bool) -> int:
    """Write the package of a classification job; return 0.

    Raises
    ------
    TrackproofError
        When the clips, labels or settings cannot be used, or the folder is taken.
    """
    from trackproof.clips import Want
    from trackproof.clips.template import Words, worker_template
    from trackproof.handoff.clip_job import make_clip_job
    from trackproof.handoff.presets import load_preset
    from trackproof.handoff.writing import check_free, write_package
    from trackproof.storage import read_bytes

    check_free(output, overwrite=overwrite)
    board = _board(source)
    want = Want.UNLABELLED if wishes.only_unlabelled else Want.ALL
    if wishes.template is not None:
        template = read_bytes(wishes.template).decode("utf-8", "replace")
    else:
        words = Words(question=wishes.question) if wishes.question else Words()
        template = worker_template(words)
    job = make_clip_job(
        board.clips,
        labels=wishes.labels or board.clips.categories.names,
        template=template,
        attribute=wishes.attribute,
        keys={board.clip(place).key for place in board.places(want)},
        address=wishes.address,
        preset=load_preset(wishes.preset) if wishes.preset else None,
        workers=wishes.workers,
    )
    moved = write_package(job, output, overwrite=overwrite)
    say_problems(job.problems)
    if moved:
        say(f"the earlier folder is now {moved}")
    sys.stdout.write(f"{job.summary()}\nWritten to {output}\n")
    return 0


def _board(source: Source, *, low: float | None = None) -> Board:
    from trackproof.clips import Board, saved_review, store_path
    from trackproof.clips.board import LOW_CONFIDENCE
    from trackproof.clips.categories import with_remembered

    with progress_bar("Reading the manifest") as progress:
        clips = _opened(source, progress)
    say_problems(clips.problems)
    saved = saved_review(store_path(clips))
    clips = with_remembered(clips, saved.indices)
    return Board(clips, saved.verdicts, low_confidence=LOW_CONFIDENCE if low is None else low)


def _opened(source: Source, progress: Progress) -> ClipSet:
    """Open a manifest on the disk or in S3; clips in S3 are not fetched."""
    from trackproof.clips import open_clips
    from trackproof.storage import S3Address, is_s3_uri

    if not is_s3_uri(source.manifest):
        path = named_path(source.manifest)
        check_local(path)
        return open_clips(
            path.expanduser(),
            root=source.root,
            attribute=source.attribute,
            responses=source.responses,
            progress=progress,
        )
    from trackproof.clips.remote import open_remote_clips

    return open_remote_clips(
        S3Address.parse(source.manifest),
        signed_in(source.account),
        attribute=source.attribute,
        progress=progress,
    )


def _remarks(row: ClipRow, *, low: float) -> list[str]:
    remarks = [] if row["label"] else ["no label"]
    if row["judged"]:
        was = row["manifest_label"]
        remarks.append("judged" if was in ("", row["label"]) else f"judged, was {was}")
    elif row["confidence"] is not None and row["confidence"] < low:
        remarks.append("low confidence")
    if row["tie"]:
        remarks.append("tie")
    elif len(set(row["answers"])) > 1:
        remarks.append("workers disagree")
    return [*remarks, *row["metadata_problems"], *row["problems"]]


def _cells(row: ClipRow, *, low: float) -> list[str]:
    confidence = row["confidence"]
    return [
        str(row["line"]),
        row["clip"],
        row["label"],
        f"{confidence:.2f}" if confidence is not None else "",
        str(len(row["answers"]) or ""),
        row["vote"],
        "; ".join(one.rstrip(".") for one in _remarks(row, low=low)),
    ]


def _csv(rows: Sequence[ClipRow]) -> str:
    """Return all fields of all rows; lists are joined by `` | ``."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: _flat(value) for key, value in row.items()})
    return out.getvalue()


def _flat(value: Any) -> Any:
    return " | ".join(value) if isinstance(value, list) else value


def _say_summary(board: Board, files: Mapping[str, FileFacts], *, looked: bool) -> None:
    tally = board.tally()
    said = [
        counted(tally.clips, "clip"),
        f"{tally.labelled:,} labelled",
        f"{tally.judged:,} judged",
    ]
    counts = ", ".join(f"{name} {count:,}" for name, count in board.label_counts().items())
    say(", ".join(said))
    if counts:
        say(f"labels: {counts}")
    for count, what in (
        (tally.unlabelled, "without label"),
        (tally.low, f"with confidence below {board.low_confidence:g}"),
        (tally.disputed, "on which workers disagree"),
        (sum(bool(one["problems"]) for one in files.values()), "that may not play for workers"),
        (sum(not one["is_here"] for one in files.values()), "not on this computer"),
    ):
        if count:
            say(f"{counted(count, 'clip')} {what}")
    if looked and files and all(not one["is_here"] for one in files.values()):
        say("name the folder that stands for S3 with --root to look at the clips")
    if board.has_answers:
        from trackproof.clips.words import agreement_words

        say(agreement_words(board.agreement))
