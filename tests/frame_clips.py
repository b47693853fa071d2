"""Clips whose every picture carries its own number, so that a wrong frame cannot hide."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

BLOCK = 16
COLUMNS, ROWS = 6, 4
WIDTH, HEIGHT = BLOCK * COLUMNS, BLOCK * ROWS
BITS = 12
UNREADABLE = -1
TICKS_PER_S = 1000


def numbered_picture(number: int) -> npt.NDArray[np.uint8]:
    """Return a picture that holds a number as bright and dark blocks, then the complement."""
    bits = [(number >> bit) & 1 for bit in range(BITS)]
    cells = np.array([*bits, *(1 - bit for bit in bits)]).reshape(ROWS, COLUMNS)
    grey = np.repeat(np.repeat(cells, BLOCK, axis=0), BLOCK, axis=1) * 160 + 48
    # A little texture that moves gives the encoder something to predict from other pictures.
    noise = np.random.default_rng(7).integers(0, 24, (HEIGHT, WIDTH))
    grey = grey + np.roll(noise, number, axis=1)
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


def number_in(picture: npt.NDArray[np.uint8]) -> int:
    """Return the number a picture holds; ``UNREADABLE`` when the complement disagrees."""
    grey = picture.mean(axis=2).reshape(ROWS, BLOCK, COLUMNS, BLOCK)
    cells = (grey[:, 4:-4, :, 4:-4].mean(axis=(1, 3)) > 128).ravel().astype(int)
    if np.any(cells[:BITS] + cells[BITS:] != 1):
        return UNREADABLE
    return int(sum(bit << place for place, bit in enumerate(cells[:BITS])))


@dataclass(frozen=True)
class Clip:
    """How to encode a numbered clip."""

    file: str
    codec: str
    frames: int = 120
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    is_uneven: bool = False
    b_frames: int | None = None
    rotation: int = 0

    def write(self, folder: Path) -> Path:
        path = folder / self.file
        with av.open(str(path), "w", options=self.container_options) as container:
            stream = container.add_stream(self.codec, rate=25)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            if self.codec == "mjpeg":
                stream.pix_fmt = "yuvj420p"
            stream.options = self.options
            if self.b_frames is not None:
                stream.codec_context.max_b_frames = self.b_frames
            if self.is_uneven:
                stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
            if self.rotation:
                stream.set_display_rotation(self.rotation)
            for number, ticks in enumerate(self.ticks()):
                frame = av.VideoFrame.from_ndarray(numbered_picture(number), format="bgr24")
                frame.pts = int(ticks) if self.is_uneven else number
                frame.time_base = Fraction(1, TICKS_PER_S) if self.is_uneven else Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path

    def ticks(self) -> npt.NDArray[np.int64]:
        """Presentation times of an uneven clip, milliseconds: steps from 10 to 200, shuffled."""
        steps = np.random.default_rng(3).integers(10, 200, self.frames)
        return np.concatenate([[0], np.cumsum(steps)[:-1]])


_X264 = {"preset": "veryfast", "crf": "20"}
_B_FRAMES = {**_X264, "bf": "3", "x264-params": "b-adapt=0:scenecut=0:keyint=30:b-pyramid=normal"}
_OPEN = {**_X264, "bf": "3", "x264-params": "open-gop=1:keyint=24:scenecut=0:b-adapt=0"}
_LONG = {**_X264, "bf": "2", "x264-params": "keyint=250:min-keyint=250:scenecut=0"}
_HEVC = {"preset": "ultrafast", "x265-params": "log-level=none:keyint=24"}
_REFRESH = {**_X264, "x264-params": "intra-refresh=1:keyint=20:bframes=0"}

CLIPS = (
    Clip("b-frames.mp4", "libx264", options=_B_FRAMES),
    Clip("b-frames.mov", "libx264", options=_B_FRAMES),
    Clip("b-frames.avi", "libx264", options=_B_FRAMES),
    Clip("b-frames.ts", "libx264", options=_B_FRAMES),
    Clip("open-gop.mp4", "libx264", options=_OPEN),
    Clip("open-gop.mkv", "libx264", options=_OPEN),
    Clip("long-gop.mp4", "libx264", frames=600, options=_LONG),
    Clip("uneven.mp4", "libx264", options=_B_FRAMES, is_uneven=True),
    Clip("uneven-open-gop.mkv", "libx264", options=_OPEN, is_uneven=True),
    Clip("refresh.mkv", "libx264", options=_REFRESH),
    Clip(
        "hevc.mp4",
        "libx265",
        options={"preset": "ultrafast", "x265-params": "log-level=none:keyint=24"},
    ),
    Clip("vp8.webm", "libvpx", options={"deadline": "realtime", "auto-alt-ref": "1", "g": "40"}),
    Clip("vp9.webm", "libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8", "g": "40"}),
    Clip("asp.avi", "mpeg4", options={"g": "25", "qscale": "3"}, b_frames=2),
    Clip("intra.mov", "mjpeg", frames=60),
)


def remux(
    source: Path,
    target: Path,
    *,
    first: int,
    zero: int,
    without: range = range(0),
    options: dict[str, str] | None = None,
) -> None:
    """Copy the packets of a clip from a packet on; packet ``zero`` gets presentation time 0."""
    with av.open(str(source)) as old, av.open(str(target), "w", options=options or {}) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        packets = [packet for packet in old.demux(video=0) if packet.size]
        start = packets[zero].pts
        for number, packet in enumerate(packets):
            if number < first or number in without:
                continue
            packet.pts -= start
            packet.dts -= start
            packet.stream = stream
            new.mux(packet)
