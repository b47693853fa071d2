"""Keys that owners added to their labels: kept in the format they came from, told for others."""

from __future__ import annotations

from pathlib import Path

from ground_truth_files import box, frame, read_one, tracking, write
from trackproof.formats import formats
from trackproof.formats.losses import LossKind


def told(path: Path, name: str) -> list[str]:
    sequence = read_one(path)
    chosen = next(one for one in formats() if one.name == name)
    found = chosen.losses(sequence, sequence.labels)
    return [one.message for one in found if one.kind is LossKind.OWN_KEYS]


def test_keys_that_labels_do_not_know_are_told_for_other_formats(tmp_path: Path) -> None:
    entries = [frame(n, box(x_seen=0.5), **({"x_note": 1} if n == 1 else {})) for n in range(3)]
    path = write(tmp_path / "SeqLabel.json", {**tracking(*entries), "x-top": 1})
    assert told(path, "coco") == [
        "the key 'x-seen', which stands there 3 times, is lost",
        "the key 'x-note', which stands there once, is lost",
        "the key 'x-top', which stands there once, is lost",
    ]
    assert told(path, "ground-truth") == []


def test_many_keys_are_counted_and_labels_without_any_lose_none(tmp_path: Path) -> None:
    many = box(**{f"x{number}": number for number in range(9)})
    path = write(tmp_path / "SeqLabel.json", tracking(frame(0, many)))
    assert told(path, "coco")[-1] == "4 more keys that labels do not know are lost"
    plain = write(tmp_path / "plain" / "SeqLabel.json", tracking(frame(0, box())))
    assert told(plain, "coco") == []
