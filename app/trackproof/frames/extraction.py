"""Still pictures from videos: chosen frames, names that sort, and going on after a stop."""

from __future__ import annotations

import json
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FrameError, Problem, Severity, StorageError
from trackproof.frames.headers import why_damaged
from trackproof.frames.video import VideoSource
from trackproof.progress import NO_PROGRESS, Cancelled
from trackproof.storage import write_atomic
from trackproof.storage.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from pathlib import Path

    import numpy.typing as npt

    from trackproof.frames.source import Picture
    from trackproof.progress import Progress

RECORD_NAME = "extraction.json"
JPEG_QUALITY = 95
SUFFIXES = (".jpg", ".png")
_POLL_S = 0.1
_CLOCK_S = 1e-3
"""Containers round times to this: a frame that is due within it is the one on screen."""
_RING_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Choice:
    """Which frames of a video to take: every n-th, or so many a second.

    Parameters
    ----------
    every : int
        1 takes all frames.
    rate_fps : float or None
        When given, the frame on screen at every 1 / rate seconds; ``every`` is not used.
    """

    every: int = 1
    rate_fps: float | None = None

    def __post_init__(self) -> None:
        if self.every < 1:
            raise FrameError(f"every {self.every} frames is not possible; give 1 or more")
        if self.rate_fps is not None and not 0 < self.rate_fps < float("inf"):
            raise FrameError(f"{self.rate_fps} frames per second is not possible; give more than 0")

    def frames_of(self, times_s: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the chosen frame indices, ascending, for the ``(frames,)`` times of a video."""
        if self.rate_fps is None:
            return np.arange(0, len(times_s), self.every, dtype=np.int64)
        if not len(times_s):
            return np.empty(0, dtype=np.int64)
        # The last frame stays as long as frames usually do.
        last_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else _CLOCK_S
        end_s = max(float(times_s[-1]) + last_s - _CLOCK_S, _CLOCK_S)
        wanted_s = np.arange(0.0, end_s, 1.0 / self.rate_fps)
        on_screen = np.searchsorted(times_s, wanted_s + _CLOCK_S, side="right") - 1
        return np.unique(on_screen).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Extracted:
    """The pictures made from one video.

    Parameters
    ----------
    video, folder : Path
        Where they came from and where they are.
    frame_names : tuple of str
        File names in order.
    source_frames : (n,) int64
        Frame index in the video of every picture.
    times_s : (n,) float64
        Presentation time in the video, seconds.
    rate_fps : float or None
        Pictures per second, None when the video states no times.
    width, height : int
        Pixels.
    problems : tuple of Problem
        The video's, and frames that had to be left out.
    """

    video: Path
    folder: Path
    frame_names: tuple[str, ...]
    source_frames: npt.NDArray[np.int64]
    times_s: npt.NDArray[np.float64]
    rate_fps: float | None
    width: int
    height: int
    problems: tuple[Problem, ...]


def extract(
    videos: Sequence[Path],
    target: Path,
    *,
    choice: Choice | None = None,
    suffix: str = ".jpg",
    workers: int = 2,
    progress: Progress = NO_PROGRESS,
) -> tuple[Extracted, ...]:
    """Write chosen frames of videos as pictures, one folder per video.

    What an interrupted run with the same choice has written is kept and not written again.

    Parameters
    ----------
    videos : sequence of Path
        Video files.
    target : Path
        Folder in which every video gets a folder named like it.
    choice : Choice, optional
        All frames when left out.
    suffix : str
        ``.jpg`` (quality 95) or ``.png`` (exact).
    workers : int
        Videos at the same time.
    progress : Progress
        Steps over pictures, from the calling thread.

    Raises
    ------
    FrameError
        When a video cannot be opened, or nothing was asked for.
    StorageError
        When a folder holds something else already, or cannot be written.
    """
    if suffix not in SUFFIXES:
        raise FrameError(f"pictures can be .jpg or .png, not {suffix or 'without suffix'}")
    if not videos:
        raise FrameError("there is no video to extract frames from")
    jobs: list[_Job] = []
    stop = threading.Event()
    try:
        for video, name in zip(videos, _folder_names(videos), strict=True):
            jobs.append(_Job.plan(video, target / name, choice or Choice(), suffix, stop))
        with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="extract") as pool:
            futures = [pool.submit(job.run) for job in jobs]
            _follow(futures, jobs, progress=progress, stop=stop)
        return tuple(future.result() for future in futures)
    finally:
        for job in jobs:
            job.source.close()


class _Job:
    """One video on its way into a folder."""

    def __init__(
        self,
        source: VideoSource,
        folder: Path,
        frames: npt.NDArray[np.int64],
        suffix: str,
        stop: threading.Event,
    ) -> None:
        self.source = source
        self.folder = folder
        self.frames = frames
        self.done = 0
        self._suffix = suffix
        self._stop = stop

    @classmethod
    def plan(
        cls, video: Path, folder: Path, choice: Choice, suffix: str, stop: threading.Event
    ) -> _Job:
        """Open a video and claim its folder."""
        if not video.is_file():
            raise FrameError("there is no such video", path=video)
        source = VideoSource.open(video, ring_bytes=_RING_BYTES)
        try:
            frames = choice.frames_of(source.times_s)
            _claim(folder, _record(source, choice, suffix=suffix))
        except BaseException:
            # Cancelling and interrupts, too, must not leave the decoder open.
            source.close()
            raise
        return cls(source, folder, frames, suffix, stop)

    def run(self) -> Extracted:
        """Write what is missing."""
        digits = max(6, len(str(len(self.source))))
        names, kept, problems = [], [], list(self.source.problems)
        for frame in self.frames.tolist():
            if self._stop.is_set():
                raise Cancelled
            path = self.folder / f"frame_{frame:0{digits}d}{self._suffix}"
            try:
                if not _is_complete(path):
                    _write_picture(path, self.source.read(frame))
            except FrameError as error:
                problems.append(_left_out(error, frame))
            else:
                names.append(path.name)
                kept.append(frame)
            self.done += 1
        frames = np.array(kept, dtype=np.int64)
        times_s = self.source.times_s[frames]
        span_s = float(times_s[-1] - times_s[0]) if len(frames) > 1 else 0.0
        has_rate = self.source.rate_fps is not None and span_s > 0
        return Extracted(
            video=self.source.path,
            folder=self.folder,
            frame_names=tuple(names),
            source_frames=frames,
            times_s=times_s,
            rate_fps=(len(frames) - 1) / span_s if has_rate else None,
            width=self.source.size[0],
            height=self.source.size[1],
            problems=tuple(problems),
        )


def _follow(
    futures: list[Future[Extracted]], jobs: list[_Job], *, progress: Progress, stop: threading.Event
) -> None:
    """Report until all are done; a failure or a cancel stops the others."""
    total = sum(len(job.frames) for job in jobs)
    pending = set(futures)
    try:
        while pending:
            done, pending = wait(pending, timeout=_POLL_S)
            for future in done:
                future.result()
            progress.step(sum(job.done for job in jobs), total)
    except BaseException:
        # Whatever ends this, also an interrupt, the other videos must not go on writing.
        stop.set()
        raise


def _folder_names(videos: Sequence[Path]) -> list[str]:
    """Return a folder name per video, different even where file names differ in suffix only."""
    names: list[str] = []
    for video in videos:
        name, count = video.stem, 1
        while name in names:
            count += 1
            name = f"{video.stem}-{count}"
        names.append(name)
    return names


def _record(source: VideoSource, choice: Choice, *, suffix: str) -> dict[str, object]:
    status = source.path.stat()
    return {
        "video": source.path.name,
        "video_bytes": status.st_size,
        "video_changed_ns": status.st_mtime_ns,
        "video_frames": len(source),
        "video_rate_fps": source.rate_fps,
        "every": choice.every,
        "rate_fps": choice.rate_fps,
        "suffix": suffix,
    }


def _claim(folder: Path, record: dict[str, object]) -> None:
    """Make the folder of an extraction, or make sure that it is this one's."""
    path = folder / RECORD_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            if json.loads(path.read_text(encoding="utf-8")) == record:
                for part in folder.glob(".*.part"):
                    part.unlink(missing_ok=True)
                return
            raise StorageError(
                "this folder holds another extraction; choose another folder or remove it",
                path=folder,
            )
        if any(folder.iterdir()):
            raise StorageError("this folder holds other files; choose an empty one", path=folder)
    except OSError as error:
        raise StorageError(f"cannot be used for frames: {reason(error)}", path=folder) from error
    except ValueError as error:
        raise StorageError(f"cannot be used for frames: {error}", path=folder) from error
    write_atomic(path, json.dumps(record, indent=1).encode())


def _is_complete(path: Path) -> bool:
    try:
        return not why_damaged(path.read_bytes())
    except OSError:
        return False


def _write_picture(path: Path, picture: Picture) -> None:
    """Write a picture under its name only when it is complete.

    Not synced to disk one by one, which would cost more than decoding: a picture that a power cut
    damaged is noticed and written again by the next run.
    """
    import cv2

    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if path.suffix == ".jpg" else []
    data = cv2.imencode(path.suffix, picture, options)[1]
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        beside.write_bytes(data.tobytes())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StorageError(f"cannot be written: {error.strerror or error}", path=path) from error


def _left_out(error: FrameError, frame: int) -> Problem:
    return Problem(
        error.message,
        path=str(error.path or ""),
        location=f"frame {frame}",
        severity=Severity.ERROR,
    )
