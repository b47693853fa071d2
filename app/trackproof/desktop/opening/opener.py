"""Reading labels and their review in the background; what is open stays until both are there."""

from __future__ import annotations

import contextlib
import importlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.book import Inputs, open_review
from trackproof.desktop.checking import import_checks
from trackproof.desktop.links import DEMO
from trackproof.desktop.notices import Banner, banner_of_error, banner_of_problems
from trackproof.desktop.untaken import Untaken
from trackproof.errors import ReviewError, Severity
from trackproof.storage import S3Address, is_s3_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackproof.clips import ClipSet
    from trackproof.desktop.settings import Settings
    from trackproof.desktop.tasks import Task, TaskRunner
    from trackproof.errors import Problem
    from trackproof.formats import Opened
    from trackproof.progress import Progress
    from trackproof.review import Review
    from trackproof.storage.s3 import Account, Connection

LINE = "open"
MANIFEST_SUFFIXES = (".manifest", ".jsonl")
TOPIC = "opening"


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was read: labels, their review, and what was wrong on the way."""

    inputs: Inputs
    review: Review
    problems: tuple[Problem, ...]
    frames: str | None
    identity: str = ""
    """Who asked S3, in AWS's words; empty for labels from the disk."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants opened."""

    paths: tuple[str, ...]
    root: str | None = None
    frames: str | None = None
    carries_over: bool = False
    takes_over: bool = False
    size: tuple[int, int] | None = None
    """Width and height of the images, where neither labels nor pictures tell them."""

    @property
    def name(self) -> str:
        """What messages call it."""
        names = ("the demo" if path == DEMO else Path(path).name for path in self.paths)
        return ", ".join(names)


