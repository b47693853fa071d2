"""What a CreateLabelingJob request must obey.

The SDK checks types, required keys, unknown keys and least values only; lengths, patterns, choices
and the rules between keys are checked here, before money is spent. Constraints as in the botocore
1.43 service model of SageMaker, rules between keys as in its texts and the developer guide.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

from trackproof.errors import Problem, Severity
from trackproof.handoff.regions import known_regions
from trackproof.handoff.shape import Choice, Each, Fields, Text, Whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VIDEO_FRAME_UIS = ("VideoObjectTracking", "VideoObjectDetection")
CLASSIFICATION_FUNCTION = "VideoMultiClass"
BUILT_IN = (*VIDEO_FRAME_UIS, *(f"Adjustment{one}" for one in VIDEO_FRAME_UIS), "VideoMultiClass")
"""Video tasks that the service has functions for, each as ``PRE-`` and ``ACS-``."""

TASK_TIME_LIMIT_S = 604_800
"""Seven days: the guide's limit for video frame tasks."""
CLASSIFICATION_TIME_LIMIT_S = 28_800
AVAILABILITY_LIMIT_S = 2_592_000
SESSION_HINT_S = 28_800
"""Above eight hours the role's longest session must be at least that long."""
CONCURRENT_TASKS = 1_000
"""More has to be asked of the service's support."""


def is_tag_text(text: str) -> bool:
    """Return whether a text holds only letters, separators, digits and ``_.:/=+-@``."""
    return all(unicodedata.category(c)[0] in "LZN" or c in "_.:/=+-@" for c in text)


S3_URI = Text(
    most=1_024, pattern=r"(https|s3)://([^/]+)/?(.*)", form="an S3 address such as s3://bucket/key"
)
SNS_TOPIC = Text(
    most=2_048,
    pattern=r"arn:aws[a-z\-]*:sns:[a-z0-9\-]*:[0-9]{12}:[a-zA-Z0-9_.-]+",
    form="the ARN of an SNS topic",
)
FUNCTION_ARN = Text(
    most=2_048,
    pattern=r"arn:aws[a-z\-]*:lambda:[a-z0-9\-]*:[0-9]{12}:function:.*",
    form="the ARN of a Lambda function",
)
KMS_KEY = Text(most=2_048, pattern=r"[a-zA-Z0-9:/_-]*", form="a KMS key id or ARN")
LABEL_ATTRIBUTE = Text(
    least=1,
    most=127,
    pattern=r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}",
    form="letters, digits and inner hyphens",
)

HUMAN_TASK = Fields(
    required={
        "WorkteamArn": Text(
            most=256,
            pattern=r"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:workteam/.*",
            form="the ARN of a work team",
        ),
        "UiConfig": Fields(
            optional={
                "UiTemplateS3Uri": S3_URI,
                "HumanTaskUiArn": Text(
                    most=1_024,
                    pattern=r"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]+:[0-9]{12}:human-task-ui/.*",
                    form="the ARN of a worker interface",
                ),
            }
        ),
        "TaskTitle": Text(
            least=1,
            most=128,
            pattern="[\\t\\n\\r -\\uD7FF\\uE000-\\uFFFD]*",
            form="printable text without emoji",
        ),
        "TaskDescription": Text(
            least=1, most=255, pattern=r".+", form="one line of text, without line breaks"
        ),
        "NumberOfHumanWorkersPerDataObject": Whole(1, 9),
        "TaskTimeLimitInSeconds": Whole(30),
        # Not required by the model, but every built-in video task needs both.
        "PreHumanTaskLambdaArn": FUNCTION_ARN,
        "AnnotationConsolidationConfig": Fields(
            required={"AnnotationConsolidationLambdaArn": FUNCTION_ARN}
        ),
    },
    optional={
        "TaskKeywords": Each(
            Text(
                least=1,
                most=30,
                pattern=r"[A-Za-z0-9]+( [A-Za-z0-9]+)*",
                form="letters and digits, with single spaces between words",
            ),
            least=1,
            most=5,
        ),
        "TaskAvailabilityLifetimeInSeconds": Whole(60, AVAILABILITY_LIMIT_S),
        "MaxConcurrentTaskCount": Whole(1, 5_000),
    },
    refused={
        "PublicWorkforceTaskPrice": "is for Mechanical Turk, which cannot do video frame tasks"
    },
)

