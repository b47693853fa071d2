"""Requests: built as the service wants them, and checked for what the SDK lets through."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from trackproof.errors import HandoffError, Severity
from trackproof.handoff.regions import Regions, known_regions
from trackproof.handoff.request_rules import attribute_name_wrong, request_problems
from trackproof.handoff.requests import (
    JobSettings,
    classification_request,
    detection_request,
    tracking_request,
)

EXAMPLES = (
    "tracking",
    "tracking-adjustment",
    "tracking-verification",
    "detection",
    "detection-adjustment",
    "detection-verification",
    "classification",
)


def settings(**changes: Any) -> JobSettings:
    plain: dict[str, Any] = {
        "name": "yard-track-adj",
        "label_attribute": "yard-track-adj-ref",
        "region": "us-east-1",
        "manifest_uri": "s3://example-gt-sagemaker/review/adjustment.manifest",
        "output_uri": "s3://example-gt-sagemaker/out/",
        "config_uri": "s3://example-gt-sagemaker/cfg/labels-tracking-adjustment.json",
        "role_arn": "arn:aws:iam::111122223333:role/service-role/ExampleGroundTruthRole",
        "workteam_arn": (
            "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/example-team"
        ),
        "title": "Correct flagged tracks",
        "description": "Correct the boxes flagged in the instructions",
        "keywords": ("video",),
        "tags": {"project": "yard-review"},
    }
    return JobSettings(**{**plain, **changes})


def settings_of(example: dict[str, Any]) -> JobSettings:
    """Read back the settings of an example request."""
    human = example["HumanTaskConfig"]
    return settings(
        name=example["LabelingJobName"],
        label_attribute=example["LabelAttributeName"],
        region=human["WorkteamArn"].split(":")[3],
        manifest_uri=example["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"],
        config_uri=example["LabelCategoryConfigS3Uri"],
        workteam_arn=human["WorkteamArn"],
        title=human["TaskTitle"],
        description=human["TaskDescription"],
        keywords=tuple(human["TaskKeywords"]),
        time_limit_s=human["TaskTimeLimitInSeconds"],
    )


def errors(request: dict[str, Any]) -> list[str]:
    return [p.message for p in request_problems(request) if p.severity is Severity.ERROR]


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return a sound request with one value replaced."""
    request = copy.deepcopy(tracking_request(settings(), is_audit=True))
    at: Any = request
    *parents, last = place.split(".")
    for key in parents:
        at = at.setdefault(key, {})
    at[last] = value
    return request


@pytest.mark.parametrize("name", EXAMPLES)
def test_settings_give_exactly_the_example_request(name: str, shared_examples: Path) -> None:
    example = json.loads((shared_examples / f"create-labeling-job-{name}.json").read_text())
    if name == "classification":
        made = classification_request(
            settings_of(example),
            template_uri=example["HumanTaskConfig"]["UiConfig"]["UiTemplateS3Uri"],
            workers=3,
        )
    else:
        build = tracking_request if name.startswith("tracking") else detection_request
        made = build(settings_of(example), is_audit="-" in name)
    assert made == example
    assert errors(made) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_sdk_accepts_the_request(name: str, shared_examples: Path) -> None:
    import botocore.session
    from botocore.validate import ParamValidator

    example = json.loads((shared_examples / f"create-labeling-job-{name}.json").read_text())
    model = botocore.session.get_session().get_service_model("sagemaker")
    shape = model.operation_model("CreateLabelingJob").input_shape
    report = ParamValidator().validate(example, shape)
    assert not report.has_errors(), report.generate_report()


