"""Problems of requests and configurations as sentences about what a person sees on the screen.

The rules name places as files have them (``labels[0].categoryAttributes[1].enum[2]``), which is
right for people who read the file. In a form the same is "Label 'Car', attribute 'colour',
choice 3".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")
_SUBJECTS = {
    "LabelingJobName": "The job name",
    "LabelAttributeName": "The name of the result",
    "LabelCategoryConfigS3Uri": "The address of the label categories",
    "RoleArn": "The role",
    "S3OutputPath": "The folder for results",
    "KmsKeyId": "The KMS key",
    "ManifestS3Uri": "The address of the manifest",
    "ContentClassifiers": "What the pictures have",
    "WorkteamArn": "The work team",
    "TaskTitle": "The title",
    "TaskDescription": "The description",
    "TaskKeywords": "The list of keywords",
    "TaskTimeLimitInSeconds": "The time for a task, in seconds,",
    "TaskAvailabilityLifetimeInSeconds": "The time that tasks wait, in seconds,",
    "MaxConcurrentTaskCount": "The number of tasks at a time",
    "NumberOfHumanWorkersPerDataObject": "The number of people",
    "MaxHumanLabeledObjectCount": "The number to stop after",
    "MaxPercentageOfInputDatasetLabeled": "The share to stop after",
    "Tags": "The list of tags",
}
_ITEMS = {"TaskKeywords": "Keyword", "ContentClassifiers": "Content classifier", "Tags": "Tag"}
_PARTS = {"Key": "the name", "Value": "the value"}

_LISTS = {
    "labels": "the labels",
    "frameAttributes": "the attributes of frames",
    "categoryGlobalAttributes": "the attributes of all labels",
    "categoryAttributes": "its attributes",
    "enum": "the choices",
}
_FIELDS = {
    "label": "the name",
    "name": "the name",
    "description": "the description",
    "type": "the kind",
    "minimum": "the least value",
    "maximum": "the greatest value",
    "editsAllowed": "what workers may change",
    "shortInstruction": "the short instruction",
    "fullInstruction": "the full instruction",
    "instructions": "",
    "annotationType": "the shape",
    "auditLabelAttributeName": "the name of the labels to correct",
}


def request_sentence(location: str, message: str) -> str:
    """Return a problem of a job request as a sentence with its subject in front."""
    subject = _of_request(location)
    return f"{subject} {message}." if subject else _sentence(message)


def config_sentence(document: Mapping[str, Any], location: str, message: str) -> str:
    """Return a problem of a label category configuration as a sentence with its subject in front.

    Parameters
    ----------
    document : mapping
        The configuration, for the names of labels and attributes.
    """
    # Some rules name the entry themselves, since a place alone says little in a file.
    plain = re.sub(r"^\([^)]*\) ", "", message)
    if plain.startswith(("label ", "no ")):
        return _sentence(plain)
    parts = [part for part in _of_config(document, location) if part]
    if parts and parts[-1] in _LISTS.values() and plain.startswith(("has ", "is ")):
        parts[-1] = f"the list of {parts[-1].removeprefix('the ')}"
    subject = ", ".join(parts)
    return f"{subject[:1].upper()}{subject[1:]} {plain}." if subject else _sentence(plain)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}{'' if message.endswith('.') else '.'}"


def _of_request(location: str) -> str:
    words = ""
    for name, number in _STEP.findall(location):
        if number and name in _ITEMS:
            words = f"{_ITEMS[name]} {int(number) + 1}"
        elif name in _PARTS and words:
            words = f"{words}, {_PARTS[name]},"
        else:
            words = _SUBJECTS.get(name, words)
    return words


def _of_config(document: Mapping[str, Any], location: str) -> Iterator[str]:
    here: Any = document
    for name, number in _STEP.findall(location):
        here = here.get(name) if isinstance(here, dict) else None
        if not number:
            yield _LISTS.get(name, _FIELDS.get(name, name))
            continue
        place = int(number)
        here = here[place] if isinstance(here, list) and place < len(here) else None
        if name == "enum":
            yield f"choice {place + 1}"
        else:
            kind, key = ("label", "label") if name == "labels" else ("attribute", "name")
            known = here.get(key) if isinstance(here, dict) else None
            yield f"{kind} {known!r}" if known else f"{kind} {place + 1}"
