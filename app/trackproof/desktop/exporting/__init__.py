"""Sending the flagged places to workers, from the window."""

from trackproof.desktop.exporting.dialog import ExportDialog
from trackproof.desktop.exporting.gathering import Which

__all__ = ["ExportDialog", "Which"]
