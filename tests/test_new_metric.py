"""A metric is a column in the schema and a row among the metrics: nothing else is to be edited.

That every source is read as before beside it stands in test_recipes.py.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runanalytics import Library

IMPACT_G = [9.1, 9.3, 9.2, 9.6, 9.5, 9.7, 9.9, 9.8, 10.0]

#: What is asked of a library with the edited package.
ASKED = """
import json, sys
from pathlib import Path
import runanalytics
from runanalytics import Library, trend

folder, samples_of, *files = sys.argv[1:]
library = Library.open(folder)
said = {"package": runanalytics.__file__}
if samples_of:
    said["samples before"] = len(library.samples(samples_of).dropna(subset="impact_g"))
    said["runs before"] = int(library.runs()["impact_g"].notna().sum())
said["added"] = [file.outcome for file in library.add(files).files]
form = library.form("impact")
found = trend(form, metric="impact")
said |= {
    "measured": form["value"].round(6).tolist(),
    "trend": [found.metric, found.unit, found.n_runs],
    "cadence": library.runs()["cadence_spm"].notna().tolist(),
    "problems": library.verify(),
}
library.export(folder + " exported")
restored = Library.open(folder + " restored")
restored.restore(folder + " exported")
said["rebuilt"] = library.rebuild().text()
said["measured again"] = [
    one.form("impact")["value"].round(6).tolist() for one in (restored, library)
]
print(json.dumps(said))
"""


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def edited(edited_package: Callable[..., Path], metric_edits: tuple[Any, ...]) -> Path:
    """A copy of the package with one more metric."""
    return edited_package(metric_edits)


@pytest.fixture
def ask(edited: Path, run_edited: Run) -> Callable[..., dict[str, Any]]:
    """What the edited package says of a library, after adding files to it."""

    def ask(library: Library, samples_of: str, *files: Path) -> dict[str, Any]:
        folder = str(library.folder)
        done = run_edited(edited, "-c", ASKED, folder, samples_of, *map(str, files))
        assert not done.stderr, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        assert Path(said.pop("package")).is_relative_to(edited)
        return said

    return ask


@pytest.fixture
def impact(tmp_path: Path) -> Path:
    """A plain CSV of runs with a column of the new metric."""
    rows = [
        f"2026-01-{1 + 3 * place:02},10 km,50:00,172,{value}"
        for place, value in enumerate(IMPACT_G)
    ]
    path = tmp_path / "impact.csv"
    header = "date,distance,duration,cadence_spm,impact_g"
    path.write_text("\n".join((header, *rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize("is_old", [False, True], ids=["new", "old"])
def test_a_library_takes_it(
    is_old: bool,
    ask: Callable[..., dict[str, Any]],
    library: Library,
    sample_fits: list[Path],
    impact: Path,
) -> None:
    run_id = ""
    if is_old:
        library.add(sample_fits[:2])
        run_id = library.runs()["run_id"].iloc[0]
    said = ask(library, run_id, *sample_fits[2:4], impact)
    if is_old:
        assert (said.pop("samples before"), said.pop("runs before")) == (0, 0)
    n_fits = 4 if is_old else 2
    assert said == {
        "added": ["added", "added", "added"],
        "measured": IMPACT_G,
        "trend": ["impact_g", "g", len(IMPACT_G)],
        "cadence": [True] * (n_fits + len(IMPACT_G)),
        "problems": [],
        "rebuilt": f"{n_fits + 1} files were read anew.",
        "measured again": [IMPACT_G, IMPACT_G],
    }


def test_without_it_the_library_is_read_and_written_as_before(
    ask: Callable[..., dict[str, Any]],
    library: Library,
    sample_fits: list[Path],
    impact: Path,
    dump: Callable[[Library], dict[str, str]],
    tmp_path: Path,
) -> None:
    files = (*sample_fits[2:4], impact)
    ask(library, "", *files)
    library.add(sample_fits[4])
    plain = Library.open(tmp_path / "plain")
    plain.add([*files, sample_fits[4]])
    ours, theirs = dump(library), dump(plain)
    assert ours.keys() == theirs.keys()
    assert {name for name in ours if ours[name] != theirs[name]} <= {"sources"}
    assert library.verify() == []
