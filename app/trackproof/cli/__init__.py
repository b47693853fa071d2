"""The command line: the program's abilities without a window."""

from trackproof.cli.app import run
from trackproof.cli.arguments import Outside

__all__ = ["Outside", "run"]
