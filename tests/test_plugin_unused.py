"""Repositories that merely have us installed, also those with packages named like ours."""

from __future__ import annotations

import os
import sys

import pytest

#: schemathesis and Hypothesis have plugins of their own, which are slow and not ours to test.
QUIET = ("-p", "no:schemathesis", "-p", "no:hypothesispytest")


@pytest.fixture
def namesakes(pytester: pytest.Pytester, unseen: None) -> pytest.Pytester:
    """A repository that owns packages named conformance, strategies and reports, and tests them."""
    for name in ("conformance", "strategies", "reports"):
        (pytester.path / name).mkdir()
        (pytester.path / name / "__init__.py").write_text(f"OWNER = 'their {name}'\n", "utf-8")
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "test_theirs.py").write_text(
        "import conformance, reports, strategies\n"
        "def test_theirs():\n"
        "    owners = [each.OWNER for each in (conformance, strategies, reports)]\n"
        "    assert owners == ['their conformance', 'their strategies', 'their reports']\n",
        "utf-8",
    )
    return pytester


def test_a_pytest_run_that_does_not_use_us_imports_nothing_of_ours(
    pytester: pytest.Pytester, unseen: None
) -> None:
    """Only the plugin module is loaded; neither our packages nor what they need come with it."""
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            assert "createmodel_conformance_pytest" in sys.modules
            ours = {"conformance", "strategies", "reports"}
            heavy = {"hypothesis", "moto", "boto3", "botocore", "requests", "regex", "rich"}
            assert (ours | heavy) & set(sys.modules) == set()
        """
    )
    pytester.runpytest_subprocess(*QUIET).assert_outcomes(passed=1)


def test_our_fixtures_and_options_are_there_without_being_imported(
    pytester: pytest.Pytester, unseen: None
) -> None:
    """The fixture is listed with its first sentence."""
    result = pytester.runpytest_subprocess(*QUIET, "--fixtures", "-q")
    result.stdout.fnmatch_lines(["createmodel_target*", "    Return what is judged*"])


@pytest.mark.parametrize(
    ("mode", "with_conftest"),
    [
        ("prepend", True),
        ("importlib", False),
        *(
            pytest.param(*each, marks=pytest.mark.proof)
            for each in [
                ("prepend", False),
                ("importlib", True),
                ("append", True),
                ("append", False),
            ]
        ),
    ],
)
def test_a_repository_with_our_names_works_under_python_m_pytest(
    mode: str, with_conftest: bool, namesakes: pytest.Pytester
) -> None:
    """Its packages are imported, not ours, and nothing is said about it."""
    if with_conftest:
        namesakes.makeconftest("import conformance")
    result = namesakes.run(sys.executable, "-m", "pytest", *QUIET, f"--import-mode={mode}")
    result.assert_outcomes(passed=1)
    assert "warning" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("how", ["a conftest.py at its root", "the option pythonpath"])
def test_a_repository_with_our_names_works_under_plain_pytest(
    how: str, namesakes: pytest.Pytester
) -> None:
    """The ways in which such repositories make themselves importable go on working."""
    if how == "the option pythonpath":
        namesakes.makeini("[pytest]\npythonpath = .\n")
    else:
        namesakes.makeconftest("")
    script = os.path.join(os.path.dirname(sys.executable), "pytest")
    result = namesakes.run(script, *QUIET)
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "option",
    [
        ("--createmodel-target", "moto"),
        ("--createmodel-out", "out"),
        ("--createmodel-known", "known-findings.yaml"),
        ("--createmodel-select", "errors"),
    ],
    ids=lambda option: option[0],
)
def test_our_options_are_refused_in_one_sentence_where_the_names_clash(
    option: tuple[str, str], namesakes: pytest.Pytester
) -> None:
    """The sentence names the package that hides ours and the way out; nothing is judged."""
    result = namesakes.run(sys.executable, "-m", "pytest", *QUIET, *option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [each for each in result.errlines if each]
    assert line.startswith("ERROR: the package 'conformance' that Python finds here (")
    assert str(namesakes.path / "conformance" / "__init__.py") in line
    assert "is not the one of createmodel-conformance" in line
    assert "an environment of its own" in line


def test_a_package_that_is_only_a_folder_does_not_hide_ours(
    pytester: pytest.Pytester, unseen: None
) -> None:
    """A repository with a folder ``reports`` full of files can use us: ours is a real package."""
    (pytester.path / "reports").mkdir()
    (pytester.path / "reports" / "last.html").touch()
    result = pytester.run(
        sys.executable, "-m", "pytest", *QUIET, "--pyargs", "conformance.suite",
        "--createmodel-target", "reference", "--createmodel-select", "response/status",
    )  # fmt: skip
    result.assert_outcomes(passed=1)
