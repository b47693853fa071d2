"""Which AWS identity is used: boto3's own profiles, Regions, endpoints, roles and sign-ins.

Nothing is stored here and nothing secret is kept: boto3 finds and renews credentials by itself,
and only the name of the identity is ever shown.
"""

from __future__ import annotations

import functools
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof import __version__
from trackproof.storage.s3.errors import AwsError, Trouble, aws_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

CONNECTIONS = 32
"""Connections kept open to one service; more parallel work than this only waits."""

ATTEMPTS = 5
"""How often boto3 sends a request that may be repeated."""

CONNECT_S = 5
"""How long a server may take to answer at all; without network nobody shall wait for minutes."""

FALLBACK_REGION = "us-east-1"
"""Where identity is asked when no Region is known: it is the same everywhere."""


CONNECTION = "s3_connection"
"""Under this name, the detail of a sequence from S3 keeps who asks for its frames."""


@dataclass(frozen=True, slots=True)
class Account:
    """How to sign in, as a person would tell boto3; empty fields leave the choice to boto3.

    Parameters
    ----------
    profile : str
        Name of a profile of the AWS configuration.
    region : str
        For example ``eu-central-1``.
    endpoint_url : str
        Address of another server than Amazon's, for every service; ``AWS_ENDPOINT_URL`` counts when
        this is empty.
    """

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who AWS takes us for.

    Parameters
    ----------
    account_id : str
        Twelve digits; empty when the server does not tell.
    arn : str
        Name of the user or the assumed role; empty when the server does not tell.
    region : str
        Empty when none is chosen.
    profile : str
        Empty for boto3's default.
    endpoint_url : str
        Empty for Amazon's own.
    """

    account_id: str
    arn: str
    region: str
    profile: str
    endpoint_url: str = ""

    @property
    def name(self) -> str:
        """The end of the ARN that tells people, for example ``assumed-role/reviewer/ann``."""
        return self.arn.split(":", 5)[-1] if self.arn else ""

    def __str__(self) -> str:
        who = f"{self.name} in account {self.account_id}" if self.arn else "unknown identity"
        parts = [who, self.region, f"profile {self.profile}" if self.profile else ""]
        parts.append(f"at {self.endpoint_url}" if self.endpoint_url else "")
        return ", ".join(part for part in parts if part)


class Connection:
    """boto3's session and clients for one account; safe to use from several threads.

    Making one is cheap and asks nobody; boto3 is imported with the first client.
    """

    def __init__(self, account: Account | None = None) -> None:
        self.account = account or Account()
        self._lock = threading.Lock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str, int, bool], Any] = {}

    def client(
        self,
        service: str,
        *,
        region: str = "",
        attempts: int = ATTEMPTS,
        never_replaces: bool = False,
    ) -> Any:
        """Return boto3's client of a service, for example ``s3``; the same one every time.

        Parameters
        ----------
        attempts : int
            How often a request is sent before it counts as failed; 1 for what must not be done
            twice.
        never_replaces : bool
            Whether every object is only made where there is none, which S3 itself makes sure of.

        Raises
        ------
        AwsError
            When the profile does not exist or no Region is known.
        """
        with self._lock, aws_errors():
            key = (service, region, attempts, never_replaces)
            if key not in self._clients:
                made = self._made(service, region, attempts)
                if never_replaces:
                    _guard(made)
                self._clients[key] = made
            return self._clients[key]

    def region(self) -> str:
        """Return the chosen Region, or an empty text when nobody chose one.

        Raises
        ------
        AwsError
            When the profile does not exist.
        """
        with self._lock, aws_errors():
            return str(self._of_boto3().region_name or "")

    def server(self) -> str:
        """Return the address of the server that objects come from; empty for Amazon's.

        Raises
        ------
        AwsError
            When the profile does not exist.
        """
        client = self.client("s3")
        return "" if _is_amazon(client) else str(client.meta.endpoint_url)

    def profiles(self) -> list[str]:
        """Return the profiles of the AWS configuration on this computer, by name."""
        import botocore.session

        with aws_errors():
            return sorted(botocore.session.Session().available_profiles)

    def identity(self) -> Identity:
        """Ask AWS who we are; reads only, and needs no permission.

        Raises
        ------
        AwsError
            When there are no credentials, or they have expired or are refused.
        """
        region = self.region()
        client = self.client("sts", region=region or FALLBACK_REGION, attempts=2)
        endpoint = "" if _is_amazon(client) else str(client.meta.endpoint_url)
        known = (region, self.account.profile, endpoint)
        try:
            with aws_errors():
                answer = client.get_caller_identity()
        except AwsError as error:
            # Servers that speak S3 only have nobody to ask.
            if endpoint and error.trouble in (Trouble.OTHER, Trouble.MISSING, Trouble.DENIED):
                return Identity("", "", *known)
            raise
        return Identity(str(answer.get("Account", "")), str(answer.get("Arn", "")), *known)

    def close(self) -> None:
        """Close the connections; a client that is used again opens new ones."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _made(self, service: str, region: str, attempts: int) -> Any:
        from botocore.config import Config

        plain = Config(
            max_pool_connections=CONNECTIONS,
            connect_timeout=CONNECT_S,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": attempts},
            user_agent_extra=f"trackproof/{__version__}",
        )
        session = self._of_boto3()
        where = {
            "region_name": region or None,
            "endpoint_url": self.account.endpoint_url or None,
        }
        with _endpoint_errors():
            client: Any = session.client(service, config=plain, **where)  # type: ignore[call-overload]
        if service != "s3" or _is_amazon(client) or _has_own_addressing(client):
            return client
        # Other servers rarely have a host name for each bucket.
        by_path = plain.merge(Config(s3={"addressing_style": "path"}))
        return session.client(service, config=by_path, **where)  # type: ignore[call-overload]

    def _of_boto3(self) -> boto3.Session:
        if self._session is None:
            import boto3
            import botocore.session

            core = botocore.session.Session()
            core.register_component("data_loader", _models(core.get_config_variable("data_path")))
            self._session = boto3.Session(
                botocore_session=core,
                profile_name=self.account.profile or None,
                region_name=self.account.region or None,
            )
        return self._session


@functools.cache
def _models(data_path: str | None) -> Any:
    """Return the descriptions of AWS's services, which are slow to read and the same for all."""
    import botocore.loaders

    return botocore.loaders.create_loader(data_path)


def _guard(client: Any) -> None:
    """Let S3 refuse whatever would replace an object; boto3's transfer manager has no such wish."""

    def add(params: dict[str, Any], **_: Any) -> None:
        params["IfNoneMatch"] = "*"

    for operation in ("PutObject", "CompleteMultipartUpload", "CopyObject"):
        client.meta.events.register(f"provide-client-params.s3.{operation}", add)


@contextmanager
def _endpoint_errors() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except BotoCoreError:
        raise
    except ValueError as error:
        # The address of the server may also come from the environment or a profile.
        raise AwsError(
            f"{error}; write the server's address like https://s3.example.com:9000",
            trouble=Trouble.OTHER,
        ) from error


def _is_amazon(client: Any) -> bool:
    host = str(client.meta.endpoint_url).split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"))


def _has_own_addressing(client: Any) -> bool:
    return "addressing_style" in (client.meta.config.s3 or {})
