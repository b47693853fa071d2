"""Look before a launch: everything that can be known beforehand, as data, and nothing is changed.

A check that could not be made says so; it is neither passed nor failed. People often may create
jobs and may not look at roles or buckets' settings, and then only they can judge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from trackproof.errors import Severity, StorageError
from trackproof.handoff.jobs import LabelingService
from trackproof.handoff.request_rules import SESSION_HINT_S, request_problems
from trackproof.progress import NO_PROGRESS
from trackproof.storage.s3 import AwsError, Connection, Trouble, aws_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from trackproof.progress import Progress

LONG_SESSION_S = 28_800
SERVICE = "sagemaker.amazonaws.com"


class Outcome(StrEnum):
    """How a check ended."""

    PASS = "pass"
    WARN = "look at this"
    FAIL = "fail"
    UNKNOWN = "could not be checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    title : str
        What was looked at, in a few words.
    outcome : Outcome
        How it ended.
    sentence : str
        What was found, and the way out where there is something wrong.
    """

    title: str
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class Flight:
    """What is about to be launched.

    Parameters
    ----------
    connection : Connection
        Whose account.
    request : mapping
        Keyword arguments of ``create_labeling_job``.
    region : str
        Where.
    sent : bytes or None
        The manifest as it is in a local package; None when only S3 has it.
    pending : mapping of str to bytes
        What the launch will put into S3 first, by address.
    jobs : int
        How many jobs are launched together.
    """

    connection: Connection
    request: Mapping[str, Any]
    region: str
    sent: bytes | None = None
    pending: Mapping[str, bytes] = field(default_factory=dict)
    jobs: int = 1

    @property
    def is_frames(self) -> bool:
        """Whether workers see video frames, not clips."""
        return "HumanTaskUiArn" in self.request["HumanTaskConfig"]["UiConfig"]


