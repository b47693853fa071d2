"""Curves of one track, as arrays on the frame axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels.boxes import areas

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from trackproof.checks import Analysis, Check, Measurement
    from trackproof.labels import Block

    Values = npt.NDArray[np.float64]

MEAN_WINDOW = 5
"""Frames of the rolling mean; centred, so that it does not lag behind a moving object."""

OVERLAP = "rolling_iou"
"""The one measurement whose range is known: its axis never moves."""

RANGE_WINDOW = 31
"""Frames around each that tell what is usual: about a second of film."""

LONGEST_RANGE = 5_000
"""Longer tracks show no usual range: it would take longer than a frame's time to find."""

LOG_UNIT = "ln"
FINE_LIMIT = 2.0
"""Measures with a smaller limit are told with two decimals."""

LARGEST_LOG = 20.0
"""Log ratios are cut here before they become percentages, which would overflow the axis."""

SIZE_LIMIT_PERCENT = 20.0
"""Size difference above which the reference method draws its line."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line of a plot.

    Parameters
    ----------
    title : str
        What the legend says.
    first : int
        Frame index of the first value.
    values : (n,) float64
        One value per frame from ``first`` on; NaN breaks the line.
    is_reference : bool
        True for what the value is compared with (a rolling mean): drawn dashed.
    """

    title: str
    first: int
    values: Values
    is_reference: bool = False

    @property
    def frames(self) -> Values:
        """Frame indices as float64, for plotting."""
        return np.arange(self.first, self.first + len(self.values), dtype=np.float64)

    def is_like(self, other: Curve) -> bool:
        """Return whether another curve looks the same."""
        return (
            self.first == other.first
            and self.is_reference == other.is_reference
            and np.array_equal(self.values, other.values, equal_nan=True)
        )

    def at(self, frame: int) -> float:
        """Return the value at a frame; NaN where there is none."""
        place = frame - self.first
        return float(self.values[place]) if 0 <= place < len(self.values) else float("nan")

    def near(self, frame: int) -> float:
        """Return the value at a frame, read between its neighbours where the line is broken."""
        known = np.flatnonzero(np.isfinite(self.values))
        if not len(known):
            return float("nan")
        return float(np.interp(frame - self.first, known, self.values[known]))


@dataclass(frozen=True, slots=True)
class PlotSpec:
    """What one row of the timelines shows.

    Parameters
    ----------
    name : str
        Stable id; settings remember it.
    title, unit : str
        For the header and the tooltip.
    group : str
        Heading in the menu.
    curves : callable
        ``curves(analysis, block, track) -> curves``; none when the track is not measured.
    check : str
        Check whose limit can be dragged; empty for none.
    limits : tuple of float
        Where limit lines are, in the unit shown.
    is_log : bool
        Whether the check measures a log ratio, which people see as a percentage.
    is_signed : bool
        Whether the limit counts on both sides of zero.
    is_low_bad : bool
        Whether values under the limit are the suspicious ones.
    bounds : (low, high) or None
        Fixed range of the vertical axis.
    decimals : int
        Digits after the point in words.
    """

    name: str
    title: str
    unit: str
    group: str
    curves: Callable[[Analysis | None, Block, int], tuple[Curve, ...]]
    check: str = ""
    limits: tuple[float, ...] = ()
    is_log: bool = False
    is_signed: bool = False
    is_low_bad: bool = False
    bounds: tuple[float, float] | None = None
    decimals: int = 1

    def in_words(self, value: float) -> str:
        """Return a value with its unit; a dash where there is none."""
        if not np.isfinite(value):
            return "–"
        return f"{value:,.{self.decimals}f} {self.unit}".rstrip()

    def is_beyond(self, value: float) -> bool:
        """Return whether a value passes a limit; NaN does not."""
        if not self.limits or not np.isfinite(value):
            return False
        if self.is_low_bad:
            return value < self.limits[0]
        return value > max(self.limits) or (self.is_signed and value < min(self.limits))

    def limits_in_words(self, limits: Sequence[float]) -> str:
        """Return where limit lines are, with the unit; empty when there is none."""
        sign = "+" if self.is_signed else ""
        words = " / ".join(f"{limit:{sign}.3g}" for limit in limits)
        return f"limit {words} {self.unit}".rstrip() if words else ""

    def limit_from(self, shown: float) -> float:
        """Return the check's limit for a line dragged to a shown value."""
        if self.is_log:
            return abs(math.log1p(max(shown, -99.9) / 100.0))
        return abs(shown) if self.is_signed else shown


