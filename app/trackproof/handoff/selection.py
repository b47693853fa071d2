"""What a person chooses to send: which flags, in which windows, for how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.handoff.label_config import Follow
from trackproof.handoff.windows import (
    DEFAULT_CONTEXT,
    FREE,
    Estimate,
    Prices,
    Window,
    estimate,
    focus_windows,
    given_windows,
    most_within,
    whole_windows,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from trackproof import labels as model
    from trackproof.checks import Flag
    from trackproof.handoff.plan import Sending
    from trackproof.handoff.presets import JobPreset


@dataclass(frozen=True, slots=True, eq=False)
class Reviewed:
    """A sequence with its labels as they are now, and the flags that workers shall look at.

    Parameters
    ----------
    spans : tuple of (int, int) or None
        First and last frame of the windows that a person chose, inclusive, ascending and apart;
        None makes them from the flags. Whole sequences are sent whole all the same.
    """

    sequence: model.Sequence
    labels: model.Labels
    flags: tuple[Flag, ...]
    spans: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What a person decides about a package.

    Parameters
    ----------
    destination : str
        S3 folder that the package will be copied to; empty when it is not known yet.
    prefix : str
        S3 folder of the frames; empty takes what the labels say. When several sequences are sent,
        the folder that holds one folder per sequence, named like it.
    audit_attribute, result_attribute : str
        Label attribute names of the labels to correct and of the result; empty takes what the
        labels say, and a name made from it.
    context : int
        Frames before and after each flag.
    prices : Prices
        Decide which windows are joined.
    sending : {"windows", "copies", "whole"}
        Short windows that share the frames' folder; short windows with copies of their frames in
        folders of their own; or whole sequences with the flagged ranges in the instructions.
    follow : Follow
        Whether workers may change labels or only judge them.
    locked : collection of str
        Labels and attributes that workers may not change.
    preset : JobPreset or None
        Settings of the jobs; with them, every job folder holds its request.
    """

    destination: str = ""
    prefix: str = ""
    audit_attribute: str = ""
    result_attribute: str = ""
    context: int = DEFAULT_CONTEXT
    prices: Prices = FREE
    sending: Sending = "windows"
    follow: Follow = Follow.ADJUSTMENT
    locked: Collection[str] = ()
    preset: JobPreset | None = None


def windows_of(reviewed: Reviewed, options: ExportOptions) -> tuple[Window, ...]:
    """Return the windows of one sequence under the options; none when nothing is flagged."""
    frames = len(reviewed.sequence)
    if reviewed.spans is not None and options.sending != "whole":
        return given_windows(reviewed.flags, reviewed.spans, frames=frames)
    if not reviewed.flags:
        return ()
    if options.sending == "whole":
        return whole_windows(reviewed.flags, frames=frames)
    return focus_windows(
        reviewed.flags, frames=frames, context=options.context, prices=options.prices
    )


def work_of(reviewed: Iterable[Reviewed], options: ExportOptions) -> Estimate:
    """Return the work of a package without making it."""
    lengths = [len(window) for one in reviewed for window in windows_of(one, options)]
    return estimate(lengths, prices=options.prices)


def work_of_everything(reviewed: Iterable[Reviewed], options: ExportOptions) -> Estimate:
    """Return the work of sending every frame of every sequence."""
    return estimate((len(one.sequence) for one in reviewed), prices=options.prices)


def best_of(
    reviewed: Sequence[Reviewed],
    options: ExportOptions,
    *,
    top: int | None = None,
    frame_budget: int | None = None,
    money_budget: float | None = None,
) -> list[Reviewed]:
    """Return the sequences with their best flags only, by number or by budget.

    Flags of all sequences compete: the highest scores stay, after those that people raised.
    """
    ranked = sorted(
        (
            (bool(flag.checks), -flag.score, place, number)
            for place, one in enumerate(reviewed)
            for number, flag in enumerate(one.flags)
        ),
    )[:top]

    def first(count: int) -> list[Reviewed]:
        kept = {(place, number) for *_, place, number in ranked[:count]}
        return [
            Reviewed(
                one.sequence,
                one.labels,
                tuple(f for number, f in enumerate(one.flags) if (place, number) in kept),
            )
            for place, one in enumerate(reviewed)
        ]

    if frame_budget is None and money_budget is None:
        return first(len(ranked))
    count = most_within(
        len(ranked),
        lambda number: work_of(first(number), options),
        frame_budget=frame_budget,
        money_budget=money_budget,
    )
    return first(count)
