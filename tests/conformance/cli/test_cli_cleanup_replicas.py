"""``cleanup`` after a run on a cluster: by a journal of each replica, and the run's letters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fakes.asking import ask, make, names
from fakes.conformant import Conformant
from fakes.journals import LIKE_OURS, OURS, journal_of_cluster
from fakes.watched import Watched, watched

from conformance.cli import cli
from conformance.cli.judging import _leave
from conformance.engine.journal import folder_of, path_of
from conformance.engine.run import Plan, bench_of
from conformance.targets import TargetOptions
from strategies.bases import minimal
from strategies.resources import Resources

COMMAND = "createmodel-conformance cleanup"


@pytest.fixture
def service() -> Iterator[Watched]:
    """A service with models of somebody else's whose names look like ours."""
    with watched() as watching:
        make(watching.url, *LIKE_OURS)
        yield watching


def run(*arguments: str) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(cli, arguments)


def make_with_config(url: str, *made: str) -> None:
    """Make models, and an endpoint configuration of the first's name."""
    make(url, *made)
    variant = {"VariantName": "v", "ModelName": made[0], "InitialInstanceCount": 1}
    variant["InstanceType"] = "ml.m5.large"
    ask(url, "CreateEndpointConfig", EndpointConfigName=made[0], ProductionVariants=[variant])


def test_of_a_run_on_a_cluster_all_that_bears_its_letters_is_deleted(
    service: Watched, free_port: int, tmp_path: Path
) -> None:
    """Found: there was no journal. Who made it is gone; of the start, and named alike, all stays.

    A replica that does not answer is no reason to leave another as it is, and keeps its journal.
    """
    make_with_config(service.url, *OURS[:2])
    gone = f"http://127.0.0.1:{free_port}/"
    journal_of_cluster(tmp_path, gone, service.url)
    done = run("cleanup", str(tmp_path))
    assert done.exit_code == 3, done.output
    assert f"Error: {gone} does not answer" in done.stderr
    told = ", ".join([OURS[0], *OURS[:2]])
    said = f"{gone}:\n{service.url}:\nDeleted (3): {told}\nNothing of the run is left.\n"
    assert done.stdout == said
    assert names(service.url) == sorted(LIKE_OURS)
    assert ask(service.url, "ListEndpointConfigs")["EndpointConfigs"] == []
    assert path_of(folder_of(tmp_path, 1)).exists()
    assert not folder_of(tmp_path, 2).exists()
    done = run("cleanup", str(tmp_path), "--endpoint", service.url)  # it has moved
    assert done.exit_code == 0, done.output
    assert not list(tmp_path.iterdir())


def test_of_several_replicas_no_one_is_where_endpoint_says(
    service: Watched, tmp_path: Path
) -> None:
    """Exit code 2; which of them has moved is told by its folder."""
    journal_of_cluster(tmp_path, service.url, service.url)
    done = run("cleanup", str(tmp_path), "--endpoint", service.url)
    assert done.exit_code == 2
    assert f"`{COMMAND} {tmp_path / 'replica-1'}`" in done.output
    assert run("cleanup", str(tmp_path / "replica-1")).exit_code == 0


def only_the_second_is_clean(service: Watched, folder: Path, said: str) -> None:
    """Clean up after two replicas; of the first it is said what is wrong, and its journal stays."""
    done = run("cleanup", str(folder))
    assert done.exit_code == 3, done.output
    assert said in done.stderr
    assert names(service.url) == sorted(LIKE_OURS)
    assert path_of(folder_of(folder, 1)).exists()
    assert not folder_of(folder, 2).exists()


def test_a_journal_that_is_broken_keeps_no_other_from_being_read(
    service: Watched, tmp_path: Path
) -> None:
    """It is named, the other replica is clean, and the exit code says that something is open."""
    make_with_config(service.url, *OURS[:2])
    journal_of_cluster(tmp_path, service.url, service.url)
    path_of(folder_of(tmp_path, 1)).write_text('{"event": "start", "format": 99}\n', "utf-8")
    only_the_second_is_clean(service, tmp_path, "has another format")
    assert run("cleanup", str(tmp_path)).exit_code == 2


def test_a_broken_journal_is_of_a_replica_too(service: Watched, tmp_path: Path) -> None:
    """Found: with one broken, --endpoint meant the other, which is somewhere else."""
    journal_of_cluster(tmp_path, service.url, service.url)
    path_of(folder_of(tmp_path, 1)).write_text('{"event": "start", "format": 99}\n', "utf-8")
    done = run("cleanup", str(tmp_path), "--endpoint", service.url)
    assert done.exit_code == 2
    assert "--endpoint is of one replica" in done.output
    assert path_of(folder_of(tmp_path, 2)).exists()


