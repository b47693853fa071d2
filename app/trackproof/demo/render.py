"""Rendering the demo scene: pictures, video and exact boxes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np

from trackproof.demo import drawing
from trackproof.demo.labelling import Drawn
from trackproof.errors import FrameError
from trackproof.progress import NO_PROGRESS, Progress

if TYPE_CHECKING:
    from pathlib import Path

    import av
    import numpy.typing as npt

    from trackproof.demo.scene import Scene

    Picture = npt.NDArray[np.uint8]

JPEG_QUALITY = 90
NOISE_POOL = 8


def render(
    scene: Scene, frames_dir: Path, video_path: Path, *, progress: Progress = NO_PROGRESS
) -> list[list[Drawn]]:
    """Draw every frame as a JPEG file and into one MP4 file.

    Returns
    -------
    list of list of Drawn
        What every frame shows, for the labels.

    Raises
    ------
    FrameError
        When a picture cannot be written.
    Cancelled
        When the work is no longer wanted.
    """
    import av

    camera = scene.camera
    backdrop = drawing.background(camera, seed=scene.seed)
    noise = _noise(camera.height, camera.width, seed=scene.seed)
    shown: list[list[Drawn]] = []
    with av.open(str(video_path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(scene.rate_fps))
        stream.width, stream.height, stream.pix_fmt = camera.width, camera.height, "yuv420p"
        stream.options = {"crf": "21", "preset": "veryfast", "g": "50", "bf": "2"}
        for frame in range(scene.frames):
            progress.step(frame, scene.frames)
            picture = drawing.view(backdrop, camera, frame=frame)
            shown.append(_draw(picture, scene, frame))
            noisy = cv2.add(picture, noise[frame % NOISE_POOL], dtype=cv2.CV_8U).astype(np.uint8)
            _write(frames_dir / f"frame_{frame:04d}.jpg", noisy)
            _encode(container, stream, noisy)
        container.mux(stream.encode(None))
    progress.step(scene.frames, scene.frames)
    return shown


def _draw(picture: Picture, scene: Scene, frame: int) -> list[Drawn]:
    present = [
        (float(actor.place(frame)[1]), number)
        for number, actor in enumerate(scene.actors)
        if actor.is_present(frame)
    ]
    return [
        Drawn(
            number,
            drawing.draw_actor(picture, scene.actors[number], scene.camera, frame=frame),
            distance,
        )
        for distance, number in sorted(present, reverse=True)
    ]


def _noise(height: int, width: int, *, seed: int) -> list[npt.NDArray[np.int16]]:
    """Return a few frames of sensor noise; still pictures would make motion too easy to see."""
    rng = np.random.default_rng(seed)
    return [
        np.repeat(rng.normal(0.0, 2.2, (height, width, 1)), 3, axis=2).astype(np.int16)
        for _ in range(NOISE_POOL)
    ]


def _write(path: Path, picture: Picture) -> None:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise FrameError("the picture could not be encoded as JPEG", path=path)
    path.write_bytes(data.tobytes())


def _encode(
    container: av.container.OutputContainer, stream: av.VideoStream, picture: Picture
) -> None:
    import av

    container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
