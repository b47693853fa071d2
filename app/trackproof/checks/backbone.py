"""A neural network that describes what a box shows, where somebody chose one.

Any ONNX file will do whose input is a batch of pictures, 128 pixels high and 64 wide (three
channels, red first, levels over 255 less the mean and over the spread of ImageNet) and whose first
output is a vector, or a map that is averaged, per picture. It runs in onnxruntime where that is
installed, else in OpenCV.
"""

from __future__ import annotations

import importlib
import importlib.util
import threading
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError, TrackproofError
from trackproof.paths import cache_dir, config_dir
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Picture = npt.NDArray[np.uint8]
    Halves = npt.NDArray[np.float32]

INPUT_WIDTH, INPUT_HEIGHT = 64, 128
MEAN = (0.485, 0.456, 0.406)
SPREAD = (0.229, 0.224, 0.225)
"""Of ImageNet's red, green and blue, in shares of 255."""

ERRORS_ONLY = 3
"""Level of onnxruntime under which it writes nothing to the terminal."""

CHOICE = "backbone.txt"
"""In the configuration folder: path of the file that was chosen."""


class Backbone:
    """Describes crops by an ONNX file.

    Raises
    ------
    FormatError
        When the file cannot be read as a network, or takes other pictures.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._run, self.engine = _opened(path)
            self.length = int(self.describe([np.zeros((128, 64, 3), dtype=np.uint8)]).shape[1])
        except TrackproofError:
            raise
        except Exception as error:  # the engines raise their own kinds
            raise FormatError(
                f"this network cannot describe pictures of 128 x 64 pixels: {error}", path=path
            ) from error

    def describe(self, crops: Sequence[Picture]) -> Halves:
        """Return ``(crops, length)`` vectors of length 1 for 128 x 64 BGR crops."""
        pictures = np.stack(crops)[..., ::-1].astype(np.float32) / np.float32(255.0)
        pictures -= np.array(MEAN, dtype=np.float32)
        pictures /= np.array(SPREAD, dtype=np.float32)
        found = self._run(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
        if found.ndim > 2:
            found = found.mean(axis=tuple(range(2, found.ndim)))
        if found.ndim != 2 or len(found) != len(crops):
            raise FormatError(
                f"this network gives numbers of shape {found.shape}, not a vector per picture",
                path=self.path,
            )
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        vectors: Halves = found / np.maximum(lengths, np.float32(1e-12))
        return vectors


def vector_distance(first: Halves, second: Halves) -> npt.NDArray[np.float64]:
    """Return cosine distances, 0 (equal) to 2, of ``(..., length)`` vectors of length 1."""
    apart = 1.0 - (first.astype(np.float64) * second).sum(axis=-1)
    return np.asarray(np.maximum(apart, 0.0))


def chosen_path() -> Path | None:
    """Return the file that somebody chose; None without one."""
    from pathlib import Path

    try:
        text = (config_dir() / CHOICE).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return Path(text) if text else None


def choose(path: Path | None) -> None:
    """Use a file from now on; None uses colours and edges alone."""
    config_dir().mkdir(parents=True, exist_ok=True)
    text = "" if path is None else str(path.resolve())
    write_atomic(config_dir() / CHOICE, text.encode(), overwrite=True)


def converted_path() -> Path:
    """Return where the converted network is kept."""
    return cache_dir() / "backbones" / "efficientnet-lite0-stages-4-10.onnx"


def _opened(path: Path) -> tuple[Callable[[Halves], Halves], str]:
    """Return a function that runs the network, and the name of what runs it."""
    if not path.is_file():
        raise FormatError("there is no such file", path=path)
    if importlib.util.find_spec("onnxruntime") is None:
        return _opened_by_opencv(path), "OpenCV"
    onnxruntime = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    # Frames are described side by side: threads within one would only wait for each other
    # (measured on two cores: twice the processor time).
    options.intra_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda pictures: np.asarray(session.run(None, {name: pictures})[0]), "onnxruntime"


def _opened_by_opencv(path: Path) -> Callable[[Halves], Halves]:
    import cv2

    network = cv2.dnn.readNetFromONNX(np.frombuffer(path.read_bytes(), dtype=np.uint8))
    # One network of OpenCV holds the numbers of one run at a time.
    lock = threading.Lock()

    def run(pictures: Halves) -> Halves:
        with lock:
            network.setInput(pictures)
            return np.asarray(network.forward())

    return run
