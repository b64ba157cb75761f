"""What every export of a strength app is read through."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import RunAnalyticsError
from runanalytics.importers.contract import Importer, ReadOptions
from runanalytics.importers.strength.fitbod import FITBOD
from runanalytics.importers.strength.fitnotes import FITNOTES
from runanalytics.importers.strength.hevy import HEVY
from runanalytics.importers.strength.jefit import JEFIT
from runanalytics.importers.strength.log_importer import unit_in_name
from runanalytics.importers.strength.strong import STRONG
from runanalytics.importers.strength.stronglifts import STRONGLIFTS

HEADERS: list[tuple[Importer, str]] = [
    (HEVY, "title,start_time,end_time,exercise_title,set_index,set_type,weight_kg,reps,rpe"),
    (HEVY, "start_time,exercise_title,set_index,set_type,weight_lbs,reps,distance_miles"),
    (STRONG, "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds"),
    (FITBOD, "Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),isWarmup,Note,multiplier"),
    (FITNOTES, "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time"),
    (FITNOTES, "Date,Exercise,Category,Weight (kg),Weight (lbs),Reps,Time,Notes,Kind"),
    (STRONGLIFTS, "Date (yyyy/mm/dd),Workout,Exercise,Set 1 (Reps),Set 1 (KG),Set 2 (Reps)"),
    (JEFIT, "### EXERCISE LOGS ###\n_id,mydate,ename,logs,belongsession"),
]
CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        *("2026-01-05", "2026-01-05 17:02:11 +0000", "7 Apr 2024, 16:34", "Apr 2, 2026, 1:29 PM"),
        *("Squat (Barbell)", "Plank", "Running", "1", "W", "normal", "true", "kgs", "lbs", "km"),
        *("8,5", "-20", "1e9", "15h 46m", "0:01:00", "60x10", '"60x10,65x8"', '"', "=1", "\n"),
    ]
)


@pytest.mark.parametrize(("importer", "header"), HEADERS, ids=lambda one: str(one)[:24])
@settings(deadline=None, max_examples=40)
@given(rows=st.lists(st.lists(CELLS, max_size=11), max_size=6))
def test_any_cells_are_tables_or_an_error_of_ours(
    importer: Importer, header: str, rows: list[list[str]]
) -> None:
    data = "\n".join([header, *(",".join(cells) for cells in rows)]).encode()
    try:
        imported = importer.read(data, ReadOptions(timezone="UTC", units="metric"))
    except RunAnalyticsError:
        return
    assert imported.sessions["session_id"].is_unique
    assert set(imported.sets["session_id"]) <= set(imported.sessions["session_id"])


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        *(("weight_(kg)", "kg"), ("weight(lbs)", "lbs"), ("weight_lbs", "lbs")),
        *(("set_1_(lb)", "lb"), ("duration_(hours)", "hours"), ("distance_miles", "miles")),
        *(("weight", ""), ("weight_unit", ""), ("workout_duration", ""), ("", "")),
    ],
)
def test_a_column_states_its_unit(column: str, unit: str) -> None:
    assert unit_in_name(column) == unit
