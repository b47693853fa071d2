"""How fast and how large a ``SeqLabel.json`` of 1,000,000 boxes is read.

Run ``python benchmarks/bench_reading.py``. Prints ratios within one run: the standard json module
parsing the same file and flattening it to columns, against `open_labels`, which also hashes it,
numbers identities, names and attributes, and looks for contradictions. Every reading runs in a
process of its own; each side's time is the median of its runs, taken in turns.

Peak memory is the process's high-water mark of resident memory while it reads
(``ru_maxrss``), less what it was after all imports and one tiny file; kept memory is what the
arrays, names and tracks hold after reading, by ``tracemalloc`` in a further process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BOXES = 1_000_000
TRACKS = 500
FRAMES = BOXES // TRACKS
COLOURS = ("Green", "Silver", "Black", "Red", "White")

LEAST_SPEED, MOST_PEAK, MOST_KEPT = 4.0, 1.5, 200.0


def write_sample(path: Path, *, frames: int = FRAMES, tracks: int = TRACKS) -> None:
    """Write labels like those of the service: compact, keys and ids as it writes them."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"tracking-annotations":[')
        for frame in range(frames):
            boxes = [
                {
                    "height": 60 + (track + frame // 7) % 90,
                    "width": 40 + (track * 3 + frame // 5) % 70,
                    "top": (track * 17 + frame // 3) % 900,
                    "left": (track * 31 + frame) % 1800,
                    "class-id": str(track % 4),
                    "label-category-attributes": {"Color": COLOURS[track % 5]},
                    "object-id": f"{track:08x}-8bff-11eb-8880-038cb4c55326",
                    "object-name": f"Class{track % 4}:{track // 4 + 1}",
                }
                for track in range(tracks)
            ]
            entry = {
                "annotations": boxes,
                "frame-no": str(frame),
                "frame": f"{frame + 1:06d}.jpg",
                "frame-attributes": {},
            }
            stream.write("," if frame else "")
            stream.write(json.dumps(entry, separators=(",", ":")))
        stream.write("]}")


_CHILD = """
import json, resource, sys, time, tracemalloc
from pathlib import Path
side, path, tiny = sys.argv[1], sys.argv[2], sys.argv[3]
import numpy as np
from trackproof.formats import open_labels

def by_json(name):
    with open(name, "rb") as stream:
        document = json.load(stream)
    rows = []
    for index, frame in enumerate(document["tracking-annotations"]):
        for box in frame["annotations"]:
            rows.append((index, box["object-id"], box["object-name"], box["class-id"],
                         box["left"], box["top"], box["width"], box["height"]))
    frame, *texts, left, top, width, height = zip(*rows)
    xywh = np.column_stack([left, top, width, height]).astype(np.float64)
    return np.array(frame, dtype=np.int32), xywh, texts

def by_us(name):
    return open_labels(name)

read = {"json": by_json, "trackproof": by_us, "kept": by_us}[side]
read(tiny)
if side == "kept":
    tracemalloc.start()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
cpu, start = time.process_time(), time.perf_counter()
result = read(path)
elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
kept = tracemalloc.get_traced_memory()[0] if side == "kept" else 0
count = len(result[0]) if side == "json" else len(result.sequences[0].labels.table)
print(json.dumps({"s": elapsed, "cpu": cpu, "peak": peak, "base": before * 1024,
                  "kept": kept, "rows": count}))
"""


def measure(side: str, path: Path, tiny: Path) -> dict[str, float]:
    """Return what one reading in a new process took."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, side, str(path), str(tiny)],
        check=True,
        capture_output=True,
        text=True,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        path, tiny = Path(folder) / "SeqLabel.json", Path(folder) / "tiny.json"
        write_sample(path)
        write_sample(tiny, frames=2, tracks=3)
        size = path.stat().st_size
        print(f"file: {BOXES:,} boxes, {FRAMES:,} frames, {size / 1e6:.0f} MB")
        ours, theirs = [], []
        for _ in range(runs):
            ours.append(measure("trackproof", path, tiny))
            theirs.append(measure("json", path, tiny))
        kept = measure("kept", path, tiny)
    assert {one["rows"] for one in [*ours, *theirs, kept]} == {BOXES}
    speed = statistics.median(t["s"] for t in theirs) / statistics.median(o["s"] for o in ours)
    peak = max(one["peak"] for one in ours) / size
    a_box = kept["kept"] / BOXES
    print(
        f"trackproof {statistics.median(o['s'] for o in ours):.2f} s, json "
        f"{statistics.median(t['s'] for t in theirs):.2f} s"
    )
    cpu = statistics.median(t["cpu"] for t in theirs) / statistics.median(o["cpu"] for o in ours)
    print(f"processor time on all threads: {cpu:.2f}x less than json")
    print(f"imports and a tiny file before: {ours[0]['base'] / 1e6:.0f} MB, not counted below")
    print(f"json's peak: {max(t['peak'] for t in theirs) / size:.2f}x the file")
    results = [
        ("times faster than json", speed, speed >= LEAST_SPEED, f"at least {LEAST_SPEED:g}"),
        ("peak memory / file size", peak, peak <= MOST_PEAK, f"at most {MOST_PEAK:g}"),
        ("bytes kept per box", a_box, a_box <= MOST_KEPT, f"at most {MOST_KEPT:g}"),
    ]
    for title, value, is_met, wanted in results:
        print(f"{'ok  ' if is_met else 'MISS'} {title}: {value:.2f} ({wanted})")
    return 0 if all(is_met for _, _, is_met, _ in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
