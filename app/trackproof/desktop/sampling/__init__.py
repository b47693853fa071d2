"""A random sample beside the flags, and what it says about all labels."""

from trackproof.desktop.sampling.actions import sampling_actions
from trackproof.desktop.sampling.desk import SampleDesk

__all__ = ["SampleDesk", "sampling_actions"]
