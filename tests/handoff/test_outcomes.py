"""After the round: which flags were real, and what verification workers said."""

from __future__ import annotations

from dataclasses import replace

from handoff.made import made_sequence, move, returned
from trackproof.handoff.merge import Returned, merge_back
from trackproof.handoff.outcomes import by_check, flag_outcomes
from trackproof.handoff.plan import Plan, PlannedFlag
from trackproof.handoff.verdicts import WorkerVerdict, without_verdicts, worker_verdicts
from trackproof.labels import (
    Compound,
    DeleteBoxes,
    Edit,
    FrameRanges,
    NewTrack,
    SetAttribute,
    SetFrameAttribute,
)


def flag(start: int, *, object_id: str = "id-a", **more: object) -> PlannedFlag:
    return PlannedFlag(
        frame_start=start,
        frame_end=start + 1,
        object_id=object_id,
        object_name="",
        score=1.0,
        checks=("gaps",) if start < 15 else ("gaps", "drift"),
        evidence="",
        **more,  # type: ignore[arg-type]
    )


def outcomes(edit: Edit | None, *flags: PlannedFlag) -> list[bool | None]:
    sequence = made_sequence()
    one = returned(sequence, edit)
    merges = {"yard": merge_back(sequence, sequence.labels, [one])}
    found = flag_outcomes(plan(replace_flags(one, flags)), merges)
    return [outcome.was_changed for outcome in found]


def replace_flags(one: Returned, flags: tuple[PlannedFlag, ...]) -> Returned:
    import msgspec

    return replace(one, window=msgspec.structs.replace(one.window, flags=flags))


def plan(*ones: Returned) -> Plan:
    return Plan(
        program="",
        created="",
        sending="windows",
        destination="",
        audit_attribute="a-ref",
        result_attribute="b-ref",
        sequences=(),
        windows=tuple(one.window for one in ones),
    )


def test_flag_is_real_when_workers_changed_its_object_in_its_frames() -> None:
    flags = (flag(15), flag(12), flag(14, object_id="id-b"))
    assert outcomes(move(0, 5), *flags) == [True, False, False]


def test_flag_of_two_objects_is_real_when_either_changed() -> None:
    assert outcomes(move(0, 5), flag(15, object_id="id-b", other_object_id="id-a")) == [True]


def test_flag_of_a_missing_object_is_real_when_a_new_one_was_drawn() -> None:
    new = NewTrack(0, 5, (7, 7, 7, 7), object_id="id-new")
    assert outcomes(new, flag(15, object_id=""), flag(15)) == [True, False]


def test_flag_in_emptied_frame_has_no_answer_yet() -> None:
    assert outcomes(DeleteBoxes((0, 1), FrameRanges.at(5)), flag(15), flag(12)) == [None, False]


def test_precision_is_told_by_check() -> None:
    sequence = made_sequence()
    one = replace_flags(returned(sequence, move(0, 5)), (flag(15), flag(12)))
    merges = {"yard": merge_back(sequence, sequence.labels, [one])}
    gaps, drift = by_check(flag_outcomes(plan(one), merges))
    assert (gaps.check, gaps.answered, gaps.changed, gaps.precision) == ("gaps", 2, 1, 0.5)
    assert (drift.check, drift.precision) == ("drift", 1.0)


def test_sequence_that_did_not_come_back_answers_nothing() -> None:
    one = replace_flags(returned(made_sequence(), None), (flag(15),))
    found = flag_outcomes(plan(one), {})
    assert [outcome.was_changed for outcome in found] == [None]
    assert by_check(found) == []


def test_verdicts_come_home_with_original_frames_and_leave_no_trace_in_labels() -> None:
    sequence = made_sequence()
    said = Compound(
        "",
        (
            SetAttribute((1,), "verdict", "wrong box", FrameRanges.at(5)),
            SetFrameAttribute(FrameRanges.at(6), "review note", "too dark"),
        ),
    )
    one = returned(sequence, said)
    assert worker_verdicts([one]) == [
        WorkerVerdict("yard", 15, "id-b", "Car:2", "wrong box"),
        WorkerVerdict("yard", 16, "", "", "", "too dark"),
    ]
    assert not merge_back(sequence, sequence.labels, [one]).is_empty
    assert merge_back(sequence, sequence.labels, [without_verdicts(one)]).is_empty
