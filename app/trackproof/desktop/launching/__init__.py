"""Labeling jobs from the window: launch them, watch them, bring them home."""

from trackproof.desktop.launching.actions import job_actions

__all__ = ["job_actions"]
