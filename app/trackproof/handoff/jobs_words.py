"""Ages and waits in words."""

from __future__ import annotations

STEPS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"))


def age(seconds: float) -> str:
    """Return a span of time in its largest unit: ``3 d``, ``5 h``, ``12 min``, ``40 s``."""
    for size, unit in STEPS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
