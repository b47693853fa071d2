"""The bar under the picture: where the playhead is and how it moves."""

from trackproof.desktop.transport.bar import TransportBar

__all__ = ["TransportBar"]
