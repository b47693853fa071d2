"""How far a file that a thread writes is behind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saved:
    """How far the disk is behind the window.

    Parameters
    ----------
    pending : int
        Steps that a power cut would lose now.
    problem : str
        Why they are not written; empty when all is well.
    """

    pending: int = 0
    problem: str = ""

    def __str__(self) -> str:
        """Return the words of a status bar."""
        if self.problem:
            return f"not saved ({self.pending})"
        return f"saving {self.pending}" if self.pending else "saved"
