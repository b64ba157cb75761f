"""Install the oldest versions that pyproject.toml allows; try the demo and fast tests with them.

What a bound says has then been tried: `make test-lowest`. Of what our own requirements require, the
newest versions are taken, whose deprecations the old ones do not know; so warnings are no errors.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: What the tests below need beside the package, in any version.
BESIDE = ("hypothesis", "pytest", "pytest-xdist", "ruptures")
#: Tests that are fast; the demo calls what they leave out, and most that is required.
TESTS = (
    *("tests/schema", "tests/units", "tests/test_plots.py", "tests/cli/test_printing.py"),
    *("tests/importers/tidy", "tests/library/test_export.py", "tests/measures/test_form.py"),
    "tests/findings/test_change_points.py",
)


def lowest(requirements: list[str]) -> list[str]:
    """Return requirements with their lower bounds as versions.

    Examples
    --------
    >>> lowest(["numpy>=2.2"])
    ['numpy==2.2']
    """
    if loose := [each for each in requirements if each.count(">=") != 1 or "," in each]:
        raise SystemExit(f"not of the form name>=version: {', '.join(loose)}")
    return [each.replace(">=", "==") for each in requirements]


def main() -> None:
    """Make an environment, and run the demo and the tests in it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = lowest(project["dependencies"])
    with tempfile.TemporaryDirectory(prefix="lowest-") as folder:
        venv.create(folder, with_pip=True)
        python = next(Path(folder).glob("[Bbs][ic][nr]*/python*"))
        install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run(*install, *pins, *BESIDE)
        _run(*install, "--no-deps", ROOT)
        print(f"With {', '.join(pins)}:", flush=True)
        _run(python, "-m", "pip", "check")
        _run(python.with_name("runanalytics"), "demo", "--out", folder)
        quiet = ("-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default", "--no-header")
        _run(python, "-m", "pytest", "-n", "auto", *quiet, "--disable-warnings", *TESTS)


def _run(*command: object) -> None:
    if status := subprocess.run([str(each) for each in command], cwd=ROOT, check=False).returncode:
        sys.exit(status)


if __name__ == "__main__":
    main()
