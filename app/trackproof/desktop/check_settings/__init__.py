"""The settings of the checks: what runs, with which limits."""

from trackproof.desktop.check_settings.actions import check_actions

__all__ = ["check_actions"]
