"""The filter language of the queue, as a verifier types it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.review.queue_query import QueryError, QueueEntry, parse, select, suggestions

GAP = QueueEntry(
    kind="gap",
    status="open",
    category="Vehicle",
    sequence="MOT17-13",
    objects=("Vehicle:1",),
    checks=("gap",),
    score=3.0,
    frame=217,
    frame_start=217,
    frame_end=217,
    evidence="missing, back at 218",
)
SIZE = replace(
    GAP, kind="size", objects=("Vehicle:10",), score=1.5, frame=102, frame_start=100, frame_end=104,
    status="dismissed", checks=("size_change", "iou"), evidence="height -29 %, 9 sigma",
)  # fmt: skip
SWAP = replace(
    GAP, kind="identity", objects=("Person:1", "Person:2"), category="Person", score=0.9, frame=40,
    frame_start=40, frame_end=60, status="unsure", comment="ask Kim", evidence="",
    sequence="yard 1",
)  # fmt: skip
ALL = [GAP, SIZE, SWAP]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [0, 1, 2]),
        ("   ", [0, 1, 2]),
        ("kind:gap", [0]),
        ("KIND:Gap", [0]),
        ("kind:gap,size", [0, 1]),
        ("-kind:gap", [1, 2]),
        ("!kind:gap", [1, 2]),
        ("score>2", [0]),
        ("score>=1.5", [0, 1]),
        ("score<1", [2]),
        ("score:1-2", [1]),
        ("category:Vehicle", [0, 1]),
        ("frame:100-200", [1]),
        ("frame:104-217", [0, 1]),
        ("frame:50", [2]),
        ("frame:200-", [0]),
        ("frame:-60", [2]),
        ("frame>100", [0, 1]),
        ("length>10", [2]),
        ("status:open", [0]),
        ("status:todo,right", [0, 1]),
        ("object:Vehicle:1", [0]),
        ("object:Vehicle:*", [0, 1]),
        ("object:Person:2", [2]),
        ("Vehicle:1", [0, 1]),
        ("person:2", [2]),
        ("check:iou", [1]),
        ('sequence:"yard 1"', [2]),
        ("missing", [0]),
        ("kim", [2]),
        ('"ask kim"', [2]),
        ("kind:gap score>2 category:Vehicle frame:100-300 status:open object:Vehicle:1 back", [0]),
        ("kind:gap status:fixed", []),
    ],
)
def test_a_filter_keeps_what_it_asks_for(text: str, expected: list[int]) -> None:
    assert select(ALL, parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kinf:gap", 'Nothing here is called "kinf"'),
        ("score>high", 'score needs a number, not "high"'),
        ("score>nan", "score needs a number"),
        ("frame:9-3", "write frame:3-9"),
        ("kind:", "for example kind:gap"),
        ("kind>3", "kind is a word"),
    ],
)
def test_what_cannot_be_understood_is_explained(text: str, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert words in caught.value.message


@given(st.text(max_size=60))
def test_any_text_gives_a_query_or_a_sentence(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        message = error.message
    else:
        message = "."
        assert select(ALL, query) == [i for i in range(3) if query.matches(ALL[i])]
    assert message.endswith(".")


def test_suggestions_offer_keys_and_then_values_that_exist() -> None:
    assert "kind:" in suggestions("k", ALL)
    assert suggestions("score>1 kind:g", ALL) == ["score>1 kind:gap"]
    assert suggestions("-object:per", ALL) == ["-object:Person:1", "-object:Person:2"]
    assert suggestions("sequence:y", ALL) == ['sequence:"yard 1"']
    assert suggestions("nothing:", ALL) == []
