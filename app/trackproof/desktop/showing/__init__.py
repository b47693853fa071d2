"""What of the labels is drawn, and what the mouse leaves alone."""

from trackproof.desktop.showing.actions import showing_actions

__all__ = ["showing_actions"]
