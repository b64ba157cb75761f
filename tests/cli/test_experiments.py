"""An experiment from its plan to its answer, as a user types it, on simulated files."""

from __future__ import annotations

import datetime
import json
import shutil
import stat
from pathlib import Path

import pandas as pd
import pytest
from icalendar import Calendar
from typer.testing import CliRunner

from runanalytics import Library
from runanalytics.cli import app
from runanalytics.errors import RunAnalyticsError, UnreadableFileError, UsageError
from runanalytics.simulate import SimulatedForm
from runanalytics.simulate.experiment import simulate_experiment

#: First Monday of the past that is simulated.
BEGAN = "2024-01-01"
WEEKS_BEFORE, WEEKS = 30, 24


def output(library: Library, *arguments: str) -> str:
    called = CliRunner().invoke(app, ["--library", str(library.folder), *arguments])
    if called.exception is not None and not isinstance(called.exception, SystemExit):
        raise called.exception
    return called.output


def files(folder: Path, lived: SimulatedForm, until: datetime.date) -> Path:
    """Write runs and sessions until a day as a watch's list and a log would hold them."""
    folder.mkdir()
    runs = lived.form.merge(lived.runs[["run_id", "distance_m"]], on="run_id")
    runs = runs[runs["local_date"] <= pd.Timestamp(until)]
    table = pd.DataFrame(
        {
            "date": runs["local_date"].dt.strftime("%Y-%m-%d"),
            "time": "07:00",
            "distance_m": (runs["mean_speed_m_s"] * runs["duration_s"]).round(0),
            "duration_s": runs["duration_s"].round(0),
            "ground_contact_ms": runs["value"].round(2),
            "device": runs["device"],
        }
    )
    table.to_csv(folder / "runs.csv", index=False)
    dose = lived.dose[lived.dose["local_date"] <= pd.Timestamp(until)]
    done = dose[dose["amount"] > 0]["local_date"].dt.strftime("%Y-%m-%d")
    pd.DataFrame({"date": done, "time": "18:00", "kind": "strength"}).to_csv(
        folder / "sessions.csv", index=False
    )
    return folder


@pytest.fixture(scope="module")
def thirty_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with thirty weeks of runs and sessions, for tests to copy."""
    folder = tmp_path_factory.mktemp("planned")
    lived = simulate_experiment(5, [0] * 12, block_weeks=2, weeks_before=WEEKS_BEFORE, start=BEGAN)
    until = datetime.date.fromisoformat(BEGAN) + datetime.timedelta(weeks=WEEKS_BEFORE)
    library = Library.open(folder / "library")
    output(
        library, "import", str(files(folder / "past", lived, until)), "--timezone", "Europe/Berlin"
    )
    library.close()
    return library.folder


@pytest.fixture
def planned(thirty_weeks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library with thirty weeks of runs and sessions."""
    # Plans beside the one that is asked for take most of the time, and stand in test_design.py.
    monkeypatch.setattr("runanalytics.experiments.design.LENGTHS_WEEKS", (48,))
    monkeypatch.setattr("runanalytics.experiments.design.BLOCKS_WEEKS", (4,))
    return Library.open(shutil.copytree(thirty_weeks, tmp_path / "library"))


