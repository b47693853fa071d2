"""``trackproof validate``, ``export`` and ``merge``: packages for labeling jobs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.cli.inputs import (
    analysed,
    check_local,
    chosen_profile,
    opened,
    opened_review,
    signed_in,
)
from trackproof.cli.terminal import progress_bar, say, say_problems
from trackproof.errors import HandoffError, Severity
from trackproof.handoff.words import counted
from trackproof.storage import S3Address, place_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackproof.checks import Analysis
    from trackproof.handoff.choosing import Gathered
    from trackproof.handoff.package import Package
    from trackproof.handoff.selection import ExportOptions, Reviewed
    from trackproof.review import Review
    from trackproof.storage.s3 import Account, Connection


def run_validate(package: str, *, size: str, account: Account | None = None) -> int:
    """Check a package and print what is wrong; return 1 when a rule is broken.

    Parameters
    ----------
    size : str
        Image size as ``1920x1080``; empty when it is not known.
    account : Account or None
        How to sign in to S3; boto3's default when left out.

    Raises
    ------
    HandoffError
        When there is nothing to check, or the size is none.
    """
    from trackproof.handoff.validate import is_clean, validate

    wanted = _size(size)
    place = place_of(package)
    if isinstance(place, S3Address):
        from trackproof.handoff.validate_remote import validate_remote

        connection = signed_in(account)
        with progress_bar("Checking files") as progress:
            problems = validate_remote(place, connection, size=wanted, progress=progress)
    else:
        check_local(place)
        with progress_bar("Checking files") as progress:
            problems = validate(place, size=wanted, progress=progress)
    for problem in problems:
        sys.stdout.write(f"{problem.severity}: {problem}\n")
    counts = {kind: sum(p.severity is kind for p in problems) for kind in Severity}
    said = ", ".join(counted(count, kind) for kind, count in counts.items() if count)
    say(said or "every rule is kept")
    return 0 if is_clean(problems) else 1


def _size(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise HandoffError(f"{text!r} is not an image size such as 1920x1080")
    return int(width), int(height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which flags to send.

    Parameters
    ----------
    flags : str
        ``all`` that checks find; or ``waiting`` or ``confirmed`` ones of the review.
    top : int or None
        At most so many of the best flags.
    least_score : float
        Flags below stay at home.
    frame_budget : int or None
        At most so many frames in all.
    money_budget : float or None
        At most so much money, at the given prices.
    """

    flags: str = "all"
    top: int | None = None
    least_score: float = 0.0
    frame_budget: int | None = None
    money_budget: float | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to read, as a person typed it."""

    labels: str
    root: Path | None
    frames: str | None
    profile: str | None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a package goes: a folder, an address in S3, or both."""

    folder: Path | None = None
    address: str = ""


def export_options(
    *,
    prices: tuple[float, float],
    is_verification: bool,
    job: Path | None,
    **fields: Any,
) -> ExportOptions:
    """Return options from what a person typed; other fields are those of `ExportOptions`.

    Raises
    ------
    HandoffError
        When the job settings cannot be used.
    """
    from trackproof.handoff.label_config import Follow
    from trackproof.handoff.presets import load_preset
    from trackproof.handoff.selection import ExportOptions
    from trackproof.handoff.windows import Prices

    return ExportOptions(
        prices=Prices(*prices),
        follow=Follow.VERIFICATION if is_verification else Follow.ADJUSTMENT,
        preset=load_preset(job) if job else None,
        **fields,
    )


def run_export(
    inputs: Inputs, targets: Targets, *, choice: Choice, options: ExportOptions, overwrite: bool
) -> int:
    """Check labels and write a package of the flagged places; return 0.

    Raises
    ------
    TrackproofError
        When labels or frames cannot be used, nothing is flagged, or the folder is taken.
    """
    from trackproof.handoff.package import make_package
    from trackproof.handoff.selection import best_of

    sending = _sending(inputs, targets, overwrite=overwrite)
    chosen = best_of(
        _reviewed(inputs, choice, connection=sending[1] if sending else None),
        options,
        top=choice.top,
        frame_budget=choice.frame_budget,
        money_budget=choice.money_budget,
    )
    with progress_bar("Making the package") as progress:
        package = make_package(chosen, options, progress=progress)
    said = []
    if targets.folder is not None:
        said.append(_written(package, targets.folder, overwrite=overwrite))
    if sending is not None:
        said.append(_sent(package, *sending, overwrite=overwrite))
    say_problems(package.problems)
    sys.stdout.write("\n".join([package.summary(), *said, ""]))
    return 0


