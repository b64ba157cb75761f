from __future__ import annotations

import math
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runanalytics.errors import RunAnalyticsError, UnitError, UsageError
from runanalytics.units import (
    MARATHON_M,
    MILE_M,
    POUND_KG,
    Load,
    distance_text,
    duration_text,
    length_unit,
    load_text,
    load_unit,
    pace_text,
    parse_distance,
    parse_duration,
    parse_load,
    parse_pace,
)
from runanalytics.units.numerals import parse_number

SYSTEMS = ("metric", "imperial")
PARSERS = (parse_pace, parse_distance, parse_duration, parse_load, parse_number)


@pytest.mark.parametrize(
    ("text", "speed_m_s"),
    [
        ("5:00/km", 1000 / 300),
        ("5:00 /km", 1000 / 300),
        ("5:00 min/km", 1000 / 300),
        ("5:00 per km", 1000 / 300),
        ("5’00”/km", 1000 / 300),
        ("5 min/km", 1000 / 300),
        ("8:03/mi", MILE_M / 483),
        ("8:03\u00a0/mile", MILE_M / 483),
        ("1:05:00/mi", MILE_M / 3900),
        ("3.33 m/s", 3.33),
        ("3,33 m/s", 3.33),
        ("12 km/h", 12 / 3.6),
        ("7.5mph", 7.5 * MILE_M / 3600),
    ],
)
def test_pace_of_each_spelling(text: str, speed_m_s: float) -> None:
    assert parse_pace(text) == pytest.approx(speed_m_s, rel=1e-12)


def test_bare_pace_is_refused_and_says_both_ways_to_write_it() -> None:
    with pytest.raises(UnitError, match=r"write 5:00/km or 5:00/mi"):
        parse_pace("5:00")


@pytest.mark.parametrize(("system", "length_m"), [("metric", 1000.0), ("imperial", MILE_M)])
def test_bare_pace_in_a_stated_system(system: str, length_m: float) -> None:
    assert parse_pace("5:00", system) == length_m / 300


@pytest.mark.parametrize("text", ["", "fast", "5:60/km", "0:00/km", "0 km/h", "5:00/lap", "/km"])
def test_no_pace(text: str) -> None:
    with pytest.raises(UnitError):
        parse_pace(text)


@settings(deadline=None)
@given(st.integers(1, 5999), st.sampled_from(SYSTEMS))
def test_pace_text_round_trips_to_the_second(seconds: int, system: str) -> None:
    text = f"{seconds // 60}:{seconds % 60:02d}/{length_unit(system)}"
    assert pace_text(parse_pace(text), system) == text


@settings(deadline=None)
@given(st.floats(0.05, 13), st.sampled_from(SYSTEMS))
@example(1000 / 299.6, "metric")
@example(1000 / 299.5, "metric")
def test_pace_text_carries_seconds_into_minutes(speed_m_s: float, system: str) -> None:
    minutes, seconds = re.fullmatch(
        r"(\d+):(\d\d)/(?:km|mi)", pace_text(speed_m_s, system)
    ).groups()
    length_m = 1000 if system == "metric" else MILE_M
    assert int(seconds) < 60
    assert abs(int(minutes) * 60 + int(seconds) - length_m / speed_m_s) <= 0.5


@pytest.mark.parametrize(
    ("text", "distance_m"),
    [
        ("5k", 5000),
        ("5K", 5000),
        ("10 km", 10_000),
        ("10,5 km", 10_500),
        ("26.2 mi", 26.2 * MILE_M),
        ("400 m", 400),
        ("400m", 400),
        ("440 yd", 402.336),
        ("1,234.5 m", 1234.5),
        ("1 500 m", 1500),
        ("half", MARATHON_M / 2),
        ("Half Marathon", MARATHON_M / 2),
        ("HM", MARATHON_M / 2),
        ("marathon", MARATHON_M),
        ("mile", MILE_M),
        ("1 mile", MILE_M),
    ],
)
def test_distance_of_each_spelling(text: str, distance_m: float) -> None:
    assert parse_distance(text) == pytest.approx(distance_m, rel=1e-12)


