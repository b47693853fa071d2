"""Packages: sound by every rule, true to the original, written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackproof.checks import Flag, FlagKind
from trackproof.errors import HandoffError
from trackproof.formats import open_labels
from trackproof.formats.ground_truth_sequence_file import read_sequence_file
from trackproof.formats.problems import Problems
from trackproof.handoff.label_config import Follow
from trackproof.handoff.package import Package, make_package
from trackproof.handoff.plan import read_plan
from trackproof.handoff.presets import JobPreset, load_preset
from trackproof.handoff.selection import ExportOptions, Reviewed, best_of, work_of
from trackproof.handoff.validate import is_clean, validate
from trackproof.handoff.windows import Prices
from trackproof.handoff.writing import write_package
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track
from trackproof.progress import Cancelled

DESTINATION = "s3://bucket/review/"
OPTIONS = ExportOptions(destination=DESTINATION, prefix="s3://bucket/frames/yard/", context=5)


def flag(start: int, end: int | None = None, *, score: float = 2.0, track: int = 0) -> Flag:
    return Flag(
        key=f"{track}-{start}",
        kind=FlagKind.SIZE,
        track=track,
        frame=start,
        frame_start=start,
        frame_end=start if end is None else end,
        score=score,
        checks=("size_change",),
        evidence="width -20 % against both neighbours",
        findings=(),
    )


def made_sequence(frames: int = 300, *, left: float = 10.0, name: str = "yard") -> Sequence:
    block = Block.of_boxes(
        np.arange(frames), [[left + frame * 0.5, 20.25, 30, 20] for frame in range(frames)], name=1
    )
    table = LabelTable([Track("id-a", "Car:1")], {0: block}, names=("", "Car:1"))
    labels = Labels(table, (Category("Car", "2"),), np.ones(frames, dtype=np.bool_))
    return Sequence(
        name,
        tuple(f"{frame + 1:06d}.jpg" for frame in range(frames)),
        np.arange(1, frames + 1),
        labels,
        width=640,
        height=480,
    )


def reviewed(*flags: Flag, **how: Any) -> list[Reviewed]:
    sequence = made_sequence(**how)
    return [Reviewed(sequence, sequence.labels, flags)]


def document(package: Package, name: str) -> Any:
    return json.loads(package.files[name])


def test_package_keeps_every_rule_and_opens_again(tmp_path: Path) -> None:
    package = make_package(reviewed(flag(100, 102), flag(200)), OPTIONS)
    folder = tmp_path / "focus"
    assert write_package(package, folder) is None
    assert validate(folder) == []
    opened = open_labels(folder / "job-1" / "adjustment.manifest", root=folder)
    first, second = opened.sequences
    assert first.frame_names == tuple(f"{frame + 1:06d}.jpg" for frame in range(95, 108))
    assert first.frame_numbers.tolist() == list(range(13))
    assert len(second.labels.table) == 11


def test_manifests_come_last_and_the_plan_first() -> None:
    package = make_package(reviewed(*(flag(20 * i) for i in range(12))), OPTIONS)
    names = list(package.files)
    assert names[0] == "plan.json"
    assert names[-2:] == ["job-1/adjustment.manifest", "job-2/adjustment.manifest"]
    assert package.jobs == 2


def test_frames_point_at_the_original_pictures_from_0() -> None:
    package = make_package(reviewed(flag(100)), OPTIONS)
    sequence = document(package, "job-1/0/sequence.json")
    assert sequence["prefix"] == "s3://bucket/frames/yard/"
    assert sequence["frames"][0] == {"frame-no": 0, "frame": "000096.jpg"}
    labels = document(package, "job-1/0/SeqLabel.json")["tracking-annotations"]
    assert [int(entry["frame-no"]) for entry in labels] == list(range(11))
    assert labels[5]["frame"] == "000101.jpg"


def test_plan_remembers_where_windows_came_from(tmp_path: Path) -> None:
    package = make_package(reviewed(flag(100)), OPTIONS)
    write_package(package, tmp_path / "focus")
    plan = read_plan(tmp_path / "focus")
    (window,) = plan.windows
    assert (window.sequence, window.frame_start, window.frame_end) == ("yard", 95, 105)
    assert window.frame_numbers[0] == 96
    assert window.flagged == ((100, 100),)
    assert window.flags[0].object_name == "Car:1"
    assert plan.sequence("yard").frames == 300
    assert (plan.audit_attribute, plan.result_attribute) == ("labels-ref", "labels-adj-ref")


def test_boxes_are_sent_as_whole_pixels_inside_the_image() -> None:
    package = make_package(reviewed(flag(2), left=-12.5), OPTIONS)
    annotations = [
        annotation
        for entry in document(package, "job-1/0/SeqLabel.json")["tracking-annotations"]
        for annotation in entry["annotations"]
    ]
    assert {one["left"] for one in annotations} == {0}
    assert [one["width"] for one in annotations[:3]] == [18, 18, 18]
    assert any("cut at its edge" in problem.message for problem in package.problems)


def test_box_outside_the_image_is_told_not_sent() -> None:
    package = make_package(reviewed(flag(2), left=-500.0), OPTIONS)
    assert [p.message for p in package.problems] == [
        "8 boxes lie outside the image and are not sent"
    ]


def test_summary_compares_focus_with_everything() -> None:
    prices = Prices(per_task=0.5, per_frame=0.01)
    package = make_package(reviewed(flag(100), flag(200)), replace(OPTIONS, prices=prices))
    assert (package.focus.frames, package.focus.tasks) == (22, 2)
    assert package.focus.cost == pytest.approx(1.22)
    assert (package.everything.frames, package.everything.tasks) == (300, 1)
    assert package.everything.cost == pytest.approx(3.5)


def test_whole_sequence_can_be_sent_with_flags_in_the_instructions() -> None:
    package = make_package(reviewed(flag(100)), replace(OPTIONS, sending="whole"))
    assert document(package, "job-1/0/sequence.json")["number-of-frames"] == 300
    text = document(package, "job-1/label-categories.json")["instructions"]["shortInstruction"]
    assert "Check frame 100 first" in text


def test_windows_can_have_frame_folders_of_their_own(tmp_path: Path) -> None:
    package = make_package(reviewed(flag(100)), replace(OPTIONS, sending="copies"))
    own = "s3://bucket/review/job-1/0/frames/"
    assert document(package, "job-1/0/sequence.json")["prefix"] == own
    lines = package.files["copies.csv"].decode().splitlines()
    assert lines[:2] == ["from,to", f"s3://bucket/frames/yard/000096.jpg,{own}000096.jpg"]
    assert len(lines) == 12
    write_package(package, tmp_path / "focus")
    assert validate(tmp_path / "focus") == []


def test_instructions_name_the_flagged_place_in_the_window() -> None:
    package = make_package(reviewed(flag(100, 102)), OPTIONS)
    config = document(package, "job-1/label-categories.json")
    assert "Check frames 5-7 first" in config["instructions"]["shortInstruction"]
    assert "000101.jpg to 000103.jpg" in config["instructions"]["fullInstruction"]
    assert config["auditLabelAttributeName"] == "labels-ref"


def test_verification_package_locks_the_labels(tmp_path: Path) -> None:
    package = make_package(reviewed(flag(100)), replace(OPTIONS, follow=Follow.VERIFICATION))
    config = document(package, "job-1/label-categories.json")
    assert [entry["editsAllowed"] for entry in config["labels"]] == ["none"]
    write_package(package, tmp_path / "focus")
    assert is_clean(validate(tmp_path / "focus"))


def test_places_that_are_not_known_yet_are_placeholders(tmp_path: Path) -> None:
    package = make_package(reviewed(flag(100)), ExportOptions())
    assert len(package.problems) == 2
    write_package(package, tmp_path / "focus")
    problems = validate(tmp_path / "focus")
    assert is_clean(problems)
    assert any("export again" in problem.message for problem in problems)


def test_prefix_of_several_sequences_holds_a_folder_for_each() -> None:
    several = [
        Reviewed(one, one.labels, (flag(50),))
        for one in (made_sequence(name="north"), made_sequence(name="south"))
    ]
    package = make_package(several, OPTIONS)
    prefixes = [document(package, f"job-1/{n}/sequence.json")["prefix"] for n in (0, 1)]
    assert prefixes == ["s3://bucket/frames/yard/north/", "s3://bucket/frames/yard/south/"]
    text = document(package, "job-1/label-categories.json")["instructions"]["fullInstruction"]
    assert "Clip from north/000046.jpg" in text


def test_nothing_flagged_is_an_error() -> None:
    with pytest.raises(HandoffError, match="nothing is flagged"):
        make_package(reviewed(), OPTIONS)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"destination": "bucket/review"}, "not an S3 address"),
        ({"prefix": "/frames"}, "not an S3 address"),
        ({"audit_attribute": "cars"}, "must end in -ref"),
        ({"result_attribute": "labels-ref"}, "like the labels to correct"),
        ({"result_attribute": "my_result-ref"}, "inner hyphens"),
    ],
)
def test_unusable_names_and_addresses_are_refused(changes: dict[str, str], words: str) -> None:
    with pytest.raises(HandoffError, match=words):
        make_package(reviewed(flag(100)), replace(OPTIONS, **changes))


def test_locks_on_names_that_nothing_has_are_told() -> None:
    package = make_package(reviewed(flag(100)), replace(OPTIONS, locked=("Car", "Cra")))
    told = [problem.message for problem in package.problems if "locked" in problem.message]
    assert len(told) == 1
    assert "is called 'Cra'" in told[0]
    assert "there are Car" in told[0]


def test_best_flags_of_all_sequences_compete() -> None:
    many = [
        Reviewed(one, one.labels, flags)
        for one, flags in (
            (made_sequence(name="a"), (flag(50, score=1.0), flag(100, score=5.0))),
            (made_sequence(name="b"), (flag(150, score=3.0),)),
        )
    ]
    kept = best_of(many, OPTIONS, top=2)
    assert [[f.score for f in one.flags] for one in kept] == [[5.0], [3.0]]
    assert work_of(kept, OPTIONS).frames == 22
    kept = best_of(many, OPTIONS, frame_budget=15)
    assert [[f.score for f in one.flags] for one in kept] == [[5.0], []]


def test_existing_folder_is_not_overwritten_unasked(tmp_path: Path) -> None:
    package = make_package(reviewed(flag(100)), OPTIONS)
    folder = tmp_path / "focus"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(HandoffError, match="exists already"):
        write_package(package, folder)
    moved = write_package(package, folder, overwrite=True)
    assert moved is not None
    assert (moved / "mine.txt").read_text() == "mine"
    assert is_clean(validate(folder))


def test_cancelled_writing_leaves_nothing(tmp_path: Path) -> None:
    class Impatient:
        def step(self, done: int, total: int) -> None:
            if done == 2:
                raise Cancelled

    package = make_package(reviewed(flag(100)), OPTIONS)
    with pytest.raises(Cancelled):
        write_package(package, tmp_path / "focus", progress=Impatient())
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    package = make_package(reviewed(flag(100)), OPTIONS)
    with pytest.raises(HandoffError, match="cannot be written"):
        write_package(package, tmp_path / "file" / "focus")


PRESET = """
name = "yard-round-2"
region = "eu-west-1"
role_arn = "arn:aws:iam::111122223333:role/Example"
workteam_arn = "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/team"
output_uri = "s3://bucket/out/"
"""


def test_job_settings_add_sound_requests(tmp_path: Path) -> None:
    (tmp_path / "job.toml").write_text(PRESET)
    options = replace(OPTIONS, preset=load_preset(tmp_path / "job.toml"))
    package = make_package(reviewed(*(flag(20 * i) for i in range(12))), options)
    requests = [document(package, f"job-{job}/request.json") for job in (1, 2)]
    assert [one["LabelingJobName"] for one in requests] == ["yard-round-2-1", "yard-round-2-2"]
    assert requests[0]["LabelAttributeName"] == "labels-adj-ref"
    write_package(package, tmp_path / "focus")
    assert is_clean(validate(tmp_path / "focus"))


def test_instructions_of_the_job_settings_are_what_workers_read() -> None:
    settings = JobPreset(
        name="n",
        region="eu-central-1",
        role_arn="",
        workteam_arn="",
        output_uri="",
        short_instruction="Wheels first. {places}",
        full_instruction="x" * 2_100,
    )
    package = make_package(reviewed(flag(100)), replace(OPTIONS, preset=settings))
    texts = document(package, "job-1/label-categories.json")["instructions"]
    assert texts["shortInstruction"] == "Wheels first. Check frame 5 first (counted from 0)."
    assert any("2,100 characters" in one.message for one in package.problems)


def test_long_job_name_makes_room_for_its_number() -> None:
    preset = JobPreset(name="n" * 63, region="r", role_arn="", workteam_arn="", output_uri="")
    settings = preset.settings(
        number=2, jobs=3, label_attribute="a-ref", manifest_uri="m", config_uri="c"
    )
    assert settings.name == "n" * 61 + "-2"


def test_unknown_job_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "job.toml").write_text(PRESET + 'colour = "red"\n')
    with pytest.raises(HandoffError, match="colour"):
        load_preset(tmp_path / "job.toml")
    with pytest.raises(HandoffError, match="no such file"):
        load_preset(tmp_path / "gone.toml")


def from_a_job(**detail: Any) -> list[Reviewed]:
    sequence = replace(made_sequence(), detail=detail)
    return [Reviewed(sequence, sequence.labels, (flag(100),))]


def test_keys_of_the_owner_pass_through_and_results_of_other_jobs_do_not() -> None:
    own = {"site id": "x", "camera": "north", "camera-metadata": {"lens": 35}, "note": [1]}
    metadata = {"class-map": {"2": "Car"}, "job-name": "labeling-job/a"}
    line = {
        "source-ref": "s3://bucket/in/sequence.json",
        **own,
        "first-ref": "s3://bucket/a/SeqLabel.json",
        "first-ref-metadata": metadata,
        "second-ref": "s3://bucket/b/SeqLabel.json",
        "second-ref-metadata": {**metadata, "x-more": 1},
    }
    package = make_package(from_a_job(manifest_line=line, label_attribute="second-ref"), OPTIONS)
    (sent,) = map(json.loads, package.files["job-1/adjustment.manifest"].splitlines())
    assert list(sent) == ["source-ref", *own, "second-ref", "second-ref-metadata"]
    assert {key: sent[key] for key in own} == own
    assert sent["second-ref-metadata"]["x-more"] == 1


def test_window_keeps_capture_times_and_other_keys_of_the_sequence_file(tmp_path: Path) -> None:
    frames = [
        {"frame-no": frame + 1, "frame": f"{frame + 1:06d}.jpg", "unix-timestamp": 1_000 + frame}
        for frame in range(300)
    ]
    original = {"version": "2020-07-01", "seq-no": 7, "prefix": "s3://b/a", "frames": frames}
    file = tmp_path / "sequence.json"
    file.write_text(json.dumps(original))
    read = read_sequence_file(file, Problems(file))
    package = make_package(from_a_job(sequence_file=read), OPTIONS)
    sent = document(package, "job-1/0/sequence.json")
    assert sent["version"] == "2020-07-01"
    assert sent["frames"][0] == {"frame-no": 0, "frame": "000096.jpg", "unix-timestamp": 1_095}


@pytest.mark.parametrize("follow", Follow)
def test_configuration_that_the_service_would_refuse_is_told_and_stops_nothing(
    follow: Follow,
) -> None:
    odd = {
        "labels": [{"label": "Car", "categoryAttributes": [{"type": "string"}, "gone"]}],
        "frameAttributes": None,
        "categoryGlobalAttributes": {"name": "side"},
    }
    package = make_package(from_a_job(label_config=odd), replace(OPTIONS, follow=follow))
    told = [str(problem) for problem in package.problems]
    assert any("categoryAttributes[0].name: is missing" in text for text in told)


def test_pictures_that_nobody_listed_are_told(tmp_path: Path) -> None:
    boxes = {frame: [annotation(frame)] for frame in range(60) if frame not in (31, 32)}
    entries = [
        {"annotations": each, "frame-no": frame, "frame": f"frame_{frame:04d}.jpeg"}
        for frame, each in boxes.items()
    ]
    file = tmp_path / "SeqLabel.json"
    file.write_text(json.dumps({"tracking-annotations": entries}))
    (sequence,) = open_labels(file).sequences
    package = make_package([Reviewed(sequence, sequence.labels, (flag(33),))], OPTIONS)
    told = [problem.message for problem in package.problems if "guesses" in problem.message]
    assert told == [
        "the labels do not list 2 frames of these windows, and there is no sequence file, so the "
        "names are guesses; the first is frame_0031.jpeg"
    ]


def annotation(left: int) -> dict[str, Any]:
    plain = {"height": 9, "width": 9, "top": 1, "left": left, "class-id": "0"}
    return {**plain, "label-category-attributes": {}, "object-id": "a", "object-name": "Car:1"}


def test_what_people_raised_goes_before_what_checks_suspect() -> None:
    own = replace(flag(200, score=99.0), checks=())
    (kept,) = best_of(reviewed(flag(100, score=40_000.0), own), OPTIONS, top=1)
    assert kept.flags == (own,)
