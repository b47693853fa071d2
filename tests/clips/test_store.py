"""Verdicts on disk: durable, undoable, one writer."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from clip_job_files import line, result, write_manifest
from trackproof.clips import VerdictStore, open_clips, saved_verdicts, store_path
from trackproof.clips.verdicts import Verdicts
from trackproof.errors import ReviewError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "a.clips"


def labels(path: Path) -> dict[str, str]:
    return {key: verdict.label for key, verdict in saved_verdicts(path).items()}


def test_verdict_is_on_disk_once_it_counts_as_saved(path: Path) -> None:
    store = VerdictStore(path, reviewer="ada")
    assert store.judge(["one"], "idle") == ("one",)
    assert store.flush()
    assert store.saved.pending == 0
    assert str(store.saved) == "saved"
    found = saved_verdicts(path)["one"]
    assert (found.label, found.reviewer) == ("idle", "ada")
    assert store.close()


def test_undo_and_redo_outlive_the_window(path: Path) -> None:
    store = VerdictStore(path)
    store.judge(["one"], "idle")
    store.judge(["one", "two"], "loading")
    store.comment("two", "dark")
    store.undo()
    assert store.close()
    store = VerdictStore(path)
    assert (store.undo_text, store.redo_text) == ("label loading (2 clips)", "comment")
    assert store.redo() == ("two",)
    assert store.of("two").comment == "dark"
    assert store.of("two").label == "loading"
    for _ in range(3):
        store.undo()
    assert store.undo() == ()
    assert store.close()
    assert labels(path) == {}


def test_new_step_ends_what_could_be_redone(path: Path) -> None:
    store = VerdictStore(path)
    store.judge(["one"], "idle")
    store.undo()
    store.judge(["one"], "loading")
    assert store.redo() == ()
    assert store.close()
    store = VerdictStore(path)
    assert store.redo_text == ""
    assert store.of("one").label == "loading"
    store.close()


def test_same_label_again_is_no_step(path: Path) -> None:
    store = VerdictStore(path)
    store.judge(["one"], "idle")
    assert store.judge(["one"], "idle") == ()
    store.undo()
    assert store.undo_text == ""
    store.close()


def test_own_labels_are_kept(path: Path) -> None:
    store = VerdictStore(path)
    store.set_labels(["fog"])
    store.close()
    store = VerdictStore(path)
    assert store.labels == ("fog",)
    store.close()


def test_second_window_only_looks_and_says_who_writes(path: Path) -> None:
    first = VerdictStore(path)
    first.judge(["one"], "idle")
    first.flush()
    second = VerdictStore(path)
    assert second.of("one").label == "idle"
    assert "is reviewing these clips" in second.read_only_reason
    assert " on " in second.read_only_reason
    with pytest.raises(ReviewError, match="you can only look"):
        second.judge(["one"], "loading")
    second.close()
    first.judge(["two"], "idle")
    first.close()
    third = VerdictStore(path)
    assert third.read_only_reason == ""
    assert third.of("two").label == "idle"
    third.close()


def test_damaged_file_is_left_alone_and_named(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(ReviewError, match=r"a\.clips: the verdicts about these clips are damaged"):
        VerdictStore(path)
    assert path.read_bytes().startswith(b"this is no database")


def test_newer_version_is_refused(path: Path) -> None:
    VerdictStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ReviewError, match="a newer version of trackproof"):
        VerdictStore(path)


def test_work_goes_on_in_memory_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = VerdictStore(tmp_path / "file" / "a.clips")
    store.judge(["one"], "idle")
    assert store.of("one").label == "idle"
    assert store.saved.pending == 1
    assert "cannot be kept on disk" in store.saved.problem
    assert not store.close()


def test_failed_commit_is_told_and_tried_again(path: Path) -> None:
    told: list[str] = []
    store = VerdictStore(path)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("DROP TABLE verdict")
    store._on_saved = lambda: told.append(store.saved.problem)  # the callback of a late listener
    store.judge(["one"], "idle")
    assert not store.flush()
    assert any("not on disk" in text for text in told)
    blocker.execute(
        "CREATE TABLE verdict (key TEXT PRIMARY KEY, label TEXT NOT NULL, comment TEXT NOT NULL, "
        "at REAL NOT NULL, reviewer TEXT NOT NULL)"
    )
    blocker.close()
    store.judge(["two"], "idle")
    assert store.close()
    assert labels(path) == {"one": "idle", "two": "idle"}


def test_manifests_and_attributes_have_files_of_their_own(tmp_path: Path) -> None:
    old = {"old": 0, "old-metadata": {"class-name": "x"}}
    lines = [line(0, **result("idle"), **old)]
    one = write_manifest(tmp_path / "a.manifest", lines)
    two = write_manifest(tmp_path / "b" / "a.manifest", lines)
    found = [
        open_clips(one),
        open_clips(one, attribute="old"),
        open_clips(two),
        open_clips(tmp_path / "b" / ".." / "a.manifest"),
    ]
    paths = [store_path(clips) for clips in found]
    assert len(set(paths[:3])) == 3
    assert paths[3] == paths[0]


WRITER = """
import sys
from pathlib import Path
from trackproof.clips import VerdictStore
store = VerdictStore(Path(sys.argv[1]))
number = len(store.verdicts)
while True:
    store.judge([f"clip-{number}"], f"label {number}")
    if store.flush():
        print(number, flush=True)
    number += 1
