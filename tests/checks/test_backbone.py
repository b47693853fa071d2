from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

from checks.pixel_scenes import Walkers
from trackproof.checks import all_checks, analyse
from trackproof.checks.backbone import Backbone, choose, chosen_path, vector_distance
from trackproof.checks.backbone_weights import BLOCKS, convert, read_weights
from trackproof.checks.onnx_writing import Network
from trackproof.errors import FormatError

if TYPE_CHECKING:
    from pathlib import Path

WIDTHS = (16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112)


def made_up_weights() -> dict[str, np.ndarray]:
    """Weights of the right shapes with random numbers, quickly made."""
    rng = np.random.default_rng(3)
    weights: dict[str, np.ndarray] = {}

    def convolution(name: str, norm: str, shape: tuple[int, ...]) -> None:
        spread = np.sqrt(2.0 / np.prod(shape[1:]))
        weights[f"{name}.weight"] = rng.normal(0, spread, shape).astype(np.float32)
        for key, low, high in (("weight", 0.5, 1.5), ("bias", -0.1, 0.1), ("running_var", 0.5, 2)):
            weights[f"{norm}.{key}"] = rng.uniform(low, high, shape[0]).astype(np.float32)
        weights[f"{norm}.running_mean"] = rng.normal(0, 0.1, shape[0]).astype(np.float32)

    convolution("_conv_stem", "_bn0", (32, 3, 3, 3))
    before = 32
    for place, ((kernel, _), width) in enumerate(zip(BLOCKS, WIDTHS, strict=True)):
        name, inner = f"_blocks.{place}", before * (6 if place else 1)
        if place:
            convolution(f"{name}._expand_conv", f"{name}._bn0", (inner, before, 1, 1))
        convolution(f"{name}._depthwise_conv", f"{name}._bn1", (inner, 1, kernel, kernel))
        convolution(f"{name}._project_conv", f"{name}._bn2", (width, inner, 1, 1))
        before = width
    return weights


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A converted network."""
    path = tmp_path_factory.mktemp("network") / "lite0.onnx"
    path.write_bytes(convert(made_up_weights()))
    return path


def small_network(path: Path) -> Path:
    """Mean red, green and blue of a crop: the smallest network there is."""
    graph = Network()
    mean = graph.node("GlobalAveragePool", ["image"])
    graph.node("Flatten", [mean], output="descriptor", axis=1)
    shape = ("count", 3, 128, 64)
    path.write_bytes(
        graph.to_bytes(given=("image", shape), made=("descriptor", ("count", 3)), name="mean")
    )
    return path


def test_a_converted_network_tells_pictures_apart(network: Path) -> None:
    backbone = Backbone(network)
    rng = np.random.default_rng(1)
    dark = rng.integers(0, 60, (128, 64, 3)).astype(np.uint8)
    light = rng.integers(180, 255, (128, 64, 3)).astype(np.uint8)
    first, second, again = backbone.describe([dark, light, dark])
    assert backbone.length == 152
    assert vector_distance(first, again) == pytest.approx(0.0, abs=1e-5)
    assert vector_distance(first, second) > 1e-4


def test_pictures_come_in_red_first_and_normalised(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    crop = rng.integers(0, 255, (128, 64, 3)).astype(np.uint8)
    described = Backbone(small_network(tmp_path / "mean.onnx")).describe([crop])[0]
    mean = crop[..., ::-1].reshape(-1, 3).mean(axis=0) / 255.0
    expected = (mean - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
    np.testing.assert_allclose(described, expected / np.linalg.norm(expected), rtol=1e-3)


def test_files_that_are_no_networks_are_named(tmp_path: Path) -> None:
    file = tmp_path / "letter.onnx"
    file.write_text("Dear network,")
    with pytest.raises(FormatError, match=r"letter\.onnx"):
        Backbone(file)
    with pytest.raises(FormatError, match="no such file"):
        Backbone(tmp_path / "absent.onnx")


def test_weights_that_would_run_a_program_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "evil.pth"
    file.write_bytes(pickle.dumps(print))
    with pytest.raises(FormatError, match="no place in weights"):
        read_weights(file)


def test_a_chosen_backbone_adds_its_curve_and_without_one_it_is_empty(tmp_path: Path) -> None:
    walkers = Walkers(frames=24)
    scene = walkers.scene()
    checks = {"neural_break": all_checks()["neural_break"]}
    without = analyse(scene.sequence, scene.labels, frames=walkers, checks=checks)
    assert np.isnan(without.measurements["neural_break"].of(0)[1]).all()
    choose(small_network(tmp_path / "mean.onnx"))
    assert chosen_path() == (tmp_path / "mean.onnx").resolve()
    chosen = analyse(scene.sequence, scene.labels, frames=walkers, checks=checks)
    assert np.isfinite(chosen.measurements["neural_break"].of(0)[1][1:]).all()
    choose(None)
    assert chosen_path() is None