def on_frame_axis(frames: npt.NDArray[np.int32], values: Values, title: str) -> Curve:
    """Return a curve with a value for every frame between the first and the last, NaN between."""
    if not len(frames):
        return Curve(title, 0, np.empty(0))
    first = int(frames[0])
    dense = np.full(int(frames[-1]) - first + 1, np.nan)
    dense[frames - first] = values
    return Curve(title, first, dense)


def rolling_mean(values: Values, window: int = MEAN_WINDOW) -> Values:
    """Return the centred rolling mean of the values that exist; NaN where none does.

    Parameters
    ----------
    values : (n,) float64
        NaN is left out of the mean.
    window : int
        Odd number of frames.
    """
    if not len(values):
        return values
    known = np.isfinite(values)
    half = window // 2
    sums = _windowed(np.where(known, values, 0.0), half)
    counts = _windowed(known.astype(np.float64), half)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Values = np.where(known, sums / counts, np.nan)
    return means


def usual_range(values: Values, window: int = RANGE_WINDOW) -> tuple[Values, Values]:
    """Return where values around each frame usually lie: rolling median -+ 3 robust sigmas.

    Parameters
    ----------
    values : (n,) float64
        NaN is left out.
    window : int
        Odd number of frames.

    Returns
    -------
    low, high : (n,) float64
        NaN where the window holds no value. Sigma is 1.4826 times the median absolute deviation
        of the window, which equals the standard deviation of normal noise.
    """
    if not len(values):
        # An object that was just drawn has boxes before it has measurements.
        return values, values
    half = window // 2
    padded = np.concatenate([np.full(half, np.nan), values, np.full(half, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)
    middle = _medians(windows)
    sigma = 1.4826 * _medians(np.abs(windows - middle[:, None]))
    return middle - 3 * sigma, middle + 3 * sigma


def _medians(rows: Values) -> Values:
    """Return the median of every row, NaN left out; sorting beats ``nanmedian`` by far."""
    ordered = np.sort(rows, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    places = np.arange(len(rows))
    low, high = ordered[places, (count - 1) // 2], ordered[places, count // 2]
    medians: Values = np.where(count > 0, (low + high) / 2, np.nan)
    return medians


def edited_frames(before: Block | None, now: Block | None) -> npt.NDArray[np.int32]:
    """Return the frames in which a track has another box, or none, or one more than before."""
    if before is None or now is None:
        only = now if before is None else before
        return only.frame if only is not None else np.empty(0, dtype=np.int32)
    if before is now:
        return np.empty(0, dtype=np.int32)
    _, left, right = np.intersect1d(before.frame, now.frame, return_indices=True)
    moved = ~np.all(before.xywh[left] == now.xywh[right], axis=1)
    apart = np.setxor1d(before.frame, now.frame)
    return np.union1d(before.frame[left][moved], apart).astype(np.int32)


def _windowed(values: Values, half: int) -> Values:
    total = np.concatenate([[0.0], np.cumsum(values)])
    n = len(values)
    low = np.maximum(np.arange(n) - half, 0)
    high = np.minimum(np.arange(n) + half + 1, n)
    sums: Values = total[high] - total[low]
    return sums


def spec_of_measurement(measurement: Measurement) -> PlotSpec:
    """Return the row that shows a check's measurement and its limit."""
    name, is_signed = measurement.name, measurement.check.is_signed
    is_log = measurement.unit == LOG_UNIT
    limits: tuple[float, ...] = (measurement.limit,)
    if is_signed:
        limits = (measurement.limit, -measurement.limit)
    if is_log:
        limits = tuple(100.0 * math.expm1(limit) for limit in limits)

    def curves(analysis: Analysis | None, _block: Block, track: int) -> tuple[Curve, ...]:
        found = analysis.measurements.get(name) if analysis is not None else None
        if found is None:
            return ()
        frames, values = found.of(track)
        shown = 100.0 * np.expm1(np.minimum(values, LARGEST_LOG)) if is_log else values
        return (on_frame_axis(frames, shown, measurement.title),)

    return PlotSpec(
        name=name,
        title=measurement.title,
        unit="%" if is_log else measurement.unit,
        group="Checks",
        curves=curves,
        check=name,
        limits=limits,
        is_log=is_log,
        is_signed=is_signed,
        is_low_bad=measurement.is_low_bad,
        bounds=(0.0, 1.04) if name == OVERLAP else None,
        decimals=1 if is_log or measurement.limit >= FINE_LIMIT else 2,
    )


def _position(column: int) -> Callable[[Analysis | None, Block, int], tuple[Curve, ...]]:
    def curves(_analysis: Analysis | None, block: Block, _track: int) -> tuple[Curve, ...]:
        value = on_frame_axis(block.frame, block.xywh[:, column], COLUMNS[column])
        mean = rolling_mean(value.values)
        title = f"mean of {MEAN_WINDOW} frames"
        return (Curve(title, value.first, mean, is_reference=True), value)

    return curves


def _from_mean(column: int) -> Callable[[Analysis | None, Block, int], tuple[Curve, ...]]:
    def curves(_analysis: Analysis | None, block: Block, _track: int) -> tuple[Curve, ...]:
        value = on_frame_axis(block.frame, block.xywh[:, column], COLUMNS[column])
        away = value.values - rolling_mean(value.values)
        return (Curve(f"{COLUMNS[column]} from its mean", value.first, away),)

    return curves


def _size(_analysis: Analysis | None, block: Block, _track: int) -> tuple[Curve, ...]:
    return (on_frame_axis(block.frame, areas(block.xywh), "Box size"),)


def _size_difference(_analysis: Analysis | None, block: Block, _track: int) -> tuple[Curve, ...]:
    size = on_frame_axis(block.frame, areas(block.xywh), "Size difference")
    return (Curve(size.title, size.first, np.diff(size.values, prepend=np.nan)),)


def _size_percent(_analysis: Analysis | None, block: Block, _track: int) -> tuple[Curve, ...]:
    size = on_frame_axis(block.frame, areas(block.xywh), "Size difference")
    before = np.concatenate([[np.nan], size.values[:-1]]) if len(size.values) else size.values
    with np.errstate(invalid="ignore", divide="ignore"):
        percent = 100.0 * (size.values - before) / before
    percent[~np.isfinite(percent)] = np.nan
    return (Curve(size.title, size.first, percent),)


COLUMNS = ("Left", "Top", "Width", "Height")

OF_BOXES: tuple[PlotSpec, ...] = (
    *(
        PlotSpec(title.lower(), title, "px", "Position and size", _position(column))
        for column, title in enumerate(COLUMNS)
    ),
    *(
        PlotSpec(
            f"{title.lower()}_from_mean",
            f"{title} from its mean",
            "px",
            "Distance from the rolling mean",
            _from_mean(column),
        )
        for column, title in enumerate(COLUMNS)
    ),
    PlotSpec("size", "Box size", "px²", "Box size", _size, decimals=0),
    PlotSpec("size_difference", "Size difference", "px²", "Box size", _size_difference, decimals=0),
    PlotSpec(
        "size_difference_percent",
        "Size difference",
        "%",
        "Box size",
        _size_percent,
        limits=(SIZE_LIMIT_PERCENT, -SIZE_LIMIT_PERCENT),
        is_signed=True,
    ),
)
"""Rows that need no check: what the boxes themselves say."""

SHOWN_AT_FIRST = (OVERLAP, "size_change")


def specs_for(analysis: Analysis | None) -> dict[str, PlotSpec]:
    """Return every row there is, by name: measurements of checks first, then those of boxes."""
    measured = tuple(analysis.measurements.values()) if analysis is not None else ()
    return dict(_specs_of(tuple((one.check, one.limit) for one in measured), measured))


class _Specs:
    """The rows of the checks that were asked about last: several panels ask for every flag."""

    def __init__(self) -> None:
        self._of: tuple[tuple[Check, float], ...] | None = None
        self._specs: dict[str, PlotSpec] = {}

    def __call__(
        self, of: tuple[tuple[Check, float], ...], measured: tuple[Measurement, ...]
    ) -> dict[str, PlotSpec]:
        known = self._of
        if (
            known is None
            or len(known) != len(of)
            or any(
                one[0] is not two[0] or one[1] != two[1] for one, two in zip(known, of, strict=True)
            )
        ):
            specs = [spec_of_measurement(measurement) for measurement in measured]
            self._of, self._specs = of, {spec.name: spec for spec in (*specs, *OF_BOXES)}
        return self._specs


_specs_of = _Specs()
