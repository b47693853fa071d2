"""A copy of a video in which every picture stands alone, so that a seek costs one JPEG decode.

The file is a plain MJPEG stream beside an array of offsets; both live in the user's cache, within
a budget, and can be made again at any time.
"""

from __future__ import annotations

import io
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from trackproof.errors import FrameError, StorageError
from trackproof.frames.folder import decode_image
from trackproof.frames.index_cache import video_key
from trackproof.frames.video import VideoSource
from trackproof.paths import cache_dir
from trackproof.progress import NO_PROGRESS
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from trackproof.frames.source import Picture
    from trackproof.progress import Progress

BUDGET_BYTES = 4 * 2**30
QUALITY = 92
ABANDONED_S = 3600.0
# Reading in order needs no ring; a few pictures suffice and leave memory to the player.
_RING_BYTES = 16 * 2**20


@dataclass(frozen=True, eq=False)
class Proxy:
    """Stand-alone pictures of the first frames of a video.

    Parameters
    ----------
    path : Path
        The MJPEG stream.
    offsets : (frames + 1,) int64
        Frame i is ``offsets[i]:offsets[i + 1]``; empty where the video's frame is unreadable.
    """

    path: Path
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def holds(self, frame: int) -> bool:
        """Return whether a frame is in the copy."""
        return 0 <= frame < len(self) and bool(self.offsets[frame] < self.offsets[frame + 1])

    def read(self, frame: int) -> Picture:
        """Return a picture; any thread may call this.

        Raises
        ------
        FrameError
            When the copy was removed or is damaged; the video itself still has the frame.
        """
        start, end = self.offsets[frame : frame + 2].tolist()
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                data = file.read(end - start)
        except OSError as error:
            raise FrameError("the copy for fast seeking is gone", path=self.path) from error
        return decode_image(data, path=self.path)


def stored_proxy(video: Path) -> Proxy | None:
    """Return the copy made earlier of a video as it is now, or None."""
    stream, offsets = _files(video)
    try:
        proxy = Proxy(stream, np.load(io.BytesIO(offsets.read_bytes()), allow_pickle=False))
        if proxy.offsets.ndim != 1 or stream.stat().st_size != proxy.offsets[-1]:
            return None
        # The time of change is the time of last use, by which old copies make room.
        os.utime(offsets)
    except (OSError, ValueError, EOFError, IndexError):
        return None
    return proxy


def build_proxy(
    video: Path,
    *,
    budget_bytes: int = BUDGET_BYTES,
    quality: int = QUALITY,
    progress: Progress = NO_PROGRESS,
) -> Proxy:
    """Make the copy of a video, or return the one that is there.

    Parameters
    ----------
    video : Path
        The file.
    budget_bytes : int
        For all copies together: the longest unused make room, and a copy that would be larger
        holds the first frames only.
    quality : int
        JPEG quality, 0 to 100.
    progress : Progress
        Steps over frames; cancelling leaves nothing behind.

    Raises
    ------
    FrameError
        When the video cannot be read.
    StorageError
        When the cache cannot be written.
    """
    found = stored_proxy(video)
    if found is not None:
        return found
    stream, offsets_file = _files(video)
    beside = stream.with_suffix(f".{secrets.token_hex(4)}.part")
    source = VideoSource.open(video, ring_bytes=_RING_BYTES)
    try:
        stream.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(stream.parent)
        with beside.open("wb") as file:
            offsets = _write_pictures(
                file, source, budget_bytes=budget_bytes, quality=quality, progress=progress
            )
        _make_room(stream.parent, budget_bytes - int(offsets[-1]))
        beside.replace(stream)
        packed = io.BytesIO()
        np.save(packed, offsets)
        write_atomic(offsets_file, packed.getvalue(), overwrite=True)
    except OSError as error:
        raise StorageError(
            f"the copy for fast seeking cannot be written: {error.strerror}", path=stream
        ) from error
    finally:
        source.close()
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return Proxy(stream, offsets)


def _write_pictures(
    file: BinaryIO, source: VideoSource, *, budget_bytes: int, quality: int, progress: Progress
) -> npt.NDArray[np.int64]:
    import cv2

    ends = [0]
    for frame in range(len(source)):
        progress.step(frame, len(source))
        try:
            picture = source.read(frame)
        except FrameError:
            ends.append(ends[-1])
            continue
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        if ends[-1] + data.nbytes > budget_bytes:
            break
        file.write(data.tobytes())
        ends.append(ends[-1] + data.nbytes)
    progress.step(len(source), len(source))
    return np.array(ends, dtype=np.int64)


def _files(video: Path) -> tuple[Path, Path]:
    base = cache_dir() / "proxies" / video_key(video)
    return base.with_suffix(".mjpeg"), base.with_suffix(".npy")


def _make_room(folder: Path, budget_bytes: int) -> None:
    """Remove the copies that were not used for longest until the rest fits."""
    used = sorted(folder.glob("*.npy"), key=lambda entry: entry.stat().st_mtime)
    kept = {entry: _size(entry.with_suffix(".mjpeg")) for entry in used}
    for entry in used:
        if sum(kept.values()) <= budget_bytes:
            return
        entry.unlink(missing_ok=True)
        entry.with_suffix(".mjpeg").unlink(missing_ok=True)
        del kept[entry]


def _remove_abandoned(folder: Path) -> None:
    """Remove what killed programs were writing: nobody goes on with it."""
    for part in folder.glob("*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > ABANDONED_S:
                part.unlink(missing_ok=True)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
