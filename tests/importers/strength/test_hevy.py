"""Oddities of Hevy's exports, one test each; whole files are in golden/."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import UnitError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.strength.hevy import HEVY
from runanalytics.units import POUND_KG

METRIC = (
    '"title","start_time","end_time","description","exercise_title","superset_id",'
    '"exercise_notes","set_index","set_type","weight_kg","reps","distance_km",'
    '"duration_seconds","rpe"\n'
)
IMPERIAL = METRIC.replace("weight_kg", "weight_lbs").replace("distance_km", "distance_miles")
PARIS = ReadOptions(timezone="Europe/Paris")


def read(*rows: str, header: str = METRIC, options: ReadOptions = PARIS) -> Imported:
    return HEVY.read((header + "\n".join(rows)).encode(), options)


def row(
    name: str = "Squat (Barbell)",
    index: int = 0,
    kind: str = "normal",
    weight: str = "80",
    reps: str = "5",
    *,
    title: str = "Legs",
    start: str = "7 Apr 2024, 16:34",
    end: str = "7 Apr 2024, 17:34",
    superset: str = "",
    distance: str = "",
    seconds: str = "",
    rpe: str = "",
) -> str:
    return (
        f'"{title}","{start}","{end}","","{name}",{superset},"",{index},"{kind}",'
        f"{weight},{reps},{distance},{seconds},{rpe}"
    )


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        ("7 Apr 2024, 16:34", "2024-04-07 14:34"),
        ("7 Apr 2024, 06:04", "2024-04-07 04:04"),
        ("Apr 12, 2026, 12:29 PM", "2026-04-12 10:29"),
        ("Apr 12, 2026, 12:29\u202fAM", "2026-04-11 22:29"),
        ("25 Juli 2026, 14:21", "2026-07-25 12:21"),
        ("3 März 2026, 14:21", "2026-03-03 13:21"),
        ("3 mars 2026, 14:21", "2026-03-03 13:21"),
        ("3 déc. 2025, 14:21", "2025-12-03 13:21"),
        ("3 ene 2026, 14:21", "2026-01-03 13:21"),
        ("3 de fev. de 2026, 14:21", "2026-02-03 13:21"),
        ("2026-01-03 14:21:00", "2026-01-03 13:21"),
    ],
)
def test_each_style_of_date(start: str, utc: str) -> None:
    sessions = read(row(start=start, end="")).sessions
    assert sessions["start_utc"].dt.strftime("%Y-%m-%d %H:%M").tolist() == [utc]


def test_times_are_local_ones() -> None:
    assert read(row()).clock == "local"


@pytest.mark.parametrize(
    ("written", "set_type"),
    [("normal", "normal"), ("warmup", "warmup"), ("failure", "failure"), ("dropset", "drop")],
)
def test_types_of_set(written: str, set_type: str) -> None:
    assert read(row(kind=written)).sets["set_type"].tolist() == [set_type]


def test_an_unknown_type_is_a_normal_set_and_said() -> None:
    imported = read(row(kind="myorep"))
    assert imported.sets["set_type"].tolist() == ["normal"]
    assert "line 2: 'myorep'" in imported.notes[0].message


@pytest.mark.parametrize("pounds", ["185", "22.5", "2.5", "1000", "137.5"])
def test_pounds_come_back_as_they_were_logged(pounds: str) -> None:
    sets = read(row(weight=pounds), header=IMPERIAL).sets
    assert sets["load_unit"].tolist() == ["lb"]
    assert sets["load_kg"][0] == pytest.approx(float(pounds) * POUND_KG, abs=1e-11)
    assert round(sets["load_kg"][0] / POUND_KG, 9) == float(pounds)


def test_distances_in_both_systems() -> None:
    sled = row("Sled Push", distance="0.5", reps="")
    assert read(sled).sets["distance_m"].tolist() == [500.0]
    assert read(sled, header=IMPERIAL).sets["distance_m"].tolist() == [804.672]


def test_with_columns_of_both_units_the_one_that_was_filled_in_counts() -> None:
    both = METRIC.replace('"weight_kg"', '"weight_kg","weight_lbs"')
    sets = read(row(weight=",185"), row(index=1, weight="80,"), header=both).sets
    assert sets["load_unit"].tolist() == ["lb", "kg"]


def test_a_bare_weight_is_asked_about() -> None:
    bare = METRIC.replace("weight_kg", "weight")
    with pytest.raises(UnitError, match=r"'weight' does not say its unit; .*--units"):
        read(row(), header=bare)
    sets = read(row(), header=bare, options=ReadOptions(units="imperial")).sets
    assert sets["load_unit"].tolist() == ["lb"]


@pytest.mark.parametrize(
    "name", ["Pull Up (Assisted)", "Klimmzug (unterstützt)", "Traction (assistée)", "Asistida"]
)
def test_what_an_assisted_exercise_carries_is_help(name: str) -> None:
    assert read(row(name, weight="21")).sets["load_kind"].tolist() == ["assisted"]


def test_a_superset_of_number_0_is_an_exercise_as_any() -> None:
    imported = read(row(superset="0"), row("Plank", superset="0", weight="", reps="", seconds="60"))
    assert imported.sets["movement"].tolist() == ["back_squat", "plank"]
    assert imported.sets["hold_s"].tolist()[1] == 60


def test_two_honest_equal_sets_are_two() -> None:
    assert len(read(row(index=0), row(index=1)).sets) == 2


def test_a_row_that_stands_there_twice_is_one_set_and_said() -> None:
    imported = read(row(index=0), row(index=0), row(index=1))
    assert len(imported.sets) == 2
    assert imported.rows.left_out == {"repeated": 1}


WORKOUT = [row(index=0), row(index=1), row("Plank", weight="", reps="", seconds="60")]


@pytest.mark.parametrize(
    "rows",
    [
        WORKOUT * 2,
        WORKOUT * 3,
        [METRIC.strip(), *WORKOUT],
        [*WORKOUT, row(start="1 Apr 2024, 16:34"), METRIC.strip(), *WORKOUT],
        [*WORKOUT, row(start="1 Apr 2024, 16:34"), *WORKOUT[1:], row(start="1 Apr 2024, 16:34")],
    ],
)
def test_exports_put_together_are_each_workout_once(rows: list[str]) -> None:
    sets = read(*rows).sets
    legs = sets[sets["session_id"] == read(*WORKOUT).sets["session_id"][0]]
    assert legs["name_as_logged"].tolist() == ["Squat (Barbell)", "Squat (Barbell)", "Plank"]


def test_a_workout_renamed_between_two_exports_is_one() -> None:
    old = [text.replace("Legs", "Morning") for text in WORKOUT]
    imported = read(*old, row(start="1 Apr 2024, 16:34"), *WORKOUT)
    assert len(imported.sessions) == 2
    assert imported.sets["session_id"].value_counts().tolist() == [3, 1]


def test_an_exercise_taken_up_again_is_done_again() -> None:
    again = [row(index=0), row(index=1), row("Plank", weight="", reps=""), row(index=0)]
    assert len(read(*again).sets) == 4


def test_identifiers_outlive_longer_exports_and_new_titles() -> None:
    short = read(row())
    long = read(row(start="9 May 2024, 16:34"), row(title="Renamed", end="7 Apr 2024, 18:00"))
    assert short.sessions["session_id"][0] in long.sessions["session_id"].tolist()


def test_a_workout_lasts_from_its_start_to_its_end() -> None:
    assert read(row()).sessions["duration_s"].tolist() == [3600.0]
    assert read(row(end="6 Apr 2024, 17:34")).sessions["duration_s"].isna().all()
    assert read(row(end="8 Apr 2024, 17:34")).sessions["duration_s"].isna().all()


def test_nothing_but_running_is_other_work() -> None:
    imported = read(row("Running", weight="", reps="", distance="5", seconds="1800"))
    assert imported.sessions["kind"].tolist() == ["other"]
    assert imported.log_spans["what"].tolist() == ["endurance"]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["Squat", "Plank"]), st.integers(0, 2)), min_size=1),
    st.integers(2, 3),
)
def test_a_file_put_to_itself_is_the_same_file(sets: list[tuple[str, int]], times: int) -> None:
    rows = [row(name, index) for name, index in sets]
    other = row(start="1 Apr 2024, 16:34")
    once, often = read(*rows, other), read(*[*rows, other] * times)
    assert once.sets.equals(often.sets)
