"""Find what came back from a job: label files, and the windows that they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trackproof.errors import HandoffError, Problem, Severity, TrackproofError
from trackproof.handoff.addresses import PLACEHOLDER_BUCKET
from trackproof.handoff.manifest_rules import Line, manifest_problems
from trackproof.handoff.merge import Returned
from trackproof.handoff.package import LABELS_NAME, MANIFEST_NAME, SEQUENCE_NAME
from trackproof.handoff.words import counted
from trackproof.progress import NO_PROGRESS
from trackproof.storage import UriMap, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from trackproof import labels as model
    from trackproof.handoff.plan import Plan, PlannedWindow
    from trackproof.progress import Progress

    _Found = tuple[PlannedWindow, Path, Mapping[str, str]]


@dataclass(slots=True)
class Results:
    """What came back, by sequence name.

    Parameters
    ----------
    returned : dict of str to list of Returned
        Windows with their labels.
    problems : list of Problem
        What could not be used.
    """

    returned: dict[str, list[Returned]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def windows(self) -> int:
        """Return how many windows came back."""
        return sum(map(len, self.returned.values()))


def read_results(
    plan: Plan, package: Path, results: Path, *, progress: Progress = NO_PROGRESS
) -> Results:
    """Read the results of a package's jobs.

    Parameters
    ----------
    package : Path
        Folder of the package, with what was sent.
    results : Path
        A downloaded output folder, an output manifest, or one label file.

    Raises
    ------
    HandoffError
        When nothing in the results belongs to the package.
    Cancelled
        When ``progress`` says so.
    """
    if not results.exists():
        raise HandoffError("there is no such file or folder", path=results)
    found = Results()
    files = _label_files(plan, package, results, found)
    sent_classes = _sent_classes(plan, package)
    for done, (window, file, classes) in enumerate(files):
        progress.step(done, len(files))
        names = sent_classes.get((window.job, window.line), {})
        try:
            sent = _named(_read_one(package / window.folder / LABELS_NAME), names)
            result = _named(_read_one(file), {**names, **classes})
        except TrackproofError as error:
            found.problems.append(Problem(error.message, str(file), "", Severity.ERROR))
            continue
        listed = _listed_names(result)
        strangers = len(listed - set(window.frame_names))
        if strangers:
            text = f"{counted(strangers, 'frame')} left out, not being of {window.folder}"
            found.problems.append(Problem(text, str(file)))
        if strangers < len(listed) or not listed:
            found.returned.setdefault(window.sequence, []).append(Returned(window, sent, result))
    if not found.windows():
        said = "; ".join(str(problem) for problem in found.problems[:3])
        raise HandoffError(
            f"nothing here came back from this package{': ' if said else ''}{said}", path=results
        )
    return found


def _read_one(file: Path) -> model.Sequence:
    from trackproof.formats import open_labels

    return open_labels(file).sequences[0]


def _listed_names(sequence: model.Sequence) -> set[str]:
    """Return the frames that a file lists; names of those between them are only made up."""
    listed = sequence.labels.listed.tolist()
    return {name for name, is_listed in zip(sequence.frame_names, listed, strict=True) if is_listed}


def _named(sequence: model.Sequence, class_map: Mapping[str, str]) -> model.Sequence:
    """Return a sequence whose categories are called as a manifest calls their classes."""
    categories = tuple(
        replace(category, name=class_map.get(category.class_id, category.name))
        for category in sequence.labels.categories
    )
    return replace(sequence, labels=replace(sequence.labels, categories=categories))


def _sent_classes(plan: Plan, package: Path) -> dict[tuple[int, int], Mapping[str, str]]:
    """Return the class map of every window that was sent, by job and line."""
    found = {}
    for job in sorted({window.job for window in plan.windows}):
        manifest = package / f"job-{job}" / MANIFEST_NAME
        _, lines = manifest_problems(read_bytes(manifest), path=str(manifest))
        for line in lines:
            found[job, line.number - 1] = _class_map(line, plan.audit_attribute)
    return found


def _class_map(line: Line, name: str) -> Mapping[str, str]:
    class_map = line.results[name][1].get("class-map") if name in line.results else None
    return class_map if isinstance(class_map, dict) else {}


def _label_files(plan: Plan, package: Path, results: Path, found: Results) -> list[_Found]:
    """Return the label file of every window that came back.

    Manifests name them; without one, the names of their frames tell.
    """
    inside = package.resolve()
    manifests = [results] if results.is_file() else _outside(results.rglob("*.manifest"), inside)
    manifests = [file for file in manifests if file.suffix != ".json"]
    files: dict[int, _Found] = {}
    for manifest in manifests:
        problems, lines = manifest_problems(read_bytes(manifest), path=str(manifest))
        found.problems += [one for one in problems if one.severity is Severity.ERROR]
        for line in lines:
            _from_line(plan, line, manifest, results, files, found)
    if not files:
        single = [results] if results.suffix == ".json" else []
        for file in single or _outside(results.rglob(LABELS_NAME), inside):
            _from_frames(plan, file, files, found)
    return [files[number] for number in sorted(files)]


def _outside(files: Iterable[Path], folder: Path) -> list[Path]:
    """Return the files that are not the package's own."""
    return sorted(file for file in files if not file.resolve().is_relative_to(folder))


def _from_line(
    plan: Plan,
    line: Line,
    manifest: Path,
    results: Path,
    files: dict[int, _Found],
    found: Results,
) -> None:
    place = f"line {line.number}"
    number = next(
        (
            number
            for number, window in enumerate(plan.windows)
            if line.source_ref.endswith(f"/{window.folder}/{SEQUENCE_NAME}")
        ),
        None,
    )
    if number is None:
        return
    if _is_of_another(plan, line):
        text = (
            f"{line.source_ref} lies outside {plan.destination}, where this package is; these may "
            "be the results of another round"
        )
        found.problems.append(Problem(text, str(manifest), place))
    names = [plan.result_attribute, *line.results]
    name = next((n for n in names if n in line.results and n != plan.audit_attribute), None)
    if name is None:
        found.problems.append(Problem("not labelled yet", str(manifest), place))
        return
    uri = line.results[name][0]
    root = results if results.is_dir() else None
    try:
        file = UriMap(root=root, beside=manifest.parent).find(uri)
    except TrackproofError as error:
        found.problems.append(Problem(error.message, str(manifest), place, Severity.ERROR))
        return
    if file is None:
        found.problems.append(Problem(f"{uri} is not here", str(manifest), place, Severity.ERROR))
        return
    files[number] = (plan.windows[number], file, _class_map(line, name))


def _is_of_another(plan: Plan, line: Line) -> bool:
    """Return whether a line names a place that this package, which has one, does not.

    Windows of two rounds are called alike; only where they are tells them apart.
    """
    is_known = bool(plan.destination) and PLACEHOLDER_BUCKET not in plan.destination
    return is_known and not line.source_ref.startswith(plan.destination)


def _from_frames(plan: Plan, file: Path, files: dict[int, _Found], found: Results) -> None:
    try:
        names = _listed_names(_read_one(file))
    except TrackproofError as error:
        found.problems.append(Problem(error.message, str(file), "", Severity.ERROR))
        return
    fitting = [
        number
        for number, window in enumerate(plan.windows)
        if names and names <= set(window.frame_names)
    ]
    if len(fitting) != 1:
        said = "no window" if not fitting else f"{len(fitting)} windows"
        text = f"the frames are those of {said}; give the output manifest"
        found.problems.append(Problem(text, str(file), "", Severity.ERROR))
        return
    files[fitting[0]] = (plan.windows[fitting[0]], file, {})
