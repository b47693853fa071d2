"""Files to labels and back: one module per format, found by what it contains."""

from trackproof.formats.image_size import SizeUnknown, StatedSizes
from trackproof.formats.losses import Holds, Loss, LossKind, fitted
from trackproof.formats.model import Format, Opened
from trackproof.formats.opening import open_labels
from trackproof.formats.registry import formats

__all__ = [
    "Format",
    "Holds",
    "Loss",
    "LossKind",
    "Opened",
    "SizeUnknown",
    "StatedSizes",
    "fitted",
    "formats",
    "open_labels",
]