def _sending(
    inputs: Inputs, targets: Targets, *, overwrite: bool
) -> tuple[S3Address, Connection] | None:
    """Return where in S3 a package goes and who sends it, refusing early what cannot work."""
    from trackproof.handoff.uploading import check_upload
    from trackproof.handoff.writing import check_free

    if targets.folder is None and not targets.address:
        raise HandoffError("say where the package goes: a folder (-o DIR) or S3 (--to s3://...)")
    if targets.folder is not None:
        check_free(targets.folder, overwrite=overwrite)
    if not targets.address:
        return None
    address = S3Address.parse(targets.address).as_folder
    connection = signed_in(inputs.account)
    check_upload(connection, address, overwrite=overwrite)
    return address, connection


def _written(package: Package, folder: Path, *, overwrite: bool) -> str:
    from trackproof.handoff.writing import write_package

    with progress_bar("Writing the package") as progress:
        moved = write_package(package, folder, overwrite=overwrite, progress=progress)
    if moved:
        say(f"the earlier folder is now {moved}")
    return f"Written to {folder}"


def _sent(package: Package, address: S3Address, connection: Connection, *, overwrite: bool) -> str:
    from trackproof.handoff.uploading import upload_package

    with progress_bar("Sending the package") as progress:
        uploaded = upload_package(
            package, address, connection, overwrite=overwrite, progress=progress
        )
    return f"Sent to {uploaded}"


def _reviewed(inputs: Inputs, choice: Choice, *, connection: Connection | None) -> list[Reviewed]:
    """Return the sequences with the flags to send; say how many stay, and by what."""
    from trackproof.handoff.choosing import Gathered, Which, reviewed
    from trackproof.review import ENDING

    limits = chosen_profile(inputs.profile)
    how: dict[str, Any] = {"root": inputs.root, "account": inputs.account, "connection": connection}
    review: Review | None = None
    if choice.flags == "all" and not inputs.labels.endswith(ENDING):
        result = opened(inputs.labels, **how)
    else:
        result, review = opened_review(inputs.labels, **how)
    try:
        analyses = analysed(
            result,
            frames=inputs.frames,
            profile=limits,
            links=True,
            review=review,
            account=inputs.account,
        )
        gathered = [
            _with_verdicts(one, review) if review else Gathered(one.sequence, one.labels, one)
            for one in analyses
        ]
    finally:
        if review is not None:
            review.close()
    which = Which[choice.flags.upper()]
    found = reviewed(gathered, which=which, least_score=choice.least_score)
    everything = reviewed(gathered, which=which, least_score=0.0)
    if review is not None and not any(one.flags for one in everything):
        raise HandoffError(f"no flag of this review is to be sent: {which} was asked for")
    _tell_left_out(everything, found, choice.least_score)
    return list(found)


def _with_verdicts(analysis: Analysis, review: Review) -> Gathered:
    from trackproof.handoff.choosing import Gathered
    from trackproof.review.own_flags import own_flag

    verdicts = review.verdicts(analysis.sequence.name)
    return Gathered(
        analysis.sequence,
        analysis.labels,
        analysis,
        own=tuple(own_flag(one) for one in verdicts.values() if one.own is not None),
        statuses={key: str(one.status) for key, one in verdicts.items()},
    )


def _tell_left_out(
    everything: Sequence[Reviewed], found: Sequence[Reviewed], least_score: float
) -> None:
    left_out = sum(len(one.flags) for one in everything) - sum(len(one.flags) for one in found)
    if left_out:
        flags = counted(left_out, "flag")
        say(f"{flags} under score {least_score:g} left out; --min-score 0 sends all")
