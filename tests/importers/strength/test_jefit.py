"""Oddities of JEFIT's export, one test each; whole files are in golden/."""

from __future__ import annotations

import pytest

from runanalytics.errors import (
    MissingColumnError,
    UnitError,
    UnreadableFileError,
)
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.strength.jefit import JEFIT

METRIC = ReadOptions(timezone="Europe/Paris", units="metric")
LOGS = "### EXERCISE LOGS ###\n"
HEADER = "_id,mydate,ename,logs,belongsession\n"
SESSIONS = "### WORKOUT SESSIONS ###\n_id,starttime,total_time\n"
RULE = "\n######################\n\n"


def read(*rows: str, before: str = "", options: ReadOptions = METRIC) -> Imported:
    return JEFIT.read((before + LOGS + HEADER + "\n".join(rows)).encode(), options)


def row(packed: str = "60x10,65x8", name: str = "Squat", session: str = "") -> str:
    return f'1,2026-01-05,"{name}","{packed}",{session}'


@pytest.mark.parametrize(
    ("packed", "sets"),
    [
        ("60x10,65x8", [[10.0, 60.0], [8.0, 65.0]]),
        ("52.5x5", [[5.0, 52.5]]),
        ("60 x 10 , 65 x 8", [[10.0, 60.0], [8.0, 65.0]]),
        ("60x10,0x0", [[10.0, 60.0]]),
    ],
)
def test_packed_sets(packed: str, sets: list[list[float]]) -> None:
    assert read(row(packed)).sets[["reps", "load_kg"]].to_numpy().tolist() == sets


def test_what_is_no_set_is_left_out_and_named_with_its_line() -> None:
    imported = read(row("60x10,much"), before=f"### SETTING ###\nmass\nkg\n{RULE}")
    assert len(imported.sets) == 1
    assert "line 9: 'much'" in imported.notes[0].message


@pytest.mark.parametrize("mass", ["lbs", "lb", "LBS"])
def test_the_settings_state_the_unit(mass: str) -> None:
    before = f"### SETTING ###########\n\nrow_id,mass\n1,{mass}\n{RULE}"
    assert set(read(row(), before=before).sets["load_unit"]) == {"lb"}


def test_without_a_setting_the_unit_is_asked_for() -> None:
    with pytest.raises(UnitError, match="line 3: the column 'logs' does not say its unit"):
        read(row(), options=ReadOptions())
    assert len(read(row("0x10"), options=ReadOptions()).sets) == 1


def test_a_session_states_when_it_began_and_how_long_it_was() -> None:
    before = f"{SESSIONS}1000,1767636000,3600{RULE}"
    imported = read(row(session="1000"), row(name="Plank", session="1000"), before=before)
    assert imported.clock == "utc"
    assert imported.sessions["start_utc"].astype(str).tolist() == ["2026-01-05 18:00:00+00:00"]
    assert imported.sessions["duration_s"].tolist() == [3600.0]


@pytest.mark.parametrize("start", ["1", "99999999999999", "soon", "", "1500000000"])
def test_a_start_that_is_not_of_its_day_is_left_out(start: str) -> None:
    before = f"{SESSIONS}1000,{start},3600{RULE}"
    sessions = read(row(session="1000"), before=before).sessions
    assert sessions["start_utc"].isna().all()
    assert sessions["local_date"].astype(str).tolist() == ["2026-01-05"]


def test_later_sections_are_not_read_as_logs() -> None:
    more = f"{RULE}### EXERCISE SET LOGS ###\n_id,reps\n1,10\n"
    assert len(read(row() + more).sets) == 2


def test_a_file_without_logs_says_what_it_has() -> None:
    with pytest.raises(UnreadableFileError, match="the file has: SETTING"):
        JEFIT.read(b"### SETTING ###\nmass\nkg\n")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="'ename'"):
        JEFIT.read(b"### EXERCISE LOGS ###\nmydate,logs\n2026-01-05,60x10\n")


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (b"### SETTING ######\n", True),
        (b"\xef\xbb\xbf\n\n### ROUTINES ###\n", True),
        (b"mydate,ename,logs\n", True),
        (b"# a comment\nname,movement\n", False),
        (b"### notes of mine\n", False),
    ],
)
def test_recognised_by_a_heading(head: bytes, ours: bool) -> None:
    assert JEFIT.recognises("x", head) is ours
