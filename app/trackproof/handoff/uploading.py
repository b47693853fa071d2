"""A package straight to S3: nothing replaced unasked, and its manifests last.

A job can only be launched from a manifest, so a package whose upload broke is never launched.
Sending the same again goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from trackproof.errors import HandoffError
from trackproof.handoff.addresses import folder_address
from trackproof.handoff.copies import copy_frames
from trackproof.handoff.package import MANIFEST_NAME
from trackproof.handoff.plan import PLAN_NAME, decode_plan
from trackproof.progress import NO_PROGRESS
from trackproof.storage import S3Address
from trackproof.storage.s3 import Outgoing, Sent, fetch, listed, taken, upload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.handoff.package import Package
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection, Facts

MOST_LISTED = 200_000


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What was sent.

    Parameters
    ----------
    folder : S3Address
        Where the package is.
    files, frames : Sent
        Files of the package, and frames that were copied inside S3.
    """

    folder: S3Address
    files: Sent
    frames: Sent

    def __str__(self) -> str:
        """Return it in a sentence."""
        parts = [f"{self.files.objects:,} files"]
        if self.frames.objects:
            parts.append(f"{self.frames.objects:,} frames copied inside S3")
        before = self.files.already + self.frames.already
        if before:
            parts.append(f"{before:,} were there already")
        return f"{self.folder}: {', '.join(parts)}"


def check_upload(connection: Connection, folder: S3Address, *, overwrite: bool) -> None:
    """Refuse a folder that holds something, unless it may be replaced or is a broken upload.

    Raises
    ------
    HandoffError
        When other objects are there.
    AwsError
        When S3 refuses or cannot be reached.
    """
    existing = listed(connection, folder.as_folder, most=1_000)
    if not overwrite and existing and f"{folder.as_folder.key}{PLAN_NAME}" not in existing:
        raise _not_empty(folder, next(iter(existing)))


def upload_package(
    package: Package,
    folder: S3Address,
    connection: Connection,
    *,
    overwrite: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Uploaded:
    """Send a package to the folder in S3 that its addresses name.

    First the plan, which marks the place; then the frames that get folders of their own, copied
    inside S3; then all files side by side; and when everything is there, the manifests.

    Parameters
    ----------
    overwrite : bool
        Whether objects of the same names are replaced; other objects in the folder stay.

    Raises
    ------
    HandoffError
        When the package was made for another place, or other objects are there.
    AwsError
        When S3 refuses or cannot be reached.
    Cancelled
        When ``progress`` says so; sending it again goes on from there.
    """
    folder = folder.as_folder
    if package.plan.destination != folder_address(str(folder)):
        raise HandoffError(
            f"the package names {package.plan.destination} as its place, so it works nowhere else",
            path=str(folder),
        )
    existing = listed(connection, folder, most=MOST_LISTED)
    files = _with_known_plan(package, folder, connection, existing)
    if not overwrite:
        _check_foreign(package, folder, existing)
    outgoing = [Outgoing(folder.joined(name), data) for name, data in files.items()]
    last = [one for one in outgoing if one.address.name == MANIFEST_NAME]
    first = [one for one in outgoing if one.address.name == PLAN_NAME]
    others = [one for one in outgoing if one not in first and one not in last]
    _check_same(connection, outgoing, existing, overwrite=overwrite)

    def send(some: list[Outgoing], shown: Progress) -> Sent:
        return upload(connection, some, existing=existing, overwrite=overwrite, progress=shown)

    sent = send(first, NO_PROGRESS)
    frames = Sent()
    if package.copies:
        frames = copy_frames(
            connection, package.copies, beneath=folder, overwrite=overwrite, progress=progress
        )
    sent = sent.plus(send(others, progress))
    return Uploaded(folder, sent.plus(send(last, progress)), frames)


def _with_known_plan(
    package: Package, folder: S3Address, connection: Connection, existing: Mapping[str, Facts]
) -> dict[str, bytes]:
    """Return the files, with the plan of a broken upload of the same package in place of its own.

    The two differ in the time alone.
    """
    address = folder.joined(PLAN_NAME)
    if address.key not in existing:
        return package.files
    fetched = fetch(connection, address)
    known = decode_plan(fetched.data) if fetched is not None else None
    if known is None or fetched is None:
        return package.files
    same = msgspec.structs.replace(package.plan, created=known.created)
    return {**package.files, PLAN_NAME: fetched.data} if same == known else package.files


def _check_foreign(package: Package, folder: S3Address, existing: Mapping[str, Facts]) -> None:
    ours = {f"{folder.key}{name}" for name in package.files}
    ours |= {S3Address.parse(target).key for _, target in package.copies}
    foreign = next((key for key in existing if key not in ours), None)
    if foreign is not None:
        raise _not_empty(folder, foreign)


def _check_same(
    connection: Connection,
    outgoing: list[Outgoing],
    existing: Mapping[str, Facts],
    *,
    overwrite: bool,
) -> None:
    """Refuse before anything is sent, not halfway."""
    if overwrite:
        return
    for one in outgoing:
        facts = existing.get(one.address.key)
        if facts is not None and not one.is_at(connection, facts):
            raise taken(one.address)


def _not_empty(folder: S3Address, key: str) -> HandoffError:
    return HandoffError(
        f"this holds other objects already, for example {key.removeprefix(folder.key)[:200]}; "
        "choose another folder or ask to replace it",
        path=str(folder),
    )
