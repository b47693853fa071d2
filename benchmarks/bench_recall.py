"""Recall of planted mistakes over the real label sets, next to the reference method.

Run: python benchmarks/bench_recall.py [--seeds 3] [--difficulty moderate subtle] [--misses]
         [--write] FOLDER...
Every FOLDER is a MOTChallenge sequence; by default all of ../shared/data/mot. ``--write`` puts the
table into docs/recall.md.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from trackproof.checks.bench import OURS, run_bench
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

MOT = Path(__file__).resolve().parents[2] / "shared" / "data" / "mot"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "recall.md"
FENCE = "```text\n"


def read_mot(folder: Path) -> Sequence:
    """Return rows with flag 1 of a ground truth; small enough to need no format of the program."""
    facts = dict(
        line.split("=", 1) for line in (folder / "seqinfo.ini").read_text().split() if "=" in line
    )
    data = np.loadtxt(folder / "gt" / "gt.txt", delimiter=",", ndmin=2)
    if data.shape[1] == 9:
        data = data[data[:, 6] == 1]
    ids = np.unique(data[:, 1])
    track = np.searchsorted(ids, data[:, 1]).astype(np.int32)
    count = int(facts["seqLength"])
    rows = Block.of_boxes(data[:, 0] - 1, data[:, 2:6])
    tracks = [Track(str(int(number)), "") for number in ids]
    return Sequence(
        folder.name,
        tuple(f"{number + 1:06d}.jpg" for number in range(count)),
        np.arange(1, count + 1),
        Labels(
            LabelTable.from_rows(tracks, rows, track),
            (Category("pedestrian", "1"),),
            np.ones(count, dtype=bool),
        ),
        rate_fps=float(facts["frameRate"]),
        width=int(facts["imWidth"]),
        height=int(facts["imHeight"]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--difficulty", nargs="+", default=["moderate", "subtle"])
    parser.add_argument("--misses", action="store_true", help="list events not found at 2 %%")
    parser.add_argument("--write", action="store_true", help="put the table into docs/recall.md")
    arguments = parser.parse_args()
    folders = arguments.folders or sorted(path for path in MOT.iterdir() if path.is_dir())
    begin = time.perf_counter()
    report = run_bench(
        [read_mot(folder) for folder in folders],
        seeds=range(arguments.first_seed, arguments.first_seed + arguments.seeds),
        difficulties=arguments.difficulty,
    )
    print(report.to_text())
    if arguments.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(FENCE)
        after = rest.rpartition("\n```\n")[2]
        PAGE.write_text(f"{before}{FENCE}{report.to_text()}\n```\n{after}", encoding="utf-8")
    if arguments.misses:
        for outcome in report.select(method=OURS):
            if outcome.share > 0.02:
                event = outcome.event
                print(
                    f"{outcome.sequence:16}{outcome.difficulty:10}seed {outcome.seed:3} "
                    f"{outcome.kind:26} tracks {event.tracks} frames {event.frame_start}-"
                    f"{event.frame_end} found at {100 * outcome.share:.1f} %: {event.description}"
                )
    print(f"{time.perf_counter() - begin:.1f} s")


if __name__ == "__main__":
    main()