@pytest.mark.parametrize(
    "text", ["", "10", "0 km", "far", "5 laps", "-5 km", "42,195 km", "1,2.3 km"]
)
def test_no_distance(text: str) -> None:
    with pytest.raises(UnitError):
        parse_distance(text)


def test_bare_distance_takes_a_unit_that_is_stated_elsewhere() -> None:
    assert parse_distance("10", "km") == 10_000
    assert parse_distance("10 mi", "km") == 10 * MILE_M


@pytest.mark.parametrize(
    ("distance_m", "system", "text"),
    [
        (0, "metric", "0 m"),
        (400, "metric", "400 m"),
        (999.4, "metric", "999 m"),
        (999.5, "metric", "1 km"),
        (10_000, "metric", "10 km"),
        (42_195, "metric", "42.2 km"),
        (MILE_M, "imperial", "1 mi"),
        (MARATHON_M, "imperial", "26.22 mi"),
        (100 * 0.9144, "imperial", "100 yd"),
        (math.nan, "metric", "–"),
    ],
)
def test_distance_text(distance_m: float, system: str, text: str) -> None:
    assert distance_text(distance_m, system) == text


@settings(deadline=None)
@given(st.floats(1, 1e6), st.sampled_from(SYSTEMS))
def test_distance_text_reads_back_as_near_as_it_says(distance_m: float, system: str) -> None:
    step_m = 0.005 * (1000 if system == "metric" else MILE_M)
    read = parse_distance(distance_text(distance_m, system))
    assert abs(read - distance_m) <= step_m * (1 + 1e-6)


@pytest.mark.parametrize(
    ("text", "duration_s"),
    [
        ("1:35:20", 5720),
        ("35:20", 2120),
        ("100:00", 6000),
        ("0:40", 40),
        ("1:35:20.5", 5720.5),
        ("12:03,25", 723.25),
        ("40 s", 40),
        ("40s", 40),
        ("90 min", 5400),
        ("1.5 h", 5400),
        ("1,5 h", 5400),
        ("15h 46m", 56_760),
        ("1h5m3s", 3903),
        ("1 hour 5 minutes 3 seconds", 3903),
        ("4'05\"", 245),
    ],
)
def test_duration_of_each_spelling(text: str, duration_s: float) -> None:
    assert parse_duration(text) == duration_s


@pytest.mark.parametrize(
    "text",
    ["", "40", "1:75:20", "35:60", "5m 1h", "1h 1h", "1h 5", "soon", "5:0", "-40 s", "5 lb"],
)
def test_no_duration(text: str) -> None:
    with pytest.raises(UnitError):
        parse_duration(text)


@settings(deadline=None)
@given(st.integers(0, 10**7))
def test_duration_text_round_trips(seconds: int) -> None:
    assert parse_duration(duration_text(seconds)) == seconds


@settings(deadline=None)
@given(st.floats(0, 1e6))
@example(59.5)
@example(3599.5)
def test_duration_text_never_shows_sixty(seconds: float) -> None:
    parts = [int(part) for part in duration_text(seconds).split(":")]
    assert all(part < 60 for part in parts[1:])


@pytest.mark.parametrize(
    ("text", "kg", "unit"),
    [
        ("185 lb", 83.91458845, "lb"),
        ("185LBS", 83.91458845, "lb"),
        ("80kg", 80, "kg"),
        ("8,5 kg", 8.5, "kg"),
        ("74.99999999999999 kg", 75, "kg"),
        ("0 kg", 0, "kg"),
    ],
)
def test_load_of_each_spelling(text: str, kg: float, unit: str) -> None:
    assert parse_load(text) == Load(kg, unit)


@pytest.mark.parametrize("text", ["", "80", "heavy", "80 stone", "-5 kg", "1,500 kg", "3 10 kg"])
def test_no_load(text: str) -> None:
    with pytest.raises(UnitError):
        parse_load(text)


