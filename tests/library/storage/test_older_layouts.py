"""Libraries as older releases wrote them: they open, read the same, and go on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from runanalytics import Library
from runanalytics.library.fingerprint import fingerprint
from runanalytics.library.storage.catalogue import LAYOUT

FROZEN = Path(__file__).parents[1] / "frozen"
LAYOUTS = sorted(path for path in FROZEN.iterdir() if path.is_dir())
SAMPLE = Path(__file__).parents[3] / "data" / "sample"


def test_there_is_one_for_every_older_layout() -> None:
    assert [path.name for path in LAYOUTS] == [f"layout{n}" for n in range(1, LAYOUT)]


@pytest.mark.parametrize("frozen", LAYOUTS, ids=lambda path: path.name)
def test_an_older_library_reads_the_same_before_and_after_it_is_upgraded(
    frozen: Path, tmp_path: Path
) -> None:
    place = tmp_path / "library"
    shutil.copytree(frozen, place)
    expected = json.loads(frozen.with_suffix(".json").read_text())
    library = Library.open(place)
    assert fingerprint(library.opened) == expected
    assert library.verify() == []
    library.close()
    with library.opened.writing() as catalogue:
        assert catalogue.layout == LAYOUT
    after = fingerprint(library.opened)
    assert {name: after.get(name) for name in expected} == expected
    assert library.verify() == []
    assert (place / "catalogue.sums").exists(), "from now on damage is found"


@pytest.mark.parametrize("frozen", LAYOUTS, ids=lambda path: path.name)
def test_an_older_library_takes_further_imports(frozen: Path, tmp_path: Path) -> None:
    place = tmp_path / "library"
    shutil.copytree(frozen, place)
    library = Library.open(place)
    n_runs = len(library.runs())
    (run,) = library.add(sorted((SAMPLE / "runs").iterdir())[7]).files
    assert run.outcome == "added"
    assert len(library.runs()) == n_runs + 1
    library.export(tmp_path / "out")
    restored = Library.open(tmp_path / "restored")
    restored.restore(tmp_path / "out")
    assert fingerprint(restored.opened) == fingerprint(library.opened)


def test_a_column_that_came_later_is_missing_in_what_was_there_before(tmp_path: Path) -> None:
    place = tmp_path / "library"
    shutil.copytree(FROZEN / "layout1", place)
    library = Library.open(place)
    before = library.runs()
    assert before["firmware"].isna().all()
    assert library.segments()["firmware"].isna().all()
    library.add(sorted((SAMPLE / "runs").iterdir())[7])
    runs = library.runs()
    was_there = runs["run_id"].isin(before["run_id"])
    assert runs.loc[was_there, "firmware"].isna().all()
    assert runs.loc[~was_there, "firmware"].tolist() == ["4.10"]
