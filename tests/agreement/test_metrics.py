"""The metrics are those of TrackEval and py-motmetrics."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from agreement.label_sets import label_set, walk
from trackproof.agreement import Agreement, Convention, compare

CASES = json.loads((Path(__file__).parent / "oracle_cases.json").read_text())


def metrics(agreement: Agreement) -> dict[str, float]:
    hota, clear = agreement.overall.hota, agreement.overall.clear
    identity = agreement.overall.identity
    return {
        "HOTA": hota.hota,
        "DetA": hota.det_a,
        "AssA": hota.ass_a,
        "LocA": hota.loc_a,
        "DetRe": hota.det_re,
        "DetPr": hota.det_pr,
        "AssRe": hota.ass_re,
        "AssPr": hota.ass_pr,
        "MOTA": clear.mota,
        "MODA": clear.moda,
        "MOTP": clear.motp,
        "CLR_TP": clear.pairs,
        "CLR_FN": clear.misses,
        "CLR_FP": clear.false_positives,
        "IDSW": clear.switches,
        "Frag": clear.fragmentations,
        "MT": clear.mostly_found,
        "ML": clear.mostly_lost,
        "IDF1": identity.idf1,
        "IDP": identity.idp,
        "IDR": identity.idr,
    }


def case_sets(name: str, convention: Convention = Convention.TRACKEVAL) -> Agreement:
    case = CASES[name]
    sets = [
        label_set([row for rows in case[side] for row in rows], frames=len(case[side]), title=side)
        for side in ("first", "second")
    ]
    return compare(*sets, convention=convention)


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_metric_equals_trackeval(name: str) -> None:
    found = metrics(case_sets(name))
    expected = {key: CASES[name]["values"][key] for key in found}
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_metric_equals_motmetrics_in_its_own_convention(name: str) -> None:
    found = metrics(case_sets(name, Convention.MOTMETRICS))
    theirs = CASES[name]["values"]
    names = {
        "idf1": "IDF1",
        "idp": "IDP",
        "idr": "IDR",
        "mota": "MOTA",
        "num_switches": "IDSW",
        "num_fragmentations": "Frag",
        "num_misses": "CLR_FN",
        "num_false_positives": "CLR_FP",
    }
    for key, ours in names.items():
        assert found[ours] == pytest.approx(theirs[f"mm_{key}"], abs=1e-6), key
    assert 1 - found["MOTP"] == pytest.approx(theirs["mm_motp"], abs=1e-6)


def test_frozen_cases_tell_the_conventions_apart() -> None:
    apart = [
        name
        for name in CASES
        if metrics(case_sets(name)) != metrics(case_sets(name, Convention.MOTMETRICS))
    ]
    assert apart


def test_frozen_cases_hold_mistakes_of_every_kind() -> None:
    values = [case["values"] for case in CASES.values()]
    for key in ("IDSW", "Frag", "CLR_FN", "CLR_FP"):
        assert sum(one[key] for one in values) > 0, key


def test_set_agrees_fully_with_itself() -> None:
    rows = [*walk(1, 0, 9), *walk(2, 3, 7, left=200)]
    found = metrics(compare(label_set(rows, frames=10), label_set(rows, frames=10)))
    for key in ("HOTA", "DetA", "AssA", "LocA", "MOTA", "MOTP", "IDF1"):
        assert found[key] == pytest.approx(1.0)
    assert found["IDSW"] == found["Frag"] == found["CLR_FN"] == found["CLR_FP"] == 0


def test_other_identity_from_the_middle_on_is_one_switch() -> None:
    first = label_set(walk(1, 0, 9), frames=10)
    second = label_set(
        [*walk(1, 0, 4), *[(f, 2, *row) for f, _, *row in walk(1, 0, 9)[5:]]], frames=10
    )
    found = metrics(compare(first, second))
    assert found["IDSW"] == 1
    assert found["MOTA"] == pytest.approx(0.9)
    assert found["IDF1"] == pytest.approx(0.5)
    assert found["Frag"] == 0


def test_nothing_in_the_second_set_finds_nothing() -> None:
    found = metrics(compare(label_set(walk(1, 0, 9), frames=10), label_set([], frames=10)))
    assert found["HOTA"] == found["MOTA"] == found["IDF1"] == 0
    assert found["CLR_FN"] == 10
    assert math.isnan(found["MOTP"])
    assert math.isnan(found["LocA"])


def test_detections_have_no_identity_metrics_but_detection_metrics() -> None:
    rows = walk(1, 0, 9)
    lone = [(frame, -1, *box) for frame, _, *box in rows]
    found = metrics(compare(label_set(rows, frames=10), label_set(lone, frames=10)))
    for key in ("HOTA", "AssA", "MOTA", "IDF1", "IDSW"):
        assert math.isnan(found[key]), key
    assert found["DetA"] == found["MODA"] == pytest.approx(1.0)
