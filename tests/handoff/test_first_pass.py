"""First packages: pictures from videos and folders, and the files that list them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from frame_clips import Clip, number_in
from trackproof.errors import FrameError, HandoffError, StorageError
from trackproof.formats import open_labels
from trackproof.frames import Choice, find_frames, open_frames
from trackproof.handoff.first_pass import FirstPass, FirstPassOptions, Footage, first_pass
from trackproof.handoff.footage import Made, make_first_pass
from trackproof.handoff.presets import JobPreset
from trackproof.handoff.validate import is_clean, validate
from trackproof.labels import Task
from trackproof.progress import Cancelled

HOME = "s3://footage-bucket/jobs/one/"
CONFIG = {
    "documentVersion": "2020-03-01",
    "annotationType": "BoundingBox",
    "labels": [{"label": "Car"}, {"label": "Person"}],
    "instructions": {"shortInstruction": "Box all", "fullInstruction": "Box all cars."},
}
PRESET = JobPreset(
    name="first",
    region="us-east-1",
    role_arn="arn:aws:iam::111122223333:role/labeling",
    workteam_arn="arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team",
    output_uri="s3://footage-bucket/out/",
)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return Clip("walk.mp4", "libx264", frames=30).write(tmp_path)


def images(folder: Path, names: list[str]) -> Path:
    folder.mkdir(parents=True)
    for shade, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((16, 16, 3), shade, dtype=np.uint8))
    return folder


def made(sources: list[Path], target: Path, **fields: object) -> Made:
    options = FirstPassOptions(destination=HOME, config=CONFIG, preset=PRESET)
    return make_first_pass(sources, target, options=options, **fields)  # type: ignore[arg-type]


def lines(data: bytes) -> list[dict[str, str]]:
    return [json.loads(line) for line in data.splitlines()]


def test_a_video_becomes_a_package_that_breaks_no_rule_and_opens(
    video: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    result = made([video], folder, choice=Choice(every=3))
    assert result.rates_fps == (pytest.approx(25 / 3),)
    assert is_clean(validate(folder))
    (sequence,) = open_labels(folder).sequences
    assert len(sequence.frame_names) == 10
    assert [category.name for category in sequence.labels.categories] == ["Car", "Person"]
    frames = find_frames(sequence)
    assert frames == folder / "frames" / "walk"
    source = open_frames(frames, names=sequence.frame_names)
    assert source.rate_fps == pytest.approx(25 / 3, rel=1e-4)
    assert [number_in(source.read(frame)) for frame in range(10)] == list(range(0, 30, 3))


def test_sequence_file_and_manifest_name_the_place_in_s3(video: Path, tmp_path: Path) -> None:
    result = made([video], tmp_path / "package")
    files = result.package.files
    assert lines(files["input.manifest"]) == [{"source-ref": f"{HOME}sequences/walk.json"}]
    sequence = json.loads(files["sequences/walk.json"])
    assert sequence["prefix"] == f"{HOME}frames/walk/"
    assert sequence["number-of-frames"] == len(sequence["frames"]) == 30
    assert [frame["frame-no"] for frame in sequence["frames"]] == list(range(30))
    assert list(files)[-1] == "input.manifest"


def test_request_is_one_of_a_first_job(video: Path, tmp_path: Path) -> None:
    request = json.loads(made([video], tmp_path / "package").package.files["request.json"])
    assert request["HumanTaskConfig"]["PreHumanTaskLambdaArn"].endswith("PRE-VideoObjectTracking")
    assert request["LabelCategoryConfigS3Uri"] == f"{HOME}label-categories.json"
    assert request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"] == (
        f"{HOME}input.manifest"
    )
    options = FirstPassOptions(destination=HOME, task=Task.DETECTION, preset=PRESET)
    other = first_pass([Footage("a", ("1.jpg",))], options)
    assert b"PRE-VideoObjectDetection" in other.files["request.json"]


def test_images_of_a_folder_keep_their_bytes_and_the_originals(tmp_path: Path) -> None:
    folder = images(tmp_path / "cam", ["0001.png", "0002.png", "0003.png"])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = made([folder], tmp_path / "package")
    place = tmp_path / "package" / "frames" / "cam"
    assert {name: (place / name).read_bytes() for name in before} == before
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert result.footage == (Footage("cam", ("0001.png", "0002.png", "0003.png")),)
    assert result.rates_fps == (None,)


def test_names_that_count_otherwise_than_they_sort_are_replaced(tmp_path: Path) -> None:
    folder = images(tmp_path / "cam", ["frame2.png", "frame10.png", "frame1.png"])
    result = made([folder], tmp_path / "package")
    place = tmp_path / "package" / "frames" / "cam"
    names = ("frame_000000.png", "frame_000001.png", "frame_000002.png")
    assert result.footage[0].frame_names == names
    originals = ["frame1.png", "frame2.png", "frame10.png"]
    for name, original in zip(names, originals, strict=True):
        assert (place / name).read_bytes() == (folder / original).read_bytes()
    listed = (place / "original-names.csv").read_text().splitlines()
    assert listed[1:] == [f"{a},{b}" for a, b in zip(names, originals, strict=True)]
    assert any("do not sort" in problem.message for problem in result.problems)


def test_two_folders_of_one_name_get_places_of_their_own(tmp_path: Path) -> None:
    sources = [images(tmp_path / day / "cam", ["1.png"]) for day in ("monday", "tuesday")]
    result = made(sources, tmp_path / "package")
    assert [one.name for one in result.footage] == ["cam", "cam-2"]
    assert len(lines(result.package.files["input.manifest"])) == 2


def test_a_stopped_run_goes_on_and_a_second_run_changes_nothing(
    video: Path, tmp_path: Path
) -> None:
    class StopAtTen:
        def step(self, done: int, total: int) -> None:
            if done >= 10:
                raise Cancelled

    folder = tmp_path / "package"
    with pytest.raises(Cancelled):
        made([video], folder, progress=StopAtTen())
    assert not (folder / "input.manifest").exists()
    made([video], folder)
    first = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    made([video], folder)
    assert {path: path.stat().st_mtime_ns for path in first} == first


def test_a_manifest_with_another_destination_is_kept_unless_asked(
    video: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    made([video], folder)
    options = FirstPassOptions(destination="s3://other-bucket/x/")
    with pytest.raises(StorageError, match="exists already"):
        make_first_pass([video], folder, options=options)
    assert HOME in (folder / "input.manifest").read_text()
    make_first_pass([video], folder, options=options, overwrite=True)
    assert "s3://other-bucket/x/" in (folder / "input.manifest").read_text()


def test_long_videos_become_parts_and_many_become_several_manifests() -> None:
    long = Footage("long", tuple(f"frame_{n:06d}.jpg" for n in range(4_001)))
    short = [Footage(f"clip{n}", ("1.jpg",)) for n in range(9)]
    package = first_pass([long, *short], FirstPassOptions(destination=HOME))
    sizes = [
        json.loads(package.files[f"sequences/long-part-{part}.json"])["number-of-frames"]
        for part in (1, 2, 3)
    ]
    assert sizes == [2_000, 2_000, 1]
    assert [len(lines(package.files[f"input-{n}.manifest"])) for n in (1, 2)] == [10, 2]
    assert package.sequences == 12
    assert any("4,001 frames" in problem.message for problem in package.problems)


def test_parts_of_a_long_video_open_under_names_of_their_own(tmp_path: Path) -> None:
    long = Footage("long", tuple(f"frame_{n:06d}.jpg" for n in range(2_500)))
    package = first_pass([long], FirstPassOptions(destination=HOME))
    for name, data in package.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    sequences = open_labels(tmp_path).sequences
    assert [len(one.frame_names) for one in sequences] == [2_000, 500]
    assert len({one.name for one in sequences}) == 2


def test_without_a_destination_it_is_said_that_no_job_can_start() -> None:
    package: FirstPass = first_pass([Footage("a", ("1.jpg",))], FirstPassOptions())
    assert any("not said where in S3" in problem.message for problem in package.problems)


def test_bad_options_are_told_before_any_picture_is_written(video: Path, tmp_path: Path) -> None:
    broken = {**CONFIG, "labels": [{"label": "x" * 300}]}
    for options in (
        FirstPassOptions(destination="bucket/without/scheme"),
        FirstPassOptions(result_attribute="no_reference"),
        FirstPassOptions(config=broken),
    ):
        with pytest.raises(HandoffError):
            make_first_pass([video], tmp_path / "package", options=options)
    assert not (tmp_path / "package").exists()


def test_sources_that_hold_no_pictures_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(HandoffError, match="no jpg"):
        made([empty], tmp_path / "package")
    with pytest.raises(FrameError):
        made([tmp_path / "absent.mp4"], tmp_path / "package")
    with pytest.raises(HandoffError, match="no picture"):
        made([], tmp_path / "package")


def test_a_rate_needs_a_folder_that_states_its_own(tmp_path: Path) -> None:
    folder = images(tmp_path / "cam", [f"{n:03d}.png" for n in range(10)])
    with pytest.raises(HandoffError, match="every n-th"):
        made([folder], tmp_path / "a", choice=Choice(rate_fps=2))
    (folder / "seqinfo.ini").write_text("[Sequence]\nframeRate=10\n")
    result = made([folder], tmp_path / "b", choice=Choice(rate_fps=5))
    assert len(result.footage[0].frame_names) == 5
    assert result.rates_fps == (pytest.approx(5),)


def test_another_picture_in_the_way_is_not_replaced(tmp_path: Path) -> None:
    folder = images(tmp_path / "cam", ["1.png"])
    place = tmp_path / "package" / "frames" / "cam"
    place.mkdir(parents=True)
    (place / "1.png").write_bytes(b"mine")
    with pytest.raises(StorageError, match="another picture"):
        made([folder], tmp_path / "package")
    assert (place / "1.png").read_bytes() == b"mine"
