"""Files and libraries that many tests share."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import pytest

import runanalytics
from runanalytics import Library

# readline, which pytest loads, states a width in the environment behind Python's back, and commands
# that are called from tests would wrap their lines.
os.unsetenv("COLUMNS")

ROOT = Path(__file__).parents[1]
PACKAGE = Path(runanalytics.__file__).parent
SAMPLE = ROOT / "data" / "sample"

#: Real files that nobody on this project wrote; they stand beside the checkout, or not at all.
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of real files is not here")
    return SHARED


@pytest.fixture(scope="session")
def benchmark_module() -> Callable[[str], ModuleType]:
    """Modules of `benchmarks`, which measure more of what is tested here."""
    if not (ROOT / "benchmarks").is_dir():
        pytest.skip("the benchmarks are not here")

    def load(name: str) -> ModuleType:
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(ROOT)
            return importlib.import_module(f"benchmarks.{name}")

    return load


#: File of the package, what stands there once, and what is to stand in its place.
Edit = tuple[str, str, str]


@pytest.fixture(scope="session")
def edited_package(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[Edit]], Path]:
    """Copies of the package with edits, to be tested as recipes of CONTRIBUTING.md say."""

    def edited(edits: Iterable[Edit]) -> Path:
        source = tmp_path_factory.mktemp("edited")
        package = source / PACKAGE.name
        shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
        for name, old, new in edits:
            text = (package / name).read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{name} has {old!r} once, as the recipe says"
            (package / name).write_text(text.replace(old, new), encoding="utf-8")
        return source

    return edited


@pytest.fixture(scope="session")
def run_edited() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Python with an edited package, given its folder and Python's arguments."""

    def run(edited: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(edited), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def sample_fits() -> list[Path]:
    """The sample's runs, oldest first."""
    return sorted((SAMPLE / "runs").glob("*.fit"))


@pytest.fixture
def some_files(tmp_path: Path, sample_fits: list[Path]) -> Path:
    """A folder with four runs, a race list and a drill log."""
    folder = tmp_path / "files"
    (folder / "watch").mkdir(parents=True)
    for path in sample_fits[-4:]:
        shutil.copy(path, folder / "watch")
    (folder / "races.csv").write_text("date,distance,time,title\n2026-03-01,10k,45:10,Spring\n")
    (folder / "drills.csv").write_text("date,kind,duration_min\n2026-03-02,technique,20\n")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of the whole sample; read it, and leave it as it is."""
    library = Library.open(tmp_path_factory.mktemp("sample") / "library")
    report = library.add(SAMPLE)
    assert report.exit_status == 0, report.summary()
    return library


@pytest.fixture
def dump() -> Callable[[Library], dict[str, str]]:
    """Everything a library says, to compare two of them or one with itself later."""

    def of(library: Library) -> dict[str, str]:
        tables = ("runs", "segments", "sessions", "sets", "races", "log_spans", "sources")
        said = {table: getattr(library, table)().to_csv(index=False) for table in tables}
        runs = library.runs()
        for run_id in runs.loc[runs["detail"] == "samples", "run_id"]:
            said[run_id] = library.samples(run_id).to_csv(index=False)
        return said

    return of
