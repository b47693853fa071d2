"""Pixels: image folders and videos, exact at every frame index, and the cache before them."""

from trackproof.frames.cache import DEFAULT_BUDGET_BYTES, FrameCache
from trackproof.frames.extraction import Choice, Extracted, extract
from trackproof.frames.finding import connection_of, find_frames
from trackproof.frames.folder import FolderSource
from trackproof.frames.matching import MISSING, AlignedFrames, Join, Match, match
from trackproof.frames.proxy import Proxy, build_proxy, stored_proxy
from trackproof.frames.ranking import frame_value
from trackproof.frames.source import FrameSource, Interruptible, Picture, frames_inside, open_frames
from trackproof.frames.video import VideoSource

__all__ = [
    "DEFAULT_BUDGET_BYTES",
    "MISSING",
    "AlignedFrames",
    "Choice",
    "Extracted",
    "FolderSource",
    "FrameCache",
    "FrameSource",
    "Interruptible",
    "Join",
    "Match",
    "Picture",
    "Proxy",
    "VideoSource",
    "build_proxy",
    "connection_of",
    "extract",
    "find_frames",
    "frame_value",
    "frames_inside",
    "match",
    "open_frames",
    "stored_proxy",
]
