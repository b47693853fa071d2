"""The comparison in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trackproof.agreement.tables import SCORE_COLUMNS

if TYPE_CHECKING:
    from trackproof.agreement import Agreement
    from trackproof.desktop.panels.agreement.second_set import SecondSet
    from trackproof.desktop.session import Session

SHORT = ("hota", "idf1", "mota", "detection_rate")
COUNTS = (("misses", "misses"), ("false_positives", "false positives"), ("switches", "switches"))


def summary(agreement: Agreement, *, is_long: bool = False) -> str:
    """Return the scores in a line, or all of them in several."""
    columns = {column.key: column for column in SCORE_COLUMNS}
    scores = agreement.overall
    if is_long:
        lines = [f"{column.title}: {column.text(scores)}" for column in SCORE_COLUMNS]
        return "\n".join([*lines, _categories(agreement)])
    parts = [f"{columns[key].title} {columns[key].text(scores)}" for key in SHORT]
    parts += [f"{columns[key].text(scores)} {words}" for key, words in COUNTS]
    if agreement.same_category_share < 1.0:
        parts.append(_categories(agreement))
    return "  ·  ".join(parts)


def _categories(agreement: Agreement) -> str:
    share = agreement.same_category_share
    return "no pairs" if math.isnan(share) else f"same category in {share:.1%} of the pairs"


def why_empty(session: Session, second: SecondSet) -> tuple[str, str, str]:
    """Return what is missing, what to do, and the verb of a button (empty for none)."""
    if session.sequence is None:
        return "No labels yet", "Open labels first, then those to compare them with.", ""
    if second.is_comparing:
        return "Comparing …", "The status bar shows how far it is and can stop it.", ""
    return (
        "No other labels yet",
        "Choose another annotator's labels, a tracker's, or older ones of the same frames.",
        "Compare with …",
    )
