"""Requests: functions and interfaces are those of the service."""

from __future__ import annotations

import copy
from typing import Any

from handoff.sound_package import REQUEST
from trackproof.errors import Problem
from trackproof.handoff.request_rules import request_problems


def changed_request(**changes: Any) -> list[Problem]:
    request = copy.deepcopy(REQUEST)
    request["HumanTaskConfig"] |= changes.pop("human", {})
    return request_problems(request | changes)


def test_functions_and_interfaces_of_strangers_are_doubted_and_wrong_ones_refused() -> None:
    human = REQUEST["HumanTaskConfig"]
    prepare = human["PreHumanTaskLambdaArn"]
    ours = prepare.replace("432418664414", "111122223333")
    assert "which belongs to 432418664414" in " ".join(
        one.message for one in changed_request(human={"PreHumanTaskLambdaArn": ours})
    )
    interface = human["UiConfig"]["HumanTaskUiArn"]
    strange = {"HumanTaskUiArn": interface.replace("394669845002", "111122223333")}
    assert "belongs to 394669845002" in " ".join(
        one.message for one in changed_request(human={"UiConfig": strange})
    )
    elsewhere = {"HumanTaskUiArn": interface.replace("us-east-1", "eu-west-1")}
    assert "several regions" in changed_request(human={"UiConfig": elsewhere})[0].message
    turk = "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default"
    assert "vendor team" in changed_request(human={"WorkteamArn": turk})[0].message
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    assert "2 times" in changed_request(Tags=twice)[0].message
