from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checks.making import changed, sequence, walk
from trackproof.checks import Check, all_checks, analyse
from trackproof.checks.registry import checks_in, collect
from trackproof.discovery import RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).with_name("example_package")


@pytest.fixture
def example_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    importlib.invalidate_caches()
    all_checks.cache_clear()
    yield
    all_checks.cache_clear()


def test_every_module_with_a_check_is_found() -> None:
    assert {"rolling_iou", "size_change", "gaps", "left_deviation", "identity_swap"} <= set(
        all_checks()
    )


def test_two_checks_of_one_name_are_refused() -> None:
    check = all_checks()["gaps"]
    with pytest.raises(RegistryError, match="two checks are called 'gaps'"):
        collect([check, check])


def test_no_checks_at_all_is_an_error() -> None:
    with pytest.raises(RegistryError, match="no checks were found"):
        collect([])


def test_constant_that_is_no_check_is_refused() -> None:
    with pytest.raises(RegistryError, match="must hold a Check"):
        checks_in("gaps", where="some.module")


def test_check_without_a_limit_is_refused() -> None:
    gaps = all_checks()["gaps"]
    with pytest.raises(ValueError, match="no parameter called limit"):
        Check("x", "X", "X.", "", gaps.kind, gaps.run, gaps.explain, ())


@pytest.mark.usefixtures("example_installed")
def test_check_of_an_installed_package_runs_with_ours() -> None:
    assert "example_above_horizon" in all_checks()
    made = sequence({0: changed(walk(60), 30, [0, -290, 0, 0])})
    result = analyse(made, made.labels)
    assert "example_above_horizon" in result.flags[0].checks
    assert "hangs in the sky" in " ".join(f.evidence for f in result.flags[0].findings)


def test_example_package_is_gone_when_it_is_not_installed() -> None:
    assert "example_above_horizon" not in all_checks()
