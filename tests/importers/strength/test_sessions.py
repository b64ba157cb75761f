from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.importers.strength.sessions import (
    LONGEST_SESSION_S,
    LoggedSession,
    LoggedSet,
    spans,
    strength_tables,
)
from runanalytics.units import Load

DAY = dt.datetime(2026, 1, 5, 18)


def session(*names: str, day: int = 0) -> LoggedSession:
    return LoggedSession(DAY + dt.timedelta(days=day), sets=[LoggedSet(name) for name in names])


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["Squat"], "strength"),
        (["Box jump", "Plank"], "strength"),
        (["A-skip", "High knees"], "technique"),
        (["A-skip", "Squat"], "mixed"),
        (["Flurgle"], "strength"),
        (["Flurgle", "A-skip"], "technique"),
        (["Flurgle", "Squat"], "strength"),
        (["Strides"], "technique"),
        (["Strides", "Squat"], "mixed"),
        (["Yoga"], "other"),
        (["Yoga", "Flurgle"], "other"),
        (["Treadmill", "Squat"], "strength"),
        (["Treadmill", "A-skip"], "technique"),
        (["Warm up", "Flurgle"], "strength"),
    ],
)
def test_what_was_done_makes_the_kind_of_session(names: list[str], kind: str) -> None:
    assert strength_tables("app", [session(*names)], "UTC").sessions["kind"].tolist() == [kind]


def test_unknown_names_alone_are_what_their_source_says() -> None:
    of_a_table = strength_tables("tidy", [session("Flurgle")], "UTC", "unknown")
    assert of_a_table.sessions["kind"].tolist() == ["unknown"]
    assert of_a_table.log_spans.empty
    drills = strength_tables("tidy", [session("Flurgle", "A-skip")], "UTC", "unknown")
    assert drills.sessions["kind"].tolist() == ["technique"]


def test_a_stated_kind_stands_and_a_session_needs_no_sets() -> None:
    imported = strength_tables("app", [LoggedSession(DAY, kind="technique")], "UTC")
    assert imported.sessions["kind"].tolist() == ["technique"]
    assert len(imported.sets) == 0


@pytest.mark.parametrize(
    ("name", "load", "kind", "load_kg"),
    [
        ("Squat (Barbell)", Load(80, "kg"), "external", 80),
        ("Squat (Barbell)", None, None, None),
        ("Squat", Load(0, "kg"), "bodyweight", None),
        ("Box jump", None, "bodyweight", None),
        ("Push Up", None, "bodyweight", None),
        ("Weighted Plank", None, None, None),
        ("Pull Up", Load(10, "kg"), "external", 10),
        ("Chin Up (Assisted)", Load(20, "kg"), "assisted", 20),
    ],
)
def test_what_a_load_is(name: str, load: Load | None, kind: str | None, load_kg: float) -> None:
    logged = LoggedSession(DAY, sets=[LoggedSet(name, load=load)])
    (row,) = strength_tables("app", [logged], "UTC").sets.to_dict("records")
    found = None if pd.isna(row["load_kind"]) else row["load_kind"]
    assert found == kind
    assert row["load_kg"] == load_kg or (load_kg is None and pd.isna(row["load_kg"]))


def test_names_without_a_movement_are_listed_with_their_sets() -> None:
    imported = strength_tables("app", [session("Flurgle", "Flurgle", "Squat")], "UTC")
    assert imported.sets["movement"].isna().tolist() == [True, True, False]
    (note,) = imported.notes
    assert "'Flurgle' (2)" in note.message


def test_many_unmatched_names_are_counted_after_the_first_few() -> None:
    names = [f"Flurgle {letter * 5}" for letter in "bcdfghj"]
    (note,) = strength_tables("app", [session(*names)], "UTC").notes
    assert note.message.endswith("and 2 more")


@pytest.mark.parametrize("name", ["Running", "Running (Treadmill)", "Cycling", "Rowing (Machine)"])
def test_endurance_work_is_kept_and_makes_no_session_of_strength(name: str) -> None:
    imported = strength_tables("app", [session("Squat", name), session(name, day=1)], "UTC")
    assert imported.sets["name_as_logged"].tolist() == ["Squat", name, name]
    assert imported.sessions["kind"].tolist() == ["strength", "other"]
    assert imported.notes[-1].message.endswith(": 2 endurance")


def test_brackets_are_part_of_a_name() -> None:
    names = ["Rowing (Barbell)", "Rowing (Machine)"]
    movements = strength_tables("app", [session(*names)], "UTC").sets["movement"]
    assert movements.tolist() == ["bent_over_row", "rowing_machine"]


# The first name takes longer: it loads the words of all languages.
@settings(deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["Squat", "A-skip", "Strides", "Yoga", "Bike", "Flurgle", "Rest"]),
            max_size=4,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_row_is_kept_and_logs_are_opened_by_work_of_their_own_kind(
    logged: list[list[str]],
) -> None:
    sessions = [session(*names, day=day) for day, names in enumerate(logged)]
    imported = strength_tables("app", sessions, "UTC")
    assert len(imported.sessions) == len(logged)
    assert imported.sets["name_as_logged"].tolist() == [name for names in logged for name in names]
    opened = set(imported.log_spans["what"])
    done = {name for names in logged for name in names}
    unnamed = any(set(names) <= {"Flurgle"} for names in logged)
    assert ("technique" in opened) == bool(done & {"A-skip", "Strides"})
    assert ("mobility" in opened) == ("Yoga" in done)
    assert ("endurance" in opened) == ("Bike" in done)
    if "Squat" not in done and "Flurgle" not in done and not unnamed:
        assert "strength" not in opened


