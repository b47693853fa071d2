"""Open a manifest of clips, or the output folder of a classification job."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from trackproof.clips.categories import categories_of, listed_beside
from trackproof.clips.lines import (
    BOM,
    CLASS,
    FAILURES,
    SOURCE,
    is_clip_line,
    results_of,
)
from trackproof.clips.metadata import class_index, is_confidence, metadata_remarks
from trackproof.clips.model import Clip, ClipSet
from trackproof.clips.responses import read_worker_answers
from trackproof.errors import FormatError, StorageError
from trackproof.formats.ground_truth_manifest import LONGEST_LINE, METADATA
from trackproof.formats.ground_truth_responses import answer_files as found_answers
from trackproof.formats.ground_truth_tolerant import parsed
from trackproof.formats.problems import Problems
from trackproof.progress import NO_PROGRESS
from trackproof.storage import UriMap, read_bytes
from trackproof.storage.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from trackproof.clips.model import Find, WorkerAnswer
    from trackproof.formats.ground_truth_responses import AnswerFile
    from trackproof.progress import Progress

LOOK_AT = 2 * LONGEST_LINE
"""Bytes at the start of a file that are looked at to tell what it is."""
STEP = 2_000
MANIFEST_PLACES = ("manifests/output/output.manifest", "output.manifest", "*.manifest")


def holds_clips(path: Path) -> bool:
    """Return whether a manifest, or the job folder around one, names clips; cheap, never raising.

    The first line that names a clip or a sequence file decides; lines with other addresses do not,
    so that one slip in line 1 does not make a manifest of clips something else.
    """
    try:
        manifest = _manifest_of(path)
        if manifest is None:
            return False
        with manifest.open("rb") as stream:
            head = stream.read(LOOK_AT).removeprefix(BOM)
    except (OSError, ValueError):
        return False
    for text in head.splitlines():
        try:
            document = parsed(text) if text.strip() else None
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            if is_clip_line(document):
                return True
            if str(document.get(SOURCE)).lower().endswith(".json") or "source" in document:
                return False
    return False


def open_clips(
    path: Path,
    *,
    root: Path | None = None,
    attribute: str = "",
    responses: Path | None = None,
    answer_files: Sequence[AnswerFile] | None = None,
    find: Find | None = None,
    progress: Progress = NO_PROGRESS,
) -> ClipSet:
    """Read a manifest of clips.

    Parameters
    ----------
    path : Path
        The manifest, or a job's output folder.
    root : Path or None
        Local folder that stands for S3; the manifest's own folders when left out.
    attribute : str
        Label attribute to show; the newest result when empty.
    responses : Path or None
        Folder above ``annotations/worker-response``; looked for around the manifest when left out.
    answer_files : sequence of AnswerFile or None
        The raw answers themselves, instead of a folder.
    find : callable or None
        Gives the local file of an address instead of ``root``.

    Raises
    ------
    FormatError
        When no line names a clip, or no line holds the attribute asked for.
    StorageError
        When it cannot be read.
    Cancelled
        When ``progress`` says so.
    """
    try:
        manifest = _manifest_of(path)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else error
        raise StorageError(f"cannot be read: {why}", path=path) from error
    if manifest is None:
        raise FormatError("the folder holds no manifest", path=path)
    import hashlib

    data = read_bytes(manifest)
    reader = _Reader(manifest)
    reader.read(data.removeprefix(BOM), progress)
    if not reader.documents:
        wrong = "; ".join(problem.message for problem in reader.problems.listed()[:2])
        raise FormatError(
            f"no line of this manifest names a clip: {wrong or 'empty'}", path=manifest
        )
    attributes = reader.attributes()
    if attribute and attribute not in attributes:
        known = ", ".join(attributes) or "none"
        raise FormatError(
            f"no line holds a classification under {attribute!r}; there are: {known}", path=path
        )
    chosen = attribute or next(iter(attributes), "")
    if answer_files is None:
        job = responses if responses is not None else _job_folder(manifest)
        answer_files = found_answers(job) if job is not None else ()
    answers, workers = read_worker_answers(answer_files, progress=progress)
    clips = tuple(reader.clips(chosen, answers))
    named = reader.metadata(chosen)
    stated = reader.indices(chosen)
    return ClipSet(
        path=manifest,
        digest=hashlib.sha256(data).hexdigest(),
        clips=clips,
        attribute=chosen,
        attributes=attributes,
        categories=categories_of(stated, clips, order=listed_beside(manifest, clips)),
        stated=stated,
        writes_text=reader.writes_text(chosen),
        job_name=_first_text(named, "job-name"),
        kind=_first_text(named, "type"),
        workers=workers,
        problems=reader.problems.listed(),
        find=find or _finder(UriMap(root=root, beside=manifest.parent)),
    )


def _manifest_of(path: Path) -> Path | None:
    """Return the manifest that a path means; in a job's folder, its output before anything else.

    Of several that lie side by side, the first that names clips.
    """
    if not path.is_dir():
        return path
    for place in MANIFEST_PLACES:
        found = sorted(file for file in path.glob(place) if file.is_file())
        if found:
            return next((file for file in found if holds_clips(file)), found[0])
    return None


def _job_folder(manifest: Path) -> Path | None:
    """Return the job's output folder when the manifest lies inside one that holds raw answers."""
    folder = manifest.absolute().parent
    for level in (folder, *list(folder.parents)[:2]):
        if (level / "annotations" / "worker-response").is_dir():
            return level
    return None


