"""What workers read: the package's words, or a person's, with each job's own places in them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handoff.launching_scene import preset, scene
from handoff.test_package import OPTIONS, flag, reviewed
from labeling_service import LabelingService
from trackproof.clips.template import Words as PageWords
from trackproof.clips.template import worker_template
from trackproof.errors import HandoffError
from trackproof.handoff.instructions import (
    PLACES,
    Place,
    full_filled,
    full_instruction,
    full_unfilled,
    short_instruction,
    short_unfilled,
)
from trackproof.handoff.launching_presets import find_preset, save_preset
from trackproof.handoff.launching_sources import Launchable, launchables
from trackproof.handoff.launching_words import (
    filled,
    own_words,
    send_words,
    worded,
    words_for,
    words_problems,
)
from trackproof.handoff.package import make_package
from trackproof.handoff.preflight import Flight, Outcome, preflight
from trackproof.handoff.writing import write_package
from trackproof.storage.s3 import Connection

PLACE = Place("000001.jpg", 3, 4, "000004.jpg", "000005.jpg", "Car:1", "too wide")


@pytest.fixture
def job(labeling: LabelingService, connection: Connection, tmp_path: Path) -> Launchable:
    return scene(labeling, tmp_path / "focus").ready(connection)


def instructions(job: Launchable) -> dict[str, Any]:
    (data,) = job.pending.values()
    found: dict[str, Any] = json.loads(data)["instructions"]
    return found


def test_what_the_program_wrote_of_places_is_told_from_what_people_wrote() -> None:
    assert (
        short_unfilled(short_instruction([PLACE], original="Look."), [PLACE]) == f"Look. {PLACES}"
    )
    full = full_instruction([PLACE], original="<p>Look.</p>")
    assert full_unfilled(full, [PLACE]) == f"<p>Look.</p>\n{PLACES}"
    assert full_unfilled("<p>Look.</p>", [PLACE]) == "<p>Look.</p>"
    assert short_unfilled("Look.", []) == "Look."


def test_places_are_told_in_as_much_detail_as_fits() -> None:
    assert "too wide" in full_filled(PLACES, [PLACE])
    crowded = full_filled("x" * 1_900 + PLACES, [PLACE])
    assert "too wide" not in crowded
    assert "frames 3-4" in crowded
    assert full_filled(f"Look. {PLACES}", []) == "Look."


def test_words_of_the_package_change_nothing(job: Launchable, labeling: LabelingService) -> None:
    settings = preset(labeling)
    assert worded(job, settings) is job
    assert PLACES in own_words(job).short
    assert filled(own_words(job), job).full == job.config["instructions"]["fullInstruction"]


def test_words_of_a_preset_go_beside_the_packages_and_replace_nothing(
    job: Launchable, labeling: LabelingService, connection: Connection
) -> None:
    settings = preset(labeling, short_instruction=f"Wheels. {PLACES}")
    changed = worded(job, settings)
    assert changed.config_uri != job.config_uri
    assert changed.config_uri.rpartition("/")[0] == job.config_uri.rpartition("/")[0]
    assert worded(job, settings).config_uri == changed.config_uri
    assert instructions(changed)["shortInstruction"].startswith("Wheels. Check first")
    assert instructions(changed)["fullInstruction"] == job.config["instructions"]["fullInstruction"]
    before = labeling.read(job.config_uri)
    send_words(connection, [changed])
    send_words(connection, [changed])
    assert json.loads(labeling.read(changed.config_uri))["instructions"] == instructions(changed)
    assert labeling.read(job.config_uri) == before


def test_preflight_looks_at_words_that_are_not_there_yet(
    job: Launchable, labeling: LabelingService, connection: Connection
) -> None:
    def categories(text: str) -> tuple[Outcome, str]:
        settings = preset(labeling, short_instruction=text)
        one = worded(job, settings)
        flight = Flight(connection, one.built(settings), settings.region, None, one.pending)
        (check,) = (c for c in preflight(flight) if c.title == "Label categories")
        return check.outcome, check.sentence

    assert categories("Wheels.")[0] is Outcome.PASS
    outcome, sentence = categories("x" * 255)
    assert outcome is Outcome.FAIL
    assert "254" in sentence


def test_words_that_break_a_rule_are_never_sent(
    job: Launchable, labeling: LabelingService, connection: Connection
) -> None:
    changed = worded(job, preset(labeling, short_instruction="x" * 255))
    before = labeling.objects()
    with pytest.raises(HandoffError, match="nothing was sent"):
        send_words(connection, [changed])
    assert labeling.objects() == before
    words = words_for(job, preset(labeling, full_instruction="x" * 3_000))
    assert words_problems(words, job) == [
        "The full instruction has 3,000 characters; 2,047 are allowed."
    ]


def test_every_job_of_a_package_names_its_own_places(
    connection: Connection, labeling: LabelingService, tmp_path: Path
) -> None:
    flags = [flag(20 * number) for number in range(1, 13)]
    write_package(make_package(reviewed(*flags), OPTIONS), tmp_path / "package")
    first, second = launchables(tmp_path / "package", connection)
    settings = preset(labeling, full_instruction=f"Look here: {PLACES}")
    one, other = (instructions(worded(job, settings)) for job in (first, second))
    assert one["fullInstruction"] != other["fullInstruction"]
    assert one["fullInstruction"].count("<li>") == 10
    assert other["fullInstruction"].count("<li>") == 2


def test_one_instruction_without_the_other_is_told(
    job: Launchable, labeling: LabelingService
) -> None:
    bare = replace(job, config={key: v for key, v in job.config.items() if key != "instructions"})
    words = words_for(bare, preset(labeling, short_instruction="Look."))
    assert words_problems(words, bare) == [
        "The full instruction is empty; the service wants both or none."
    ]
    assert words_problems(own_words(bare), bare) == []
    with pytest.raises(HandoffError, match="no place for instructions"):
        worded(replace(job, config={}), preset(labeling, short_instruction="Look."))


def test_page_of_clips_is_checked_and_sent_beside_the_old_one(
    job: Launchable, labeling: LabelingService, connection: Connection
) -> None:
    uri = f"s3://{labeling.bucket}/clips/template.liquid.html"
    clips = replace(job, page=worker_template(PageWords()), template_uri=uri, config={})
    page = worker_template(PageWords(question="Which aisle?"))
    changed = worded(clips, preset(labeling, worker_page=page, short_instruction="unused"))
    assert changed.template_uri.endswith(".liquid.html")
    assert changed.template_uri != uri
    send_words(connection, [changed])
    assert labeling.read(changed.template_uri).decode() == page
    broken = worded(clips, preset(labeling, worker_page="<p>nothing</p>"))
    with pytest.raises(HandoffError, match="The page lacks"):
        send_words(connection, [broken])


def test_words_are_kept_with_the_other_settings(labeling: LabelingService) -> None:
    text = 'Two lines,\n"quoted" <b>and</b> {places} ü'
    save_preset("yard", preset(labeling, full_instruction=text))
    assert find_preset("yard").full_instruction == text
