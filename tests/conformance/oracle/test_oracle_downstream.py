"""The downstream/ family: nothing is deployed, and nothing runs on AWS itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.engine.judge import Bench, judge
from conformance.oracle.catalogue import rule_by_id
from conformance.oracle.downstream import DOWNSTREAM
from conformance.oracle.verdicts import FAIL, INCONCLUSIVE, PASS, UNSUPPORTED
from conformance.targets import is_aws
from conformance.targets.reference import reference
from conformance.wire import Call, Reply
from strategies.resources import Resources


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


class SaysWhatIsMissing:
    """The reference, but for its answer to CreateTransformJob."""

    def __init__(self, message: str) -> None:
        self._inner, self._message = reference("reference"), message

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, call: Call) -> Reply:
        if call.operation != "CreateTransformJob":
            return self._inner.send(call)
        body = json.dumps({"__type": "ValidationException", "message": self._message}).encode()
        return Reply(400, (("Content-Type", "application/x-amz-json-1.1"),), body)


@pytest.mark.parametrize(
    ("message", "verdict"),
    [
        ("Could not find S3 object s3://my-models/models/v1/part-0", INCONCLUSIVE),
        ("Could not find any object at s3://my-models/models/", INCONCLUSIVE),
        ("Could not find any object at s3://my-models/models", INCONCLUSIVE),
        ("The bucket my-models does not exist.", INCONCLUSIVE),
        ('Could not find model "x".', FAIL),
        ("Could not find a model in my-models-2.", FAIL),
        ("Could not find models of that name.", FAIL),
    ],
)
def test_a_path_that_is_missing_is_no_model_that_is(message: str, verdict: str) -> None:
    """Found: a folder or a bucket that is told without its slash counted as talk of the model."""
    resources = Resources(model_data_url="s3://my-models/models/v1/model.tar.gz")
    bench = Bench.at(SaysWhatIsMissing(message), resources=resources)
    (judgement,) = judge(rule_by_id("downstream/transform-job-accepts-existing"), bench)
    assert judgement.verdict == verdict, judgement.note
