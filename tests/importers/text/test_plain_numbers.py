"""Numbers that are none: no source takes one without a note."""

from __future__ import annotations

import itertools
import math
import time
from pathlib import Path

import numpy as np
import pytest

from runanalytics import schema
from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.registry import read_bytes
from runanalytics.importers.text.json_document import read_json
from runanalytics.importers.text.plain_numbers import numbers_in, plain_number

GOLDEN = Path(__file__).parents[1] / "golden"

#: What `float` takes for a number, or what is too large to be one.
ODD = ["1e999", "-inf", "Infinity", "1_000", "１２", "٣", "9" * 400, "0x1A"]
JSON_ODD = ["1e999", "-1e999", "NaN", "Infinity", "9" * 400, "9" * 5000]

#: File -> a text with a number that is read, the number in braces.
PLACES = {
    "gpx_strava.gpx": ["<tp:hr>{150}<", "<ele>{12.7}<", 'lat="{-8.0451865}"'],
    "tcx_garmin.tcx": [
        "<Value>{140}<",
        "<TotalTimeSeconds>{81}<",
        "<DistanceMeters>{243}<",
        "<ns3:Watts>{240}<",
    ],
    "stryd.csv": ["\n1772353802,1.1,0.9,0,1.1,0.95,2.00,0.95,12.25,0.16,{1020},"],
    "strava_english.csv": [",1830.0,1800.0,{5020.4},", ",{152.4},", ",{-2.0},"],
    "apple_health.xml": [
        'value="{231}"',
        'duration="{30}" durationUnit="min" totalDistance="3.1"',
        'totalDistance="{3.1}"',
        'sum="{0.36}"',
    ],
    "tidy_runs.csv": [",50:00,{168},", "{251.5}", ",{150},"],
    "tidy_sets.csv": [";3;{20};", ";{40};"],
    "hevy_metric.csv": ['"normal",{82.5},5', '"normal",82.5,{5}'],
    "garmin_csv_english.csv": ['"{244}","50.6%', '"{137}"'],
}


def read_golden(name: str, text: str) -> Imported:
    options = ReadOptions(timezone="Europe/Paris")
    return read_bytes(name, text.encode(), options)[1]


def messages(imported: Imported) -> set[str]:
    return {note.message for note in imported.notes}


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, places in PLACES.items() for place in places]
)
def test_no_source_takes_what_is_no_number_without_a_note(name: str, place: str) -> None:
    text = (GOLDEN / name).read_text(encoding="utf-8")
    before = messages(read_golden(name, text))
    head, rest = place.split("{")
    number, tail = rest.split("}")
    assert f"{head}{number}{tail}" in text
    for odd in ODD:
        edited = read_golden(name, text.replace(f"{head}{number}{tail}", f"{head}{odd}{tail}", 1))
        assert messages(edited) - before, (odd, messages(edited))
        for table in Imported.TABLES:
            numbers = schema.check(getattr(edited, table), table).select_dtypes("float64")
            assert not np.isinf(numbers.to_numpy()).any()


@pytest.mark.parametrize(
    "text", ["1_000", "１２", "٣", "inf", "-Infinity", "1e999", "", "nan", "1,5"]
)
def test_one_number_and_many_are_read_alike(text: str) -> None:
    assert math.isnan(plain_number(text))
    assert np.isnan(numbers_in([text, "1.5"])).tolist() == [True, False]
    assert math.isnan(numbers_in([text])[0])


@pytest.mark.parametrize("text", ["5", " -5.25 ", "+.5", "5.", "1e3", "0"])
def test_plain_numbers_are_read(text: str) -> None:
    assert plain_number(text) == numbers_in([text])[0] == float(text)


@pytest.mark.parametrize("odd", JSON_ODD)
def test_a_number_of_json_that_is_none_is_noted(odd: str) -> None:
    text = (GOLDEN / "garmin_json_list.json").read_text(encoding="utf-8")
    before = read_golden("list.json", text)
    for field in ('"distance": 10040.5', '"averageHR": 172.0', '"duration": 2510.2'):
        name = field.partition(":")[0]
        edited = read_golden("list.json", text.replace(field, f"{name}: {odd}", 1))
        assert len(edited.runs) == len(before.runs)
        new = messages(edited) - messages(before)
        assert "values of the JSON that are no numbers, taken as missing: 1" in new


def test_a_key_that_stands_twice_is_noted_if_its_values_differ() -> None:
    text = (GOLDEN / "garmin_json_list.json").read_text(encoding="utf-8")
    same, other = '"distance": 10040.5', '"distance": 5000.0'
    twice = read_golden("list.json", text.replace(same, f"{same}, {same}", 1))
    assert not any("twice in one object" in message for message in messages(twice))
    differing = read_golden("list.json", text.replace(same, f"{other}, {same}", 1))
    assert any(message.endswith("the last of which counts: 1") for message in messages(differing))
    assert differing.runs.equals(twice.runs)


@pytest.mark.parametrize("ends", list(itertools.product(("[", '{"a":'), ("", "x"))))
def test_json_nested_too_deeply_is_one_message(ends: tuple[str, str]) -> None:
    opening, end = ends
    begun = time.monotonic()
    with pytest.raises(UnreadableFileError, match=r"nested too deeply|torn or broken"):
        read_json((opening * 100_000 + end).encode())
    assert time.monotonic() - begun < 2


def test_a_temperature_with_two_points_is_missing_and_stops_nothing() -> None:
    text = (GOLDEN / "apple_health.xml").read_text(encoding="utf-8")
    entry = '<MetadataEntry key="HKWeatherTemperature" value="'
    assert entry in text
    head, _, rest = text.partition(entry)
    edited = f"{head}{entry}1.2.3 degF{rest[rest.index(chr(34)) :]}"
    assert len(read_golden("export.xml", edited).runs) == len(read_golden("export.xml", text).runs)
