"""Detections that were linked here leave as detections, and results meet detections again."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from handoff.made import made_sequence, returned
from trackproof.agreement import link
from trackproof.checks import Flag, FlagKind
from trackproof.checks.model import Finding
from trackproof.handoff.acceptance import AcceptResults
from trackproof.handoff.merge import merge_back
from trackproof.handoff.package import Package, make_package
from trackproof.handoff.selection import ExportOptions, Reviewed
from trackproof.labels import (
    Block,
    Edit,
    Labels,
    LabelTable,
    Sequence,
    Task,
    provisional_tracks,
)
from trackproof.labels.change import undo
from trackproof.labels.table import NO_IDENTITY

FRAMES = 40


def detections() -> Sequence:
    sequence = made_sequence()
    frames = np.repeat(np.arange(FRAMES), 2)
    boxes = [[10.0 + 50 * (row % 2), 20, 30, 20] for row in range(2 * FRAMES)]
    block = Block.of_boxes(frames, boxes, source=np.arange(2 * FRAMES) % 2)
    labels = replace(sequence.labels, table=LabelTable((), {-1: block}))
    return replace(sequence, labels=labels, task=Task.DETECTION)


class Widened(Edit):
    """A worker makes the first box of frame 15 wider."""

    def describe(self, labels: Labels) -> str:
        return "widen"

    def result(self, labels: Labels) -> Labels:
        block = labels.table.block(NO_IDENTITY)
        assert block is not None
        xywh = block.xywh.copy()
        xywh[np.argmax(block.frame == 15 - 10), 2] += 7
        table = labels.table.with_blocks({NO_IDENTITY: replace(block, xywh=xywh)})
        return replace(labels, table=table)


def linked(sequence: Sequence) -> Labels:
    edit = link(sequence.labels)
    assert edit is not None
    return edit.apply(sequence.labels)[0]


def package(sequence: Sequence, labels: Labels, track: int) -> Package:
    finding = Finding("gaps", track, 20, 20, 20, 2.0, 1.0, "evidence")
    flag = Flag("key", FlagKind.GAP, track, 20, 20, 20, 2.0, ("gaps",), "evidence", (finding,))
    options = ExportOptions(destination="s3://bucket/focus", prefix="s3://bucket/frames")
    return make_package([Reviewed(sequence, labels, (flag,))], options)


def test_package_of_a_linked_review_holds_the_same_labels() -> None:
    sequence = detections()
    labels = linked(sequence)
    track = min(number for number in labels.table.blocks if number >= 0)
    plain, sent = package(sequence, sequence.labels, -1), package(sequence, labels, track)
    names = [name for name in plain.files if name.endswith("SeqLabel.json")]
    assert names
    assert {name: sent.files[name] for name in names} == {n: plain.files[n] for n in names}
    assert b"provisional" not in b"".join(sent.files.values())


def test_plan_of_a_linked_review_names_no_identity() -> None:
    sequence = detections()
    labels = linked(sequence)
    track = min(number for number in labels.table.blocks if number >= 0)
    plan = next(
        data
        for name, data in package(sequence, labels, track).files.items()
        if name.startswith("plan") or name.endswith("plan.json")
    )
    flags = [flag for window in json.loads(plan)["windows"] for flag in window["flags"]]
    assert [flag["object_id"] for flag in flags] == [""]


def test_results_of_linked_detections_are_those_of_plain_ones() -> None:
    sequence = detections()
    labels = linked(sequence)
    assert merge_back(sequence, labels, [returned(sequence, None)]).is_empty
    back = [returned(sequence, Widened())]
    plain, merged = merge_back(sequence, sequence.labels, back), merge_back(sequence, labels, back)
    assert (plain.unlinks, merged.unlinks) == (False, True)
    assert [change.diff.frames.tolist() for change in merged.changes] == [[15]]
    expected, _ = AcceptResults(plain).apply(sequence.labels)
    found, change = AcceptResults(merged).apply(labels)
    assert not provisional_tracks(found)
    rows, wanted = found.table.block(NO_IDENTITY), expected.table.block(NO_IDENTITY)
    assert rows is not None
    assert wanted is not None
    assert rows.xywh.tolist() == wanted.xywh.tolist()
    assert rows.source.tolist() == wanted.source.tolist()
    assert change.label == "merge back 1 track, unlink detections"
    again = undo(found, change)
    assert {track: block.xywh.tolist() for track, block in again.table.blocks.items()} == {
        track: block.xywh.tolist() for track, block in labels.table.blocks.items()
    }
