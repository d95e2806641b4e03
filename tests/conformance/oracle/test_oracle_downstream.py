"""The downstream/ family: nothing is deployed, and nothing runs on AWS itself."""

from __future__ import annotations

import pytest

from conformance.engine.judge import Bench, judge
from conformance.oracle.downstream import DOWNSTREAM
from conformance.oracle.verdicts import PASS, UNSUPPORTED
from conformance.targets import is_aws
from conformance.targets.reference import reference


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.sagemaker.us-east-1.amazonaws.com/", True),
        ("https://api.sagemaker.cn-north-1.amazonaws.com.cn/", True),
        ("https://sagemaker.us-east-1.api.aws/", True),
        ("https://AMAZONAWS.COM:443/", True),
        ("http://127.0.0.1:4566/", False),
        ("https://notamazonaws.com/", False),
        ("https://amazonaws.com.example.org/", False),
        ("nonsense", False),
    ],
)
def test_aws_is_known_by_its_domains(url: str, expected: bool) -> None:
    """Ports, case and what merely looks alike do not matter."""
    assert is_aws(url) is expected


def judged(endpoint: str) -> dict[str, tuple[str, list[str], list[str]]]:
    """Judge the family on the reference at a URL: verdicts, the operations that were sent, and
    those of them that were accepted.
    """
    target = reference("reference")
    target.endpoint = endpoint
    bench = Bench.at(target, account=target.account)
    found = {}
    for each in DOWNSTREAM:
        (judgement,) = judge(each.rule, bench)
        sent = [record["operation"] for record in judgement.exchanges]
        done = [r["operation"] for r in judgement.exchanges if r.get("status") == 200]
        found[each.rule.id] = judgement.verdict, sent, done
    return found


def test_no_endpoint_is_ever_made_and_every_configuration_is_deleted() -> None:
    """Only configurations and jobs are asked for; the former are gone afterwards."""
    for verdict, sent, done in judged("http://localhost/").values():
        assert verdict == PASS
        assert "CreateEndpoint" not in sent
        assert done.count("CreateEndpointConfig") == done.count("DeleteEndpointConfig")


def test_no_job_is_started_on_aws() -> None:
    """There, a job is only asked for a model that does not exist; the rest is unsupported."""
    found = judged("https://api.sagemaker.us-east-1.amazonaws.com/")
    for rule in ("downstream/transform-job-accepts-existing", "downstream/transform-job-arn"):
        verdict, sent, _ = found[rule]
        assert verdict == UNSUPPORTED
        assert "CreateTransformJob" not in sent
    assert found["downstream/endpoint-config-accepts-existing"][0] == PASS
