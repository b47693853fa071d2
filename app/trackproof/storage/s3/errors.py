"""What AWS and the network answer, in words, and as kinds that programs can act on."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from trackproof.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Trouble(StrEnum):
    """Why a request to AWS failed."""

    NO_CREDENTIALS = "no credentials"
    EXPIRED = "expired credentials"
    REFUSED = "refused credentials"
    DENIED = "access denied"
    NO_BUCKET = "no such bucket"
    MISSING = "nothing there"
    WRONG_REGION = "wrong region"
    NO_REGION = "no region"
    THROTTLED = "too many requests"
    NO_NETWORK = "no network"
    TAKEN = "already there"
    OTHER = "other"


class AwsError(StorageError):
    """AWS refused a request, or could not be reached.

    Parameters
    ----------
    message : str
        One sentence for a person.
    trouble : Trouble
        Why, for programs.
    code : str
        The service's own error code; empty when none came.
    address : str
        S3 address, or what else the message is about.
    """

    def __init__(
        self, message: str, *, trouble: Trouble, code: str = "", address: str = ""
    ) -> None:
        super().__init__(message, path=address or None)
        self.trouble = trouble
        self.code = code

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed later, without anybody changing anything."""
        return self.trouble in (Trouble.THROTTLED, Trouble.NO_NETWORK)


_WORDS = {
    Trouble.NO_CREDENTIALS: (
        "no AWS credentials were found; choose a profile, run 'aws configure' or "
        "'aws sso login', or set AWS_PROFILE"
    ),
    Trouble.EXPIRED: (
        "the AWS credentials have expired; sign in again (for example 'aws sso login'), "
        "then try again"
    ),
    Trouble.REFUSED: (
        "AWS refuses these credentials: the key is unknown or its secret is wrong; "
        "check the profile"
    ),
    Trouble.DENIED: (
        "access is denied to this identity; ask for permission, or choose another profile"
    ),
    Trouble.NO_BUCKET: "there is no such bucket; check its name and the profile's Region",
    Trouble.MISSING: "there is no such object in the bucket; check the address",
    Trouble.WRONG_REGION: (
        "the bucket is in another Region than the one that was asked; choose the bucket's Region"
    ),
    Trouble.NO_REGION: "no AWS Region is chosen; give one, or set it in the profile",
    Trouble.THROTTLED: "the service is busy and asks to slow down; try again in a minute",
    Trouble.NO_NETWORK: "the service cannot be reached; check the network, then try again",
    Trouble.TAKEN: "something exists there already, and it is not replaced unasked",
}
assert set(_WORDS) | {Trouble.OTHER} == set(Trouble)

_CODES = {
    Trouble.EXPIRED: (
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired",
        "CredentialsExpired",
    ),
    Trouble.REFUSED: (
        "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidClientTokenId",
        "UnrecognizedClientException", "InvalidSignatureException", "AuthFailure",
        "IncompleteSignature", "MissingAuthenticationToken",
    ),
    Trouble.DENIED: (
        "AccessDenied", "AccessDeniedException", "403", "Forbidden", "AllAccessDisabled",
        "AccountProblem", "UnauthorizedOperation", "KMS.AccessDeniedException",
    ),
    Trouble.NO_BUCKET: ("NoSuchBucket",),
    Trouble.MISSING: ("NoSuchKey", "404", "NotFound", "NoSuchUpload"),
    Trouble.WRONG_REGION: (
        "PermanentRedirect", "301", "307", "TemporaryRedirect", "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException", "AuthorizationQueryParametersError",
    ),
    Trouble.THROTTLED: (
        "SlowDown", "Throttling", "ThrottlingException", "ThrottledException",
        "RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "503",
        "TooManyRequestsException", "TooManyRequests", "429", "ServiceUnavailable",
        "ProvisionedThroughputExceededException", "BandwidthLimitExceeded",
    ),
    Trouble.NO_NETWORK: ("RequestTimeout", "InternalError", "500", "502", "504"),
    Trouble.TAKEN: ("PreconditionFailed", "412", "ConditionalRequestConflict"),
}  # fmt: skip
_TROUBLE_OF = {code: trouble for trouble, codes in _CODES.items() for code in codes}