def test_from_the_plan_over_24_weeks_of_files_to_the_answer(
    planned: Library, tmp_path: Path
) -> None:
    library, calendar = planned, tmp_path / "plan.ics"
    start = datetime.date(2025, 1, 6)
    # As the command does, on a day that is past: the import believes no day to come.
    design = library.plan_experiment(
        "contact-time",
        "strength",
        weeks=24,
        block_weeks=2,
        seed=9,
        name="drops",
        start=start,
        today="2025-01-01",
        calendar=calendar,
        pdf=tmp_path / "plan.pdf",
        speed_m_s=3.0,
    )
    assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF")
    assert "in an order drawn by lot from 924 (seed 9)" in design.summary()
    file = library.folder / "experiments" / "drops.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    plan = library.experiment_plan("drops")
    events = Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")
    assert [event["DTSTART"].dt for event in events] == [block.first for block in plan.blocks]
    assert [event["DTEND"].dt for event in events][:-1] == [
        block.first for block in plan.blocks[1:]
    ]

    # Nothing is written over.
    before = file.read_bytes()
    with pytest.raises(UsageError, match="already"):
        output(library, "experiment", "plan", "cadence", "--of", "strength", "--name", "drops")
    assert file.read_bytes() == before

    # The runner lives it; the log and the watch know no more than they would.
    lived = simulate_experiment(
        *(6, plan.labels),
        block_weeks=2,
        weeks_before=52,
        effect_pct=-6.0,
        tau_weeks=1.5,
        start=str(start - datetime.timedelta(weeks=52)),
    )
    output(
        library, "import", str(files(tmp_path / "lived", lived, plan.last_date)),
        "--timezone", "Europe/Berlin",
    )  # fmt: skip
    during = library.check_experiment("drops", today="2025-03-10")
    assert during.verdict == "running"
    with pytest.raises(UsageError, match="runs until"):
        library.analyse_experiment("drops", today="2025-03-10")
    text = output(library, "experiment", "analyse", "drops")
    assert text.startswith("Because of 3 strength sessions a week rather than 0")
    assert "These data are simulated" in text
    found = json.loads(output(library, "experiment", "analyse", "drops", "--json"))
    assert found["verdict"] == "effect"
    assert found["percent_low"] <= 100 * (0.94**1.5 - 1) <= found["percent_high"]
    assert found["followed"] == 1


def test_the_other_commands(planned: Library, tmp_path: Path) -> None:
    library, calendar = planned, tmp_path / "one.ics"
    assert "No experiment is planned" in output(library, "experiment", "list")
    text = output(
        library, "experiment", "plan", "contact-time", "--of", "strength", "--name", "one",
        "--seed", "3", "--start", "2027-01-04", "--calendar", str(calendar),
    )  # fmt: skip
    assert f"Wrote {calendar} In between:" in " ".join(text.split())
    listed = json.loads(output(library, "experiment", "list", "--json"))
    assert [(each["name"], each["state"], each["edited"]) for each in listed] == [
        ("one", "not begun", False)
    ]
    assert "one is not begun" in output(library, "experiment", "check", "one")
    assert json.loads(output(library, "experiment", "check", "one", "--json"))["name"] == "one"
    file = library.folder / "experiments" / "one.toml"
    text = file.read_text()
    file.write_text(text.replace("level = 0.95", "level = 0.5"))
    assert "edited" in output(library, "experiment", "check", "one")
    file.write_text("level = [")
    assert "no plan" in output(library, "experiment", "list")
    with pytest.raises(UnreadableFileError, match=r"one\.toml"):
        output(library, "experiment", "analyse", "one")
    for name in ("two", "../one", ""):
        with pytest.raises(UsageError):
            output(library, "experiment", "check", name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--start", "2020-01-06"), "drawn by lot any more"),
        (("--weeks", "16"), "take 24 weeks or more"),
        (("--expected", "much"), "--expected=-2%"),
        (("--fixed", "2026-12-24"), "settles no block"),
        (("--name", "Übung"), "small letters"),
        (("--calendar", "{taken}"), "a file here already"),
        (("--pdf", "{taken}"), "a file here already"),
        (("--paper", "a3", "--pdf", "{new}"), "known are: a4, letter"),
    ],
)
def test_what_is_refused_writes_nothing(
    planned: Library, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    taken = tmp_path / "taken.ics"
    taken.write_text("mine")
    given = [each.format(taken=taken, new=tmp_path / "new.pdf") for each in arguments]
    with pytest.raises(RunAnalyticsError, match=message):
        output(planned, "experiment", "plan", "contact-time", "--of", "strength", *given)
    assert not (planned.folder / "experiments").exists()
    assert not (tmp_path / "new.pdf").exists()
    assert taken.read_text() == "mine"
