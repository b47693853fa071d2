"""Says what people must know of their review: read only, not saved, pictures that changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.session import Session
    from trackproof.progress import Progress
    from trackproof.review import Review
    from trackproof.review.inputs import PictureFacts

HELD = "review held"
SAVING = "saving"
RESCUED = "rescued"
PICTURES = "pictures changed"
LINE = "picture facts"
UNDO_LINE = "undo"


class ReviewKeeper(QObject):
    """Watches the open review, and offers the way out with what it says."""

    def __init__(self, session: Session, *, save_as: Callable[[], object]) -> None:
        super().__init__(session)
        self._session = session
        self._save_as = save_as
        self._said = ""
        session.opened_changed.connect(self._say_who_holds_it)
        session.saved_changed.connect(self._say_what_is_not_saved)
        session.book.left.connect(self._say_what_was_rescued, Qt.ConnectionType.QueuedConnection)
        session.framing.attached.connect(self._compare_pictures)
        session.labels_changed.connect(self._get_ready_for_undo)

    def _say_who_holds_it(self) -> None:
        session, review = self._session, self._session.book.review
        session.banner_withdrawn.emit(HELD)
        if review is None or not review.is_read_only:
            return
        choices: list[tuple[str, Callable[[], object]]] = [("Save as …", self._save_as)]
        words = review.read_only_reason
        if review.holder_is_gone:
            words += " That window seems to be gone."
            choices.append(("Take the review over", session.opener.take_over))
        session.message.emit(
            Banner(words, severity=Severity.WARNING, choices=tuple(choices), topic=HELD)
        )

    @Slot(object)
    def _say_what_was_rescued(self, review: Review) -> None:
        if review.rescued is not None:
            words = f"What could not be saved before is in {review.rescued} now."
            self._session.message.emit(Banner(words, severity=Severity.WARNING, topic=RESCUED))

    def _say_what_is_not_saved(self) -> None:
        session, review = self._session, self._session.book.review
        problem = session.book.problem
        if review is not None and not review.is_read_only:
            session.banner_withdrawn.emit(HELD)
        if problem == self._said:
            # It is tried again every few seconds; once is enough to hear of it.
            return
        self._said = problem
        if not problem:
            session.banner_withdrawn.emit(SAVING)
        else:
            session.message.emit(
                Banner(
                    problem,
                    severity=Severity.ERROR,
                    choices=(("Save as …", self._save_as),),
                    topic=SAVING,
                )
            )

    def _get_ready_for_undo(self, _change: object, origin: object) -> None:
        """After an undo, have the one before it ready: a step from the file moves many rows."""
        review = self._session.book.review
        if origin is not None or review is None or review.is_read_only:
            return
        if not review.is_undo_long:
            return
        self._session.tasks.start(
            "Reading the step before",
            lambda _progress: review.prepare_undo(),
            succeeded=review.keep,
            failed=lambda error: self._fail_to_get_ready(review, error),
            line=UNDO_LINE,
        )

    def _fail_to_get_ready(self, review: Review, error: BaseException) -> None:
        if review is self._session.book.review:
            # Else it was closed while it was read, and nobody undoes anything in it.
            self._session.message.emit(banner_of_error(error, doing="reading the step before"))

    def _compare_pictures(self) -> None:
        """Remember what the picture files are, and say what changed since last time."""
        session = self._session
        sequence, place = session.sequence, session.framing.path
        session.banner_withdrawn.emit(PICTURES)
        if sequence is None or not isinstance(place, Path):
            return

        review = self._session.book.review
        known = {} if review is None else review.known_pictures(sequence.name, str(place))

        def look(progress: Progress) -> PictureFacts:
            from trackproof.review.inputs import in_doubt, picture_facts, with_contents

            files = _files(place)
            facts = picture_facts(files)
            doubtful = in_doubt(known, facts)
            return with_contents([one for one in files if one.name in doubtful], facts, progress)

        session.tasks.start(
            "Looking whether pictures changed",
            look,
            succeeded=lambda facts: self._note(review, sequence.name, place, facts),
            failed=lambda error: session.message.emit(
                banner_of_error(error, doing="looking at the pictures")
            ),
            line=LINE,
        )

    def _note(
        self, review: Review | None, sequence_name: str, place: Path, facts: PictureFacts
    ) -> None:
        session = self._session
        if review is None or review is not session.book.review:
            # Other labels were opened meanwhile; a sequence of theirs may have the same name.
            return
        if session.sequence is None or session.sequence.name != sequence_name:
            return
        from trackproof.review.inputs import remembered

        kept = remembered(review.known_pictures(sequence_name, str(place)), facts)
        changes = review.note_pictures(sequence_name, str(place), facts)
        if changes:
            words = f"Since the last time, in {place.name}: {' '.join(changes)}"
            session.message.emit(Banner(words, severity=Severity.WARNING, topic=PICTURES))
        unread = [name for name, fact in kept.items() if len(fact) < 3]
        if unread and not review.is_read_only:
            self._look_inside(sequence_name, place, kept, frozenset(unread))

    def _look_inside(
        self, sequence_name: str, place: Path, facts: PictureFacts, names: frozenset[str]
    ) -> None:
        """Remember what files hold, so that a copy with another time is known for what it is."""
        review = self._session.book.review

        def read(progress: Progress) -> PictureFacts:
            from trackproof.review.inputs import with_contents

            files = [one for one in _files(place) if one.name in names]
            return with_contents(files, facts, progress)

        def keep(found: PictureFacts) -> None:
            if review is not None and review is self._session.book.review:
                review.note_pictures(sequence_name, str(place), found)

        self._session.tasks.start(
            "Remembering the pictures",
            read,
            succeeded=keep,
            failed=lambda error: self._session.message.emit(
                banner_of_error(error, doing="looking at the pictures")
            ),
            line=LINE,
        )


def _files(place: Path) -> list[Path]:
    return sorted(place.iterdir()) if place.is_dir() else [place]
