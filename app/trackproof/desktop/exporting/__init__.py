"""Sending the flagged places to workers, from the window."""

from trackproof.desktop.exporting.dialog import ExportDialog
from trackproof.handoff.choosing import Which

__all__ = ["ExportDialog", "Which"]