class Opener(QObject):
    """Answers a request by `read`, for clips by `clips_read`, or says why not."""

    read = Signal(object)
    clips_read = Signal(object)
    said = Signal(object)
    withdrawn = Signal(str)
    size_asked = Signal(object)
    """A request waits for a person who states the size of the images."""
    size_sought = Signal(object)
    """A request waits for pictures that show it."""

    def __init__(self, tasks: TaskRunner, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._settings = settings
        self.opened: tuple[str, ...] = ()
        """What was asked for to open what is open; empty for what comes from no file."""
        self.root = ""
        self._request: Request | None = None
        self._untaken = Untaken()
        self._told: list[str] = []
        self.identity = ""
        """Who asked S3 for what is open; empty for labels from the disk."""

    def open(
        self,
        paths: Iterable[Path | str],
        *,
        root: Path | str | None = None,
        frames: Path | str | None = None,
    ) -> None:
        """Read labels; the newest request wins."""
        request = Request(
            tuple(str(path) for path in paths),
            str(root) if root else None,
            str(frames) if frames else None,
        )
        known = filter(None, map(self._settings.size_of, request.paths))
        self._open(replace(request, size=next(known, None)))

    def _open(self, request: Request, *, set_aside: Path | None = None) -> None:
        reviewer, untaken = self._settings.reviewer, self._untaken
        account = next(filter(None, map(self._settings.account_of, request.paths)), None)

        def read(progress: Progress) -> Reading | ClipSet:
            if set_aside is not None:
                _set_aside(set_aside)
            return _clips(request, account, progress) or _read(
                request, progress, untaken=untaken, account=account, reviewer=reviewer
            )

        self._start(f"Opening {request.name}", read, request)

    def take_over(self) -> None:
        """Open what is open again, and hold its review; for one whose window is gone."""
        if self._request is not None:
            self._open(replace(self._request, takes_over=True))

    def open_sized(
        self, request: Request, size: tuple[int, int], *, frames: str | None = None
    ) -> None:
        """Open labels whose images have this size, and remember it."""
        for path in request.paths:
            self._settings.set_size_of(path, size)
        self._open(replace(request, size=size, frames=frames or request.frames))

    def open_demo(self) -> None:
        """Render the demo scene once, and open it."""
        request, reviewer, untaken = Request((DEMO,)), self._settings.reviewer, self._untaken

        def make(progress: Progress) -> Reading:
            from trackproof.demo import ensure_demo

            scene = ensure_demo(progress=progress)
            wanted = Request((str(scene.labels_path),), frames=str(scene.frames_dir))
            return _read(wanted, progress, untaken=untaken, reviewer=reviewer)

        self._start("Preparing the demo", make, request)

    def start_anew(self, request: Request, review: Path) -> None:
        """Put a review that does not fit aside, and open the labels with a new one."""
        self._open(request, set_aside=review)

    def _start(
        self, title: str, function: Callable[[Progress], Reading | ClipSet], request: Request
    ) -> None:
        task = self._tasks.start(
            title,
            function,
            succeeded=lambda reading: self._take(reading, request),
            failed=lambda error: self._fail(error, request),
            cancelled=lambda: self._let_go(task),
            line=LINE,
        )

    def close(self) -> None:
        """Let go of what was read and never shown; no worker may run any more."""
        self._untaken.close()

    def _let_go(self, task: Task) -> None:
        """Close the review that was opened all the same, on a worker: it waits for the disk."""
        self._tasks.start(
            "Closing what is not wanted",
            lambda _progress: self._untaken.close(task),
            succeeded=lambda _closed: None,
            failed=lambda error: self.said.emit(banner_of_error(error, doing="closing a review")),
            is_quiet=True,
        )

    def _take(self, reading: Reading | ClipSet, request: Request) -> None:
        if not isinstance(reading, Reading):
            self._settings.add_recent(reading.address or reading.path)
            self.withdrawn.emit(TOPIC)
            self.clips_read.emit(reading)
            return
        self._untaken.take(reading.review)
        self._request = request
        self.opened, self.root = request.paths, request.root or ""
        self.identity = reading.identity
        self._settings.add_recent(reading.inputs.path)
        self.withdrawn.emit(TOPIC)
        for topic in self._told:
            self.withdrawn.emit(topic)
        self._told.clear()
        self.read.emit(reading)
        banner = banner_of_problems(reading.problems, what=reading.inputs.path.name)
        if banner is not None:
            self.said.emit(replace(banner, topic=TOPIC))
        if reading.identity:
            self._tell(f"Read from S3 as {reading.identity}.", Severity.NOTE)
        review = reading.review
        # Who holds it and what is not saved is said with a way out, by the review's keeper.
        for text in review.notes:
            self._tell(text, Severity.WARNING)

    def _tell(self, text: str, severity: Severity) -> None:
        """Say what is true of what is open, until something else is."""
        topic = f"{TOPIC}: {text}"
        self._told.append(topic)
        self.said.emit(Banner(text, severity=severity, topic=topic))

    def _fail(self, error: BaseException, request: Request) -> None:
        from trackproof.formats import SizeUnknown

        banner = replace(banner_of_error(error, doing=f"opening {request.name}"), topic=TOPIC)
        choices: list[tuple[str, Callable[[], object]]] = []
        if isinstance(error, ReviewError):
            from trackproof.review import InputsChanged

            if isinstance(error, InputsChanged):
                again = replace(request, carries_over=True)
                choices.append(("Carry the review over", lambda: self._open(again)))
            place = error.path
            if isinstance(place, Path) and place.exists():
                choices.append(("Start a new review", lambda: self.start_anew(request, place)))
        if isinstance(error, SizeUnknown):
            choices.append(("State the size …", lambda: self.size_asked.emit(request)))
            choices.append(("Show the pictures …", lambda: self.size_sought.emit(request)))
        banner = replace(banner, choices=tuple(choices))
        self.said.emit(banner)


def _clips(request: Request, account: Account | None, progress: Progress) -> ClipSet | None:
    """Return the clips of a manifest of videos; None when anything else is asked for."""
    from trackproof.clips import holds_clips, open_clips

    path = request.paths[0]
    if len(request.paths) > 1:
        return None
    if is_s3_uri(path):
        return _remote_clips(path, account, progress)
    if not holds_clips(Path(path).expanduser()):
        return None
    root = Path(request.root) if request.root else None
    return open_clips(Path(path).expanduser(), root=root, progress=progress)


def _remote_clips(uri: str, account: Account | None, progress: Progress) -> ClipSet | None:
    address = S3Address.parse(uri)
    if not address.is_folder and address.suffix not in MANIFEST_SUFFIXES:
        return None
    from trackproof.clips.remote import remote_clips_in
    from trackproof.storage.s3 import Connection

    return remote_clips_in(address, Connection(account), progress=progress)


def _read(
    request: Request,
    progress: Progress,
    *,
    untaken: Untaken,
    account: Account | None = None,
    reviewer: str = "",
) -> Reading:
    from trackproof.formats import SizeUnknown, open_labels
    from trackproof.review import ENDING, input_of

    review_file = None
    if len(request.paths) == 1 and request.paths[0].endswith(ENDING):
        review_file = Path(request.paths[0]).expanduser()
        request = replace(request, paths=(input_of(review_file),))
    root = Path(request.root) if request.root else None
    connection, identity = _signed_in(request, account, progress)

    def read(path: str) -> Opened:
        read_one = partial(open_labels, path, root=root, connection=connection, progress=progress)
        try:
            return read_one()
        except SizeUnknown:
            # What labels and pictures say themselves comes before what a person said.
            if request.size is None:
                raise
            return read_one(size=request.size)

    opened = [read(path) for path in request.paths]
    sequences = tuple(one for file in opened for one in file.sequences)
    path = opened[0].path
    if len(opened) > 1:
        path = path.with_name("+".join(file.path.name for file in opened))
    # numpy loads it when the first percentile is asked for, and that is by the canvas.
    importlib.import_module("numpy.ma")
    import_checks()
    inputs = Inputs(sequences, path)
    problems = tuple(problem for file in opened for problem in file.problems)

    def reviewed() -> Review:
        return _reviewed(inputs, request, review_file, reviewer=reviewer)

    review = untaken.open(reviewed, progress)
    return Reading(inputs, review, problems, request.frames, identity)


def _reviewed(
    inputs: Inputs, request: Request, review_file: Path | None, *, reviewer: str
) -> Review:
    """Return the review of what was read, with what is asked of it first read already."""
    review = open_review(
        inputs,
        reviewer=reviewer,
        path=review_file,
        carry_over=request.carries_over,
        take_over=request.takes_over,
    )
    with contextlib.suppress(ReviewError):
        # What cannot be read is told of when somebody asks for it. The rest is read here, and the
        # index of the labels on screen is built here, where nobody waits for them.
        review.keep(review.prepare_undo())
        review.labels(inputs.sequences[0].name).table.at(0)
    return review


def _set_aside(review: Path) -> None:
    from trackproof.review import set_aside

    set_aside(review)


def _signed_in(
    request: Request, account: Account | None, progress: Progress
) -> tuple[Connection | None, str]:
    """Return who asks S3, and how AWS calls them; nobody when nothing in S3 is wanted."""
    if not any(is_s3_uri(path) for path in request.paths):
        return None, ""
    from trackproof.storage.s3 import AwsError, Connection

    connection = Connection(account)
    progress.step(0, 1)
    try:
        return connection, str(connection.identity())
    except AwsError as error:
        # What is on the disk can be opened all the same; reading says what is wrong.
        return connection, f"nobody: {error.message}"
