"""A command line without a window: what it would open is remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from trackproof.cli import Outside, run


@dataclass
class Opening:
    """Stands for the window."""

    calls: list[tuple[list[str], str | None, str | None]] = field(default_factory=list)
    status: int = 0

    def __call__(
        self, paths: list[str], *, frames: str | None = None, root: str | None = None
    ) -> int:
        self.calls.append((paths, frames, root))
        return self.status


@dataclass(frozen=True)
class Said:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture
def window() -> Opening:
    """The window that commands open."""
    return Opening()


@pytest.fixture
def trackproof(window: Opening, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command line in this process."""

    def call(*arguments: object) -> Said:
        outside = Outside(window=window, registries={"panels": lambda: ["queue"]})
        status = run([str(argument) for argument in arguments], outside=outside)
        captured = capsys.readouterr()
        return Said(status, captured.out, captured.err)

    return call
