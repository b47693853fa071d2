"""Saving labels in another format, from the window."""

from trackproof.desktop.converting.actions import convert_actions

__all__ = ["convert_actions"]
