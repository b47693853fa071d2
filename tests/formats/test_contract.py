"""Every format that writes keeps the same promises, a newcomer's as well."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from formats.format_scenes import WRITERS, content, holdable, made, sequence_of, write
from label_strategies import edits as some_edits
from label_strategies import labels as some_labels
from trackproof.errors import EditError, FormatError, StorageError
from trackproof.formats import Format, LossKind, formats, open_labels
from trackproof.labels import Labels, Sequence, Shape
from trackproof.review import save_corrected

every_writer = pytest.mark.parametrize("one", WRITERS, ids=lambda one: one.name)
hypothesis_settings = settings(
    max_examples=10,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def written(one: Format, folder: Path) -> tuple[Path, Sequence, Labels]:
    labels = holdable(one, made())
    sequence = sequence_of(labels)
    return write(one, folder, sequence, labels), sequence, labels


def files_of(path: Path) -> dict[str, str]:
    found = sorted(path.rglob("*")) if path.is_dir() else [path]
    return {
        str(one.relative_to(path)): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in found
        if one.is_file()
    }


def read_again(path: Path) -> Sequence:
    (sequence,) = open_labels(path).sequences
    return sequence


def assert_same(sequence: Sequence, labels: Labels) -> None:
    for frame in range(min(len(sequence), len(labels.listed))):
        assert content(sequence.labels, frame, like=labels) == content(labels, frame), frame
    assert len(sequence.labels.table) == len(labels.table)


def test_seven_formats_write() -> None:
    expected = {"ground-truth", "motchallenge", "coco", "cvat", "kitti", "yolo", "voc"}
    assert expected <= {one.name for one in WRITERS}


@every_writer
def test_labels_come_back_as_they_were_written(one: Format, tmp_path: Path) -> None:
    path, sequence, labels = written(one, tmp_path)
    assert one.losses(sequence, labels) == ()
    assert_same(read_again(path), labels)


@every_writer
def test_format_is_found_by_content_and_refused_by_all_others(one: Format, tmp_path: Path) -> None:
    path, _, _ = written(one, tmp_path)
    named = path.rename(tmp_path / "renamed.data")
    assert open_labels(named).format_name == one.name
    assert [other.name for other in formats() if other.sniff(named)] == [one.name]


@every_writer
def test_unedited_labels_are_saved_byte_for_byte(one: Format, tmp_path: Path) -> None:
    path, _, _ = written(one, tmp_path)
    sequence = read_again(path)
    assert sequence.source is not None
    target = tmp_path / f"copy{sequence.source.path.suffix}"
    assert save_corrected(target, sequence, sequence.labels) is None
    before = files_of(sequence.source.path)
    assert before.items() <= files_of(target).items()


@every_writer
def test_one_moved_box_changes_that_box_alone(one: Format, tmp_path: Path) -> None:
    path, _, _ = written(one, tmp_path)
    sequence = read_again(path)
    block = sequence.labels.table.blocks[0]
    xywh = block.xywh.copy()
    xywh[2, 0] += 7
    table = sequence.labels.table.with_blocks({0: replace(block, xywh=xywh)})
    edited = replace(sequence.labels, table=table)
    assert sequence.source is not None
    target = tmp_path / f"edited{sequence.source.path.suffix}"
    save_corrected(target, sequence, edited)
    again = read_again(target)
    changed = [
        frame
        for frame in range(len(sequence))
        if content(again.labels, frame, like=sequence.labels) != content(sequence.labels, frame)
    ]
    assert changed == [int(block.frame[2])]
    assert_same(again, edited)


@every_writer
def test_changed_original_is_not_joined_with_edits(one: Format, tmp_path: Path) -> None:
    path, _, _ = written(one, tmp_path)
    sequence = read_again(path)
    assert sequence.source is not None
    source = sequence.source.path
    file = next(one for one in sorted(source.rglob("*.*"))) if source.is_dir() else source
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(FormatError, match="has changed since it was opened"):
        save_corrected(tmp_path / "out", sequence, sequence.labels)
    assert not (tmp_path / "out").exists()


@every_writer
def test_nothing_is_replaced_unasked(one: Format, tmp_path: Path) -> None:
    path, sequence, labels = written(one, tmp_path)
    before = files_of(path)
    assert one.write is not None
    with pytest.raises(StorageError, match="exists already"):
        one.write(path, sequence, labels)
    assert files_of(path) == before


@every_writer
def test_replaced_labels_are_kept_in_a_copy(one: Format, tmp_path: Path) -> None:
    path, sequence, labels = written(one, tmp_path)
    before = files_of(path)
    copy = save_corrected(path, sequence, labels, format_name=one.name, overwrite=True)
    assert copy is not None
    assert files_of(copy) == before


@every_writer
def test_shapes_that_cannot_be_held_are_counted_or_refused(one: Format, tmp_path: Path) -> None:
    labels = made()
    sequence = sequence_of(labels)
    told = [loss for loss in one.losses(sequence, labels) if loss.kind is LossKind.SHAPES]
    assert one.holds is not None
    assert one.write is not None
    if Shape.POLYGON in one.holds.shapes:
        assert told == []
        return
    assert told[0].count == 2
    with pytest.raises(FormatError, match="polygons"):
        one.write(tmp_path / "out.txt", sequence, labels)


@every_writer
@hypothesis_settings
@given(labels=some_labels())
def test_any_labels_that_lose_nothing_come_back(
    one: Format, labels: Labels, tmp_path_factory: pytest.TempPathFactory
) -> None:
    wanted = holdable(one, labels)
    sequence = sequence_of(wanted)
    lost = one.losses(sequence, wanted)
    assert not [loss for loss in lost if loss.kind is not LossKind.FRAMES], lost
    path = write(one, tmp_path_factory.mktemp("any"), sequence, wanted)
    assert_same(read_again(path), wanted)


@every_writer
@hypothesis_settings
@given(labels=some_labels(), edit=some_edits)
def test_any_edit_of_a_file_comes_back(
    one: Format, labels: Labels, edit: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("edited")
    first = holdable(one, labels)
    sequence = read_again(write(one, folder, sequence_of(first), first))
    try:
        edited, _ = edit.apply(sequence.labels)  # type: ignore[attr-defined]
    except (EditError, IndexError, ValueError):
        return
    if one.losses(sequence, edited) or len(edited.listed) != len(sequence):
        return
    assert one.write is not None
    target = folder / f"edited{sequence.source.path.suffix}"  # type: ignore[union-attr]
    try:
        one.write(target, sequence, edited)
    except FormatError:
        return
    if not len(edited.table):
        return
    again = read_again(target)
    for frame in range(min(len(again), len(sequence))):
        # New rows get the numbers that a format fills columns with.
        found = content(again.labels, frame, with_numbers=False)
        assert found == content(edited, frame, with_numbers=False), frame


def test_losses_are_counted() -> None:
    labels = made()
    sequence = replace(
        sequence_of(labels), rate_fps=25.0, frame_names=tuple("abcdef"), labels=labels
    )
    by_name = {one.name: one for one in formats()}
    kinds = {loss.kind for loss in by_name["motchallenge"].losses(sequence, labels)}
    assert kinds == {
        LossKind.SHAPES,
        LossKind.CATEGORIES,
        LossKind.ATTRIBUTES,
        LossKind.FRAME_NAMES,
    }
    renamed = labels.table.renamed(0, object_id="a-b")
    lost = by_name["kitti"].losses(sequence, replace(labels, table=renamed))
    assert {loss.kind for loss in lost} >= {LossKind.OBJECT_IDS, LossKind.OBJECT_NAMES}
    assert by_name["coco"].losses(sequence, labels) == ()
