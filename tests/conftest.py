"""What every test gets: a private home, an offscreen Qt, and the way to the real data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from labeling_fixtures import connection, labeling  # noqa: F401  (fixtures)
from s3_server import aws, aws_environment, faulty, moto_server, s3  # noqa: F401  (fixtures)

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A busy machine is slow without anything being wrong; how long a draw takes proves nothing.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same code passes or fails twice alike; the long runs look for examples nobody has seen.
settings.register_profile("steady", _PATIENT, derandomize=True)
settings.register_profile("searching", _PATIENT)
settings.load_profile("steady")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep cache, reviews and settings of a test away from the user's."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TRACKPROOF_HOME", str(home))
    return home


@pytest.fixture
def shared_data() -> Path:
    """Folder of real videos and labels; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real videos and labels (../shared/data) are not on this machine")
    return SHARED_DATA


@pytest.fixture
def shared_examples(shared_data: Path) -> Path:
    """Folder of example files of Ground Truth's formats."""
    return shared_data.parent / "reference" / "examples"
