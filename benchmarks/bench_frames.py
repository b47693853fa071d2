"""How fast frames come, as ratios within one run.

    python benchmarks/bench_frames.py [--frames 600] [--video FILE]

Encodes a 1080p H.264 clip with B-frames and a key frame every 250 frames (or takes a given video),
and prints: a random seek against reading on; stepping back with the ring against an uncached seek
(at least 20x); a random seek in the all-intra copy against one JPEG decode (at most 3x); the cache.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trackproof.frames import Choice, FrameCache, VideoSource, build_proxy, extract, open_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WIDTH, HEIGHT, GOP = 1920, 1080, 250
SEEKS = 15


def encode(path: Path, *, frames: int) -> Path:
    import av

    random = np.random.default_rng(1)
    ground = random.integers(0, 255, (HEIGHT // 8, WIDTH // 8 + frames, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {
            "preset": "veryfast",
            "x264-params": f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes=3:b-adapt=0",
        }
        for number in range(frames):
            small = ground[:, number : number + WIDTH // 8]
            picture = np.repeat(np.repeat(small, 8, axis=0), 8, axis=1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())
    return path


def median_ms(call: Callable[[int], object], arguments: Iterable[int]) -> float:
    times = []
    for argument in arguments:
        start = time.perf_counter()
        call(argument)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def mean_ms(call: Callable[[int], object], arguments: Iterable[int]) -> float:
    listed = list(arguments)
    start = time.perf_counter()
    for argument in listed:
        call(argument)
    return 1000 * (time.perf_counter() - start) / len(listed)


def report(name: str, value_ms: float, note: str = "") -> None:
    print(f"{name:<48}{value_ms:>10.2f} ms  {note}")


def verdict(name: str, ratio: float, *, limit: float, at_least: bool) -> None:
    is_good = ratio >= limit if at_least else ratio <= limit
    word = "at least" if at_least else "at most"
    print(f"  {name}: {ratio:.1f}x ({word} {limit:g}x: {'reached' if is_good else 'MISSED'})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--video", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRACKPROOF_HOME"] = str(Path(folder) / "home")
        video = options.video or encode(Path(folder) / "clip.mp4", frames=options.frames)
        measure(video, Path(folder))


def measure(video: Path, folder: Path) -> None:
    start = time.perf_counter()
    source = VideoSource.open(video)
    first_ms = 1000 * (time.perf_counter() - start)
    count = len(source)
    print(f"{video.name}: {count} frames of {source.size[0]} x {source.size[1]}\n")
    report("open, with scanning the packets", first_ms)
    report(
        "open, index from the cache", median_ms(lambda _: VideoSource.open(video).close(), range(5))
    )

    reading_on = mean_ms(source.read, range(min(200, count)))
    report("reading on, a frame", reading_on)
    random = np.random.default_rng(4)
    seeks = random.integers(0, count, SEEKS).tolist()
    uncached = median_ms(fresh_read(video), seeks)
    report("random seek, uncached (median)", uncached, f"{uncached / reading_on:.0f}x reading on")

    last = min(GOP, count) - 1
    source.read(last)
    back = mean_ms(source.read, range(last - 1, max(last - 200, 0), -1))
    report("stepping back through one group, a frame", back, "refills of the ring included")
    group_end = mean_ms(fresh_read(video), [last] * 3)
    report("the same step without the ring (a seek)", group_end)
    verdict("stepping back against an uncached seek", uncached / back, limit=20, at_least=True)

    start = time.perf_counter()
    proxy = build_proxy(video)
    total_ms = 1000 * (time.perf_counter() - start)
    report(
        "making the all-intra copy, a frame",
        total_ms / count,
        f"{proxy.offsets[-1] / 2**20:.0f} MiB",
    )
    source.use_proxy(proxy)
    with_copy = median_ms(source.read, random.integers(0, count, 60).tolist())
    stills = open_frames(_stills(video, folder))
    one_jpeg = median_ms(stills.read, list(range(len(stills))) * 3)
    report("random seek in the copy (median)", with_copy)
    report("one JPEG decode (median)", one_jpeg)
    verdict("random seek in the copy against a JPEG", with_copy / one_jpeg, limit=3, at_least=False)
    source.close()

    playing(video)


def playing(video: Path) -> None:
    source = VideoSource.open(video)
    cache = FrameCache(source)
    cache.want(0)
    cache.wait_for(30)
    hit = median_ms(cache.get, range(30))
    want = median_ms(cache.want, range(30))
    report("cached frame (median)", hit)
    report("moving the playhead (median)", want)
    cache.close()
    source.close()


def fresh_read(video: Path) -> Callable[[int], None]:
    def read(index: int) -> None:
        source = VideoSource.open(video)
        source.read(index)
        source.close()

    return read


def _stills(video: Path, folder: Path) -> Path:
    (extracted,) = extract([video], folder / "stills", choice=Choice(every=40))
    return extracted.folder


if __name__ == "__main__":
    main()
