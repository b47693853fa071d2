"""What the fake labeling service demands of a request, independently of the program's own rules.

First botocore's model of the service (types, required keys, unknown keys), then what botocore does
not check (lengths, ranges, patterns, choices), then the rules between keys of the developer guide.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

LIST_REF = ("VideoObjectTracking", "VideoObjectDetection")
ACCOUNTS = {
    "us-east-1": "432418664414",
    "us-east-2": "266458841044",
    "us-west-2": "081040173940",
    "ca-central-1": "918755190332",
    "eu-west-1": "568282634449",
    "eu-west-2": "487402164563",
    "eu-central-1": "203001061592",
    "ap-northeast-1": "477331159723",
    "ap-northeast-2": "845288260483",
    "ap-south-1": "565803892007",
    "ap-southeast-1": "377565633583",
    "ap-southeast-2": "454466003867",
}


@cache
def service_model() -> Any:
    """Return botocore's model of SageMaker."""
    return botocore.session.get_session().get_service_model("sagemaker")


def model_wrongs(model: Any, operation: str, request: Any) -> list[str]:
    """Return what breaks the model: what botocore checks, and what it does not."""
    shape = model.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        return [report.generate_report()]
    return list(_strict(shape, request, "input"))


def _strict(shape: Any, value: Any, place: str) -> Any:
    if shape.type_name == "structure":
        for key, inner in value.items():
            yield from _strict(shape.members[key], inner, f"{place}.{key}")
        return
    if shape.type_name == "list":
        yield from _range(shape, len(value), place)
        for number, inner in enumerate(value):
            yield from _strict(shape.member, inner, f"{place}[{number}]")
        return
    if shape.type_name == "string":
        yield from _range(shape, len(value), place)
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(_python(pattern), value):
            yield f"{place}: {value!r} does not match {pattern}"
        choices = shape.metadata.get("enum")
        if choices and value not in choices:
            yield f"{place}: {value!r} is none of {choices}"
    if shape.type_name in ("integer", "long"):
        yield from _range(shape, value, place)


def _range(shape: Any, number: int, place: str) -> Any:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and number < least) or (most is not None and number > most):
        yield f"{place}: {number} is not within {least} and {most}"


def _python(pattern: str) -> str:
    """Return a Java pattern for Python, whose letters, digits and spaces are a little wider."""
    for java, python in ((r"\p{L}", r"\w"), (r"\p{N}", r"\d"), (r"\p{Z}", r"\s")):
        pattern = pattern.replace(java, python)
    return pattern


def job_wrongs(request: dict[str, Any], *, region: str, read: Any) -> list[str]:
    """Return what breaks the rules between keys.

    Parameters
    ----------
    read : callable
        Returns the bytes at an S3 address, or None.
    """
    human = request["HumanTaskConfig"]
    name = request["LabelAttributeName"]
    wrongs = _function_wrongs(human, region)
    function = human.get("PreHumanTaskLambdaArn", "").rsplit("PRE-", 1)[-1]
    is_frames = function.removeprefix("Adjustment") in LIST_REF
    if is_frames != name.endswith("-ref"):
        wrongs.append(f"LabelAttributeName {name} and the function {function} do not fit (-ref)")
    if is_frames and human["NumberOfHumanWorkersPerDataObject"] != 1:
        wrongs.append("NumberOfHumanWorkersPerDataObject must be 1 for video frames")
    if is_frames and human["TaskTimeLimitInSeconds"] > 604_800:
        wrongs.append("TaskTimeLimitInSeconds is beyond 7 days")
    if not is_frames and human["TaskTimeLimitInSeconds"] > 28_800:
        wrongs.append("TaskTimeLimitInSeconds is beyond 8 hours")
    if "PublicWorkforceTaskPrice" in human or "/public-crowd" in human["WorkteamArn"]:
        wrongs.append("video tasks need a private or vendor work team")
    if "LabelingJobAlgorithmsConfig" in request:
        wrongs.append("automated labeling is not for video")
    manifest = read(request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"])
    if manifest is None:
        return [*wrongs, "the input manifest does not exist"]
    config = read(request.get("LabelCategoryConfigS3Uri", ""))
    if config is None:
        return [*wrongs, "the label category configuration does not exist"]
    lines = [json.loads(line) for line in manifest.decode().splitlines()]
    return wrongs + _data_wrongs(function, name, json.loads(config), lines, is_frames=is_frames)


def _function_wrongs(human: dict[str, Any], region: str) -> list[str]:
    wrongs = []
    ui = human["UiConfig"]
    if len(ui) != 1:
        wrongs.append("exactly one of UiTemplateS3Uri and HumanTaskUiArn")
    before = human.get("PreHumanTaskLambdaArn", "")
    after = human.get("AnnotationConsolidationConfig", {}).get(
        "AnnotationConsolidationLambdaArn", ""
    )
    owner = ACCOUNTS.get(region, "no account")
    function = before.rsplit("PRE-", 1)[-1]
    if before != f"arn:aws:lambda:{region}:{owner}:function:PRE-{function}":
        wrongs.append(f"{before} is no built-in function of {region}")
    if after != f"arn:aws:lambda:{region}:{owner}:function:ACS-{function}":
        wrongs.append(f"{after} does not belong to PRE-{function}")
    task = function.removeprefix("Adjustment")
    if task in LIST_REF:
        wanted = f"arn:aws:sagemaker:{region}:394669845002:human-task-ui/{task}"
        if ui.get("HumanTaskUiArn") != wanted:
            wrongs.append(f"the worker interface is not {wanted}")
    elif function != "VideoMultiClass" or "UiTemplateS3Uri" not in ui:
        wrongs.append(f"{function} is no video task with a template")
    return wrongs


def _data_wrongs(
    function: str, name: str, config: dict[str, Any], lines: list[Any], *, is_frames: bool
) -> list[str]:
    wrongs = []
    audit = config.get("auditLabelAttributeName")
    is_audit = function.startswith("Adjustment")
    if is_audit != bool(audit):
        wrongs.append(f"auditLabelAttributeName {audit!r} does not fit {function}")
    if audit and audit == name:
        wrongs.append("the result must have another name than what is audited")
    if audit and not all(audit in line and f"{audit}-metadata" in line for line in lines):
        wrongs.append(f"a line of the manifest lacks {audit}")
    if is_frames and len(lines) > 10:
        wrongs.append("more than 10 sequences")
    if not 1 <= len(config["labels"]) <= 30:
        wrongs.append("1 to 30 labels")
    texts = config.get("instructions", {})
    if len(texts.get("shortInstruction", "")) > 254 or len(texts.get("fullInstruction", "")) > 2047:
        wrongs.append("the instructions are too long")
    return wrongs
