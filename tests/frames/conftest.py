"""Clips that the tests of this room share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from frame_clips import CLIPS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one encoded file per clip."""
    folder = tmp_path_factory.mktemp("clips")
    for clip in CLIPS:
        clip.write(folder)
    return folder
