"""Flags as rows: the columns, the order, and the ways to write them."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from trackproof.checks import Analysis, analyse
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track
from trackproof.reports import COLUMNS, as_csv, as_json, flag_rows


def made_analysis(*, hole: int = 30, name: str = "yard") -> Analysis:
    """One car that is missing in one frame, in a file that counts from 1."""
    frames = np.array([frame for frame in range(60) if frame != hole])
    boxes = [[10.0 + 2 * frame, 20, 30, 20] for frame in frames]
    block = Block.of_boxes(frames, boxes, name=1)
    table = LabelTable([Track("id-a", 'Car:1, "big"')], {0: block}, names=("", 'Car:1, "big"'))
    labels = Labels(table, (Category("Car", "0"),), np.ones(60, dtype=np.bool_))
    names = tuple(f"{frame + 1:06d}.jpg" for frame in range(60))
    sequence = Sequence(name, names, np.arange(1, 61), labels, width=640, height=480)
    return analyse(sequence, labels)


def test_columns_are_those_that_scripts_rely_on() -> None:
    assert COLUMNS == (
        "sequence",
        "frame_index",
        "frame_start",
        "frame_end",
        "frame_no",
        "frame",
        "object_name",
        "object_id",
        "score",
        "probability",
        "checks",
        "evidence",
    )


def test_row_tells_index_number_and_file_of_the_worst_frame() -> None:
    (row,) = [row for row in flag_rows([made_analysis()]) if "gaps" in row.checks]
    assert row.frame_start <= 30 <= row.frame_end
    assert row.frame_no == row.frame_index + 1
    assert row.frame == f"{row.frame_no:06d}.jpg"
    assert (row.sequence, row.object_id) == ("yard", "id-a")
    assert row.evidence


def test_rows_of_all_sequences_are_ranked_together() -> None:
    rows = flag_rows([made_analysis(name="a"), made_analysis(name="b", hole=10)])
    scores = [row.score for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= row.probability <= 1.0 for row in rows)
    assert [row.probability for row in rows] == pytest.approx(
        [score / (1.0 + score) for score in scores], abs=1e-3
    )
    assert {row.sequence for row in rows} == {"a", "b"}


def test_csv_reads_back_with_commas_and_quotes() -> None:
    rows = flag_rows([made_analysis()])
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [one["object_name"] for one in read] == ['Car:1, "big"'] * len(rows)
    assert [float(one["score"]) for one in read] == [row.score for row in rows]
    assert read[0]["checks"].split() == list(rows[0].checks)


def test_json_is_a_list_of_objects_with_the_columns() -> None:
    rows = flag_rows([made_analysis()])
    read = json.loads(as_json(rows))
    assert [tuple(one) for one in read] == [COLUMNS] * len(rows)
    assert read[0]["checks"] == list(rows[0].checks)
    assert json.loads(as_json([])) == []