REQUEST = Fields(
    required={
        "LabelingJobName": Text(
            least=1,
            most=63,
            pattern=r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
            form="letters, digits and inner hyphens",
        ),
        "LabelAttributeName": LABEL_ATTRIBUTE,
        "InputConfig": Fields(
            required={
                "DataSource": Fields(
                    optional={
                        "S3DataSource": Fields(required={"ManifestS3Uri": S3_URI}),
                        "SnsDataSource": Fields(required={"SnsTopicArn": SNS_TOPIC}),
                    }
                )
            },
            optional={
                "DataAttributes": Fields(
                    optional={
                        "ContentClassifiers": Each(
                            Choice(
                                ("FreeOfPersonallyIdentifiableInformation", "FreeOfAdultContent")
                            ),
                            most=256,
                        )
                    }
                )
            },
        ),
        "OutputConfig": Fields(
            required={"S3OutputPath": S3_URI},
            optional={"KmsKeyId": KMS_KEY, "SnsTopicArn": SNS_TOPIC},
        ),
        "RoleArn": Text(
            least=20,
            most=2_048,
            pattern=r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
            form="the ARN of an IAM role",
        ),
        "HumanTaskConfig": HUMAN_TASK,
        # Not required by the model, but every built-in video task needs it.
        "LabelCategoryConfigS3Uri": S3_URI,
    },
    optional={
        "StoppingConditions": Fields(
            optional={
                "MaxHumanLabeledObjectCount": Whole(1),
                "MaxPercentageOfInputDatasetLabeled": Whole(1, 100),
            }
        ),
        "Tags": Each(
            Fields(
                required={
                    "Key": Text(
                        least=1, most=128, test=is_tag_text, form="letters, digits and _.:/=+-@"
                    ),
                    "Value": Text(most=256, test=is_tag_text, form="letters, digits and _.:/=+-@"),
                }
            ),
            most=50,
        ),
    },
    refused={"LabelingJobAlgorithmsConfig": "asks for automated labeling, which video has not"},
)


def request_problems(request: Mapping[str, Any], *, path: str = "") -> list[Problem]:
    """Return everything that the service would refuse, and hints where it merely might.

    Parameters
    ----------
    request : mapping
        Keyword arguments of ``create_labeling_job``.
    path : str
        File it came from, for the messages.
    """
    wrongs = list(REQUEST.wrongs(dict(request), ""))
    problems = [Problem(text, path, place, Severity.ERROR) for place, text in wrongs]
    if wrongs:
        # The rules between keys are about values that are sound in themselves.
        return problems
    problems += [
        Problem(text, path, place, Severity.ERROR) for place, text in _between_keys(request)
    ]
    problems += [Problem(text, path, place, Severity.WARNING) for place, text in _hints(request)]
    return problems


def attribute_name_wrong(name: str, *, is_reference: bool) -> str | None:
    """Return why a text cannot be a label attribute name, or None when it can.

    Parameters
    ----------
    is_reference : bool
        True for video frame jobs, whose result is a file and whose name ends in ``-ref``.
    """
    for _, text in LABEL_ATTRIBUTE.wrongs(name, ""):
        return f"the label attribute name {text}"
    if name.endswith("-metadata") or name in ("source", "source-ref"):
        return f"{name!r} is a name that the service keeps for itself"
    if is_reference and not name.endswith("-ref"):
        return f"{name!r} must end in -ref, as the names of all video frame jobs"
    if not is_reference and name.endswith("-ref"):
        return f"{name!r} must not end in -ref: clip classification writes its label in the line"
    return None


