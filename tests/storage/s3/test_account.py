"""Who we are for AWS, and what its answers mean."""

from pathlib import Path

import pytest

from s3_server import S3
from trackproof.storage.s3 import Account, AwsError, Connection, Trouble, aws_errors


def test_identity_names_account_and_region(aws: str) -> None:
    identity = Connection(Account()).identity()
    assert identity.account_id == "123456789012"
    assert identity.region == "eu-central-1"
    assert "123456789012" in str(identity)
    assert aws in str(identity)


def test_identity_never_shows_secrets(aws: str) -> None:
    connection = Connection(Account())
    shown = f"{connection.identity()!r} {connection.account!r} {connection!r}"
    assert "testing-secret" not in shown


def test_without_credentials_the_message_says_what_to_do(aws_environment: Path) -> None:
    with pytest.raises(AwsError, match="no AWS credentials were found") as caught:
        Connection(Account(region="eu-west-1")).identity()
    assert caught.value.trouble is Trouble.NO_CREDENTIALS


def test_unknown_profile_is_named(aws_environment: Path) -> None:
    with pytest.raises(AwsError, match="nobody-here") as caught:
        Connection(Account(profile="nobody-here")).client("s3")
    assert caught.value.trouble is Trouble.NO_CREDENTIALS


def test_profile_of_the_configuration_is_used(aws_environment: Path) -> None:
    (aws_environment / "config").write_text("[profile lab]\nregion = ap-northeast-1\n")
    connection = Connection(Account(profile="lab"))
    assert connection.region() == "ap-northeast-1"
    assert connection.profiles() == ["lab"]


def test_missing_bucket_is_told_from_a_missing_key(s3: S3) -> None:
    client = Connection().client("s3")
    with pytest.raises(AwsError, match="no such bucket") as caught, aws_errors("s3://x"):
        client.get_object(Bucket="no-such-bucket-at-all", Key="a")
    assert caught.value.trouble is Trouble.NO_BUCKET
    with pytest.raises(AwsError, match="no such object") as caught, aws_errors("s3://x"):
        client.get_object(Bucket=s3.bucket, Key="a")
    assert caught.value.trouble is Trouble.MISSING


def test_nobody_listening_is_no_network(aws_environment: Path, aws: str) -> None:
    import botocore.exceptions

    with pytest.raises(AwsError, match="cannot be reached") as caught, aws_errors():
        raise botocore.exceptions.EndpointConnectionError(endpoint_url="https://example.test")
    assert caught.value.trouble is Trouble.NO_NETWORK
    assert caught.value.is_passing


@pytest.mark.parametrize(
    ("code", "status", "trouble"),
    [
        ("ExpiredToken", 400, Trouble.EXPIRED),
        ("AccessDenied", 403, Trouble.DENIED),
        ("403", 403, Trouble.DENIED),
        ("SlowDown", 503, Trouble.THROTTLED),
        ("ThrottlingException", 400, Trouble.THROTTLED),
        ("PermanentRedirect", 301, Trouble.WRONG_REGION),
        ("SignatureDoesNotMatch", 403, Trouble.REFUSED),
        ("PreconditionFailed", 412, Trouble.TAKEN),
        ("SomethingNew", 418, Trouble.OTHER),
    ],
)
def test_answers_of_the_service_become_kinds(code: str, status: int, trouble: Trouble) -> None:
    import botocore.exceptions

    answer = {
        "Error": {"Code": code, "Message": "it says so"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    with pytest.raises(AwsError) as caught, aws_errors("s3://bucket/key"):
        raise botocore.exceptions.ClientError(answer, "GetObject")  # type: ignore[arg-type]
    assert caught.value.trouble is trouble
    assert str(caught.value).startswith("s3://bucket/key: ")


def test_server_without_its_scheme_is_told_with_an_example(aws: str) -> None:
    with pytest.raises(AwsError, match=r"localhost:9000; write the server's address like https://"):
        Connection(Account(endpoint_url="localhost:9000")).client("s3")


def test_region_that_is_none_is_named(aws: str) -> None:
    with pytest.raises(AwsError, match=r"'a b/c'.* write one like eu-central-1"):
        Connection(Account(region="a b/c")).client("s3")
