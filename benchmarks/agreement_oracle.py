"""Compare our tracking metrics with those of TrackEval and py-motmetrics, pair by pair.

Neither library can be installed beside the program (TrackEval brings another OpenCV, py-motmetrics
needs numpy 1), so this script runs in two environments. Once::

    python -m venv /tmp/oracle
    /tmp/oracle/bin/pip install "numpy<2" trackeval motmetrics

Then, with the program's own Python::

    python benchmarks/agreement_oracle.py --oracle /tmp/oracle/bin/python LABELS...

Every LABELS is opened as ``trackproof compare`` would. It is measured against itself with shaken,
lost, added, swapped and split boxes, seeded. Printed are the largest differences over all metrics;
the exit status is 1 when one is beyond 1e-6. ``--freeze FILE`` writes small made-up sequences with
the libraries' values, which the tests compare with.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT = 1e-6
ALPHAS = 19


# -- in the oracle's environment


def oracle(path: Path) -> None:
    """Read cases, write the libraries' values; runs without the program."""
    import numpy as np

    cases = json.loads(path.read_text())
    answers = {
        name: {**_trackeval(case, np), **_motmetrics(case, np)} for name, case in cases.items()
    }
    sys.stdout.write(json.dumps(answers))


def _trackeval(case, np):
    import contextlib
    import io

    from trackeval.datasets._base_dataset import _BaseDataset
    from trackeval.metrics import CLEAR, HOTA, Identity

    ids = [
        sorted({row[1] for frame in case[side] for row in frame}) for side in ("first", "second")
    ]
    places = [{one: place for place, one in enumerate(numbers)} for numbers in ids]
    columns = [[], []]
    similarity = []
    for frames in zip(case["first"], case["second"], strict=True):
        boxes = []
        for side, rows in enumerate(frames):
            columns[side].append(np.array([places[side][row[1]] for row in rows], dtype=int))
            boxes.append(np.array([row[2:6] for row in rows], dtype=float).reshape(-1, 4))
        similarity.append(_BaseDataset._calculate_box_ious(*boxes, box_format="xywh"))
    data = {
        "num_timesteps": len(similarity),
        "gt_ids": columns[0],
        "tracker_ids": columns[1],
        "similarity_scores": similarity,
        "num_gt_ids": len(ids[0]),
        "num_tracker_ids": len(ids[1]),
        "num_gt_dets": sum(map(len, columns[0])),
        "num_tracker_dets": sum(map(len, columns[1])),
    }
    with contextlib.redirect_stdout(io.StringIO()):
        hota = HOTA().eval_sequence(data)
        clear = CLEAR({"PRINT_CONFIG": False}).eval_sequence(data)
        identity = Identity({"PRINT_CONFIG": False}).eval_sequence(data)
    values = {
        key: float(np.mean(hota[key]))
        for key in ("HOTA", "DetA", "AssA", "LocA", "DetRe", "DetPr", "AssRe", "AssPr")
    }
    values.update(
        {
            key: float(clear[key])
            for key in (
                "MOTA",
                "MODA",
                "MOTP",
                "CLR_TP",
                "CLR_FN",
                "CLR_FP",
                "IDSW",
                "Frag",
                "MT",
                "ML",
            )
        }
    )
    values.update({key: float(identity[key]) for key in ("IDF1", "IDP", "IDR")})
    return values


def _motmetrics(case, np):
    import motmetrics

    accumulator = motmetrics.MOTAccumulator(auto_id=True)
    for first, second in zip(case["first"], case["second"], strict=True):
        boxes = [
            np.array([row[2:6] for row in rows], dtype=float).reshape(-1, 4)
            for rows in (first, second)
        ]
        distances = motmetrics.distances.iou_matrix(*boxes, max_iou=0.5)
        accumulator.update([row[1] for row in first], [row[1] for row in second], distances)
    names = (
        "idf1",
        "idp",
        "idr",
        "mota",
        "motp",
        "num_switches",
        "num_fragmentations",
        "num_misses",
        "num_false_positives",
    )
    found = motmetrics.metrics.create().compute(accumulator, metrics=names, return_dataframe=False)
    return {f"mm_{name}": float(found[name]) for name in names}


