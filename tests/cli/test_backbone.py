"""Choosing a neural backbone by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trackproof.checks import backbone_weights
from trackproof.errors import TrackproofError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Said


def test_without_a_choice_none_is_used(trackproof: Callable[..., Said]) -> None:
    assert trackproof("backbone", "show").out == "No backbone is used\n"


def test_a_file_that_is_no_network_is_refused_and_the_choice_stays(
    trackproof: Callable[..., Said], tmp_path: Path
) -> None:
    file = tmp_path / "notes.onnx"
    file.write_text("no network")
    said = trackproof("backbone", "use", file)
    assert said.status == 2
    assert "notes.onnx" in said.err
    assert trackproof("backbone", "show").out == "No backbone is used\n"


def test_converting_without_the_package_says_what_to_install(
    trackproof: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backbone_weights, "PACKAGE", "a_package_that_nobody_has")
    said = trackproof("backbone", "convert")
    assert said.status == 2
    assert "trackproof[neural]" in said.err
    with pytest.raises(TrackproofError):
        backbone_weights.weights_path()
