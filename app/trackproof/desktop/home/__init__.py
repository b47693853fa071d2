"""What workers changed, on its way into the labels."""

from trackproof.desktop.home.desk import HomeDesk

__all__ = ["HomeDesk"]
