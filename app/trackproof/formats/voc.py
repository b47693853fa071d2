"""Pascal VOC: a folder of XML files, one per frame."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError
from trackproof.formats.drawn_rows import DrawnRows, categories_of
from trackproof.formats.frame_files import hash_of, natural_order, numbers_of
from trackproof.formats.losses import ANY, Holds
from trackproof.formats.model import Format, Opened
from trackproof.formats.problems import Problems
from trackproof.formats.voc_reading import VocFile, elements_of, take_objects
from trackproof.formats.voc_writing import NAME, SHAPES, lost_types, write_folder_of
from trackproof.formats.xml_stream import PROLOG
from trackproof.labels import Labels, Sequence, Source
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from trackproof.progress import Progress

HEAD = 4096
FOLDER = "Annotations"
_ROOT = re.compile(PROLOG + rb"<annotation[\s>]", re.DOTALL)


def _sniff(path: Path) -> bool:
    try:
        folder = _folder(path)
        first = next(iter(_files(folder)), None) if folder else None
        return first is not None and _looks_right(first)
    except OSError:
        return False


def _folder(path: Path) -> Path | None:
    """Return the folder with the files; one of the files stands for its folder."""
    if not path.is_dir():
        is_one = path.suffix.lower() == ".xml" and path.is_file() and _looks_right(path)
        return path.parent if is_one else None
    inner = path / FOLDER
    return inner if inner.is_dir() else path


def _looks_right(path: Path) -> bool:
    with path.open("rb") as stream:
        return bool(_ROOT.match(stream.read(HEAD)))


def _files(folder: Path) -> list[Path]:
    found = (one for one in folder.glob("*.xml") if one.is_file())
    return sorted(found, key=lambda one: natural_order(one.name))


def _read(path: Path, *, root: Path | None, progress: Progress) -> Opened:  # noqa: ARG001
    folder = _folder(path) or path
    problems = Problems(folder)
    rows = DrawnRows()
    contents: dict[str, bytes] = {}
    read: list[tuple[str, VocFile]] = []
    files = _files(folder)
    for done, file in enumerate(files):
        progress.step(done, len(files))
        data = read_bytes(file)
        try:
            found = elements_of(data, file)
        except FormatError as error:
            place = ", ".join(filter(None, [file.name, error.location]))
            problems.error(
                "files that cannot be read", f"{error.message}; left out", location=place
            )
            continue
        contents[file.name] = data
        take_objects(found, rows, len(read), name=file.name, problems=problems)
        found.objects = []
        read.append((file.stem, found))
    progress.step(1, 1)
    if not read:
        wrong = problems.listed()[0] if len(problems) else None
        raise FormatError(
            wrong.message if wrong else "holds no file of Pascal VOC",
            path=folder,
            location=wrong.location if wrong else None,
        )
    return Opened((_sequence(folder, rows, contents, read, problems),), (), path, NAME)


def _sequence(
    folder: Path,
    rows: DrawnRows,
    contents: dict[str, bytes],
    read: list[tuple[str, VocFile]],
    problems: Problems,
) -> Sequence:
    table, task = rows.table(problems)
    count = len(read)
    sizes = {(one.width, one.height) for _, one in read} - {(None, None)}
    if len(sizes) > 1:
        problems.add("image sizes", f"the files state {len(sizes)} image sizes; none is used")
    width, height = next(iter(sizes)) if len(sizes) == 1 else (None, None)
    here = folder.absolute()
    return Sequence(
        name=here.parent.name if here.name == FOLDER else here.name,
        frame_names=tuple(
            PurePosixPath(one.filename.replace("\\", "/")).name or f"{stem}.jpg"
            for stem, one in read
        ),
        frame_numbers=numbers_of([stem for stem, _ in read]),
        labels=Labels(table, categories_of(rows), np.ones(count, dtype=np.bool_)),
        task=task,
        width=width,
        height=height,
        source=Source(
            path=folder,
            uri=str(folder),
            sha256=hash_of(contents.items()),
            format_name=NAME,
            frame_spans=np.full((count, 2), -1, dtype=np.int64),
        ),
        frames_hint="JPEGImages",
        problems=problems.listed(),
        detail={"files": tuple(contents)},
    )


FORMAT = Format(
    name=NAME,
    title="Pascal VOC",
    description="a folder of XML files, one per frame",
    extensions=(),
    sniff=_sniff,
    read=_read,
    write=write_folder_of,
    holds=Holds(
        shapes=SHAPES,
        text_ids=True,
        attributes=ANY,
        frame_names=True,
        extra=lost_types,
    ),
)
