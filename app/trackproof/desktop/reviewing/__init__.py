"""The review file in the window: where it is, who holds it, who reviews, what was done."""

from trackproof.desktop.reviewing.actions import review_file_actions

__all__ = ["review_file_actions"]