def _between_keys(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    human = request["HumanTaskConfig"]
    if not request["InputConfig"]["DataSource"]:
        yield "InputConfig.DataSource", "DataSource names neither a manifest nor a topic"
    uis = human["UiConfig"]
    if len(uis) != 1:
        yield (
            "HumanTaskConfig.UiConfig",
            "UiConfig needs exactly one of HumanTaskUiArn and UiTemplateS3Uri",
        )
        return
    is_frames = "HumanTaskUiArn" in uis
    wrong = attribute_name_wrong(request["LabelAttributeName"], is_reference=is_frames)
    if wrong:
        yield "LabelAttributeName", wrong
    yield from _functions(human, is_frames=is_frames)
    if is_frames and "/public-crowd/" in human["WorkteamArn"]:
        yield "HumanTaskConfig.WorkteamArn", "video frame tasks need a private or a vendor team"
    keys = Counter(tag["Key"] for tag in request.get("Tags", []))
    yield from (("Tags", f"name {key!r} {n} times") for key, n in keys.items() if n > 1)
    if is_frames and human["NumberOfHumanWorkersPerDataObject"] != 1:
        yield (
            "HumanTaskConfig.NumberOfHumanWorkersPerDataObject",
            "video frame tasks go to exactly 1 worker",
        )
    limit_s = TASK_TIME_LIMIT_S if is_frames else CLASSIFICATION_TIME_LIMIT_S
    if human["TaskTimeLimitInSeconds"] > limit_s:
        yield (
            "HumanTaskConfig.TaskTimeLimitInSeconds",
            f"a task may take at most {limit_s:,} s, not {human['TaskTimeLimitInSeconds']:,} s",
        )


def _functions(human: Mapping[str, Any], *, is_frames: bool) -> Iterator[tuple[str, str]]:
    """Yield what does not fit between the worker interface and the two functions."""
    prepare = human["PreHumanTaskLambdaArn"]
    consolidate = human["AnnotationConsolidationConfig"]["AnnotationConsolidationLambdaArn"]
    before, after = prepare.rsplit(":", 1)[-1], consolidate.rsplit(":", 1)[-1]
    if before.removeprefix("PRE-") != after.removeprefix("ACS-"):
        yield "HumanTaskConfig", f"the functions {before} and {after} are not a pair"
    task = before.removeprefix("PRE-").removeprefix("Adjustment")
    if is_frames:
        interface = human["UiConfig"]["HumanTaskUiArn"].rsplit("/", 1)[-1]
        if interface in VIDEO_FRAME_UIS and before.startswith("PRE-") and interface != task:
            yield (
                "HumanTaskConfig.PreHumanTaskLambdaArn",
                f"{before} does not belong to the worker interface {interface}",
            )
    elif task in VIDEO_FRAME_UIS:
        yield "HumanTaskConfig.UiConfig", f"{before} needs a HumanTaskUiArn, not a template"
    interfaces = [human["UiConfig"]["HumanTaskUiArn"]] if is_frames else []
    placed = (prepare, consolidate, human["WorkteamArn"], *interfaces)
    regions = {arn.split(":")[3] for arn in placed}
    if len(regions) > 1:
        text = f"work team, interface and functions are in several regions: {_and(regions)}"
        yield "HumanTaskConfig", text
    if task == "VideoClassification":
        text = f"the service has no {before}; clip classification uses {CLASSIFICATION_FUNCTION}"
        yield "HumanTaskConfig.PreHumanTaskLambdaArn", text


def _hints(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    human = request["HumanTaskConfig"]
    yield from _strangers(human)
    if human["TaskTimeLimitInSeconds"] > SESSION_HINT_S:
        yield (
            "HumanTaskConfig.TaskTimeLimitInSeconds",
            "more than 8 hours for a task: the role's longest session must be at least 8 hours",
        )
    if human.get("MaxConcurrentTaskCount", 0) > CONCURRENT_TASKS:
        yield (
            "HumanTaskConfig.MaxConcurrentTaskCount",
            "more than 1,000 tasks at a time have to be asked of AWS support first",
        )


def _strangers(human: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield built-in functions and interfaces that stand in another account than the service's.

    They may be somebody's own of the same name, so this is a doubt and no error.
    """
    regions = known_regions()
    for arn in (
        human["PreHumanTaskLambdaArn"],
        human["AnnotationConsolidationConfig"]["AnnotationConsolidationLambdaArn"],
    ):
        region, account, name = arn.split(":")[3], arn.split(":")[4], arn.rsplit(":", 1)[-1]
        own = regions.function_accounts.get(region)
        if name.partition("-")[2] in BUILT_IN and own is not None and own != account:
            yield (
                "HumanTaskConfig",
                f"{name} of account {account} is not the service's own in {region}, which "
                f"belongs to {own}",
            )
    interface = human["UiConfig"].get("HumanTaskUiArn", "")
    account = interface.split(":")[4] if interface else regions.interface_account
    if account != regions.interface_account:
        yield (
            "HumanTaskConfig.UiConfig",
            f"the worker interface of account {account} is not the service's own, which belongs "
            f"to {regions.interface_account}",
        )


def _and(words: set[str]) -> str:
    return " and ".join(sorted(words))
