"""Takes the pictures of the pages that the README shows: `make screenshots`.

Judges moto and the reference service, writes both pages and photographs them in Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
RULE = "CreateModel/ModelName:max-length"
COMMAND = [sys.executable, "-m", "conformance"]


def made(folder: Path) -> None:
    """Judge both targets and write the pages into a folder."""
    for target in ("moto", "reference"):
        run = ["run", target, "--out", target, "--exit-zero", "--quiet", "--seed", "1"]
        subprocess.run([*COMMAND, *run], cwd=folder, check=True)
    subprocess.run([*COMMAND, "matrix", "moto", "reference"], cwd=folder, check=True)


def taken(folder: Path) -> None:
    """Photograph report and matrix, the finding of a name that is too long open in the first."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto((folder / "moto" / "report.html").as_uri())
        page.screenshot(path=DOCS / "report.png")
        page.fill("#text", RULE)
        page.keyboard.press("Escape")
        page.click("#next")
        page.screenshot(path=DOCS / "finding.png")
        page.goto((folder / "matrix.html").as_uri())
        page.check("#differences")
        page.screenshot(path=DOCS / "matrix.png")
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        made(Path(name))
        taken(Path(name))
