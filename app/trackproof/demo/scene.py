"""The recipe of the demo scene: who is where, and how the camera sees it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.interpolate import PchipInterpolator

from trackproof import paths

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

NEAREST_M = 0.5
"""Points closer to the camera than this are treated as if they were this far."""


@dataclass(frozen=True)
class Actor:
    """One object that moves.

    Parameters
    ----------
    category : str
        ``Vehicle`` or ``Person``.
    name : str
        The object name that its labels carry.
    colour_bgr : tuple of int
        Paint or clothes.
    paint : str
        Colour in words, the attribute value of vehicles; empty for people.
    path : (k, 3) float64
        Frame, x and z in metres, by ascending frame.
    """

    category: str
    name: str
    colour_bgr: tuple[int, int, int]
    paint: str
    path: Floats

    def is_present(self, frame: int) -> bool:
        """Return whether the object exists at a frame index."""
        return bool(self.path[0, 0] <= frame <= self.path[-1, 0])

    @cached_property
    def _course(self) -> PchipInterpolator:
        """The path as a smooth curve that does not overshoot."""
        return PchipInterpolator(self.path[:, 0], self.path[:, 1:])

    @cached_property
    def _metres(self) -> Floats:
        """Metres travelled at every frame since the first of the path."""
        places = self._course(np.arange(self.path[0, 0], self.path[-1, 0] + 1.0))
        steps = np.hypot(*np.diff(places, axis=0).T)
        return np.append(0.0, np.cumsum(steps))

    def place(self, frame: float) -> Floats:
        """Return ``(x, z)`` in metres at a frame."""
        at: Floats = np.asarray(self._course(frame))
        return at

    def heading(self, frame: float) -> float:
        """Return the direction of travel, radians from the x axis; a parked car keeps its last."""
        start, stop = self.path[0, 0], self.path[-1, 0]
        for reach in (2.0, 40.0, 400.0):
            ahead, behind = min(frame + reach, stop), max(frame - reach, start)
            step = self.place(ahead) - self.place(behind)
            if np.hypot(*step) > 0.02:
                return float(np.arctan2(step[1], step[0]))
        return 0.0

    def walked(self, frame: int) -> float:
        """Return the metres travelled since the object appeared."""
        return float(self._metres[int(frame - self.path[0, 0])])


@dataclass(frozen=True)
class Camera:
    """A pinhole camera on a balcony that pans.

    Parameters
    ----------
    focal_px, height_m, pitch_deg : float
        Focal length, height over the ground, and downward tilt.
    yaw_deg : (k, 2) float64
        Frame and pan angle.
    shake_px : (frames, 2) float64
        Shift of the picture by hand shake at every frame.
    """

    width: int
    height: int
    focal_px: float
    height_m: float
    pitch_deg: float
    yaw_deg: Floats
    shake_px: Floats

    @cached_property
    def _pan(self) -> PchipInterpolator:
        return PchipInterpolator(self.yaw_deg[:, 0], self.yaw_deg[:, 1])

    def rotation(self, yaw_deg: float) -> Floats:
        """Return the ``(3, 3)`` turn from world axes to camera axes (x right, y down, z ahead)."""
        yaw, pitch = np.radians(yaw_deg), np.radians(self.pitch_deg)
        pan = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
        tilt = np.array(
            [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        )
        down = np.diag([1.0, -1.0, 1.0])
        return np.asarray(down @ tilt.T @ pan, dtype=np.float64)

    def yaw_at(self, frame: float) -> float:
        """Return the pan angle at a frame, degrees."""
        return float(self._pan(frame))

    def project(self, points: Floats, *, frame: int) -> Floats:
        """Return ``(n, 2)`` pixels of ``(n, 3)`` world points (x, y up, z) in metres at a frame."""
        still = self.project_turned(points, self.yaw_at(frame))
        return np.asarray(still + self.shake_px[frame], dtype=np.float64)

    def project_turned(self, points: Floats, yaw_deg: float) -> Floats:
        """Return ``(n, 2)`` pixels of world points for a pan angle, without shake."""
        seen = (points - np.array([0.0, self.height_m, 0.0])) @ self.rotation(yaw_deg).T
        depth = np.maximum(seen[:, 2:], NEAREST_M)
        centre = np.array([self.width / 2, self.height / 2])
        return np.asarray(self.focal_px * seen[:, :2] / depth + centre, dtype=np.float64)


@dataclass(frozen=True)
class Planting:
    """How the mistakes of the demo are planted."""

    seed: int
    difficulty: str
    rate_per_1000: float


@dataclass(frozen=True)
class Scene:
    """Everything the renderer needs."""

    name: str
    frames: int
    rate_fps: float
    seed: int
    camera: Camera
    actors: tuple[Actor, ...]
    planting: Planting


def load_scene() -> Scene:
    """Return the shipped scene."""
    return scene_from(tomllib.loads(paths.resource("demo", "scene.toml").read_text("utf-8")))


def scene_from(recipe: dict[str, Any]) -> Scene:
    """Return the scene of a parsed recipe."""
    head, view = recipe["scene"], recipe["camera"]
    shake = _shake(head["frames"], view["shake_px"], seed=head["seed"])
    camera = Camera(
        width=head["width"],
        height=head["height"],
        focal_px=view["focal_px"],
        height_m=view["height_m"],
        pitch_deg=view["pitch_deg"],
        yaw_deg=np.array(view["yaw_deg"], dtype=np.float64),
        shake_px=shake,
    )
    actors = [
        Actor(
            category=category,
            name=entry["name"],
            colour_bgr=_bgr(entry["colour"]),
            paint=entry.get("paint", ""),
            path=np.array(entry["path"], dtype=np.float64),
        )
        for key, category in (("vehicle", "Vehicle"), ("person", "Person"))
        for entry in recipe[key]
    ]
    return Scene(
        name=head["name"],
        frames=head["frames"],
        rate_fps=head["rate_fps"],
        seed=head["seed"],
        camera=camera,
        actors=tuple(actors),
        planting=Planting(**recipe["planting"]),
    )


def _shake(frames: int, size_px: float, *, seed: int) -> Floats:
    """Return a smooth random walk around zero, as a hand-held camera makes it."""
    noise = np.random.default_rng(seed).normal(size=(frames + 8, 2))
    kernel = np.ones(9) / 9
    smooth = np.column_stack([np.convolve(noise[:, k], kernel, "valid") for k in range(2)])
    walk: Floats = size_px * smooth / smooth.std()
    return walk


def _bgr(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return blue, green, red
