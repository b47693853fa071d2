"""A package that keeps every rule, and ways to break it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from trackproof.errors import Problem, Severity

SEQUENCE = {
    "seq-no": 1,
    "prefix": "s3://bucket/cam-a/",
    "number-of-frames": 2,
    "frames": [{"frame-no": 0, "frame": "000001.jpg"}, {"frame-no": 1, "frame": "000002.jpg"}],
}


def box(**changes: Any) -> dict[str, Any]:
    plain = {
        "height": 20,
        "width": 10,
        "top": 5,
        "left": 3,
        "class-id": "0",
        "label-category-attributes": {},
        "object-id": "id-1",
        "object-name": "Car:1",
    }
    return {**plain, **changes}


LABELS = {
    "tracking-annotations": [
        {"annotations": [box()], "frame-no": "0", "frame": "000001.jpg", "frame-attributes": {}},
        {"annotations": [], "frame-no": "1", "frame": "000002.jpg", "frame-attributes": {}},
    ]
}


CONFIG = {
    "documentVersion": "2020-03-01",
    "annotationType": "BoundingBox",
    "auditLabelAttributeName": "cars-ref",
    "labels": [{"label": "Car"}],
    "instructions": {"shortInstruction": "Look.", "fullInstruction": "<p>Look.</p>"},
}


METADATA = {
    "class-map": {"0": "Car"},
    "job-name": "labeling-job/cars",
    "human-annotated": "yes",
    "creation-date": "2024-03-05T11:22:33.445566",
    "type": "groundtruth/video-object-tracking",
}


LINE = {
    "source-ref": "s3://bucket/review/0/sequence.json",
    "cars-ref": "s3://bucket/review/0/SeqLabel.json",
    "cars-ref-metadata": METADATA,
}


REQUEST = {
    "LabelingJobName": "cars-adj",
    "LabelAttributeName": "cars-adj-ref",
    "InputConfig": {
        "DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://bucket/review/input.manifest"}}
    },
    "OutputConfig": {"S3OutputPath": "s3://bucket/out/"},
    "RoleArn": "arn:aws:iam::111122223333:role/Example",
    "LabelCategoryConfigS3Uri": "s3://bucket/review/labels.json",
    "HumanTaskConfig": {
        "WorkteamArn": "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team",
        "UiConfig": {
            "HumanTaskUiArn": (
                "arn:aws:sagemaker:us-east-1:394669845002:human-task-ui/VideoObjectTracking"
            )
        },
        "PreHumanTaskLambdaArn": (
            "arn:aws:lambda:us-east-1:432418664414:function:PRE-AdjustmentVideoObjectTracking"
        ),
        "TaskTitle": "Correct",
        "TaskDescription": "Correct",
        "NumberOfHumanWorkersPerDataObject": 1,
        "TaskTimeLimitInSeconds": 3600,
        "AnnotationConsolidationConfig": {
            "AnnotationConsolidationLambdaArn": (
                "arn:aws:lambda:us-east-1:432418664414:function:ACS-AdjustmentVideoObjectTracking"
            )
        },
    },
}


FILES: dict[str, Any] = {
    "input.manifest": LINE,
    "labels.json": CONFIG,
    "request.json": REQUEST,
    "0/sequence.json": SEQUENCE,
    "0/SeqLabel.json": LABELS,
}


def package(folder: Path, **changes: Any) -> Path:
    """Write the sound package; a changed file is named by its stem, value None leaves it out."""
    for name, content in FILES.items():
        stem = Path(name).stem
        document = changes.get(stem, content)
        if document is None:
            continue
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document if isinstance(document, str) else json.dumps(document))
    return folder


def put(document: Any, place: str, value: Any) -> Any:
    """Return a copy with one value replaced; a place is keys and list positions with slashes."""
    changed = copy.deepcopy(document)
    at = changed
    *parents, last = [int(key) if key.isdecimal() else key for key in place.split("/")]
    for key in parents:
        at = at[key]
    at[last] = value
    return changed


def words(problems: list[Problem]) -> str:
    return "\n".join(str(problem) for problem in problems)


def errors(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]