# -- in the program's environment


def ours(case) -> dict[str, float]:
    """Return our values under the libraries' names."""
    from trackproof.agreement import Convention, compare

    sets = [as_set(case[side], side) for side in ("first", "second")]
    like_motmetrics = compare(*sets, convention=Convention.MOTMETRICS)
    clear, identity = like_motmetrics.overall.clear, like_motmetrics.overall.identity
    return {
        **values_of(compare(*sets)),
        "mm_idf1": identity.idf1, "mm_idp": identity.idp, "mm_idr": identity.idr,
        "mm_mota": clear.mota, "mm_motp": 1 - clear.motp, "mm_num_switches": clear.switches,
        "mm_num_fragmentations": clear.fragmentations, "mm_num_misses": clear.misses,
        "mm_num_false_positives": clear.false_positives,
    }  # fmt: skip


def values_of(found) -> dict[str, float]:
    """Return an agreement's metrics under TrackEval's names."""
    hota, clear, identity = found.overall.hota, found.overall.clear, found.overall.identity
    return {
        "HOTA": hota.hota, "DetA": hota.det_a, "AssA": hota.ass_a, "LocA": hota.loc_a,
        "DetRe": hota.det_re, "DetPr": hota.det_pr, "AssRe": hota.ass_re, "AssPr": hota.ass_pr,
        "MOTA": clear.mota, "MODA": clear.moda, "MOTP": clear.motp, "CLR_TP": clear.pairs,
        "CLR_FN": clear.misses, "CLR_FP": clear.false_positives, "IDSW": clear.switches,
        "Frag": clear.fragmentations, "MT": clear.mostly_found, "ML": clear.mostly_lost,
        "IDF1": identity.idf1, "IDP": identity.idp, "IDR": identity.idr,
    }  # fmt: skip


def as_set(frames, title):
    """Return rows ``frame, identity, left, top, width, height`` by frame as a label set."""
    import numpy as np

    from trackproof.agreement import LabelSet
    from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

    rows = [row for one in frames for row in one]
    ids = sorted({row[1] for row in rows})
    places = {one: place for place, one in enumerate(ids)}
    block = Block.of_boxes(
        [row[0] for row in rows], np.array([row[2:6] for row in rows]).reshape(-1, 4)
    )
    track = np.array([places[row[1]] for row in rows], dtype=np.int32)
    table = LabelTable.from_rows([Track(str(one), f"{one}") for one in ids], block, track)
    labels = Labels(table, (Category("object"),), np.ones(len(frames), dtype=np.bool_))
    names = tuple(f"{place:06d}.jpg" for place in range(len(frames)))
    return LabelSet(Sequence(title, names, np.arange(len(frames)), labels), labels, title)


def case_of(labels, second, length):
    """Return two label tables as a case."""
    return {"first": _by_frame(labels.table, length), "second": _by_frame(second, length)}


def _by_frame(table, length):
    frames = [[] for _ in range(length)]
    for track, block in table.blocks.items():
        for frame, box in zip(block.frame.tolist(), block.xywh.tolist(), strict=True):
            frames[frame].append([frame, int(track), *box])
    return [sorted(rows, key=lambda row: row[1]) for rows in frames]


def spoilt(frames, *, seed, shake=0.06, loss=0.1, extra=0.05, exchange=0.01):
    """Return rows with mistakes: shaken, lost, added, and identities exchanged from then on."""
    import numpy as np

    random = np.random.default_rng(seed)
    names, fresh, changed = {}, 10_000, []
    for rows in frames:
        if len(rows) > 1 and random.random() < exchange * len(rows):
            left, right = (rows[i][1] for i in random.choice(len(rows), 2, replace=False))
            names[left], names[right] = names.get(right, right), names.get(left, left)
        if rows and random.random() < exchange:
            names[rows[int(random.integers(len(rows)))][1]] = fresh = fresh + 1
        kept = []
        for frame, identity, left, top, width, height in rows:
            if random.random() < loss:
                continue
            away = random.normal(0, shake, 4) * (width, height, width, height)
            size = max(width + away[2], 1.0), max(height + away[3], 1.0)
            kept.append(
                [frame, names.get(identity, identity), left + away[0], top + away[1], *size]
            )
        if rows and random.random() < extra * len(rows):
            fresh += 1
            frame, _, left, top, width, height = rows[0]
            kept.append([frame, fresh, left + width, top, width, height])
        changed.append(kept)
    return changed


