"""MOTChallenge: text files of boxes, and the folders that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.errors import FormatError, Problem, Severity, StorageError
from trackproof.formats.losses import ANY, Holds
from trackproof.formats.model import Format, Opened
from trackproof.formats.motchallenge_reading import NAME, SequenceInfo, read_info, read_text
from trackproof.formats.motchallenge_text import looks_like_rows
from trackproof.formats.motchallenge_writing import lost_columns, write_text
from trackproof.formats.problems import Problems

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.labels import Sequence
    from trackproof.progress import Progress

HEAD = 4096
_TEXTS = ("gt/gt.txt", "det/det.txt", "gt.txt", "det.txt")
INFO_NAME = "seqinfo.ini"


def _sniff(path: Path) -> bool:
    try:
        if path.is_dir():
            return bool(_texts(path))
        if path.name == INFO_NAME:
            return _text_in(path.parent) is not None
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError:
        return False
    return looks_like_rows(head.removeprefix(b"\xef\xbb\xbf"))


def _read(path: Path, *, root: Path | None, progress: Progress) -> Opened:  # noqa: ARG001
    if path.name == INFO_NAME and path.is_file():
        text = _text_in(path.parent)
        texts = [text] if text else []
    else:
        texts = _texts(path) if path.is_dir() else [path]
    sequences: list[Sequence] = []
    problems: list[Problem] = []
    for place, text in enumerate(texts):
        progress.step(place, len(texts))
        try:
            sequences.append(_sequence(text))
        except (FormatError, StorageError) as error:
            if len(texts) == 1:
                raise
            problems.append(
                Problem(
                    error.message, str(error.path or text), error.location or "", Severity.ERROR
                )
            )
    progress.step(len(texts), len(texts))
    if not sequences:
        raise FormatError("no sequence in it can be read", path=path)
    return Opened(tuple(sequences), tuple(problems), path, NAME)


def _sequence(text: Path) -> Sequence:
    problems = Problems(text)
    folder = text.absolute().parent
    if folder.name in ("gt", "det"):
        folder = folder.parent
    file = folder / INFO_NAME
    told = Problems(file)
    info = read_info(file, told) if file.is_file() else SequenceInfo()
    problems.absorb(told)
    if text.name == "gt.txt" and (folder / "det" / "det.txt").is_file():
        problems.add(
            "detections beside truth",
            "the folder holds gt and det; gt is shown, and det/det.txt can be opened by itself",
            severity=Severity.NOTE,
        )
    is_plain = text.name in ("gt.txt", "det.txt")
    name = info.name or (folder.name if is_plain else text.stem)
    return read_text(text, info, name=name, problems=problems)


def _texts(folder: Path) -> list[Path]:
    """Return the text of a sequence folder, or those of the sequence folders inside."""
    own = _text_in(folder)
    if own is not None:
        return [own]
    inside = [_text_in(path) for path in sorted(folder.iterdir()) if path.is_dir()]
    return [text for text in inside if text is not None]


def _text_in(folder: Path) -> Path | None:
    for name in _TEXTS:
        if (folder / name).is_file():
            return folder / name
    return None


FORMAT = Format(
    name=NAME,
    title="MOTChallenge",
    description="gt.txt or det.txt, alone or in folders with seqinfo.ini",
    extensions=(".txt", ".ini"),
    sniff=_sniff,
    read=_read,
    write=write_text,
    holds=Holds(columns=ANY, rate=True, extra=lost_columns),
)