def test_rules_know_every_constraint_of_the_service_model() -> None:
    """Walk the SDK's model beside our rules: same keys, lengths, limits and choices."""
    import botocore.session

    from trackproof.handoff.request_rules import REQUEST
    from trackproof.handoff.shape import Choice, Each, Fields, Text, Whole

    model = botocore.session.get_session().get_service_model("sagemaker")

    def compare(shape: Any, rule: Any, place: str) -> None:
        if isinstance(rule, Fields):
            ours = {**rule.required, **rule.optional}
            assert set(shape.members) == set(ours) | set(rule.refused), place
            assert set(shape.required_members) <= set(rule.required), place
            for key, inner in ours.items():
                compare(shape.members[key], inner, f"{place}.{key}")
            return
        facts = shape.metadata
        if isinstance(rule, Each):
            assert (rule.least, rule.most) == (facts.get("min", 0), facts.get("max")), place
            compare(shape.member, rule.item, f"{place}[]")
        elif isinstance(rule, Text):
            assert (rule.least, rule.most) == (facts.get("min", 0), facts.get("max")), place
            assert rule.test is not None or rule.pattern == facts["pattern"], place
        elif isinstance(rule, Whole):
            assert rule.least == facts.get("min"), place
            assert rule.most == facts.get("max") or place.endswith("LifetimeInSeconds"), place
        else:
            assert isinstance(rule, Choice)
            assert list(rule.words) == facts["enum"], place

    compare(model.operation_model("CreateLabelingJob").input_shape, REQUEST, "")


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("LabelingJobName", "yard_track", "letters, digits and inner hyphens"),
        ("LabelingJobName", "a" * 64, "at most 63"),
        ("LabelAttributeName", "yard-track", "must end in -ref"),
        ("LabelAttributeName", "source-ref", "keeps for itself"),
        ("OutputConfig.S3OutputPath", "bucket/out", "an S3 address"),
        ("RoleArn", "arn:aws:iam::1111:role/Some", "IAM role"),
        ("InputConfig.DataSource", {}, "neither a manifest nor a topic"),
        ("StoppingConditions.MaxPercentageOfInputDatasetLabeled", 101, "most allowed is 100"),
        ("LabelingJobAlgorithmsConfig", {}, "automated labeling"),
        ("Surprise", 1, "not a key"),
        ("Tags", [{"Key": "a*b", "Value": ""}], "letters, digits"),
        ("Tags", [{"Key": "k", "Value": "v"}] * 51, "at most 50"),
        ("HumanTaskConfig.TaskDescription", "two\nlines", "without line breaks"),
        ("HumanTaskConfig.TaskDescription", "x" * 256, "at most 255"),
        ("HumanTaskConfig.TaskTitle", "Track \U0001f697", "without emoji"),
        ("HumanTaskConfig.TaskKeywords", ["two  spaces"], "single spaces"),
        ("HumanTaskConfig.TaskKeywords", [], "at least 1"),
        ("HumanTaskConfig.NumberOfHumanWorkersPerDataObject", 99, "most allowed is 9"),
        ("HumanTaskConfig.NumberOfHumanWorkersPerDataObject", 3, "exactly 1 worker"),
        ("HumanTaskConfig.NumberOfHumanWorkersPerDataObject", True, "whole number"),
        ("HumanTaskConfig.TaskTimeLimitInSeconds", 864_000, "at most 604,800 s"),
        ("HumanTaskConfig.MaxConcurrentTaskCount", 5_001, "most allowed is 5,000"),
        ("HumanTaskConfig.PublicWorkforceTaskPrice", {}, "Mechanical Turk"),
        ("HumanTaskConfig.UiConfig", {}, "exactly one of"),
        ("HumanTaskConfig.UiConfig", {"UiTemplateS3Uri": "s3://b/t.html"}, "needs a HumanTaskUi"),
        (
            "HumanTaskConfig.PreHumanTaskLambdaArn",
            "arn:aws:lambda:us-east-1:432418664414:function:PRE-AdjustmentVideoObjectDetection",
            "not a pair",
        ),
        (
            "HumanTaskConfig.WorkteamArn",
            "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/team",
            "eu-west-1 and us-east-1",
        ),
    ],
)
def test_what_the_service_refuses_is_refused_here(place: str, value: Any, words: str) -> None:
    assert any(words in message for message in errors(changed(place, value)))


def test_missing_key_is_named_with_its_place() -> None:
    request = tracking_request(settings(), is_audit=False)
    del request["HumanTaskConfig"]["TaskTitle"]
    assert [str(p) for p in request_problems(request)] == ["HumanTaskConfig.TaskTitle: is missing"]


def test_tags_may_hold_letters_of_every_script() -> None:
    assert errors(changed("Tags", [{"Key": "projet", "Value": "façade 検査 №"}])) != []
    assert errors(changed("Tags", [{"Key": "projet", "Value": "façade 検査 7"}])) == []


def test_long_tasks_bring_a_hint_about_the_session() -> None:
    hints = [p.message for p in request_problems(changed("RoleArn", settings().role_arn))]
    assert hints == [
        "more than 8 hours for a task: the role's longest session must be at least 8 hours"
    ]


def test_account_that_starts_with_zero_stays_text() -> None:
    assert known_regions().function_arn("us-west-2", "PRE-VideoMultiClass") == (
        "arn:aws:lambda:us-west-2:081040173940:function:PRE-VideoMultiClass"
    )
    assert len(known_regions().function_accounts) == 12


def test_unknown_region_names_the_known_ones() -> None:
    with pytest.raises(HandoffError, match="'us-west-1'; known are ap-northeast-1, "):
        tracking_request(settings(region="us-west-1"), is_audit=False)


def test_region_table_can_be_overridden() -> None:
    own = Regions("394669845002", {"us-west-1": "111111111111"})
    request = tracking_request(settings(region="us-west-1"), is_audit=False, regions=own)
    assert ":111111111111:" in request["HumanTaskConfig"]["PreHumanTaskLambdaArn"]


def test_encryption_classifiers_and_stops_reach_the_request() -> None:
    request = tracking_request(
        settings(
            kms_key_id="alias/own",
            content_classifiers=("FreeOfAdultContent",),
            stop_after_objects=4,
            stop_after_percent=None,
            tags=None,
            keywords=(),
        ),
        is_audit=False,
    )
    assert request["OutputConfig"]["KmsKeyId"] == "alias/own"
    assert request["InputConfig"]["DataAttributes"]["ContentClassifiers"] == ["FreeOfAdultContent"]
    assert request["StoppingConditions"] == {"MaxHumanLabeledObjectCount": 4}
    assert "Tags" not in request
    assert errors(request) == []


def test_classification_label_must_not_end_in_ref() -> None:
    assert "must not end in -ref" in (attribute_name_wrong("clip-ref", is_reference=False) or "")
    assert attribute_name_wrong("clip-class", is_reference=False) is None
