"""Install the wheel into an empty environment, and use it from an empty folder: `make test-wheel`.

The environment sees the packages that this one has, but not this project: whatever is missing of
our own files, the wheel lacks. Tried are what the first page of the docs calls, the report as a
page for browsers, the notebooks, the server that assistants ask, shell completion, and what an
index will show.
"""

from __future__ import annotations

import email.message
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

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


def main() -> None:
    """Try the wheel and the source archive in a folder."""
    dist = Path(sys.argv[1]).resolve()
    (wheel,), (source,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    try_content(wheel, source)
    try_metadata(wheel)
    with tempfile.TemporaryDirectory(prefix="wheel-") as folder:
        try_commands(wheel, Path(folder))
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


def try_commands(wheel: Path, folder: Path) -> None:
    """Call what the first page calls, and more, from an empty folder."""
    place, home = folder / "environment", folder / "home"
    home.mkdir()
    venv.create(place, with_pip=False)
    scripts = {"base": str(place), "platbase": str(place)}
    packages = Path(sysconfig.get_path("purelib", vars=scripts))
    # A line that is a path is searched, and .pth files there, such as this project's, are not.
    (packages / "of_the_developer.pth").write_text(sysconfig.get_path("purelib"))
    python = Path(sysconfig.get_path("scripts", vars=scripts)) / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    options = ["--quiet", "--no-compile", "--no-deps", "--no-index", "--force-reinstall"]
    subprocess.run([*pip, "install", *options, str(wheel)], check=True)

    program = str(python.with_name("runanalytics"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**kept, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}

    def call(*arguments: str, **more: str) -> str:
        done = subprocess.run(
            [program, *arguments],
            cwd=home,
            env={**environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"runanalytics {' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout

    where = [str(python), "-c", "import runanalytics; print(runanalytics.__file__)"]
    found = subprocess.run(where, cwd=home, env=environment, capture_output=True, check=True)
    assert Path(found.stdout.decode().strip()).is_relative_to(place), found.stdout
    assert wheel.name.split("-")[1] in call("--version")
    as_module = [str(python), "-m", "runanalytics", "--version"]
    module = subprocess.run(as_module, cwd=home, env=environment, capture_output=True, check=True)
    assert module.stdout.decode() == call("--version")

    called = re.findall(r"(?m)^runanalytics (.+)$", FIRST_PAGE.read_text(encoding="utf-8"))
    assert "demo" in called
    for line in called:
        call(*line.split())
    assert (home / "reports" / "progress.pdf").read_bytes().startswith(b"%PDF-")

    sample = packages / "runanalytics" / "_sample" / "runs"
    runs = sorted(str(each) for each in sample.glob("*.fit"))[::8]
    call("import", *runs)
    call("report", "progress.html")
    page = (home / "progress.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page, page[:500]
    asked = subprocess.run(
        [str(python), "-c", ASK, program, "mcp"],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "steps/min" in asked.stdout, asked.stderr

    call("notebook", "mine")
    same("notebooks", files_in(home / "mine"), files(ROOT / "notebooks"))
    script = call(_RUNANALYTICS_COMPLETE="source_bash")
    assert "_RUNANALYTICS_COMPLETE=complete_bash" in script, script
    completed = call(
        _RUNANALYTICS_COMPLETE="complete_bash", COMP_WORDS="runanalytics tr", COMP_CWORD="1"
    )
    assert completed.split() == ["trend"], completed


def files_in(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


if __name__ == "__main__":
    main()
