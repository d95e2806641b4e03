"""``run --cluster`` with a real scheduler, real workers and real replicas, of which some die."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fakes.asking import ask, names
from fakes.conformant import Conformant
from fakes.dask_cluster import DaskCluster, dask_cluster
from fakes.processes import command, reference_server, start, until
from fakes.watched import watched
from jsonschema import Draft202012Validator

from conformance.cli import Refused, cli
from conformance.engine.run import Plan
from conformance.engine.shards import SEEDS_A_SHARD
from reports.record import RunRecord, exchanges
from reports.schemas import schema

FAULTS = ("tag-key-max-length-129", "duplicate-overwrites")
SOME = ("--select", "CreateModel/Tags[].Key:max-length", "--select", "lifecycle/duplicate-*s*")
CONFIGS = ("--select", "downstream/endpoint-config-*")
SAME = ("--seed", "7", "--account", "123456789012")
#: What differs from one run to another: fresh names, and when a model was made.
PASSING = re.compile(r'cmc[a-z]{10}[a-zA-Z0-9]-\d{6}-conf[a-z]{7}|"CreationTime":[0-9.e+]+')


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskCluster]:
    """A scheduler with one worker."""
    with dask_cluster(1) as running:
        yield running


@pytest.fixture
def replicas() -> Iterator[list[tuple[str, subprocess.Popen[str]]]]:
    """Two services with the same faults."""
    with ExitStack() as ending:
        yield [ending.enter_context(reference_server(*FAULTS)) for _ in range(2)]


def events(folder: Path) -> int:
    """How many lines of events there are."""
    path = folder / "events.ndjson"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def grows(folder: Path) -> bool:
    """Whether another event is written within three seconds."""
    before = events(folder)
    return until(lambda: events(folder) > before, seconds=3)


def left(url: str) -> list[str]:
    """The names of all models and endpoint configurations of a service."""
    configs = ask(url, "ListEndpointConfigs", MaxResults=100)["EndpointConfigs"]
    return [*names(url), *(each["EndpointConfigName"] for each in configs)]


def what_was_found(folder: Path) -> Any:
    """The report of a run without what hangs on when, where and under which names it was asked."""
    document = json.loads((folder / "report.json").read_text("utf-8"))
    Draft202012Validator(schema("report")).validate(document)
    for name in ("started", "ended", "requests", "target", "options"):
        del document[name]
    return _comparable(document)


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        left_out = ("n", "curl", "headers")
        return {key: _comparable(each) for key, each in value.items() if key not in left_out}
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    return PASSING.sub("...", value) if isinstance(value, str) else value


def test_a_killed_worker_loses_nothing_and_nothing_is_counted_twice(
    cluster: DaskCluster, tmp_path: Path
) -> None:
    """What two workers find, one of which dies holding shards, is what one process finds.

    The worker is stopped first: the run then waits for what it holds, so that something is lost
    for certain. Only how many requests were sent may differ, by introductions and cleaning up.
    """
    seeds = ("--seeds", str(SEEDS_A_SHARD + 2))
    chosen = (*SAME, *SOME, *CONFIGS, *seeds)
    with watched(*FAULTS) as service:
        alone = command("run", service.url, *chosen, "--out", "alone", cwd=tmp_path)
    assert alone.returncode == 1, alone.stderr
    expected = what_was_found(tmp_path / "alone")

    worker = cluster.add_worker()
    options = ("--cluster", cluster.address, "-n", "3", "--out", "out")
    out = tmp_path / "out"
    with (
        watched(*FAULTS) as first,
        watched(*FAULTS) as second,
        start("run", first.url, second.url, *chosen, *options, cwd=tmp_path) as run,
    ):
        urls = [first.url, second.url]
        assert until(lambda: events(out) > 1)
        worker.send_signal(signal.SIGSTOP)
        while grows(out):
            pass
        assert run.poll() is None, "the worker held nothing"
        worker.kill()
        _, stderr = run.communicate(timeout=120)
        assert [left(url) for url in urls] == [[], []]

    assert run.returncode == 1, stderr
    assert what_was_found(out) == expected
    record = RunRecord.load(out)
    assert record.complete
    assert max(Counter((each["rule"], each["side"]) for each in record.judged).values()) == 1
    assert record.header["target"]["replicas"] == urls
    assert record.footer is not None
    assert record.footer["leftovers"] == 0
    assert min(first.creates, second.creates) > 1, "a replica was introduced and never asked"
    assert first.configs | second.configs
    assert not list(out.glob("replica-*"))
    numbers = [(each["rule"], each["side"], each["n"]) for each in exchanges(out) if each["rule"]]
    assert len(set(numbers)) == len(numbers) > len(record.judged)


@pytest.mark.proof
def test_a_replica_that_dies_has_its_shards_judged_by_the_others(
    cluster: DaskCluster, replicas: list[tuple[str, subprocess.Popen[str]]], tmp_path: Path
) -> None:
    """Its death is nobody's verdict; the run goes to its end."""
    (first, _), (second, dying) = replicas
    options = ("--cluster", cluster.address, "--seeds", "9", "--out", "out", "--exit-zero")
    with start("run", first, second, *SAME, *SOME, *options, cwd=tmp_path) as run:
        assert until(lambda: events(tmp_path / "out") > 1)
        dying.kill()
        _, stderr = run.communicate(timeout=120)
    assert run.returncode == 0, stderr
    record = RunRecord.load(tmp_path / "out")
    assert record.complete
    assert len(record.judged) == sum(len(rule["sides"]) for rule in record.header["rules"])
    assert not [each for each in exchanges(tmp_path / "out") if each["rule"] and "fault" in each]
    assert left(first) == []
    assert record.footer is not None
    assert record.footer["leftovers"] > 0
    assert f"{second} is lost, and asked again in a while: the target no longer answers" in stderr
    assert f"Cleaning up {second} failed" in stderr
    assert f"Models may be left on {second}: `createmodel-conformance cleanup out`" in stderr
    assert [each.name for each in (tmp_path / "out").glob("replica-*")] == ["replica-2"]
    cleaned = command("cleanup", "out", cwd=tmp_path)
    assert cleaned.returncode == 3, cleaned.stdout
    assert f"{second} does not answer" in cleaned.stderr


