"""The command line: the program's abilities without a window."""

from trackproof.cli.app import Outside, run

__all__ = ["Outside", "run"]
