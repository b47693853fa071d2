"""When to ask about jobs again: politely, and whatever happens to clock, network and sign-in.

Pure arithmetic on two clocks. The monotonic one says how long to wait; the wall clock, compared
with it, tells that the computer slept or that somebody set the time, and then it is asked again
soon instead of hours later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trackproof.handoff.jobs_words import age
from trackproof.storage.s3 import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof.handoff.jobs import Job

SOONEST_S = 15.0
LATEST_S = 300.0
GROWTH = 1.5
"""Waits grow while nothing happens, from a quarter of a minute to five minutes."""
LATEST_IN_TROUBLE_S = 600.0
JITTER = 0.2
"""Share by which every wait differs, so that many windows do not ask at once."""
JUMP_S = 60.0
"""Clocks that differ by more than this did not run side by side."""
AFTER_JUMP_S = 2.0

WAITS_S = {
    Trouble.EXPIRED: 60.0,
    Trouble.NO_CREDENTIALS: 60.0,
    Trouble.REFUSED: 120.0,
    Trouble.DENIED: 300.0,
    Trouble.THROTTLED: 30.0,
    Trouble.NO_NETWORK: 20.0,
}
"""First wait after a failure; doubled with every further one."""
OTHER_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by both clocks, in seconds."""

    monotonic_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known about asking: when it was done last, and when it is due.

    Parameters
    ----------
    asked : Moment
        The last time.
    wait_s : float
        Until the next time, jitter included.
    calm_s : float
        The wait before jitter, which grows.
    failures : int
        How often in a row it went wrong.
    said : str
        What to tell people; empty when all is well.
    seen : tuple
        What every job stood at, to notice changes.
    """

    asked: Moment
    wait_s: float = 0.0
    calm_s: float = SOONEST_S
    failures: int = 0
    said: str = ""
    seen: tuple[tuple[str, str, int, int], ...] = ()

    def due_in_s(self, now: Moment) -> float:
        """Return how long to wait still; 0 for now."""
        return max(self.wait_s - (now.monotonic_s - self.asked.monotonic_s), 0.0)

    def awake(self, now: Moment) -> Watch:
        """Return the watch that is due soon when the clocks ran apart, else the same.

        A computer slept, or somebody set the time: what is on screen may be hours old.
        """
        drift_s = self.jumped_s(now)
        if not drift_s:
            return self
        wait_s = min(self.due_in_s(now), AFTER_JUMP_S)
        said = f"The clock moved by {age(abs(drift_s))}, or the computer slept; asking again"
        return replace(self, asked=now, wait_s=wait_s, calm_s=SOONEST_S, said=said)

    def jumped_s(self, now: Moment) -> float:
        """Return by how much the clocks drifted apart since the last time; 0 when they did not."""
        drift = (now.wall_s - self.asked.wall_s) - (now.monotonic_s - self.asked.monotonic_s)
        return drift if abs(drift) > JUMP_S else 0.0

    def heard(self, jobs: Iterable[Job], now: Moment, *, chance: float) -> Watch:
        """Return the watch after an answer.

        Parameters
        ----------
        chance : float
            Random, 0 to 1: where in the jitter the next wait lies.
        """
        seen = tuple(
            sorted(
                (job.name, str(job.status), job.counters.labeled, job.counters.failed)
                for job in jobs
            )
        )
        is_news = seen != self.seen or bool(self.said)
        calm_s = SOONEST_S if is_news else min(self.calm_s * GROWTH, LATEST_S)
        return Watch(now, _jittered(calm_s, chance), calm_s, seen=seen)

    def failed(self, trouble: Trouble, message: str, now: Moment, *, chance: float) -> Watch:
        """Return the watch after a failure: waits double, and the reason is told."""
        first_s = WAITS_S.get(trouble, OTHER_WAIT_S)
        wait_s = min(first_s * 2.0 ** min(self.failures, 10), LATEST_IN_TROUBLE_S)
        return replace(
            self,
            asked=now,
            wait_s=_jittered(wait_s, chance),
            calm_s=SOONEST_S,
            failures=self.failures + 1,
            said=f"{message}. What you see is what was known before; asking goes on",
        )

    def hurried(self) -> Watch:
        """Return a watch that is due now: somebody asked, or signed in again."""
        return replace(self, wait_s=0.0, calm_s=SOONEST_S)


def _jittered(seconds: float, chance: float) -> float:
    return seconds * (1.0 + JITTER * (2.0 * chance - 1.0))


def news(before: Iterable[Job], after: Iterable[Job]) -> list[str]:
    """Return a sentence for every job that ended between two answers, the newest first."""
    earlier = {job.name: job for job in before}
    told = []
    for job in after:
        was = earlier.get(job.name)
        if was is not None and job.is_final and not was.is_final:
            told.append(f"Job {job.name} {_ended(job)}.")
    return told


def _ended(job: Job) -> str:
    if job.failure:
        return f"failed: {job.failure.rstrip('.')}"
    counts = job.counters
    return f"is {job.standing}: {counts.labeled} of {counts.total} labeled"
