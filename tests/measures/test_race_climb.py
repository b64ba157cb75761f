"""Which ascents of races are believed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import SchemaError
from runanalytics.measures.race_climb import MOST_M_PER_KM, believable_ascent
from runanalytics.schema.tables import COURSES


def told(**columns: object) -> tuple[float, str]:
    races = pd.DataFrame({"distance_m": 10_000.0, **columns}, index=[5])
    found = believable_ascent(races).fillna({"reason": ""})
    assert found.index.tolist() == [5]
    return float(found["ascent_m"].iloc[0]), str(found["reason"].iloc[0])


#: Public courses: kind, distance (m), ascent (m), a good time (s).
KNOWN = {
    "Fully vertical kilometre": ("trail", 1_920.0, 1_000.0, 1_733.0),
    "Mount Washington": ("trail", 12_230.0, 1_420.0, 3_600.0),
    "Pikes Peak ascent": ("trail", 21_400.0, 2_382.0, 7_600.0),
    "Zegama": ("trail", 42_195.0, 2_736.0, 13_200.0),
    "UTMB": ("trail", 171_000.0, 10_000.0, 71_000.0),
    "Comrades, up": ("road", 87_000.0, 1_800.0, 20_000.0),
    "Big Sur": ("road", 42_195.0, 665.0, 8_400.0),
    "flat 10 km": ("road", 10_000.0, 30.0, 1_600.0),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_courses_are_believed(name: str) -> None:
    course, distance_m, ascent_m, time_s = KNOWN[name]
    assert told(course=course, distance_m=distance_m, ascent_m=ascent_m, time_s=time_s) == (
        ascent_m,
        "",
    )


@pytest.mark.parametrize(
    ("course", "ascent_m", "said"),
    [
        ("road", 700.0, "70 m/km of ascent, and road courses have up to 60"),
        ("track", 60.0, "6 m/km of ascent, and track courses have up to 5"),
        ("treadmill", 600.0, "60 m/km of ascent, and treadmill courses have up to 5"),
        ("obstacle", 1_850.0, "185 m/km of ascent, and obstacle courses have up to 120"),
        ("trail", 1_600.0, "160 m/km of ascent, and trail courses have up to 150"),
        (None, 1_600.0, "160 m/km of ascent, and courses have up to 150"),
    ],
)
def test_more_than_such_courses_have_is_not(course: str | None, ascent_m: float, said: str) -> None:
    believed, reason = told(course=course, ascent_m=ascent_m)
    assert np.isnan(believed)
    assert reason == said


def test_what_nobody_climbs_in_the_time_is_not_believed() -> None:
    believed, reason = told(course="trail", ascent_m=1_400.0, time_s=2_300.0)
    assert np.isnan(believed)
    assert reason == "2,191 m of ascent an hour, and nobody climbs as fast"


def test_a_race_without_its_climb_is_no_better_than_any_ever_run() -> None:
    believed, reason = told(course="trail", ascent_m=1_000.0, time_s=1_800.0)
    assert np.isnan(believed)
    assert reason == "without that climb it would be the best race ever run"
    assert told(course="trail", ascent_m=1_000.0, time_s=3_600.0)[0] == 1_000.0


def test_what_is_not_known_stays_missing_without_a_reason() -> None:
    for columns in ({"ascent_m": np.nan}, {"ascent_m": 100.0, "distance_m": np.nan}):
        believed, reason = told(**columns)
        assert np.isnan(believed)
        assert not reason
    assert told(ascent_m=0.0) == (0.0, "")


def test_every_course_has_a_bound_and_columns_are_needed() -> None:
    assert set(MOST_M_PER_KM) == set(COURSES)
    with pytest.raises(SchemaError, match="no column 'ascent_m'"):
        believable_ascent(pd.DataFrame({"distance_m": [1.0]}))
