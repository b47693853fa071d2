"""The picture with its labels."""

from trackproof.desktop.canvas.canvas import Canvas
from trackproof.desktop.canvas.options import ColourBy, OverlayOptions

__all__ = ["Canvas", "ColourBy", "OverlayOptions"]
