"""Repairing like cases together, after one of them was repaired."""

from trackproof.desktop.batch.actions import batch_actions

__all__ = ["batch_actions"]
