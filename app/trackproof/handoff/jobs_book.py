"""Which jobs were launched from here, and from which packages: to bring them home again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trackproof import paths
from trackproof.handoff.kept import read_kept, write_kept

if TYPE_CHECKING:
    from pathlib import Path

BOOK_NAME = "jobs.json"
MOST = 500


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """One job that was launched from here; ``package`` is a folder or an S3 address."""

    name: str
    arn: str
    region: str
    package: str
    launched: str = ""


def book_file() -> Path:
    """Return where the book is kept."""
    return paths.data_dir() / BOOK_NAME


def noted_jobs() -> list[Noted]:
    """Return the jobs launched from here, the newest first.

    Raises
    ------
    HandoffError
        When the book is damaged.
    """
    return read_kept(
        book_file(), lambda data: msgspec.json.decode(data, type=list[Noted]), what="jobs"
    )


def note_job(job: Noted) -> None:
    """Write a job down; the same one again replaces its line.

    Raises
    ------
    HandoffError
        When the book is damaged or cannot be written.
    """
    kept = [job, *(old for old in noted_jobs() if old.arn != job.arn)][:MOST]
    write_kept(book_file(), msgspec.json.format(msgspec.json.encode(kept)), what="the job")


def package_of(arn: str) -> str:
    """Return the package that a job was launched from; empty when it was not from here."""
    return next((job.package for job in noted_jobs() if job.arn == arn), "")
