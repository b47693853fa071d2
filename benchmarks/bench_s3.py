"""Frames to and from S3 against boto3's own transfer manager, on a loopback server.

    python benchmarks/bench_s3.py [--frames N] [--rounds N] [--at-once N]

Both move the same 1080p JPEG files with the same concurrency to and from the same server (moto's,
a process of its own). Upload: `storage.s3.upload` with its hashes and guards, against
`TransferManager.upload`. Open: `RemoteFrames` until every frame is in the checksummed cache,
against `TransferManager.download` into a folder. The two take turns in random order. A round's
ratio is that of two transfers right after each other, so that what else the machine does meets
both; told is the median of the rounds, and how far they lie apart. 1 = as fast as boto3. Wanted: at
least 0.70 each.

The default is 300 frames, because moto's server is the slowest part by far; `--frames 2000` is the
full size. moto moves some dozens of frames a second on one core, so the ratio says how much our
code adds on top of boto3, not how fast S3 is.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import cv2
import numpy as np
from boto3.s3.transfer import TransferConfig, create_transfer_manager

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from s3_server import Moto
from trackproof.frames.remote import RemoteFrames
from trackproof.storage import S3Address
from trackproof.storage.s3 import Account, Connection, DiskCache, Outgoing, upload

if TYPE_CHECKING:
    from collections.abc import Callable

WANTED = 0.70
DISTINCT = 8
"""Different pictures; the rest repeat them, each under its own name."""


def main() -> int:
    parser = argparse.ArgumentParser(description="S3 against boto3's own transfer manager.")
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=8)
    chosen = parser.parse_args()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    server = Moto()
    try:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(server.url, Path(folder), frames=chosen.frames, at_once=chosen.at_once)
            return bench.run(chosen.rounds)
    finally:
        server.stop()


class Bench:
    """The four transfers, each into or from a folder of its own per round."""

    def __init__(self, url: str, folder: Path, *, frames: int, at_once: int) -> None:
        self.folder = folder
        self.at_once = at_once
        self.connection = Connection(Account(endpoint_url=url))
        self.client: Any = boto3.client(
            "s3", endpoint_url=url, config=self.connection.client("s3").meta.config
        )
        self.client.create_bucket(Bucket="bench")
        self.files = pictures(folder / "pictures", frames)
        self.total = sum(file.stat().st_size for file in self.files)
        self.upload_boto3("stock")

    def run(self, rounds: int) -> int:
        print(
            f"{len(self.files):,} frames of 1080p, {self.total / 1e6:,.0f} MB, "
            f"{self.at_once} at once, {rounds} rounds"
        )
        pairs = {
            "upload": (self.upload_ours, self.upload_boto3),
            "open": (self.open_ours, self.open_boto3),
        }
        is_good = True
        for name, (ours, theirs) in pairs.items():
            ratio = self.compare(name, ours, theirs, rounds)
            is_good &= ratio >= WANTED
        return 0 if is_good else 1

    def compare(
        self, name: str, ours: Callable[[str], None], theirs: Callable[[str], None], rounds: int
    ) -> float:
        times: dict[str, list[float]] = {"ours": [], "boto3": []}
        for number in range(rounds):
            turns = [("ours", ours), ("boto3", theirs)]
            random.shuffle(turns)
            for who, transfer in turns:
                begun = time.perf_counter()
                transfer(f"{name}-{who}-{number}")
                times[who].append(time.perf_counter() - begun)
                self.clean(f"{name}-{who}-{number}/")
        ours_s, theirs_s = (statistics.median(times[who]) for who in ("ours", "boto3"))
        ratios = [b / o for o, b in zip(times["ours"], times["boto3"], strict=True)]
        ratio = statistics.median(ratios)
        print(
            f"{name:7} ours {self.total / ours_s / 1e6:6.1f} MB/s, boto3 "
            f"{self.total / theirs_s / 1e6:6.1f} MB/s, ratio {ratio:.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}; wanted {WANTED:.2f})"
        )
        return ratio

    def clean(self, prefix: str) -> None:
        """Remove what a turn made, so that memory does not grow."""
        for page in self.client.get_paginator("list_objects_v2").paginate(
            Bucket="bench", Prefix=prefix
        ):
            for one in page.get("Contents", ()):
                self.client.delete_object(Bucket="bench", Key=one["Key"])

    def upload_ours(self, place: str) -> None:
        outgoing = [Outgoing(S3Address("bench", f"{place}/{f.name}"), f) for f in self.files]
        upload(self.connection, outgoing, at_once=self.at_once)

    def upload_boto3(self, place: str) -> None:
        with create_transfer_manager(self.client, self.config()) as manager:
            waiting = [
                manager.upload(str(file), "bench", f"{place}/{file.name}") for file in self.files
            ]
            for one in waiting:
                one.result()

    def open_ours(self, place: str) -> None:
        cache = DiskCache(self.folder / place, budget_bytes=10**11)
        frames = RemoteFrames.open(
            S3Address("bench", "stock/"),
            self.connection,
            names=[file.name for file in self.files],
            cache=cache,
        )
        frames.look_ahead(range(len(self.files)))
        waiting = threading.Event()
        while frames.stream.on_disk() < len(self.files):
            waiting.wait(0.05)
        frames.close()

    def open_boto3(self, place: str) -> None:
        target = self.folder / place
        target.mkdir()
        with create_transfer_manager(self.client, self.config()) as manager:
            waiting = [
                manager.download("bench", f"stock/{file.name}", str(target / file.name))
                for file in self.files
            ]
            for one in waiting:
                one.result()

    def config(self) -> TransferConfig:
        return TransferConfig(max_concurrency=self.at_once)


def pictures(folder: Path, count: int) -> list[Path]:
    """Make JPEG files of 1920x1080 with the detail of a street scene (about 300 kB)."""
    folder.mkdir()
    random_numbers = np.random.default_rng(7)
    made = []
    for _ in range(DISTINCT):
        coarse = random_numbers.integers(0, 255, (135, 240, 3), dtype=np.uint8)
        picture = cv2.resize(coarse, (1920, 1080), interpolation=cv2.INTER_CUBIC)
        done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
        if not done:
            raise SystemExit("the pictures cannot be made")
        made.append(data.tobytes())
    files = []
    for number in range(count):
        file = folder / f"{number:06d}.jpg"
        file.write_bytes(made[number % DISTINCT])
        files.append(file)
    return files


if __name__ == "__main__":
    raise SystemExit(main())
