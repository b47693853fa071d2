"""Joining pictures with labels, and finding them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.errors import FrameError, Problem
from trackproof.frames import MISSING, AlignedFrames, Join, Match, Picture, find_frames, match
from trackproof.labels import Labels, LabelTable, Sequence, Source


class FakeFrames:
    """Frames whose picture is their index."""

    rate_fps: float | None = None
    parallel_reads = 2
    problems: tuple[Problem, ...] = ()

    def __init__(self, path: Path, names: list[str], size: tuple[int, int] = (96, 64)) -> None:
        self.path = path
        self.names = names
        self.size = size
        self.is_closed = False

    def __len__(self) -> int:
        return len(self.names)

    def read(self, index: int) -> Picture:
        return np.full((2, 2, 3), index, dtype=np.uint8)

    def close(self) -> None:
        self.is_closed = True


def sequence_of(
    names: list[str],
    *,
    numbers: list[int] | None = None,
    width: int | None = None,
    labels: Path | None = None,
    name: str = "walk",
    hint: str = "",
) -> Sequence:
    counted: npt.NDArray[np.int64] = np.array(
        numbers if numbers is not None else list(range(len(names))), dtype=np.int64
    )
    source = None
    if labels is not None:
        spans = np.full((len(names), 2), -1, dtype=np.int64)
        source = Source(labels, str(labels), "", "test", spans)
    return Sequence(
        name=name,
        frame_names=tuple(names),
        frame_numbers=counted,
        labels=Labels(LabelTable.empty(), (), np.ones(len(names), dtype=np.bool_)),
        width=width,
        height=64 if width else None,
        source=source,
        frames_hint=hint,
    )


def words(found: Match) -> str:
    return " | ".join(problem.message for problem in found.problems)


def test_file_names_decide_even_where_numbers_say_otherwise(tmp_path: Path) -> None:
    sequence = sequence_of(["b.jpg", "a.jpg"], numbers=[1, 2])
    found = match(sequence, FakeFrames(tmp_path, ["a.jpg", "b.jpg"]))
    assert found.join is Join.NAME
    assert found.index_map.tolist() == [1, 0]
    assert "another order" in words(found)


def test_names_join_without_case_suffix_or_folder(tmp_path: Path) -> None:
    sequence = sequence_of(["img1/A1.png", "img1\\B2.png"])
    found = match(sequence, FakeFrames(tmp_path, ["a1.jpg", "b2.jpg"]))
    assert (found.join, found.index_map.tolist()) == (Join.NAME, [0, 1])
    assert found.problems == ()


def test_frame_without_its_file_is_missing_and_not_replaced_by_a_neighbour(tmp_path: Path) -> None:
    sequence = sequence_of(["1.jpg", "2.jpg", "3.jpg", "4.jpg"], numbers=[1, 2, 3, 4])
    source = FakeFrames(tmp_path, ["1.jpg", "2.jpg", "4.jpg", "5.jpg"])
    found = match(sequence, source)
    assert found.index_map.tolist() == [0, 1, MISSING, 2]
    assert found.rate == 0.75
    assert "1 of 4 labelled frames have no picture; the first is frame 2 (3.jpg)" in words(found)
    assert "1 pictures are not used" in words(found)
    aligned = AlignedFrames(sequence, source, found)
    assert int(aligned.read(3)[0, 0, 0]) == 2
    with pytest.raises(FrameError, match=r"no picture for frame 2 \(3\.jpg\)"):
        aligned.read(2)


def test_numbers_join_where_names_differ(tmp_path: Path) -> None:
    sequence = sequence_of(["frame_0010.png", "frame_0011.png"], numbers=[0, 1])
    source = FakeFrames(tmp_path, [f"cam-{number:06}.jpg" for number in range(20)])
    found = match(sequence, source)
    assert (found.join, found.index_map.tolist()) == (Join.NUMBER, [10, 11])


def test_counts_that_start_differently_join_by_position_and_say_so(tmp_path: Path) -> None:
    sequence = sequence_of(["f1.png", "f2.png", "f3.png"], numbers=[1, 2, 3])
    found = match(sequence, FakeFrames(tmp_path, ["g0.jpg", "g1.jpg", "g2.jpg"]))
    assert (found.join, found.index_map.tolist()) == (Join.POSITION, [0, 1, 2])
    assert "the labels count from 1, the files from 0" in words(found)


def test_nothing_in_common_joins_by_position_and_says_so(tmp_path: Path) -> None:
    sequence = sequence_of(["x.png", "y.png", "z.png"], numbers=[100, 105, 109])
    found = match(sequence, FakeFrames(tmp_path, ["a.jpg", "b.jpg"]))
    assert (found.join, found.index_map.tolist()) == (Join.POSITION, [0, 1, MISSING])
    assert "neither names nor numbers agree (labels: x.png, files: a.jpg)" in words(found)


def test_video_joins_the_first_frame_with_the_first_picture(tmp_path: Path) -> None:
    video = FakeFrames(tmp_path / "clip.mp4", [f"clip.mp4#{n}" for n in range(3)])
    for start in (0, 1):
        sequence = sequence_of(["a", "b", "c"], numbers=[start, start + 1, start + 2])
        found = match(sequence, video)
        assert (found.index_map.tolist(), found.problems) == ([0, 1, 2], ())


def test_video_with_listed_frames_joins_by_number(tmp_path: Path) -> None:
    video = FakeFrames(tmp_path / "clip.mp4", [f"clip.mp4#{n}" for n in range(10)])
    from_zero = match(sequence_of(["a", "b"], numbers=[0, 5]), video)
    from_one = match(sequence_of(["a", "b", "c"], numbers=[1, 5, 11]), video)
    assert from_zero.index_map.tolist() == [0, 5]
    assert from_one.index_map.tolist() == [0, 4, MISSING]


def test_other_size_is_told(tmp_path: Path) -> None:
    found = match(sequence_of(["a.jpg"], width=1920), FakeFrames(tmp_path, ["a.jpg"]))
    assert "the labels are for 1920 x 64 pixels, the pictures are 96 x 64" in words(found)


def test_offset_moves_pictures_and_leaves_the_ends_empty(tmp_path: Path) -> None:
    names = ["a.jpg", "b.jpg", "c.jpg"]
    sequence, source = sequence_of(names), FakeFrames(tmp_path, names)
    found = match(sequence, source)
    assert found.shifted(1).index_map.tolist() == [1, 2, MISSING]
    assert found.shifted(1).shifted(-1).index_map.tolist() == [MISSING, 0, 1]
    aligned = AlignedFrames(sequence, source, found).shifted(sequence, 1)
    assert int(aligned.read(0)[0, 0, 0]) == 1
    aligned.close()
    assert source.is_closed


def test_sequence_without_frames_matches_nothing(tmp_path: Path) -> None:
    found = match(sequence_of([]), FakeFrames(tmp_path, ["a.jpg"]))
    assert (found.rate, len(found.index_map)) == (0.0, 0)


@given(
    st.lists(st.integers(0, 12), max_size=8, unique=True),
    st.lists(st.integers(0, 12), min_size=1, max_size=8, unique=True),
    st.integers(-3, 3),
    st.booleans(),
)
def test_every_mapped_index_exists_and_is_used_once(
    labelled: list[int], files: list[int], offset: int, is_video: bool
) -> None:
    sequence = sequence_of([f"{number}.png" for number in labelled], numbers=labelled)
    path = Path(__file__) if is_video else Path(__file__).parent
    found = match(sequence, FakeFrames(path, [f"{number}.jpg" for number in files]), offset=offset)
    used = found.index_map[found.index_map != MISSING]
    assert len(found.index_map) == len(labelled)
    assert np.all((used >= 0) & (used < len(files)))
    assert len(np.unique(used)) == len(used)


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.mark.parametrize(
    ("labels", "frames", "expected"),
    [
        ("MOT/gt/gt.txt", "MOT/img1/000001.jpg", "MOT/img1"),
        ("MOT/det/det.txt", "MOT/img1/000001.jpg", "MOT/img1"),
        ("job/SeqLabel.json", "job/walk/0.jpg", "job/walk"),
        ("job/SeqLabel.json", "job/walk.mp4", "job/walk.mp4"),
        ("job/SeqLabel.json", "job/SeqLabel.avi", "job/SeqLabel.avi"),
        ("job/SeqLabel.json", "job/Camera 1/0.JPG", "job/Camera 1"),
        ("job/SeqLabel.json", "job/0.png", "job"),
        ("job/SeqLabel.json", "job/only.webm", "job"),
    ],
)
def test_frames_are_found_where_they_usually_are(
    tmp_path: Path, labels: str, frames: str, expected: str
) -> None:
    touch(tmp_path / frames)
    sequence = sequence_of(["a"], labels=touch(tmp_path / labels), hint="s3://bucket/x/Camera 1/")
    assert find_frames(sequence) == tmp_path / expected


def test_the_folder_that_the_labels_name_comes_first(tmp_path: Path) -> None:
    touch(tmp_path / "img1" / "1.jpg")
    touch(tmp_path / "left" / "1.jpg")
    sequence = sequence_of(["a"], labels=touch(tmp_path / "gt" / "gt.txt"), hint="left")
    assert find_frames(sequence) == tmp_path / "left"


def test_frames_far_away_are_not_looked_for(tmp_path: Path) -> None:
    touch(tmp_path / "else" / "deep" / "1.jpg")
    touch(tmp_path / "other" / "1.jpg")
    labels = touch(tmp_path / "job" / "SeqLabel.json")
    assert find_frames(sequence_of(["a"], labels=labels, hint="s3://b/../..")) is None
    assert find_frames(sequence_of(["a"])) is None
