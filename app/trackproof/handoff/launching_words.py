"""What workers of a job read: the package's own words, or a person's instead.

Words of a person go into files of their own beside those of the package, named after what they
hold. So nothing is replaced, the same words make the same request, and a launch that is repeated
finds its first job.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from trackproof.errors import HandoffError, Severity
from trackproof.handoff.config_rules import config_problems
from trackproof.handoff.instructions import (
    full_filled,
    full_unfilled,
    short_filled,
    short_unfilled,
)
from trackproof.handoff.limits import FULL_INSTRUCTION_CHARACTERS, SHORT_INSTRUCTION_CHARACTERS
from trackproof.progress import NO_PROGRESS
from trackproof.storage import S3Address
from trackproof.storage.s3 import Outgoing, upload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof.handoff.launching_sources import Launchable
    from trackproof.handoff.presets import JobPreset
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection

HASH_CHARACTERS = 10


@dataclass(frozen=True, slots=True)
class Words:
    """What workers read, with `PLACES` where the flagged places of each job stand.

    Parameters
    ----------
    short, full : str
        Beside the picture, and behind the instructions button; for video frames.
    page : str
        The whole page; for clips.
    """

    short: str = ""
    full: str = ""
    page: str = ""


def own_words(job: Launchable) -> Words:
    """Return the words of the package."""
    if job.page:
        return Words(page=job.page)
    texts = job.config.get("instructions")
    found = texts if isinstance(texts, dict) else {}
    return Words(
        short=short_unfilled(str(found.get("shortInstruction", "")), job.places),
        full=full_unfilled(str(found.get("fullInstruction", "")), job.places),
    )


def words_for(job: Launchable, preset: JobPreset) -> Words:
    """Return the words of a preset, and those of the package where the preset has none."""
    own = own_words(job)
    if job.page:
        return Words(page=preset.worker_page or own.page)
    return Words(preset.short_instruction or own.short, preset.full_instruction or own.full)


def filled(words: Words, job: Launchable) -> Words:
    """Return words as the workers of a job read them."""
    short, full = short_filled(words.short, job.places), full_filled(words.full, job.places)
    return Words(short, full, words.page)


def words_problems(words: Words, job: Launchable) -> list[str]:
    """Return in words what is wrong with the words of a job; nothing when they can be sent."""
    if job.page:
        from trackproof.clips.template import template_problems

        return list(template_problems(words.page))
    read = filled(words, job)
    if not read.short and not read.full:
        return []
    problems = []
    for name, text, most in (
        ("short instruction", read.short, SHORT_INSTRUCTION_CHARACTERS),
        ("full instruction", read.full, FULL_INSTRUCTION_CHARACTERS),
    ):
        if not text:
            problems.append(f"The {name} is empty; the service wants both or none.")
        elif len(text) > most:
            problems.append(f"The {name} has {len(text):,} characters; {most:,} are allowed.")
    return problems


def worded(job: Launchable, preset: JobPreset) -> Launchable:
    """Return a job whose workers read the words of a preset.

    The job itself when they are the package's own. Else its request names files that do not exist
    yet: ``pending`` holds them, and `send_words` sends them.

    Raises
    ------
    HandoffError
        When the preset has instructions, and the package no configuration that could hold them.
    """
    words = words_for(job, preset)
    if words == own_words(job):
        return job
    if job.page:
        data = words.page.encode()
        uri = _beside(job.template_uri, data)
        return replace(job, template_uri=uri, pending={uri: data})
    if not job.config:
        raise HandoffError(
            "the package holds no label category configuration, so there is no place for "
            "instructions",
            path=job.manifest,
        )
    read = filled(words, job)
    texts = {"shortInstruction": read.short, "fullInstruction": read.full}
    config = {**job.config, "instructions": texts}
    data = msgspec.json.format(msgspec.json.encode(config), indent=1) + b"\n"
    uri = _beside(job.config_uri, data)
    return replace(job, config=config, config_uri=uri, pending={uri: data})


def send_words(
    connection: Connection, jobs: Iterable[Launchable], *, progress: Progress = NO_PROGRESS
) -> None:
    """Put the changed words of jobs into S3; what is there already is left alone.

    Raises
    ------
    HandoffError
        When words break a rule of the service; nothing is sent then.
    AwsError
        When S3 refuses or cannot be reached.
    Cancelled
        When ``progress`` says so.
    """
    outgoing = []
    for job in jobs:
        _check(job)
        outgoing += [Outgoing(S3Address.parse(uri), data) for uri, data in job.pending.items()]
    if outgoing:
        upload(connection, outgoing, progress=progress)


def _check(job: Launchable) -> None:
    if job.pending and not job.page:
        problems = config_problems(job.config)
        wrong = next((one for one in problems if one.severity is Severity.ERROR), None)
        if wrong is not None:
            raise HandoffError(f"nothing was sent: {wrong}", path=job.config_uri)
    for uri, data in job.pending.items() if job.page else ():
        lacking = words_problems(Words(page=data.decode()), job)
        if lacking:
            raise HandoffError(f"nothing was sent: {lacking[0]}", path=uri)


def _beside(uri: str, data: bytes) -> str:
    """Return the address beside another for some content."""
    folder, _, name = uri.rpartition("/")
    stem, _, ending = name.partition(".")
    mark = hashlib.sha256(data).hexdigest()[:HASH_CHARACTERS]
    return f"{folder}/{stem}-{mark}.{ending}"
