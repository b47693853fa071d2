"""Numbers from text and JSON as formats may use them: finite, whole, or a place in an image."""

from __future__ import annotations

import math

from trackproof.formats.row_checks import LARGEST_PX

LONGEST = 40
"""Characters of a number at most; converting longer ones takes quadratic time."""

LARGEST_WHOLE = 2**53


def finite(value: object) -> float | None:
    """Return a finite number, or None when the value is none.

    Parameters
    ----------
    value : object
        Text, bytes or a number; true and false are no numbers.
    """
    if isinstance(value, bool) or not isinstance(value, str | bytes | int | float):
        return None
    if isinstance(value, str | bytes) and len(value) > LONGEST:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def place(value: object) -> float | None:
    """Return a number that can be a place in an image, in pixels, or None."""
    number = finite(value)
    return number if number is not None and abs(number) <= LARGEST_PX else None


def whole_number(value: object) -> int | None:
    """Return a whole number below 2 to the power of 53, or None."""
    number = finite(value)
    if number is None or number != math.floor(number) or abs(number) >= LARGEST_WHOLE:
        return None
    return int(number)
