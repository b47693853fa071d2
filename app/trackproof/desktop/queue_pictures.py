"""The queue as a folder of pictures: every flag on its frame, its crops over time, and an index."""

from __future__ import annotations

import csv
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter

from trackproof.desktop import glyphs
from trackproof.desktop.canvas.marks import gather
from trackproof.desktop.canvas.options import OverlayOptions
from trackproof.desktop.canvas.painting import lay_out, paint_marks
from trackproof.desktop.canvas.view import View
from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.desktop.panels.crops import crop_view, paint_box, paint_crop, placed, rect_of
from trackproof.desktop.panels.naming import frames_in_words
from trackproof.desktop.theme import font
from trackproof.errors import FrameError, Severity, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtGui import QFont

    from trackproof.checks import Flag
    from trackproof.desktop.panels.crops import CropView
    from trackproof.desktop.session import Session
    from trackproof.desktop.theme import Theme
    from trackproof.frames import AlignedFrames, FrameSource, Picture
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress

INDEX = "index.csv"
FILE_COLUMNS = ("picture", "strip", "problem")
CELLS = 9
CELL_WIDTH, CELL_HEIGHT = 160, 160
GAP = 4
PADDING = 12
SMALLEST = QSize(640, 480)
"""Canvas for labels without pictures whose size nobody states."""


@dataclass(frozen=True, slots=True, eq=False)
class Shots:
    """Everything the export needs, gathered before it leaves the main thread.

    Parameters
    ----------
    rows : tuple of tuple of str
        Cells of the index per flag, header first.
    names : tuple of str
        What to call the object of each flag.
    """

    flags: tuple[Flag, ...]
    rows: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    sequence: Sequence
    labels: Labels
    source: AlignedFrames | None
    frame_count: int
    size: QSize
    theme: Theme
    body: QFont = field(repr=False)
    small: QFont = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """How the export ended: pictures written, and frames that could not be read."""

    flags: int
    without_picture: int


def gather_shots(session: Session) -> Shots:
    """Return what the queue shows now, in its order, ready for another thread."""
    from trackproof.desktop.panels.queue.export import queue_as_csv

    labels, sequence = session.labels, session.sequence
    if labels is None or sequence is None:
        raise ValueError("nothing is open")
    rows = tuple(tuple(row) for row in csv.reader(io.StringIO(queue_as_csv(session))))
    size = QSize(sequence.width or 0, sequence.height or 0)
    return Shots(
        flags=session.shown_flags,
        rows=rows,
        names=tuple(row[rows[0].index("object_name")] for row in rows[1:]),
        sequence=sequence,
        labels=labels,
        source=session.pictures.source,
        frame_count=session.frame_count,
        size=SMALLEST if size.isEmpty() else size,
        theme=session.theme,
        body=font("body", is_bold=True),
        small=font("small"),
    )


def write_pictures(shots: Shots, folder: Path, progress: Progress) -> Written:
    """Write two PNG files for every flag, then the index.

    Every file is there completely or not at all; the index comes last and names what is there.

    Raises
    ------
    StorageError
        When the folder already holds one of the files, before anything is written; or when one
        cannot be written.
    Cancelled
        When nobody wants it any more; finished pictures stay.
    """
    from trackproof.storage import write_atomic

    stems = [_stem(place, flag, name) for place, (flag, name) in enumerate(_pairs(shots), start=1)]
    _refuse_taken(folder, [INDEX, *(f"{stem}{end}" for stem in stems for end in ENDINGS)])
    index = [(*shots.rows[0], *FILE_COLUMNS)]
    missing = 0
    with own_source(shots) as source:
        for place, stem in enumerate(stems):
            progress.step(place, len(stems))
            picture, problem = _read(source, shots.flags[place].frame)
            missing += picture is None
            images = (
                frame_image(shots, place, picture),
                strip_image(shots, shots.flags[place], source),
            )
            files = [f"{stem}{end}" for end in ENDINGS]
            for file, image in zip(files, images, strict=True):
                write_atomic(folder / file, _png(image))
            index.append((*shots.rows[place + 1], *files, problem))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(index)
    write_atomic(folder / INDEX, text.getvalue().encode("utf-8"))
    progress.step(len(stems), len(stems))
    return Written(len(stems), missing)


