"""Random work on a review gives what a simple model gives, however often it is reopened."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import label_strategies as random
from review_scenes import review, sequence
from trackproof.errors import EditError
from trackproof.labels import Edit, Labels, between
from trackproof.review import STATUSES, Status

flags = st.sampled_from(["gap-1", "size-2", "own-3"])


class ReviewMachine(RuleBasedStateMachine):
    """The model is a list of all versions, and the place of the current one."""

    @initialize(labels=random.labels())
    def open_new(self, labels: Labels) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.file = self.folder / "a.trackproof"
        self.start = labels
        self.versions: list[tuple[Labels, dict[str, str]]] = [(labels, {})]
        self.kinds = [""]
        self.place = 0
        self.copies = 0
        self.open()

    def open(self) -> None:
        self.review = review(sequence(self.start), path=self.file)

    def remember(self, labels: Labels, verdicts: dict[str, str], *, kind: str) -> None:
        self.versions = [*self.versions[: self.place + 1], (labels, verdicts)]
        self.kinds = [*self.kinds[: self.place + 1], kind]
        self.place += 1

    @rule(edit=random.edits)
    def edit(self, edit: Edit) -> None:
        labels, verdicts = self.versions[self.place]
        try:
            after, change = edit.apply(labels)
        except EditError:
            with pytest.raises(EditError):
                self.review.apply("one", edit)
            return
        self.review.apply("one", edit)
        if not change.is_empty:
            self.remember(after, verdicts, kind="edit")

    @rule(edit=random.edits)
    def edit_within_the_last_step(self, edit: Edit) -> None:
        labels, verdicts = self.versions[self.place]
        try:
            after, change = edit.apply(labels)
        except EditError:
            return
        self.review.apply("one", edit, joins=True)
        if change.is_empty:
            return
        is_last = self.place == len(self.versions) - 1
        joins = is_last and self.kinds[self.place] == "edit"
        if joins and not between("", self.versions[self.place - 1][0], after).is_empty:
            self.versions[self.place] = (after, verdicts)
        else:
            self.remember(after, verdicts, kind="edit")

    @rule(edit=random.edits, flag=flags)
    def repair(self, edit: Edit, flag: str) -> None:
        labels, verdicts = self.versions[self.place]
        try:
            after, change = edit.apply(labels)
        except EditError:
            return
        self.review.repair("one", edit, [flag])
        kind = "verdict" if change.is_empty else "repair"
        self.remember(after, verdicts | {flag: "fixed"}, kind=kind)

    @rule(flag=flags, status=st.sampled_from(STATUSES))
    def judge(self, flag: str, status: Status) -> None:
        labels, verdicts = self.versions[self.place]
        self.review.judge("one", [flag], status)
        self.remember(labels, verdicts | {flag: status}, kind="verdict")

    @rule()
    def undo(self) -> None:
        step = self.review.undo()
        assert (step is None) == (self.place == 0)
        self.place = max(self.place - 1, 0)

    @rule()
    def redo(self) -> None:
        step = self.review.redo()
        last = len(self.versions) - 1
        assert (step is None) == (self.place == last)
        self.place = min(self.place + 1, last)

    @rule(data=st.data())
    def jump(self, data: st.DataObject) -> None:
        entries = [entry.id for entry in self.review.history() if entry.status != 2]
        target = data.draw(st.sampled_from([0, *entries]))
        self.review.go_to(target)
        self.place = [0, *entries].index(target)

    @rule()
    def reopen(self) -> None:
        assert self.review.close()
        self.open()

    @precondition(lambda self: self.copies < 3)
    @rule()
    def save_as(self) -> None:
        self.copies += 1
        self.file = self.file.with_name(f"copy-{self.copies}.trackproof")
        self.review.save_as(self.file)

    @invariant()
    def is_like_the_model(self) -> None:
        if not hasattr(self, "review"):
            return
        labels, verdicts = self.versions[self.place]
        assert random.same(self.review.labels("one"), labels)
        found = {flag: verdict.status for flag, verdict in self.review.verdicts("one").items()}
        assert found == verdicts

    def teardown(self) -> None:
        if not hasattr(self, "review"):
            return
        try:
            assert self.review.close()
            self.open()
            self.is_like_the_model()
        finally:
            self.review.close()
            shutil.rmtree(self.folder)


ReviewMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestReview = ReviewMachine.TestCase


@pytest.mark.extended
@pytest.mark.timeout(3600)
class TestLongReviews(ReviewMachine.TestCase):
    settings = settings(max_examples=300, stateful_step_count=60, deadline=None)
