"""From what the user typed to a target, or one sentence that says why not."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from fakes.conformant import Conformant

from conformance.targets import TargetOptions, TargetProblem, resolve
from conformance.targets.resolve import foreign, is_aws
from conformance.wire import Reply, TransportFault, encode


def problem(spec: str, **options: Any) -> str:
    """Resolve what cannot be resolved; returns the one sentence that says so."""
    with pytest.raises(TargetProblem) as told:
        resolve(spec, TargetOptions(**options))
    sentence = str(told.value)
    assert sentence
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


@pytest.mark.parametrize(
    "url",
    [
        "https://api.sagemaker.us-east-1.amazonaws.com",
        "https://API.SageMaker.US-EAST-1.AMAZONAWS.COM",
        "https://sagemaker.us-east-1.amazonaws.com.",
        "https://sagemaker.us-east-1.amazonaws.com:443/",
        "http://amazonaws.com",
        "https://sagemaker.cn-north-1.amazonaws.com.cn",
        "https://sagemaker.us-east-1.api.aws",
        "https://api.aws",
        "https://sagemaker.eusc-de-east-1.amazonaws.eu",
        "https://x.sc2s.sgov.gov/path",
        "https://sagemaker.eusc-de-east-1.api.amazonwebservices.eu",
        "https://sagemaker.us-iso-east-1.api.aws.ic.gov",
    ],
)
@pytest.mark.parametrize("client", ["requests", "boto3"])
def test_aws_is_refused_unless_allowed(url: str, client: str) -> None:
    """Any URL under an AWS domain needs --allow-aws, in any spelling and for either client."""
    assert is_aws(url)
    assert "--allow-aws" in problem(url, client=client)
    resolve(url, TargetOptions(allow_aws=True, client=client)).close()


@pytest.mark.parametrize("document", ["partitions", "endpoints"])
def test_every_domain_of_every_partition_is_awss(document: str) -> None:
    """The installed botocore knows all partitions of AWS: each of their domains is refused."""
    partitions = Loader().load_data(document)["partitions"]
    suffixes = set(
        re.findall(r'"(?:dnsSuffix|dualStackDnsSuffix)": "([^"]+)"', json.dumps(partitions))
    )
    assert len(suffixes) > 8
    assert not [suffix for suffix in suffixes if not is_aws(f"https://sagemaker.x.{suffix}")]


@pytest.mark.parametrize(
    "host",
    [
        "sagemaker.us-east-1.ａmazonaws.com",
        "sagemaker.us-east-1.amazon\u00adaws.com",
        "sagemaker.us-east-1.amazonaws。com",
        "sagemaker.us-east-1.amazonaws%2Ecom",
        "sagemaker.us-east-1.amazonaws.com\\.example.org",
        "sagemaker.us-east-1.amazonaws.com%00.example.org",
    ],
)
def test_no_spelling_of_a_host_gets_past_the_look_at_it(host: str) -> None:
    """A client may map characters of a host to others: such hosts are refused altogether."""
    with pytest.raises(TargetProblem):
        resolve(f"https://{host}/", TargetOptions())


@pytest.mark.parametrize(
    "url",
    [
        "http://amazonaws.com.example.org",
        "http://notamazonaws.com",
        "http://localhost",
        "http://localhost/amazonaws.com",
        "http://my-api.aws.example.org",
        "http://notapi.aws.test",
        "http://127.0.0.1:5000",
        "http://[::1]:5000",
    ],
)
def test_what_only_looks_like_aws_is_not_refused(url: str) -> None:
    """A host is AWS's by its domain, not by a word in it."""
    assert not is_aws(url)
    resolve(url, TargetOptions()).close()


def test_a_user_name_does_not_hide_aws() -> None:
    """``http://localhost@amazonaws.com`` is AWS all the same, and has credentials besides."""
    assert is_aws("http://localhost@sagemaker.amazonaws.com")
    problem("http://localhost@sagemaker.amazonaws.com", allow_aws=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "https://",
        "http:localhost",
        "http:///path",
        "http://host:port",
        "http://host:-1",
        "http://host:0",
        "http://host:70000",
        "http://user:password@host",
        "http://:password@host",
        "http://user@host",
        "http://host/?query=1",
        "http://host/?",
        "http://host/#fragment",
        "http://host#",
        "http://[::1",
        "http://a host/",
    ],
)
def test_a_bad_url_is_told(url: str) -> None:
    """What is no plain URL of a server is refused with the form that is wanted."""
    assert "is not a URL of the form http(s)://HOST[:PORT][/PATH]" in problem(url)


@pytest.mark.parametrize(
    "spec", ["", "motto", "moto:", "ftp://host", "wsgi", "python", "localhost"]
)
def test_an_unknown_target_is_told(spec: str) -> None:
    """What names no target is repeated, with the list of those there are."""
    sentence = problem(spec)
    assert repr(spec) in sentence
    assert "moto-server" in sentence


@pytest.mark.parametrize("spec", ["reference:no-such-fault", "reference-server:no-such-fault"])
def test_an_unknown_fault_is_told(spec: str) -> None:
    """A fault that the reference service does not have is named."""
    assert "'no-such-fault'" in problem(spec)


@pytest.mark.parametrize("spec", ["moto", "reference", "wsgi:a:b", "python:a:b"])
def test_boto3_needs_a_url(spec: str) -> None:
    """--client boto3 with a target in this process is refused."""
    assert "needs a target with a URL" in problem(spec, client="boto3")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A function that writes a module where it can be imported, and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(source: str) -> str:
        name = f"emulator_{len(list(tmp_path.iterdir()))}_of_a_user"
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    return write


