"""Look at what a request points at in S3: buckets, manifest, configuration, frames."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.clips.template import template_problems
from trackproof.errors import Severity
from trackproof.handoff import limits
from trackproof.handoff.config_rules import config_problems
from trackproof.handoff.jobs_fetching import whole
from trackproof.handoff.manifest_rules import manifest_problems
from trackproof.handoff.preflight import Check, Flight, Outcome
from trackproof.handoff.words import counted
from trackproof.storage.addresses import S3Address
from trackproof.storage.s3 import AwsError, Trouble, aws_errors, facts_of
from trackproof.storage.uris import split_s3_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLED = 6
"""Frames looked for per sequence: the first, the last, and some between."""
METHODS = {"GET", "HEAD", "PUT"}
MISSING = (Trouble.MISSING, Trouble.NO_BUCKET)


def _manifest_uri(flight: Flight) -> str:
    source = flight.request["InputConfig"]["DataSource"]["S3DataSource"]
    return str(source["ManifestS3Uri"])


def _get(flight: Flight, uri: str) -> bytes:
    if uri in flight.pending:
        return flight.pending[uri]
    return whole(flight.connection, S3Address.parse(uri))


def _buckets(flight: Flight) -> dict[str, set[str]]:
    """Return what lies in which bucket, for the messages."""
    request = flight.request
    found: dict[str, set[str]] = {}
    for what, uri in (
        ("input", _manifest_uri(flight)),
        ("configuration", request["LabelCategoryConfigS3Uri"]),
        ("output", request["OutputConfig"]["S3OutputPath"]),
    ):
        found.setdefault(split_s3_uri(uri)[0], set()).add(what)
    return found


def _region(flight: Flight) -> Iterator[Check]:
    for bucket, uses in _buckets(flight).items():
        title = f"Region of {bucket}"
        try:
            place = _bucket_region(flight, bucket)
        except AwsError as error:
            if error.trouble is Trouble.NO_BUCKET or error.trouble is Trouble.MISSING:
                said = " and ".join(sorted(uses))
                text = f"there is no bucket {bucket} for the {said}"
                yield Check(title, Outcome.FAIL, text)
            else:
                yield Check(title, Outcome.UNKNOWN, str(error))
            continue
        if not place:
            yield Check(title, Outcome.UNKNOWN, "the server does not say where the bucket is")
        elif place != flight.region:
            text = f"{bucket} is in {place}, the job in {flight.region}; both must be in one"
            yield Check(title, Outcome.FAIL, text)
        else:
            yield Check(title, Outcome.PASS, f"{bucket} is in {place}, like the job")


def _bucket_region(flight: Flight, bucket: str) -> str:
    with aws_errors(f"s3://{bucket}"):
        answer = flight.connection.client("s3").head_bucket(Bucket=bucket)
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(answer.get("BucketRegion") or headers.get("x-amz-bucket-region", ""))


def _cors(flight: Flight) -> Iterator[Check]:
    """Look whether the workers' browsers may load frames and store answers."""
    if not flight.is_frames:
        return
    for bucket in _buckets(flight):
        title = f"CORS of {bucket}"
        try:
            with aws_errors(f"s3://{bucket}"):
                answer = flight.connection.client("s3").get_bucket_cors(Bucket=bucket)
        except AwsError as error:
            if error.code == "NoSuchCORSConfiguration":
                yield Check(title, Outcome.FAIL, _NO_CORS.format(bucket=bucket))
            else:
                yield Check(title, Outcome.UNKNOWN, str(error))
            continue
        if any(_is_open(rule) for rule in answer.get("CORSRules", ())):
            yield Check(title, Outcome.PASS, f"browsers may load from {bucket} and store in it")
        else:
            yield Check(title, Outcome.FAIL, _NO_CORS.format(bucket=bucket))


_NO_CORS = (
    "{bucket} does not let browsers in, so every task would fail; allow GET, HEAD and PUT from "
    "all origins with all headers in its CORS settings"
)


def _is_open(rule: dict[str, Any]) -> bool:
    return (
        set(rule.get("AllowedMethods", ())) >= METHODS
        and "*" in rule.get("AllowedOrigins", ())
        and "*" in rule.get("AllowedHeaders", ())
    )


def _manifest(flight: Flight) -> Iterator[Check]:
    title, uri = "Manifest", _manifest_uri(flight)
    try:
        data = _get(flight, uri)
    except AwsError as error:
        if error.trouble not in MISSING:
            raise
        yield Check(title, Outcome.FAIL, f"{uri} is not there; upload the package first")
        return
    if flight.sent is not None and _hash(data) != _hash(flight.sent):
        text = f"{uri} differs from the package on this computer; upload the package again"
        yield Check(title, Outcome.FAIL, text)
        return
    problems, _ = manifest_problems(data, path=uri)
    errors = [one for one in problems if one.severity is Severity.ERROR]
    if errors:
        yield Check(title, Outcome.FAIL, f"{errors[0]} ({counted(len(errors), 'problem')})")
    else:
        lines = counted(len(data.splitlines()), "line")
        yield Check(title, Outcome.PASS, f"{lines}, every rule for manifests is kept")


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _config(flight: Flight) -> Iterator[Check]:
    title, uri = "Label categories", str(flight.request["LabelCategoryConfigS3Uri"])
    try:
        config = json.loads(_get(flight, uri))
    except AwsError as error:
        if error.trouble not in MISSING:
            raise
        yield Check(title, Outcome.FAIL, f"{uri} is not there; upload the package first")
        return
    except ValueError as error:
        yield Check(title, Outcome.FAIL, f"{uri} is not sound JSON: {error}")
        return
    if not isinstance(config, dict):
        yield Check(title, Outcome.FAIL, f"{uri} must be a JSON object")
        return
    errors = [one for one in config_problems(config, path=uri) if one.severity is Severity.ERROR]
    audit = str(config.get("auditLabelAttributeName", ""))
    if errors:
        yield Check(title, Outcome.FAIL, str(errors[0]))
    elif audit and audit == flight.request["LabelAttributeName"]:
        text = f"the result would be called {audit!r}, like the labels to correct; rename it"
        yield Check(title, Outcome.FAIL, text)
    else:
        yield from _audited(flight, audit)


