"""A labeling service on this computer that boto3 reaches through ``endpoint_url``.

It speaks SageMaker's JSON protocol over HTTP, checks every request against botocore's model and the
guide's rules, walks jobs through their states on a clock that tests move, and writes results to S3
as the service would. S3, STS and IAM requests to the same address go on to moto's own server.
"""

from __future__ import annotations

import http.client
import io
import json
import re
import secrets
import socket
import threading
import urllib.parse
from collections import Counter, deque
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.loaders import create_loader
from werkzeug.serving import WSGIRequestHandler, make_server

from labeling_rules import job_wrongs, model_wrongs, service_model
from labeling_work import Clock, FakeJob, Workers

ACCOUNT_ID = "123456789012"
REGION = "eu-central-1"
TEAM = f"arn:aws:sagemaker:{REGION}:{ACCOUNT_ID}:workteam/private-crowd/yard-team"
PORTAL = "abc123.labeling.eu-central-1.sagemaker.aws"
CORS = {
    "CORSRules": [
        {
            "AllowedHeaders": ["*"],
            "AllowedMethods": ["GET", "HEAD", "PUT"],
            "AllowedOrigins": ["*"],
            "ExposeHeaders": ["Access-Control-Allow-Origin"],
            "MaxAgeSeconds": 3000,
        }
    ]
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
SIMULATED = """<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults><member>
<EvalActionName>iam:PassRole</EvalActionName><EvalDecision>{decision}</EvalDecision>
<EvalResourceName>{role}</EvalResourceName></member></EvaluationResults>
</SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</SimulatePrincipalPolicyResponse>"""
DENIED = """<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error>
<Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: {action}</Message>
</Error><RequestId>r</RequestId></ErrorResponse>"""


class Refused(Exception):
    """What the service answers instead of a result."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


THROTTLED = Refused("ThrottlingException", "Rate exceeded")
EXPIRED = Refused("ExpiredTokenException", "The security token included in the request is expired")
DENIED_HERE = Refused("AccessDeniedException", "User is not authorized to perform this action")
BROKEN = Refused("InternalFailure", "internal failure", 500)
HOP_BY_HOP = ("connection", "transfer-encoding", "server", "date", "keep-alive")
CUT_BEFORE = "the connection is cut before anything is done"
CUT_AFTER = "the connection is cut after it was done, before the answer"


@dataclass
class Fault:
    """Something that goes wrong with the next request of an operation (any, when empty)."""

    what: Refused | str
    operation: str = ""


@cache
def shared_loader(search_path_string: str | None = None) -> Any:
    """Return botocore's loader of service models, made once."""
    return create_loader(search_path_string)


@cache
def _client(service: str, url: str) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


class LabelingService:
    """The fake; tests look at ``jobs`` and ``calls``, set ``workers`` and ``faults``."""

    def __init__(self, s3_port: int) -> None:
        self._s3_port = s3_port
        self._model = service_model()
        self._lock = threading.RLock()
        self.bucket = f"yard-{secrets.token_hex(6)}"
        self.quotas: dict[str, float] | None = {
            "ml.m5.large for training job usage": 4.0,
            "Number of concurrent labeling jobs": 20.0,
        }
        self.role = f"arn:aws:iam::{ACCOUNT_ID}:role/labeling-{secrets.token_hex(6)}"
        self.clock = Clock()
        self.jobs: dict[str, FakeJob] = {}
        self.calls: Counter[str] = Counter()
        self.faults: deque[Fault] = deque()
        self.workers = Workers(self.clock, self.read, self.write)
        self.teams = [
            {
                "WorkteamName": "yard-team",
                "WorkteamArn": TEAM,
                "Description": "people of the yard",
                "SubDomain": PORTAL,
                "MemberDefinitions": [],
            }
        ]
        self.pass_role = "allowed"
        self._server = make_server(
            "127.0.0.1", 0, self, threaded=True, request_handler=_QuietHandler
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self._prepare()

    def _prepare(self) -> None:
        """Make the bucket and the role."""
        s3, iam = self.client(), self.client("iam")
        where = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration=where)
        s3.put_bucket_cors(Bucket=self.bucket, CORSConfiguration=CORS)
        iam.create_role(
            RoleName=self.role.rpartition("/")[2],
            AssumeRolePolicyDocument=json.dumps(TRUST),
            MaxSessionDuration=43_200,
        )

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(self, what: Refused | str, operation: str = "", *, times: int = 1) -> None:
        """Let the next requests of an operation go wrong."""
        self.faults.extend(Fault(what, operation) for _ in range(times))

    # -- S3, through moto's server

    def client(self, service: str = "s3") -> Any:
        """Return a client that asks moto directly."""
        return _client(service, f"http://127.0.0.1:{self._s3_port}")

    def read(self, uri: str) -> bytes | None:
        """Return an object's bytes, or None."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        s3 = self.client()
        try:
            return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except s3.exceptions.ClientError:
            return None

    def write(self, uri: str, data: bytes) -> None:
        """Put an object."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self.client().put_object(Bucket=bucket, Key=key, Body=data)

    # -- HTTP

    def objects(self) -> list[str]:
        """Return the keys of everything in the bucket."""
        answer = self.client().list_objects_v2(Bucket=self.bucket)
        return [one["Key"] for one in answer.get("Contents", ())]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if target.startswith("SageMaker."):
            return self._sagemaker(target.partition(".")[2], environ, start_response)
        if target.startswith("ServiceQuotas"):
            return self._service_quotas(target.partition(".")[2], environ, start_response)
        if "form-urlencoded" in environ.get("CONTENT_TYPE", ""):
            answer = self._iam(environ)
            if answer is not None:
                status, text = answer
                start_response(status, [("Content-Type", "text/xml")])
                return [text.encode()]
        return self._passed_on(environ, start_response)

    def _passed_on(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Let moto answer."""
        head = {
            key[5:].replace("_", "-").title(): value
            for key, value in environ.items()
            if key.startswith("HTTP_") and key not in ("HTTP_CONNECTION", "HTTP_EXPECT")
        }
        if environ.get("CONTENT_TYPE"):
            head["Content-Type"] = environ["CONTENT_TYPE"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        moto = http.client.HTTPConnection("127.0.0.1", self._s3_port)
        moto.request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], body=body, headers=head)
        answer = moto.getresponse()
        data = answer.read()
        moto.close()
        kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP_BY_HOP]
        start_response(f"{answer.status} {answer.reason or 'Said'}", kept)
        return [data]

    def _iam(self, environ: dict[str, Any]) -> tuple[str, str] | None:
        """Answer what moto's IAM cannot."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        form = urllib.parse.parse_qs(body.decode())
        action = form.get("Action", [""])[0]
        environ["CONTENT_LENGTH"] = str(len(body))
        if action != "SimulatePrincipalPolicy" and not (
            action == "GetRole" and self.pass_role == "denied"
        ):
            return None
        self.calls[action] += 1
        if self.pass_role == "denied":
            return "403 Forbidden", DENIED.format(action=action)
        role = form["ResourceArns.member.1"][0]
        return "200 OK", SIMULATED.format(decision=self.pass_role, role=role)

    def _sagemaker(self, operation: str, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        scope = re.search(r"Credential=([^,]+)", environ.get("HTTP_AUTHORIZATION", ""))
        assert scope is not None, "every request is signed"
        region = scope.group(1).split("/")[2]
        with self._lock:
            self.calls[operation] += 1
            fault = self._fault(operation)
            try:
                if isinstance(fault, Refused):
                    raise fault
                if fault == CUT_BEFORE:
                    return self._cut(environ, start_response)
                answer = self._answer(operation, json.loads(body or b"{}"), region)
                status = 200
            except Refused as refused:
                answer = {"__type": refused.code, "message": refused.message}
                status = refused.status
            if fault == CUT_AFTER:
                return self._cut(environ, start_response)
        head = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", "r")]
        start_response(f"{status} {'OK' if status == 200 else 'Refused'}", head)
        return [json.dumps(answer).encode()]

    def _service_quotas(self, operation: str, environ: dict[str, Any], start_response: Any) -> Any:
        """Tell the quotas in pages of one, as a service with thousands of them would."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        request = json.loads(body)
        assert (operation, request["ServiceCode"]) == ("ListServiceQuotas", "sagemaker")
        self.calls[operation] += 1
        answer: dict[str, Any]
        if self.quotas is None:
            status, answer = 400, {"__type": "AccessDeniedException", "message": "not allowed"}
        else:
            place = int(request.get("NextToken") or 0)
            found = [{"QuotaName": name, "Value": value} for name, value in self.quotas.items()]
            status, answer = 200, {"Quotas": found[place : place + 1]}
            if place + 1 < len(found):
                answer["NextToken"] = str(place + 1)
        start_response(f"{status} Said", [("Content-Type", "application/x-amz-json-1.1")])
        return [json.dumps(answer).encode()]

    def _fault(self, operation: str) -> Refused | str | None:
        for fault in self.faults:
            if fault.operation in ("", operation):
                self.faults.remove(fault)
                return fault.what
        return None

    @staticmethod
    def _cut(environ: dict[str, Any], start_response: Any) -> Any:
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start_response("200 OK", [])
        return []

    def _answer(self, operation: str, request: dict[str, Any], region: str) -> Any:
        wrongs = model_wrongs(self._model, operation, request)
        if wrongs:
            raise Refused("ValidationException", "; ".join(wrongs))
        handler = getattr(self, f"on_{operation}", None)
        if handler is None:
            raise Refused("UnknownOperationException", operation)
        for job in self.jobs.values():
            self.workers.move_on(job)
        return handler(request, region)

    # -- operations

    def on_CreateLabelingJob(self, request: dict[str, Any], region: str) -> Any:
        wrongs = job_wrongs(request, region=region, read=self.read)
        if wrongs:
            raise Refused("ValidationException", "; ".join(wrongs))
        name = request["LabelingJobName"]
        if name.casefold() in self.jobs:
            raise Refused("ResourceInUse", f"Labeling job name {name} is already in use")
        manifest = self.read(request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"])
        config = self.read(request["LabelCategoryConfigS3Uri"])
        assert manifest is not None
        assert config is not None
        arn = f"arn:aws:sagemaker:{region}:{ACCOUNT_ID}:labeling-job/{name.lower()}"
        self.jobs[name.casefold()] = FakeJob(
            request=request,
            arn=arn,
            created_s=self.clock.now_s,
            modified_s=self.clock.now_s,
            lines=[json.loads(line) for line in manifest.decode().splitlines()],
            config=json.loads(config),
        )
        return {"LabelingJobArn": arn}

    def _job(self, request: dict[str, Any]) -> FakeJob:
        job = self.jobs.get(request["LabelingJobName"].casefold())
        if job is None:
            raise Refused("ResourceNotFound", f"No job {request['LabelingJobName']}")
        return job

    def on_DescribeLabelingJob(self, request: dict[str, Any], region: str) -> Any:
        return self._job(request).described()

    def on_StopLabelingJob(self, request: dict[str, Any], region: str) -> Any:
        job = self._job(request)
        job.stopped_s = self.clock.now_s
        self.workers.move_on(job)
        return {}

    def on_ListLabelingJobs(self, request: dict[str, Any], region: str) -> Any:
        found = [
            job
            for job in self.jobs.values()
            if request.get("NameContains", "").casefold() in job.name.casefold()
            and request.get("StatusEquals", job.status) == job.status
            and job.created_s >= request.get("CreationTimeAfter", 0)
        ]
        by = {"Name": lambda job: job.name, "Status": lambda job: job.status}
        key = by.get(request.get("SortBy", ""), lambda job: job.created_s)
        found.sort(key=key, reverse=request.get("SortOrder") == "Descending")
        return self._page("LabelingJobSummaryList", [job.summary() for job in found], request)

    def on_ListWorkteams(self, request: dict[str, Any], region: str) -> Any:
        wanted = request.get("NameContains", "")
        teams = [team for team in self.teams if wanted in team["WorkteamName"]]
        return self._page("Workteams", teams, request)

    def on_ListSubscribedWorkteams(self, request: dict[str, Any], region: str) -> Any:
        return {"SubscribedWorkteams": []}

    def on_DescribeWorkteam(self, request: dict[str, Any], region: str) -> Any:
        for team in self.teams:
            if team["WorkteamName"] == request["WorkteamName"]:
                return {"Workteam": team}
        raise Refused("ValidationException", "The work team does not exist")

    @staticmethod
    def _page(key: str, items: list[Any], request: dict[str, Any]) -> dict[str, Any]:
        size = request.get("MaxResults", 10)
        start = int(request.get("NextToken", 0))
        page: dict[str, Any] = {key: items[start : start + size]}
        if start + size < len(items):
            page["NextToken"] = str(start + size)
        return page


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, *_: Any, **__: Any) -> None:
        """Say nothing about requests."""
