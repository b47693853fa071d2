"""CreateLabelingJob requests, one function per task type, from typed settings.

Nothing is sent here: the request is a value, to be checked, shown and confirmed first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.handoff.regions import Regions, known_regions
from trackproof.handoff.request_rules import CLASSIFICATION_FUNCTION
from trackproof.labels import Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    Request = dict[str, Any]

FUNCTIONS = {Task.TRACKING: "VideoObjectTracking", Task.DETECTION: "VideoObjectDetection"}
assert set(FUNCTIONS) == set(Task)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSettings:
    """What a person decides about a job.

    Parameters
    ----------
    name : str
        Unique in account and region, whatever the case of its letters.
    label_attribute : str
        Manifest key of the result.
    region : str
        Where job, data and work team are.
    manifest_uri, output_uri, config_uri : str
        S3 addresses of the input manifest, of the folder for results, and of the label category
        configuration.
    role_arn, workteam_arn : str
        Who runs the job and who works on it.
    title, description : str
        What workers read in their list of tasks.
    keywords : tuple of str
        What workers find the task by.
    time_limit_s, availability_s : int
        Time for one task, and how long tasks wait for a worker.
    concurrent_tasks : int
        Tasks that may be with workers at a time.
    tags : mapping of str to str
        For the account's own bookkeeping.
    kms_key_id : str
        Key that encrypts the output; empty for none.
    content_classifiers : tuple of str
        What the pictures are free of.
    stop_after_objects, stop_after_percent : int or None
        Whichever is met first stops the job.
    """

    name: str
    label_attribute: str
    region: str
    manifest_uri: str
    output_uri: str
    config_uri: str
    role_arn: str
    workteam_arn: str
    title: str
    description: str
    keywords: tuple[str, ...] = ()
    time_limit_s: int = 259_200
    availability_s: int = 864_000
    concurrent_tasks: int = 100
    tags: Mapping[str, str] | None = None
    kms_key_id: str = ""
    content_classifiers: tuple[str, ...] = ()
    stop_after_objects: int | None = None
    stop_after_percent: int | None = 100


def tracking_request(
    settings: JobSettings, *, is_audit: bool, regions: Regions | None = None
) -> Request:
    """Return the request of an object tracking job.

    Parameters
    ----------
    is_audit : bool
        Whether the job adjusts or verifies labels; both use the same functions, and the label
        category configuration tells them apart.

    Raises
    ------
    HandoffError
        When the region is not known.
    """
    return _video_frames(settings, Task.TRACKING, is_audit=is_audit, regions=regions)


def detection_request(
    settings: JobSettings, *, is_audit: bool, regions: Regions | None = None
) -> Request:
    """Return the request of an object detection job; parameters as of `tracking_request`."""
    return _video_frames(settings, Task.DETECTION, is_audit=is_audit, regions=regions)


def classification_request(
    settings: JobSettings, *, template_uri: str, workers: int = 1, regions: Regions | None = None
) -> Request:
    """Return the request of a clip classification job.

    Parameters
    ----------
    template_uri : str
        S3 address of the worker template (HTML with Liquid placeholders).
    workers : int
        How many people label each clip, 1 to 9.

    Raises
    ------
    HandoffError
        When the region is not known.
    """
    return _request(
        settings,
        interface={"UiTemplateS3Uri": template_uri},
        function=CLASSIFICATION_FUNCTION,
        workers=workers,
        regions=regions or known_regions(),
    )


def _video_frames(
    settings: JobSettings, task: Task, *, is_audit: bool, regions: Regions | None
) -> Request:
    table = regions or known_regions()
    name = FUNCTIONS[task]
    return _request(
        settings,
        interface={"HumanTaskUiArn": table.interface_arn(settings.region, name)},
        function=f"Adjustment{name}" if is_audit else name,
        workers=1,
        regions=table,
    )


def _request(
    settings: JobSettings,
    *,
    interface: Mapping[str, str],
    function: str,
    workers: int,
    regions: Regions,
) -> Request:
    source: Request = {"DataSource": {"S3DataSource": {"ManifestS3Uri": settings.manifest_uri}}}
    if settings.content_classifiers:
        source["DataAttributes"] = {"ContentClassifiers": list(settings.content_classifiers)}
    output = {"S3OutputPath": settings.output_uri}
    if settings.kms_key_id:
        output["KmsKeyId"] = settings.kms_key_id
    human: Request = {
        "WorkteamArn": settings.workteam_arn,
        "UiConfig": dict(interface),
        "PreHumanTaskLambdaArn": regions.function_arn(settings.region, f"PRE-{function}"),
        "TaskTitle": settings.title,
        "TaskDescription": settings.description,
        "NumberOfHumanWorkersPerDataObject": workers,
        "TaskTimeLimitInSeconds": settings.time_limit_s,
        "TaskAvailabilityLifetimeInSeconds": settings.availability_s,
        "MaxConcurrentTaskCount": settings.concurrent_tasks,
        "AnnotationConsolidationConfig": {
            "AnnotationConsolidationLambdaArn": regions.function_arn(
                settings.region, f"ACS-{function}"
            )
        },
    }
    if settings.keywords:
        human["TaskKeywords"] = list(settings.keywords)
    request: Request = {
        "LabelingJobName": settings.name,
        "LabelAttributeName": settings.label_attribute,
        "InputConfig": source,
        "OutputConfig": output,
        "RoleArn": settings.role_arn,
        "LabelCategoryConfigS3Uri": settings.config_uri,
        "HumanTaskConfig": human,
    }
    return request | _stopping(settings) | _tags(settings)


def _stopping(settings: JobSettings) -> Request:
    limits = {
        "MaxHumanLabeledObjectCount": settings.stop_after_objects,
        "MaxPercentageOfInputDatasetLabeled": settings.stop_after_percent,
    }
    given = {key: value for key, value in limits.items() if value is not None}
    return {"StoppingConditions": given} if given else {}


def _tags(settings: JobSettings) -> Request:
    tags = [{"Key": key, "Value": value} for key, value in (settings.tags or {}).items()]
    return {"Tags": tags} if tags else {}
