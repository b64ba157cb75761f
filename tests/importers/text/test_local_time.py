from __future__ import annotations

import datetime as dt
import zoneinfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import RunAnalyticsError, UnreadableFileError, UsageError
from runanalytics.importers.text.local_time import (
    instants,
    offset_written_s,
    parse_moments,
    parse_time_of_day,
    zone_named,
)
from runanalytics.words import languages, words
from runanalytics.words.phrases import folded

DAY = dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        "2026-3-4",
        "2026/03/04",
        "2026.03.04",
        "20260304",
        "4.3.2026",
        "04.03.2026",
        "4 Mar 2026",
        "4-Mar-2026",
        "4 March 2026",
        "Mar 4, 2026",
        "March 4th 2026",
        "  2026-03-04\u00a0",
    ],
)
def test_one_day_in_each_style(text: str) -> None:
    assert parse_moments([text]) == [DAY]


NAMES = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta "
    "syyskuuta lokakuuta marraskuuta joulukuuta",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}
#: Languages whose months are numbers, and how they write a day.
NUMBERED = {
    "ja": "2026年{}月4日(水)",
    "zh": "2026年{}月4号 星期三",
    "zh-hant": "2026年{}月4號",
    "ko": "2026년 {}월 4일",
}
BEGINNINGS = {code: table["names"] for code, table in words("months").items() if "names" in table}


def test_every_language_has_months_and_days_of_the_week() -> None:
    assert NAMES.keys() | NUMBERED.keys() == set(languages())
    assert all(len(table["names"].split()) == 7 for table in words("weekdays").values())
    assert words("weekdays").keys() == set(languages())


@pytest.mark.parametrize("language", BEGINNINGS)
def test_months_by_name_in_every_language(language: str) -> None:
    days = [dt.date(2026, month, 4) for month in range(1, 13)]
    for year in ("2026", "26", "'26"):
        names = NAMES[language].split()
        assert parse_moments([f"4 {name} {year}" for name in names]) == days
        assert parse_moments([f"4. {name.upper()} {year}" for name in names]) == days
        assert parse_moments([folded(f"4-{name}-{year}") for name in names]) == days
    spellings = BEGINNINGS[language].split()
    for place in (0, -1):
        assert parse_moments([f"4 {one.split('|')[place]}. 2026" for one in spellings]) == days


@pytest.mark.parametrize("language", NUMBERED)
def test_months_by_number_and_mark(language: str) -> None:
    texts = [NUMBERED[language].format(month) for month in range(1, 13)]
    days = [dt.date(2026, month, 4) for month in range(1, 13)]
    assert parse_moments(texts) == days
    assert parse_moments([text.partition("(")[0].partition(" 星")[0] for text in texts]) == days


@pytest.mark.parametrize("language", sorted(set(languages()) - NUMBERED.keys()))
def test_a_day_of_the_week_before_a_date_does_not_matter(language: str) -> None:
    for spellings in words("weekdays")[language]["names"].split():
        for name in spellings.split("|"):
            texts = [f"{name} 4.3.2026", f"{name.title()}., 4 march 2026", f"2026-03-04 ({name})"]
            assert parse_moments(texts) == [DAY] * 3


def test_no_beginning_of_a_month_stands_for_two() -> None:
    known = [
        (folded(beginning), month)
        for names in BEGINNINGS.values()
        for month, spellings in enumerate(names.split())
        for beginning in spellings.split("|")
    ]
    assert len({beginning for beginning, _ in known}) == len(set(known))


@pytest.mark.parametrize(
    "text",
    [
        "4 de marzo de 2026 a las 18:05",
        "4 mars 2026 à 18:05:09",
        "4. März 2026 um 18:05 Uhr",
        "4 mrt. 2026 om 18:05 uur",
        "4 mar 2026 kl. 18:05",
        "4 mars 2026 kl 18:05",
        "4 maaliskuuta 2026 klo 18:05",
        "4 marca 2026 r., 18:05",
        "4. 3. 2026 v 18:05",
        "4 марта 2026 г. в 18:05",
        "4 Mart 2026 18:05",
        "4/mar/26, 6:05 p. m.",
        "2026年3月4日 午後6:05",
        "2026年3月4日下午6:05:09",
        "2026년 3월 4일 오후 6:05",
        "2026. 3. 4. 18:05",
    ],
)
def test_local_times_of_many_languages(text: str) -> None:
    (moment,) = parse_moments([text])
    assert isinstance(moment, dt.datetime)
    assert moment.replace(second=0) == dt.datetime(2026, 3, 4, 18, 5)


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["05.01.26", "12.01.26"], [(2026, 1, 5), (2026, 1, 12)]),
        (["05/17/25", "6/1/25"], [(2025, 5, 17), (2025, 6, 1)]),
        (["17-05-25", "1-6-25"], [(2025, 5, 17), (2025, 6, 1)]),
        (["31.12.69", "1.1.70"], [(2069, 12, 31), (1970, 1, 1)]),
        (["12 May 24", "Sun 7 Apr 24"], [(2024, 5, 12), (2024, 4, 7)]),
        (["May 12, 24"], [(2024, 5, 12)]),
        (["24年5月12日"], [(2024, 5, 12)]),
        (["5. 1. 26"], [(2026, 1, 5)]),
    ],
)
def test_years_of_two_digits(texts: list[str], days: list[tuple[int, int, int]]) -> None:
    assert parse_moments(texts) == [dt.date(*day) for day in days]


