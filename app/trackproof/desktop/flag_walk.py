"""Which flag comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.checks import Flag


def neighbour(
    flags: tuple[Flag, ...],
    key: str | None,
    *,
    direction: int,
    is_open: Callable[[Flag], bool],
) -> Flag | None:
    """Return the next (1) or previous (-1) flag around the one with a key; None for no flags.

    Forward only open flags count, as long as there are any: the work lies there. Backward every
    flag counts: a verdict may have to be taken back. Past an end it goes on at the other.
    """
    if not flags:
        return None
    at = next((i for i, flag in enumerate(flags) if flag.key == key), None)
    if at is None:
        order = flags if direction > 0 else flags[::-1]
    elif direction > 0:
        order = (*flags[at + 1 :], *flags[: at + 1])
    else:
        order = (*flags[:at][::-1], *flags[at:][::-1])
    if direction < 0:
        return order[0]
    return next((flag for flag in order if is_open(flag)), order[0])