def _audited(flight: Flight, audit: str) -> Iterator[Check]:
    """Look whether every line offers the labels that the configuration says are audited."""
    title = "Label categories"
    function = flight.request["HumanTaskConfig"]["PreHumanTaskLambdaArn"]
    if bool(audit) != ("PRE-Adjustment" in function):
        text = (
            "the configuration names labels to correct, and the job is a first one"
            if audit
            else "the configuration names no labels to correct (auditLabelAttributeName)"
        )
        yield Check(title, Outcome.FAIL, text)
        return
    rows = _rows(flight)
    without = [number for number, row in enumerate(rows, 1) if audit and audit not in row]
    if without:
        text = f"line {without[0]} of the manifest has no {audit}; such lines fail and cost money"
        yield Check(title, Outcome.FAIL, text)
    else:
        yield Check(title, Outcome.PASS, "every rule for label categories is kept")


def _frames(flight: Flight) -> Iterator[Check]:
    """Look for a sample of what the manifest points at, and count it against the quotas."""
    title = "Frames" if flight.is_frames else "Clips"
    rows = _rows(flight)
    missing: list[str] = []
    total = 0
    for row in rows:
        uri = str(row.get("source-ref", ""))
        wanted = [uri]
        if flight.is_frames:
            try:
                prefix, names = _sequence(flight, uri)
            except (msgspec.DecodeError, KeyError, TypeError):
                yield Check(title, Outcome.FAIL, f"{uri} is no sequence file")
                return
            total += len(names)
            if len(names) > limits.FRAMES_PER_SEQUENCE:
                text = f"{uri} has {len(names):,} frames; at most 2,000 are allowed"
                yield Check("Quotas", Outcome.FAIL, text)
            wanted = [prefix + name for name in _sample(names)]
        missing += [one for one in wanted if not _exists(flight, one)]
    if not rows:
        yield Check(title, Outcome.UNKNOWN, "the manifest names none that could be looked for")
        return
    looked = f"{counted(len(rows), 'sequence' if flight.is_frames else 'clip')}"
    if missing:
        text = f"{missing[0]} is not there ({len(missing):,} missing of those looked for)"
        yield Check(title, Outcome.FAIL, text)
    else:
        said = f"{looked}, {counted(total, 'frame')}; a sample of each is there"
        yield Check(title, Outcome.PASS, said if flight.is_frames else f"{looked}, all there")
    if flight.is_frames and len(rows) <= limits.SEQUENCES_PER_MANIFEST:
        text = f"{len(rows)} of 10 sequences, {total:,} frames of at most 2,000 each"
        yield Check("Quotas", Outcome.PASS, text)


def _rows(flight: Flight) -> list[dict[str, Any]]:
    """Return the lines of the manifest that can be read; `_manifest` tells of the others."""
    found = []
    for row in _get(flight, _manifest_uri(flight)).splitlines():
        try:
            line = json.loads(row)
        except ValueError:
            continue
        if isinstance(line, dict):
            found.append(line)
    return found


def _sequence(flight: Flight, uri: str) -> tuple[str, list[str]]:
    document = msgspec.json.decode(_get(flight, uri))
    return document["prefix"], [one["frame"] for one in document["frames"]]


def _sample(names: list[str]) -> list[str]:
    """Return the first, the last, and some between at even steps."""
    if len(names) <= SAMPLED:
        return names
    places = {round(number * (len(names) - 1) / (SAMPLED - 1)) for number in range(SAMPLED)}
    return [names[place] for place in sorted(places)]


def _exists(flight: Flight, uri: str) -> bool:
    try:
        facts_of(flight.connection, S3Address.parse(uri))
    except AwsError as error:
        if error.trouble in MISSING:
            return False
        raise
    return True


def _template(flight: Flight) -> Iterator[Check]:
    uri = flight.request["HumanTaskConfig"]["UiConfig"].get("UiTemplateS3Uri")
    if uri is None:
        return
    if uri in flight.pending:
        lacking = template_problems(flight.pending[uri].decode())
        outcome = Outcome.FAIL if lacking else Outcome.PASS
        said = lacking[0] if lacking else "your page will be sent with the launch"
        yield Check("Worker template", outcome, said)
    elif _exists(flight, uri):
        yield Check("Worker template", Outcome.PASS, f"{uri} is there")
    else:
        yield Check("Worker template", Outcome.FAIL, f"{uri} is not there; upload it first")


def _key(flight: Flight) -> Iterator[Check]:
    key = flight.request["OutputConfig"].get("KmsKeyId")
    if not key:
        return
    with aws_errors(f"KMS key {key}"):
        client = flight.connection.client("kms", region=flight.region)
        state = client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    if state == "Enabled":
        yield Check(
            "KMS key", Outcome.PASS, "the key is enabled; the role must be allowed to use it"
        )
    else:
        yield Check("KMS key", Outcome.FAIL, f"the key is {state}, so no result could be written")


DATA_CHECKS: tuple[tuple[str, Callable[[Flight], Iterator[Check]]], ...] = (
    ("Bucket Region", _region),
    ("CORS", _cors),
    ("Manifest", _manifest),
    ("Label categories", _config),
    ("Worker template", _template),
    ("Frames", _frames),
    ("KMS key", _key),
)