"""


def killed_writer(path: Path, *, after: int) -> int:
    """Run a writer, kill it without warning after some saves, return the last it saved."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment
    ) as writer:
        assert writer.stdout is not None
        last = -1
        for _ in range(after):
            last = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
        return int(rest[-1]) if rest else last


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=pytest.mark.extended)])
def test_killed_writer_loses_nothing_that_was_saved(path: Path, kills: int) -> None:
    for kill in range(kills):
        last = killed_writer(path, after=1 + kill * 7 % 11)
        # The next window finds no lock left behind, and every verdict that counted as saved.
        store = VerdictStore(path)
        assert store.read_only_reason == ""
        assert all(store.of(f"clip-{n}").label == f"label {n}" for n in range(last + 1))
        assert store.close()


class VerdictMachine(RuleBasedStateMachine):
    """Any order of labelling, undo and redo, against a list of whole states."""

    def __init__(self) -> None:
        super().__init__()
        self.verdicts = Verdicts()
        self.states: list[dict[str, tuple[str, str]]] = [{}]
        self.at = 0

    def now(self) -> dict[str, tuple[str, str]]:
        return {key: (one.label, one.comment) for key, one in self.verdicts.current.items()}

    def push(self, state: dict[str, tuple[str, str]]) -> None:
        if state != self.states[self.at]:
            self.states = [*self.states[: self.at + 1], state]
            self.at += 1

    @rule(keys=st.sets(st.sampled_from("abc"), min_size=1), label=st.sampled_from(["x", "y", ""]))
    def judge(self, keys: set[str], label: str) -> None:
        self.verdicts.judge(keys, label, at=1.0, reviewer="r")
        old = self.states[self.at]
        self.push_visible({**old, **{key: (label, old.get(key, ("", ""))[1]) for key in keys}})

    @rule(key=st.sampled_from("abc"), text=st.sampled_from(["", "hm"]))
    def comment(self, key: str, text: str) -> None:
        self.verdicts.comment(key, text, at=1.0, reviewer="r")
        old = self.states[self.at]
        self.push_visible({**old, key: (old.get(key, ("", ""))[0], text)})

    def push_visible(self, state: dict[str, tuple[str, str]]) -> None:
        self.push({key: value for key, value in state.items() if value != ("", "")})

    @rule()
    def undo(self) -> None:
        self.verdicts.undo()
        self.at = max(self.at - 1, 0)

    @rule()
    def redo(self) -> None:
        self.verdicts.redo()
        self.at = min(self.at + 1, len(self.states) - 1)

    @invariant()
    def is_as_expected(self) -> None:
        shown = {key: value for key, value in self.now().items() if value != ("", "")}
        assert shown == self.states[self.at]


TestVerdictMachine = VerdictMachine.TestCase
# A busy machine is no fault of the input.
TestVerdictMachine.settings = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
