"""Pixels: image folders and videos, exact at every frame index, and the cache before them."""

from trackproof.frames.folder import FolderSource
from trackproof.frames.source import FrameSource, Picture, frames_inside, open_frames
from trackproof.frames.video import VideoSource

__all__ = [
    "FolderSource",
    "FrameSource",
    "Picture",
    "VideoSource",
    "frames_inside",
    "open_frames",
]