def _finder(uris: UriMap) -> Find:
    return uris.find


class _Reader:
    """The lines of a manifest that name clips."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems = Problems(path)
        self.documents: list[tuple[int, Mapping[str, Any]]] = []

    def read(self, data: bytes, progress: Progress) -> None:
        rows = data.splitlines()
        for number, text in enumerate(rows):
            if number % STEP == 0:
                progress.step(number, len(rows))
            if text.strip():
                self._take(number, text)

    def _take(self, number: int, text: bytes) -> None:
        place = f"line {number + 1}"
        try:
            document = parsed(text)
        except (ValueError, RecursionError) as error:
            self.problems.error(
                "lines that are not JSON", f"is not JSON: {str(error)[:200]}", location=place
            )
            return
        if not isinstance(document, dict) or not is_clip_line(document):
            named = document.get(SOURCE) if isinstance(document, dict) else None
            what = f"names {str(named)[:120]}, which is no clip" if named else "names no clip"
            self.problems.error("lines that name no clip", what, location=place)
            return
        if len(text) > LONGEST_LINE and len(text.decode("utf-8", "replace")) > LONGEST_LINE:
            self.problems.add(
                "lines that are too long",
                f"is longer than the {LONGEST_LINE:,} characters that the service takes",
                location=place,
            )
        self.documents.append((number, document))

    def attributes(self) -> tuple[str, ...]:
        """Return the label attributes with a classification, the newest first."""
        newest: dict[str, tuple[str, int]] = {}
        for _, document in self.documents:
            for place, (name, metadata) in enumerate(results_of(document)):
                date = metadata.get("creation-date")
                found = (date if isinstance(date, str) else "", place)
                newest[name] = max(newest.get(name, found), found)
        return tuple(sorted(newest, key=lambda name: newest[name], reverse=True))

    def metadata(self, attribute: str) -> list[Mapping[str, Any]]:
        key = f"{attribute}{METADATA}"
        found = (document.get(key) for _, document in self.documents)
        return [one for one in found if isinstance(one, dict)]

    def writes_text(self, attribute: str) -> bool:
        kinds = Counter(type(document.get(attribute)) for _, document in self.documents)
        return kinds[str] > kinds[int]

    def clips(
        self, attribute: str, answers: Mapping[int, tuple[WorkerAnswer, ...]]
    ) -> Iterable[Clip]:
        times: Counter[str] = Counter()
        for number, document in self.documents:
            source = document[SOURCE]
            times[source] += 1
            if times[source] == 2:
                self.problems.add(
                    "clips that are listed again",
                    f"names {source[:200]} again",
                    location=f"line {number + 1}",
                )
            key = source if times[source] == 1 else f"{source}#{times[source]}"
            metadata = document.get(f"{attribute}{METADATA}")
            result = metadata if isinstance(metadata, dict) else {}
            remarks = metadata_remarks(document, attribute)
            for remark in remarks:
                self.problems.add(
                    "remarks about metadata of clips", remark, location=f"line {number + 1}"
                )
            name = result.get(CLASS, "")
            yield Clip(
                number,
                key,
                source,
                label=name if isinstance(name, str) else "",
                confidence=_confidence(result),
                is_human={"yes": True, "no": False}.get(str(result.get("human-annotated"))),
                failure=next((str(result[key])[:500] for key in FAILURES if key in result), ""),
                answers=answers.get(number, ()),
                remarks=remarks,
            )

    def indices(self, attribute: str) -> dict[str, int]:
        """Return the class index of every class name, as the first line that states it has it."""
        found: dict[str, int] = {}
        for number, document in self.documents:
            metadata, value = document.get(f"{attribute}{METADATA}"), document.get(attribute)
            name = metadata.get(CLASS) if isinstance(metadata, dict) else None
            if not isinstance(name, str) or not name:
                continue
            index = class_index(value)
            if index is not None and found.setdefault(name, index) != index:
                self.problems.add(
                    "labels with two indices",
                    f"{name[:60]} has class index {index} here and {found[name]} before; new "
                    f"labels get {found[name]}",
                    location=f"line {number + 1}",
                )
        return found


def _confidence(result: Mapping[str, Any]) -> float | None:
    value = result.get("confidence")
    if value is None or not is_confidence(value):
        return None
    is_by_one_person = value == 0 and result.get("human-annotated") == "yes"
    return None if is_by_one_person else float(value)


def _first_text(found: Iterable[Mapping[str, Any]], key: str) -> str:
    texts = (one.get(key) for one in found)
    return next((text for text in texts if isinstance(text, str) and text), "")
