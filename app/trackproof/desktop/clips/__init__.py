"""The clip window: watch, label, save, and make jobs for workers."""

from trackproof.desktop.clips.opening import ClipWindows

__all__ = ["ClipWindows"]
