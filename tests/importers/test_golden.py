"""Each file in golden/ with the tables it stands for beside it, as somebody checked them by eye."""

from __future__ import annotations

from pathlib import Path

import pytest

from runanalytics import schema
from runanalytics.importers import read
from runanalytics.importers.contract import Imported

GOLDEN = Path(__file__).parent / "golden"
#: Files whose loads are in no stated unit.
BARE = (
    *(
        "strong_ios",
        "strong_french",
        "strong_german",
        "strong_portuguese",
        "strong_by_place",
        "jefit_bare",
    ),
    *("fitbod_2019", "fitnotes_workouts", "gymrun", "lyfta"),
)
UNITS = dict.fromkeys(BARE, "metric")
INPUTS = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".txt")


def rendered(imported: Imported) -> str:
    parts = []
    for name in Imported.TABLES:
        frame = schema.check(getattr(imported, name), name)
        if len(frame):
            text = frame.dropna(axis="columns", how="all").to_csv(index=False, lineterminator="\n")
            parts.append(f"[{name}]\n{text}")
    parts.append("[notes]\n" + "".join(f"{note.severity}: {note}\n" for note in imported.notes))
    return "\n".join(parts)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_file_stands_for_the_tables_beside_it(path: Path) -> None:
    imported = read(path, timezone="Europe/Paris", units=UNITS.get(path.stem))
    assert rendered(imported) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_are_files_and_no_stray_expectations() -> None:
    assert INPUTS
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {path.stem for path in INPUTS}