def preflight(flight: Flight, *, progress: Progress = NO_PROGRESS) -> list[Check]:
    """Return all checks of a request, the request's own rules first.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    from trackproof.handoff.preflight_data import DATA_CHECKS
    from trackproof.handoff.preflight_quotas import TITLE, account_quotas

    found = list(_request_rules(flight.request))
    if any(one.outcome is Outcome.FAIL for one in found):
        # The other checks read the request and need it sound.
        return found
    looks: tuple[tuple[str, Callable[[Flight], Iterator[Check]]], ...] = (
        ("Identity", _identity),
        ("Job name", _name),
        ("Work team", _team),
        ("Role", _role),
        ("Role can be passed", _passing),
        *DATA_CHECKS,
        (TITLE, account_quotas),
    )
    for done, (title, look) in enumerate(looks):
        progress.step(done, len(looks))
        try:
            found += look(flight)
        except StorageError as error:
            found.append(Check(title, *_of_error(error)))
    progress.step(len(looks), len(looks))
    return found


def is_ready(checks: list[Check]) -> bool:
    """Return whether nothing stands against a launch."""
    return all(one.outcome is not Outcome.FAIL for one in checks)


def _of_error(error: StorageError) -> tuple[Outcome, str]:
    """Return how a check ended whose question was refused, or could not even be put."""
    if not isinstance(error, AwsError):
        return Outcome.FAIL, str(error)
    certain = (Trouble.NO_CREDENTIALS, Trouble.EXPIRED, Trouble.REFUSED, Trouble.NO_BUCKET)
    outcome = Outcome.FAIL if error.trouble in certain else Outcome.UNKNOWN
    return outcome, str(error)


def _request_rules(request: Mapping[str, Any]) -> Iterator[Check]:
    problems = request_problems(request)
    for one in problems:
        is_error = one.severity is Severity.ERROR
        sentence = f"{one.message} ({one.location})" if one.location else one.message
        yield Check("Request", Outcome.FAIL if is_error else Outcome.WARN, sentence)
    if not any(one.severity is Severity.ERROR for one in problems):
        yield Check("Request", Outcome.PASS, "every rule for requests is kept")


def _identity(flight: Flight) -> Iterator[Check]:
    identity = flight.connection.identity()
    owner = str(flight.request["RoleArn"]).split(":")[4]
    if identity.account_id and identity.account_id != owner:
        text = f"you are {identity}, and the role belongs to account {owner}; change one of them"
        yield Check("Identity", Outcome.FAIL, text)
    elif not identity.arn:
        yield Check("Identity", Outcome.UNKNOWN, "the server does not say who you are")
    else:
        yield Check("Identity", Outcome.PASS, f"you are {identity}")


def _name(flight: Flight) -> Iterator[Check]:
    title, name = "Job name", str(flight.request["LabelingJobName"])
    service = LabelingService(flight.connection, region=flight.region)
    taken = service.find(name)
    if taken is None:
        # Names that differ in case only are the same to the service.
        same = (job for job in service.jobs(contains=name) if job.name.lower() == name.lower())
        taken = next(same, None)
    if taken is None:
        yield Check(title, Outcome.PASS, f"no job in {flight.region} is called {name}")
    else:
        text = (
            f"a job of {taken.created:%Y-%m-%d %H:%M} is called {taken.name} "
            f"({taken.standing}); choose another name"
        )
        yield Check(title, Outcome.FAIL, text)


def _team(flight: Flight) -> Iterator[Check]:
    title, arn = "Work team", str(flight.request["HumanTaskConfig"]["WorkteamArn"])
    place = arn.split(":")[3]
    if place != flight.region:
        text = f"the work team is in {place}, the job in {flight.region}; both must be in one"
        yield Check(title, Outcome.FAIL, text)
    elif "/public-crowd/" in arn:
        text = "video tasks need a private or vendor team, not Mechanical Turk"
        yield Check(title, Outcome.FAIL, text)
    elif "/private-crowd/" not in arn:
        text = "this is a vendor's team; only the vendor knows whether people are free"
        yield Check(title, Outcome.UNKNOWN, text)
    else:
        service = LabelingService(flight.connection, region=flight.region)
        found = next((team for team in service.workteams() if team.arn == arn), None)
        if found is None:
            text = f"no private team in {flight.region} has this ARN; choose one of the list"
            yield Check(title, Outcome.FAIL, text)
        else:
            yield Check(title, Outcome.PASS, f"{found.name} exists")


def _role(flight: Flight) -> Iterator[Check]:
    """Look whether the service may use the role, and long enough for the tasks."""
    title = "Role"
    name = str(flight.request["RoleArn"]).rpartition("/")[2]
    try:
        with aws_errors(f"role {name}"):
            role = flight.connection.client("iam").get_role(RoleName=name)["Role"]
    except AwsError as error:
        if error.code == "NoSuchEntity":
            yield Check(title, Outcome.FAIL, f"there is no role {name} in this account")
            return
        raise
    if _trusts(role.get("AssumeRolePolicyDocument"), SERVICE):
        yield Check(title, Outcome.PASS, f"{name} exists and trusts {SERVICE}")
    else:
        text = f"{name} does not trust {SERVICE}; add it to the role's trust policy"
        yield Check(title, Outcome.FAIL, text)
    limit_s = flight.request["HumanTaskConfig"]["TaskTimeLimitInSeconds"]
    longest_s = role.get("MaxSessionDuration")
    if limit_s > SESSION_HINT_S and isinstance(longest_s, int):
        if longest_s < LONG_SESSION_S:
            text = (
                f"tasks may take {limit_s / 3600:.0f} h, but {name} may be used for "
                f"{longest_s / 3600:.0f} h at a time; set its longest session to 8 h or more"
            )
            yield Check("Role session", Outcome.FAIL, text)
        else:
            text = f"{name} may be used for {longest_s / 3600:.0f} h at a time"
            yield Check("Role session", Outcome.PASS, text)


def _trusts(policy: object, service: str) -> bool:
    statements = policy.get("Statement", []) if isinstance(policy, dict) else []
    for one in [statements] if isinstance(statements, dict) else statements:
        principal = one.get("Principal")
        named = principal.get("Service") if isinstance(principal, dict) else principal
        services = [named] if isinstance(named, str) else named or []
        if one.get("Effect") == "Allow" and (service in services or "*" in services):
            return True
    return False


def _passing(flight: Flight) -> Iterator[Check]:
    """Ask IAM whether this identity may hand the role to the service."""
    title, role = "Role can be passed", str(flight.request["RoleArn"])
    identity = flight.connection.identity()
    who = principal_arn(identity.arn)
    if not who:
        yield Check(title, Outcome.UNKNOWN, "the server does not say who you are")
        return
    if who.endswith(":root"):
        yield Check(title, Outcome.PASS, "the root user may pass every role")
        return
    with aws_errors(f"permission iam:PassRole of {who.rpartition('/')[2]}"):
        answer = flight.connection.client("iam").simulate_principal_policy(
            PolicySourceArn=who,
            ActionNames=["iam:PassRole"],
            ResourceArns=[role],
            ContextEntries=[
                {
                    "ContextKeyName": "iam:PassedToService",
                    "ContextKeyValues": [SERVICE],
                    "ContextKeyType": "string",
                }
            ],
        )
    decisions = [one.get("EvalDecision") for one in answer.get("EvaluationResults", ())]
    if decisions and all(one == "allowed" for one in decisions):
        yield Check(title, Outcome.PASS, "you may hand this role to the service")
    else:
        text = "your policies do not allow iam:PassRole on this role; ask for that permission"
        yield Check(title, Outcome.FAIL, text)


def principal_arn(arn: str) -> str:
    """Return the ARN of the user or role behind an identity, as IAM's simulation wants it.

    The path of an assumed role is not part of the identity; roles without one are found.
    """
    parts = arn.split(":")
    if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
        return arn
    name = parts[5].split("/")[1]
    return f"{parts[0]}:{parts[1]}:iam::{parts[4]}:role/{name}"
