"""What the window tells people without interrupting them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackproof.errors import Severity, TrackproofError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackproof.errors import Problem

SHOWN_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Banner:
    """A message that stays until it is closed or replaced.

    Parameters
    ----------
    text : str
        One or two sentences.
    details : str
        What the fold shows and the copy button copies; empty for no fold.
    severity : Severity
        Its colour and sign.
    choices : tuple of (str, callable)
        Buttons: a verb and what it does.
    topic : str
        A newer banner of the same topic replaces an older one; empty replaces none.
    """

    text: str
    details: str = ""
    severity: Severity = Severity.NOTE
    choices: tuple[tuple[str, Callable[[], object]], ...] = field(default=())
    topic: str = ""


def banner_of_error(error: BaseException, *, doing: str) -> Banner:
    """Return the banner for a failure while ``doing`` (a phrase: "opening labels.json")."""
    if isinstance(error, TrackproofError):
        return Banner(str(error), severity=Severity.ERROR, topic=doing)
    details = f"{doing}\n{type(error).__name__}: {error}"
    trace = getattr(error, "__notes__", ())
    return Banner(
        f"Something unexpected happened while {doing}. Your work is still here.",
        details="\n".join((details, *trace)),
        severity=Severity.ERROR,
        topic=doing,
    )


def banner_of_problems(problems: Sequence[Problem], *, what: str) -> Banner | None:
    """Return one banner for everything that was wrong in ``what``; None for no problems."""
    if not problems:
        return None
    worst = min((p.severity for p in problems), key=list(Severity).index)
    first = str(problems[0])
    if len(problems) == 1:
        return Banner(first, severity=worst, topic=f"problems:{what}")
    lines = [str(problem) for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"... and {len(problems) - SHOWN_PROBLEMS:,} more")
    noun = "notes on" if worst is Severity.NOTE else "problems in"
    text = f"{len(problems):,} {noun} {what}. First: {problems[0].message}"
    return Banner(text, details="\n".join(lines), severity=worst, topic=f"problems:{what}")
