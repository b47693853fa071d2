"""S3 for tests: moto's own HTTP server on the loopback, and a proxy that breaks what passes.

``s3`` gives a test a fresh bucket, fake credentials in the environment and an endpoint; nothing
here replaces code of ours. The server is a process of its own, as the real one would be.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from s3_faults import Proxy, proxied

SERVE = """
import os, sys, threading
from werkzeug.serving import make_server
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication, MotoRequestHandler, create_backend_app,
)
app = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, app, True, request_handler=MotoRequestHandler)
print(server.server_port, flush=True)
# Ends with the test run, however that ends.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
"""
REGION = "eu-central-1"


class Moto:
    """moto's server in a process of its own."""

    def __init__(self) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=clean,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@dataclass
class S3:
    """A bucket of one's own on the test server.

    Parameters
    ----------
    endpoint_url : str
        Also in ``AWS_ENDPOINT_URL``, so that code under test needs no hint.
    bucket : str
        Empty at the start of every test.
    client : boto3's S3 client
        For preparing and looking; never passes the proxy.
    """

    endpoint_url: str
    bucket: str
    client: Any
    buckets: list[str] = field(default_factory=list)

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def put(self, key: str, data: bytes | str, *, bucket: str = "") -> str:
        body = data.encode() if isinstance(data, str) else data
        self.client.put_object(Bucket=bucket or self.bucket, Key=key, Body=body)
        return f"s3://{bucket or self.bucket}/{key}"

    def get(self, key: str, *, bucket: str = "") -> bytes:
        answer = self.client.get_object(Bucket=bucket or self.bucket, Key=key)
        with answer["Body"] as body:
            return body.read()

    def keys(self, prefix: str = "") -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        )
        return [one["Key"] for page in pages for one in page.get("Contents", ())]

    def contents(self) -> dict[str, bytes]:
        return {key: self.get(key) for key in self.keys()}

    def another_bucket(self) -> str:
        name = f"other-{secrets.token_hex(6)}"
        _make_bucket(self.client, name)
        self.buckets.append(name)
        return name


def _make_bucket(client: Any, name: str) -> None:
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Moto]:
    """The server of the whole run; tests share it and own their buckets."""
    server = Moto()
    yield server
    server.stop()


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep real credentials, profiles and metadata services out of a test."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "aws-home"
    folder.mkdir()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return folder


@pytest.fixture
def aws(aws_environment: Path, moto_server: Moto, monkeypatch: pytest.MonkeyPatch) -> str:
    """Fake credentials and moto's address in the environment; the endpoint URL."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_server.url)
    return moto_server.url


@pytest.fixture
def s3(aws: str) -> Iterator[S3]:
    """An empty bucket on moto's server."""
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url=aws,
        config=Config(s3={"addressing_style": "path"}, max_pool_connections=20),
    )
    name = f"bucket-{secrets.token_hex(6)}"
    _make_bucket(client, name)
    yield S3(aws, name, client)
    client.close()


@pytest.fixture
def faulty(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy that the code under test talks to; the test's own client does not."""
    with proxied(s3.endpoint_url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy
