"""The notebooks run from top to bottom on any library, and are committed without output.

On the sample they run as in JupyterLab, in a kernel, one after another. That poor libraries end in
a sentence and not in an error takes no kernel: their cells run here, and what a cell ends with is
shown.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbclient import NotebookClient

import runanalytics as ra

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: What a new user without a run sees: this notebook imports the sample by itself.
FIRST = "01_import_and_trends"
#: Those that read the user's library; the others simulate what they show.
OF_A_LIBRARY = [path for path in NOTEBOOKS if "Library.open()" in path.read_text(encoding="utf-8")]


def code(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return [str(cell.source) for cell in cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]
    assert len(OF_A_LIBRARY) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_output(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


#: What says where a library is.
HOMES = ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA")


def at_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """Give the test a home of its own, and return where its library would be.

    No library of the person who runs the tests is read.
    """
    for name in HOMES:
        monkeypatch.setenv(name, str(home))
    return ra.Library.open().folder


#: Another person, in another folder, who has just started a kernel.
ANEW = """%reset -f
import os
os.environ.update(dict.fromkeys({names}, {home!r}))
os.chdir({home!r})
del os
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_notebooks_run_and_show_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_import: Path
) -> None:
    """In one kernel: to start it and load all libraries takes longer than most notebooks."""
    every = nbformat.v4.new_notebook()
    every.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    cells: dict[str, list[Any]] = {}
    for path in NOTEBOOKS:
        home = tmp_path / path.stem
        home.mkdir()
        own = at_home(monkeypatch, home)
        if path in OF_A_LIBRARY and path.stem != FIRST:
            # As one who has imported the sample already, which takes seconds.
            shutil.copytree(sample_import / "library", own)
        cells[path.stem] = nbformat.read(path, as_version=4).cells
        anew = nbformat.v4.new_code_cell(ANEW.format(names=HOMES, home=str(home)))
        every.cells += [anew, *cells[path.stem]]
    client = NotebookClient(every, timeout=240, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    for name, own_cells in cells.items():
        outputs = [
            output for cell in own_cells if cell.cell_type == "code" for output in cell.outputs
        ]
        assert sum("image/png" in output.get("data", {}) for output in outputs) >= 2, name
        texts = [
            output.get("text", "") or output.get("data", {}).get("text/plain", "")
            for output in outputs
        ]
        assert any("simulated" in text for text in texts), name
        warnings = [output for output in outputs if output.get("name") == "stderr"]
        assert not warnings, (name, warnings)


# Libraries in which much is missing --------------------------------------------------------------


def without_strength(folder: Path, fits: list[Path]) -> None:
    ra.Library.open(folder).add(fits[:60:8])


def without_contact_time(folder: Path, fits: list[Path]) -> None:
    """Runs of a list, which has no segments, and a log beside them."""
    days = pd.date_range("2026-03-02", periods=30, freq="3D").strftime("%Y-%m-%d")
    lists = folder.parent / "lists"
    lists.mkdir()
    runs = [f"{day},09:00,10 km,55:00,{165 + n % 5},150" for n, day in enumerate(days)]
    header = "date,time,distance,duration,cadence,heart rate"
    (lists / "runs.csv").write_text("\n".join([header, *runs, ""]))
    done = [f"{day},squat,3,5,80" for day in days]
    (lists / "sets.csv").write_text("\n".join(["date,exercise,sets,reps,kg", *done, ""]))
    report = ra.Library.open(folder).add(lists, timezone="Europe/Berlin")
    assert report.exit_status == 0, report.summary()


def empty(folder: Path, fits: list[Path]) -> None:
    """Nothing at all, not even the sample."""


def show(value: Any) -> str:
    """Draw or print what a cell ends with, as a notebook does, and return its text."""
    if isinstance(value, Figure):
        value.canvas.draw()
    for method in ("_repr_html_", "_repr_png_"):
        if hasattr(value, method):
            getattr(value, method)()
    return repr(value)


def run_cells(path: Path) -> str:
    """Run a notebook's cells here, and return what they print and end with."""
    names: dict[str, Any] = {"print": lambda *words: said.append(" ".join(map(str, words)))}
    said: list[str] = []
    for number, source in enumerate(code(path)):
        tree = ast.parse(source.replace("%matplotlib inline", ""))
        quiet = source.rstrip().endswith(";") or not tree.body
        last = None if quiet or not isinstance(tree.body[-1], ast.Expr) else tree.body.pop()
        where = f"{path.stem}, cell {number}"
        exec(compile(tree, where, "exec"), names)
        if isinstance(last, ast.Expr):
            said.append(show(eval(compile(ast.Expression(last.value), where, "eval"), names)))
    return "\n".join(said)


@pytest.mark.parametrize("fill", [without_strength, without_contact_time, empty])
def test_what_is_missing_is_told_in_a_sentence(
    fill: Callable[[Path, list[Path]], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sample_fits: list[Path],
) -> None:
    own = at_home(monkeypatch, tmp_path)
    fill(own, sample_fits)
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    monkeypatch.setattr(ra, "sample_folder", lambda: nothing)
    monkeypatch.chdir(tmp_path)
    with mpl.rc_context({"backend": "agg"}):
        monkeypatch.setattr("matplotlib.pyplot.show", lambda: None)
        for path in OF_A_LIBRARY:
            said = run_cells(path)
            assert "ot enough data" in said, said
