"""Frames from a video file, exact at every index."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast, overload

import numpy as np

from trackproof.errors import FrameError, Problem
from trackproof.frames.decoding import Decoder
from trackproof.frames.index_cache import load_index
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter

    from trackproof.frames.packets import PacketIndex
    from trackproof.frames.proxy import Proxy
    from trackproof.frames.source import Picture
    from trackproof.progress import Progress

RING_BYTES = 128 * 2**20
SHORT_RUN = 8


class _NotWanted(Exception):
    """Decoding towards a frame was given up; the next read goes on from there."""


def _always() -> bool:
    return True


class VideoSource:
    """A video file; reads in order decode on, reads elsewhere start at the key frame before.

    Pictures that were decoded on the way to another one stay in a ring, so that stepping back
    through a long group of pictures decodes it once and not once per step.

    Parameters
    ----------
    path : Path
        The file.
    index : PacketIndex
        Its packets.
    ring_bytes : int
        Memory for decoded pictures.
    """

    parallel_reads = 1

    def __init__(self, path: Path, index: PacketIndex, *, ring_bytes: int = RING_BYTES) -> None:
        self.path = path
        self.size = (index.width, index.height)
        self.rate_fps = index.rate_fps
        self.problems = tuple(Problem(note, path=str(path)) for note in index.notes)
        self.names = _FrameNames(path.name, range(len(index)))
        self._index = index
        # Decoders keep 4:2:0 pictures: three bytes for two pixels.
        picture_bytes = max(index.width * index.height * 3 // 2, 1)
        self._ring_length = max(ring_bytes // picture_bytes, 2)
        self._ring: OrderedDict[int, VideoFrame] = OrderedDict()
        self._lock = threading.Lock()
        self._decoder: Decoder | None = None
        self._converter: VideoReformatter | None = None
        self._running: Iterator[tuple[int, VideoFrame]] | None = None
        self._last = -1
        self._unsafe: set[int] = set()
        self._unreadable: set[int] = set()
        self._is_closed = False
        self._is_wanted = _always
        self._proxy: Proxy | None = None

    @classmethod
    def open(
        cls, path: Path, *, ring_bytes: int = RING_BYTES, progress: Progress = NO_PROGRESS
    ) -> VideoSource:
        """Index a video (or take the index from the cache) and open it.

        Raises
        ------
        FrameError
            When no frame of it can be read.
        """
        return cls(path, load_index(path, progress=progress), ring_bytes=ring_bytes)

    def __len__(self) -> int:
        return len(self._index)

    @property
    def times_s(self) -> npt.NDArray[np.float64]:
        """``(frames,)`` seconds since the first frame at which every frame is presented."""
        return self._index.times_s

    def read(self, index: int) -> Picture:
        """Decode one frame; see `FrameSource.read`."""
        return cast("Picture", self.read_while(index, _always))

    def read_while(self, index: int, is_wanted: Callable[[], bool]) -> Picture | None:
        """Decode one frame unless it stops being wanted on the way; what was decoded is kept."""
        if not 0 <= index < len(self._index):
            raise FrameError(
                f"there is no frame {index}; the video holds {len(self._index)}", path=self.path
            )
        proxy = self._proxy
        if proxy is not None and proxy.holds(index) and not self._is_near(index):
            try:
                return proxy.read(index)
            except FrameError:
                # The copy can vanish with the cache; the video is still there.
                self._proxy = None
        with self._lock:
            self._is_wanted = is_wanted
            try:
                return self._in_bgr(self._picture(index))
            except _NotWanted:
                return None

    def use_proxy(self, proxy: Proxy) -> None:
        """Take frames far from where decoding stands from a copy with stand-alone pictures."""
        self._proxy = proxy

    def close(self) -> None:
        """Close the file and drop decoded pictures."""
        with self._lock:
            self._is_closed = True
            self._proxy = None
            self._ring.clear()
            self._running = None
            if self._decoder is not None:
                self._decoder.close()
                self._decoder = None

    def _in_bgr(self, picture: VideoFrame) -> Picture:
        # One converter for all pictures, on this thread: a picture's own one starts threads anew.
        if self._converter is None:
            from av.video.reformatter import VideoReformatter

            self._converter = VideoReformatter()
        converted = self._converter.reformat(picture, format="bgr24", threads=1)
        return cast("Picture", converted.to_ndarray())

    def _picture(self, frame: int) -> VideoFrame:
        if self._is_closed:
            raise FrameError("the video was closed", path=self.path)
        kept = self._ring.get(frame)
        if kept is not None:
            return kept
        picture = None
        if frame not in self._unreadable:
            place = self._index.anchor_before(frame)
            if self._is_on_the_way(frame, place):
                picture = self._run_to(frame)
            picture = picture or self._seek_to(frame, place)
            if picture is None and place > 0:
                # Some decoders need more than one group of pictures to get going.
                picture = self._seek_to(frame, place - 1)
        if picture is None:
            self._unreadable.add(frame)
            raise FrameError(f"frame {frame} is damaged and cannot be decoded", path=self.path)
        return picture

    def _is_near(self, frame: int) -> bool:
        """Return whether the video itself gives a frame about as fast as a copy would."""
        return frame in self._ring or (self._running is not None and frame == self._last + 1)

    def _is_on_the_way(self, frame: int, place: int) -> bool:
        """Return whether decoding on reaches a frame sooner than a seek would."""
        if self._running is None or self._last >= frame:
            return False
        return self._last >= self._index.anchors[place] or frame - self._last <= SHORT_RUN

    def _seek_to(self, frame: int, place: int) -> VideoFrame | None:
        """Decode a frame from an anchor, or from the nearest earlier one that can be trusted."""
        if self._decoder is None:
            self._decoder = Decoder(self.path, self._index)
        while place in self._unsafe or not self._start_at(place):
            place -= 1
        return self._ring.get(frame) or self._run_to(frame)

    def _start_at(self, place: int) -> bool:
        """Start decoding at an anchor; False when what comes out is not a clean start.

        Files mark pictures as key frames that are none (periodic intra refresh, careless
        remuxing): the first picture must be the anchor itself, coded without reference to others.
        """
        assert self._decoder is not None
        self._running, self._last = None, -1
        self._decoder.start_at(self._index.start_packet(place))
        running = self._decoder.pictures()
        if place > 0:
            anchor = int(self._index.anchors[place])
            frame, picture = next(
                ((frame, picture) for frame, picture in running if frame >= anchor), (-1, None)
            )
            if picture is None or frame != anchor or not _is_whole(picture):
                self._unsafe.add(place)
                return False
            self._keep(frame, picture)
        self._running = running
        return True

    def _run_to(self, frame: int) -> VideoFrame | None:
        """Decode on until a frame comes out; None when it does not."""
        if self._running is None or self._last >= frame:
            return None
        for number, picture in self._running:
            if number > self._last + 1 or picture.is_corrupt:
                self._give_up_from(self._last + 1)
            self._keep(number, picture)
            if number >= frame:
                return self._ring.get(frame)
            if not self._is_wanted():
                raise _NotWanted
        self._running = None
        return None

    def _give_up_from(self, frame: int) -> None:
        """Call everything from a hole or a mended picture on damaged, up to the next fresh start.

        Pictures that refer to a lost one come out all the same, made of older ones: they look
        right and are not.
        """
        anchors = self._index.anchors
        place = int(np.searchsorted(anchors, frame, side="left"))
        end = int(anchors[place]) if place < len(anchors) else len(self._index)
        self._unreadable.update(range(frame, end))

    def _keep(self, frame: int, picture: VideoFrame) -> None:
        self._last = frame
        if frame in self._unreadable:
            return
        self._ring[frame] = picture
        self._ring.move_to_end(frame)
        while len(self._ring) > self._ring_length:
            self._ring.popitem(last=False)


def _is_whole(picture: VideoFrame) -> bool:
    """Return whether a picture was coded on its own; of two fields one may refer to the other."""
    from av.video.frame import PictureType

    if picture.is_corrupt:
        return False
    return picture.pict_type == PictureType.I or bool(picture.interlaced_frame)


class _FrameNames(Sequence[str]):
    """Names of a video's frames, made when asked for: a video may hold a million."""

    def __init__(self, video: str, places: range) -> None:
        self._video = video
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> _FrameNames: ...
    def __getitem__(self, place: int | slice) -> str | _FrameNames:
        if isinstance(place, slice):
            return _FrameNames(self._video, self._places[place])
        return f"{self._video}#{self._places[place]}"
