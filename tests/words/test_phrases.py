"""Phrases of all languages: how they are written, found and kept."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import runanalytics.words
from runanalytics.units.race_distances import COURSE_LENGTHS_M
from runanalytics.words import languages, words
from runanalytics.words.courses import course_kind
from runanalytics.words.phrases import every, finder, folded, pattern, plain

FOLDER = Path(runanalytics.words.__file__).parent
#: Tables that importers and measures read, and the keys of those that have fixed ones.
TABLES = {
    "months": {"names", "marks"},
    "weekdays": {"names", "full"},
    "dates": {
        *("before_time", "after_time", "before", "within", "after_year", "ordinals", "am", "pm"),
        *("today", "yesterday"),
    },
    "durations": {"h", "min", "s"},
    "distances": {*COURSE_LENGTHS_M, "units"},
    "races": {"names", "runs", "doubtful", "everyday", "training"},
    "race_list": {
        *("date", "title", "event", "name", "distance", "time", "duration", "chip", "official"),
        *("gun", "watch", "course", "ascent", "temperature", "indoor", "age_grade", "run_number"),
        *("place", "runner", "other", "not", "rows"),
    },
    "race_list.rows": {"not_finished", "not_run", "junior"},
}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_no_language_has_a_word_that_nobody_reads(table: str) -> None:
    for language, held in words(table).items():
        assert held.keys() <= TABLES[table], language


@pytest.mark.parametrize(
    "table", ["race_list.official", "amounts", "work.names", "sports", "months"]
)
def test_nineteen_languages_have_the_tables_of_logs_and_lists(table: str) -> None:
    """Indonesian has the words of a source's sports alone."""
    assert set(languages()) - {"id"} <= set(words(table))
    assert len(languages()) == 20


@pytest.mark.parametrize("language", words("race_list.official"))
def test_every_language_has_what_lists_and_titles_of_races_need(language: str) -> None:
    held = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    assert held.keys() >= {table for table in TABLES if "." not in table} - {"dates"}
    assert held["races"]["names"]
    assert held["races"]["training"]
    assert held["distances"]["half"]
    for column in ("date", "distance", "time", "chip", "official", "gun", "place", "not"):
        assert held["race_list"][column], column


@pytest.mark.parametrize(
    ("phrase", "fits", "fails"),
    [
        ("gara", "la gara del paese", "margarita"),
        ("*loppet", "vasaloppet 2026", "loppetarna"),
        ("train*", "training run", "strain"),
        ("*cross*", "wintercrosslauf", "cros"),
        ("course d'orientation", "ma course d orientation", "course"),
        ("大会", "市民大会2026", "大人"),
        ("забег", "ночной забег", "забегался"),
        ("大会*", "春の大会", "会"),
    ],
)
def test_phrases_are_found_as_words_where_scripts_have_words(
    phrase: str, fits: str, fails: str
) -> None:
    assert pattern([phrase]).search(plain(fits))
    assert not pattern([phrase]).search(plain(fails))


def test_the_longest_phrase_is_found_and_no_phrase_is_never_found() -> None:
    assert pattern(["marathon", "half marathon"]).findall("half marathon") == ["half marathon"]
    assert pattern([]).search("anything") is None
    assert finder("no such table").search("") is None


@pytest.mark.parametrize(
    ("text", "result"),
    [("Łódź", "lodz"), ("Ağustos IŞIK", "agustos isik"), ("Straße", "strasse"), ("½", "1⁄2")],
)
def test_case_and_accents_do_not_matter(text: str, result: str) -> None:
    assert folded(text) == result


def test_no_word_of_a_race_is_one_of_training() -> None:
    training = finder("races.training")
    named = [phrase for phrase in every("races.names") if training.search(plain(phrase))]
    assert named == []


def test_phrases_have_stars_at_their_ends_alone() -> None:
    for table in ("races.names", "races.training", "distances.half", "course_cells"):
        for phrase in every(table):
            assert not re.search(r".\*.", phrase), phrase


def test_a_cell_of_a_megabyte_names_no_course() -> None:
    # Each kind's words were searched for in all of it, which took seconds.
    assert course_kind(f"{'x' * 1_000_000} road") is None
    assert course_kind("Cross Country") == "cross-country"