@pytest.mark.parametrize(
    "texts", [["3/4/26"], ["24.05.03", "24.06.17", "25.01.04"], ["13/4/26", "4/13/26"]]
)
def test_short_years_that_read_in_two_ways_are_asked_about(texts: list[str]) -> None:
    with pytest.raises(UnreadableFileError, match=r"write dates as 2026-03-04"):
        parse_moments(texts)


def test_the_order_of_day_and_month_can_be_told() -> None:
    assert parse_moments(["3/4/26"], month_first=True) == [dt.date(2026, 3, 4)]
    assert parse_moments(["3/4/26", "13/4/26"], month_first=True)[0] == dt.date(2026, 4, 3)


@pytest.mark.parametrize(
    ("text", "offset_s"),
    [
        ("2026-03-04 18:05:09 +0530", 19_800.0),
        ("2026-03-04T18:05:09-03:30", -12_600.0),
        ("2026-03-04T18:05:09+00:00", 0.0),
        ("2026-03-04T18:05:09Z", None),
        ("2026-03-04", None),
        ("", None),
    ],
)
def test_offsets_at_the_end_of_a_time(text: str, offset_s: float | None) -> None:
    assert offset_written_s(text) == offset_s


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-03-04 18:05:09", dt.time(18, 5, 9)),
        ("2026-03-04T18:05", dt.time(18, 5)),
        ("4 Mar 2026, 18:05", dt.time(18, 5)),
        ("Mar 4, 2026, 12:29 PM", dt.time(12, 29)),
        ("Mar 4, 2026, 12:29\u202fAM", dt.time(0, 29)),
        ("2026-03-04 18:05:09.123", dt.time(18, 5, 9)),
    ],
)
def test_clock_times_of_each_style(text: str, time: dt.time) -> None:
    assert parse_moments([text]) == [dt.datetime.combine(DAY, time)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-13-01",
        "2026-02-30",
        "30.2.2026",
        "1899-01-01",
        "3/4/026",
        "5月3日",
        "2026-03-04 25:00",
    ],
)
def test_no_date(text: str) -> None:
    assert parse_moments([text]) == [None]


def test_first_and_last_year_of_a_log() -> None:
    texts = ["1969-12-31", "1970-01-01", "2100-12-31", "2101-01-01"]
    assert [moment is not None for moment in parse_moments(texts)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("settling", "day"), [("13/04/2026", dt.date(2026, 4, 3)), ("04/13/2026", dt.date(2026, 3, 4))]
)
def test_one_row_settles_day_and_month_for_all(settling: str, day: dt.date) -> None:
    assert parse_moments(["03/04/2026", settling])[0] == day


def test_unsettled_day_and_month_are_asked_about() -> None:
    with pytest.raises(UnreadableFileError, match=r"'03/04/2026'.*write dates as 2026-03-04"):
        parse_moments(["03/04/2026", "05/05/2026"])


def test_contradicting_rows_are_named() -> None:
    with pytest.raises(
        UnreadableFileError, match=r"'13/04/2026' has the day first and '04/13/2026'"
    ):
        parse_moments(["13/04/2026", "04/13/2026"])


def test_same_day_and_month_need_no_settling() -> None:
    assert parse_moments(["05/05/2026"]) == [dt.date(2026, 5, 5)]


@settings(deadline=None)
@given(st.text(max_size=30) | st.text("0123456789-/.: TZapm+", max_size=22))
def test_any_text_is_a_moment_none_or_an_error_of_ours(text: str) -> None:
    try:
        (moment,) = parse_moments([text])
    except RunAnalyticsError:
        return
    assert moment is None or 1970 <= moment.year <= 2100


