"""Changing labels in the window: by mouse, by keys, over time and by identity."""

from trackproof.desktop.editing.actions import edit_label_actions
from trackproof.desktop.editing.desk import EditDesk
from trackproof.desktop.editing.tool import BoxTool

__all__ = ["BoxTool", "EditDesk", "edit_label_actions"]
