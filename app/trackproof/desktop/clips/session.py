"""The one truth of the clip window: what is open, which clip is shown, what is decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from trackproof.clips import Board, VerdictStore, Want, open_clips, store_path
from trackproof.clips.categories import with_remembered
from trackproof.desktop.clips.player import ClipPlayer
from trackproof.desktop.notices import Banner, banner_of_error, banner_of_problems
from trackproof.desktop.tasks import TaskRunner
from trackproof.desktop.untaken import Untaken
from trackproof.errors import ReviewError, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trackproof.clips.model import Categories, Clip, ClipSet
    from trackproof.clips.playable import Media
    from trackproof.clips.saving import Written
    from trackproof.clips.verdicts import Verdict
    from trackproof.desktop.session import Session
    from trackproof.desktop.settings import Settings
    from trackproof.desktop.tasks import Task
    from trackproof.desktop.theme import Theme
    from trackproof.progress import Progress

LINE = "manifest"
PROBING = "probing"
TOPIC = "clips"
THREADS = 4
"""One may look at all files for long while a clip is opened, its sheet made, and a file saved."""
PROBED_AT_ONCE = 50
"""Clips that are told of together, so that the window is not woken 100,000 times."""
KEYS = 9
"""Labels that a digit key reaches."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What a clip's file is, or why that is not known.

    Parameters
    ----------
    media : Media or None
        None when the file is not here or cannot be opened.
    problems : tuple of str
        Why it may not play for workers; empty when it will, or the file is not here.
    """

    media: Media | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """What was read in the background."""

    board: Board
    store: VerdictStore


class ClipSession(QObject):
    """Widgets call its methods and listen to its signals; no widget calls another.

    Parameters
    ----------
    main : Session
        Gives settings and theme, which all windows share.
    """

    message = Signal(object)
    banner_withdrawn = Signal(str)
    theme_changed = Signal(object)
    opened_changed = Signal()
    clip_changed = Signal(int)
    verdicts_changed = Signal()
    labels_changed = Signal()
    saved_changed = Signal()
    probed_changed = Signal()
    _store_told = Signal()
    _probe_told = Signal(object, object)

    def __init__(self, main: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._main = main
        self.settings: Settings = main.settings
        self.tasks = TaskRunner(self, threads=THREADS)
        self.player = ClipPlayer(self.tasks, self)
        self.player.starts_playing = self.settings.flag("clips/plays", default=True)
        self.goes_on = self.settings.flag("clips/goes_on", default=True)
        self.walk = Want.OPEN
        self._board: Board | None = None
        self._store: VerdictStore | None = None
        self._untaken = Untaken()
        self._place = -1
        self.probed: dict[str, Probed] = {}
        queued = Qt.ConnectionType.QueuedConnection
        self._store_told.connect(self._on_saved, queued)
        self._probe_told.connect(self._take_probed, queued)
        main.theme_changed.connect(self.theme_changed)
        self.player.opened.connect(self._probe_fetched)

    @property
    def theme(self) -> Theme:
        """The theme in force."""
        return self._main.theme

    def choose_theme(self, name: str) -> None:
        """Take another theme, in all windows."""
        self._main.choose_theme(name)

    # -- opening

    def open(self, path: Path, *, root: Path | None = None) -> None:
        """Read a manifest in the background; what is open stays until it is read completely."""
        self._start(path.name, lambda progress: open_clips(path, root=root, progress=progress))

    def take(self, clips: ClipSet) -> None:
        """Show clips that were read already."""
        self._start(clips.name, lambda _progress: clips)

    def _start(self, name: str, read: Callable[[Progress], ClipSet]) -> None:
        def prepare(progress: Progress) -> Opening:
            clips = read(progress)
            store = self._opened_store(clips, progress)
            clips = with_remembered(clips, store.indices)
            store.remember_indices(clips.categories.plus(*store.labels).index_of)
            # A copy: people may go on judging what is open.
            board = Board(clips, dict(store.verdicts))
            board.prepare()
            return Opening(board, store)

        task = self.tasks.start(
            f"Opening {name}",
            prepare,
            succeeded=self._take,
            failed=lambda error: self.fail(error, doing=f"opening {name}"),
            cancelled=lambda: self._let_go(task),
            line=LINE,
        )

    def _let_go(self, task: Task) -> None:
        """Close the verdicts that were opened for nobody, on a worker: they wait for the disk."""
        self.tasks.start(
            "Closing what is not wanted",
            lambda _progress: self._untaken.close(task),
            succeeded=lambda _closed: None,
            failed=lambda error: self.fail(error, doing="closing verdicts"),
            is_quiet=True,
        )

    def get_from_s3(self) -> None:
        """Fetch clips that are not on this computer from S3, each when it is watched."""
        clips, account = self.board.clips, self.settings.account_of(self.board.clips.address)

        def connect(_progress: Progress) -> ClipSet:
            from trackproof.clips.remote import with_bucket
            from trackproof.storage.s3 import Connection

            return with_bucket(clips, Connection(account))

        self._start(clips.name, connect)

    def _opened_store(self, clips: ClipSet, progress: Progress) -> VerdictStore:
        """Return the verdicts about clips: those that are open, when they are about the same."""
        path, held = store_path(clips), self._store
        if held is not None and held.path == path and not held.read_only_reason:
            return held
        return self._untaken.open(
            lambda: VerdictStore(path, on_saved=self._store_told.emit), progress
        )

    def _take(self, opening: Opening) -> None:
        if opening.store is not self._store:
            self._close_store()
        self._untaken.take(opening.store)
        opening.board.follow(opening.store.verdicts)
        self._board, self._store, self._place = opening.board, opening.store, -1
        self.probed = {}
        self.player.stop()
        clips = self.board.clips
        self.settings.add_recent(clips.address or clips.path)
        self.opened_changed.emit()
        self.labels_changed.emit()
        self.banner_withdrawn.emit(TOPIC)
        banner = banner_of_problems(clips.problems, what=clips.name)
        if banner is not None:
            self.message.emit(replace(banner, topic=TOPIC))
        store = opening.store
        for text in filter(None, (store.read_only_reason, store.saved.problem)):
            self.message.emit(Banner(text, severity=Severity.WARNING))
        first = self.board.next(len(self.board) - 1, Want.OPEN)
        self.show(first if first is not None else 0)
        self._on_saved()
        self.probe_all()

    @property
    def is_open(self) -> bool:
        """Whether a manifest is open."""
        return self._board is not None

    @property
    def board(self) -> Board:
        """Clips, verdicts and votes.

        Raises
        ------
        LookupError
            When nothing is open.
        """
        if self._board is None:
            raise LookupError("no manifest is open")
        return self._board

    @property
    def store(self) -> VerdictStore:
        """The verdicts on disk.

        Raises
        ------
        LookupError
            When nothing is open.
        """
        if self._store is None:
            raise LookupError("no manifest is open")
        return self._store

    def close(self) -> bool:
        """Save what waits, let go of everything; return whether all verdicts are on disk."""
        self.tasks.close()
        self._untaken.close()
        self.player.close()
        self._board, self._place = None, -1
        return self._close_store()

    def _close_store(self) -> bool:
        store, self._store = self._store, None
        return store.close() if store is not None else True

    # -- labels

    @property
    def categories(self) -> Categories:
        """The labels to choose from: those of the job, then those added here."""
        return self.board.clips.categories.plus(*self.store.labels)

    def add_label(self, name: str) -> None:
        """Offer one more label, durably."""
        name = name.strip()
        if not name or name in self.categories.names:
            return
        self._add_labels([name])

    def take_labels(self, path: Path) -> None:
        """Offer the labels of a label category configuration too."""
        from trackproof.clips.categories import read_categories

        try:
            names = read_categories(path)
        except Exception as error:  # noqa: BLE001 - the edge: shown to the person who chose the file
            self.fail(error, doing=f"reading {path.name}")
            return
        known = self.categories.names
        added = [name for name in names if name not in known]
        self._add_labels(added)

    def _add_labels(self, names: Sequence[str]) -> None:
        def add() -> None:
            self.store.set_labels((*self.store.labels, *names))
            self.store.remember_indices(self.categories.index_of)

        self._try(add)
        self.labels_changed.emit()

    # -- which clip

    @property
    def place(self) -> int:
        """Place of the clip on screen in the list; -1 for none."""
        return self._place

    @property
    def clip(self) -> Clip:
        """The clip on screen."""
        return self.board.clip(self._place)

    @property
    def verdict(self) -> Verdict:
        """What is decided about the clip on screen."""
        return self.board.verdict(self._place)

    def show(self, place: int) -> None:
        """Put another clip on screen."""
        if not 0 <= place < len(self.board) or place == self._place:
            return
        self._place = place
        self.clip_changed.emit(place)
        self.player.open(self.clip, self.board.clips)

    def show_neighbour(self, step: int) -> None:
        """Put the next or previous clip of the list on screen."""
        self.show(self._place + step)

    def show_next(self, want: Want, *, step: int = 1) -> None:
        """Put the next clip that a person looks for on screen, or say that there is none."""
        if not self.is_open:
            return
        place = self.board.next(self._place, want, step=step)
        if place is None:
            self.say(_NONE_LEFT[want])
        elif place == self._place:
            self.say(f"This is the only clip left: {want}.")
        else:
            self.show(place)

    # -- verdicts

    def judge(self, label: str) -> None:
        """Label the clip on screen, and go on to the next one to judge if that is wished."""
        if not self.is_open or self._place < 0:
            return
        self._decide(partial(self.store.judge, [self.clip.key], label))
        if label and self.goes_on:
            self._go_on()

    def judge_number(self, number: int) -> None:
        """Label the clip on screen with the label at a place of the list."""
        if not self.is_open:
            return
        names = self.categories.names
        if number < len(names):
            self.judge(names[number])
        elif names:
            self.say(f"There are {len(names)} labels; key {number + 1} has none.")

    def confirm(self) -> None:
        """Judge that the label which stands is right: the manifest's, else what workers voted."""
        if not self.is_open or self._place < 0:
            return
        label = self.board.label(self._place)
        if not label and self.board.has_answers:
            label = self.board.votes[self._place].label
        if label:
            self.judge(label)
        else:
            self.say("No label stands here yet; choose one.")

    def comment(self, key: str, text: str) -> None:
        """Write a comment beside a clip."""
        if self.is_open and text != self.store.of(key).comment:
            self._decide(lambda: self.store.comment(key, text))

    def undo(self) -> None:
        """Take the last step back and show its clip."""
        self._restore(self.store.undo)

    def redo(self) -> None:
        """Do a step again and show its clip."""
        self._restore(self.store.redo)

    def _restore(self, change: Callable[[], tuple[str, ...]]) -> None:
        keys = self._decide(change)
        place = self.board.place_of(keys[0]) if keys else None
        if place is not None:
            self.show(place)

    def _decide(self, change: Callable[[], tuple[str, ...]]) -> list[str]:
        """Change verdicts, tell of it, and return the keys of their clips."""
        keys: list[str] = []
        self._try(lambda: keys.extend(change()))
        self.board.look_again(keys)
        self.verdicts_changed.emit()
        return keys

    def _go_on(self) -> None:
        place = self.board.next(self._place, self.walk)
        if place is not None:
            self.show(place)
        else:
            self.say(f"{_NONE_LEFT[self.walk]} Save the manifest with Ctrl+S.")

    def _try(self, change: Callable[[], object]) -> None:
        try:
            change()
        except ReviewError as error:
            self.message.emit(Banner(error.message, severity=Severity.WARNING, topic="verdict"))

    # -- saving

    def save(self, path: Path, *, overwrite: bool) -> None:
        """Write the manifest with all verdicts, in the background."""
        clips, categories = self.board.clips, self.categories
        verdicts = dict(self.store.verdicts)
        opened = self.tasks.generation(LINE)

        def write(_progress: Progress) -> Written:
            from trackproof.clips import encode_manifest, write_manifest
            from trackproof.clips.saving import decisions_of

            written = encode_manifest(clips, decisions_of(verdicts), categories=categories)
            write_manifest(path, written, overwrite=overwrite)
            return written

        def tell(written: Written) -> None:
            left = (
                f" {written.unlabelled:,} clips are not labelled yet." if written.unlabelled else ""
            )
            self.say(
                f"{path.name} holds {written.lines:,} clips: {written.changed:,} with another "
                f"label, {written.confirmed:,} confirmed.{left}"
            )
            is_still_open = opened == self.tasks.generation(LINE)
            if is_still_open and path.resolve() == clips.path.resolve():
                # What is open is now another file, which the next save must start from.
                self._start(clips.name, lambda progress: open_clips(path, progress=progress))

        self.tasks.start(
            f"Saving {path.name}",
            write,
            succeeded=tell,
            failed=lambda error: self.fail(error, doing=f"saving {path.name}"),
        )

    @property
    def saved_state(self) -> str:
        """Words for the status bar."""
        if self._store is None:
            return ""
        return "look only" if self._store.read_only_reason else str(self._store.saved)

    @Slot()
    def _on_saved(self) -> None:
        self.saved_changed.emit()
        problem = self._store.saved.problem if self._store is not None else ""
        if problem:
            self.message.emit(Banner(problem, severity=Severity.WARNING, topic="saving"))
        else:
            self.banner_withdrawn.emit("saving")

    # -- what will play

    def probe_all(self) -> None:
        """Look in the background whether the files of all clips will play for workers."""
        clips = self.board.clips

        def look(progress: Progress) -> None:
            from trackproof.clips.summary import media_of

            found: dict[str, Probed] = {}
            for done, clip in enumerate(clips.clips):
                if done % PROBED_AT_ONCE == 0:
                    progress.step(done, len(clips))
                    self._probe_told.emit(clips, found)
                    found = {}
                found[clip.key] = Probed(*media_of(clip, clips))
            self._probe_told.emit(clips, found)

        self.tasks.start(
            "Looking at the clips",
            look,
            succeeded=lambda _nothing: self.probed_changed.emit(),
            failed=lambda error: self.fail(error, doing="looking at the clips"),
            line=PROBING,
        )

    def _probe_fetched(self) -> None:
        """Look at a clip that was not here when all were looked at."""
        clips = self._board.clips if self._board is not None else None
        if clips is None or not self.player.is_open or clips.fetch is None:
            return
        clip = self.clip
        known = self.probed.get(clip.key)
        if known is not None and (known.media is not None or known.problems):
            return

        def look(_progress: Progress) -> None:
            from trackproof.clips.summary import media_of

            self._probe_told.emit(clips, {clip.key: Probed(*media_of(clip, clips))})

        self.tasks.start(
            f"Looking at {clip.name}",
            look,
            succeeded=lambda _nothing: None,
            failed=lambda error: self.fail(error, doing=f"looking at {clip.name}"),
            line="probe one",
        )

    @Slot(object, object)
    def _take_probed(self, clips: object, found: dict[str, Probed]) -> None:
        if self._board is not None and clips is self._board.clips:
            self.probed.update(found)
            if self._place >= 0 and self.clip.key in found:
                self.probed_changed.emit()

    # -- words

    def say(self, text: str) -> None:
        """Tell a person something."""
        self.message.emit(Banner(text, topic="said"))

    def fail(self, error: BaseException, *, doing: str) -> None:
        """Tell a person what did not work."""
        self.message.emit(banner_of_error(error, doing=doing))


_NONE_LEFT = {
    Want.ALL: "There are no clips.",
    Want.OPEN: "Every clip is judged.",
    Want.UNLABELLED: "Every clip has a label.",
    Want.LOW: "No clip with low confidence is left.",
    Want.DISPUTED: "No clip on which workers disagree is left.",
    Want.CHANGED: "No label was changed.",
}
assert set(_NONE_LEFT) == set(Want)
