"""From one format to another, telling what is lost on the way."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trackproof.cli.inputs import check_local, opened, problems_of
from trackproof.cli.terminal import progress_bar, say
from trackproof.errors import Severity, StorageError, TrackproofError

if TYPE_CHECKING:
    from trackproof.formats import Format, Opened, StatedSizes
    from trackproof.review.converting import Conversion
    from trackproof.storage.s3 import Account

_SIZE = re.compile(r"(\d{1,6})[xX](\d{1,6})")


def run_convert(
    labels: str,
    target: Path,
    *,
    to: str,
    root: Path | None,
    sizes: list[str],
    dry_run: bool,
    overwrite: bool,
    account: Account | None = None,
) -> int:
    """Convert labels; return 1 when something was lost or could not be read, else 0.

    Parameters
    ----------
    sizes : list of str
        ``WxH`` for all sequences, ``NAME=WxH`` for one.
    account : Account or None
        How to sign in to S3, when the labels are there.

    Raises
    ------
    TrackproofError
        When labels cannot be read, the format is not known, or nothing can be written.
    """
    from trackproof.formats import SizeUnknown

    check_local(target)
    chosen = target_format(to, target)
    stated = stated_sizes(sizes)
    try:
        result = opened(labels, root=root, size=stated, account=account)
        _check_named(stated, result)
        planned = _planned(result, chosen, target, stated)
        if not overwrite:
            _check_targets(planned)
        for one in planned:
            _tell(one, chosen, several=len(planned) > 1)
        if not dry_run:
            _write(planned, chosen, overwrite=overwrite)
    except SizeUnknown as error:
        raise SizeUnknown(
            f"{error.message}; or say --size WxH or --size NAME=WxH", path=error.path
        ) from error
    left_out = any(problem.severity is Severity.ERROR for problem in problems_of(result))
    return 1 if left_out or any(one.losses for one in planned) else 0


def target_format(name: str, target: Path) -> Format:
    """Return the format that a person named, or that an ending stands for alone.

    Raises
    ------
    TrackproofError
        When there is none, or several have that ending.
    """
    from trackproof.formats import formats

    writers = {one.name: one for one in formats() if one.can_write}
    known = ", ".join(writers)
    if name:
        if name not in writers:
            raise TrackproofError(f"no format called {name!r} can be written; there are {known}")
        return writers[name]
    fitting = [one for one in writers.values() if target.suffix.lower() in one.extensions]
    if len(fitting) != 1:
        raise TrackproofError(
            f"the name {target.name!r} does not tell the format; add --to with one of {known}"
        )
    return fitting[0]


def stated_sizes(texts: list[str]) -> StatedSizes:
    """Return image sizes from ``WxH`` and ``NAME=WxH``.

    Raises
    ------
    TrackproofError
        When one is no size, or two are about the same.
    """
    from trackproof.formats import StatedSizes

    found: dict[str, tuple[int, int]] = {}
    for text in texts:
        name, is_named, size = text.rpartition("=")
        match = _SIZE.fullmatch(size.strip())
        if match is None or not int(match[1]) or not int(match[2]) or (is_named and not name):
            raise TrackproofError(
                f"--size {text!r} is no image size; write it like 1920x1080, or NAME=1920x1080 for "
                "one sequence"
            )
        if name in found:
            whose = f"of {name}" if name else "of all sequences"
            raise TrackproofError(f"--size {text!r}: the size {whose} is stated twice")
        found[name] = int(match[1]), int(match[2])
    return StatedSizes(found.pop("", None), found)


def _check_named(sizes: StatedSizes, result: Opened) -> None:
    names = [one.name for one in result.sequences]
    for name in sizes.by_name:
        if name not in names:
            raise TrackproofError(
                f"--size names the sequence {name!r}, and there is none; there are "
                f"{', '.join(names)}"
            )


def _planned(
    result: Opened, chosen: Format, target: Path, sizes: StatedSizes
) -> tuple[Conversion, ...]:
    from trackproof.review.converting import plan_conversion, sized

    return plan_conversion(
        ((sized(one, sizes.of(one.name)), one.labels) for one in result.sequences),
        chosen,
        target,
        is_folder=len(result.sequences) > 1,
        originals=[result.path] if isinstance(result.path, Path) else [],
    )


def _check_targets(planned: tuple[Conversion, ...]) -> None:
    from trackproof.review.converting import Taken, check_targets

    try:
        check_targets(planned)
    except Taken as error:
        raise StorageError(
            f"{error.message}; choose another name, or replace it with --force", path=error.path
        ) from error


def _tell(one: Conversion, chosen: Format, *, several: bool) -> None:
    if one.losses:
        whose = f" of {one.sequence.name}" if several else ""
        say(f"{chosen.title} cannot hold everything{whose}:")
    for loss in one.losses:
        say(f"  {loss}")


def _write(planned: tuple[Conversion, ...], chosen: Format, *, overwrite: bool) -> None:
    from trackproof.review.converting import write_conversion

    with progress_bar(f"Writing {chosen.title}") as progress:
        write_conversion(
            planned, chosen, overwrite=overwrite, keeps_copies=False, progress=progress
        )
    for one in planned:
        sys.stdout.write(f"{one.path}\n")
