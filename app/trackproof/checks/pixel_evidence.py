"""Everything that pixel checks know, from one pass over the frames.

Each frame is read once, in order, by reader threads (as many as the source can use); each crop is
described once, by worker threads; OpenCV works outside the interpreter lock, so all cores are
busy. Pictures are let go as soon as their boxes are described.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from trackproof.checks import pixel_alignment, pixel_camera, pixel_descriptor
from trackproof.checks.backbone import Backbone, chosen_path, vector_distance
from trackproof.errors import FrameError
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    import numpy.typing as npt

    from trackproof.checks.scene import Scene
    from trackproof.frames.source import FrameSource, Picture
    from trackproof.progress import Progress

    Values = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]

_Vector: TypeAlias = "npt.NDArray[np.float32]"
_Small: TypeAlias = "tuple[npt.NDArray[np.uint8], float]"

SEGMENT_ROWS = 160
"""Rows of a track that are aligned at once; bounds the memory for small pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class PixelEvidence:
    """What the frames say about every row of a scene.

    Parameters
    ----------
    colours : (rows, 384) uint8
        Colours of every crop, see `pixel_descriptor.colours`.
    is_seen : (rows,) bool
        Rows whose crop could be described.
    colour_step, edge_step : (rows,) float64
        Distance of a crop to the crop before of its track; NaN at a start or where one is unseen.
    neural_step : (rows,) float64
        The same by a neural network; NaN everywhere when none was chosen.
    offset : (rows, 2) float64
        Where the object lies against its box, pixels right and down; NaN = not known.
    misfit : (rows,) float64
        How badly the track's usual picture fits there.
    camera : (frames, 2, 3) float64
        What the camera did since the frame before; NaN = not known.
    unreadable : tuple of int
        Frames that could not be read.
    """

    colours: npt.NDArray[np.uint8]
    is_seen: npt.NDArray[np.bool_]
    colour_step: Values
    edge_step: Values
    neural_step: Values
    offset: Values
    misfit: Values
    camera: Values
    unreadable: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Described:
    """What one frame gave."""

    colours: list[npt.NDArray[np.uint8] | None]
    edges: list[npt.NDArray[np.float32] | None]
    vectors: list[npt.NDArray[np.float32] | None]
    patches: list[npt.NDArray[np.uint8] | None]


@dataclass(slots=True)
class _Strip:
    """Small pictures of one track that wait to be aligned."""

    width: int
    height: int
    rows: list[int] = field(default_factory=list)
    patches: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    is_sound: list[bool] = field(default_factory=list)
    aligned: int = 0

    def add(self, row: int, patch: npt.NDArray[np.uint8] | None) -> None:
        margin = 2 * pixel_alignment.MARGIN
        nothing = np.zeros((self.height + margin, self.width + margin, 3), dtype=np.uint8)
        self.rows.append(row)
        self.patches.append(nothing if patch is None else patch)
        self.is_sound.append(patch is not None)

    def align(self, evidence: PixelEvidence, boxes_xywh: Values, *, is_last: bool) -> None:
        """Align what has enough rows after it, and drop what is not needed any more."""
        halo = pixel_alignment.HALO_ROWS
        end = len(self.rows) if is_last else len(self.rows) - halo
        if end <= self.aligned:
            return
        offset, misfit = pixel_alignment.align(
            np.array(self.patches), np.array(self.is_sound), first=self.aligned, end=end
        )
        rows = np.array(self.rows[self.aligned : end])
        scale = boxes_xywh[rows, 2:] / (self.width, self.height)
        evidence.offset[rows] = offset * scale
        evidence.misfit[rows] = misfit
        cut = max(end - halo, 0)
        self.aligned = end - cut
        self.rows, self.patches = self.rows[cut:], self.patches[cut:]
        self.is_sound = self.is_sound[cut:]