@pytest.mark.proof
def test_what_a_run_leaves_that_is_killed_with_a_worker_is_deleted_by_cleanup(
    cluster: DaskCluster, tmp_path: Path
) -> None:
    """The journal tells of each replica, though it knows no name that a worker has made."""
    worker = cluster.add_worker()
    options = ("--cluster", cluster.address, "--seeds", "50", "-n", "3", "--out", "out")
    with (
        watched() as first,
        watched() as second,
        start("run", first.url, second.url, *SAME, *CONFIGS, *options, cwd=tmp_path) as run,
    ):
        urls = [first.url, second.url]

        def is_in_the_middle() -> bool:
            worker.send_signal(signal.SIGSTOP)
            if any(map(left, urls)):
                return True
            worker.send_signal(signal.SIGCONT)
            return False

        assert until(lambda: events(tmp_path / "out") > 0)
        cluster.workers[0].send_signal(signal.SIGSTOP)
        assert until(is_in_the_middle)
        run.kill()
        worker.kill()
        run.communicate(timeout=60)
        cluster.workers[0].send_signal(signal.SIGCONT)
        assert any(map(left, urls))
        cleaned = command("cleanup", "out", cwd=tmp_path)
        assert cleaned.returncode == 0, cleaned.stderr
        assert until(lambda: [left(url) for url in urls] == [[], []])
        assert not list((tmp_path / "out").glob("replica-*"))


@pytest.mark.proof
def test_a_worker_of_another_version_that_comes_late_is_left_out(
    cluster: DaskCluster, tmp_path: Path
) -> None:
    """Found: it ended the run. The others judge what it was given."""
    other = "import conformance\n\nconformance.__version__ = '9'\n"
    (tmp_path / "sitecustomize.py").write_text(other, "utf-8")
    options = ("--cluster", cluster.address, "--seeds", "20", "-n", "4", "--out", "out")
    with reference_server() as (url, _), start("run", url, *SAME, *options, cwd=tmp_path) as run:
        assert until(lambda: events(tmp_path / "out") > 0)
        late = cluster.add_worker(PYTHONPATH=str(tmp_path))
        seen = events(tmp_path / "out")
        assert until(lambda: run.poll() is not None or events(tmp_path / "out") > seen + 3)
        assert run.poll() is None
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)
    late.kill()
    assert run.returncode == 130
    judged = RunRecord.load(tmp_path / "out").judged
    assert {each["verdict"] for each in judged} <= {"pass", "unsupported"}


