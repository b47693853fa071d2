"""Predicting the boxes of the next frame, in the background, from pictures and motion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from trackproof.desktop.editing.over_time import predicted
from trackproof.desktop.editing.replacing import Replacement
from trackproof.desktop.notices import banner_of_error
from trackproof.errors import FrameError
from trackproof.handoff.words import counted
from trackproof.labels import Compound, Labels

if TYPE_CHECKING:
    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.desktop.editing.over_time import Prediction
    from trackproof.frames import FrameCache, Picture
    from trackproof.progress import Progress

LINE = "predicting"
MOST_WAITING = 5
"""Presses of the key that are kept while a prediction runs; holding it must not run on and on."""
PATIENCE_S = 2.0
"""Wait for a picture; after it the motion alone has to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is to be predicted, from labels that may have changed when the answer comes."""

    labels: Labels
    tracks: tuple[int, ...]
    frame: int
    is_all: bool


class Predictor(QObject):
    """Puts the selected object, or all of a frame, into the next frame."""

    def __init__(self, desk: EditDesk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._is_running = False
        self._waiting: list[bool] = []

    @classmethod
    def of(cls, desk: EditDesk) -> Predictor:
        """Return the one predictor of a desk, made on first use."""
        found = desk.findChild(cls)
        return found if isinstance(found, cls) else cls(desk)

    def predict(self, *, is_all: bool = False) -> None:
        """Go one frame on with the selected object, or with all; repeated presses queue up."""
        if self._is_running:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(is_all)
            return
        session = self._desk.session
        session.pause()
        question = self._question(is_all=is_all)
        if question is None:
            return
        cache = session.cache
        if cache is None:
            self._answer(question, _predictions(question, None, None))
            return
        self._is_running = True
        session.tasks.start(
            "Predicting the next box",
            partial(_predictions, question, cache),
            succeeded=partial(self._answer, question),
            failed=self._fail,
            cancelled=self._end,
            line=LINE,
        )

    def _question(self, *, is_all: bool) -> Question | None:
        desk, session = self._desk, self._desk.session
        labels, frame = session.labels, session.frame
        if labels is None:
            return None
        if frame + 1 >= session.frame_count:
            desk.said.emit("This is the last frame")
            return None
        if not is_all:
            if desk.block is None or desk.row is None:
                desk.said.emit(f"{desk.name} has no box in frame {frame}. B draws one")
                return None
            return Question(labels, (session.track,), frame, is_all=False)
        tracks = tuple(
            int(track)
            for track in labels.table.at(frame).track
            if track >= 0 and labels.table.blocks[int(track)].row_at(frame + 1) is None
        )
        if not tracks:
            session.go_to(frame + 1)
            desk.said.emit(f"Every object has a box in frame {frame + 1} already; they stay")
            return None
        return Question(labels, tracks, frame, is_all=True)

    def _answer(self, question: Question, found: list[Prediction]) -> None:
        self._is_running = False
        session = self._desk.session
        is_current = session.labels is question.labels and session.frame == question.frame
        if is_current and found:
            self._put(question, found)
        self._go_on()

    def _put(self, question: Question, found: list[Prediction]) -> None:
        desk, session = self._desk, self._desk.session
        there = question.frame + 1
        seen = sum(one.is_from_picture for one in found)
        how = "from the picture" if seen == len(found) else "from the motion so far"
        if question.is_all:
            label = f"predict {counted(len(found), 'object')} at frame {there}"
            edit = Compound(label, tuple(one.edit for one in found))
            said = f"Predicted {counted(len(found), 'object')}, {seen} from the picture"
            if desk.do(edit, saying=""):
                session.go_to(there)
                desk.said.emit(said)
            return
        [one] = found
        block = desk.block
        if block is not None and block.row_at(there) is not None:
            session.go_to(there)
            words = f"{desk.name} has a box in frame {there} already"
            Replacement.of(desk).offer(one.edit, words)
        elif desk.do(one.edit):
            session.go_to(there)
            desk.said.emit(f"Predicted {how}")

    def _fail(self, error: BaseException) -> None:
        self._waiting.clear()
        self._is_running = False
        self._desk.session.message.emit(banner_of_error(error, doing="predicting"))

    def _end(self) -> None:
        self._waiting.clear()
        self._is_running = False

    def _go_on(self) -> None:
        if self._waiting:
            self.predict(is_all=self._waiting.pop(0))


def _predictions(
    question: Question, cache: FrameCache | None, progress: Progress | None
) -> list[Prediction]:
    """Return a prediction for every track; those without pictures come from the motion."""
    pictures = None if cache is None else _pictures(cache, question.frame)
    found = []
    for done, track in enumerate(question.tracks):
        if progress is not None:
            progress.step(done, len(question.tracks))
        found.append(predicted(question.labels, track, question.frame, pictures=pictures))
    return found


def _pictures(cache: FrameCache, frame: int) -> tuple[Picture, Picture] | None:
    try:
        return (
            cache.wait_for(frame, timeout_s=PATIENCE_S),
            cache.wait_for(frame + 1, timeout_s=PATIENCE_S),
        )
    except FrameError:
        return None
