"""``trackproof validate``, ``export`` and ``merge``: packages for labeling jobs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from trackproof.cli.terminal import progress_bar, say
from trackproof.errors import Severity

if TYPE_CHECKING:
    from pathlib import Path


def run_validate(package: Path) -> int:
    """Check a package and print what is wrong; return 1 when a rule is broken.

    Raises
    ------
    HandoffError
        When there is nothing to check.
    """
    from trackproof.handoff.validate import is_clean, validate

    with progress_bar("Checking files") as progress:
        problems = validate(package, progress=progress)
    for problem in problems:
        sys.stdout.write(f"{problem.severity}: {problem}\n")
    counts = {kind: sum(p.severity is kind for p in problems) for kind in Severity}
    said = ", ".join(f"{count} {kind}s" for kind, count in counts.items() if count)
    say(said or "every rule is kept")
    return 0 if is_clean(problems) else 1
