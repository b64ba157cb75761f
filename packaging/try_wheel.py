"""Install the wheel into an empty environment, and use it from an empty folder: `make test-wheel`.

The environment sees the packages that this one has, but not this project: whatever is missing of
our own files, the wheel lacks. Tried are what the first page of the docs calls, the report as a
page for browsers, the notebooks, the server that assistants ask, shell completion, and what an
index will show.

`DEMO_OF_WHEEL` names a folder for what the demo wrote and printed, where tests of it are run, too;
whoever holds the lock beside it knows that it is there or will not be.
"""

from __future__ import annotations

import contextlib
import email.message
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parents[1]
#: Asks a server, whose command follows, as an assistant does: with the protocol's own client.
ASK = """
import os, sys, anyio, mcp

async def ask():
    call = mcp.StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env=dict(os.environ))
    async with mcp.Client(call) as client:
        told = await client.call_tool("trend", {"metric": "cadence"})
        print((told.structured_content or {}).get("sentence") or told.content)

anyio.run(ask)
"""
FIRST_PAGE = ROOT / "docs" / "index.md"
#: Runs commands without a network.
OFFLINE = ROOT / "packaging" / "offline.py"


def main() -> None:
    """Try the wheel and the source archive in a folder."""
    dist = Path(sys.argv[1]).resolve()
    (wheel,), (source,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    try_content(wheel, source)
    try_metadata(wheel)
    demo = os.environ.get("DEMO_OF_WHEEL")
    with tempfile.TemporaryDirectory(prefix="wheel-") as folder:
        with FileLock(f"{demo}.lock") if demo else contextlib.nullcontext():
            place = Installed(wheel, Path(folder))
            place.try_first_page(Path(demo) if demo else None)
        place.try_more()
    print(f"{wheel.name} stands alone.")


def try_content(wheel: Path, source: Path) -> None:
    """Every file of the package, the sample and the notebooks is in the wheel, and no other."""
    expected = {f"runanalytics/{name}" for name in files(ROOT / "src" / "runanalytics")}
    expected |= {f"runanalytics/_sample/{name}" for name in files(ROOT / "data" / "sample")}
    expected |= {f"runanalytics/_notebooks/{name}" for name in files(ROOT / "notebooks")}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    same("the wheel", packed, expected)
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("src", "data", "notebooks", "tests", "docs", "benchmarks", "packaging"):
        missing = {f"{folder}/{name}" for name in files(ROOT / folder)} - names
        same(f"{folder} of the source archive", set(), missing)


def files(folder: Path) -> set[str]:
    """Return the files below a folder that are kept, by their names within it."""
    kept = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    return set(kept.stdout.split("\0")) - {""}


def same(what: str, found: set[str], expected: set[str]) -> None:
    """Stop unless two sets of files are the same."""
    if found != expected:
        lacks, more = sorted(expected - found)[:5], sorted(found - expected)[:5]
        raise SystemExit(f"{what}: lacks {lacks}, has beside {more}")


def try_metadata(wheel: Path) -> None:
    """Stop unless an index can show what the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        metadata: email.message.Message = message_from_bytes(archive.read(name))
        assert name.replace("METADATA", "licenses/LICENSE") in archive.namelist()
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    description = str(metadata.get_payload())
    assert "Did strength and technique work change how you run?" in description
    if relative := re.findall(r"\]\((?!https?:)[^)]*\)", description):
        raise SystemExit(f"the description has links that lead nowhere on an index: {relative}")


class Installed:
    """The wheel in an environment of its own, called from an empty folder."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        place, self.home = folder / "environment", folder / "home"
        self.home.mkdir()
        venv.create(place, with_pip=False)
        scripts = {"base": str(place), "platbase": str(place)}
        self.packages = Path(sysconfig.get_path("purelib", vars=scripts))
        # A line that is a path is searched, and .pth files there, such as this project's, are not.
        (self.packages / "of_the_developer.pth").write_text(sysconfig.get_path("purelib"))
        # As without JupyterLab: if it has brought this, jsonschema makes 38 grammars of addresses
        # whenever it is imported.
        (self.packages / "rfc3987_syntax.py").write_text("raise ImportError")
        self.python = Path(sysconfig.get_path("scripts", vars=scripts)) / "python"
        self.program = str(self.python.with_name("runanalytics"))
        pip = [sys.executable, "-m", "pip", "--python", str(self.python)]
        options = ["--quiet", "--no-compile", "--no-deps", "--no-index", "--force-reinstall"]
        subprocess.run(
            [*pip, "--disable-pip-version-check", "install", *options, str(wheel)], check=True
        )
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        data = str(self.home / "data")
        self.environment = {**kept, "HOME": str(self.home), "XDG_DATA_HOME": data}

        found = self.run(str(self.python), "-c", "import runanalytics as it; print(it.__file__)")
        assert Path(found.stdout.strip()).is_relative_to(place), found.stdout
        version = self.call("--version")
        assert wheel.name.split("-")[1] in version
        assert self.run(str(self.python), "-m", "runanalytics", "--version").stdout == version

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command with more in its environment; stop if it fails."""
        done = subprocess.run(
            command,
            cwd=self.home,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: {done.stderr or done.stdout}")
        return done

    def call(self, *arguments: str, **more: str) -> str:
        """Return what `runanalytics` prints."""
        return self.run(self.program, *arguments, **more).stdout

    def try_first_page(self, demo: Path | None) -> None:
        """Call what the first page calls: in the C locale, without a network."""
        called = re.findall(r"(?m)^runanalytics (.+)$", FIRST_PAGE.read_text(encoding="utf-8"))
        assert "demo" in called
        done = self.run(
            *(str(self.python), str(OFFLINE), json.dumps([line.split() for line in called])),
            **{"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
            PYTHONWARNINGS="error",
        )
        ended = json.loads(done.stderr.splitlines()[-1])
        assert ended == {"asked": [], "statuses": [0] * len(called)}, done.stderr
        written = self.home / "reports"
        assert (written / "progress.pdf").read_bytes().startswith(b"%PDF-")
        (written / "out.txt").write_text(done.stdout, encoding="utf-8")
        (written / "err.txt").write_text(done.stderr, encoding="utf-8")
        if demo:
            shutil.copytree(written, demo)

    def try_more(self) -> None:
        """Call what has files of its own in the wheel, and what others call."""
        sample = self.packages / "runanalytics" / "_sample" / "runs"
        runs = sorted(str(each) for each in sample.glob("*.fit"))[::60]
        self.call("import", *runs)
        self.call("report", "progress.html")
        page = (self.home / "progress.html").read_text(encoding="utf-8")
        assert "Content-Security-Policy" in page, page[:500]
        asked = self.run(str(self.python), "-c", ASK, self.program, "mcp")
        assert "steps/min" in asked.stdout, asked.stderr

        self.call("notebook", "mine")
        same("notebooks", files_in(self.home / "mine"), files(ROOT / "notebooks"))
        script = self.call(_RUNANALYTICS_COMPLETE="source_bash")
        assert "_RUNANALYTICS_COMPLETE=complete_bash" in script, script
        completed = self.call(
            _RUNANALYTICS_COMPLETE="complete_bash", COMP_WORDS="runanalytics tr", COMP_CWORD="1"
        )
        assert completed.split() == ["trend"], completed


def files_in(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


if __name__ == "__main__":
    main()
