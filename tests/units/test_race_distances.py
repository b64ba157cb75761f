"""Distances of races as words and numbers, whole cells and within titles."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import UnitError
from runanalytics.units.race_distances import (
    COURSE_LENGTHS_M,
    course_named,
    distance_stated,
    distances_written,
    is_bare,
)
from runanalytics.words import words
from runanalytics.words.phrases import plain


@pytest.mark.parametrize("course", COURSE_LENGTHS_M)
def test_a_name_of_a_course_is_that_course_in_every_language(course: str) -> None:
    names = [name for held in words(f"distances.{course}").values() for name in held]
    assert names
    for name in names:
        assert distances_written(name.strip("*")) == (COURSE_LENGTHS_M[course],), name


@pytest.mark.parametrize(("unit", "length_m"), [("km", 1_000.0), ("mi", 1_609.344)])
def test_units_of_every_language(unit: str, length_m: float) -> None:
    for spellings in words(f"distances.units.{unit}").values():
        for spelling in spellings:
            for text in (f"3 {spelling}", f"3{spelling}", f"3,0 {spelling}"):
                assert distances_written(text) == (3 * length_m,), text
            assert distance_stated(plain(f"Around the lake 3 {spelling}")) == 3 * length_m


@pytest.mark.parametrize(
    ("text", "distances_m"),
    [
        ("5M", (8_046.72,)),
        ("100M", (100.0, 160_934.4)),
        ("3000", (3_000.0,)),
        ("5.000 m", (5_000.0, 8_046.72)),
        ("1 609 m", (1_609.0,)),
        ("60 m", (60.0, 96_560.64)),
    ],
)
def test_what_a_cell_may_mean(text: str, distances_m: tuple[float, ...]) -> None:
    assert distances_written(text) == pytest.approx(distances_m)


@pytest.mark.parametrize("text", ["10", "10.0", "21,1", "13.1", "42.2"])
def test_a_bare_number_is_asked_about(text: str) -> None:
    assert is_bare(text)
    with pytest.raises(UnitError, match=r"has no unit; say --units metric or --units imperial"):
        distances_written(text)
    assert distances_written(text, "km")[0] == pytest.approx(1_000 * float(text.replace(",", ".")))


@pytest.mark.parametrize("text", ["", "tour", "6 hours", "10 kg", "km", "4x400 m"])
def test_what_is_no_distance(text: str) -> None:
    with pytest.raises(UnitError, match="is not a distance"):
        distances_written(text)


def test_nothing_is_a_race_over_no_distance() -> None:
    assert distances_written("0 km") == ()


@pytest.mark.parametrize(
    ("title", "course_m"),
    [
        ("Stadthalbmarathon", 21_097.5),
        ("Viertelmarathon am Fluss", 10_548.75),
        ("Semi-marathon", 21_097.5),
        ("Stadtmarathon", 42_195.0),
        ("第10回ハーフマラソン", 21_097.5),
        ("Seaside parkrun", 5_000.0),
        ("Seaside junior parkrun", 2_000.0),
    ],
)
def test_courses_in_titles(title: str, course_m: float) -> None:
    assert course_named(plain(title)) == course_m


def test_numbers_alone_are_no_distances_in_titles() -> None:
    for title in ("Race 10", "2 km/h", "5kmh", "v1.10 km2", "no. 7"):
        assert math.isnan(course_named(plain(title)))
    assert math.isnan(distance_stated(plain("Race 10")))
    assert math.isnan(distance_stated(plain("5kmh")))


@settings(deadline=None)
@given(st.text(max_size=12) | st.text("0123456789., kmi", max_size=10))
def test_any_text_is_distances_or_an_error_of_ours(text: str) -> None:
    try:
        found = distances_written(text)
    except UnitError:
        return
    assert all(length_m > 0 and math.isfinite(length_m) for length_m in found)
