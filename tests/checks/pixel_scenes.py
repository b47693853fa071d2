"""Made pictures: coloured, textured people who walk over a textured ground."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from trackproof.checks import Scene
from trackproof.errors import FrameError, Problem
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

WIDTH, HEIGHT = 320, 200
BODY = np.array([24.0, 48.0])


@dataclass
class Walkers:
    """Frames of walkers and their exact labels; a `FrameSource`.

    Parameters
    ----------
    frames : int
        How many.
    camera_px : float
        Pixels that the camera pans to the right in a frame.
    unreadable : set of int
        Frames that raise.
    """

    frames: int = 90
    camera_px: float = 0.0
    unreadable: set[int] = field(default_factory=set)
    reads: list[int] = field(default_factory=list)
    path: Path = Path("made")
    size: tuple[int, int] = (WIDTH, HEIGHT)
    rate_fps: float | None = 10.0
    problems: tuple[Problem, ...] = ()
    parallel_reads: int = 1

    def __post_init__(self) -> None:
        rng = np.random.default_rng(4)
        ground = rng.integers(60, 200, (HEIGHT // 4, WIDTH, 3), dtype=np.uint8)
        self.ground = cv2.resize(ground, (4 * WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        self.bodies = [self._body(rng, colour) for colour in ((40, 40, 220), (200, 60, 40))]
        self.names = [f"{frame}.png" for frame in range(self.frames)]

    def _body(
        self, rng: np.random.Generator, colour: tuple[int, int, int]
    ) -> npt.NDArray[np.uint8]:
        coarse = rng.integers(0, 70, (12, 6, 1)) + np.array(colour) * 0.7
        size = (int(BODY[0]), int(BODY[1]))
        return cv2.resize(np.clip(coarse, 0, 255).astype(np.uint8), size)

    def __len__(self) -> int:
        return self.frames

    def place(self, walker: int, frame: int) -> npt.NDArray[np.float64]:
        """Left and top of a walker; they meet in the middle of the sequence."""
        speed = (1.0, -1.0)[walker]
        middle = 150 + speed * 1.6 * (frame - self.frames / 2)
        return np.array([round(middle), 70.0 + 14.0 * walker])

    def read(self, index: int) -> npt.NDArray[np.uint8]:
        self.reads.append(index)
        if index in self.unreadable:
            raise FrameError("this frame is broken", path=self.path)
        pan = round(100 + self.camera_px * index)
        picture = self.ground[:, pan : pan + WIDTH].copy()
        for walker, body in enumerate(self.bodies):
            left, top = self.place(walker, index).astype(int)
            picture[top : top + int(BODY[1]), left : left + int(BODY[0])] = body
        return picture

    def close(self) -> None:
        """Nothing is open."""

    def boxes(self, walker: int) -> npt.NDArray[np.float64]:
        return np.array([[*self.place(walker, f), *BODY] for f in range(self.frames)])

    def scene(self, *changed: npt.NDArray[np.float64], frames: bool = True) -> Scene:
        """Return a scene of both walkers; ``changed`` replaces their exact boxes."""
        boxes = list(changed) or [self.boxes(0), self.boxes(1)]
        blocks = {
            walker: Block.of_boxes(range(self.frames), own) for walker, own in enumerate(boxes)
        }
        labels = Labels(
            LabelTable([Track(f"w{walker}", "") for walker in blocks], blocks),
            (Category("person"),),
            np.ones(self.frames, dtype=bool),
        )
        sequence = Sequence(
            "walkers", tuple(self.names), np.arange(self.frames), labels, width=WIDTH, height=HEIGHT
        )
        return Scene(sequence, labels, frames=self if frames else None)
