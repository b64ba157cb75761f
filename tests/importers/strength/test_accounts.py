"""Of every row of every log: kept, or left out for a reason that is counted."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runanalytics.errors import RunAnalyticsError
from runanalytics.importers import IMPORTERS
from runanalytics.importers.accounts import UNEXPLAINED, Ledger, RowAccount
from runanalytics.importers.activity_lists.garmin_exercise_sets import GARMIN_EXERCISE_SETS
from runanalytics.importers.contract import Imported, Importer, ReadOptions
from runanalytics.importers.strength.alpha_progression import ALPHA_PROGRESSION
from runanalytics.importers.strength.fitbod import FITBOD
from runanalytics.importers.strength.fitnotes import FITNOTES
from runanalytics.importers.strength.fitnotes_workouts import FITNOTES_WORKOUTS
from runanalytics.importers.strength.gymbook import GYMBOOK
from runanalytics.importers.strength.gymrun import GYMRUN
from runanalytics.importers.strength.hevy import HEVY
from runanalytics.importers.strength.hevy_json import HEVY_JSON
from runanalytics.importers.strength.jefit import JEFIT
from runanalytics.importers.strength.liftlog import LIFTLOG
from runanalytics.importers.strength.liftosaur import LIFTOSAUR
from runanalytics.importers.strength.log_importer import LogImporter
from runanalytics.importers.strength.lyfta import LYFTA
from runanalytics.importers.strength.strong import STRONG
from runanalytics.importers.strength.stronglifts import STRONGLIFTS
from runanalytics.importers.strength.stronglifts_2016 import STRONGLIFTS_2016
from runanalytics.importers.tidy.importer import TIDY_SESSIONS, TIDY_SETS

OPTIONS = ReadOptions(timezone="Europe/Paris", units="metric")


@dataclass(frozen=True)
class Form:
    """A form of a log: its header, and whether each row that is kept is exactly one set."""

    importer: Importer
    header: str
    one_set_a_row: bool = True
    delimiter: str = ","


FORMS = [
    Form(STRONG, "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds"),
    Form(STRONG, "Date,Workout Name,Exercise Name,Set Order,kg,Reps,km,Seconds,Notes"),
    Form(
        STRONG,
        "Datum,Workout-Name,Dauer,Name der Übung,Reihenfolge festlegen,Gewicht,Wiederh.,RPE",
    ),
    Form(HEVY, "title,start_time,end_time,exercise_title,set_index,set_type,weight_kg,reps,rpe"),
    Form(FITBOD, "Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),isWarmup,multiplier"),
    Form(FITBOD, "Date,Exercise,Sets,Reps,Weight,isWarmup,Note"),
    Form(FITNOTES, "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time"),
    Form(GYMRUN, "Date;Time;Routine;Exercise;Set;Weight;Reps;Duration;Para6;Book", delimiter=";"),
    Form(LIFTLOG, "SessionId,Timestamp,Exercise,Weight,WeightUnit,Reps,TargetReps,Notes"),
    Form(
        LIFTOSAUR,
        "Workout DateTime,Day Name,Exercise,Is Warmup Set?,Completed Reps,"
        "Completed Weight Value,Completed Weight Unit",
    ),
    Form(
        FITNOTES_WORKOUTS, "Name,StartTime,EndTime,BodyWeight,Exercise,Equipment,Reps,Weight,Status"
    ),
    Form(LYFTA, "Title,Date,Duration,Exercise,Superset id,Weight,Reps,Distance,Time,Set Type"),
    Form(
        GYMBOOK,
        "Datum;Training;Zeit;Übung;Wiederholungen / Zeit;Gewicht / Strecke;Ausgelassen",
        delimiter=";",
    ),
    Form(STRONGLIFTS, "Date,Workout,Exercise,Set 1 (Reps),Set 1 (KG),Set 2 (Reps)", False),
    Form(STRONGLIFTS_2016, "Date,Workout,Exercise 1,Weight (KG),Set 1,Set 2", False),
    Form(JEFIT, "mydate,ename,logs,belongsession", False),
    Form(TIDY_SETS, "date,movement,sets,reps,load,side", False),
    Form(TIDY_SETS, "Fecha;Ejercicio;Series;Repeticiones;Peso (kg)", False, ";"),
    Form(TIDY_SESSIONS, "date,kind,duration_min,notes", False),
]
#: What apps and people write, and what nobody does.
CELLS = st.sampled_from(
    [
        *("2026-01-05 18:00:00", "2026-01-05", "2026-01-08 07:30:00", "05.01.2026", "soon", ""),
        *(
            "Squat (Barbell)",
            "Plank",
            "Walking",
            "Rowing (Machine)",
            "Nonsuch",
            "Lunge (Each Side)",
        ),
        *("1", "2", "3", "W", "D", "X", "Rest Timer", "Ruhezeit", "Note", "normal", "NORMAL_SET"),
        *("0", "5", "8,5", "60.0", "10 Wiederholungen", "62,5 kg", "60x10", "3x10", "10/leg", "kg"),
        *("Ja", "Nein", "true", "left", "8-12", "strength", "45m", "31min", "=1", "-20"),
    ]
)


def row_for(form: Form) -> st.SearchStrategy[list[str]]:
    """Rows whose cells mostly suit their columns: else no row would be kept."""
    likely = {
        "date": ("2026-01-05 18:00:00", "2026-01-08 07:30:00", "2026-01-05"),
        "exercise": ("Squat (Barbell)", "Plank", "Walking", "Lunge", "Nonsuch"),
        "order": ("1", "2", "W", "Rest Timer", "Ruhezeit"),
        "amount": ("5", "8", "0", "", "10"),
    }
    words = {
        **dict.fromkeys(("date", "datum", "fecha", "start_time", "timestamp", "mydate"), "date"),
        **dict.fromkeys(("workout datetime",), "date"),
        **dict.fromkeys(("exercise name", "exercise", "exercise_title", "ename"), "exercise"),
        **dict.fromkeys(("name der übung", "übung", "movement", "ejercicio"), "exercise"),
        **dict.fromkeys(("exercise 1",), "exercise"),
        **dict.fromkeys(("set order", "reihenfolge festlegen", "set_index"), "order"),
    }
    columns = [
        st.sampled_from(likely[words.get(name.strip().casefold(), "amount")]) | CELLS
        for name in form.header.split(form.delimiter)
    ]
    return st.tuples(*columns).map(list)


def file_of(form: Form, rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=form.delimiter, lineterminator="\n").writerows(rows)
    return f"{form.header}\n{text.getvalue()}".encode()


def read(importer: Importer, data: bytes) -> Imported | None:
    try:
        return importer.read(data, OPTIONS)
    except RunAnalyticsError:
        return None


def holds(account: RowAccount, n_rows: int) -> None:
    assert account.n_rows == n_rows == account.n_kept + account.n_left_out
    assert UNEXPLAINED not in account.left_out
    assert all(account.left_out.values())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.importer.name}:{form.header[:24]}")
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_rows_of_a_log_are_those_kept_and_those_left_out(form: Form, data: st.DataObject) -> None:
    rows = data.draw(st.lists(row_for(form), min_size=1, max_size=8))
    imported = read(form.importer, file_of(form, rows))
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if imported is None:
        return
    holds(imported.rows, len(filled))
    assert imported.rows.n_kept >= 1
    if form.one_set_a_row:
        assert imported.rows.n_kept == len(imported.sets)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.importer.name}:{form.header[:24]}")
@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_second_export_below_the_first_adds_no_set(form: Form, data: st.DataObject) -> None:
    rows = data.draw(st.lists(row_for(form), min_size=1, max_size=6))
    once = read(form.importer, file_of(form, rows))
    if once is None:
        return
    header = form.header.split(form.delimiter)
    twice = read(form.importer, file_of(form, [*rows, header, *rows]))
    assert twice is not None
    assert twice.sets.equals(once.sets)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    holds(twice.rows, 2 * len(filled) + 1)
    assert twice.rows.n_kept == once.rows.n_kept


NUMBERS = st.sampled_from([None, 0, 5, 8.5, 60_000.0, "5", True])


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "exercises": st.sampled_from(
                    [[], None, [{"category": "SQUAT", "name": None}], [{"category": "RUN"}]]
                ),
                "setType": st.sampled_from(["ACTIVE", "REST", None]),
                "startTime": st.sampled_from(["2026-01-05T17:00:00.0", "soon", None]),
                "repetitionCount": NUMBERS,
                "weight": NUMBERS,
                "duration": NUMBERS,
            }
        ),
        min_size=1,
        max_size=6,
    )
)
def test_sets_of_garmin_are_those_kept_and_those_left_out(sets: list[dict[str, object]]) -> None:
    data = json.dumps({"activityId": 1, "exerciseSets": sets}).encode()
    if imported := read(GARMIN_EXERCISE_SETS, data):
        holds(imported.rows, len(sets))
        assert imported.rows.n_kept == len(imported.sets)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "index": st.integers(0, 2),
                "type": st.sampled_from(["normal", "warmup", "myo", None]),
                "weight_kg": NUMBERS,
                "reps": NUMBERS,
            }
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["Squat (Barbell)", "Walking", "", None]),
    st.sampled_from(["2026-01-05T18:00:00+01:00", 1_786_384_800, "soon", None]),
)
def test_sets_of_hevy_are_those_kept_and_those_left_out(
    sets: list[dict[str, object]], title: str | None, start: object
) -> None:
    workout = {"start_time": start, "exercises": [{"title": title, "sets": sets}]}
    if imported := read(HEVY_JSON, json.dumps({"workouts": [workout]}).encode()):
        holds(imported.rows, len(sets))
        assert imported.rows.n_kept == len(imported.sets)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["60", "+0", "x"]), st.integers(0, 9))),
    st.sampled_from(["", "WU1 · 37,5 kg · 9 reps<br>WU2 · 50 kg · 5 reps", "stretch"]),
    st.sampled_from(["Squat", "Walking"]),
)
def test_sets_of_alpha_progression_are_those_kept_and_those_left_out(
    sets: list[tuple[int, str, int]], warmup: str, name: str
) -> None:
    lines = ['"Legs · Day 1";"2026-02-19 4:54 h";"1:02 hr"', f'"1. {name} · 8 reps";"{warmup}"']
    lines += ["#;KG;REPS;RIR", *(f"{number};{load};{reps};1" for number, load, reps in sets)]
    if imported := read(ALPHA_PROGRESSION, "\n".join(lines).encode()):
        holds(imported.rows, len(sets) + warmup.count("WU"))
        assert imported.rows.n_kept == len(imported.sets)


def test_no_importer_of_logs_is_forgotten_here() -> None:
    logs = {one.name for one in IMPORTERS if isinstance(one, LogImporter)}
    assert logs <= {form.importer.name for form in FORMS}


def test_a_row_that_is_forgotten_is_seen() -> None:
    account = Ledger([1, 2]).account()
    assert account.left_out == {UNEXPLAINED: 2}
    with pytest.raises(AssertionError):
        holds(account, 2)


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ({}, ""),
        ({"rest timers": 1}, "1 row left out: 1 rest timer"),
        (
            {"without repetitions": 3, "rest timers": 6, "of endurance work": 1400},
            "1,409 rows left out: 1,400 of endurance work, 6 rest timers, 3 without repetitions",
        ),
    ],
)
def test_what_is_said_of_it(left_out: dict[str, int], sentence: str) -> None:
    assert RowAccount(2000, 1000, left_out).sentence() == sentence


def test_accounts_of_two_files_are_one() -> None:
    both = RowAccount(3, 2, {"repeated": 1}, ("Notes",)) + RowAccount(2, 1, {"repeated": 1}, ("a",))
    assert both == RowAccount(5, 3, {"repeated": 2}, ("Notes", "a"))
