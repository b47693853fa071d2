"""Find, judge and fix label errors in video annotation."""

__version__ = "0.1.0"
