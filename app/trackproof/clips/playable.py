"""Whether a clip will play in the browsers of workers, by its container, codecs and pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trackproof.errors import FrameError

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer

TAKEN_SUFFIXES = (".mp4", ".ogg", ".webm")
"""What the labeling service takes for clip classification."""

VIDEO_OF = {
    "MP4": frozenset({"h264", "av1", "vp9"}),
    "WebM": frozenset({"vp8", "vp9", "av1"}),
    "Ogg": frozenset(),
}
"""Video codecs that current Chrome, Edge and Firefox play, by container.

Theora, the video of Ogg files, was removed from Chrome and Firefox in 2024.
"""
ANYWHERE = frozenset[str]().union(*VIDEO_OF.values())
SOMETIMES = frozenset({"MOV", "Matroska"})
"""Containers that some browsers play."""
AUDIO_OF = {
    "MP4": frozenset({"aac", "mp3", "opus", "flac"}),
    "WebM": frozenset({"vorbis", "opus"}),
    "Ogg": frozenset({"vorbis", "opus", "flac"}),
}
PIXELS = frozenset({"yuv420p", "yuvj420p"})
SUFFIXES_OF = {"MP4": {".mp4", ".m4v"}, "WebM": {".webm"}, "Ogg": {".ogg", ".ogv"}}
NAMES = {
    "h264": "H.264",
    "hevc": "HEVC (H.265)",
    "mpeg4": "MPEG-4 part 2",
    "mpeg2video": "MPEG-2",
    "mjpeg": "Motion JPEG",
    "prores": "ProRes",
    "theora": "Theora",
    "vp8": "VP8",
    "vp9": "VP9",
    "av1": "AV1",
    "aac": "AAC",
    "ac3": "AC-3",
    "mp3": "MP3",
}
ALIASES = {"libdav1d": "av1", "libaom-av1": "av1", "mp3float": "mp3", "libvpx-vp9": "vp9"}
_START = 4_096
ADVICE = "Workers need H.264 in MP4, or VP8, VP9 or AV1 in WebM."


@dataclass(frozen=True, slots=True)
class Media:
    """What a clip's file is.

    Parameters
    ----------
    container : str
        ``MP4``, ``MOV``, ``WebM``, ``Matroska``, ``Ogg``, ``AVI``, or FFmpeg's own name.
    video, audio : str
        Codec names as of FFmpeg; empty when there is none.
    pixel_format : str
        As of FFmpeg, for example ``yuv420p``.
    width, height : int
        Pixels.
    rate_fps : float or None
        Frames per second, when the file states it.
    duration_s : float or None
        Seconds, when the file states it.
    """

    container: str
    video: str
    audio: str
    pixel_format: str
    width: int
    height: int
    rate_fps: float | None
    duration_s: float | None

    def __str__(self) -> str:
        """Return container, codecs and size for people."""
        codecs = " + ".join(_name(codec) for codec in (self.video, self.audio) if codec)
        return f"{self.container}, {codecs or 'no video'}, {self.width}×{self.height}"


def probe(path: Path) -> Media:
    """Return what a clip's file is, without decoding it.

    Raises
    ------
    FrameError
        When it is no video file, or broken.
    """
    import av

    try:
        with av.open(str(path)) as container:
            return _media(container, path)
    except (av.FFmpegError, OSError, ValueError, UnicodeError) as error:
        text = getattr(error, "strerror", None) or str(error)
        raise FrameError(f"this is no video that can be opened ({text})", path=path) from error


def playing_problems(media: Media, *, address: str = "") -> tuple[str, ...]:
    """Return in words why a clip may not play for workers; nothing when it will.

    Parameters
    ----------
    address : str
        Where the clip is; its ending must be one that the service takes. Empty checks none.
    """
    problems = []
    suffix = PurePosixPath(address).suffix.lower()
    if address and suffix not in TAKEN_SUFFIXES:
        problems.append(
            f"The file ends in {suffix or 'nothing'}; the service takes .mp4, .ogg and .webm."
        )
    elif address and suffix not in SUFFIXES_OF.get(media.container, {suffix}):
        problems.append(f"The file ends in {suffix}, but is {media.container} inside.")
    if not media.video:
        return (*problems, "The file holds no video.")
    if media.container not in VIDEO_OF:
        who = "Not all browsers" if media.container in SOMETIMES else "No browser"
        verb = "play" if media.container in SOMETIMES else "plays"
        problems.append(f"{who} {verb} {media.container} files.")
    if media.video not in VIDEO_OF.get(media.container, ANYWHERE):
        problems.append(_codec_problem(media))
    needs_advice = media.container not in VIDEO_OF or (media.video not in VIDEO_OF[media.container])
    problems += _pixel_problems(media)
    audio = AUDIO_OF.get(media.container)
    if media.audio and audio is not None and media.audio not in audio:
        problems.append(
            f"The sound is {_name(media.audio)}, which browsers do not play in {media.container}."
        )
    return (*problems, ADVICE) if needs_advice else tuple(problems)


def _codec_problem(media: Media) -> str:
    video = _name(media.video)
    if media.video == "hevc":
        return f"{video} plays only in some browsers on some machines."
    if media.video == "theora":
        return f"Current browsers no longer play {video}."
    if media.video in ANYWHERE:
        return f"Browsers do not play {video} in {media.container}."
    return f"Browsers do not play {video}."


def _pixel_problems(media: Media) -> list[str]:
    if not media.pixel_format or media.pixel_format in PIXELS:
        return []
    return [
        f"The pixels are {media.pixel_format}; browsers reliably play only 8-bit 4:2:0 (yuv420p)."
    ]


def _media(container: InputContainer, path: Path) -> Media:
    videos, audios = container.streams.video, container.streams.audio
    duration = container.duration
    found = _container_name(container.format.name, path)
    audio = _codec(audios[0].codec_context.name) if audios else ""
    duration_s = duration / 1_000_000 if duration else None
    if not videos:
        return Media(found, "", audio, "", 0, 0, None, duration_s)
    stream = videos[0]
    context = stream.codec_context
    rate = stream.average_rate
    return Media(
        container=found,
        video=_codec(context.name),
        audio=audio,
        pixel_format=context.pix_fmt or "",
        width=context.width,
        height=context.height,
        rate_fps=float(rate) if rate else None,
        duration_s=duration_s,
    )


def _container_name(ffmpeg: str, path: Path) -> str:
    """Return the container; FFmpeg calls MP4 and MOV alike, and so WebM and Matroska."""
    kinds = set(ffmpeg.split(","))
    with path.open("rb") as stream:
        start = stream.read(_START)
    if "mp4" in kinds:
        is_mov = start[4:8] != b"ftyp" or start[8:12] == b"qt  "
        return "MOV" if is_mov else "MP4"
    if "webm" in kinds:
        return "WebM" if b"webm" in start[:64] else "Matroska"
    return {"ogg": "Ogg", "avi": "AVI", "mpegts": "MPEG-TS", "asf": "WMV"}.get(ffmpeg, ffmpeg)


def _codec(name: str) -> str:
    return ALIASES.get(name, name)


def _name(codec: str) -> str:
    return NAMES.get(codec, codec)
