from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from runanalytics import read
from runanalytics.importers.contract import Imported, ImportedColumns
from runanalytics.importers.implausible_days import without_implausible_days
from runanalytics.library import Library

TODAY = dt.date(2026, 5, 1)


def races(*days: str) -> ImportedColumns:
    frame = pd.DataFrame(
        {
            "race_id": [f"race {number}" for number in range(len(days))],
            "local_date": pd.to_datetime(list(days)).astype("datetime64[us]"),
        }
    )
    return ImportedColumns.of(Imported(races=frame))


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        ("1989-12-31", False),
        ("1990-01-01", True),
        ("2026-05-02", True),
        ("2026-05-03", False),
        ("2099-01-01", False),
    ],
)
def test_days_before_1990_and_after_tomorrow_are_left_out(day: str, kept: bool) -> None:
    left = without_implausible_days(races("2026-01-01", day), TODAY)
    assert len(left.table("races")) == 1 + kept
    assert [day in note.message for note in left.notes] == [True] * (not kept)


def test_what_hangs_on_a_strange_day_goes_with_it_and_spans_end_with_what_is_left(tmp_path) -> None:
    log = tmp_path / "sets.csv"
    log.write_text(
        "date,movement,sets,reps\n1970-01-01,Squat,3,10\n2026-03-01,Squat,3,8\n2099-01-01,Lunge,1,1\n"
    )
    imported = read(log)
    assert imported.sessions["local_date"].dt.year.tolist() == [2026]
    assert imported.sets["reps"].tolist() == [8.0]
    assert (imported.log_spans["first_date"] == pd.Timestamp("2026-03-01")).all()
    assert (imported.log_spans["last_date"] == pd.Timestamp("2026-03-01")).all()
    (note,) = (note for note in imported.notes if "2099" in str(note) or "1970" in str(note))
    assert "2 sessions" in note.message


def test_a_library_never_holds_a_strange_day(library: Library, tmp_path) -> None:
    log = tmp_path / "races.csv"
    log.write_text("date,distance,time\n2088-03-01,10k,45:10\n2026-03-01,10k,45:10\n")
    report = library.add(log)
    assert library.races()["local_date"].dt.year.tolist() == [2026]
    assert any("2088-03-01" in note for file in report.files for note in file.notes)


def test_what_is_believable_is_left_as_it_is() -> None:
    imported = races("2026-01-01")
    assert without_implausible_days(imported, TODAY) is imported
