"""What is there after a window ended without closing its review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.review.journal import DONE

if TYPE_CHECKING:
    import sqlite3

    from trackproof.review.holder import Holder


def recovery_note(connection: sqlite3.Connection, gone: Holder) -> str:
    """Return what the review holds of a sitting that a crash or a power cut ended.

    Parameters
    ----------
    gone : Holder
        The window that did not close the review.
    """
    rows = connection.execute(
        "SELECT kind, count(*) FROM journal WHERE at >= ? AND status = ? GROUP BY kind",
        (gone.since, DONE),
    ).fetchall()
    try:
        ended = f"The last window ({gone}) ended without closing this review."
    except (OverflowError, ValueError, OSError):
        # The file says a time that no calendar has; what it holds is checked elsewhere.
        return "The last window ended without closing this review. All that was saved is here."
    kinds = dict(rows)
    counted = [
        _counted(kinds[kind], kind) for kind in ("verdict", "edit", "repair") if kind in kinds
    ]
    if not counted:
        return f"{ended} It had not judged or changed anything, so nothing is missing."
    words = " and ".join(filter(None, (", ".join(counted[:-1]), counted[-1])))
    return f"{ended} All that was saved is here: {words} of that sitting."


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word if count == 1 else word + 's'}"
