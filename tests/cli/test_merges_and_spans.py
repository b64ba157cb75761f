"""The commands on merges and spans, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runanalytics import Library
from runanalytics.cli import app
from runanalytics.errors import UsageError

RUNS = "date,time,distance,duration,title\n2026-03-01,{time},10 km,50:00,{title}\n"


@pytest.fixture
def twice(library: Library, tmp_path: Path) -> Library:
    for title, time in (("Morning", "07:00"), ("Dawn", "07:02")):
        path = tmp_path / f"{title}.csv"
        path.write_text(RUNS.format(time=time, title=title))
        library.add(path)
    return library


def output(library: Library, *arguments: str) -> str:
    called = CliRunner().invoke(app, ["--library", str(library.folder), *arguments])
    if called.exception is not None and not isinstance(called.exception, SystemExit):
        raise called.exception
    return called.output


def test_merges_are_listed_undone_taken_back_and_made_by_hand(twice: Library) -> None:
    text = output(twice, "merges")
    assert "Dawn.csv" in text
    assert "Morning.csv" in text
    assert "both at the same time on 2026-03-01" in text
    assert text.rstrip().endswith("1 merge in force")
    (merge,) = json.loads(output(twice, "merges", "--json"))
    duplicate, primary = merge["hidden"]["id"], merge["speaks"]["id"]
    assert "two runs again" in output(twice, "merges", "undo", duplicate[:8])
    assert output(twice, "merges").strip() == "0 merges in force (1 undone: --undone)"
    assert duplicate in output(twice, "merges", "--undone")
    assert "is merged into" in output(twice, "merges", "redo", duplicate)
    output(twice, "merges", "undo", duplicate)
    output(twice, "merges", "join", primary, duplicate)
    assert "(by hand)" in output(twice, "merges")
    assert twice.runs()["run_id"].tolist() == [duplicate]
    with pytest.raises(UsageError, match="'runanalytics merges' lists them"):
        output(twice, "merges", "undo", "nobody")


def test_spans_are_listed_set_broken_and_cleared(twice: Library) -> None:
    assert "activities" in output(twice, "spans")
    output(twice, "spans", "set", "Strength", "2024-01-01", "2025-03-01")
    text = output(twice, "spans", "break", "strength", "2024-05-01", "2024-06-01")
    assert text.splitlines() == [
        "strength: 2024-01-01 to 2024-04-30 (from user)",
        "strength: 2024-06-02 to 2025-03-01 (from user)",
    ]
    rows = json.loads(output(twice, "spans", "--json"))
    assert [row["source"] for row in rows if row["what"] == "strength"] == ["user", "user"]
    assert output(twice, "spans", "clear", "strength").strip() == "Removed 2 spans."
    with pytest.raises(UsageError, match="'soon' is not a day"):
        output(twice, "spans", "set", "strength", "soon", "2025-03-01")


def test_status_counts_what_two_sources_recorded(twice: Library) -> None:
    assert "Also recorded by another source: 1 run" in output(twice, "status")
    assert json.loads(output(twice, "status", "--json"))["merged"] == {"runs": 1, "sessions": 0}


def test_a_file_is_taken_out_and_read_again(tmp_path: Path) -> None:
    lines = ("date,time,distance,duration", "2026-05-05,18:00,10 km,50:00")
    (tmp_path / "hers.csv").write_text("\n".join(lines) + "\n")
    library = Library.open(tmp_path / "library")
    library.add(tmp_path / "hers.csv", timezone="Europe/Berlin")
    assert output(library, "remove") == "Nothing is taken out.\n"
    assert "Taken out: hers.csv, a file of 1 row" in output(library, "remove", "hers.csv")
    assert output(library, "remove").startswith("hers.csv, a file of 1 row")
    assert "Taken out" in output(library, "status")
    assert json.loads(output(library, "remove", "--json"))[0]["name"] == "hers.csv"
    assert "Read again: hers.csv" in output(library, "remove", "--undo", "hers.csv")
    assert library.runs()["distance_m"].tolist() == [10_000.0]
