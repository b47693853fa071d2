from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.checks.reranking import lead_of
from trackproof.desktop.panels.queue.ranking import VerdictRanking

if TYPE_CHECKING:
    from trackproof.desktop.session import Session


def test_verdicts_move_their_checks_and_the_switch_takes_it_back(opened: Session) -> None:
    ranking, said = VerdictRanking.of(opened), list[str]()
    opened.message.connect(lambda banner: said.append(banner.text))
    before = opened.flags
    first = before[0]
    opened.judge([first], "dismissed")
    ranking.switch(is_on=True)
    after = {flag.key: flag.score for flag in opened.flags}
    for flag in before:
        if lead_of(flag) == lead_of(first):
            assert after[flag.key] < flag.score
        else:
            assert after[flag.key] == flag.score
    assert "You dismissed 1 of 1" in said[-1]
    assert "rank lower" in said[-1]
    ranking.switch(is_on=False)
    assert opened.flags == before


def test_without_verdicts_the_switch_says_that_nothing_moved(opened: Session) -> None:
    ranking, said = VerdictRanking.of(opened), list[str]()
    opened.message.connect(lambda banner: said.append(banner.text))
    before = opened.flags
    ranking.switch(is_on=True)
    assert opened.flags == before
    assert "nothing moved" in said[-1]


def test_verdicts_count_when_their_flag_is_gone(opened: Session) -> None:
    ranking, said = VerdictRanking.of(opened), list[str]()
    opened.message.connect(lambda banner: said.append(banner.text))
    first = opened.flags[0]
    opened.judge([first], "fixed")
    verdict = opened.book.verdict(opened.sequences[0].name, first.key)
    assert verdict is not None
    assert verdict.raised is not None
    assert (verdict.raised.check, verdict.raised.probability) == (lead_of(first), first.probability)
    # A flag that is fixed is not found by the next sitting's checks.
    opened.opened_changed.emit()
    ranking.switch(is_on=True)
    assert opened.factors[lead_of(first)] > 1.0
    ranking.switch(is_on=False)
