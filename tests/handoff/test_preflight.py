"""What is looked at before a launch: passed, failed, or honestly not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handoff.launching_scene import Scene, scene
from labeling_service import CORS, REGION, LabelingService
from trackproof.handoff.jobs import LabelingService as Jobs
from trackproof.handoff.launching import launch
from trackproof.handoff.preflight import Flight, Outcome, is_ready, preflight, principal_arn
from trackproof.storage.s3 import Connection


@pytest.fixture
def here(labeling: LabelingService, tmp_path: Path) -> Scene:
    return scene(labeling, tmp_path / "focus")


def looked(here: Scene, connection: Connection, **changes: Any) -> dict[str, tuple[Outcome, str]]:
    ready = here.ready(connection)
    request = here.request(connection) | changes
    checks = preflight(Flight(connection, request, REGION, ready.manifest_bytes))
    return {check.title: (check.outcome, check.sentence) for check in checks}


def test_everything_that_is_in_order_passes_and_names_what_was_found(
    here: Scene, connection: Connection
) -> None:
    found = looked(here, connection)
    bucket = here.service.bucket
    assert set(found) == {
        "Request",
        "Identity",
        "Job name",
        "Work team",
        "Role",
        "Role session",
        "Role can be passed",
        f"Region of {bucket}",
        f"CORS of {bucket}",
        "Manifest",
        "Label categories",
        "Frames",
        "Quotas",
        "Account quotas",
    }
    assert found["Account quotas"][1] == f"0 of 20 labeling jobs run in {REGION}"
    assert {outcome for outcome, _ in found.values()} == {Outcome.PASS}
    assert "2 sequences, 12 frames" in found["Frames"][1]


def test_a_broken_request_stops_the_looking(here: Scene, connection: Connection) -> None:
    found = looked(here, connection, LabelingJobName="a_b")
    assert set(found) == {"Request"}
    assert found["Request"][0] is Outcome.FAIL
    assert not here.service.calls


def test_a_taken_name_is_found_whatever_its_case(here: Scene, connection: Connection) -> None:
    launch(Jobs(connection), here.request(connection))
    outcome, sentence = looked(here, connection, LabelingJobName="YARD-Adjust")["Job name"]
    assert outcome is Outcome.FAIL
    assert "is called yard-adjust (starting)" in sentence


def test_who_may_not_look_at_roles_is_told_that_it_could_not_be_checked(
    here: Scene, connection: Connection
) -> None:
    here.service.pass_role = "denied"
    found = looked(here, connection)
    assert found["Role"][0] is Outcome.UNKNOWN
    assert found["Role can be passed"][0] is Outcome.UNKNOWN
    assert "access is denied" in found["Role can be passed"][1]


def test_who_may_not_pass_the_role_is_told_what_to_ask_for(
    here: Scene, connection: Connection
) -> None:
    here.service.pass_role = "implicitDeny"
    outcome, sentence = looked(here, connection)["Role can be passed"]
    assert outcome is Outcome.FAIL
    assert "iam:PassRole" in sentence


def test_roles_that_are_missing_or_trust_nobody_fail(here: Scene, connection: Connection) -> None:
    missing = here.service.role.replace("labeling-", "nobody-")
    assert "there is no role" in looked(here, connection, RoleArn=missing)["Role"][1]
    iam = here.service.client("iam")
    name = here.service.role.rpartition("/")[2]
    nobody = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(nobody))
    iam.update_role(RoleName=name, MaxSessionDuration=3_600)
    found = looked(here, connection)
    assert (found["Role"][0], found["Role session"][0]) == (Outcome.FAIL, Outcome.FAIL)
    assert "tasks may take 72 h" in found["Role session"][1]


def test_account_of_another_role_is_found(here: Scene, connection: Connection) -> None:
    other = here.service.role.replace("123456789012", "999999999999")
    assert looked(here, connection, RoleArn=other)["Identity"][0] is Outcome.FAIL


def test_buckets_elsewhere_missing_or_closed_to_browsers_fail(
    here: Scene, connection: Connection
) -> None:
    s3 = here.service.client()
    far = f"far-{here.service.bucket}"
    where = {"LocationConstraint": "eu-west-1"}
    west = connection.client("s3", region="eu-west-1")
    west.create_bucket(Bucket=far, CreateBucketConfiguration=where)
    found = looked(here, connection, OutputConfig={"S3OutputPath": f"s3://{far}/out/"})
    assert found[f"Region of {far}"] == (
        Outcome.FAIL,
        f"{far} is in eu-west-1, the job in {REGION}; both must be in one",
    )
    assert found[f"CORS of {far}"][0] is Outcome.FAIL
    gone = looked(here, connection, OutputConfig={"S3OutputPath": "s3://no-such-bucket/out/"})
    assert "there is no bucket" in gone["Region of no-such-bucket"][1]
    assert s3.get_bucket_cors(Bucket=here.service.bucket)["CORSRules"] == CORS["CORSRules"]


def test_missing_or_changed_files_fail(here: Scene, connection: Connection) -> None:
    s3, bucket = here.service.client(), here.service.bucket
    s3.delete_object(Bucket=bucket, Key="frames/yard/000099.jpg")
    here.service.write(f"{here.address}job-1/label-categories.json", b"[1]")
    found = looked(here, connection)
    assert "000099.jpg is not there (1 missing" in found["Frames"][1]
    assert found["Label categories"][0] is Outcome.FAIL
    here.service.write(f"{here.address}job-1/adjustment.manifest", b'{"source-ref": 1}\nnot json')
    changed = looked(here, connection)
    assert "differs from the package" in changed["Manifest"][1]
    s3.delete_object(Bucket=bucket, Key="review/job-1/adjustment.manifest")
    assert "upload the package first" in looked(here, connection)["Manifest"][1]


def test_teams_elsewhere_of_vendors_and_unknown_ones_are_told_apart(
    here: Scene, connection: Connection
) -> None:
    human = here.request(connection)["HumanTaskConfig"]

    def team(arn: str) -> Outcome:
        return looked(here, connection, HumanTaskConfig=human | {"WorkteamArn": arn})["Work team"][
            0
        ]

    base = f"arn:aws:sagemaker:{REGION}:123456789012:workteam"
    assert team(f"{base}/private-crowd/nobody") is Outcome.FAIL
    assert team(f"{base}/vendor-crowd/helpers") is Outcome.UNKNOWN
    crowd = human | {"WorkteamArn": f"{base}/public-crowd/default"}
    request = here.request(connection) | {"HumanTaskConfig": crowd}
    found = preflight(Flight(connection, request, REGION))
    failed = [one.sentence for one in found if one.outcome is Outcome.FAIL]
    assert any("a private or a vendor team" in one for one in failed)


def test_expired_credentials_fail_and_everything_else_is_not_known(
    here: Scene, connection: Connection
) -> None:
    from labeling_service import EXPIRED

    here.service.fail(EXPIRED, "DescribeLabelingJob")
    assert looked(here, connection)["Job name"][0] is Outcome.FAIL
    checks = preflight(Flight(connection, here.request(connection), REGION, None))
    assert is_ready(checks)


@pytest.mark.parametrize(
    ("identity", "principal"),
    [
        (
            "arn:aws:sts::123456789012:assumed-role/reviewer/ann",
            "arn:aws:iam::123456789012:role/reviewer",
        ),
        ("arn:aws:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/ann"),
        ("", ""),
    ],
)
def test_assumed_roles_are_asked_about_as_the_role_behind(identity: str, principal: str) -> None:
    assert principal_arn(identity) == principal


def test_who_may_not_look_at_quotas_is_told_that_they_were_not_checked(
    here: Scene, connection: Connection
) -> None:
    here.service.quotas = None
    outcome, sentence = looked(here, connection)["Account quotas"]
    assert outcome is Outcome.UNKNOWN
    assert sentence.startswith("not checked: access is denied")
    assert "servicequotas:ListServiceQuotas" in sentence


@pytest.mark.parametrize(
    ("quotas", "words"),
    [
        ({"ml.m5.large for training job usage": 4.0}, "name nothing about labeling jobs"),
        ({"Objects in a labeling job": 100_000.0}, "Objects in a labeling job: 100,000"),
    ],
)
def test_quotas_that_are_not_known_are_told_and_judged_by_nobody(
    here: Scene, connection: Connection, quotas: dict[str, float], words: str
) -> None:
    here.service.quotas = quotas
    outcome, sentence = looked(here, connection)["Account quotas"]
    assert outcome is Outcome.UNKNOWN
    assert sentence.startswith("not checked")
    assert words in sentence


def test_an_account_that_is_full_is_warned_and_not_stopped(
    here: Scene, connection: Connection
) -> None:
    here.service.quotas = {"Number of concurrent labeling jobs": 1.0}
    launch(Jobs(connection), here.request(connection))
    ready = here.ready(connection)
    request = here.request(connection, name="second")
    checks = preflight(Flight(connection, request, REGION, ready.manifest_bytes))
    (check,) = (one for one in checks if one.title == "Account quotas")
    assert check.outcome is Outcome.WARN
    assert "the account allows 1" in check.sentence
    assert is_ready(checks)
