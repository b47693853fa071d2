"""Clips of a classification job: what a manifest and its workers say about each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from trackproof.errors import Problem
    from trackproof.progress import Progress

    Find = Callable[[str], Path | None]
    """Where a clip's address is on this computer; None when it is not.

    May raise `StorageError` for an address that leads somewhere it must not.
    """

    Fetch = Callable[[str, Progress], Path | None]
    """The same, but may take its time to bring a clip here."""

DEFAULT_ATTRIBUTE = "clip-class"
DEFAULT_TYPE = "groundtruth/video-classification"


@dataclass(frozen=True, slots=True)
class WorkerAnswer:
    """What one worker chose for one clip.

    Parameters
    ----------
    worker : int
        Number of the worker in `ClipSet.workers`; ids are personal data and stay there.
    label : str
        Category name.
    time_s : float or None
        Active time, seconds.
    """

    worker: int
    label: str
    time_s: float | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """One line of a manifest that names a clip.

    Parameters
    ----------
    number : int
        Zero-based line, as the folders of a job's output are named.
    key : str
        Its address; a repeated address gets ``#2``, ``#3``. Verdicts are kept under it, so that
        they outlive a manifest that grows.
    source_ref : str
        The address as written.
    label : str
        ``class-name``; empty while nobody labelled it.
    confidence : float or None
        0 to 1; None when none is stated. The service writes 0 when a single person labelled, which
        says nothing about the label, so a human's 0 counts as not stated.
    is_human : bool or None
        Whether a person chose the label; None when the line does not say.
    failure : str
        Why the job could not label it; empty when it did not fail.
    answers : tuple of WorkerAnswer
        One per worker, where raw answers are there.
    remarks : tuple of str
        What is wrong with the result in its line.
    """

    number: int
    key: str
    source_ref: str
    label: str = ""
    confidence: float | None = None
    is_human: bool | None = None
    failure: str = ""
    answers: tuple[WorkerAnswer, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """File name of the clip."""
        return PurePosixPath(self.source_ref.rstrip("/")).name or self.source_ref

    @property
    def is_disputed(self) -> bool:
        """Whether its workers chose different labels."""
        return len({answer.label for answer in self.answers}) > 1


@dataclass(frozen=True, slots=True)
class Categories:
    """The labels of a job in their order, and the number that manifests hold for each.

    Parameters
    ----------
    index_of : mapping of str to int
        Class index by name, in the order of the list.
    """

    index_of: Mapping[str, int] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in the order of the list."""
        return tuple(self.index_of)

    def plus(self, *names: str) -> Categories:
        """Return the list with further names at its end, each with the next free index."""
        index_of = dict(self.index_of)
        for name in names:
            if name not in index_of:
                index_of[name] = max(index_of.values(), default=-1) + 1
        return Categories(index_of)


@dataclass(frozen=True, slots=True, eq=False)
class ClipSet:
    """The clips of one manifest.

    Parameters
    ----------
    path : Path
        The manifest.
    digest : str
        SHA-256 of its bytes as they were read; saving copies them and must meet the same.
    clips : tuple of Clip
        In the manifest's order; at least one.
    attribute : str
        Label attribute that is shown; empty while no line holds a result.
    attributes : tuple of str
        All that hold a classification, the newest first.
    categories : Categories
        From a label category configuration, the lines and the answers.
    stated : mapping of str to int
        Class index of every label that a line states.
    writes_text : bool
        Whether this manifest holds class indices as text (``"2"``).
    job_name, kind : str
        ``job-name`` and ``type`` of the results, for new ones; empty when no line states them.
    workers : tuple of str
        Worker ids; never shown, left out of reports.
    problems : tuple of Problem
        What was wrong and did not stop the reading.
    find : callable
        Where a clip's address is on this computer; quick.
    fetch : callable or None
        Brings a clip here that is not; None when clips are only looked for.
    address : str
        S3 address of the manifest; empty for one on the disk, which ``path`` names.
    """

    path: Path
    digest: str
    clips: tuple[Clip, ...]
    attribute: str
    attributes: tuple[str, ...]
    categories: Categories
    stated: Mapping[str, int]
    writes_text: bool
    job_name: str
    kind: str
    workers: tuple[str, ...] = field(repr=False)
    problems: tuple[Problem, ...]
    find: Find
    fetch: Fetch | None = None
    address: str = ""

    @property
    def name(self) -> str:
        """File name of the manifest."""
        return PurePosixPath(self.address).name if self.address else self.path.name

    @property
    def own_attribute(self) -> str:
        """Label attribute that is written unless another one is chosen."""
        return self.attribute or DEFAULT_ATTRIBUTE

    @property
    def identity(self) -> str:
        """What tells this manifest from others: its address, or its whole path."""
        return self.address or str(self.path.resolve())

    def bring(self, clip: Clip, progress: Progress) -> Path | None:
        """Return the local file of a clip, fetched when that is possible; None without any.

        Raises
        ------
        StorageError
            When the address leads somewhere it must not, or the clip cannot be had.
        Cancelled
            When ``progress`` says so.
        """
        if self.fetch is not None:
            return self.fetch(clip.source_ref, progress)
        return self.find(clip.source_ref)

    def __len__(self) -> int:
        return len(self.clips)
