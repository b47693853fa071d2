"""Decoding a video from any packet on, with the number of its packet on every picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.errors import FrameError
from trackproof.frames.packets import NO_FRAME, NO_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from trackproof.frames.packets import PacketIndex


def open_video(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a video file and its first video stream.

    Raises
    ------
    FrameError
        With the reason in words.
    """
    import av

    try:
        if path.stat().st_size == 0:
            raise FrameError("the video file is empty (0 bytes)", path=path)
        # Titles in other encodings than UTF-8 are common and must not stop the pictures.
        container = av.open(str(path), metadata_errors="replace")
    except av.error.FFmpegError as error:
        raise FrameError(_why_not_opened(error), path=path) from error
    except OSError as error:
        raise FrameError(f"cannot be opened: {error.strerror or error}", path=path) from error
    if not container.streams.video:
        container.close()
        raise FrameError("the file holds no video stream", path=path)
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return container, stream


def decode_numbered(
    context: VideoCodecContext, packet: Packet[VideoStream] | None, number: int
) -> list[tuple[int | None, VideoFrame]]:
    """Feed one packet under a number of our own and return what comes out, with its numbers.

    Parameters
    ----------
    context : VideoCodecContext
        The stream's decoder.
    packet : Packet or None
        None drains the decoder.
    number : int
        Written into the packet's times, which decoders hand on to the picture.

    Returns
    -------
    list of (int or None, VideoFrame)
        None for a picture whose packet the decoder did not tell. Nothing for a damaged packet.
    """
    import av

    if packet is not None:
        packet.pts = packet.dts = number
    try:
        return [(picture.pts, picture) for picture in context.decode(packet)]
    except av.error.FFmpegError:
        return []


class Decoder:
    """One open video; not for several threads at once.

    Parameters
    ----------
    path : Path
        The video file.
    index : PacketIndex
        Its packets.
    """

    def __init__(self, path: Path, index: PacketIndex) -> None:
        self._path = path
        self._index = index
        self._container, self._stream = open_video(path)
        self._packets: Iterator[Packet[VideoStream]] = self._container.demux(self._stream)
        self._ahead: Packet[VideoStream] | None = None
        self._next = 0

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def start_at(self, packet: int) -> None:
        """Go to a packet, so that it is the first one that `pictures` feeds.

        Raises
        ------
        FrameError
            When the file can no longer be opened or is not what it was.
        """
        for time in self._targets(packet):
            if self._seek(time) and self._skip_to(packet):
                return
        self._container.close()
        self._container, self._stream = open_video(self._path)
        self._packets = self._container.demux(self._stream)
        self._next = 0
        if not self._skip_to(packet, is_start=True):
            raise FrameError("the file has changed since it was opened", path=self._path)

    def pictures(self) -> Iterator[tuple[int, VideoFrame]]:
        """Decode on from the current packet and yield frame index and picture, as shown."""
        last_number, last_frame = -1, NO_FRAME
        for packet in self._remaining():
            for number, picture in decode_numbered(
                self._stream.codec_context, packet, self._next - 1
            ):
                # One packet may hold two pictures (packed B-frames): the second follows the first.
                if number is None or number == last_number:
                    frame = last_frame + 1
                else:
                    frame = int(self._index.frame_of[number])
                if frame == NO_FRAME:
                    continue
                last_number, last_frame = number if number is not None else last_number, frame
                yield frame, picture

    def _remaining(self) -> Iterator[Packet[VideoStream] | None]:
        """Yield packets in file order, then None; a file that breaks off ends like a whole one."""
        import av

        try:
            if self._ahead is not None:
                packet, self._ahead = self._ahead, None
                self._next += 1
                yield packet
            for packet in self._packets:
                if packet.size and self._next < len(self._index.pts):
                    self._next += 1
                    yield packet
        except av.error.FFmpegError:
            pass
        yield None

    def _targets(self, packet: int) -> list[int]:
        """Return times to try, best first: demuxers differ in which time they seek by."""
        earlier = max(packet - 64, 0)
        times = [self._index.pts[packet], self._index.dts[packet], self._index.dts[earlier]]
        return list(dict.fromkeys(int(time) for time in times if time != NO_TIME))

    def _seek(self, time: int) -> bool:
        import av

        try:
            self._container.seek(time, stream=self._stream)
        except av.error.FFmpegError:
            return False
        self._stream.codec_context.flush_buffers()
        self._packets = self._container.demux(self._stream)
        self._ahead = None
        return True

    def _skip_to(self, packet: int, *, is_start: bool = False) -> bool:
        """Read on to a packet without decoding; False when the position is unknown or past it."""
        import av

        number: int | None = 0 if is_start else None
        try:
            for candidate in self._packets:
                if not candidate.size:
                    continue
                if number is None:
                    number = self._index.number_of(candidate.pos, candidate.pts)
                if number is None or number > packet:
                    return False
                if number == packet:
                    self._ahead, self._next = candidate, packet
                    return True
                number += 1
        except av.error.FFmpegError:
            return False
        return False


def _why_not_opened(error: Exception) -> str:
    import av

    if isinstance(error, av.error.InvalidDataError):
        return "this is not a video, or its end is missing (nothing in it can be read)"
    return f"cannot be opened as a video: {getattr(error, 'strerror', None) or error}"
