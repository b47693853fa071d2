"""From a sequence to its pictures: remembered, found beside the labels, or shown by a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import Banner, banner_of_error, banner_of_problems
from trackproof.errors import FrameError, Severity
from trackproof.storage import S3Address, is_s3_uri, place_of

if TYPE_CHECKING:
    from trackproof.desktop.pictures import Pictures
    from trackproof.desktop.settings import Settings
    from trackproof.desktop.tasks import Task, TaskRunner
    from trackproof.frames import AlignedFrames
    from trackproof.labels import Sequence
    from trackproof.progress import Progress
    from trackproof.storage import Place
    from trackproof.storage.s3 import Account

LINE = "frames"
TOPIC = "frames"
GOOD_RATE = 0.995
"""Share of frames with a picture from which frames found on their own are taken without asking."""


class FramesState(Enum):
    """How far the current sequence has got with its pictures."""

    NONE = auto()
    SEARCHING = auto()
    OFFERED = auto()
    ATTACHED = auto()
    DECLINED = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A source that was tried and waits for a yes."""

    path: Place
    frames: AlignedFrames


class Framing(QObject):
    """Keeps the state of `FramesState` and fills `Pictures`."""

    changed = Signal()
    attached = Signal()
    said = Signal(object)
    withdrawn = Signal(str)

    def __init__(
        self, pictures: Pictures, *, tasks: TaskRunner, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._tasks = tasks
        self._settings = settings
        self._sequence: Sequence | None = None
        self._key = ""
        self._newest: Task | None = None
        self.state = FramesState.NONE
        self.offer: Offer | None = None
        self.path: Place | None = None
        self.problem = ""

    def take(self, sequence: Sequence, *, key: str) -> None:
        """Go on with another sequence; nothing is looked for yet.

        Parameters
        ----------
        key : str
            Under which a person's choice is remembered.
        """
        self.stop()
        self._sequence, self._key = sequence, key

    def look(self, *, wanted: str | None) -> None:
        """Look for the pictures of the sequence, unless somebody has named some meanwhile.

        Parameters
        ----------
        wanted : str or None
            Path that the command line named.
        """
        if self._sequence is None or self.state is not FramesState.NONE:
            return
        remembered = self._settings.frames_of(self._key)
        if wanted is not None:
            self._open(place_of(wanted), offset=0, is_sure=True)
        else:
            self._search(self._sequence, remembered)

    def stop(self) -> None:
        """Forget the sequence and let go of its pictures."""
        self._tasks.cancel(LINE)
        self._drop_offer()
        self._pictures.detach()
        self.withdrawn.emit(TOPIC)
        self._sequence, self.problem = None, ""
        self.state = FramesState.NONE

    def try_path(self, path: Place, *, offset: int = 0) -> None:
        """Match the pictures of a path and offer them."""
        self._open(path, offset=offset, is_sure=False)

    def attach_path(self, path: Place, *, offset: int = 0) -> None:
        """Take the pictures of a path without asking again."""
        self._open(path, offset=offset, is_sure=True)

    def accept(self) -> None:
        """Take what is offered and remember it."""
        offer, self.offer = self.offer, None
        if offer is not None:
            self._attach(offer)

    def decline(self) -> None:
        """Go on with labels only."""
        self._drop_offer()
        self._set_state(FramesState.DECLINED)

    def ask_again(self) -> None:
        """Show the question for pictures again."""
        self._set_state(FramesState.NONE)

    def nudge(self, delta: int) -> None:
        """Show labels on pictures ``delta`` later than now, and remember it."""
        if self._sequence is None or self._pictures.source is None or self.path is None:
            return
        self._pictures.shift(self._sequence, self._pictures.offset + delta)
        self._remember(self.path)
        self.attached.emit()
        self._say_disagreement()

    def _search(self, sequence: Sequence, remembered: tuple[str, int] | None) -> None:
        """Take the frames that were chosen before, while they are there, or look for some."""
        account = self._settings.account
        made: list[Offer] = []

        def find(progress: Progress) -> tuple[Offer | None, bool]:
            from trackproof.frames import find_frames

            # Asked here: a network folder that is gone answers after minutes.
            if remembered is not None and is_there(remembered[0]):
                path, offset = place_of(remembered[0]), remembered[1]
                known = _offered(path, sequence, offset=offset, account=account, progress=progress)
                made.append(known)
                return known, True
            found = find_frames(sequence)
            if not found:
                return None, False
            made.append(_offered(found, sequence, offset=0, account=account, progress=progress))
            return made[0], False

        self._set_state(FramesState.SEARCHING)
        task = self._tasks.start(
            "Looking for frames",
            find,
            succeeded=lambda found: self._take_found(*found),
            failed=self._take_failure,
            cancelled=lambda: self._stopped(task, made),
            line=LINE,
        )
        self._newest = task

    def _open(self, path: Place, *, offset: int, is_sure: bool) -> None:
        sequence = self._sequence
        if sequence is None:
            return

        account = self._settings.account
        made: list[Offer] = []

        def read(progress: Progress) -> Offer:
            made.append(_offered(path, sequence, offset=offset, account=account, progress=progress))
            return made[0]

        def take(offer: Offer) -> None:
            if is_sure:
                self._attach(offer)
            else:
                self._show_offer(offer)

        self._set_state(FramesState.SEARCHING)
        task = self._tasks.start(
            f"Reading {path.name}",
            read,
            succeeded=take,
            failed=self._take_failure,
            cancelled=lambda: self._stopped(task, made),
            line=LINE,
        )
        self._newest = task

    def _take_found(self, offer: Offer | None, is_chosen: bool) -> None:
        if offer is None:
            self._set_state(FramesState.NONE)
        elif is_chosen:
            self._attach(offer)
        elif offer.frames.match.rate >= GOOD_RATE:
            self._attach(offer, is_remembered=False)
        else:
            self._show_offer(offer)

    def _take_failure(self, error: BaseException) -> None:
        self.problem = str(error)
        if not isinstance(error, FrameError):
            self.said.emit(banner_of_error(error, doing="reading frames"))
        self._go_back()

    def _stopped(self, task: Task, made: list[Offer]) -> None:
        """Ask for pictures again when a person stopped looking, not when something else follows."""
        for offer in made:
            # What nobody takes may hold files, and threads that fetch from S3.
            self._tasks.start(
                "Closing pictures that nobody wants",
                partial(_close, offer.frames),
                succeeded=lambda _closed: None,
                failed=lambda error: self.said.emit(banner_of_error(error, doing="closing")),
                is_quiet=True,
            )
        if task is self._newest and self.state is FramesState.SEARCHING:
            self._go_back()

    def _go_back(self) -> None:
        self._set_state(
            FramesState.ATTACHED if self._pictures.source is not None else FramesState.NONE
        )

    def _show_offer(self, offer: Offer) -> None:
        self._drop_offer()
        self.offer, self.problem = offer, ""
        self._set_state(FramesState.OFFERED)

    def _drop_offer(self) -> None:
        offer, self.offer = self.offer, None
        if offer is not None:
            offer.frames.close()

    def _attach(self, offer: Offer, *, is_remembered: bool = True) -> None:
        self._pictures.attach(offer.frames)
        if is_remembered:
            self._remember(offer.path)
        self.state, self.problem = FramesState.ATTACHED, ""
        self.path = offer.path
        self.attached.emit()
        self.changed.emit()
        self._say_disagreement()

    def _remember(self, path: Place) -> None:
        self._settings.set_frames_of(self._key, str(path), offset=self._pictures.offset)

    def _say_disagreement(self) -> None:
        """Say once where labels and pictures do not agree, with the way to shift them."""
        source = self._pictures.source
        if source is None:
            return
        self.withdrawn.emit(TOPIC)
        offset = self._pictures.offset
        banner = banner_of_problems(source.problems, what=source.path.name)
        if banner is None and offset == 0:
            return
        text = banner.text if banner is not None else ""
        if offset:
            where = "later" if offset > 0 else "earlier"
            shift = f"Labels are shown on pictures {abs(offset)} {where}."
            text = f"{shift} {text}".strip()
        self.said.emit(
            Banner(
                text,
                details=banner.details if banner is not None else "",
                severity=banner.severity if banner is not None else Severity.NOTE,
                choices=(
                    ("Picture −1", lambda: self.nudge(-1)),
                    ("Picture +1", lambda: self.nudge(1)),
                ),
                topic=TOPIC,
            )
        )

    def _set_state(self, state: FramesState) -> None:
        self.state = state
        self.changed.emit()


def is_there(path: str) -> bool:
    """Return whether what was chosen before can be tried; S3 is asked by opening it."""
    return is_s3_uri(path) or Path(path).exists()


def _close(frames: AlignedFrames, _progress: Progress) -> None:
    frames.close()


def _offered(
    path: Place, sequence: Sequence, *, offset: int, account: Account, progress: Progress
) -> Offer:
    from trackproof.frames import AlignedFrames, connection_of, match, open_frames
    from trackproof.storage.s3 import Connection

    source = open_frames(
        path,
        names=sequence.frame_names if isinstance(path, S3Address) else None,
        connection=connection_of(sequence) or Connection(account),
        progress=progress,
    )
    return Offer(path, AlignedFrames(sequence, source, match(sequence, source, offset=offset)))
