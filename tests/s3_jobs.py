"""A job of Ground Truth in a test bucket."""

from __future__ import annotations

import json

import cv2
import numpy as np

from ground_truth_files import box, frame, tracking
from s3_server import S3

FRAMES = 6
WIDTH, HEIGHT = 64, 48


def jpeg(number: int, *, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Return a picture whose grey level tells its number, as far as 25."""
    picture = np.full((height, width, 3), number % 25 * 10, dtype=np.uint8)
    done, data = cv2.imencode(".jpg", picture)
    assert done
    return data.tobytes()


def put_frames(s3: S3, prefix: str, *, count: int = FRAMES, bucket: str = "") -> list[str]:
    names = [f"{number + 1:06d}.jpg" for number in range(count)]
    for number, name in enumerate(names):
        s3.put(f"{prefix}{name}", jpeg(number), bucket=bucket)
    return names


def put_sequence_file(s3: S3, key: str, prefix: str, names: list[str]) -> str:
    document = {
        "seq-no": 1,
        "prefix": prefix,
        "number-of-frames": len(names),
        "frames": [{"frame-no": place, "frame": name} for place, name in enumerate(names)],
    }
    return s3.put(key, json.dumps(document))


def label_file(count: int = FRAMES) -> str:
    return json.dumps(tracking(*(frame(number, box(left=10 + number)) for number in range(count))))


def put_job(s3: S3, *, frames_bucket: str = "", folder: str = "out/job/") -> str:
    """Put frames, sequence file, labels and manifest; return the address of the manifest."""
    prefix = "frames/street/"
    names = put_frames(s3, prefix, bucket=frames_bucket)
    source = put_sequence_file(
        s3, "in/street.json", f"s3://{frames_bucket or s3.bucket}/{prefix}", names
    )
    labels = s3.put(
        f"{folder}annotations/consolidated-annotation/output/0/SeqLabel.json", label_file()
    )
    line = {
        "source-ref": source,
        "job-ref": labels,
        "job-ref-metadata": {
            "class-map": {"2": "Vehicle"},
            "job-name": "labeling-job/job",
            "human-annotated": "yes",
            "creation-date": "2026-01-02T03:04:05.000000",
            "type": "groundtruth/video-object-tracking",
        },
    }
    return s3.put(f"{folder}manifests/output/output.manifest", json.dumps(line) + "\n")