@pytest.mark.proof
def test_shards_that_wait_for_a_worker_have_no_time_of_their_own(
    cluster: DaskCluster, tmp_path: Path
) -> None:
    """Found: each had the time over again that was left when it was sent."""
    options = ("--cluster", cluster.address, "--depth", "deep", "--seeds", "8", "-n", "8")
    with reference_server() as (url, _):
        began = time.monotonic()
        done = command("run", url, *SAME, *options, "--max-time", "8", "--out", "out", cwd=tmp_path)
        took = time.monotonic() - began
        assert left(url) == []
    assert done.returncode == 3, done.stderr
    assert "The time for this run, 8 s, is over: this run is partial." in done.stdout
    assert took < 30


@pytest.mark.proof
def test_ctrl_c_takes_back_what_is_under_way_and_leaves_no_model(
    cluster: DaskCluster, replicas: list[tuple[str, subprocess.Popen[str]]], tmp_path: Path
) -> None:
    """The workers stop in the middle of a shard, and can judge for the next who comes."""
    urls = [url for url, _ in replicas]
    options = ("--cluster", cluster.address, "--depth", "deep", "--out", "out")
    with start("run", *urls, *SAME, *SOME, *options, cwd=tmp_path) as run:
        assert until(lambda: events(tmp_path / "out") > 1)
        run.send_signal(signal.SIGINT)
        stdout, stderr = run.communicate(timeout=60)
    assert run.returncode == 130, stderr
    assert "Interrupted: this run is partial." in stdout
    assert "Traceback" not in stderr
    assert not RunRecord.load(tmp_path / "out").complete
    assert [left(url) for url in urls] == [[], []]
    few = ("--select", "CreateModel/ModelName:max-length")
    after = command("run", "reference", *few, "--cluster", cluster.address, "-q", cwd=tmp_path)
    assert after.returncode == 0, after.stderr


@pytest.mark.proof
def test_a_scheduler_that_dies_cuts_the_run_off(tmp_path: Path) -> None:
    """What was judged until then is in the record, and no model is left."""
    with dask_cluster(1) as own, reference_server() as (url, _):
        options = ("--cluster", own.address, "--depth", "deep", "--out", "out")
        with start("run", url, *SAME, *options, cwd=tmp_path) as run:
            assert until(lambda: events(tmp_path / "out") > 3)
            own.scheduler.kill()
            stdout, stderr = run.communicate(timeout=60)
        assert run.returncode == 3, stderr
        assert "The scheduler of the cluster no longer answers: this run is partial." in stdout
        assert "Traceback" not in stderr
        record = RunRecord.load(tmp_path / "out")
        assert (record.complete, len(record.judged) > 2) == (False, True)
        assert left(url) == []


@pytest.mark.proof
def test_a_target_that_dies_altogether_cuts_the_run_off(
    cluster: DaskCluster, tmp_path: Path
) -> None:
    """With its last replica it is as without a cluster, but for the time it has to come back."""
    with reference_server() as (url, dying):
        options = ("--cluster", cluster.address, "--out", "out")
        with start("run", url, *SAME, *options, cwd=tmp_path) as run:
            assert until(lambda: events(tmp_path / "out") > 1)
            dying.kill()
            stdout, stderr = run.communicate(timeout=120)
    assert run.returncode == 3, stderr
    assert "The target no longer answers" in stdout


@pytest.mark.proof
def test_a_whole_run_on_a_cluster_finds_what_one_process_finds(
    cluster: DaskCluster, replicas: list[tuple[str, subprocess.Popen[str]]], tmp_path: Path
) -> None:
    """Every rule at depth quick, on two workers and two replicas.

    What calls that meet are answered differs from one time to the next, on one machine, too.
    """
    urls = [url for url, _ in replicas]
    left_out = ("--deselect", "concurrency")
    command("run", urls[0], *SAME, *left_out, "--out", "alone", cwd=tmp_path, timeout=1800)
    cluster.add_worker()
    options = ("--cluster", cluster.address, "--out", "out")
    done = command("run", *urls, *SAME, *left_out, *options, cwd=tmp_path, timeout=1800)
    assert done.returncode == 1, done.stderr
    assert what_was_found(tmp_path / "out") == what_was_found(tmp_path / "alone")


