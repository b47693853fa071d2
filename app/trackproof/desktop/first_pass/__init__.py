"""Footage on its way to a first labeling job: pictures, and what workers may label."""

from trackproof.desktop.first_pass.actions import first_pass_actions

__all__ = ["first_pass_actions"]
