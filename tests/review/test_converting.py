"""Where converted labels go, and where they never go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from trackproof.errors import ReviewError, StorageError
from trackproof.formats import Format, formats, open_labels
from trackproof.labels import Sequence
from trackproof.progress import NO_PROGRESS
from trackproof.review.converting import (
    Taken,
    check_targets,
    plan_conversion,
    sized,
    write_conversion,
)

ROW = "1,1,10,20,30,40,1,1,1\n"


@pytest.fixture
def sequence(tmp_path: Path) -> Sequence:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "gt.txt").write_text(ROW)
    return open_labels(tmp_path / "in" / "gt.txt").sequences[0]


def named(name: str) -> Format:
    return next(one for one in formats() if one.name == name)


def test_two_sequences_never_share_a_file(sequence: Sequence, tmp_path: Path) -> None:
    other = replace(sequence, name=sequence.name.upper())
    wanted = [(one, one.labels) for one in (sequence, other)]
    with pytest.raises(ReviewError, match="same name"):
        plan_conversion(wanted, named("coco"), tmp_path / "out", is_folder=True)


@pytest.mark.parametrize("target", ["in/gt.txt", "in/../in/gt.txt"])
def test_the_original_is_no_target(sequence: Sequence, tmp_path: Path, target: str) -> None:
    with pytest.raises(StorageError, match="where the labels come from"):
        plan_conversion(
            [(sequence, sequence.labels)], named("kitti"), tmp_path / target, is_folder=False
        )


def test_the_folder_of_the_original_is_no_target(sequence: Sequence, tmp_path: Path) -> None:
    wanted = [(sequence, sequence.labels)]
    with pytest.raises(StorageError, match="where the labels come from"):
        plan_conversion(wanted, named("voc"), tmp_path / "in", is_folder=False)
    beside = plan_conversion(wanted, named("voc"), tmp_path / "in", is_folder=True)
    assert beside[0].path.parent == tmp_path / "in"


def test_a_folder_is_no_name_for_a_file(sequence: Sequence, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(StorageError, match="give the name of a file"):
        plan_conversion(
            [(sequence, sequence.labels)], named("coco"), tmp_path / "out", is_folder=False
        )


def test_what_is_replaced_is_kept_unless_told_otherwise(sequence: Sequence, tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("mine")
    plan = plan_conversion([(sequence, sequence.labels)], named("coco"), target, is_folder=False)
    with pytest.raises(Taken):
        check_targets(plan)
    with pytest.raises(StorageError):
        write_conversion(plan, named("coco"), progress=NO_PROGRESS)
    assert target.read_text() == "mine"
    (copy,) = write_conversion(plan, named("coco"), overwrite=True, progress=NO_PROGRESS)
    assert copy.read_text() == "mine"
    again = write_conversion(
        plan, named("coco"), overwrite=True, keeps_copies=False, progress=NO_PROGRESS
    )
    assert again == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.json.bak", "in"]


def test_a_stated_size_never_replaces_a_known_one(sequence: Sequence) -> None:
    known = replace(sequence, width=320, height=240)
    assert sized(known, (1920, 1080)).width == 320
    assert sized(replace(sequence, width=None), (1920, 1080)).width == 1920
    assert sized(sequence, None) is sequence
