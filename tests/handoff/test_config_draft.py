"""Writing a label category configuration: what is unknown stays, and limits are told at once."""

from __future__ import annotations

import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from trackproof.handoff.config_draft import FRAME, GLOBAL, LABELS, OWN, ConfigDraft, Kind

DOCUMENT = {
    "documentVersion": "2020-03-01",
    "x-team": {"keep": [1, 2]},
    "labels": [
        {
            "label": "Car",
            "colour": "#ff0000",
            "categoryAttributes": [{"name": "a", "type": "string"}],
        },
        {"label": "Person"},
    ],
    "frameAttributes": [{"name": "w", "description": "Weather", "type": "string", "enum": ["sun"]}],
}


def test_a_new_configuration_breaks_no_rule() -> None:
    assert ConfigDraft().problems() == []


def test_unknown_keys_and_their_order_survive_edits() -> None:
    draft = ConfigDraft(DOCUMENT)
    draft.set((LABELS, 0), "label", "Truck")
    draft.move((LABELS, 0), 1)
    kept = json.loads(draft.encoded())
    assert list(kept) == list(DOCUMENT)
    assert kept["x-team"] == {"keep": [1, 2]}
    assert kept["labels"][1]["colour"] == "#ff0000"
    assert DOCUMENT["labels"][0]["label"] == "Car"  # type: ignore[index]


def test_the_old_key_for_attributes_is_written_as_the_service_reads_it() -> None:
    draft = ConfigDraft(
        {"labels": [{"label": "Car", "attributes": [{"name": "a", "type": "string"}]}]}
    )
    assert draft.places() == [(LABELS, 0), (LABELS, 0, OWN, 0)]
    assert "attributes" not in draft.document["labels"][0]


def test_attributes_go_where_they_belong_under_free_names() -> None:
    draft = ConfigDraft()
    own = draft.add_attribute((LABELS, 0))
    shared = draft.add_attribute((GLOBAL,))
    frame = draft.add_attribute((FRAME,))
    assert (own, shared, frame) == ((LABELS, 0, OWN, 0), (GLOBAL, 0), (FRAME, 0))
    names = [draft.entry(place)["name"] for place in (own, shared, frame)]
    assert len(set(names)) == 3
    assert draft.problems() == []


def test_kinds_bring_the_limits_that_they_need() -> None:
    draft = ConfigDraft()
    place = draft.add_attribute((GLOBAL,))
    for kind in (Kind.NUMBER, Kind.CHOICE, Kind.TEXT, Kind.CHOICE, Kind.NUMBER):
        draft.set_kind(place, kind)
        assert draft.kind(place) is kind
        assert draft.problems() == []


def test_removing_the_last_attribute_leaves_no_empty_list() -> None:
    draft = ConfigDraft(DOCUMENT)
    draft.remove((LABELS, 0, OWN, 0))
    draft.remove((FRAME, 0))
    assert OWN not in draft.document["labels"][0]
    assert FRAME not in draft.document


def test_instructions_are_both_or_none() -> None:
    draft = ConfigDraft()
    draft.set_instruction("shortInstruction", "Box cars")
    assert set(draft.document["instructions"]) == {"shortInstruction", "fullInstruction"}
    draft.set_instruction("shortInstruction", "")
    assert "instructions" not in draft.document


def test_what_the_service_refuses_is_told_with_its_place() -> None:
    draft = ConfigDraft()
    place = draft.add_attribute((GLOBAL,))
    draft.set(place, "name", "a name that is much too long")
    (problem,) = draft.problems()
    assert "categoryGlobalAttributes[0]" in str(problem)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), max_size=12))
def test_moving_only_changes_the_order(moves: list[tuple[int, int]]) -> None:
    draft = ConfigDraft()
    for _ in range(5):
        draft.add_label()
    before = copy.deepcopy(draft.document["labels"])
    for number, by in moves:
        place = draft.move((LABELS, number), by)
        assert 0 <= int(place[-1]) <= 5
    after = draft.document["labels"]
    key = str
    assert sorted(after, key=key) == sorted(before, key=key)