@contextmanager
def own_source(shots: Shots) -> Iterator[FrameSource | None]:
    """Read a video on its own: the player's is closed when another sequence is opened."""
    from trackproof.frames import AlignedFrames, FolderSource, open_frames

    shown = shots.source
    if shown is None or isinstance(shown.source, FolderSource):
        yield shown
        return
    own = AlignedFrames(shots.sequence, open_frames(shown.path), shown.match)
    try:
        yield own
    finally:
        own.close()


def _read(source: FrameSource | None, frame: int) -> tuple[Picture | None, str]:
    """Return a picture, or why there is none."""
    if source is None:
        return None, "no pictures are attached"
    try:
        return source.read(frame), ""
    except FrameError as error:
        return None, str(error)


ENDINGS = ("-frame.png", "-strip.png")


def _pairs(shots: Shots) -> list[tuple[Flag, str]]:
    return list(zip(shots.flags, shots.names, strict=True))


def _stem(place: int, flag: Flag, name: str) -> str:
    """Return a file name that sorts as the queue does and reads without it."""
    word = re.sub(r"[^A-Za-z0-9]+", "-", f"{flag.kind}-{name}").strip("-")[:60]
    return f"{place:04d}-{word}-{flag.frame:06d}"


def _refuse_taken(folder: Path, names: list[str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise StorageError(f"this folder cannot be used: {error.strerror}", path=folder) from error
    taken = next((name for name in names if name in there), None)
    if taken is not None:
        raise StorageError(
            f"{taken} is there already, and nothing is overwritten; choose an empty folder",
            path=folder,
        )


def frame_image(shots: Shots, place: int, picture: Picture | None) -> QImage:
    """Return a flag's whole frame with the overlay, and a line that says what is wrong below."""
    flag = shots.flags[place]
    size = QSize(picture.shape[1], picture.shape[0]) if picture is not None else shots.size
    metrics = QFontMetrics(shots.body)
    small = QFontMetrics(shots.small)
    width = max(size.width(), SMALLEST.width() // 2)
    foot = metrics.height() + small.height() + 2 * PADDING
    image = QImage(width, size.height() + foot, QImage.Format.Format_RGB32)
    image.fill(shots.theme.surface)
    painter = QPainter(image)
    whole = QRectF(0, 0, size.width(), size.height())
    if picture is not None:
        paint_crop(painter, whole, np.ascontiguousarray(picture), whole)
    else:
        painter.fillRect(whole, shots.theme.surface_raised)
    marks = gather(
        shots.labels,
        flag.frame,
        options=OverlayOptions(),
        theme=shots.theme,
        track=flag.track,
        flag=flag,
        flags={track: flag for track in (flag.track, flag.other_track) if track >= 0},
    )
    painter.setClipRect(whole)
    transform = View().transform()
    layout = lay_out(
        marks,
        transform=transform,
        bounds=whole,
        theme=shots.theme,
        font=shots.small,
        ratio=1.0,
        has_names=True,
    )
    paint_marks(
        painter,
        marks,
        layout,
        transform=transform,
        bounds=whole,
        font=shots.small,
        has_boxes=True,
    )
    painter.setClipping(False)
    _write_foot(painter, shots, place, QRectF(0, size.height(), width, foot))
    painter.end()
    return image


def _write_foot(painter: QPainter, shots: Shots, place: int, foot: QRectF) -> None:
    flag, theme = shots.flags[place], shots.theme
    inside = foot.adjusted(PADDING, PADDING, -PADDING, -PADDING)
    line = QFontMetrics(shots.body).height()
    glyphs.paint(
        painter,
        flag.kind,
        QRectF(inside.left(), inside.top(), line, line),
        glyphs.colour_of(flag.kind, theme),
    )
    title = f"{glyphs.title_of(flag.kind)}, {shots.names[place]}, frame {frames_in_words(flag)}"
    first = QRectF(inside.left() + line + 8, inside.top(), inside.width() - line - 8, line)
    second = QRectF(inside.left(), first.bottom(), inside.width(), inside.bottom() - first.bottom())
    for rect, text, face, colour in (
        (first, title, shots.body, theme.text),
        (second, flag.evidence, shots.small, theme.text_dim),
    ):
        painter.setFont(face)
        painter.setPen(colour)
        shown = QFontMetrics(face).elidedText(
            text, Qt.TextElideMode.ElideRight, round(rect.width())
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)


def strip_image(shots: Shots, flag: Flag, source: FrameSource | None) -> QImage:
    """Return the object around the flag's frame, cut out of nine frames at one scale."""
    line = QFontMetrics(shots.small).height() + 4
    count = min(CELLS, shots.frame_count)
    first = min(max(flag.frame - count // 2, 0), shots.frame_count - count)
    width = count * (CELL_WIDTH + GAP) + GAP
    image = QImage(width, CELL_HEIGHT + line + 2 * GAP, QImage.Format.Format_RGB32)
    image.fill(shots.theme.surface)
    painter = QPainter(image)
    painter.setFont(shots.small)
    frames = range(first, first + count)
    block = shots.labels.table.block(flag.track)
    view = None
    if block is not None and len(block.frame):
        view = crop_view(block, frames, aspect=CELL_WIDTH / CELL_HEIGHT)
    for place, frame in enumerate(frames):
        cell = QRectF(GAP + place * (CELL_WIDTH + GAP), line + GAP, CELL_WIDTH, CELL_HEIGHT)
        is_worst = frame == flag.frame
        painter.setPen(shots.theme.text if is_worst else shots.theme.text_dim)
        above = QRectF(cell.left(), GAP, cell.width(), line)
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, str(frame))
        painter.fillRect(cell, shots.theme.surface_raised)
        if view is not None:
            picture, _ = _read(source, frame)
            _paint_cell(painter, shots, flag, view, place=place, cell=cell, picture=picture)
        if is_worst:
            painter.setPen(shots.theme.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(-2, -2, 1, 1))
    painter.end()
    return image


def _paint_cell(
    painter: QPainter,
    shots: Shots,
    flag: Flag,
    view: CropView,
    *,
    place: int,
    cell: QRectF,
    picture: Picture | None,
) -> None:
    frame, window = view.frames[place], view.window(place)
    painter.save()
    painter.setClipRect(cell)
    if picture is not None:
        paint_crop(painter, cell, np.ascontiguousarray(picture), window)
    if view.has_box[place]:
        box = placed(rect_of(view.boxes_xywh[place]), window, cell)
        paint_box(painter, box, shots.theme.track_colour(flag.track))
    if frame == flag.frame and flag.expected_xywh is not None:
        expected = placed(rect_of(flag.expected_xywh), window, cell)
        colour = glyphs.colour_of(flag.kind, shots.theme)
        paint_box(painter, expected, colour, is_expected=True)
    painter.restore()


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


# -- from the window


def export_pictures(session: Session, folder: Path) -> None:
    """Write the queue's pictures in the background, with progress and a way to stop."""
    shots = gather_shots(session)

    def tell(written: Written) -> None:
        words = f"Pictures of {written.flags:,} flags are in {folder}, listed in {INDEX}."
        if written.without_picture:
            words += f" {written.without_picture:,} show the boxes alone: no picture was found."
        session.say(words)

    session.tasks.start(
        "Exporting pictures of the queue",
        lambda progress: write_pictures(shots, folder, progress),
        succeeded=tell,
        failed=lambda error: session.message.emit(banner_of_error(error, doing="exporting")),
        cancelled=lambda: session.message.emit(
            Banner(
                f"Stopped. The pictures that were finished are in {folder}, without an index.",
                severity=Severity.NOTE,
            )
        ),
    )
