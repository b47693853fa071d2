"""Start trackproof: the one place that knows both the command line and the window."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit status."""
    return 0


if __name__ == "__main__":
    sys.exit(main())
