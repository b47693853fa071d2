from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checks.making import changed, sequence, walk
from trackproof.checks import analyse
from trackproof.checks.reranking import Tally, factors, in_words, lead_of, reranked, tallies

VERDICTS = st.lists(
    st.tuples(st.sampled_from(["gaps", "drift"]), st.floats(0.0, 1.0), st.booleans()), max_size=40
)


def test_without_verdicts_the_order_is_the_old_one() -> None:
    wide = changed(walk(60), 30, (0, 0, 20, 0))
    made = sequence({0: wide, 1: changed(walk(60, start=(900, 500)), 20, (0, 0, 9, 9))})
    flags = analyse(made, made.labels).flags
    assert flags
    assert reranked(flags, factors(tallies(()))) == flags


def test_dismissed_flags_let_their_check_sink_and_only_that() -> None:
    by_check = factors(tallies([("size_change", 0.8, False)] * 8 + [("size_change", 0.8, True)]))
    assert by_check["size_change"] < 0.4
    made = sequence({0: changed(walk(60), 30, (0, 0, 20, 0))})
    flag = analyse(made, made.labels).flags[0]
    lower, same = reranked([flag], {lead_of(flag): 0.25})[0], reranked([flag], by_check)[0]
    assert lower.score == flag.score * 0.25
    assert lower.key == flag.key
    assert same == flag or lead_of(flag) == "size_change"


def test_verdicts_as_expected_move_nothing() -> None:
    by_check = factors({"gaps": Tally(confirmed=3, dismissed=1, expected=0.75)})
    assert abs(by_check["gaps"] - 1.0) < 1e-12


def test_counts_without_expectation_are_compared_with_all_checks() -> None:
    by_check = factors({"gaps": Tally(9, 1), "drift": Tally(1, 9)})
    assert by_check["gaps"] > 1.0 > by_check["drift"]


def test_sentences_name_counts_and_direction_and_leave_out_what_hardly_moves() -> None:
    said = in_words(
        {"size_change": Tally(1, 8, 0.7), "gaps": Tally(9, 0, 0.5), "drift": Tally(1, 1, 0.5)},
        {"size_change": "Size change", "gaps": "Missing frames"},
    )
    assert sorted(said) == [
        "You confirmed 9 of 9 “Missing frames” flags: they now rank higher.",
        "You dismissed 8 of 9 “Size change” flags: they now rank lower.",
    ]


@given(VERDICTS)
def test_one_more_confirmation_never_lowers_a_check_that_was_as_expected(
    verdicts: list[tuple[str, float, bool]],
) -> None:
    before = factors(tallies(verdicts))
    known = tallies(verdicts).get("gaps")
    expected = known.expected if known is not None else 0.5
    assert expected is not None
    after = factors(tallies([*verdicts, ("gaps", expected, True)]))
    assert after["gaps"] >= before.get("gaps", 0.0) * (1.0 - 1e-9)
    assert all(0.0 < factor < float("inf") for factor in after.values())