@pytest.mark.parametrize("kind", ["wsgi", "python"])
@pytest.mark.parametrize("rest", ["", "sys", "sys:", ":path", ":"])
def test_a_spec_without_module_or_name_is_told(kind: str, rest: str) -> None:
    """The form that is wanted is shown."""
    assert f"must have the form {kind}:MODULE:NAME" in problem(f"{kind}:{rest}")


@pytest.mark.parametrize("kind", ["wsgi", "python"])
@pytest.mark.parametrize(
    "rest", ["no_such_module:app", "os:no_such_name", "os.nothing:app", "os:path.nothing", "..:x"]
)
def test_what_cannot_be_imported_is_told(kind: str, rest: str) -> None:
    """A missing module or attribute is one sentence with the spec and the reason."""
    sentence = problem(f"{kind}:{rest}")
    assert f"'{kind}:{rest}' cannot be imported: " in sentence


@pytest.mark.parametrize("kind", ["wsgi", "python"])
@pytest.mark.parametrize(
    "source", ["raise RuntimeError('one\\ntwo')", "def broken(:", "import nope"]
)
def test_a_module_that_raises_is_told(kind: str, source: str, module: Callable[[str], str]) -> None:
    """Whatever a user's module raises when imported becomes one line."""
    assert "cannot be imported" in problem(f"{kind}:{module(source)}:app")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("make = 5", "could not be made: TypeError"),
        ("def make(): raise RuntimeError('one\\ntwo')", "could not be made: RuntimeError: one two"),
        ("def make(needed): ...", "could not be made: TypeError"),
        ("def make(): return None", "has no method send(call) -> Reply"),
        ("class make: send = 5", "has no method send(call) -> Reply"),
    ],
)
def test_a_factory_that_makes_no_target_is_told(
    source: str, reason: str, module: Callable[[str], str]
) -> None:
    """A name that is not callable, raises, or returns something else: one sentence."""
    assert reason in problem(f"python:{module(source)}:make")


def test_a_wsgi_name_that_is_not_callable_is_told(module: Callable[[str], str]) -> None:
    """An application must be callable."""
    assert "is not callable" in problem(f"wsgi:{module('app = 5')}:app")


def test_a_python_target_is_asked(module: Callable[[str], str]) -> None:
    """The least object will do: what it leaves out is filled in, what it states is kept."""
    source = """
        from conformance.wire import Reply

        class Least:
            def send(self, call):
                return Reply(200, (), call.body)

        class Most(Least):
            endpoint = "http://emulator.test/"
            account = "210987654321"
            closed = False
            def fingerprint(self):
                return {"version": "7"}
            def close(self):
                type(self).closed = True
    """
    name = module(source)
    least = resolve(f"python:{name}:Least", TargetOptions())
    assert least.send(encode("CreateModel", {"a": 1})).body == b'{"a":1}'
    assert (least.endpoint, least.account) == ("http://localhost/", None)
    assert least.fingerprint() == {"kind": "python"}
    least.close()
    most = resolve(f"python:{name}:Most", TargetOptions())
    assert (most.endpoint, most.account) == ("http://emulator.test/", "210987654321")
    assert most.fingerprint() == {"kind": "python", "version": "7"}
    most.close()
    assert sys.modules[name].Most.closed


def test_a_nested_name_is_found(module: Callable[[str], str]) -> None:
    """Dots in the name lead into objects."""
    name = module(
        """
        class outer:
            @staticmethod
            def app(environ, start_response):
                start_response("200 OK", [])
                return [b"{}"]
        """
    )
    assert resolve(f"wsgi:{name}:outer.app", TargetOptions()).send(encode("X", {})).body == b"{}"


def test_modules_of_the_current_folder_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module beside the user is imported although a console script does not look there."""
    (tmp_path / "beside_the_user.py").write_text(
        "def app(e, s):\n    s('200 OK', [])\n    return []\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p not in ("", str(tmp_path))])
    target = resolve("wsgi:beside_the_user:app", TargetOptions())
    assert target.send(encode("X", {})).status == 200


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (lambda: None, "send returned no Reply but NoneType"),
        (lambda: {"status": 200}, "send returned no Reply but dict"),
        (lambda: 1 / 0, "send raised ZeroDivisionError: division by zero"),
        (lambda: [][1], "send raised IndexError: list index out of range"),
    ],
)
def test_a_mistake_in_a_users_target_is_a_fault_of_the_target(
    answer: Callable[[], Any], detail: str
) -> None:
    """What is neither a reply nor a ``TransportFault`` is the fault ``broken``, in one line."""

    class Mistaken:
        def send(self, _call: Any) -> Any:
            return answer()

    with pytest.raises(TransportFault) as told:
        foreign("mine", Mistaken()).send(encode("CreateModel", {}))
    assert (told.value.kind, told.value.detail) == ("broken", detail)


def test_a_users_own_faults_pass() -> None:
    """A ``TransportFault`` that a user's target raises keeps its kind."""

    class Late:
        def send(self, _call: Any) -> Reply:
            raise TransportFault("timeout", "too late")

    with pytest.raises(TransportFault) as told:
        foreign("late", Late()).send(encode("CreateModel", {}))
    assert told.value.kind == "timeout"


def test_an_object_is_judged_like_a_spec(judged: Callable[..., Any]) -> None:
    """A user's object as a target gives the verdicts that it gives by itself."""
    rules = ["CreateModel/ModelName:max-length", "response/model-arn-account"]
    done = judged(foreign("mine", Conformant()), rules)
    assert set(done.verdicts()) == {"pass"}
