"""What stays the same from job to job: who runs it, who works on it, where results go."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import msgspec

from trackproof.errors import HandoffError, StorageError
from trackproof.handoff.requests import JobSettings
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

JOB_NAME_CHARACTERS = 63
WORDS = frozenset({"short_instruction", "full_instruction", "worker_page"})
"""What workers read: it stands in files beside the manifest, not in the request."""


class JobPreset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of jobs, as a TOML file holds them; fields as of `JobSettings`.

    Parameters
    ----------
    short_instruction, full_instruction : str
        What workers of video frames read; ``{places}`` stands for the flagged places of each job.
        Empty keeps the package's own.
    worker_page : str
        The page of jobs with clips (HTML, Liquid); empty keeps the package's own.
    """

    name: str
    region: str
    role_arn: str
    workteam_arn: str
    output_uri: str
    title: str = "Correct flagged tracks"
    description: str = "Look at the places named in the instructions and correct the labels there"
    keywords: tuple[str, ...] = ("video",)
    time_limit_s: int = 259_200
    availability_s: int = 864_000
    concurrent_tasks: int = 100
    tags: dict[str, str] = {}
    kms_key_id: str = ""
    content_classifiers: tuple[str, ...] = ()
    stop_after_objects: int | None = None
    stop_after_percent: int | None = 100
    short_instruction: str = ""
    full_instruction: str = ""
    worker_page: str = ""

    def settings(
        self, *, number: int, jobs: int, label_attribute: str, manifest_uri: str, config_uri: str
    ) -> JobSettings:
        """Return the settings of one of several jobs; their names end in a number then."""
        ending = f"-{number}" if jobs > 1 else ""
        known = msgspec.structs.asdict(self)
        fields = {name: value for name, value in known.items() if name not in WORDS}
        fields["name"] = self.name[: JOB_NAME_CHARACTERS - len(ending)].rstrip("-") + ending
        return JobSettings(
            **fields,
            label_attribute=label_attribute,
            manifest_uri=manifest_uri,
            config_uri=config_uri,
        )


def load_preset(path: Path) -> JobPreset:
    """Return the preset of a TOML file.

    Raises
    ------
    HandoffError
        When the file cannot be read, or a setting is missing, unknown or of another kind.
    """
    try:
        table = tomllib.loads(read_bytes(path).decode("utf-8"))
        return msgspec.convert(table, JobPreset)
    except StorageError as error:
        raise HandoffError(error.message, path=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise HandoffError(f"these are no job settings: {error}", path=path) from error