@settings(deadline=None)
@given(st.dates(dt.date(1970, 1, 1), dt.date(2100, 12, 31)))
def test_styles_agree_on_every_day(day: dt.date) -> None:
    styles = ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d", "%d %b %Y", "%B %d, %Y"]
    assert parse_moments([day.strftime(style) for style in styles]) == [day] * len(styles)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("18:30", dt.time(18, 30)),
        ("6:30 pm", dt.time(18, 30)),
        ("1:05 pm", dt.time(13, 5)),
        ("12:00 a.m.", dt.time(0, 0)),
        ("0:30 am", None),
        ("13:00 pm", None),
        ("25:00", None),
        ("18:30Z", None),
        ("evening", None),
    ],
)
def test_times_of_day(text: str, time: dt.time | None) -> None:
    assert parse_time_of_day(text) == time


def test_local_day_is_the_one_that_was_written() -> None:
    when, notes = instants([dt.datetime(2026, 7, 1, 0, 30)], "Pacific/Auckland")
    assert when["start_utc"][0] == pd.Timestamp("2026-06-30 12:30", tz="UTC")
    assert when["utc_offset_s"][0] == 12 * 3600
    assert when["local_date"][0] == pd.Timestamp("2026-07-01")
    assert notes == []


def test_a_day_alone_has_no_instant() -> None:
    when, notes = instants([DAY], "Europe/Paris")
    assert when.isna().to_numpy().tolist() == [[True, True, False]]
    assert notes == []


def test_skipped_clock_time_is_taken_an_hour_later() -> None:
    when, notes = instants([dt.datetime(2026, 3, 29, 2, 30)], "Europe/Paris")
    assert when["start_utc"][0] == pd.Timestamp("2026-03-29 01:30", tz="UTC")
    assert when["utc_offset_s"][0] == 7200
    assert "went forward" in notes[0].message


def test_repeated_clock_time_is_the_first_of_the_two() -> None:
    when, notes = instants([dt.datetime(2026, 10, 25, 2, 30)], "Europe/Paris")
    assert when["start_utc"][0] == pd.Timestamp("2026-10-25 00:30", tz="UTC")
    assert when["utc_offset_s"][0] == 7200
    assert "twice" in notes[0].message


def test_stated_offsets_need_no_zone() -> None:
    moments = parse_moments(["2026-07-01T00:30+12:00", "2026-07-01 00:30 -0400"])
    when, notes = instants([moment for moment in moments if moment], None)
    assert when["start_utc"].dt.strftime("%d %H:%M").tolist() == ["30 12:30", "01 04:30"]
    assert when["utc_offset_s"].tolist() == [43_200, -14_400]
    assert when["local_date"].dt.day.tolist() == [1, 1]
    assert notes == []


def test_utc_says_nothing_about_the_own_day() -> None:
    (moment,) = parse_moments(["2026-07-01T22:30:00Z"])
    assert moment is not None
    when, _ = instants([moment], "Europe/Paris")
    assert when["start_utc"][0] == pd.Timestamp("2026-07-01 22:30", tz="UTC")
    assert when["utc_offset_s"][0] == 7200
    assert when["local_date"][0] == pd.Timestamp("2026-07-02")


def test_an_assumed_zone_is_said() -> None:
    when, notes = instants([dt.datetime(2026, 7, 1, 12)], None)
    own = dt.datetime(2026, 7, 1, 12).astimezone()
    assert when["start_utc"][0] == pd.Timestamp(own).tz_convert("UTC")
    assert [note.message for note in notes] == [
        "local times taken as this machine's time zone, for want of --timezone: 1"
    ]


@pytest.mark.parametrize("name", ["Europe/Pariss", "Europe", "", "../etc/passwd", "\0", "x" * 999])
def test_unknown_zones_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no time zone"):
        zone_named(name)


@settings(deadline=None)
@given(
    st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2037, 12, 30)),
    st.sampled_from(
        [
            "Europe/Paris",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Asia/Kathmandu",
        ]
    ),
)
def test_instant_plus_offset_is_the_local_time_unless_it_was_skipped(
    local: dt.datetime, name: str
) -> None:
    local = local.replace(microsecond=0)
    when, notes = instants([local], name)
    utc, offset_s = when["start_utc"][0].to_pydatetime(), when["utc_offset_s"][0]
    assert utc.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() == dt.timedelta(seconds=offset_s)
    if not any("went forward" in note.message for note in notes):
        assert utc.replace(tzinfo=None) + dt.timedelta(seconds=offset_s) == local
