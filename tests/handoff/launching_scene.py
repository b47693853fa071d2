"""A package that stands in S3, ready for a job."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from handoff.test_package import flag, made_sequence
from labeling_service import REGION, TEAM, LabelingService
from trackproof.handoff.label_config import Follow
from trackproof.handoff.launching_sources import Launchable, launchables
from trackproof.handoff.package import make_package
from trackproof.handoff.presets import JobPreset
from trackproof.handoff.selection import ExportOptions, Reviewed
from trackproof.handoff.writing import write_package
from trackproof.labels import Sequence, Task
from trackproof.storage.s3 import Connection


def preset(service: LabelingService, **changes: Any) -> JobPreset:
    fields: dict[str, Any] = {
        "name": "yard-adjust",
        "region": REGION,
        "role_arn": service.role,
        "workteam_arn": TEAM,
        "output_uri": f"s3://{service.bucket}/out/",
    }
    return JobPreset(**(fields | changes))


@dataclass
class Scene:
    """A sequence of 300 frames, and a package of two windows of it, here and in S3."""

    service: LabelingService
    sequence: Sequence
    folder: Path
    address: str

    def ready(self, connection: Connection) -> Launchable:
        (one,) = launchables(self.folder, connection)
        return one

    def request(self, connection: Connection, **changes: Any) -> dict[str, Any]:
        return self.ready(connection).built(preset(self.service, **changes))


def upload(service: LabelingService, folder: Path, address: str) -> None:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            service.write(address + file.relative_to(folder).as_posix(), file.read_bytes())


def scene(
    service: LabelingService,
    folder: Path,
    *,
    follow: Follow = Follow.ADJUSTMENT,
    task: Task = Task.TRACKING,
) -> Scene:
    sequence = replace(made_sequence(), task=task)
    address = f"s3://{service.bucket}/review/"
    frames = f"s3://{service.bucket}/frames/yard/"
    options = ExportOptions(destination=address, prefix=frames, context=2, follow=follow)
    flags = (flag(100, 102), flag(200))
    package = make_package([Reviewed(sequence, sequence.labels, flags)], options)
    write_package(package, folder)
    upload(service, folder, address)
    for number in range(98, 105), range(198, 203):
        for frame in number:
            service.write(frames + sequence.frame_names[frame], b"jpeg")
    return Scene(service, sequence, folder, address)
