"""Fixtures of the fake labeling service; boto3 is imported by the tests that use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from s3_server import Moto

if TYPE_CHECKING:
    from labeling_service import LabelingService
    from trackproof.storage.s3 import Connection


@pytest.fixture
def labeling(
    aws: str, moto_server: Moto, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LabelingService]:
    """A fresh labeling service with a bucket and a role of its own."""
    from labeling_service import LabelingService, shared_loader

    # Reading the model of SageMaker takes longer than most tests.
    monkeypatch.setattr("botocore.session.create_loader", shared_loader)
    service = LabelingService(moto_server.port)
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.url)
    yield service
    service.close()


@pytest.fixture
def connection(labeling: LabelingService) -> Iterator[Connection]:
    """Signed in to the fake."""
    from trackproof.storage.s3 import Account, Connection

    made = Connection(Account(endpoint_url=labeling.url))
    yield made
    made.close()
