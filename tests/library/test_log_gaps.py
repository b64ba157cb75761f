"""A log that stopped is asked about at import and in status, with commands that settle it."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest

from runanalytics import Library


@pytest.fixture
def stopped(tmp_path: Path) -> tuple[Library, object]:
    """A library of strength sessions on two days a week, with 200 days of none."""
    days = np.arange("2025-01-06", "2026-01-01", dtype="datetime64[D]")
    place = np.arange(len(days))
    trained = days[np.isin(place % 7, (0, 3)) & ((place < 60) | (place >= 260))]
    rows = "".join(f"{day},strength\n" for day in trained)
    (tmp_path / "sessions.csv").write_text(f"date,kind\n{rows}")
    library = Library.open(tmp_path / "library")
    return library, library.add(tmp_path / "sessions.csv")


def run(library: Library, command: str) -> None:
    """Do what a command says, through the method of its name."""
    _, spans, verb, what, first, last = shlex.split(command)
    assert spans == "spans"
    {"break": library.add_break, "set": library.set_span}[verb](what, first, last)


def test_import_and_status_ask_with_the_dates(stopped):
    library, report = stopped
    (gap,) = report.log_gaps
    assert library.status().log_gaps == (gap,)
    days = library.sessions()["local_date"]
    before, after = days[days < gap.first].max(), days[days > gap.last].min()
    assert (after - before).days - 1 == gap.n_days >= 200
    assert gap.command in library.status().text()
    assert report.to_dict()["log_gaps"][0]["first"] == gap.first


def test_the_command_leaves_the_days_out_and_is_not_asked_for_again(stopped):
    library, report = stopped
    (gap,) = report.log_gaps
    before = library.dose("strength")
    run(library, gap.command)
    assert library.status().log_gaps == ()
    assert len(before) - len(library.dose("strength")) == gap.n_days


def test_the_other_command_keeps_them_and_settles_it_too(stopped):
    library, report = stopped
    (gap,) = report.log_gaps
    before = library.dose("strength")
    run(library, gap.command_if_kept)
    assert library.status().log_gaps == ()
    assert library.dose("strength").equals(before)
    assert "log_gaps" not in library.dose("strength").attrs


def test_an_import_of_no_session_does_not_ask(stopped, tmp_path):
    library, _ = stopped
    (tmp_path / "races.csv").write_text("date,distance,time\n2025-06-01,10 km,41:20\n")
    assert library.add(tmp_path / "races.csv").log_gaps == ()


def test_runs_by_their_averages_alone_are_told_where_fit_files_are(tmp_path):
    (tmp_path / "runs.csv").write_text("date,distance,duration\n2026-03-01,10 km,50:00\n")
    library = Library.open(tmp_path / "library")
    assert "FIT files" not in str(library.status()).split("Logs")[0].replace("import FIT files", "")
    library.add(tmp_path / "runs.csv")
    assert library.status().averages_only == 1
    assert "Known by their averages only: all 1 run\n" in str(library.status())