def gather(scene: Scene, frames: FrameSource, *, progress: Progress = NO_PROGRESS) -> PixelEvidence:
    """Read all frames once and return what they say about a scene.

    Raises
    ------
    Cancelled
        When ``progress`` says that the work is no longer wanted.
    """
    count = min(len(frames), len(scene.sequence))
    # Without identity there is no track to compare a crop with.
    order = np.argsort(scene.frame, kind="stable")
    order = order[scene.track[order] >= 0]
    bounds = np.searchsorted(scene.frame[order], np.arange(count + 1))
    by_frame = [order[bounds[i] : bounds[i + 1]] for i in range(count)]
    evidence = _nothing(len(scene), count)
    sizes = _core_sizes(scene)
    collector = _Collector(scene, evidence, sizes)
    unreadable: list[int] = []
    chosen = chosen_path()
    backbone = Backbone(chosen) if chosen is not None else None
    workers = max(os.cpu_count() or 1, 2)
    with (
        ThreadPoolExecutor(max(frames.parallel_reads, 1), "pixel-read") as readers,
        ThreadPoolExecutor(workers, "pixel-work") as pool,
    ):
        try:
            waiting: deque[tuple[int, Future[_Described], Future[Values]]] = deque()
            before: _Small | None = None
            for frame, picture in _pictures(frames, count, readers):
                progress.step(frame, count)
                if picture is None:
                    unreadable.append(frame)
                    before = None
                    continue
                rows = by_frame[frame]
                small = pixel_camera.small_gray(picture)
                near = np.concatenate([rows, by_frame[frame - 1]]) if frame else rows
                job = pool.submit(_describe, picture, scene, rows, sizes, backbone)
                camera = pool.submit(_camera, before, small, scene.xywh[near])
                waiting.append((frame, job, camera))
                before = small
                while len(waiting) > 2 * workers:
                    done, job, camera = waiting.popleft()
                    evidence.camera[done] = camera.result()
                    collector.take(by_frame[done], job.result(), pool)
            for done, job, camera in waiting:
                evidence.camera[done] = camera.result()
                collector.take(by_frame[done], job.result(), pool)
            collector.finish(pool)
        except BaseException:
            # nobody wants the rest: leave without waiting for what has not begun
            readers.shutdown(wait=False, cancel_futures=True)
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    progress.step(count, count)
    return replace(evidence, unreadable=tuple(unreadable))


class _Collector:
    """Puts what frames gave into place, in the order of frames."""

    def __init__(
        self, scene: Scene, evidence: PixelEvidence, sizes: dict[int, tuple[int, int]]
    ) -> None:
        self.scene, self.evidence, self.sizes = scene, evidence, sizes
        self.last: dict[int, tuple[int, _Vector, _Vector | None]] = {}
        self.strips: dict[int, _Strip] = {}
        self.jobs: dict[int, Future[None]] = {}

    def take(self, rows: Rows, given: _Described, pool: ThreadPoolExecutor) -> None:
        described = zip(given.colours, given.edges, given.vectors, strict=True)
        parts = zip(rows.tolist(), described, given.patches, strict=True)
        for row, (colours, edges, vector), patch in parts:
            track = int(self.scene.track[row])
            if colours is not None and edges is not None:
                self._compare(row, track, colours, edges, vector)
            self._collect(row, track, patch, pool)

    def _compare(
        self,
        row: int,
        track: int,
        colours: npt.NDArray[np.uint8],
        edges: _Vector,
        vector: _Vector | None,
    ) -> None:
        evidence = self.evidence
        evidence.colours[row] = colours
        evidence.is_seen[row] = True
        if track in self.last and self.last[track][0] == row - 1:
            evidence.colour_step[row] = pixel_descriptor.colour_distance(
                evidence.colours[row - 1], colours
            )
            _, edges_before, vector_before = self.last[track]
            evidence.edge_step[row] = pixel_descriptor.edge_distance(edges_before, edges)
            if vector is not None and vector_before is not None:
                evidence.neural_step[row] = vector_distance(vector_before, vector)
        self.last[track] = (row, edges, vector)

    def _collect(
        self, row: int, track: int, patch: npt.NDArray[np.uint8] | None, pool: ThreadPoolExecutor
    ) -> None:
        strip = self.strips.get(track)
        if strip is None:
            strip = self.strips[track] = _Strip(*self.sizes[track])
        strip.add(row, patch)
        if len(strip.rows) >= SEGMENT_ROWS + 2 * pixel_alignment.HALO_ROWS:
            self._submit(track, pool, is_last=False)
            self.jobs[track].result()

    def _submit(self, track: int, pool: ThreadPoolExecutor, *, is_last: bool) -> None:
        align = self.strips[track].align
        self.jobs[track] = pool.submit(align, self.evidence, self.scene.xywh, is_last=is_last)

    def finish(self, pool: ThreadPoolExecutor) -> None:
        for track in self.strips:
            self._submit(track, pool, is_last=True)
        for job in self.jobs.values():
            job.result()