def cases_of(path: Path):
    """Yield cases made from labels: spoilt in several ways."""
    from trackproof.formats import open_labels

    for sequence in open_labels(path).sequences:
        frames = _by_frame(sequence.labels.table, len(sequence))
        yield f"{sequence.name} itself", {"first": frames, "second": frames}
        for seed, (shake, loss) in enumerate([(0.02, 0.02), (0.06, 0.1), (0.15, 0.3)], start=1):
            second = spoilt(frames, seed=seed, shake=shake, loss=loss)
            yield f"{sequence.name} spoilt {seed}", {"first": frames, "second": second}
        yield from planted_cases(sequence, frames)


def planted_cases(sequence, frames):
    """Yield the sequence with the mistakes that the checks are measured by."""
    from trackproof.checks.planting import plant

    for seed in (1, 2):
        planted = plant(sequence, seed=seed, difficulty="moderate")
        second = _by_frame(planted.labels.table, len(sequence))
        yield f"{sequence.name} planted {seed}", {"first": frames, "second": second}


def small_cases():
    """Return made-up sequences for the tests."""
    import numpy as np

    cases = {}
    for seed in range(6):
        random = np.random.default_rng(seed)
        frames = [[] for _ in range(24)]
        for identity in range(4):
            start, end = sorted(random.choice(24, 2, replace=False).tolist())
            place, step = random.uniform(0, 120, 2), random.uniform(-4, 4, 2)
            size = random.uniform(18, 40, 2)
            for frame in range(start, end + 1):
                at = place + step * frame
                frames[frame].append([frame, identity, *np.round([*at, *size], 3).tolist()])
        second = spoilt(frames, seed=seed, shake=0.1, loss=0.2, extra=0.2, exchange=0.1)
        second = [[[*row[:2], *np.round(row[2:], 3).tolist()] for row in rows] for rows in second]
        cases[f"seed {seed}"] = {"first": frames, "second": second}
    return cases


def ask(python: str, cases) -> dict[str, dict[str, float]]:
    """Return the libraries' values of cases."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.json"
        path.write_text(json.dumps(cases))
        command = [python, __file__, "--answer", str(path)]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def main() -> int:
    """Compare, print, and say whether all is equal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", nargs="*", type=Path)
    parser.add_argument("--oracle", metavar="PYTHON")
    parser.add_argument("--freeze", type=Path)
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        oracle(options.answer)
        return 0
    if options.freeze:
        cases = small_cases()
        values = ask(options.oracle, cases)
        frozen = {name: {**case, "values": values[name]} for name, case in cases.items()}
        options.freeze.write_text(json.dumps(frozen) + "\n")
        return 0
    worst = 0.0
    for path in options.labels:
        cases = dict(cases_of(path))
        answers = ask(options.oracle, cases)
        for name, case in cases.items():
            worst = max(worst, _report(name, ours(case), answers[name]))
    print(f"largest difference: {worst:.1e} (limit {LIMIT:.0e})")
    return int(worst > LIMIT)


def _report(name, mine, theirs) -> float:
    differences = {key: abs(mine[key] - theirs[key]) for key in mine}
    shown = "  ".join(f"{key} {mine[key]:.4f}" for key in ("HOTA", "IDF1", "MOTA", "MOTP"))
    worst = [
        max(value for key, value in differences.items() if key.startswith("mm_") is of_motmetrics)
        for of_motmetrics in (False, True)
    ]
    print(f"{name:34s} {shown}  TrackEval {worst[0]:.1e}  py-motmetrics {worst[1]:.1e}")
    return max(worst)


if __name__ == "__main__":
    raise SystemExit(main())
