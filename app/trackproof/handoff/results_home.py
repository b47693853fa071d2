"""Everything that a round brings home, ready to be looked at and taken over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trackproof.errors import HandoffError
from trackproof.handoff.jobs_fetching import fetch_output, whole
from trackproof.handoff.label_config import Follow
from trackproof.handoff.launching_sources import S3Folder
from trackproof.handoff.merge import MergeBack, merge_back
from trackproof.handoff.outcomes import flag_outcomes
from trackproof.handoff.outcomes_round import judged, round_of, statuses
from trackproof.handoff.plan import PLAN_NAME, read_plan
from trackproof.handoff.responses import read_effort
from trackproof.handoff.results import read_results
from trackproof.handoff.verdicts import without_verdicts, worker_verdicts
from trackproof.progress import NO_PROGRESS
from trackproof.storage import write_atomic
from trackproof.storage.addresses import S3Address
from trackproof.storage.uris import is_s3_uri

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from trackproof import labels as model
    from trackproof.errors import Problem
    from trackproof.handoff.outcomes import FlagOutcome
    from trackproof.handoff.outcomes_round import Round, Status
    from trackproof.handoff.plan import Plan
    from trackproof.handoff.responses import Effort
    from trackproof.handoff.verdicts import WorkerVerdict
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection


@dataclass(frozen=True, slots=True, eq=False)
class Homecoming:
    """What came back from a package's jobs.

    Parameters
    ----------
    plan : Plan
        What was sent.
    merges : mapping of str to MergeBack
        By sequence name.
    said : tuple of WorkerVerdict
        What workers of a verification job said.
    outcomes : tuple of FlagOutcome
        What became of every flag.
    round : Round
        The same in numbers.
    effort : Effort
        How long people took; by person, so not for everybody's eyes.
    problems : tuple of Problem
        What could not be used.
    """

    plan: Plan
    merges: Mapping[str, MergeBack]
    said: tuple[WorkerVerdict, ...]
    outcomes: tuple[FlagOutcome, ...]
    round: Round
    effort: Effort
    problems: tuple[Problem, ...]

    def verdicts(
        self, accepted: Mapping[str, Collection[str]]
    ) -> list[tuple[str, str, Status, str]]:
        """Return sequence, key, status and comment for every flag that has an answer.

        Parameters
        ----------
        accepted : mapping of str to collection of str
            By sequence: object ids whose changes are in the labels now; flags of others are only
            confirmed.
        """
        found: list[tuple[str, str, Status, str]] = []
        for one in self.outcomes:
            taken = accepted.get(one.sequence, ())
            objects = {one.flag.object_id, one.flag.other_object_id} - {""}
            is_in = bool(objects & set(taken)) if objects else bool(taken)
            found += statuses(self.plan, [one], self.said, accepted=is_in)
        return found


def homecoming(
    package: Path,
    results: Path,
    sequences: Iterable[tuple[model.Sequence, model.Labels]],
    *,
    progress: Progress = NO_PROGRESS,
) -> Homecoming:
    """Read what came back and compare it with the labels as they are now.

    Parameters
    ----------
    package : Path
        Folder that was exported.
    results : Path
        A folder of fetched results, an output manifest, or one label file.
    sequences : iterable of (Sequence, Labels)
        What is open, with the labels as they are now.

    Raises
    ------
    HandoffError
        When nothing belongs together.
    Cancelled
        When ``progress`` says so.
    """
    plan = read_plan(package)
    found = read_results(plan, package, results, progress=progress)
    open_now = {sequence.name: (sequence, labels) for sequence, labels in sequences}
    strangers = sorted(found.returned.keys() - open_now.keys())
    if strangers:
        raise HandoffError(
            f"these results are of {strangers[0]!r}, which is not open; open the labels that the "
            "package was made from",
            path=results,
        )
    asked = plan.follow == Follow.VERIFICATION.value
    merges = {}
    for done, (name, returned) in enumerate(found.returned.items()):
        progress.step(done, len(found.returned))
        # Elsewhere an attribute of such a name is the labels' own.
        plain = [without_verdicts(one, plan.questions) if asked else one for one in returned]
        merges[name] = merge_back(*open_now[name], plain)
    every = [one for many in found.returned.values() for one in many]
    said = tuple(worker_verdicts(every, plan.questions)) if asked else ()
    effort = read_effort(results, progress=progress)
    return Homecoming(
        plan=plan,
        merges=merges,
        said=said,
        outcomes=tuple(judged(plan, flag_outcomes(plan, merges), said)),
        round=round_of(plan, merges, windows_back=found.windows(), effort=effort, said=said),
        effort=effort,
        problems=tuple(found.problems),
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Package and results of a round on this computer.

    Parameters
    ----------
    package, results : Path
        What `homecoming` takes.
    problems : tuple of Problem
        What could not be fetched.
    """

    package: Path
    results: Path
    problems: tuple[Problem, ...] = ()


def fetched_places(
    package: str,
    results: str,
    folder: Path,
    connection: Connection | None,
    *,
    progress: Progress = NO_PROGRESS,
) -> Places:
    """Return where package and results are; what lies in S3 is fetched into a folder first.

    Parameters
    ----------
    package, results : str
        Paths, or addresses in S3.
    connection : Connection or None
        Who asks S3; may be None when both are paths.

    Raises
    ------
    HandoffError
        When there is no plan, or no output manifest.
    StorageError
        When S3 cannot be asked, or the disk refuses.
    Cancelled
        When ``progress`` says so.
    """
    home, back = Path(package), Path(results)
    problems: tuple[Problem, ...] = ()
    if connection is not None and is_s3_uri(package):
        home = fetch_package(connection, package, folder / "package")
    if connection is not None and is_s3_uri(results):
        came = fetch_output(
            connection,
            S3Address.parse(results),
            folder / "results",
            attribute=read_plan(home).result_attribute,
            progress=progress,
        )
        back, problems = came.folder, came.problems
    return Places(home, back, problems)


def fetch_package(connection: Connection, address: str, folder: Path) -> Path:
    """Bring the text files of a package in S3 to this computer; pictures stay where they are.

    Raises
    ------
    HandoffError
        When there is no plan.
    AwsError
        When S3 cannot be asked.
    """
    source = S3Folder(connection, address if address.endswith("/") else f"{address}/")
    names = source.names()
    if PLAN_NAME not in names:
        raise HandoffError("there is no plan here, so this is no exported package", path=address)
    base = S3Address.parse(source.address)
    for name in names:
        data = whole(connection, base.joined(name))
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, data, overwrite=True)
    return folder
