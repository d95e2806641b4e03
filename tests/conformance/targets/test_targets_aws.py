"""AWS: how it is reached, what a run may send there, how fast, and how it settles."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fakes.vices import RejectsEverything

from conformance.reference import application
from conformance.targets import TargetOptions, TargetProblem, check, resolve
from conformance.targets.allowance import RESERVE, Allowance, Metered
from conformance.targets.aws import RATE, access
from conformance.targets.pace import Pace
from conformance.targets.settling import Settling
from conformance.targets.wsgi import WsgiTarget
from conformance.wire import Call, Reply, TransportFault, encode, read
from conformance.wire.signing import Signer

KEY, SECRET, TOKEN = (
    "ASIACANARYCANARY1234",
    "canary/Secret+canary/Secret+canary/Se123",
    "canaryToken",
)


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


# -- how it is reached ---------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with keys of a canary and nothing of the developer's own."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    return monkeypatch


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("eu-west-1", "https://api.sagemaker.eu-west-1.amazonaws.com"),
        ("cn-north-1", "https://api.sagemaker.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_endpoint_is_that_of_the_region(
    region: str, endpoint: str, own: pytest.MonkeyPatch
) -> None:
    """The endpoint is AWS's own for the region and its partition, and always HTTPS."""
    found = access(region, None)
    assert (found.region, found.endpoint) == (region, endpoint)
    keys = found.credentials
    assert (keys.access_key, keys.secret_key, keys.token) == (KEY, SECRET, TOKEN)


def test_a_profile_gives_keys_region_and_endpoint(own: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the user does not say is taken from the profile, and its keys win over the others."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        "[profile work]\nregion = eu-north-1\naws_access_key_id = AKIAPROFILEPROFILE12\n"
        "aws_secret_access_key = s\nendpoint_url = http://127.0.0.1:9\n",
        "utf-8",
    )
    found = access(None, "work")
    assert (found.region, found.endpoint) == ("eu-north-1", "http://127.0.0.1:9")
    assert found.credentials.access_key == "AKIAPROFILEPROFILE12"


def test_the_endpoint_can_be_overridden_as_for_botocore(own: pytest.MonkeyPatch) -> None:
    """``AWS_ENDPOINT_URL_SAGEMAKER`` sends AWS's own clients elsewhere, and this target, too."""
    own.setenv("AWS_ENDPOINT_URL_SAGEMAKER", "http://127.0.0.1:9")
    assert access("us-east-1", None).endpoint == "http://127.0.0.1:9"


def test_no_region_no_keys_no_profile_are_told(own: pytest.MonkeyPatch) -> None:
    """Each thing that is missing is one sentence; nothing is guessed on a paid account."""
    with pytest.raises(TargetProblem, match="say --region"):
        access(None, None)
    own.setenv("AWS_REGION", "eu-west-3")
    assert access(None, None).region == "eu-west-3"
    with pytest.raises(TargetProblem, match="nowhere"):
        access(None, "nowhere")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        own.delenv(name)
    with pytest.raises(TargetProblem, match="no AWS credentials"):
        access("us-east-1", None)


def test_it_is_refused_where_nobody_agreed() -> None:
    """Without --allow-aws, and by commands that have not asked, AWS is not asked."""
    with pytest.raises(TargetProblem, match="--allow-aws"):
        resolve("aws", TargetOptions(aws_endpoint="http://127.0.0.1:9"))
    with pytest.raises(TargetProblem, match="by the command run alone"):
        resolve("aws", TargetOptions(allow_aws=True))


# -- how fast ------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_that_cannot_be_meant_is_told(rate: float) -> None:
    """A rate is a positive number."""
    with pytest.raises(TargetProblem, match="a rate is"):
        check(TargetOptions(rate=rate))


