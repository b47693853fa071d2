"""The words of checking: check, measurement, finding, flag."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene
    from trackproof.labels import Shape

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]

Box: TypeAlias = tuple[float, float, float, float]

NOTHING_LATE: Mapping[int, Any] = MappingProxyType({})
"""No track waits to be measured again."""

NO_TRACK = -1
"""``other_track`` of a finding that concerns one track only."""


class FlagKind(StrEnum):
    """What kind of mistake a flag suspects; every kind has a glyph in the window."""

    GAP = "gap"
    SIZE = "size"
    SHIFT = "shift"
    IDENTITY = "identity"
    DUPLICATE = "duplicate"
    CATEGORY = "category"
    DRIFT = "drift"
    TRACK = "track"
    SAMPLE = "sample"
    SHAPE = "shape"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a check that people may change.

    Parameters
    ----------
    name : str
        Key in a profile; ``limit`` is the value at which a score is 1.0.
    default : float
        Value when no profile says otherwise.
    description : str
        One sentence for the settings page.
    unit : str
        Shown behind the number; empty for a bare number.
    minimum, maximum : float
        Inclusive limits of the settings page.
    """

    name: str
    default: float
    description: str
    unit: str = ""
    minimum: float = 0.0
    maximum: float = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Places that a check names, as columns; every column has one value per place.

    Parameters
    ----------
    track, other_track : (m,) int32
        Track concerned and its partner (`NO_TRACK` when there is none).
    frame, frame_start, frame_end : (m,) int32
        Worst frame and the first and last frame to look at, inclusive.
    value : (m,) float64
        What the check measured there, in the check's unit.
    expected_xywh : (m, 4) float64 or None
        The box that the evidence predicts at ``frame``, pixels; NaN where it predicts none.
    support : (m,) float64 or None
        How sure the evidence is, 0..1; None means 1. Ranking lowers what is badly supported.
    detail : mapping of str to (m,) array
        More columns that ``Check.explain`` puts into words.
    """

    track: Ints
    other_track: Ints
    frame: Ints
    frame_start: Ints
    frame_end: Ints
    value: Values
    expected_xywh: Values | None = None
    support: Values | None = None
    detail: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.track)

    @classmethod
    def at(
        cls,
        track: npt.ArrayLike,
        frame: npt.ArrayLike,
        value: npt.ArrayLike,
        *,
        frame_start: npt.ArrayLike | None = None,
        frame_end: npt.ArrayLike | None = None,
        other_track: npt.ArrayLike | None = None,
        expected_xywh: Values | None = None,
        support: Values | None = None,
        detail: Mapping[str, npt.NDArray[Any]] | None = None,
    ) -> Events:
        """Return events; a range that is not given is the frame itself."""
        frames = np.asarray(frame, dtype=np.int32)
        others = np.full(len(frames), NO_TRACK) if other_track is None else other_track
        return cls(
            track=np.asarray(track, dtype=np.int32),
            other_track=np.asarray(others, dtype=np.int32),
            frame=frames,
            frame_start=frames if frame_start is None else np.asarray(frame_start, np.int32),
            frame_end=frames if frame_end is None else np.asarray(frame_end, np.int32),
            value=np.asarray(value, dtype=np.float64),
            expected_xywh=expected_xywh,
            support=support,
            detail=detail or {},
        )

    @classmethod
    def none(cls) -> Events:
        """Return no events."""
        return cls.at([], [], [])

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Events:
        """Return the events of the given rows."""
        return Events(
            track=self.track[rows],
            other_track=self.other_track[rows],
            frame=self.frame[rows],
            frame_start=self.frame_start[rows],
            frame_end=self.frame_end[rows],
            value=self.value[rows],
            expected_xywh=None if self.expected_xywh is None else self.expected_xywh[rows],
            support=None if self.support is None else self.support[rows],
            detail={key: column[rows] for key, column in self.detail.items()},
        )


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What one run of a check says.

    Parameters
    ----------
    values : (rows,) float64
        One value per row of the scene; NaN = not defined there.
    events : Events or None
        Places to judge against the limit. None: every row is a place, at its own frame.
    """

    values: Values
    events: Events | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One way to find mistakes: a module holds it as ``CHECK``.

    Parameters
    ----------
    name : str
        Unique key, also in profiles and reports.
    title : str
        What people read.
    description : str
        One or two sentences: what it measures, and what a high value means.
    unit : str
        Of its values, for axes; empty for a bare number.
    kind : FlagKind
        What its findings suspect.
    run : callable
        ``run(scene, parameters) -> Measured``. Pure: the same input gives the same answer.
    explain : callable
        ``explain(value, detail) -> str``: the evidence in words, for one event; ``detail`` holds
        one value of each of the event's extra columns.
    parameters : tuple of Parameter
        What people may change; one is called ``limit``.
    is_low_bad : bool
        True for measures such as IoU where 1 is perfect and low is suspicious.
    is_signed : bool
        True when values have a sign and their size is what matters.
    needs_frames : bool
        True when it reads pixels; such checks run only when frames are given.
    needs_shapes : tuple of Shape
        Kinds of annotations that it measures; it runs only where labels hold one of them. Empty
        for checks of all labels.
    compares_tracks : bool
        True when its events depend on other tracks too. After an edit it runs on the touched
        tracks with all others in sight; ``scene.is_focus`` says which rows were touched.
    explains_range : bool
        True when what other checks find inside its range is the same mistake (trembling, say).
    tells : int
        How much its words tell, 0 to 2. Findings that become one flag agree on a mistake; the one
        that tells most and is strong gives the flag its kind, its frames and its expected box.
    joins_runs : bool
        True when findings that follow each other within a few frames are one thing to look at.
    is_ranked : bool
        False for measurements that timelines show and that raise no flags.
    """

    name: str
    title: str
    description: str
    unit: str
    kind: FlagKind
    run: Callable[[Scene, Mapping[str, float]], Measured]
    explain: Callable[[float, Mapping[str, Any]], str]
    parameters: tuple[Parameter, ...]
    is_low_bad: bool = False
    is_signed: bool = False
    needs_frames: bool = False
    needs_shapes: tuple[Shape, ...] = ()
    compares_tracks: bool = False
    explains_range: bool = False
    tells: int = 0
    joins_runs: bool = False
    is_ranked: bool = True

    def __post_init__(self) -> None:
        if not any(parameter.name == "limit" for parameter in self.parameters):
            raise ValueError(f"check {self.name} has no parameter called limit")

    def defaults(self) -> dict[str, float]:
        """Return the default of every parameter."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def score(self, values: Values, limit: float) -> Values:
        """Return scores: 1.0 at the limit, more beyond it, NaN where values are.

        Low-is-bad values are scored by their distance from 1 (a perfect overlap).
        """
        if self.is_low_bad:
            return (1.0 - values) / max(1.0 - limit, 1e-9)
        sizes = np.abs(values) if self.is_signed else values
        return sizes / max(limit, 1e-9)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's word on one place of one track.

    Parameters
    ----------
    check : str
        Name of the check.
    track, other_track : int
        Track numbers; `NO_TRACK` when there is no partner.
    frame, frame_start, frame_end : int
        Worst frame, first and last frame concerned (inclusive frame indices).
    score : float
        1.0 = the check's limit.
    value : float
        In the check's unit.
    evidence : str
        In words.
    expected_xywh : tuple of float or None
        The box that the evidence predicts at ``frame``.
    support : float
        How sure the evidence is, 0..1.
    """

    check: str
    track: int
    frame: int
    frame_start: int
    frame_end: int
    score: float
    value: float
    evidence: str
    expected_xywh: Box | None = None
    other_track: int = NO_TRACK
    support: float = 1.0


@dataclass(frozen=True, slots=True)
class Flag:
    """A unit of review: findings of one track at neighbouring frames, merged.

    Parameters
    ----------
    key : str
        Stable across re-checks.
    kind : FlagKind
        Of the finding that weighs most.
    track, other_track : int
        Track numbers; `NO_TRACK` when there is no partner.
    frame, frame_start, frame_end : int
        Worst frame, first and last frame to look at. Of a long run of like mistakes that is the
        frame that shows it best; see ``extent`` for the whole run.
    score : float
        Higher = review first; the calibrated odds that a verifier would change something.
    checks : tuple of str
        Names of the checks that agree, strongest first.
    evidence : str
        One sentence.
    expected_xywh : tuple of float or None
        The box predicted at ``frame``.
    findings : tuple of Finding
        What it was merged from, strongest first.
    proposals : tuple
        Candidate repairs (edits), best first; empty until they are asked for.
    """

    key: str
    kind: FlagKind
    track: int
    frame: int
    frame_start: int
    frame_end: int
    score: float
    checks: tuple[str, ...]
    evidence: str
    findings: tuple[Finding, ...]
    expected_xywh: Box | None = None
    other_track: int = NO_TRACK
    proposals: tuple[Any, ...] = ()

    @property
    def extent(self) -> tuple[int, int]:
        """First and last frame of the mistake itself, as the strongest finding has it.

        A flag that a person raised has no finding: it means the frames that they named.
        """
        if not self.findings:
            return self.frame_start, self.frame_end
        best = self.findings[0]
        return best.frame_start, best.frame_end

    @property
    def probability(self) -> float:
        """Chance, 0..1, that a verifier would change something here."""
        return self.score / (1.0 + self.score)


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """What timelines draw: one check's value on every row.

    Parameters
    ----------
    check : Check
        Whose values these are.
    limit : float
        The line beyond which a value is suspicious.
    frames : (n,) int32
        Frame of every row, track after track.
    values : (n,) float64
        NaN = not defined.
    slices : mapping of int to (int, int)
        First row and end of every track.
    replaced : mapping of int to (frames, values) or None
        Tracks that were checked again since (None: the track has no rows any more).
    late : mapping of int to (frames, values)
        Tracks that share places with edited ones, measured again when somebody asks for them.
    """

    check: Check
    limit: float
    frames: Ints
    values: Values
    slices: Mapping[int, tuple[int, int]]
    replaced: Mapping[int, tuple[Ints, Values] | None] = field(default_factory=dict)
    late: Mapping[int, tuple[Ints, Values]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The check's name."""
        return self.check.name

    @property
    def title(self) -> str:
        """What people read above the plot."""
        return self.check.title

    @property
    def unit(self) -> str:
        """Unit of the values."""
        return self.check.unit

    @property
    def is_low_bad(self) -> bool:
        """Whether values under the limit are the suspicious ones."""
        return self.check.is_low_bad

    def of(self, track: int) -> tuple[Ints, Values]:
        """Return frames and values of one track, by ascending frame; empty when it has no rows."""
        if track in self.late:
            return self.late[track]
        if track in self.replaced:
            again = self.replaced[track]
            return again if again is not None else (self.frames[:0], self.values[:0])
        first, end = self.slices.get(track, (0, 0))
        return self.frames[first:end], self.values[first:end]

    def replacing(
        self,
        tracks: Mapping[int, tuple[Ints, Values] | None],
        *,
        late: Mapping[int, tuple[Ints, Values]] = NOTHING_LATE,
    ) -> Measurement:
        """Return the measurement with some tracks measured again, and others to be."""
        replaced = {**self.replaced, **tracks} if tracks else self.replaced
        return Measurement(
            self.check, self.limit, self.frames, self.values, self.slices, replaced, late
        )

    def tracks(self) -> tuple[int, ...]:
        """Return the numbers of all tracks with rows, ascending."""
        kept = {track for track in self.slices if track not in self.replaced}
        kept.update(track for track, again in self.replaced.items() if again is not None)
        return tuple(sorted(kept))
