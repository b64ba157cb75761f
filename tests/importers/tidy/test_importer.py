"""What a hand-kept CSV may look like, and what is asked back; whole files are in golden/."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import (
    MissingColumnError,
    RunAnalyticsError,
    UnitError,
    UnreadableFileError,
)
from runanalytics.importers.contract import HEAD_BYTES, Imported, ReadOptions
from runanalytics.importers.races.importer import TIDY_RACES
from runanalytics.importers.registry import claimants
from runanalytics.importers.strength.strong import STRONG
from runanalytics.importers.tidy.columns import COLUMNS, REQUIRED, kind_of
from runanalytics.importers.tidy.importer import (
    TIDY_RUNS,
    TIDY_SESSIONS,
    TIDY_SETS,
    TidyImporter,
)

IMPORTERS = (TIDY_SETS, TIDY_SESSIONS, TIDY_RACES, TIDY_RUNS)
PARIS = ReadOptions(timezone="Europe/Paris")


def read(importer: TidyImporter, text: str, options: ReadOptions = PARIS) -> Imported:
    return importer.read(text.encode(), options)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("date,movement", "sets"),
        ("Movement;Date;Reps", "sets"),
        ("date,exercise,sets,reps,load", "sets"),
        ("date,drill,sets", "sets"),
        ("date,kind,duration_min", "sessions"),
        ("date,time,kind", "sessions"),
        ("date,distance,time", "races"),
        ("DATE\tTime\tDistance\tTitle", "races"),
        ("date,time,distance,duration", "runs"),
        ("date,distance_km,duration_min,cadence_spm", "runs"),
        # Ours, though a required column is missing: the reader says which.
        ("movement,reps", "sets"),
        ("date,reps,load", "sets"),
        ("kind,duration_min", "sessions"),
        ("date,duration_min", "sessions"),
        ("distance,time", "races"),
        ("date,distance", "races"),
        ("date,cadence_spm", "runs"),
        # Other people's.
        ("Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR", None),
        ("Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance", None),
        ("Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time", None),
        ("Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),Incline,isWarmup", None),
        ("Timestamp,Power (w/kg),Ground Time (ms),Cadence (spm)", None),
        ("Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance", None),
        ("date,amount", None),
        ("a,b,c", None),
        ("", None),
    ],
)
def test_columns_tell_which_file_it_is(header: str, kind: str | None) -> None:
    claims = [one.kind for one in claimants("", header.encode()) if one in IMPORTERS]
    assert claims == ([kind] if kind else [])


def test_real_files_of_other_sources_are_left_to_them(shared: Path) -> None:
    files = [path for path in (shared / "tables").rglob("*") if path.is_file()]
    claims = {
        path.name: importer.name
        for path in files
        for importer in (STRONG, *IMPORTERS)
        if importer.recognises(path.name, path.read_bytes()[:HEAD_BYTES])
    }
    assert files
    assert claims == {}


def test_every_kind_is_told_from_its_required_columns() -> None:
    assert {kind: kind_of(required) for kind, required in REQUIRED.items()} == {
        kind: kind for kind in COLUMNS
    }


@pytest.mark.parametrize(
    ("importer", "text", "missing"),
    [
        (TIDY_SETS, "date,reps,load\n2026-03-01,5,80 kg\n", "movement"),
        (TIDY_SETS, "movement,reps\nsquat,5\n", "date"),
        (TIDY_SESSIONS, "date,duration_min\n2026-03-01,20\n", "kind"),
        (TIDY_RACES, "date,distance\n2026-03-01,5k\n", "time"),
        (TIDY_RUNS, "date,cadence_spm\n2026-03-01,170\n", "distance', 'duration"),
    ],
)
def test_a_missing_column_is_named(importer: TidyImporter, text: str, missing: str) -> None:
    with pytest.raises(MissingColumnError, match=f"no column '{missing}'; the file has: "):
        read(importer, text)


@pytest.mark.parametrize(
    "text",
    [
        "date,movement,sets,reps,load\n2026-03-01,Squat,3,5,82.5 kg\n",
        "Load;Reps;Sets;Movement;Date\n82,5 kg;5;3;Squat;1.3.2026\n",
        "date\tmovement\tsets\treps\tload_kg\n1 Mar 2026\tSquat\t3\t5\t82.5\n",
        "DATE , Movement,SETS,Reps,Weight,Unit\n2026/03/01,Squat,3,5,82.5,kg\n",
        'Date,movement,n sets,repetitions,load\n"Mar 1, 2026",Squat,3,5,"82,5 kg"\n',
        "date,movement,sets,reps,load-kg\n2026-03-01 00:00:00,Squat,3,5,82.5\n",
    ],
)
def test_one_set_however_it_is_written(text: str) -> None:
    imported = read(TIDY_SETS, text)
    (row,) = imported.sets.to_dict("records")
    assert (row["movement"], row["n_sets"], row["reps"], row["load_kg"]) == ("squat", 3, 5, 82.5)
    assert imported.sessions["local_date"].tolist() == [pd.Timestamp("2026-03-01")]
    assert imported.sessions["start_utc"].isna().all()


def test_rows_of_a_day_are_a_session_and_times_part_them() -> None:
    text = "date,time,movement\n2026-03-01,07:30,A-skip\n2026-03-01,07:30,B-skip\n"
    imported = read(TIDY_SETS, text + "2026-03-01,18:00,Squat\n2026-03-02,,Squat\n")
    assert imported.sessions["kind"].tolist() == ["technique", "strength", "strength"]
    assert imported.sessions["start_utc"].dt.hour.tolist()[:2] == [6, 17]
    assert imported.sessions["start_utc"].isna().tolist() == [False, False, True]


def test_a_clock_time_may_stand_with_the_date() -> None:
    text = "date,movement\n2026-03-01 18:05,Squat\n2026-03-02 00:00,Squat\n2026-03-03,Squat\n"
    starts = read(TIDY_SETS, text).sessions["start_utc"]
    assert starts.dt.strftime("%d %H:%M").tolist()[:2] == ["01 17:05", "01 23:00"]
    assert starts.isna().tolist() == [False, False, True]


def test_a_load_without_a_unit_is_asked_about() -> None:
    text = "date,movement,load\n2026-03-01,Squat,80\n"
    with pytest.raises(UnitError, match=r"line 2: the load '80'.*80 kg or 80 lb.*--units"):
        read(TIDY_SETS, text)
    sets = read(TIDY_SETS, text, ReadOptions(units="imperial", timezone="UTC")).sets
    assert sets["load_unit"].tolist() == ["lb"]


def test_bodyweight_in_words() -> None:
    sets = read(TIDY_SETS, "date,movement,load\n2026-03-01,Squat,BW\n").sets
    assert sets["load_kind"].tolist() == ["bodyweight"]


@pytest.mark.parametrize(("cell", "seconds"), [("40", 40), ("40 s", 40), ("1:30", 90)])
def test_holds(cell: str, seconds: float) -> None:
    sets = read(TIDY_SETS, f"date,movement,hold_s\n2026-03-01,Wall sit,{cell}\n").sets
    assert sets["hold_s"].tolist() == [seconds]


@pytest.mark.parametrize(("cell", "side"), [("L", "left"), ("right", "right"), ("each", "both")])
def test_sides(cell: str, side: str) -> None:
    sets = read(TIDY_SETS, f"date,movement,side\n2026-03-01,Lunge,{cell}\n").sets
    assert sets["side"].tolist() == [side]


def test_a_bad_cell_is_empty_and_a_bad_row_left_out_each_with_its_line() -> None:
    text = "date,movement,reps\n2026-03-01,Squat,many\nsoon,Squat,5\n2026-03-02,,5\n"
    imported = read(TIDY_SETS, text)
    assert imported.sets["reps"].isna().tolist() == [True]
    said = " | ".join(note.message for note in imported.notes)
    assert "line 2: 'many' is no amount of a set" in said
    assert "line 3: 'soon' is no date" in said
    assert "line 4: no movement" in said


@pytest.mark.parametrize("sets", ["1", "100"])
def test_possible_numbers_of_sets(sets: str) -> None:
    imported = read(TIDY_SETS, f"date,movement,sets\n2026-03-01,Squat,{sets}\n")
    assert imported.sets["n_sets"].tolist() == [int(sets)]
    assert imported.notes == []


@pytest.mark.parametrize("sets", ["0", "2.5", "101"])
def test_impossible_numbers_of_sets(sets: str) -> None:
    imported = read(TIDY_SETS, f"date,movement,sets\n2026-03-01,Squat,{sets}\n")
    assert "is no number of sets" in imported.notes[0].message


@pytest.mark.parametrize(
    ("header", "cell", "seconds"),
    [
        ("duration_min", "20", 1200),
        ("duration_min", "0:20:00", 1200),
        ("duration_s", "1200", 1200),
        ("duration", "20 min", 1200),
        ("minutes", "20,5", 1230),
    ],
)
def test_durations_of_sessions(header: str, cell: str, seconds: float) -> None:
    imported = read(TIDY_SESSIONS, f"date;kind;{header}\n2026-03-01;drills;{cell}\n")
    assert imported.sessions["duration_s"].tolist() == [seconds]


@pytest.mark.parametrize(
    ("word", "kind"), [("Drills", "technique"), ("gym", "strength"), ("mixed", "mixed")]
)
def test_words_for_sessions(word: str, kind: str) -> None:
    assert read(TIDY_SESSIONS, f"date,kind\n2026-03-01,{word}\n").sessions["kind"][0] == kind


def test_a_session_and_its_sets_in_two_files_are_one() -> None:
    session = read(TIDY_SESSIONS, "date,kind\n2026-03-01,drills\n").sessions
    sets = read(TIDY_SETS, "date,movement\n2026-03-01,A-skip\n").sessions
    assert session["session_id"].tolist() == sets["session_id"].tolist()


@pytest.mark.parametrize(
    ("distance", "time", "distance_m", "time_s"),
    [
        ("5k", "19:59", 5000, 1199),
        ("half", "1:35:20", 21_097.5, 5720),
        ("Marathon", "3:20:00", 42_195, 12_000),
        ("1 mi", "5:30", 1609.344, 330),
        ("400 m", "58.4 s", 400, 58.4),
    ],
)
def test_races(distance: str, time: str, distance_m: float, time_s: float) -> None:
    races = read(TIDY_RACES, f"date,distance,time\n2026-03-01,{distance},{time}\n").races
    assert races[["distance_m", "time_s"]].to_numpy().tolist() == [[distance_m, time_s]]


def test_hours_and_minutes_are_not_taken_for_minutes_and_seconds() -> None:
    with pytest.raises(
        UnreadableFileError, match=r"line 2: '1:35' is no time for half: write 1:35:20"
    ):
        read(TIDY_RACES, "date,distance,time\n2026-03-01,half,1:35\n")


def test_a_bare_distance_takes_the_unit_of_its_column_or_of_the_options() -> None:
    with pytest.raises(UnitError, match=r"say --units metric .* or write 10 km, 10 mi or 10 m"):
        read(TIDY_RACES, "date,distance,time\n2026-03-01,10,40:00\n")
    km = read(TIDY_RACES, "date,distance_km,time\n2026-03-01,10,40:00\n").races
    imperial = ReadOptions(units="imperial")
    miles = read(TIDY_RACES, "date,distance,time\n2026-03-01,10,70:00\n", imperial).races
    assert [km["distance_m"][0], miles["distance_m"][0]] == [10_000, 16_093.44]


def test_years_of_two_digits() -> None:
    sets = read(TIDY_SETS, "date,movement,sets,reps\n05.01.26,Squat,3,10\n12.01.26,Squat,3,10\n")
    days = sets.sessions["local_date"].dt.strftime("%Y-%m-%d")
    assert days.tolist() == ["2026-01-05", "2026-01-12"]


def test_courses_of_races_are_read_from_either_column() -> None:
    for column in ("course", "surface", "Surface"):
        text = f"date,distance,time,{column}\n2026-03-01,5k,20:10,Road\n2026-03-08,5k,20:00,\n"
        assert read(TIDY_RACES, text).races["course"].tolist()[0] == "road"
        assert read(TIDY_RACES, text).races["course"].isna().tolist() == [False, True]


def test_a_corrected_time_is_the_same_race_and_a_race_written_twice_is_one() -> None:
    text = "date,distance,time,title\n2026-03-01,5k,{},Park\n"
    first, second = (read(TIDY_RACES, text.format(time)).races for time in ("20:10", "20:01"))
    assert first["race_id"].tolist() == second["race_id"].tolist()
    twice = read(TIDY_RACES, text.format("20:10") + "2026-03-01,5k,20:10,Park\n")
    assert len(twice.races) == 1
    assert "twice: 1" in twice.notes[0].message


def test_two_heats_of_a_day_are_two_races() -> None:
    races = read(TIDY_RACES, "date,distance,time\n2026-03-01,400m,58 s\n2026-03-01,400m,57 s\n")
    assert races.races["race_id"].is_unique
    assert len(races.races) == 2


def test_an_ambiguous_number_is_left_empty_and_said() -> None:
    text = 'date,distance,time,ascent_m\n2026-03-01,half,2:00:00,"1,414"\n'
    imported = read(TIDY_RACES, text)
    assert imported.races["ascent_m"].isna().all()
    assert "can be read in two ways" in imported.notes[0].message


def test_between_semicolons_commas_are_decimal() -> None:
    text = "date;distance;time;temperature_c\n2026-03-01;half;2:00:00;-3,125\n"
    assert read(TIDY_RACES, text).races["temperature_c"].tolist() == [-3.125]


def test_runs_are_summaries_with_the_speed_of_their_time() -> None:
    text = (
        "date,time,distance,duration,cadence,gct,shoe\n2026-07-01,07:10,10 km,50:00,168,240,Blue\n"
    )
    (run,) = read(TIDY_RUNS, text).runs.to_dict("records")
    assert run["start_utc"] == pd.Timestamp("2026-07-01 05:10", tz="UTC")
    assert (run["speed_m_s"], run["cadence_spm"], run["ground_contact_ms"]) == (10 / 3, 168, 240)
    assert (run["detail"], run["kind"], run["shoe"]) == ("summary", "unknown", "Blue")


@pytest.mark.parametrize("duration", ["0 s", "0:50", "50:00:00"])
def test_an_impossible_duration_is_left_out_and_said(duration: str) -> None:
    text = "date,distance,duration\n2026-03-01,10 km,50:00\n2026-03-02,10 km,"
    imported = read(TIDY_RUNS, text + duration)
    assert len(imported.runs) == 1
    assert f"line 3: '{duration}' is no time for 10 km" in imported.notes[0].message


@pytest.mark.parametrize("cell", ["²", "1.2.3", "heavy"])
def test_a_load_that_is_no_number_does_not_stop_the_file(cell: str) -> None:
    imported = read(TIDY_SETS, f"date,movement,load\n2026-03-01,Squat,{cell}\n")
    assert imported.sets["load_kg"].isna().all()
    assert "line 2" in imported.notes[0].message


def test_cadence_of_one_foot_is_doubled_and_said() -> None:
    text = (
        "date,distance,duration,cadence_spm\n2026-03-01,10 km,50:00,84\n2026-03-02,5 km,25:00,85\n"
    )
    imported = read(TIDY_RUNS, text)
    assert imported.runs["cadence_spm"].tolist() == [168, 170]
    assert "doubled" in imported.notes[-1].message


def test_walking_cadence_is_left_as_it_is() -> None:
    imported = read(TIDY_RUNS, "date,distance,duration,cadence_spm\n2026-03-01,4 km,60:00,110\n")
    assert imported.runs["cadence_spm"].tolist() == [110]


def test_two_runs_of_a_day_are_two() -> None:
    text = "date,distance,duration\n2026-03-01,5 km,25:00\n2026-03-01,5 km,26:00\n"
    assert read(TIDY_RUNS, text).runs["run_id"].is_unique


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.kind)
def test_a_file_without_a_good_row_is_refused_with_the_reason(importer: TidyImporter) -> None:
    text = ",".join(REQUIRED[importer.kind]) + "\nsoon" + ",x" * (len(REQUIRED[importer.kind]) - 1)
    with pytest.raises(UnreadableFileError, match="line 2: 'soon' is no date"):
        read(importer, text)


CELLS = st.text(st.characters(codec="utf-8"), max_size=10) | st.sampled_from(
    ["2026-03-01", "3/4/2026", "5k", "half", "1:35:20", "185 lb", "8,5", "-3", "0", "x" * 99, "=1"]
)


@settings(deadline=None)
@given(st.data(), st.sampled_from(IMPORTERS), st.sampled_from(",;\t"))
def test_any_cells_are_tables_or_an_error_of_ours(
    data: st.DataObject, importer: TidyImporter, delimiter: str
) -> None:
    columns = list(COLUMNS[importer.kind])
    rows = data.draw(st.lists(st.lists(CELLS, max_size=len(columns)), max_size=4))
    text = "\n".join(delimiter.join(cells) for cells in [columns, *rows])
    try:
        imported = read(importer, text)
    except RunAnalyticsError:
        return
    assert any(len(getattr(imported, name)) for name in Imported.TABLES)


@pytest.mark.parametrize(
    "header",
    [
        "Date,Exercise,Sets,Reps,Weight (kg),Duration (s)",
        "Datum;Übung;Sätze;Wdh.;Gewicht [kg];Haltezeit (s)",
        "Fecha;Ejercicio;Series;Repeticiones;Peso (kg);Segundos",
        "Date;Exercice;Séries;Répétitions;Charge (kg);Maintien (s)",
        "Data;Esercizio;Serie;Ripetizioni;Carico (kg);Tenuta (s)",
        "Data;Exercício;Séries;Repetições;Carga (kg);Isometria (s)",
        "Datum;Oefening;Sets;Herhalingen;Gewicht (kg);Seconden",
        "日付;種目;セット数;回数;重量 (kg);秒",
    ],
)
def test_headers_of_any_language_with_their_units(header: str) -> None:
    delimiter = ";" if ";" in header else ","
    rows = (["2026-01-05", "Squat", "3", "5", "60", ""], ["2026-01-05", "Plank", "2", "", "", "45"])
    sets = read(TIDY_SETS, "\n".join([header, *(delimiter.join(row) for row in rows)])).sets
    assert sets["n_sets"].tolist() == [3, 2]
    assert sets["reps"].tolist()[0] == 5
    assert sets["load_kg"].tolist()[0] == 60
    assert sets["hold_s"].tolist()[1] == 45


def test_the_number_of_a_set_is_not_the_number_of_sets() -> None:
    imported = read(TIDY_SETS, "date,exercise,set,reps\n2026-01-05,Squat,3,5\n")
    assert imported.sets["n_sets"].tolist() == [1]
    assert imported.rows.unread_columns == ("set",)


def test_a_column_that_looks_like_a_load_stops_the_file_with_a_question() -> None:
    with pytest.raises(MissingColumnError, match="'Weight left' looks like a load"):
        read(TIDY_SETS, "date,exercise,reps,Weight left\n2026-01-05,Lunge,5,12 kg\n")


@pytest.mark.parametrize(
    ("cells", "sets"),
    [
        ("3,10/10,", [(3, 10, "both")]),
        (',"10,8,6",', [(1, 10, None), (1, 8, None), (1, 6, None)]),
        ("3x10,,", [(3, 10, None)]),
        ("3,10,left", [(3, 10, "left")]),
    ],
)
def test_amounts_as_people_write_them(
    cells: str, sets: list[tuple[int, float, str | None]]
) -> None:
    table = read(TIDY_SETS, f"date,movement,sets,reps,side\n2026-01-05,Lunge,{cells}\n").sets
    side = table["side"].astype(object).where(table["side"].notna(), None)
    assert list(zip(table["n_sets"], table["reps"], side, strict=True)) == sets


def test_loads_of_a_list_go_with_the_repetitions_of_one() -> None:
    row = '2026-01-05,Squat,"5,5,3","80 kg, 85 kg, 90 kg"'
    sets = read(TIDY_SETS, f"date,movement,reps,load\n{row}\n").sets
    assert sets[["reps", "load_kg"]].to_numpy().tolist() == [[5, 80], [5, 85], [3, 90]]


def test_a_second_table_below_the_first_counts_what_both_have_once() -> None:
    rows = "2026-01-05,Squat,3\n2026-01-05,Squat,3\n"
    text = f"date,movement,sets\n{rows}date,movement,sets\n{rows}2026-01-08,Squat,3\n"
    imported = read(TIDY_SETS, text)
    assert len(imported.sets) == 3
    assert imported.rows.left_out == {"repeated": 2, "lines of column names": 1}


@pytest.mark.parametrize(
    ("name", "sets"),
    [
        ("A-skips 3x30 m", [(3, None, None, 30.0)]),
        ("Lunges 3x12 each side", [(3, 12.0, None, None)]),
        ("Plank 2 x 45 s", [(2, None, 45.0, None)]),
        ("Hip thrust 10/8/6", [(1, 10.0, None, None), (1, 8.0, None, None), (1, 6.0, None, None)]),
        ("6 strides", [(6, None, None, None)]),
    ],
)
def test_a_name_holds_the_sets_that_no_cell_states(
    name: str, sets: list[tuple[int, float | None, float | None, float | None]]
) -> None:
    found = read(TIDY_SETS, f"date,movement\n2026-03-01,{name}\n").sets
    amounts = found[["n_sets", "reps", "hold_s", "distance_m"]].astype(object)
    rows = amounts.where(amounts.notna(), None).itertuples(index=False)
    assert [tuple(row) for row in rows] == sets
    stated = read(TIDY_SETS, f"date,movement,sets,reps\n2026-03-01,{name},4,5\n").sets
    assert stated[["n_sets", "reps"]].to_numpy().tolist() == [[4, 5.0]]
