"""Files and libraries that many tests share."""

from __future__ import annotations

import functools
import gc
import importlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import typer.main
import typer.testing
from filelock import FileLock
from hypothesis import settings
from typer.testing import CliRunner

import runanalytics
from runanalytics import Library, cli

# jsonschema, which altair and nbformat load, makes 38 grammars with this package as it is imported,
# if JupyterLab has brought it: seconds in each worker, for a check of addresses that none needs.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# That a machine stalls for a moment is no failure. Examples are others in every run.
settings.register_profile("suite", deadline=None, max_examples=50)
settings.load_profile("suite")

# readline, which pytest loads, states a width in the environment behind Python's back, and commands
# that are called from tests would wrap their lines.
os.unsetenv("COLUMNS")

ROOT = Path(__file__).parents[1]
PACKAGE = Path(runanalytics.__file__).parent
SAMPLE = ROOT / "data" / "sample"

#: Real files that nobody on this project wrote; they stand beside the checkout, or not at all.
SHARED = ROOT.parent / "shared"


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect without looking for garbage, which takes a quarter of the time; then, seldom.

    Where tests have not run before, one worker begins, and the others wait for what it compiles:
    that takes twice as long as all else, and each would do much of it.
    """
    gc.disable()
    try:
        if hasattr(session.config, "workerinput") and not (ROOT / ".pytest_cache").exists():
            collected = Path(session.config.option.basetemp).with_name("collected")
            with FileLock(f"{collected}.lock"):
                if not collected.exists():
                    try:
                        return (yield)
                    finally:
                        collected.touch()
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def tree_of_commands() -> Iterator[None]:
    """The tree of all commands, made once; typer makes it anew for each of thousands of calls."""
    once = functools.cache(typer.main.get_command)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", once)
        patch.setattr(typer.testing, "_get_command", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def reports_by_one_process() -> Iterator[None]:
    """Reports in this process alone: the suite uses all cores, and what is patched is so here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runanalytics.report.build.cores", lambda: 1)
        yield


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


@pytest.fixture(scope="session")
def ask() -> Callable[..., list[Any]]:
    """Ask the server for assistants through its SDK's own client; returns what that is told."""
    anyio, mcp = pytest.importorskip("anyio"), pytest.importorskip("mcp")

    def ask(server: Any, *questions: tuple[str, dict[str, Any]]) -> list[Any]:
        async def asked() -> list[Any]:
            async with mcp.Client(server) as client:
                return [await client.call_tool(name, given) for name, given in questions]

        answers: list[Any] = anyio.run(asked)
        return answers

    return ask


#: File of the package, what stands there once, and what is to stand in its place.
Edit = tuple[str, str, str]


@pytest.fixture(scope="session")
def metric_edits() -> tuple[Edit, ...]:
    """A metric as CONTRIBUTING.md says to add it: its column, and its row among the metrics."""
    column = '    _quantity("impact_g", "Peak impact at the shoe", "g", 1, 40, 0.01),\n'
    row = '    Metric("impact_g", "impact", "Impact", 0.0, 0.3),\n'
    after_column, after_row = ")\nFORM_METRICS = ", ")\n\n#: Every metric by its column."
    return (
        ("schema/tables.py", after_column, column + after_column),
        ("measures/metrics.py", after_row, row + after_row),
    )


@pytest.fixture(scope="session")
def edited_package(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[Edit]], Path]:
    """Copies of the package with edits, to be tested as recipes of CONTRIBUTING.md say."""

    def edited(edits: Iterable[Edit]) -> Path:
        source = tmp_path_factory.mktemp("edited")
        package = source / PACKAGE.name
        # With what is compiled, which holds for all files but the edited ones.
        shutil.copytree(PACKAGE, package)
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
            env={**os.environ, "PYTHONPATH": str(edited)},
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
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Folders that take long to fill: each is filled once a run of the tests, by one worker."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, fill: Callable[[Path], None]) -> Path:
        """Return a folder that no test may write to, filled by the first that asks for it."""
        folder, filling = shared / f"once-{name}", shared / f"filling-{name}"
        with FileLock(shared / f"once-{name}.lock"):
            if not folder.exists():
                shutil.rmtree(filling, ignore_errors=True)  # of one who failed
                filling.mkdir()
                fill(filling)
                filling.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def sample_import(made_once: Callable[..., Path]) -> Path:
    """The folder `library` of the whole sample, and `out.txt`, what its import printed."""

    def fill(folder: Path) -> None:
        words = ["--library", str(folder / "library"), "import", str(SAMPLE)]
        done = CliRunner().invoke(cli.app, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        (folder / "out.txt").write_text(done.stdout, encoding="utf-8")

    return made_once("sample", fill)


@pytest.fixture(scope="session")
def sample_library(sample_import: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of the whole sample, this worker's own; read it, and leave it as it is."""
    folder = tmp_path_factory.mktemp("sample") / "library"
    shutil.copytree(sample_import / "library", folder)
    return Library.open(folder)


#: Runs commands one after another and says, last on stderr, how they ended and what they asked for.
OFFLINE = ROOT / "packaging" / "offline.py"


@pytest.fixture(scope="session")
def offline() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run commands, each a list of words, in one process that is refused the network."""

    def run(
        *commands: list[object], call: str = "main()", **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        words = json.dumps([[str(word) for word in command] for command in commands])
        return subprocess.run(
            [sys.executable, OFFLINE, words, call],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": "error", **environment},
        )

    return run


@pytest.fixture(scope="session")
def c_locale() -> dict[str, str]:
    """Variables of the C locale, in which Python writes ASCII alone."""
    return {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


@pytest.fixture(scope="session")
def demo(
    made_once: Callable[..., Path],
    offline: Callable[..., subprocess.CompletedProcess[bytes]],
    c_locale: dict[str, str],
) -> Path:
    """`progress.pdf` of the demo, with `out.txt` and `err.txt`, which it printed.

    It takes longer than any other command, so it runs once: in the C locale, without a network.
    `make test` tries the wheel by it, and holds a lock on its folder meanwhile.
    """
    if of_wheel := os.environ.get("DEMO_OF_WHEEL"):
        with FileLock(f"{of_wheel}.lock"):
            if Path(of_wheel).exists():
                return Path(of_wheel)

    def fill(folder: Path) -> None:
        done = offline(["demo", "--out", folder], **c_locale)
        assert json.loads(done.stderr.splitlines()[-1])["statuses"] == [0], done.stderr
        (folder / "out.txt").write_bytes(done.stdout)
        (folder / "err.txt").write_bytes(done.stderr)

    return made_once("demo", fill)


class Result(NamedTuple):
    """What a finished command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`main` itself, with its streams and its exit status, without the second that a process takes.

    What only a process shows (signals, closed streams, locales) stands in test_streams.py.
    """

    def finished(*arguments: object, library: Path | Library | None = None) -> Result:
        words = [str(word) for word in arguments]
        if library is not None:
            folder = library.folder if isinstance(library, Library) else library
            words = ["--library", str(folder), *words]
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["runanalytics", *words])
            patch.setattr(sys, "stdin", io.StringIO())
            # Else the command is shown as one of pytest's.
            patch.setattr(sys.modules["__main__"], "__package__", None, raising=False)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit) as ended:
                cli.main()
        for stream in (out, err):
            stream.flush()
        status = ended.value.code
        assert isinstance(status, int), status
        result = Result(status, *(each.buffer.getvalue().decode("utf-8") for each in (out, err)))
        assert "Traceback" not in result.err, result.err
        return result

    return finished


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
