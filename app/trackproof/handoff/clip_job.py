"""A package for a job in which workers classify clips.

::

    DIR/
      label-categories.json         the labels
      template.liquid.html          the page that workers see
      input.manifest                one line per clip, as it was; written last
      request.json                  what to ask the service for; only with job settings

The clips themselves stay where the manifest says they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from trackproof.clips.categories import encode_categories
from trackproof.clips.saving import selected_lines
from trackproof.clips.template import template_problems
from trackproof.errors import HandoffError, Problem, Severity
from trackproof.handoff.addresses import folder_address, placeholder
from trackproof.handoff.config_rules import config_problems
from trackproof.handoff.manifest_rules import manifest_problems
from trackproof.handoff.request_rules import (
    CLASSIFICATION_TIME_LIMIT_S,
    attribute_name_wrong,
    request_problems,
)
from trackproof.handoff.requests import classification_request
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from trackproof.clips.model import ClipSet
    from trackproof.handoff.presets import JobPreset

CONFIG_NAME = "label-categories.json"
TEMPLATE_NAME = "template.liquid.html"
MANIFEST_NAME = "input.manifest"
REQUEST_NAME = "request.json"
WORKERS = 3


@dataclass(frozen=True, slots=True)
class ClipJob:
    """A package before it is written.

    Parameters
    ----------
    files : mapping of str to bytes
        By path inside the package; the manifest comes last.
    clips, workers : int
        Lines of the manifest, and people per clip.
    problems : tuple of Problem
        What a person should know before sending it.
    """

    files: dict[str, bytes]
    clips: int
    workers: int
    problems: tuple[Problem, ...] = ()

    def summary(self) -> str:
        """Return in a sentence what workers will do."""
        answers = counted(self.clips * self.workers, "answer")
        each = "person" if self.workers == 1 else "people"
        return f"{counted(self.clips, 'clip')}, {self.workers} {each} each: {answers}"


def make_clip_job(
    clips: ClipSet,
    *,
    labels: Sequence[str],
    template: str,
    attribute: str,
    keys: Collection[str] | None = None,
    address: str = "",
    preset: JobPreset | None = None,
    workers: int = WORKERS,
) -> ClipJob:
    """Return the package of a classification job.

    Parameters
    ----------
    labels : sequence of str
        What workers choose from.
    template : str
        The page that workers see.
    attribute : str
        Label attribute of the job. The service passes over clips that hold a label under it.
    keys : collection of str or None
        Clips to send; all when left out.
    address : str
        S3 folder that the package will be copied to; a placeholder when empty.
    preset : JobPreset or None
        Job settings; without them no request is written.
    workers : int
        How many people label each clip, 1 to 9.

    Raises
    ------
    HandoffError
        When the label attribute cannot be used, the page lacks something, or no clip is left.
    TrackproofError
        When the manifest has changed since it was opened, or the labels cannot be used.
    """
    _check(clips, attribute, template, keys)
    data = selected_lines(clips, keys)
    if not data:
        raise HandoffError("no clip is chosen, so there is nothing to send", path=clips.path)
    base = folder_address(address) if address else placeholder("clips")
    config = encode_categories(labels)
    files = {CONFIG_NAME: config, TEMPLATE_NAME: template.encode("utf-8")}
    problems = [*config_problems(msgspec.json.decode(config), path=CONFIG_NAME)]
    problems += manifest_problems(data, path=MANIFEST_NAME)[0]
    if preset is not None:
        if preset.time_limit_s > CLASSIFICATION_TIME_LIMIT_S:
            preset = msgspec.structs.replace(preset, time_limit_s=CLASSIFICATION_TIME_LIMIT_S)
            text = "the time limit is set to 8 hours, the most that a clip classification may have"
            problems.append(Problem(text, REQUEST_NAME, "", Severity.NOTE))
        settings = preset.settings(
            number=1,
            jobs=1,
            label_attribute=attribute,
            manifest_uri=f"{base}{MANIFEST_NAME}",
            config_uri=f"{base}{CONFIG_NAME}",
        )
        request = classification_request(
            settings, template_uri=f"{base}{TEMPLATE_NAME}", workers=workers
        )
        problems += request_problems(request, path=REQUEST_NAME)
        files[REQUEST_NAME] = msgspec.json.format(msgspec.json.encode(request), indent=2) + b"\n"
    files[MANIFEST_NAME] = data
    return ClipJob(files, len(data.splitlines()), workers, tuple(problems))


def _check(clips: ClipSet, attribute: str, template: str, keys: Collection[str] | None) -> None:
    wrong = attribute_name_wrong(attribute, is_reference=False)
    if wrong:
        raise HandoffError(f"the label attribute {attribute!r} cannot be used: {wrong}")
    chosen = [clip for clip in clips.clips if keys is None or clip.key in keys]
    is_other = attribute in clips.attributes and attribute != clips.attribute
    if is_other or (attribute == clips.attribute and any(clip.label for clip in chosen)):
        raise HandoffError(
            f"clips hold a label under {attribute!r} already, and the service would pass them "
            "over; choose another label attribute, or unlabelled clips only",
            path=clips.path,
        )
    lacking = template_problems(template)
    if lacking:
        raise HandoffError(f"the worker page cannot be used. {' '.join(lacking)}")
