"""Every format is found, once, and keeps the common promises."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from trackproof.discovery import RegistryError
from trackproof.errors import TrackproofError
from trackproof.formats import formats, open_labels
from trackproof.formats.registry import collect
from trackproof.progress import Cancelled


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
