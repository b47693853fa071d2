"""Detections linked into provisional tracks, in plain sight and taken back at will."""

from trackproof.desktop.linking.actions import linking_actions

__all__ = ["linking_actions"]
