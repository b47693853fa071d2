"""Detections linked into provisional tracks, and what is written of them: nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_strategies import boxes
from trackproof.errors import EditError, FormatError
from trackproof.formats import formats, open_labels
from trackproof.labels import (
    NO_IDENTITY,
    Block,
    Category,
    Interpolate,
    Labels,
    LabelTable,
    LinkDetections,
    PutBox,
    Rename,
    Sequence,
    Task,
    Track,
    UnlinkDetections,
    is_provisional,
    provisional_tracks,
    redo,
    undo,
    without_provisional,
)

FRAMES = 8


@st.composite
def detections(draw: st.DrawFn) -> tuple[Sequence, LinkDetections]:
    """Detections of several categories with a way to link them, beside a real track or none."""
    counts = draw(st.lists(st.integers(0, 3), min_size=FRAMES, max_size=FRAMES))
    frame = np.repeat(np.arange(FRAMES), counts)
    source = np.concatenate([np.arange(n) for n in counts] or [np.empty(0)])
    rows = len(frame)
    xywh = np.array([draw(boxes) for _ in range(rows)]).reshape(-1, 4)
    category = np.array([draw(st.integers(0, 1)) for _ in range(rows)], dtype=np.int16)
    lone = Block.of_boxes(
        frame, xywh, category=category, source=source, columns={"confidence": np.ones(rows)}
    )
    groups = np.full(rows, -1, dtype=np.int32)
    for start in np.unique(frame):
        here = np.flatnonzero(frame == start)
        numbers = draw(st.permutations(range(4)))[: len(here)]
        groups[here] = [number if draw(st.booleans()) else -1 for number in numbers]
    groups[groups >= 0] = np.unique(groups[groups >= 0], return_inverse=True)[1]
    blocks, tracks = {NO_IDENTITY: lone}, []
    has_track = draw(st.booleans())
    if has_track:
        tracks = [Track("7", "car:7")]
        blocks[0] = Block.of_boxes([0, 1], [(0, 0, 9, 9)] * 2, source=[90, 91])
    labels = Labels(
        LabelTable(tracks, blocks), (Category("car"), Category("dog")), np.ones(FRAMES, dtype=bool)
    )
    names = tuple(f"{place}.jpg" for place in range(FRAMES))
    task = Task.TRACKING if has_track else Task.DETECTION
    return Sequence("clip", names, np.arange(FRAMES), labels, task=task), LinkDetections(groups)


def same_rows(first: Labels, second: Labels) -> bool:
    blocks = first.table.blocks, second.table.blocks
    return blocks[0].keys() == blocks[1].keys() and all(
        block.equals(blocks[1][track]) for track, block in blocks[0].items()
    )


@given(detections())
def test_linking_and_unlinking_changes_no_row(made: tuple[Sequence, LinkDetections]) -> None:
    sequence, edit = made
    labels = sequence.labels
    if NO_IDENTITY not in labels.table.blocks:
        with pytest.raises(EditError):
            edit.apply(labels)
        return
    linked, change = edit.apply(labels)
    assert undo(linked, change).table.equals(labels.table)
    assert redo(labels, change).table.equals(linked.table)
    assert same_rows(without_provisional(sequence, linked), labels)
    if provisional_tracks(linked):
        unlinked, back = UnlinkDetections().apply(linked)
        assert same_rows(unlinked, labels)
        assert undo(unlinked, back).table.equals(linked.table)
        again, _ = edit.apply(unlinked)
        assert again.table.tracks == linked.table.tracks


def as_detections(labels: Labels) -> LinkDetections:
    """Link the first detection of every frame into one track, the second into another ..."""
    frame = labels.table.blocks[NO_IDENTITY].frame
    place = np.arange(len(frame)) - np.searchsorted(frame, frame)
    return LinkDetections(place.astype(np.int32))


MOT = "".join(
    f"{frame},-1,{10.5 + 3 * frame + 100 * one},20.25,30,40,0.9\r\n"
    for frame in range(1, 7)
    for one in range(2)
)


def opened(path: Path) -> Sequence:
    return open_labels(path).sequences[0]


def written(path: Path, sequence: Sequence, labels: Labels) -> bytes:
    assert sequence.source is not None
    (one,) = [each for each in formats() if each.name == sequence.source.format_name]
    assert one.write is not None
    one.write(path, sequence, labels)
    return path.read_bytes()


@pytest.fixture
def detected(tmp_path: Path) -> Sequence:
    path = tmp_path / "det.txt"
    path.write_bytes(MOT.encode())
    return opened(path)


def test_linked_detections_are_written_byte_for_byte_as_read(
    detected: Sequence, tmp_path: Path
) -> None:
    linked, _ = as_detections(detected.labels).apply(detected.labels)
    assert len(provisional_tracks(linked)) == 2
    assert written(tmp_path / "out.txt", detected, linked) == MOT.encode()


def test_edited_box_of_a_provisional_track_changes_its_line_and_no_other(
    detected: Sequence, tmp_path: Path
) -> None:
    linked, _ = as_detections(detected.labels).apply(detected.labels)
    track = provisional_tracks(linked)[1]
    edited, _ = PutBox(track, 2, (200.0, 20.25, 30.0, 40.0)).apply(linked)
    edited, _ = Rename(track, "my favourite").apply(edited)
    lines = written(tmp_path / "out.txt", detected, edited).splitlines()
    before = MOT.encode().splitlines()
    assert lines[5] == b"3,-1,200,20.25,30,40,0.9"
    assert [*lines[:5], *lines[6:]] == [*before[:5], *before[6:]]


def test_box_added_to_a_provisional_track_is_written_as_a_detection(
    detected: Sequence, tmp_path: Path
) -> None:
    labels = detected.labels
    block = labels.table.blocks[NO_IDENTITY]
    fewer = replace(labels, table=labels.table.with_blocks({-1: block.take(block.frame != 3)}))
    linked, _ = as_detections(fewer).apply(fewer)
    filled, _ = Interpolate(provisional_tracks(linked)[0], (2, 4)).apply(linked)
    lines = written(tmp_path / "out.txt", detected, filled).splitlines()
    assert len(lines) == 11
    assert all(line.split(b",")[1] == b"-1" for line in lines)


def test_ground_truth_detections_are_written_byte_for_byte_as_read(
    shared_examples: Path, tmp_path: Path
) -> None:
    found = 0
    for path in sorted(shared_examples.rglob("*.json")):
        try:
            sequence = opened(path)
        except FormatError:
            continue
        if sequence.task is not Task.DETECTION or sequence.source is None:
            continue
        found += 1
        linked, _ = as_detections(sequence.labels).apply(sequence.labels)
        renamed, _ = Rename(provisional_tracks(linked)[0], "somebody").apply(linked)
        target = tmp_path / f"{found}.json"
        assert written(target, sequence, renamed) == sequence.source.path.read_bytes()
    assert found


def test_provisional_names_tell_category_and_ordinal(detected: Sequence) -> None:
    linked, change = as_detections(detected.labels).apply(detected.labels)
    names = [linked.table.tracks[n].object_name for n in provisional_tracks(linked)]
    assert names == ["object ~1", "object ~2"]
    assert all(is_provisional(linked.table.tracks[n]) for n in provisional_tracks(linked))
    assert change.label == "link 12 detections into 2 provisional tracks"


def test_groups_of_other_detections_are_refused(detected: Sequence) -> None:
    with pytest.raises(EditError, match="Link them again"):
        LinkDetections(np.zeros(3, dtype=np.int32)).apply(detected.labels)


def test_two_detections_of_one_frame_never_make_one_track(detected: Sequence) -> None:
    with pytest.raises(EditError, match="one frame twice"):
        LinkDetections(np.zeros(12, dtype=np.int32)).apply(detected.labels)


def test_real_identities_are_never_loosened() -> None:
    blocks = {0: Block.of_boxes([0], [(0, 0, 5, 5)])}
    labels = Labels(LabelTable([Track("7", "car:7")], blocks), (Category("car"),), np.ones(1, bool))
    sequence = Sequence("clip", ("0.jpg",), np.arange(1), labels)
    assert without_provisional(sequence, labels) is labels
    with pytest.raises(EditError, match="no provisional tracks"):
        UnlinkDetections().apply(labels)
