"""Predicting the boxes of the next frame, in the background, from pictures and motion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from trackproof.desktop.editing.detections import put_detection
from trackproof.desktop.editing.over_time import predicted, predicted_detection
from trackproof.desktop.editing.replacing import Replacement
from trackproof.desktop.notices import banner_of_error
from trackproof.errors import FrameError
from trackproof.handoff.words import counted
from trackproof.labels import NO_IDENTITY, Compound, CopyDetection, Labels, PutBoxes

if TYPE_CHECKING:
    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.desktop.editing.over_time import Prediction
    from trackproof.frames import FrameCache, Picture
    from trackproof.labels.block import Boxes
    from trackproof.progress import Progress

LINE = "predicting"
MOST_WAITING = 5
"""Presses of the key that are kept while a prediction runs; holding it must not run on and on."""
PATIENCE_S = 2.0
"""Wait for a picture; after it the motion alone has to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is to be predicted, from labels that may have changed when the answer comes.

    Parameters
    ----------
    tracks : tuple of int
        Objects.
    guessed : tuple of int
        How many of the last boxes of each were predicted in a row.
    places : tuple of int
        Which of the frame's detections.
    """

    labels: Labels
    tracks: tuple[int, ...]
    guessed: tuple[int, ...]
    places: tuple[int, ...]
    frame: int
    is_all: bool


class Guesses:
    """Which boxes were predicted in a row, and still stand as they were put."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, int, Boxes]] = {}

    def add(self, edit: PutBoxes | CopyDetection, before: int) -> None:
        """Remember a prediction that goes on from ``before`` others."""
        if isinstance(edit, PutBoxes):
            self._last[edit.track] = edit.frames[-1], before + 1, edit.boxes_xywh[-1]

    def count(self, labels: Labels, track: int, frame: int) -> int:
        """Return how many boxes up to a frame were predicted; 0 once a person moved the last."""
        at, count, box = self._last.get(track, (-1, 0, np.empty(0)))
        block = labels.table.block(track)
        row = None if block is None or at != frame else block.row_at(frame)
        return (
            count if block is not None and row is not None and (block.xywh[row] == box).all() else 0
        )

    def clear(self, *_: object) -> None:
        """Forget all: other labels are shown."""
        self._last.clear()


class Predictor(QObject):
    """Puts the selected object, or all of a frame, into the next frame."""

    def __init__(self, desk: EditDesk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._is_running = False
        self._waiting: list[bool] = []
        self._guesses = Guesses()
        desk.session.sequence_changed.connect(self._guesses.clear)

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
        if not is_all and desk.detection is not None:
            return Question(labels, (), (), (desk.detection.place,), frame, is_all=False)
        if not is_all:
            if desk.block is None or desk.row is None:
                desk.said.emit(f"{desk.name} has no box in frame {frame}. B draws one")
                return None
            count = self._guesses.count(labels, session.track, frame)
            return Question(labels, (session.track,), (count,), (), frame, is_all=False)
        here = labels.table.at(frame).track
        tracks = tuple(
            int(track)
            for track in here
            if track >= 0 and labels.table.blocks[int(track)].row_at(frame + 1) is None
        )
        places = tuple(range(int((here == NO_IDENTITY).sum())))
        if not tracks and not places:
            self._say_all_there(frame + 1)
            return None
        guessed = tuple(self._guesses.count(labels, track, frame) for track in tracks)
        return Question(labels, tracks, guessed, places, frame, is_all=True)

    def _say_all_there(self, there: int) -> None:
        self._desk.session.go_to(there)
        self._desk.said.emit(f"Every object has a box in frame {there} already; they stay")

    def _answer(self, question: Question, found: list[Prediction]) -> None:
        self._is_running = False
        session = self._desk.session
        is_current = session.labels is question.labels and session.frame == question.frame
        if not is_current:
            # Presses that wait were meant for where the person was.
            self._waiting.clear()
        elif found:
            self._put(question, found)
        self._go_on()

    def _put(self, question: Question, found: list[Prediction]) -> None:
        there = question.frame + 1
        if question.is_all:
            self._put_all(question, found, there)
            return
        [one] = found
        desk, session = self._desk, self._desk.session
        how = "from the picture" if one.is_from_picture else "from the motion so far"
        if isinstance(one.edit, CopyDetection):
            how = how if one.is_from_picture else "where it was: there is no picture"
            put_detection(desk, one.edit, there, saying=f"Predicted {how}")
            return
        block = desk.block
        if block is not None and block.row_at(there) is not None:
            session.go_to(there)
            words = f"{desk.name} has a box in frame {there} already"
            Replacement.of(desk).offer(one.edit, words)
        elif desk.do(one.edit):
            self._guesses.add(one.edit, question.guessed[0])
            session.go_to(there)
            desk.said.emit(f"Predicted {how}")

    def _put_all(self, question: Question, found: list[Prediction], there: int) -> None:
        new = [
            one
            for one in found
            if not isinstance(one.edit, CopyDetection)
            or one.edit.covered(question.labels, there) is None
        ]
        if not new:
            self._say_all_there(there)
            return
        seen = sum(one.is_from_picture for one in new)
        label = f"predict {counted(len(new), 'object')} at frame {there}"
        if self._desk.do(Compound(label, tuple(one.edit for one in new))):
            for one, guessed in zip(found, question.guessed, strict=False):
                self._guesses.add(one.edit, guessed)
            self._desk.session.go_to(there)
            said = f"Predicted {counted(len(new), 'object')}, {seen} from the picture"
            self._desk.said.emit(said)

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
    of = [
        partial(predicted, question.labels, track, guessed=guessed)
        for track, guessed in zip(question.tracks, question.guessed, strict=True)
    ]
    of += [partial(predicted_detection, question.labels, place) for place in question.places]
    for done, predict in enumerate(of):
        if progress is not None:
            progress.step(done, len(of))
        found.append(predict(question.frame, pictures=pictures))
    return found


def _pictures(cache: FrameCache, frame: int) -> tuple[Picture, Picture] | None:
    try:
        return (
            cache.wait_for(frame, timeout_s=PATIENCE_S),
            cache.wait_for(frame + 1, timeout_s=PATIENCE_S),
        )
    except FrameError:
        return None
