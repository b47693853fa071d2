"""A request as other programs take it: JSON, the AWS command line, Python."""

from __future__ import annotations

import json
import pprint
import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_json(request: Mapping[str, Any]) -> str:
    """Return the request as indented JSON."""
    return json.dumps(request, indent=2, ensure_ascii=False)


def as_command(request: Mapping[str, Any], *, region: str = "", profile: str = "") -> str:
    """Return a command of the AWS command line, quoted for a POSIX shell."""
    parts = ["aws sagemaker create-labeling-job"]
    if region:
        parts.append(f"--region {shlex.quote(region)}")
    if profile:
        parts.append(f"--profile {shlex.quote(profile)}")
    parts.append(f"--cli-input-json {shlex.quote(as_json(request))}")
    return " \\\n  ".join(parts)


def as_python(request: Mapping[str, Any], *, region: str = "", profile: str = "") -> str:
    """Return a Python program that sends the request by boto3, once."""
    given = [
        f"{name}={value!r}"
        for name, value in (("profile_name", profile), ("region_name", region))
        if value
    ]
    literal = pprint.pformat(dict(request), sort_dicts=False, width=88)
    return (
        "import boto3\n"
        "from botocore.config import Config\n\n"
        f"request = {literal}\n\n"
        f"session = boto3.Session({', '.join(given)})\n"
        "# One attempt only: a request whose answer is lost may have made the job.\n"
        'once = Config(retries={"total_max_attempts": 1})\n'
        'client = session.client("sagemaker", config=once)\n'
        'print(client.create_labeling_job(**request)["LabelingJobArn"])\n'
    )
