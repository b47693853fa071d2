"""Where the service's built-in functions and worker interfaces live, and whose they are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from trackproof.errors import HandoffError
from trackproof.paths import resource

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Regions:
    """Accounts that own the service's built-in functions and worker interfaces.

    Parameters
    ----------
    interface_account : str
        Owner of the worker interfaces in every region.
    function_accounts : mapping of str to str
        Owner of the built-in functions by region.
    """

    interface_account: str
    function_accounts: Mapping[str, str]

    def function_arn(self, region: str, name: str) -> str:
        """Return the ARN of a built-in function.

        Raises
        ------
        HandoffError
            When the service documents no account for the region.
        """
        account = self.function_accounts.get(region)
        if account is None:
            known = ", ".join(sorted(self.function_accounts))
            raise HandoffError(
                f"no built-in labeling functions are known in region {region!r}; known are {known}"
            )
        return f"arn:aws:lambda:{region}:{account}:function:{name}"

    def interface_arn(self, region: str, name: str) -> str:
        """Return the ARN of a built-in worker interface."""
        return f"arn:aws:sagemaker:{region}:{self.interface_account}:human-task-ui/{name}"


@cache
def known_regions() -> Regions:
    """Return the shipped table of regions."""
    table = tomllib.loads(resource("regions.toml").read_text(encoding="utf-8"))
    return Regions(table["interface_account"], table["function_accounts"])