def test_the_end_of_a_run_deletes_no_model_that_somebody_made_of_its_name(tmp_path: Path) -> None:
    """Found: a worker made `q` on a replica that lost it; by the end it was another's."""
    target = Conformant()
    plan = Plan("http://a.test", TargetOptions(), Resources(), ())
    bench = bench_of(plan, target)
    theirs = minimal("q", Resources(role_arn="arn:aws:iam::123456789012:role/theirs"))
    assert bench.talk.ask("CreateModel", theirs, purpose="case").accepted
    bench.talk.ledger.owned.clear()
    bench.talk.ledger.is_shared = True
    told = {"operation": "CreateModel", "name": "q"}
    events = [{"event": "intent", **told, "at": 1.0, "role": Resources().role}]
    bench.talk.ledger.learn(plan.prefix, [*events, {"event": "owned", **told, "arn": None}])
    assert _leave(bench.talk, plan, None, tmp_path, interrupted=False) == 0
    assert list(target.models) == ["q"]


def test_what_a_worker_made_on_a_server_of_our_own_is_deleted_at_the_end(tmp_path: Path) -> None:
    """Found: after Ctrl-C with -n it was said to be left; its ledger had ended with the worker."""
    target = Conformant()
    plan = Plan("reference-server", TargetOptions(), Resources(), (), workers=2)
    bench = bench_of(plan, target)
    worker = bench_of(plan, target, share=1).talk
    name = f"{worker.prefix}-000001-conformance"
    assert worker.create(minimal(name, Resources())).accepted
    assert _leave(bench.talk, plan, None, tmp_path, interrupted=True) == 0
    assert target.models == {}


def test_no_run_on_a_cluster_was_at_aws(tmp_path: Path) -> None:
    """A journal by whose prefix all would be deleted there is nobody's of ours."""
    journal_of_cluster(tmp_path, "aws")
    done = run("cleanup", str(tmp_path), "--allow-aws")
    assert done.exit_code == 2
    assert "no run on a cluster was at AWS" in done.output


def test_a_new_run_does_not_forget_what_a_cluster_left(service: Watched, tmp_path: Path) -> None:
    """Exit code 2 for a run of any kind at any target, whether the first went to its end or not."""
    few = ("--select", "errors/code", "-q", "--out", str(tmp_path))
    assert run("run", service.url, *few).exit_code == 0
    journal_of_cluster(tmp_path, service.url)
    done = run("run", service.url, *few)
    assert done.exit_code == 2
    assert f"left models on {service.url}: say `{COMMAND} {tmp_path}` first" in done.output
    assert path_of(folder_of(tmp_path, 1)).exists()


@pytest.mark.parametrize("footer", [{}, {"leftovers": 1}, None])
def test_a_run_on_a_cluster_without_a_journal_is_not_said_to_have_left_nothing(
    footer: dict[str, Any] | None, service: Watched, tmp_path: Path
) -> None:
    """Found: one that had lost a replica was. Exit code 2 where nobody knows, and what to do."""
    few = ("--select", "errors/code", "-q", "--out", str(tmp_path))
    assert run("run", service.url, *few).exit_code == 0
    path = tmp_path / "events.ndjson"
    head, *lines, end = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    head["target"]["replicas"] = [service.url, "http://b.test"]
    kept = [head, *lines, *([] if footer is None else [end | footer])]
    path.write_text("".join(json.dumps(each) + "\n" for each in kept), "utf-8")
    done = run("cleanup", str(tmp_path))
    assert done.exit_code == (0 if footer == {} else 2), done.output
    assert ("look on each replica for models and" in done.output) == (footer != {})


def test_a_replica_that_cannot_be_reached_any_more_keeps_no_other_from_being_cleaned_up(
    service: Watched, tmp_path: Path
) -> None:
    """Found: where it was refused in a sentence, the others were left as they were."""
    make_with_config(service.url, *OURS[:2])
    journal_of_cluster(tmp_path, "wsgi:there.is.none:app", service.url)
    only_the_second_is_clean(service, tmp_path, "Error: ")


def test_wrong_usage_is_said_once_however_many_replicas_there_were(
    service: Watched, tmp_path: Path
) -> None:
    """It is of no replica in particular, and nothing was tried."""
    journal_of_cluster(tmp_path, service.url, service.url)
    done = run("cleanup", str(tmp_path), "--region", "eu-west-1")
    assert done.exit_code == 2, done.output
    assert done.stderr.count("Error: ") == 1
    assert path_of(folder_of(tmp_path, 2)).exists()


def test_each_reason_is_said_where_no_replica_can_be_reached(tmp_path: Path) -> None:
    """Another reason is another sentence."""
    journal_of_cluster(tmp_path, "wsgi:there.is.none:app", "python:nor.is.this:app")
    done = run("cleanup", str(tmp_path))
    assert done.exit_code == 2, done.output
    assert [line[:13] for line in done.stderr.splitlines()] == ["Error: 'wsgi:", "Error: 'pytho"]
