"""Takes values of another commit, with these very benchmarks, in a worktree of its own.

``python -m benchmarks.elsewhere NAME NUMBER`` takes one value of a figure and prints it as JSON.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from compileall import compile_dir
from contextlib import contextmanager
from pathlib import Path

import conformance
from benchmarks.commands import output
from benchmarks.figures import Figure, figures
from benchmarks.taking import Value

_HERE = Path(__file__).resolve().parent


class NoCommit(Exception):
    """There is no such commit here."""


@contextmanager
def tree_of(commit: str) -> Iterator[Path]:
    """Yield a folder with the files of a commit, but with our benchmarks. Raises ``NoCommit``."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder).resolve() / "tree"
        git = ["git", "-C", str(_HERE.parent), "worktree"]
        add = [*git, "add", "--quiet", "--detach", str(tree), commit]
        if subprocess.run(add, check=False).returncode:
            raise NoCommit(commit)
        try:
            shutil.rmtree(tree / "benchmarks", ignore_errors=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(_HERE, tree / "benchmarks", ignore=ignored)
            compile_dir(tree, quiet=2)  # ours has its byte code by now
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def value_in(tree: Path, figure: Figure, number: int) -> Value:
    """Take a value of a figure in a tree. Raises ``RuntimeError`` where that fails."""
    command = [sys.executable, "-m", "benchmarks.elsewhere", figure.name, str(number)]
    found = json.loads(output(command, env={"PYTHONPATH": str(tree)}, cwd=tree))
    if not Path(found["suite"]).is_relative_to(tree):
        raise RuntimeError(f"{found['suite']} was measured instead of the other commit")
    return Value(found["number"], found["details"])


if __name__ == "__main__":
    taken = next(each for each in figures() if each.name == sys.argv[1]).take(int(sys.argv[2]))
    suite = str(Path(conformance.__file__).resolve())
    print(json.dumps({"number": taken.number, "details": dict(taken.details), "suite": suite}))
