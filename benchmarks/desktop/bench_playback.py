"""Share of frames shown on time: 1080p at 30 fps with 50 boxes, JPEG folder and H.264.

Wanted: at least 99 % of 2,000 frames, and less than 1,200 MB of memory at the default budget. Takes
five minutes; a number of frames after the command makes it shorter.
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from making import load, open_window, wait, walkers, write_h264, write_jpegs

FRAMES = 2_000


def play(name: str, frames: Path, count: int) -> None:
    application, window = open_window()
    load(application, window, frames, walkers(frames=count, tracks=50))
    session = window.session
    wait(application, lambda: session.pictures.is_settled(0))
    shown: list[int] = []
    window.area.canvas.painted.connect(
        lambda frame: shown.append(frame) if not shown or shown[-1] != frame else None
    )
    start = time.monotonic()
    session.play()
    while session.is_playing:
        application.processEvents()
        time.sleep(0.0005)
    took_s = time.monotonic() - start
    in_order = all(a < b for a, b in itertools.pairwise(shown))
    share = len(set(shown)) / count
    print(f"{name}: {share:.1%} of {count} frames painted (wanted: >= 99 %), in order: {in_order}")
    print(f"{name}: {took_s:.2f} s for {count / 30:.2f} s of video")
    window.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FRAMES
    if len(sys.argv) < 3:
        # A process for each: memory that the first leaves behind is not the second's.
        for kind in ("jpeg", "h264"):
            subprocess.run([sys.executable, __file__, f"{count}", kind], check=True)
        return
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        if sys.argv[2] == "jpeg":
            play("JPEG", write_jpegs(home / "jpg", frames=count), count)
        else:
            play("H.264", write_h264(home / "clip.mp4", frames=count), count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak resident memory {peak:.0f} MB (wanted: < 1,200)", flush=True)


if __name__ == "__main__":
    main()
