"""Making a packet index: by reading all packets, and by decoding where packets do not tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FrameError
from trackproof.frames.containers import is_cut_off
from trackproof.frames.decoding import decode_numbered, open_video
from trackproof.frames.packets import (
    NO_TIME,
    PacketIndex,
    presentation_order,
    without_torn_tail,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from trackproof.frames.packets import Ints
    from trackproof.progress import Progress

# In these containers and codecs every packet holds one picture and a presentation time. Elsewhere
# (packed B-frames in AVI, fields in transport streams) only decoding shows what comes out.
_HONEST_CONTAINERS = frozenset({"mov", "mp4", "matroska", "webm"})
_HONEST_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "libdav1d", "av1", "mjpeg", "prores"})
_STEP_TOLERANCE = 0.1
_RARE_SHARE = 0.02


@dataclass(slots=True)
class _Stream:
    """What reading all packets of a stream told."""

    declared: int
    is_honest: bool
    seconds_per_tick: float
    stated_rate_fps: float | None
    pts: list[int] = field(default_factory=list)
    dts: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    is_key: list[bool] = field(default_factory=list)
    is_shown: list[bool] = field(default_factory=list)
    is_torn: bool = False
    has_b_frames: bool = False
    discarded: int = 0


@dataclass(slots=True)
class _Decoded:
    """What decoding told: packets in the order their pictures came out."""

    packets: list[int] = field(default_factory=list)
    drained: int = 0
    width: int = 0
    height: int = 0
    rotation: int = 0


def scan(path: Path, *, progress: Progress) -> PacketIndex:
    """Read all packets of a video and return their index.

    Raises
    ------
    FrameError
        When the file holds no frame that can be decoded.
    """
    stream = _read_packets(path, progress=progress)
    if not stream.pts:
        raise FrameError("the file holds no video frames", path=path)
    pts = np.array(stream.pts, dtype=np.int64)
    order = None
    if stream.is_honest:
        order = presentation_order(pts, is_shown=np.array(stream.is_shown, dtype=np.bool_))
    decoded = _decode(path, only_first=order is not None, packets=len(pts), progress=progress)
    if not decoded.packets:
        raise FrameError("no frame of this video can be decoded", path=path)
    undecodable = 0
    if order is None:
        order = np.array(decoded.packets, dtype=np.int64)
        if stream.is_torn and stream.has_b_frames:
            # Whether pictures are missing between the last ones is not known; of these it is.
            order = order[: len(order) - decoded.drained]
    else:
        # Pictures shown before the first one that comes out refer to what a cut has removed.
        undecodable = int(np.flatnonzero(order == decoded.packets[0])[0])
        order = order[undecodable:]
        if stream.is_torn:
            order = without_torn_tail(pts, order)
    if not len(order):
        raise FrameError("the file breaks off before its first frame is complete", path=path)
    times_s, rate_fps, pace = _times(pts, order, stream)
    return PacketIndex(
        pts=pts,
        dts=np.array(stream.dts, dtype=np.int64),
        position=np.array(stream.position, dtype=np.int64),
        is_key=np.array(stream.is_key, dtype=np.bool_),
        packet_of=order,
        times_s=times_s,
        width=decoded.width,
        height=decoded.height,
        rate_fps=rate_fps,
        notes=_notes(
            stream,
            frames=len(order),
            undecodable=undecodable,
            pace=pace,
            rotation=decoded.rotation,
        ),
    )


def _read_packets(path: Path, *, progress: Progress) -> _Stream:
    import av

    container, video = open_video(path)
    with container:
        codec = video.codec_context.name
        containers = set(container.format.name.split(","))
        stream = _Stream(
            declared=video.frames,
            is_honest=bool(containers & _HONEST_CONTAINERS) and codec in _HONEST_CODECS,
            seconds_per_tick=float(video.time_base or 0),
            stated_rate_fps=float(video.average_rate) if video.average_rate else None,
            has_b_frames=bool(video.codec_context.has_b_frames),
            is_torn=is_cut_off(path),
        )
        total = max(path.stat().st_size, 1)
        try:
            for packet in container.demux(video):
                if packet.is_corrupt:
                    # Half a packet: decoders make up the other half, and it looks real.
                    stream.is_torn = True
                    break
                if packet.size:
                    _note_packet(stream, packet, codec=codec)
                if len(stream.pts) % 256 == 0:
                    progress.step(min(packet.pos or 0, total), total)
        except av.error.FFmpegError:
            stream.is_torn = True
    return stream


def _note_packet(stream: _Stream, packet: Packet[VideoStream], *, codec: str) -> None:
    stream.pts.append(NO_TIME if packet.pts is None else packet.pts)
    stream.dts.append(NO_TIME if packet.dts is None else packet.dts)
    stream.position.append(-1 if packet.pos is None else packet.pos)
    stream.is_key.append(packet.is_keyframe)
    # VP8 stores pictures that are only referred to; bit 4 of the frame tag (RFC 6386, 9.1) tells.
    is_hidden = codec == "vp8" and not memoryview(packet)[0] & 0x10
    stream.is_shown.append(not (is_hidden or packet.is_discard))
    stream.discarded += packet.is_discard


def _decode(path: Path, *, only_first: bool, packets: int, progress: Progress) -> _Decoded:
    """Decode a video from its start, all of it or until the first picture comes out."""
    decoded = _Decoded()
    container, video = open_video(path)
    with container:
        for fed, (number, picture) in _pictures(container, video, packets=packets):
            if not decoded.packets:
                decoded.width, decoded.height = picture.width, picture.height
                decoded.rotation = round(picture.rotation)
            last = decoded.packets[-1] if decoded.packets else 0
            decoded.packets.append(last if number is None else number)
            decoded.drained += fed == packets
            if only_first:
                break
            progress.step(fed, packets)
    return decoded


def _pictures(
    container: InputContainer, video: VideoStream, *, packets: int
) -> Iterator[tuple[int, tuple[int | None, VideoFrame]]]:
    """Yield how many packets were fed before, and every picture with its packet."""
    import av

    fed = 0
    try:
        for packet in container.demux(video):
            if packet.size and fed < packets:
                for numbered in decode_numbered(video.codec_context, packet, fed):
                    yield fed, numbered
                fed += 1
    except av.error.FFmpegError:
        pass
    for numbered in decode_numbered(video.codec_context, None, fed):
        yield packets, numbered


def _times(
    pts: Ints, order: Ints, stream: _Stream
) -> tuple[npt.NDArray[np.float64], float | None, str]:
    """Return seconds of every frame, the mean rate, and what is odd about the steps, in words."""
    ticks = pts[order]
    steps = np.diff(ticks)
    if len(ticks) < 2 or np.any(ticks == NO_TIME) or np.any(steps <= 0):
        rate = stream.stated_rate_fps
        return np.arange(len(order)) / (rate or 1.0), rate, ""
    seconds = (ticks - ticks[0]) * stream.seconds_per_tick
    usual = float(np.median(steps))
    mean = (len(ticks) - 1) / float(seconds[-1])
    stated = stream.stated_rate_fps
    is_stated = stated is not None and abs(stated - mean) < 0.01 * mean
    return seconds, stated if is_stated else mean, _pace(steps, usual=usual)


def _pace(steps: Ints, *, usual: float) -> str:
    """Return what is odd about the steps between frames; a few long ones are frames lost."""
    # Containers round times to their ticks (1 ms in Matroska): a tick more or less is even.
    odd = np.abs(steps - usual) > np.maximum(_STEP_TOLERANCE * usual, 1.0)
    if not np.any(odd):
        return ""
    lost = np.round(steps[odd] / usual) - 1
    if np.count_nonzero(odd) > _RARE_SHARE * len(steps) or np.any(lost < 1):
        return "the frame rate varies; frames are counted in order of presentation"
    first = int(np.flatnonzero(odd)[0])
    return (
        f"about {int(lost.sum())} frames seem to be missing, the first after frame {first};"
        " frames are counted as stored, so labels made before that loss lag behind it"
    )


def _notes(
    stream: _Stream, *, frames: int, undecodable: int, pace: str, rotation: int
) -> tuple[str, ...]:
    notes = []
    if stream.is_torn:
        notes.append(f"the file breaks off; the {frames} frames before that are used")
    elif stream.declared and not stream.discarded and stream.declared != frames + undecodable:
        notes.append(
            f"the header promises {stream.declared} frames, the file holds {frames};"
            f" the {frames} are used"
        )
    if stream.discarded:
        notes.append(f"{stream.discarded} frames are hidden by an edit list, as in every player")
    if undecodable:
        notes.append(
            f"the first {undecodable} frames refer to pictures that were cut away and are left out"
        )
    if pace:
        notes.append(pace)
    if rotation % 360:
        notes.append(f"the video asks to be rotated by {rotation}°; pixels are shown as stored")
    return tuple(notes)