@pytest.mark.parametrize("client", ["requests", "boto3"])
def test_a_url_of_awss_is_asked_slowly_as_well(
    client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rate of AWS holds for its URLs; a rate that the user says is taken."""
    url = "https://sagemaker.us-east-1.amazonaws.com"
    rates: list[float | None] = []
    monkeypatch.setattr(Pace, "__init__", lambda _self, rate: rates.append(rate))
    resolve(url, TargetOptions(allow_aws=True, client=client)).close()
    resolve(url, TargetOptions(allow_aws=True, client=client, rate=7.0)).close()
    resolve("http://127.0.0.1:9", TargetOptions(client=client)).close()
    assert rates == [RATE, 7.0, None]


# -- how much ------------------------------------------------------------------------------


def service(**strict: Any) -> WsgiTarget:
    """A reference service in this process."""
    return WsgiTarget("reference", application(**strict), fingerprint={})


def create(name: Any, image: str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1") -> Call:
    """A CreateModel call."""
    body = {
        "ModelName": name,
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
        "PrimaryContainer": {"Image": image},
    }
    return encode("CreateModel", body)


def spent(target: Metered, call: Call) -> bool:
    """Tell whether a call is one too many."""
    try:
        target.send(call)
    except TransportFault as fault:
        return fault.kind == "spent"
    return False


def test_models_are_counted_when_they_were_made() -> None:
    """Rejected creates use nothing up; after the last model nothing is created any more."""
    target = Metered(service(), Allowance(requests=10_000, models=2))
    assert not any(spent(target, create(5)) for _ in range(5))
    assert [spent(target, create(f"m{n}")) for n in range(4)] == [False, False, True, True]
    assert (target.models, target.requests) == (2, 7)
    assert not spent(target, encode("DeleteModel", {"ModelName": "m0"}))
    assert spent(target, create("m9"))  # made in all, not at a time


def test_models_made_at_once_stay_within_the_number() -> None:
    """Creates under way count: 32 threads make no more models than were agreed to."""
    inner = service()
    target = Metered(inner, Allowance(requests=10_000, models=5))
    with ThreadPoolExecutor(32) as pool:
        outcomes = list(pool.map(lambda n: spent(target, create(f"m{n}")), range(32)))
    assert outcomes.count(False) <= 5
    listed = read(inner.send(encode("ListModels", {"MaxResults": 100}))).payload["Models"]
    assert len(listed) == outcomes.count(False) == target.models


def test_a_create_whose_answer_is_lost_counts_as_a_model() -> None:
    """Nobody knows whether it was made."""

    class Loses(RejectsEverything):
        def send(self, call: Call) -> Reply:
            raise TransportFault("timeout", "no answer")

    target = Metered(Loses(), Allowance(requests=10_000, models=1))
    with pytest.raises(TransportFault, match="no answer"):
        target.send(create("m"))
    assert spent(target, create("m"))


def test_the_last_requests_are_for_cleaning_up() -> None:
    """When the others are used up, models can still be found and deleted, and then nothing."""
    target = Metered(service(), Allowance(requests=RESERVE + 3, models=10))
    assert [spent(target, create(f"m{n}")) for n in range(4)] == [False, False, False, True]
    assert spent(target, encode("ListTags", {}))
    cleaning = [spent(target, encode("ListModels", {})) for _ in range(RESERVE + 1)]
    assert cleaning == [False] * RESERVE + [True]


# -- how it settles ------------------------------------------------------------------------


@pytest.fixture
def late() -> tuple[Settling, Clock]:
    """A service that shows new models after two seconds, asked with patience."""
    clock = Clock()
    target = service(visible_after=2.0, now=lambda: clock.now)
    return Settling(target, Signer("us-east-1"), clock=clock, sleep=clock.sleep), clock


def asked(target: Settling, operation: str, **body: Any) -> Any:
    """The reading of an answer."""
    return read(target.send(encode(operation, body)))


def test_a_model_that_shows_late_is_described(late: tuple[Settling, Clock]) -> None:
    """A look right after the create is repeated until the model shows, and no longer."""
    target, clock = late
    target.send(create("m"))
    assert asked(target, "DescribeModel", ModelName="m").kind == "accepted"
    assert 1.9 <= sum(clock.slept) <= 2.3


def test_models_are_listed_once_they_show(late: tuple[Settling, Clock]) -> None:
    """A list that would be too early waits for what was just made."""
    target, _ = late
    for name in ("a", "b"):
        target.send(create(name))
    listed = asked(target, "ListModels").payload["Models"]
    assert {each["ModelName"] for each in listed} == {"a", "b"}


def test_what_was_never_made_is_not_waited_for(late: tuple[Settling, Clock]) -> None:
    """Most looks are at models that must not be there: they cost no time."""
    target, clock = late
    assert asked(target, "DescribeModel", ModelName="m").kind == "rejected"
    target.send(create(5))
    assert asked(target, "ListModels").kind == "accepted"
    assert clock.slept == []


def test_what_never_settles_is_answered_as_it_is() -> None:
    """A target that deletes nothing is found out, some seconds later."""
    clock = Clock()
    inner = service(now=lambda: clock.now)
    described = inner.send

    def keeps(call: Call) -> Reply:
        if call.operation == "DeleteModel":
            return Reply(200, (), b"")
        return described(call)

    inner.send = keeps  # type: ignore[method-assign]
    target = Settling(inner, Signer("us-east-1"), clock=clock, sleep=clock.sleep)
    target.send(create("m"))
    asked(target, "DeleteModel", ModelName="m")
    assert asked(target, "DescribeModel", ModelName="m").kind == "accepted"
    assert 4 <= sum(clock.slept) <= 6


def test_a_consistent_service_is_asked_nothing_more() -> None:
    """Where all shows at once, each call is sent once, but for looks before a list."""
    sent: list[str] = []
    inner = service()
    send: Callable[[Call], Reply] = inner.send

    def noted(call: Call) -> Reply:
        sent.append(call.operation)
        return send(call)

    inner.send = noted  # type: ignore[method-assign]
    clock = Clock()
    target = Settling(inner, Signer("us-east-1"), clock=clock, sleep=clock.sleep)
    target.send(create("m"))
    asked(target, "DescribeModel", ModelName="m")
    asked(target, "ListModels")
    asked(target, "DeleteModel", ModelName="m")
    assert sent == ["CreateModel", "DescribeModel", "ListModels", "DeleteModel"]
    assert clock.slept == []
