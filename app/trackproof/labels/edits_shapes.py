"""Edits of polygons, polylines and keypoints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.block import Block, Shape
from trackproof.labels.edits import (
    Edit,
    check_frames,
    row_at,
    rows_of,
    template_row,
    track_name,
    with_geometry,
    with_row,
    with_rows,
)
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from trackproof.labels.block import Boxes
    from trackproof.labels.sequence import Labels

Points = tuple[tuple[float, float], ...]

FEWEST_VERTICES = {Shape.BOX: 0, Shape.POLYGON: 3, Shape.POLYLINE: 2, Shape.KEYPOINT: 1}
assert set(FEWEST_VERTICES) == set(Shape)


@dataclass(frozen=True, slots=True)
class PutVertices(Edit):
    """Draw a polygon, a polyline or keypoints for a track, or draw them anew.

    Parameters
    ----------
    track : int
        Track number.
    frame : int
        Frame index.
    shape : Shape
        What the vertices are.
    vertices : tuple of (float, float)
        x, y, pixels; a polygon is closed without repeating its first vertex.
    place : int
        Which of a frame's detections, for rows without identity.
    """

    track: int
    frame: int
    shape: Shape
    vertices: Points
    place: int = 0

    def describe(self, labels: Labels) -> str:
        """Return ``draw`` with name and frame."""
        return f"draw {track_name(labels, self.track)} at frame {self.frame}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the shape."""
        check_frames(labels, np.array([self.frame]))
        fewest = FEWEST_VERTICES[self.shape]
        if self.shape is Shape.BOX or len(self.vertices) < fewest:
            what = self.shape.name.lower()
            raise EditError(f"A {what} needs {max(fewest, 1)} or more vertices.")
        points = np.array(self.vertices, dtype=np.float64).reshape(-1, 2)
        if not np.isfinite(points).all():
            raise EditError("Every vertex needs an x and a y.")
        if self.track == NO_IDENTITY:
            row = row_at(labels, self.track, frame=self.frame, place=self.place)
            block = rows_of(labels, self.track)
            drawn = _drawn(block.take(slice(row, row + 1)), self.shape, points)
            return with_rows(labels, {self.track: with_row(block, row, drawn)})
        drawn = _drawn(template_row(labels, self.track, frame=self.frame), self.shape, points)
        put = with_geometry(labels.table.block(self.track), drawn)
        return with_rows(labels, {self.track: put})


@dataclass(frozen=True, slots=True)
class MoveVertex(Edit):
    """Move one vertex of a shape.

    Parameters
    ----------
    track, frame : int
        Track number and frame index.
    vertex : int
        Its place in the shape.
    xy : (float, float)
        Where to, pixels.
    place : int
        Which of a frame's detections, for rows without identity.
    """

    track: int
    frame: int
    vertex: int
    xy: tuple[float, float]
    place: int = 0

    def describe(self, labels: Labels) -> str:
        """Return ``move a vertex`` with name and frame."""
        return f"move a vertex of {track_name(labels, self.track)} at frame {self.frame}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the vertex moved."""
        shape, points = _vertices(labels, self.track, frame=self.frame, place=self.place)
        _check_vertex(self.vertex, len(points))
        points[self.vertex] = self.xy
        return PutVertices(self.track, self.frame, shape, tuple(points), self.place).result(labels)


@dataclass(frozen=True, slots=True)
class AddVertex(Edit):
    """Add a vertex to a shape.

    Parameters
    ----------
    track, frame : int
        Track number and frame index.
    vertex : int
        The place that the new vertex gets.
    xy : (float, float)
        Where, pixels.
    place : int
        Which of a frame's detections, for rows without identity.
    """

    track: int
    frame: int
    vertex: int
    xy: tuple[float, float]
    place: int = 0

    def describe(self, labels: Labels) -> str:
        """Return ``add a vertex`` with name and frame."""
        return f"add a vertex to {track_name(labels, self.track)} at frame {self.frame}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with one vertex more."""
        shape, points = _vertices(labels, self.track, frame=self.frame, place=self.place)
        _check_vertex(self.vertex, len(points) + 1)
        points.insert(self.vertex, self.xy)
        return PutVertices(self.track, self.frame, shape, tuple(points), self.place).result(labels)


@dataclass(frozen=True, slots=True)
class RemoveVertex(Edit):
    """Take a vertex out of a shape, which must keep enough of them.

    Parameters
    ----------
    track, frame : int
        Track number and frame index.
    vertex : int
        Its place in the shape.
    place : int
        Which of a frame's detections, for rows without identity.
    """

    track: int
    frame: int
    vertex: int
    place: int = 0

    def describe(self, labels: Labels) -> str:
        """Return ``remove a vertex`` with name and frame."""
        return f"remove a vertex of {track_name(labels, self.track)} at frame {self.frame}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with one vertex less."""
        shape, points = _vertices(labels, self.track, frame=self.frame, place=self.place)
        _check_vertex(self.vertex, len(points))
        del points[self.vertex]
        return PutVertices(self.track, self.frame, shape, tuple(points), self.place).result(labels)


def _vertices(
    labels: Labels, track: int, *, frame: int, place: int
) -> tuple[Shape, list[tuple[float, float]]]:
    row = row_at(labels, track, frame=frame, place=place)
    block = rows_of(labels, track)
    points = [(float(x), float(y)) for x, y in block.vertices_of(row)]
    return Shape(int(block.shape[row])), points


def _check_vertex(vertex: int, count: int) -> None:
    if not 0 <= vertex < count:
        raise EditError(f"There is no vertex {vertex}; the shape has {count}.")


def _drawn(row: Block, shape: Shape, points: Boxes) -> Block:
    low, high = points.min(axis=0), points.max(axis=0)
    return replace(
        row,
        shape=np.array([shape], dtype=np.uint8),
        xywh=np.concatenate([low, high - low])[None],
        vertices=points,
        offsets=np.array([0, len(points)], dtype=np.int32),
    )
