"""``run`` against moto and the reference service, as a user starts it."""

from __future__ import annotations

import json
import re
import socket
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes.processes import command
from jsonschema import Draft202012Validator

from conformance.engine.exchanges import exchanges_digest
from reports.files import REPORTS
from reports.record import RunRecord
from reports.schemas import schema
from reports.summary import report

NAME = "CreateModel/ModelName:*"


def rule(document: dict[str, Any], rule_id: str) -> dict[str, Any]:
    """One rule of a report."""
    return next(each for each in document["rules"] if each["id"] == rule_id)


def verdicts(document: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The verdict on every side of every rule."""
    return {
        (each["id"], side): judged["verdict"]
        for each in document["rules"]
        for side, judged in each["sides"].items()
    }


def test_moto_is_judged_completely_and_does_not_conform(moto_run: Any) -> None:
    """The run goes to its end, ends with 1 and says so."""
    document = moto_run.report
    assert moto_run.returncode == 1
    assert (document["complete"], document["verdict"]) == (True, "nonconforming")
    assert document["leftovers"] == 0
    assert "nonconforming" in moto_run.stdout
    assert "partial" not in moto_run.stdout
    assert not any(each["verdict"] == "error" for each in document["rules"])


def test_moto_accepts_a_64_character_name(moto_run: Any) -> None:
    """The finding's request has the smallest illegal name, and moto said 200."""
    finding = rule(moto_run.report, "CreateModel/ModelName:max-length")["finding"]
    assert len(finding["request"]["ModelName"]) == 64
    assert finding["reply"]["status"] == 200
    assert len(finding["control"]["request"]["ModelName"]) == 63


def test_moto_accepts_a_16th_container(moto_run: Any) -> None:
    """The finding's request has one container too many, and moto said 200."""
    finding = rule(moto_run.report, "CreateModel/Containers:max-items")["finding"]
    assert len(finding["request"]["Containers"]) == 16
    assert finding["reply"]["status"] == 200


def test_moto_accepts_a_malformed_role_arn(moto_run: Any) -> None:
    """The finding's role breaks the pattern of the specification, and moto said 200."""
    finding = rule(moto_run.report, "CreateModel/ExecutionRoleArn:pattern")["finding"]
    pattern = r"arn:aws[a-z\-]*:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
    assert not re.fullmatch(pattern, finding["request"]["ExecutionRoleArn"])
    assert finding["reply"]["status"] == 200


def test_a_run_leaves_its_record_and_its_reports(moto_run: Any) -> None:
    """Two files of record and every report, nothing else."""
    names = {path.name for path in moto_run.folder.iterdir()}
    assert names == {"events.ndjson", "exchanges.ndjson.gz", *REPORTS}


def test_report_and_events_of_a_real_run_keep_to_their_schemas(moto_run: Any) -> None:
    """report.json and every line of events.ndjson validate."""
    Draft202012Validator(schema("report")).validate(moto_run.report)
    events = Draft202012Validator(schema("events"))
    for event in moto_run.events:
        events.validate(event)


def test_every_exchange_of_a_real_run_keeps_to_its_schema(moto_run: Any) -> None:
    """Lines of exchanges.ndjson.gz validate, of each operation and side, and are all counted."""
    lines = Draft202012Validator(schema("exchanges"))
    some = {(e["rule"], e["side"], e["operation"], e["status"]): e for e in moto_run.exchanges}
    for line in some.values():
        lines.validate(line)
    assert len(moto_run.exchanges) == moto_run.report["requests"]


def test_every_verdict_rests_on_the_exchanges_that_are_there(moto_run: Any) -> None:
    """The digest in each event is that of the recorded exchanges of its rule and side."""
    said: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in moto_run.exchanges:
        key = line.pop("rule"), line.pop("side")
        said.setdefault(key, []).append(line)
    for event in moto_run.events[1:-1]:
        assert event["exchanges"] == exchanges_digest(said.get((event["rule"], event["side"]), []))


def test_secrets_and_signatures_are_not_in_the_record(moto_run: Any) -> None:
    """Requests are recorded without their Authorization header."""
    members = {member for line in moto_run.exchanges for member in line}
    assert "request_headers" not in members
    assert not any("AWS4-HMAC" in json.dumps(line) for line in moto_run.exchanges)


def test_the_report_is_a_function_of_the_recorded_events(moto_run: Any) -> None:
    """Made again from the folder alone, it is the same document."""
    assert report(RunRecord.load(moto_run.folder)) == moto_run.report


def test_every_rule_is_a_junit_case(moto_run: Any) -> None:
    """One case a rule; the failures are the failed must rules."""
    root = ET.parse(moto_run.folder / "junit.xml").getroot()
    cases = {case.attrib["name"]: case for case in root.iter("testcase")}
    rules = {each["id"]: each for each in moto_run.report["rules"]}
    assert set(cases) == set(rules)
    failed = {name for name, case in cases.items() if case.find("failure") is not None}
    must_fail = {k for k, v in rules.items() if (v["verdict"], v["level"]) == ("fail", "must")}
    assert failed == must_fail


def test_the_summary_is_at_most_a_screenful_and_names_the_results(moto_run: Any) -> None:
    """Hundreds of findings are a dozen causes; the last line says where everything lies."""
    lines = moto_run.stdout.splitlines()
    assert len(lines) <= 45
    assert str(moto_run.folder) in lines[-1]
    causes = moto_run.report["causes"]
    assert len([each for each in causes if each["rules"][0].startswith("CreateModel")]) <= 15
    assert moto_run.report["totals"]["fail"] > 200


def test_output_that_is_no_terminal_holds_no_escape_codes(moto_run: Any) -> None:
    """Piped output is plain text."""
    assert "\x1b" not in moto_run.stdout + moto_run.stderr


@pytest.mark.proof
def test_two_processes_give_the_verdicts_of_one(moto_run: Any, tmp_path: Path) -> None:
    """With -n 2 every side has the verdict, and every finding the case, that it has with -n 1."""
    left_out = ("CreateModel/PrimaryContainer.", "CreateModel/Containers[]", "schemathesis/")
    options = [part for each in left_out for part in ("--deselect", f"{each}*")]
    done = command("run", "moto", "--seed", "7", "-n", "2", *options, "--out", "out", cwd=tmp_path)
    document = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert done.returncode == 1
    assert (document["options"]["workers"], document["leftovers"]) == (2, 0)
    assert document["complete"]
    assert len(document["rules"]) > 100

    def judged(some: dict[str, Any]) -> dict[str, Any]:
        return {
            each["id"]: (
                each["verdict"],
                each["sides"],
                each["finding"] and each["finding"]["case"],
            )
            for each in some["rules"]
            if not each["id"].startswith(left_out)
        }

    assert judged(document) == judged(moto_run.report)


def test_select_and_deselect_choose_the_rules(tmp_path: Path) -> None:
    """Only what is selected and not deselected is in the record; a word selects its family."""
    chosen = ("--select", NAME, "--select", "response", "--deselect", "*:pattern")
    command("run", "reference", *chosen, "--out", "out", cwd=tmp_path)
    document = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    ids = [each["id"] for each in document["rules"]]
    families = Counter(rule_id.partition("/")[0] for rule_id in ids)
    assert set(families) == {"CreateModel", "response"}
    assert "CreateModel/ModelName:max-length" in ids
    assert "CreateModel/ModelName:pattern" not in ids
    assert "response/model-arn" in ids


def test_the_reference_service_conforms(tmp_path: Path) -> None:
    """Exit code 0, the verdict conforming, no causes, nothing on standard error."""
    done = command("run", "reference", "--select", NAME, "--select", "errors", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("reference ")
    assert ": conforming" in done.stdout
    assert "cause" not in done.stdout


def test_results_lie_in_a_folder_named_by_target_and_time(tmp_path: Path) -> None:
    """Without --out each run has a new folder of its own below conformance-results."""
    command("run", "reference", "--select", "response/status", cwd=tmp_path)
    (folder,) = (tmp_path / "conformance-results").iterdir()
    assert re.fullmatch(r"reference-\d{8}T\d{6}Z", folder.name)
    assert (folder / "report.json").is_file()


def test_the_seed_is_kept_and_gives_the_same_requests_again(tmp_path: Path) -> None:
    """A run without --seed records the one it made; with it, the same cases are sent."""
    one = ("--select", "CreateModel/Tags[].Value:*")
    command("run", "reference", *one, "--out", "first", cwd=tmp_path)
    first = json.loads((tmp_path / "first" / "report.json").read_text("utf-8"))
    seed = first["options"]["seed"]
    assert isinstance(seed, int)
    command("run", "reference", *one, "--seed", str(seed), "--out", "again", cwd=tmp_path)
    command("run", "reference", *one, "--seed", str(seed + 1), "--out", "other", cwd=tmp_path)

    def values(folder: str) -> list[Any]:
        from reports.record import exchanges

        sent = [json.loads(line["request"]) for line in exchanges(tmp_path / folder)]
        return [body.get("Tags") for body in sent]

    assert values("again") == values("first")
    assert values("other") != values("first")


def test_the_depth_is_kept_in_the_record(tmp_path: Path) -> None:
    """Depth, region, client, workers and globs of a run can be read in its report."""
    options = ("--depth", "standard", "--region", "eu-west-3", "--seed", "5")
    command("run", "reference", *options, "--select", NAME, "--out", "out", cwd=tmp_path)
    document = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    resources = document["options"].pop("resources")
    assert (resources["region"], resources["account"]) == ("eu-west-3", "123456789012")
    assert document["options"] == {
        "depth": "standard",
        "seed": 5,
        "region": "eu-west-3",
        "client": "requests",
        "auth": False,
        "model_limit": None,
        "workers": 1,
        "flaky_retries": 0,
        "requirements": None,
        "select": [NAME],
        "deselect": [],
    }


def test_boto3_may_be_the_one_who_sends(tmp_path: Path) -> None:
    """The same faults are found through the SDK; the record says who sent."""
    done = command(
        "run", "reference-server:model-name-max-length-64", "--client", "boto3",
        "--select", "CreateModel/ModelName:*", "--out", "out", cwd=tmp_path,
    )  # fmt: skip
    document = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert done.returncode == 1, done.stderr
    assert document["options"]["client"] == "boto3"
    found = verdicts(document)
    assert found["CreateModel/ModelName:max-length", "rejects"] == "fail"
    assert found["CreateModel/ModelName:pattern", "rejects"] == "pass"


def test_a_run_that_selects_only_info_rules_judges_nothing(tmp_path: Path) -> None:
    """Info rules decide nothing, so the run is inconclusive and ends with 3."""
    done = command("run", "moto", "--select", "request/unique-tag-keys", cwd=tmp_path)
    assert done.returncode == 3
    assert ": inconclusive" in done.stdout


def test_exit_zero_ends_with_zero_whatever_the_verdict(tmp_path: Path) -> None:
    """With --exit-zero a nonconforming target is printed but the job was done."""
    done = command(
        "run", "moto", "--exit-zero", "--select", "CreateModel/ModelName:max-length", cwd=tmp_path
    )
    assert done.returncode == 0
    assert "nonconforming" in done.stdout


def test_a_moto_server_child_is_gone_when_the_run_ends(tmp_path: Path) -> None:
    """Where the child listened nobody answers any more."""
    done = command(
        "run", "moto-server", "--select", "CreateModel/ModelName:max-length", "--out", "o",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    endpoint = json.loads((tmp_path / "o" / "report.json").read_text("utf-8"))["target"]["endpoint"]
    address = urlsplit(endpoint)
    assert address.port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port), timeout=5)
