"""What the evidence panel says about a flag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackproof.checks import Analysis, Flag
    from trackproof.labels import Block

SMALL_SHARE = 0.005
"""Differences under half a percent are told as equal."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the table: what was expected, what is labelled, and the difference in words."""

    title: str
    expected: str
    labelled: str
    difference: str
    is_notable: bool


def comparisons(flag: Flag, block: Block | None) -> list[Comparison]:
    """Return expected against labelled for size and place; none without an expected box."""
    if flag.expected_xywh is None:
        return []
    row = block.row_at(flag.frame) if block is not None else None
    expected = flag.expected_xywh
    if block is None or row is None:
        size = f"{expected[2]:.0f} × {expected[3]:.0f}"
        place = f"{expected[0]:.0f}, {expected[1]:.0f}"
        return [
            Comparison("Size", size, "no box", "", is_notable=True),
            Comparison("Left, top", place, "no box", "", is_notable=True),
        ]
    labelled = block.xywh[row]
    lines = [
        _side(title, expected[column], float(labelled[column]))
        for title, column in (("Width", 2), ("Height", 3))
    ]
    for title, column in (("Left", 0), ("Top", 1)):
        moved = float(labelled[column]) - expected[column]
        side = max(expected[column + 2], 1.0)
        lines.append(
            Comparison(
                title,
                f"{expected[column]:.0f}",
                f"{labelled[column]:.0f}",
                f"{moved:+.0f} px" if round(moved) else "same",
                is_notable=abs(moved) / side > 0.1,
            )
        )
    return lines


def _side(title: str, expected: float, labelled: float) -> Comparison:
    share = labelled / max(expected, 1e-9) - 1.0
    words = f"{share * 100:+.0f} %" if abs(share) > SMALL_SHARE else "same"
    return Comparison(
        title, f"{expected:.0f}", f"{labelled:.0f}", words, is_notable=abs(share) > 0.1
    )


def findings_in_words(flag: Flag, analysis: Analysis | None) -> list[str]:
    """Return what each check found, strongest first: its title, its words and its score."""
    known = analysis.measurements if analysis is not None else {}
    lines = []
    for finding in flag.findings:
        title = known[finding.check].title if finding.check in known else finding.check
        lines.append(
            f"{title}, frame {finding.frame}: {finding.evidence} ({finding.score:.1f} × its limit)"
        )
    return lines


def reasons(flag: Flag) -> str:
    """Return why a flag was raised, told of the frame under review.

    A check that found something there and more beside it is quoted for there; what was found
    beside it alone names its frame.
    """
    here = {one.check: one.evidence for one in flag.findings if one.frame == flag.frame}
    told = []
    for part in flag.evidence.split("; "):
        found = next((one for one in flag.findings if one.evidence == part), None)
        if found is None or found.frame == flag.frame:
            told.append(part)
        else:
            told.append(here.get(found.check, f"{part} in frame {found.frame}"))
    return "; ".join(dict.fromkeys(told))


def sentence(words: str) -> str:
    """Return evidence as a sentence: a capital in front, a full stop behind."""
    words = words.strip()
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words.endswith(".") else ".")
