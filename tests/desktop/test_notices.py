"""What a banner says of everything that was noticed about a file."""

from __future__ import annotations

import pytest

from trackproof.desktop.notices import banner_of_problems
from trackproof.errors import Problem, Severity


@pytest.mark.parametrize(
    ("severity", "words"),
    [(Severity.NOTE, "2 notes on out.manifest"), (Severity.WARNING, "2 problems in out.manifest")],
)
def test_notes_are_not_called_problems(severity: Severity, words: str) -> None:
    noted = Problem("has 2 results; the newest is shown", severity=Severity.NOTE)
    banner = banner_of_problems(
        [noted, Problem("something", severity=severity)], what="out.manifest"
    )
    assert banner is not None
    assert banner.text.startswith(words)
    assert banner.severity is severity
