"""Sequences to YOLO folders: lines that nobody edited stay as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.formats.annotations import annotations_at, check_shapes, compared
from trackproof.formats.frame_files import file_names, unchanged_files, write_folder
from trackproof.formats.identities import whole_identities
from trackproof.formats.image_size import SizeUnknown
from trackproof.formats.losses import Loss, LossKind
from trackproof.formats.yolo_config import encode_yaml
from trackproof.formats.yolo_rows import Layout, encode_row
from trackproof.labels import Shape, changed_frames

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.formats.annotations import Annotation
    from trackproof.labels import Labels, Sequence

NAME = "yolo"
SHAPES = frozenset({Shape.BOX, Shape.POLYGON})
LABELS_FOLDER = "labels"


def write_labels(
    path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False
) -> None:
    """Write a folder; one that labels came from is copied, with the lines of edited frames changed.

    Raises
    ------
    FormatError
        When there are other shapes than boxes and polygons, the image size is not known, or the
        files that labels were read from have changed.
    StorageError
        When the folder is taken and ``overwrite`` is not set, or cannot be written.
    """
    check_shapes(labels, SHAPES, title="YOLO")
    source = sequence.source
    if source is None or source.format_name != NAME:
        write_folder(path, _new(sequence, labels), overwrite=overwrite)
        return
    files = unchanged_files(source, sequence.detail["files"])
    changed = changed_frames(sequence.labels, labels).tolist()
    writer = _Writer(sequence, labels, sequence.detail["layout"])
    for frame in changed:
        name = f"{sequence.detail['stems'][frame]}.txt"
        files[name] = writer.patched(files.get(name, b""), frame)
    names = _class_names(labels)
    extra = {"data.yaml": encode_yaml(names, width=writer.width, height=writer.height)}
    in_place = path.resolve() == source.path.resolve()
    if in_place:
        # An earlier save wrote these for boxes that are gone again.
        names_now = (f"{stem}.txt" for stem in sequence.detail["stems"])
        files |= {one: b"" for one in names_now if one not in files and (path / one).is_file()}
    write_folder(path, files if in_place else {**extra, **files}, overwrite=overwrite)


def _new(sequence: Sequence, labels: Labels) -> dict[str, bytes]:
    flat = labels.table.flat
    layout = Layout(bool((flat.track >= 0).any()), "confidence" in flat.rows.columns)
    writer = _Writer(sequence, labels, layout)
    files = {
        "data.yaml": encode_yaml(_class_names(labels), width=writer.width, height=writer.height)
    }
    for frame, name in enumerate(file_names(sequence, ".txt")):
        files[f"{LABELS_FOLDER}/{name}"] = writer.everything(frame)
    return files


def _class_names(labels: Labels) -> list[str]:
    """Return names by class number; numbers that no category has are called so."""
    numbers = _class_numbers(labels)
    names = [f"class {number}" for number in range(max(numbers, default=-1) + 1)]
    for number, category in zip(numbers, labels.categories, strict=True):
        names[number] = category.name
    return names


def _class_numbers(labels: Labels) -> list[int]:
    """Return the class number of every category: the file's own, or a free one below 1,000."""
    taken: dict[int, int] = {}
    for place, category in enumerate(labels.categories):
        text = category.class_id
        if text.isascii() and text.isdigit() and int(text) < 1000:
            taken.setdefault(int(text), place)
    by_place = {place: number for number, place in taken.items()}
    free = iter(range(len(labels.categories) + 1000))
    return [
        by_place[place] if place in by_place else next(n for n in free if n not in taken)
        for place in range(len(labels.categories))
    ]


class _Writer:
    """Turns rows into lines."""

    def __init__(self, sequence: Sequence, labels: Labels, layout: Layout) -> None:
        if not sequence.width or not sequence.height:
            raise SizeUnknown(
                "YOLO keeps places as fractions of the image, and nothing tells the size of these "
                "images"
            )
        self.width, self.height = sequence.width, sequence.height
        self.sequence = sequence
        self.labels = labels
        self.layout = layout
        self.tracks = whole_identities(labels)
        self.classes = _class_numbers(labels)

    def everything(self, frame: int) -> bytes:
        """Return the text of a frame."""
        return b"".join(self._line(one) + b"\n" for one in annotations_at(self.labels, frame))

    def patched(self, data: bytes, frame: int) -> bytes:
        """Return the text of a frame with those lines exchanged that say something else."""
        change = compared(self.sequence.labels, self.labels, frame)
        lines = data.splitlines(keepends=True)
        for source, (_, new) in change.changed.items():
            lines[source] = self._line(new) + b"\n"
        for source in change.removed:
            lines[source] = b""
        if change.added and lines and lines[-1] and not lines[-1].endswith((b"\n", b"\r")):
            lines[-1] += b"\n"
        return b"".join([*lines, *(self._line(one) + b"\n" for one in change.added)])

    def _line(self, one: Annotation) -> bytes:
        return encode_row(
            one,
            number=self.classes[one.category],
            layout=self.layout,
            track=self.tracks[one.track] if one.track >= 0 else None,
            width=self.width,
            height=self.height,
        )


def lost_tracks(sequence: Sequence, labels: Labels) -> tuple[Loss, ...]:
    """Return the identities that files without tracks cannot take up."""
    if sequence.source is None or sequence.source.format_name != NAME:
        return ()
    layout: Layout = sequence.detail["layout"]
    count = 0 if layout.has_track else int((labels.table.flat.track >= 0).sum())
    message = f"{count:,} annotations lose their identity, since the files have no tracks"
    return (Loss(LossKind.IDENTITY, count, message),)