def test_bare_load_takes_a_unit_that_is_stated_elsewhere() -> None:
    assert parse_load("100", "lb").kg == pytest.approx(100 * POUND_KG, abs=1e-9)
    assert parse_load("100 kg", "lb") == Load(100, "kg")


@settings(deadline=None)
@given(st.integers(0, 8_000), st.sampled_from(("kg", "lb")))
def test_loads_round_trip_exactly_in_their_own_unit(eighths: int, unit: str) -> None:
    amount = eighths / 8
    load = Load.from_logged(amount, unit)
    assert load.as_logged == amount
    assert parse_load(f"{load.as_logged} {unit}") == load


@settings(deadline=None)
@given(st.integers(0, 100_000), st.sampled_from(("kg", "lb")))
def test_load_text_round_trips_to_a_hundredth(hundredths: int, unit: str) -> None:
    load = Load.from_logged(hundredths / 100, unit)
    assert parse_load(load_text(load.kg, unit)) == load


@pytest.mark.parametrize("bad", [-1.0, math.inf])
def test_texts_of_impossible_quantities_are_refused(bad: float) -> None:
    for text in (pace_text, distance_text, duration_text, load_text):
        with pytest.raises(UnitError):
            text(bad)
    with pytest.raises(UnitError):
        Load.from_logged(bad, "kg")


def test_missing_is_shown_as_a_dash_and_standing_still_has_no_pace() -> None:
    assert {text(math.nan) for text in (pace_text, distance_text, duration_text, load_text)} == {
        "–"
    }
    with pytest.raises(UnitError):
        pace_text(0.0)
    with pytest.raises(UnitError):
        pace_text(5e-324)


def test_unknown_systems_and_units_are_named() -> None:
    with pytest.raises(UsageError, match=r"'furlong'.*metric, imperial"):
        pace_text(3.0, "furlong")
    with pytest.raises(UsageError, match="metric, imperial"):
        parse_pace("5:00", "")
    with pytest.raises(UsageError, match="kg, lb"):
        Load.from_logged(5, "stone")
    assert [load_unit(system) for system in SYSTEMS] == ["kg", "lb"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8,5", 8.5),
        ("0,500", 0.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1_234_567),
        ("12 345,6", 12_345.6),
        ("1.414", 1.414),
        ("007", 7),
    ],
)
def test_number_of_each_style(text: str, number: float) -> None:
    assert parse_number(text) == number


def test_comma_before_three_digits_is_asked_about_unless_told() -> None:
    with pytest.raises(UnitError, match=r"write 1500 or 1\.500"):
        parse_number("1,500")
    assert parse_number("1,500", comma="thousands") == 1500
    assert parse_number("1,500", comma="decimal") == 1.5


@pytest.mark.parametrize("text", ["", "1.2.3", "1,2,3", "12 34", "1.23,4,5", "1e5", "٣", "9" * 400])
def test_no_number(text: str) -> None:
    with pytest.raises(UnitError):
        parse_number(text)


@settings(deadline=None)
@given(
    st.text(max_size=40)
    | st.text("0123456789:.,hms kglbi/'\"", max_size=12)
    | st.builds(
        "{}{}{}".format,
        st.floats(allow_nan=True),
        st.sampled_from(["", " "]),
        st.sampled_from(["kg", "lb", "km", "mi", "/km", "s", "h", "km/h", "k"]),
    )
)
def test_any_text_is_a_finite_quantity_or_an_error_of_ours(text: str) -> None:
    for parse in PARSERS:
        try:
            read = parse(text)
        except RunAnalyticsError:
            continue
        number = read.kg if isinstance(read, Load) else read
        assert math.isfinite(number)
        assert number >= 0


def test_long_texts_are_cut_short_in_messages() -> None:
    with pytest.raises(UnitError) as caught:
        parse_distance("x" * 5000)
    assert len(str(caught.value)) < 300
