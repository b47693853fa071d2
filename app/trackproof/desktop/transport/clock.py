"""Time as people read it beside a picture."""

from __future__ import annotations


def clock_text(frame: int, rate_fps: float | None) -> str:
    """Return ``mm:ss.cc`` (``h:mm:ss.cc`` from an hour on); dashes while the rate is unknown."""
    if rate_fps is None or rate_fps <= 0:
        return "--:--.--"
    hundredths = round(100 * frame / rate_fps)
    seconds, hundredths = divmod(hundredths, 100)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02d}:{seconds:02d}.{hundredths:02d}"
    return f"{hours}:{clock}" if hours else clock


def speed_text(speed: float, direction: int = 1) -> str:
    """Return ``1x``, ``0.25x``, and with a minus sign when playing backward."""
    sign = "−" if direction < 0 else ""
    return f"{sign}{speed:g}×"