@pytest.mark.parametrize(
    ("duration_s", "kept"), [(LONGEST_SESSION_S, True), (LONGEST_SESSION_S + 1, False), (0, False)]
)
def test_only_plausible_durations_are_kept(duration_s: float, kept: bool) -> None:
    logged = LoggedSession(DAY, sets=[LoggedSet("Squat")], duration_s=duration_s)
    found = strength_tables("app", [logged], "UTC").sessions["duration_s"]
    assert found.notna().tolist() == [kept]


def test_sessions_alike_have_identifiers_of_their_own() -> None:
    twice = strength_tables("app", [session("Squat"), session("Squat")], "UTC")
    assert twice.sessions["session_id"].is_unique
    other = strength_tables("other", [session("Squat")], "UTC")
    assert set(other.sessions["session_id"]).isdisjoint(twice.sessions["session_id"])


def test_identifiers_do_not_depend_on_the_zone() -> None:
    here, there = (
        strength_tables("app", [session("Squat")], zone).sessions for zone in ("UTC", "Asia/Tokyo")
    )
    assert here["session_id"].tolist() == there["session_id"].tolist()
    assert here["start_utc"].tolist() != there["start_utc"].tolist()


def test_spans_reach_from_the_first_to_the_last_day_of_each_kind() -> None:
    days = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"])
    sessions = pd.DataFrame(
        {
            "session_id": ["a", "b", "c"],
            "kind": ["technique", "mixed", "strength"],
            "local_date": days,
        }
    )
    sets = pd.DataFrame({"session_id": ["b", "c"], "movement": ["yoga", None], "category": None})
    found = spans("app", sessions, sets).set_index("what")
    assert found.loc["mobility", ["first_date", "last_date"]].tolist() == [days[1], days[1]]
    assert found.loc["technique", ["first_date", "last_date"]].tolist() == [days[0], days[1]]
    assert found.loc["strength", ["first_date", "last_date"]].tolist() == [days[1], days[2]]


def loads(*kilograms: float) -> list[LoggedSession]:
    return [
        LoggedSession(
            DAY + dt.timedelta(days=number),
            sets=[LoggedSet("Squat", load=Load(20, "kg")), LoggedSet("Squat", load=Load(kg, "kg"))],
        )
        for number, kg in enumerate(kilograms)
    ]


@pytest.mark.parametrize("kilograms", [(50, 50, 52, 110, 112, 115), (110, 110, 115, 50, 50, 50)])
def test_a_jump_by_pounds_per_kilogram_is_flagged(kilograms: tuple[float, ...]) -> None:
    (note,) = strength_tables("app", loads(*kilograms), "UTC").notes
    assert "'Squat' change 2.2-fold on 2026-01-08" in note.message


@pytest.mark.parametrize("kilograms", [(50, 55, 60, 70, 80, 110), (50, 50, 110), (50, 50, 50) * 3])
def test_training_on_is_not_flagged(kilograms: tuple[float, ...]) -> None:
    assert strength_tables("app", loads(*kilograms), "UTC").notes == []


@pytest.mark.parametrize(
    ("logged", "reps", "hold_s", "distance_m", "side"),
    [
        (LoggedSet("Fly 30 m"), None, None, 30.0, None),
        (LoggedSet("Side plank (each side) 45 s"), None, 45.0, None, "both"),
        (LoggedSet("Lunges x 12 per leg"), 12.0, None, None, "both"),
        (LoggedSet("Kniebeuge 3x10"), 10.0, None, None, None),
        # What the row says outranks it.
        (LoggedSet("Fly 30 m", distance_m=40.0), None, None, 40.0, None),
        (LoggedSet("Plank 60 s", reps=3), 3.0, None, None, None),
        (LoggedSet("Leg press - left", reps=8, side="right"), 8.0, None, None, "right"),
        # A straight bar is no side, and several repetitions are not one number.
        (LoggedSet("Curl barre droite"), None, None, None, None),
        (LoggedSet("Hip thrust 8,8,6"), None, None, None, None),
        # A height or an angle is no number of repetitions.
        (LoggedSet("Box jump 24 in"), None, None, None, None),
        (LoggedSet("Romanian deadlift 45°"), None, None, None, None),
    ],
    ids=lambda value: value.name if isinstance(value, LoggedSet) else None,
)
def test_a_name_says_what_its_row_does_not(
    logged: LoggedSet,
    reps: float | None,
    hold_s: float | None,
    distance_m: float | None,
    side: str | None,
) -> None:
    row = strength_tables("app", [LoggedSession(DAY, sets=[logged])], "UTC").sets.iloc[0]
    found = [None if pd.isna(row[name]) else row[name] for name in ("reps", "hold_s", "distance_m")]
    assert found == [reps, hold_s, distance_m]
    assert (None if pd.isna(row["side"]) else row["side"]) == side
    assert row["n_sets"] == 1


@pytest.mark.parametrize(
    ("load", "load_kg"),
    [(None, 60.0), (Load.from_logged(62.5, "kg"), 62.5), (Load(0.0, "kg"), None)],
)
def test_a_load_in_a_name_counts_where_the_row_states_none(
    load: Load | None, load_kg: float | None
) -> None:
    logged = LoggedSet("Kniebeugen mit 60 kg", reps=8, load=load)
    row = strength_tables("app", [LoggedSession(DAY, sets=[logged])], "UTC").sets.iloc[0]
    assert row["load_kg"] == load_kg if load_kg else pd.isna(row["load_kg"])
