"""Which lines of a diary are days, and what stands below them."""

from __future__ import annotations

import datetime as dt

import pytest

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.diary.days import (
    NO_SUCH_DAY,
    NO_YEAR,
    NOT_TICKED,
    Nothing,
    nothing_said,
    read_diary,
    time_before,
)


@pytest.mark.parametrize(
    "heading",
    [
        "2026-05-03",
        "3 May 2026",
        "May 3, 2026",
        "03.05.2026",
        "## Sunday 3 May 2026",
        "**3. Mai 2026**",
        "# dimanche 3 mai 2026",
        "domenica 3 maggio 2026:",
        "3 de mayo de 2026",
        "2026年5月3日",
        "3 maja 2026",
        "## 2026-05-03 Sunday",
        "2026-05-03, So.",
        "Sunday, May 3rd, 2026",
        "The 3rd of May 2026",
        "Sonntag, den 3. Mai 2026",
        "le dimanche 3 mai 2026 -",
        "il 3 maggio 2026",
        "el 3 de mayo de 2026",
        "- 3rd May 2026",
        "_3 May 2026_",
        "[[2026-05-03]]",
        "## Day 12 (2026-05-03)",
        "## 3 May 2026 gym with Anna",
    ],
)
def test_a_date_opens_a_day_in_any_language(heading: str) -> None:
    diary = read_diary(f"{heading}\ndrills\n> a remark\n# another\n\n6 strides\n")
    day = dt.date(2026, 5, 3)
    assert [(each.day, each.text) for each in diary.entries] == [
        (day, "drills"),
        (day, "6 strides"),
    ]


def test_a_year_follows_from_the_heading_above_or_from_the_day_before() -> None:
    text = (
        "# Training 2025\n## 30 December\ngym\n2026-01-02\ndrills\n5.1.\ncore\n28. Dezember\nyoga\n"
    )
    days = [entry.day for entry in read_diary(text).entries]
    assert days == [
        dt.date(2025, 12, 30),
        dt.date(2026, 1, 2),
        dt.date(2026, 1, 5),
        dt.date(2025, 12, 28),
    ]


def test_a_date_may_stand_before_what_was_done() -> None:
    text = "2026-05-03: squat 3x5\n4 May 2026 - drills\n5.5.2026 Stabi\n- core\n"
    found = [(entry.day, entry.text) for entry in read_diary(text).entries]
    assert found == [
        (dt.date(2026, 5, 3), "squat 3x5"),
        (dt.date(2026, 5, 4), "drills"),
        (dt.date(2026, 5, 5), "Stabi"),
        (dt.date(2026, 5, 5), "- core"),
    ]


def test_what_else_a_heading_says_is_a_session_only_where_nothing_stands_below_it() -> None:
    text = "## 2026-05-03 gym\n\n## 4 May: long day\ncore\n**5 May**: drills\nyoga\n## 6 May, gym"
    found = [(str(entry.day)[6:], entry.text) for entry in read_diary(text).entries]
    on_five = [("5-05", "drills"), ("5-05", "yoga")]
    assert found == [("5-03", "gym"), ("5-04", "core"), *on_five, ("5-06", "gym")]


@pytest.mark.parametrize(
    "heading", ["1 Jan – 31 Dec 2026", "4 to 10 May 2026", "4 May - 10 May", "3.5. bis 9.5.2026"]
)
def test_a_heading_of_two_dates_is_no_day(heading: str) -> None:
    (entry,) = read_diary(f"# 2026\n## {heading}\n### Mon 4 May\ngym\n").entries
    assert (entry.day, entry.text) == (dt.date(2026, 5, 4), "gym")


def test_a_task_is_done_once_it_is_ticked() -> None:
    text = "2026-05-03\n- [ ] squat 3x5\n- [x] lunges 3x8\n1. [] hops 3x10\n- [X] core\n"
    done, planned = [], []
    for entry in read_diary(text).entries:
        (done if entry.day else planned).append(entry.text)
        assert entry.problem == ("" if entry.day else NOT_TICKED)
    assert (len(done), planned) == (2, ["- [ ] squat 3x5", "1. [] hops 3x10"])


def test_lines_with_numbers_are_no_dates() -> None:
    text = "2026-05-03\n3 sets\n3rd set\n- 5 marches\n10 min drills\n3x10 squats\n6 strides\n"
    assert {entry.day for entry in read_diary(text).entries} == {dt.date(2026, 5, 3)}


def test_days_that_are_none_leave_their_lines_out_and_say_so() -> None:
    diary = read_diary("5 May\ngym\n31 February 2026\ndrills\n2026-03-01\ncore\n")
    assert [entry.day for entry in diary.entries] == [None, None, dt.date(2026, 3, 1)]
    assert diary.entries[0].problem.startswith(NO_YEAR)
    assert diary.entries[1].problem.startswith(NO_SUCH_DAY)


def test_a_date_that_can_be_two_days_is_asked_about() -> None:
    with pytest.raises(UnreadableFileError, match="two dates"):
        read_diary("3/4/2026\ngym\n")
    days = read_diary("3/4/2026\ngym\n3/25/2026\ngym\n").days
    assert [each.day for each in days] == [dt.date(2026, 3, 4), dt.date(2026, 3, 25)]


def test_a_time_of_day_is_no_time_that_something_is_held() -> None:
    assert time_before("6:30 pm gym") == (dt.time(18, 30), "gym")
    assert time_before("18h30 gammes") == (dt.time(18, 30), "gammes")
    assert time_before("1:30 plank") == (None, "1:30 plank")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("nothing", 20),
        ("Rest day", 20),
        ("nothing since 3 May", 3),
        ("nichts seit dem 3. Mai", 3),
        ("rien depuis le 3 mai.", 3),
        ("niente dal 3 maggio", 3),
        ("nada desde el 3 de mayo", 3),
        ("Nothing since 2026-05-03", 3),
    ],
)
def test_nothing_is_a_span(text: str, first: int) -> None:
    found = nothing_said(text, dt.date(2026, 5, 20))
    assert found == Nothing(dt.date(2026, 5, first), dt.date(2026, 5, 20))


def test_nothing_of_days_that_are_none_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="is no day before 2026-05-20"):
        nothing_said("nothing since 31 February", dt.date(2026, 5, 20))
    assert nothing_said("nothing hurt, 6 strides", dt.date(2026, 5, 20)) is None