_OWN_WORDS = {
    "RequestTimeTooSkewed": (
        Trouble.REFUSED,
        "this computer's clock is wrong by more than AWS allows; set it, then try again",
    ),
    "InvalidObjectState": (
        Trouble.DENIED,
        "the object is in an archive storage class; restore it first",
    ),
    "InternalError": (Trouble.NO_NETWORK, "the service failed internally; try again in a minute"),
}


@contextmanager
def aws_errors(address: str = "") -> Iterator[None]:
    """Turn what boto3 raises in the block into `AwsError`.

    Parameters
    ----------
    address : str
        What the block works on, for the message.

    Raises
    ------
    AwsError
        Instead of any error of boto3, botocore, s3transfer or the connection.
    """
    import boto3.exceptions
    import botocore.exceptions
    import s3transfer.exceptions
    import urllib3.exceptions

    try:
        yield
    except (
        botocore.exceptions.ClientError,
        botocore.exceptions.BotoCoreError,
        boto3.exceptions.Boto3Error,
        s3transfer.exceptions.RetriesExceededError,
        s3transfer.exceptions.S3DownloadFailedError,
        urllib3.exceptions.HTTPError,
        ConnectionError,
        TimeoutError,
    ) as error:
        raise in_words(error, address) from error


def in_words(error: Exception, address: str = "") -> AwsError:
    """Return the error for a person that an error of boto3 or the connection means."""
    import botocore.exceptions

    inner = getattr(error, "last_exception", None)  # s3transfer's RetriesExceededError
    if isinstance(inner, Exception):
        return in_words(inner, address)
    if isinstance(error, botocore.exceptions.ClientError):
        return _of_answer(error, address)
    trouble = _of_client(error)
    said = _WORDS.get(trouble) or f"AWS could not be asked: {_one_line(error)}"
    if isinstance(error, botocore.exceptions.ProfileNotFound):
        said = f"{_one_line(error)}; choose one of your profiles"
    elif isinstance(error, botocore.exceptions.InvalidRegionError):
        said = f"{_one_line(error)}; write one like eu-central-1"
    elif isinstance(error, botocore.exceptions.CredentialRetrievalError):
        said = f"the AWS credentials cannot be fetched: {_one_line(error)}"
    return AwsError(said, trouble=trouble, address=address)


def _of_answer(error: object, address: str) -> AwsError:
    answer = getattr(error, "response", {})
    code = str(answer.get("Error", {}).get("Code", ""))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if code in _OWN_WORDS:
        trouble, said = _OWN_WORDS[code]
        return AwsError(said, trouble=trouble, code=code, address=address)
    trouble = _TROUBLE_OF.get(code) or _TROUBLE_OF.get(str(status)) or Trouble.OTHER
    if trouble is Trouble.OTHER:
        said = f"AWS refused: {_one_line(answer.get('Error', {}).get('Message') or code)}"
    else:
        said = _WORDS[trouble]
    return AwsError(said, trouble=trouble, code=code, address=address)


def _of_client(error: Exception) -> Trouble:
    import botocore.exceptions as of
    import urllib3.exceptions

    kinds: tuple[tuple[tuple[type[Exception], ...], Trouble], ...] = (
        (
            (of.UnauthorizedSSOTokenError, of.SSOTokenLoadError, of.TokenRetrievalError),
            Trouble.EXPIRED,
        ),
        (
            (of.NoCredentialsError, of.PartialCredentialsError, of.ProfileNotFound,
             of.CredentialRetrievalError, of.NoAuthTokenError),
            Trouble.NO_CREDENTIALS,
        ),
        ((of.NoRegionError, of.InvalidRegionError), Trouble.NO_REGION),
        (
            (of.HTTPClientError, of.ConnectionError, of.IncompleteReadError,
             urllib3.exceptions.HTTPError, ConnectionError, TimeoutError),
            Trouble.NO_NETWORK,
        ),
    )  # fmt: skip
    return next((trouble for types, trouble in kinds if isinstance(error, types)), Trouble.OTHER)


def _one_line(said: object) -> str:
    text = " ".join(str(said).split()).rstrip(".")
    return text if len(text) <= 300 else f"{text[:300]}..."