def _pictures(
    frames: FrameSource, count: int, readers: ThreadPoolExecutor
) -> Iterator[tuple[int, Picture | None]]:
    """Yield all frames in order, reading ahead; None where a frame cannot be read."""
    ahead: deque[Future[Picture]] = deque()
    depth = 2 * max(frames.parallel_reads, 1)
    for frame in range(count + depth):
        if frame < count:
            ahead.append(readers.submit(frames.read, frame))
        if frame >= depth:
            try:
                picture: Picture | None = ahead.popleft().result()
            except FrameError:
                # the source reports it to people; here it only leaves rows unseen
                picture = None
            yield frame - depth, picture


def _describe(
    picture: Picture,
    scene: Scene,
    rows: Rows,
    sizes: dict[int, tuple[int, int]],
    backbone: Backbone | None,
) -> _Described:
    crops = [pixel_descriptor.crop_of(picture, scene.xywh[row]) for row in rows]
    seen = [crop for crop in crops if crop is not None]
    vectors = iter(backbone.describe(seen) if backbone is not None and seen else ())
    given = _Described([], [], [], [])
    for row, crop in zip(rows, crops, strict=True):
        box = scene.xywh[row]
        width, height = sizes[int(scene.track[row])]
        given.vectors.append(None if crop is None else next(vectors, None))
        given.colours.append(None if crop is None else pixel_descriptor.colours(crop))
        given.edges.append(None if crop is None else pixel_descriptor.edges(crop))
        given.patches.append(pixel_alignment.patch_of(picture, box, width=width, height=height))
    return given


def _camera(before: _Small | None, now: _Small, boxes_xywh: Values) -> Values:
    unknown = np.full((2, 3), np.nan)
    if before is None or before[0].shape != now[0].shape:
        return unknown
    motion = pixel_camera.camera_motion(before[0], now[0], boxes_xywh=boxes_xywh, scale=now[1])
    return unknown if motion is None else motion


def _core_sizes(scene: Scene) -> dict[int, tuple[int, int]]:
    ends = zip(scene.starts[:-1], scene.starts[1:], strict=True)
    return {
        int(track): pixel_alignment.core_size(scene.xywh[first:end])
        for track, (first, end) in zip(scene.track_numbers, ends, strict=True)
    }


def _nothing(rows: int, frames: int) -> PixelEvidence:
    return PixelEvidence(
        colours=np.zeros((rows, pixel_descriptor.COLOUR_LENGTH), dtype=np.uint8),
        is_seen=np.zeros(rows, dtype=np.bool_),
        colour_step=np.full(rows, np.nan),
        edge_step=np.full(rows, np.nan),
        neural_step=np.full(rows, np.nan),
        offset=np.full((rows, 2), np.nan),
        misfit=np.full(rows, np.nan),
        camera=np.full((frames, 2, 3), np.nan),
        unreadable=(),
    )
