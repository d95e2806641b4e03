"""The pytest plugin where nothing can be judged: one sentence, and the right exit code."""

from __future__ import annotations

import pytest
from fakes.plugin_runs import NAMES, SUITE, Runs

GIVEN = (*SUITE, *NAMES, "--createmodel-target", "reference")
REFUSED = [
    ((*SUITE, *NAMES), "nothing to judge: give --createmodel-target or override"),
    ((*SUITE, *NAMES, "--createmodel-target", "nosuch"), "unknown target 'nosuch'"),
    ((*SUITE, *NAMES, "--createmodel-target", "https://x.api.aws"), "--createmodel-allow-aws"),
    ((*SUITE, "--createmodel-select", "nope"), "no rule matches 'nope'"),
    ((*GIVEN, "--createmodel-deselect", "nope"), "no rule matches 'nope'"),
    ((*GIVEN, "--createmodel-deselect", "*"), "leave no rule to judge"),
    ((*GIVEN, "--createmodel-out", "f/x"), "f/x cannot be written: Not a directory"),
    ((*GIVEN, "--createmodel-region", "x"), "region 'x' is not a region"),
    ((*GIVEN, "--createmodel-account", "1"), "not an account of twelve digits"),
    ((*GIVEN, "--createmodel-timeout", "0"), "a timeout is more than 0"),
]


def is_refused(result: pytest.RunResult, says: str) -> None:
    """pytest's usage error (4), the sentence once, no traceback and no item in trouble."""
    text = result.stdout.str() + result.stderr.str()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert text.count(says) == 1
    assert "Traceback" not in text
    assert "INTERNALERROR" not in text
    assert " passed" not in text


@pytest.mark.parametrize(("arguments", "says"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_done_is_refused_in_one_sentence(
    arguments: tuple[str, ...], says: str, runs_here: Runs, pytester: pytest.Pytester
) -> None:
    """A usage error and nothing else, whatever cannot be done."""
    (pytester.path / "f").touch()
    is_refused(runs_here(*arguments), says)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(*each, marks=[pytest.mark.proof] * (n not in (0, 3)))
        for n, each in enumerate(REFUSED)
    ],
    ids=range(len(REFUSED)),
)
def test_a_process_of_its_own_refuses_in_the_same_sentence(
    arguments: tuple[str, ...], says: str, runs: Runs, pytester: pytest.Pytester
) -> None:
    """While options are read, and while items run: nothing comes from the end of the process."""
    (pytester.path / "f").touch()
    is_refused(runs(*arguments), says)


def test_with_xdist_a_missing_target_is_one_sentence_an_item(runs: Runs) -> None:
    """A worker cannot end the session, but nothing crashes and no traceback is shown."""
    result = runs(*SUITE, "--createmodel-select", "CreateModel/ModelName:max-length", "-n", "2")
    result.assert_outcomes(errors=2)
    assert "INTERNALERROR" not in result.stdout.str()
    assert "UsageError" not in result.stdout.str()
    assert "nothing to judge: give --createmodel-target" in result.stdout.str()


def test_an_address_where_nobody_listens_ends_the_session(runs_here: Runs, free_port: int) -> None:
    """One sentence instead of the same error in every item."""
    url = f"http://127.0.0.1:{free_port}"
    result = runs_here(*SUITE, *NAMES, "--createmodel-target", url)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stdout.str().count(f"{url} does not answer") == 1