@pytest.mark.proof
def test_two_names_of_one_service_are_refused(cluster: DaskCluster, tmp_path: Path) -> None:
    """Exit code 2 and one sentence; nothing stays behind, in the folder neither."""
    with watched() as service:
        other = service.url.replace("127.0.0.1", "localhost")
        options = ("--cluster", cluster.address, "-q", "--out", "out")
        done = command("run", service.url, other, *SOME, *options, cwd=tmp_path)
        assert done.returncode == 2
        said = f"Error: {other} has a model that was made on {service.url}: replicas must not"
        assert done.stderr.startswith(said)
        assert left(service.url) == []
    assert not (tmp_path / "out").exists()


def test_a_campaign_without_a_cluster_says_how_many_seeds_it_had(tmp_path: Path) -> None:
    """In the record and on the page; a run with one seed has no campaign to speak of."""
    few = ("--select", "CreateModel/Tags[].Key:max-length")
    done = command("run", "reference", *SAME, *few, "--seeds", "3", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = RunRecord.load(tmp_path / "out")
    assert record.header["options"]["seeds"] == 3
    assert "replicas" not in record.header["target"]
    assert all(event["cases"]["pass"] % 3 == 0 for event in record.judged)
    what_was_found(tmp_path / "out")
    assert "seed 7 and 2 more" in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("target", "workers", "given", "at_a_time"),
    [
        ("moto", 80, (), 160),
        ("wsgi:a:b", 80, ("-n", "100"), 100),
        ("http://a.test", 80, (), 36),
        ("python:a:b", 80, (), 36),
        ("http://a.test", 3, (), 6),
        ("http://a.test", 3, ("--rate", "9"), 3),
    ],
)
def test_a_target_within_the_worker_keeps_every_worker_busy(
    target: str,
    workers: int,
    given: tuple[str, ...],
    at_a_time: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found: of 80 workers 44 had nothing to do. One target's names are shared by 36 at most."""
    seen: list[int] = []

    def judged(plan: Plan, *_: Any, **__: Any) -> tuple[int, None]:
        seen.append(plan.workers)
        return 0, None

    class Fit:
        def __init__(self, _address: str) -> None:
            pass

        def check(self) -> int:
            return workers

        def close(self) -> None:
            pass

    monkeypatch.setattr("conformance.engine.cluster.Cluster", Fit)
    monkeypatch.setattr("conformance.cli.run.judge_plan", judged)
    monkeypatch.setattr("conformance.targets.resolve", lambda *_: Conformant())
    cli(["run", target, *given, *DASK, "-q"], standalone_mode=False)
    assert seen == [at_a_time]


DASK = ("--cluster", "dask://127.0.0.1:1")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("http://a.test", "http://b.test"), "more than one TARGET is for the replicas"),
        (("aws", *DASK), "AWS is asked by one process"),
        (("https://api.sagemaker.eu-west-1.amazonaws.com", *DASK), "AWS is asked by one process"),
        (("moto-server", *DASK), "'moto-server' is on this machine"),
        (("aws-emulator:9297", *DASK), "'aws-emulator:9297' is on this machine"),
        (("http://a.test", "moto", *DASK), "replicas of a target are URLs, and 'moto' is none"),
        (("http://a.test", "http://a.test/", *DASK), "a replica is named twice"),
        (("http://a.test", "--aws-profile", "me", *DASK), "in the clear"),
        (("http://a.test", "-n", "37", *DASK), "-n is at most 36"),
        (("python:a:b", "-n", "37", *DASK), "-n is at most 36"),
        (("moto", "-n", "37"), "-n is at most 36"),
        (("moto", "--cluster", "127.0.0.1:8786"), "has not the form dask://HOST:PORT"),
        (("moto", "--cluster", "dask://127.0.0.1:http"), "has not the form dask://HOST:PORT"),
        (("moto", "--cluster", "dask://[::1"), "has not the form dask://HOST:PORT"),
        (("moto", "--cluster", "dask://127.0.0.1:99999"), "has not the form dask://HOST:PORT"),
    ],
)
def test_what_no_cluster_can_judge_is_refused_in_one_sentence(
    arguments: tuple[str, ...], sentence: str
) -> None:
    """Before anything is sent, to the cluster or to a target."""
    with pytest.raises(Refused, match=re.escape(sentence)):
        cli(["run", *arguments], standalone_mode=False)
