"""YOLO with tracks: a folder of text files, one per frame, and the names of its classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError
from trackproof.formats.drawn_rows import DrawnRows, categories_of
from trackproof.formats.frame_files import (
    hash_of,
    natural_order,
    numbers_of,
)
from trackproof.formats.image_size import ENDINGS, SizeUnknown, StatedSizes, image_size
from trackproof.formats.losses import Holds
from trackproof.formats.model import Format, Opened
from trackproof.formats.problems import Problems
from trackproof.formats.yolo_config import (
    TEXT_NAMES,
    YAML_NAMES,
    YoloConfig,
    find_config,
)
from trackproof.formats.yolo_rows import Layout, WrongLine, layout_of, row_of
from trackproof.formats.yolo_writing import (
    LABELS_FOLDER,
    NAME,
    SHAPES,
    lost_tracks,
    write_labels,
)
from trackproof.labels import Category, Labels, Sequence, Source
from trackproof.storage import read_bytes
from trackproof.storage.backups import is_backup

if TYPE_CHECKING:
    from trackproof.progress import Progress

HEAD = 4096
IMAGES_FOLDER = "images"
_CONFIGS = frozenset({*YAML_NAMES, *TEXT_NAMES})
_PLACES = (LABELS_FOLDER, f"{LABELS_FOLDER}/*")


def _sniff(path: Path) -> bool:
    try:
        return bool(_label_folders(_base(path)))
    except OSError:
        return False


def _base(path: Path) -> Path:
    """Return the folder of a data set, also for its ``data.yaml`` or ``classes.txt``."""
    return path.parent if path.is_file() and path.name in _CONFIGS else path


def _label_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    for place in _PLACES:
        found = sorted(one for one in folder.glob(place) if one.is_dir() and not is_backup(one))
        right = [one for one in found if _holds_labels(one)]
        if right:
            return right
    return [folder] if _holds_labels(folder) else []


def _texts(folder: Path) -> list[Path]:
    found = (one for one in folder.glob("*.txt") if one.name not in _CONFIGS and one.is_file())
    return sorted(found, key=lambda one: natural_order(one.name))


def _holds_labels(folder: Path) -> bool:
    """Return whether the first text with any content is rows of YOLO."""
    for path in _texts(folder):
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        for line in head.splitlines():
            if line.strip():
                return _is_row(line)
    return False


def _is_row(line: bytes) -> bool:
    if len(line.split(maxsplit=5)) < 5:
        return False
    try:
        row = row_of(line, layout_of([line]), width=1, height=1)
    except WrongLine:
        return False
    return all(abs(side) <= 2.0 for side in row.xywh)


def _read(path: Path, *, root: Path | None, progress: Progress) -> Opened:
    return _read_with(path, root=root, progress=progress, sizes=StatedSizes())


def _read_sized(path: Path, *, root: Path | None, progress: Progress, sizes: StatedSizes) -> Opened:
    return _read_with(path, root=root, progress=progress, sizes=sizes)


def _read_with(
    path: Path,
    *,
    root: Path | None,  # noqa: ARG001
    progress: Progress,
    sizes: StatedSizes,
) -> Opened:
    base = _base(path)
    sequences = []
    for folder in _label_folders(base):
        config = find_config(folder)
        config = config if config.path else find_config(base)
        sequences.append(_Reader(folder, base, config, sizes).sequence(progress))
    if not sequences:
        raise FormatError("holds no labels of YOLO", path=path)
    return Opened(tuple(sequences), (), path, NAME)


@dataclass
class _Reader:
    """Reads one folder of texts."""

    folder: Path
    base: Path
    config: YoloConfig
    sizes: StatedSizes
    rows: DrawnRows = field(default_factory=DrawnRows)

    def sequence(self, progress: Progress) -> Sequence:
        problems = Problems(self.folder)
        texts = _texts(self.folder)
        contents = {}
        for done, path in enumerate(texts):
            progress.step(done, len(texts))
            contents[path.name] = read_bytes(path)
        images = _images(self.folder, self.base)
        width, height = self._size(images)
        layout = layout_of(
            line for data in contents.values() for line in data.splitlines() if line.strip()
        )
        stems = {Path(name).stem for name in contents} | images.keys()
        frames = sorted(stems, key=natural_order)
        for frame, stem in enumerate(frames):
            data = contents.get(f"{stem}.txt", b"")
            self._take(data, frame, f"{stem}.txt", layout, problems, width=width, height=height)
        progress.step(1, 1)
        names = self._categories()
        table, task = self.rows.table(problems)
        listed = np.array([f"{stem}.txt" in contents for stem in frames], dtype=np.bool_)
        return Sequence(
            name=self._name(),
            frame_names=tuple(
                images[one].name if one in images else f"{one}.jpg" for one in frames
            ),
            frame_numbers=numbers_of(frames),
            labels=Labels(table, categories_of(self.rows, names), listed),
            task=task,
            width=width,
            height=height,
            source=Source(
                path=self.folder,
                uri=str(self.folder),
                sha256=hash_of(contents.items()),
                format_name=NAME,
                frame_spans=np.full((len(frames), 2), -1, dtype=np.int64),
            ),
            frames_hint=str(next(iter(images.values())).parent) if images else "",
            problems=problems.listed(),
            detail={
                "files": tuple(contents),
                "stems": tuple(frames),
                "layout": layout,
                "config": self.config.path,
            },
        )

    def _name(self) -> str:
        folder = self.folder.absolute()
        return folder.parent.name if folder.name == LABELS_FOLDER else folder.name

    def _size(self, images: dict[str, Path]) -> tuple[int, int]:
        if self.config.width and self.config.height:
            return self.config.width, self.config.height
        for path in list(images.values())[:3]:
            size = image_size(path)
            if size is not None:
                return size
        stated = self.sizes.of(self._name())
        if stated is not None:
            return stated
        raise SizeUnknown(
            "places are fractions of the image here, and nothing tells its size; put the images "
            "beside the labels, or add width and height to data.yaml",
            path=self.folder,
        )

    def _take(
        self,
        data: bytes,
        frame: int,
        name: str,
        layout: Layout,
        problems: Problems,
        *,
        width: int,
        height: int,
    ) -> None:
        for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines()):
            if not line.strip():
                continue
            try:
                row = row_of(line, layout, width=width, height=height)
            except WrongLine as wrong:
                problems.error(
                    "lines that are no rows",
                    f"{wrong}; left out",
                    location=f"{name}, line {number + 1}",
                )
                continue
            confidence = row.confidence
            self.rows.add(
                frame,
                category=self.config.names.get(row.number, f"class {row.number}"),
                xywh=row.xywh,
                shape=row.shape,
                vertices=row.vertices,
                object_id=row.track,
                source=number,
                numbers={} if confidence is None else {"confidence": confidence},
            )

    def _categories(self) -> dict[str, Category]:
        names = {
            name: Category(name, str(number))
            for number, name in reversed(list(self.config.names.items()))
        }
        for key in self.rows.categories:
            if key not in names:
                names[key] = Category(key, key.removeprefix("class "))
        return names


def _images(folder: Path, base: Path) -> dict[str, Path]:
    """Return the images of a label folder by stem: beside it under ``images``, or inside."""
    inner = folder.relative_to(base).parts[1:]
    for place in (base.joinpath(IMAGES_FOLDER, *inner), folder.parent / IMAGES_FOLDER, folder):
        if place.is_dir():
            found = [one for one in place.iterdir() if one.suffix.lower() in ENDINGS]
            if found:
                return {one.stem: one for one in sorted(found)}
    return {}


FORMAT = Format(
    name=NAME,
    title="YOLO",
    description="a folder of labels, one text file per frame, with data.yaml or classes.txt",
    extensions=(".yaml", ".yml"),
    sniff=_sniff,
    read=_read,
    write=write_labels,
    holds=Holds(
        shapes=SHAPES,
        columns=frozenset({"confidence"}),
        length=True,
        frame_names=True,
        extra=lost_tracks,
    ),
    read_sized=_read_sized,
)
