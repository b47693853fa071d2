"""Every format is found, once, and keeps the common promises."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from trackproof.discovery import RegistryError
from trackproof.errors import TrackproofError
from trackproof.formats import formats, open_labels
from trackproof.formats.registry import collect
from trackproof.progress import Cancelled

EXAMPLE = Path(__file__).with_name("example_package")


@pytest.fixture
def example_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    importlib.invalidate_caches()
    formats.cache_clear()
    yield
    formats.cache_clear()


@pytest.mark.usefixtures("example_installed")
def test_format_of_an_installed_package_is_found_by_content(tmp_path: Path) -> None:
    path = tmp_path / "a.data"
    path.write_bytes(b"EXAMPLE LINES\n0 cup 1 2 3 4\n1 cup 2 2 3 4\n")
    opened = open_labels(path)
    assert opened.format_name == "example"
    assert opened.sequences[0].labels.table.tracks[0].object_id == "cup"


def test_example_format_is_gone_when_its_package_is_not_installed() -> None:
    assert "example" not in {one.name for one in formats()}


def test_empty_name_is_refused_rather_than_the_current_folder() -> None:
    with pytest.raises(TrackproofError, match="name of the labels is empty"):
        open_labels("")


def test_own_formats_are_found() -> None:
    assert {one.name for one in formats()} >= {"ground-truth", "motchallenge"}


def test_two_formats_of_one_name_are_refused() -> None:
    one = formats()[0]
    with pytest.raises(RegistryError, match="two formats"):
        collect([one, replace(one, title="Other")])


def test_empty_registry_is_refused() -> None:
    with pytest.raises(RegistryError, match="no formats"):
        collect([])


@pytest.mark.parametrize("one", formats(), ids=lambda one: one.name)
def test_sniffing_never_raises(one, tmp_path: Path) -> None:
    empty, odd = tmp_path / "empty", tmp_path / "odd"
    empty.write_bytes(b"")
    odd.write_bytes(bytes(range(256)))
    for path in (empty, odd, tmp_path, tmp_path / "none"):
        assert one.sniff(path) is False
    assert one.title
    assert one.description


def test_missing_root_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrackproofError, match="stands for S3"):
        open_labels(tmp_path, root=tmp_path / "none")


def test_reading_can_be_cancelled(shared_data: Path) -> None:
    class Impatient:
        def step(self, done: int, total: int) -> None:
            raise Cancelled

    for path in ("ground-truth/MOT17-13-SDP/SeqLabel.json", "mot/TUD-Stadtmitte"):
        with pytest.raises(Cancelled):
            open_labels(shared_data / path, progress=Impatient())
