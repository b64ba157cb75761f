"""Races from lists, from runs, and by the user's word, which outlives everything."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pandas as pd
import pytest

from runanalytics import Library, schema
from runanalytics.errors import UnitError, UsageError
from runanalytics.library import race_list
from runanalytics.library.corrections.races import (
    COLUMNS,
    FILE,
    RaceCorrection,
    read_race_corrections,
)
from runanalytics.units import parse_duration

RUNS = """date,time,distance,duration,title,temperature_c
2026-03-01,07:00,10.08 km,45:00,Stadtlauf,12
2026-03-08,07:00,9 km,55:00,Easy,12
2026-03-15,07:00,5.05 km,20:30,Spring run,8
2026-03-22,07:00,9 km,55:00,Race pace workout,12
"""
RACES = "date,distance,time,title\n2026-03-15,5 km,20:28,Spring 5\n"


@pytest.fixture
def raced(library: Library, tmp_path: Path) -> Library:
    for name, text in (("runs.csv", RUNS), ("races.csv", RACES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert library.add(tmp_path / name).exit_status == 0
    return library


def by_title(library: Library, title: str) -> pd.Series:
    listed = library.race_list()
    return listed[listed["title"] == title].iloc[0]


def state(library: Library) -> dict[str, str]:
    listed = library.race_list()
    return dict(zip(listed["title"], listed["state"], strict=True))


def test_lists_count_and_titles_only_propose(raced: Library) -> None:
    assert state(raced) == {"Stadtlauf": "proposed", "Spring 5": "counts"}
    races = raced.races()
    assert races["title"].tolist() == ["Spring 5"]
    schema.check(races, "races")
    run = raced.runs().set_index("local_date").loc["2026-03-15"]
    assert races["run_id"].iloc[0] == run["run_id"]
    assert races["temperature_c"].iloc[0] == run["temperature_c"]


def test_what_is_confirmed_counts_with_its_official_time(raced: Library) -> None:
    found = by_title(raced, "Stadtlauf")
    assert (found["distance_m"], found["time_s"]) == (10_000.0, 2_700.0)
    raced.confirm_race(found["race_id"][:6], time_s=2_695.0)
    assert state(raced)["Stadtlauf"] == "counts"
    assert raced.races()["time_s"].tolist() == [2_695.0, 1_228.0]
    raced.confirm_race(found["race_id"], distance_m=10_100.0)
    row = by_title(raced, "Stadtlauf")
    assert (row["distance_m"], row["time_s"]) == (10_100.0, 2_695.0)
    assert raced.remove_race(found["race_id"][:6]) == found["race_id"]
    assert state(raced)["Stadtlauf"] == "proposed"


def test_any_run_can_be_confirmed_and_any_race_rejected(raced: Library) -> None:
    easy = raced.runs().set_index("title").loc["Easy", "run_id"]
    raced.confirm_race(easy, distance_m=9_000.0, title="Club race")
    assert by_title(raced, "Club race")["run_id"] == easy
    raced.reject_race(raced.races().set_index("title").loc["Spring 5", "run_id"])
    assert raced.races()["title"].tolist() == ["Club race"]
    assert state(raced)["Spring 5"] == "rejected"


def test_a_race_without_a_run_is_added_corrected_and_removed(raced: Library) -> None:
    race_id = raced.add_race("2025-10-05", 21_097.5, 5_640.0, title='=Half, "autumn"', ascent_m=120)
    row = by_title(raced, '=Half, "autumn"')
    assert (row["distance_m"], row["time_s"], row["ascent_m"]) == (21_097.5, 5_640.0, 120.0)
    with pytest.raises(UsageError, match="there is a race of that distance on 2025-10-05"):
        raced.add_race("2025-10-05", 21_000.0, 5_640.0)
    raced.confirm_race(race_id, time_s=5_630.0)
    assert by_title(raced, '=Half, "autumn"')["time_s"] == 5_630.0
    with pytest.raises(UsageError, match="was added by you; take it out"):
        raced.reject_race(race_id)
    raced.remove_race("added-")
    assert '=Half, "autumn"' not in state(raced)


def test_distances_and_times_may_be_words(raced: Library) -> None:
    race_id = raced.add_race("2025-10-05", "half", "1:34:00", title="Autumn")
    assert by_title(raced, "Autumn")[["distance_m", "time_s"]].tolist() == [21_097.5, 5_640.0]
    raced.confirm_race(race_id, time_s="1:33:50")
    assert by_title(raced, "Autumn")["time_s"] == 5_630.0
    with pytest.raises(UsageError, match="there is a race of that distance on 2025-10-05"):
        raced.add_race("2025-10-05", "21.1 km", "1:34:00")
    with pytest.raises(UnitError, match="'10' has no unit"):
        raced.add_race("2025-11-05", "10", "41:20")
    with pytest.raises(UnitError, match="'quick' is not a duration"):
        raced.add_race("2025-11-05", "10k", "quick")


@pytest.mark.parametrize(
    ("distance_m", "time_s", "said"), [(10.0, 100.0, "distance_m is 10"), (5_000.0, 1.0, "time_s")]
)
def test_what_can_be_no_race_is_refused(
    raced: Library, distance_m: float, time_s: float, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        raced.add_race("2025-10-05", distance_m, time_s)
    assert read_race_corrections(raced.folder) == {}


def test_unknown_identifiers_are_named(raced: Library) -> None:
    for decide in (raced.confirm_race, raced.reject_race, raced.remove_race):
        with pytest.raises(UsageError, match="no race or run 'nobody'"):
            decide("nobody")
    with pytest.raises(UsageError, match="nothing was stated of"):
        raced.remove_race(by_title(raced, "Stadtlauf")["race_id"])


def test_the_users_word_outlives_imports_rebuilds_and_exports(
    raced: Library, tmp_path: Path
) -> None:
    raced.confirm_race(by_title(raced, "Stadtlauf")["race_id"], time_s=2_695.0, course="trail")
    raced.confirm_race(by_title(raced, "Spring 5")["race_id"], raced=False)
    raced.add_race("2025-10-05", 21_097.5, 5_640.0, course="orienteering")
    expected, listed = raced.races(), raced.race_list()
    (tmp_path / "more.csv").write_text(RUNS.splitlines()[0] + "\n2026-04-01,08:00,5 km,25:00,x,9\n")
    raced.add(tmp_path / "more.csv")
    pd.testing.assert_frame_equal(raced.races(), expected)
    raced.rebuild()
    pd.testing.assert_frame_equal(raced.races(), expected)
    raced.export(tmp_path / "export")
    other = Library.open(tmp_path / "other")
    other.restore(tmp_path / "export")
    pd.testing.assert_frame_equal(other.races(), expected)
    kept = ["race_id", "course", "course_by", "raced"]
    remembered = other.race_list().set_index("race_id").reindex(listed["race_id"]).reset_index()
    pd.testing.assert_frame_equal(remembered[kept], listed[kept])


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_the_file_is_private_and_keeps_what_was_written_by_hand(raced: Library) -> None:
    path = raced.folder / FILE
    path.write_text("# mine\n\n" + ";".join(COLUMNS) + "\nadded;;2025-10-05;10,5 km;50:00\n")
    (race,) = read_race_corrections(raced.folder).values()
    assert (race.distance_m, race.time_s) == (10_500.0, 3_000.0)
    raced.reject_race(by_title(raced, "Stadtlauf")["race_id"])
    assert path.read_text().startswith("# mine\n\nword;id")
    assert len(read_race_corrections(raced.folder)) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("maybe,abcd", "line 1: 'maybe' is none of: race, no race, added"),
        ("race,", "line 1: 'race' needs the id"),
        ("added,,2025-10-05,10 km,", "line 1: an added race needs its date, distance and time"),
        ("added,,yesterday,10 km,40:00", "line 1: 'yesterday' is not a day"),
        ("added,,2025-10-05,10,40:00", "line 1: '10' has no unit"),
        ("race,abcd,,,,,x", "line 1: 'x' is not a number"),
        ("race,abcd,,,,,,,mud", "line 1: 'mud' is no kind of course"),
        ("race,abcd,,,,,,,,maybe", "line 1: whether it was raced is yes or no, not 'maybe'"),
        ("race,abcd,,,,,,,,,x", "has more than 10 cells"),
        ("race,abcd\nno race,abcd", "line 2: 'abcd' stands in line 1 already"),
        ('race,"abcd', "line 1: .* has a stray quotation mark"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(raced: Library, line: str, said: str) -> None:
    (raced.folder / FILE).write_text(f"{line}\n")
    with pytest.raises(UsageError, match=said):
        raced.races()


def test_courses_are_told_by_list_title_and_user(raced: Library) -> None:
    stadtlauf, spring = by_title(raced, "Stadtlauf"), by_title(raced, "Spring 5")
    assert (stadtlauf["course"], stadtlauf["course_by"]) == ("road", "title")
    assert (spring["course"], spring["course_by"]) == ("road", "assumed")
    assert raced.race_list().attrs["courses"] == "1 road (1 assumed)"
    raced.confirm_race(spring["race_id"], course="Cross Country")
    raced.confirm_race(stadtlauf["race_id"], course="trail")
    assert raced.race_list()["course"].tolist() == ["trail", "cross-country"]
    assert raced.race_list()["course_by"].tolist() == ["user", "user"]
    raced.confirm_race(spring["race_id"], time_s=1_229.0)
    assert by_title(raced, "Spring 5")["course"] == "cross-country"
    raced.remove_race(spring["race_id"])
    assert by_title(raced, "Spring 5")["course_by"] == "assumed"
    raced.add_race("2024-05-01", 5_000.0, 1_200.0, title="Club", course="track")
    assert by_title(raced, "Club")[["course", "course_by"]].tolist() == ["track", "user"]


def test_the_mode_of_the_watch_tells_the_course_of_its_race(
    library: Library, tmp_path: Path
) -> None:
    runs = "date,time,distance,duration,title,kind,course\n"
    runs += "2026-03-01,07:00,10 km,45:00,Town 10,race,trail\n"
    runs += "2026-03-08,07:00,5.05 km,21:00,x,easy,track\n"
    (tmp_path / "runs.csv").write_text(runs)
    (tmp_path / "races.csv").write_text("date,distance,time,title\n2026-03-08,5 km,20:28,Club 5\n")
    for name in ("runs.csv", "races.csv"):
        assert library.add(tmp_path / name).exit_status == 0
    assert library.runs()["course"].tolist() == ["trail", "track"]
    told = library.race_list()[["title", "course", "course_by"]].to_numpy().tolist()
    assert told == [["Town 10", "trail", "sport"], ["Club 5", "track", "sport"]]


def test_a_course_that_is_assumed_is_no_statement_of_the_table(raced: Library) -> None:
    assert by_title(raced, "Spring 5")["course"] == "road"
    assert raced.races()["course"].isna().tolist() == [True]
    raced.confirm_race(by_title(raced, "Stadtlauf")["race_id"])
    assert raced.races()["course"].fillna("").tolist() == ["road", ""]


def test_whether_it_was_raced_is_the_users_word(raced: Library) -> None:
    race_id = by_title(raced, "Spring 5")["race_id"]
    assert raced.race_list()["raced"].isna().all()
    for raced_it in (False, True):
        raced.confirm_race(race_id, raced=raced_it)
        raced.confirm_race(race_id, title="Spring 5")
        assert by_title(raced, "Spring 5")["raced"] == raced_it
    assert raced.race_list()["raced"].dtype == "boolean"
    assert raced.race_list()["raced"].isna().tolist() == [True, False]


@pytest.mark.parametrize("course", ["mud", "", "roads", "=road"])
def test_a_course_that_is_none_is_refused_with_those_there_are(raced: Library, course: str) -> None:
    race_id = by_title(raced, "Spring 5")["race_id"]
    known = "road, track, trail, cross-country, obstacle, orienteering, treadmill"
    with pytest.raises(UsageError, match=f"is no kind of course; the kinds are: {known}"):
        raced.confirm_race(race_id, course=course)
    with pytest.raises(UsageError, match="is no kind of course"):
        raced.add_race("2024-05-01", 5_000.0, 1_200.0, course=course)
    assert read_race_corrections(raced.folder) == {}


def test_a_file_from_before_courses_is_read_and_gains_them(raced: Library) -> None:
    path = raced.folder / FILE
    race_id, run_id = (by_title(raced, title)["race_id"] for title in ("Spring 5", "Stadtlauf"))
    old = f"word,id,date,distance,time,title,ascent_m,temperature_c\nrace,{race_id},,,20:30,,12,\n"
    path.write_text(old)
    assert by_title(raced, "Spring 5")["time_s"] == 1_230.0
    raced.confirm_race(run_id)
    assert path.read_text().startswith(old), "what is not stated needs no more cells"
    assert path.read_text().count(",") == 21
    raced.confirm_race(race_id, course="track", raced=True)
    correction = read_race_corrections(raced.folder)[race_id]
    assert (correction.time_s, correction.ascent_m) == (1_230.0, 12.0)
    assert (correction.course, correction.raced) == ("track", True)


def test_a_word_on_a_run_that_is_not_here_is_listed(raced: Library) -> None:
    (raced.folder / FILE).write_text("race,feedfeed\n")
    assert raced.race_list().attrs["unknown"] == ["line 1: no run or race feedfeed"]
    assert len(raced.races()) == 1


def test_an_empty_library_has_no_race(library: Library) -> None:
    assert library.races().empty
    assert library.race_list().empty
    schema.check(library.races(), "races")


def test_a_title_survives_any_letters(raced: Library) -> None:
    for n, title in enumerate(["+1", "@x", "-", "'=a", "a;b", "#1 race", 'q"q', "å, ä"]):
        raced.add_race(f"2024-01-{n + 1:02d}", 5_000.0, 1_300.0, title=title)
    titles = [race.title for race in read_race_corrections(raced.folder).values()]
    assert titles == ["+1", "@x", "-", "'=a", "a;b", "#1 race", 'q"q', "å, ä"]


def listed(library: Library, tmp_path: Path, **lists: str) -> list[list[object]]:
    for name, text in lists.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        assert library.add(tmp_path / f"{name}.csv").exit_status == 0
    return library.races()[["title", "distance_m", "time_s"]].to_numpy().tolist()


PARKRUN = "Event,Run Date,Run Number,Pos,Time,Age Grade,PB?\n"


def test_a_race_that_two_lists_name_counts_once(library: Library, tmp_path: Path) -> None:
    found = listed(
        library,
        tmp_path,
        own="date,distance,time,title,ascent_m\n2026-01-17,5 km,22:50,Pier in the rain,40\n",
        parkrun=f"{PARKRUN}Pier,17/01/2026,41,52,22:50,,\nMill,24/01/2026,1,9,23:10,,\n",
        power="Event,Perf,Indoor,Pos,Venue,Meeting,Date\n"
        "parkrun,22:50.4,,52,Pier,P # 9,17 Jan 26\n",
    )
    assert found == [["Pier in the rain", 5_000.0, 1_370.0], ["Mill", 5_000.0, 1_390.0]]


def test_what_the_user_says_of_a_race_holds_when_another_list_says_more(
    library: Library, tmp_path: Path
) -> None:
    text = f"{PARKRUN}Pier,17/01/2026,41,52,22:50,,\nMill,24/01/2026,1,9,23:10,,\n"
    listed(library, tmp_path, parkrun=text)
    library.reject_race(by_title(library, "Pier")["race_id"])
    text = "date,distance,time,title,ascent_m\n2026-01-17,5 km,22:50,Pier in the rain,40\n"
    assert listed(library, tmp_path, own=text) == [["Mill", 5_000.0, 1_390.0]]
    assert state(library) == {"Pier in the rain": "rejected", "Mill": "counts"}
    assert not library.race_list().attrs["unknown"]


def test_two_races_of_one_length_on_a_day_are_two(library: Library, tmp_path: Path) -> None:
    text = f"{PARKRUN}Pier,01/01/2026,41,52,22:50,,\nMill,01/01/2026,1,9,23:10,,\n"
    assert len(listed(library, tmp_path, parkrun=f"{text}Pier,10/01/2026,42,5,22:59,,\n")) == 3
    heats = "Date;Event;Result;Place\n17.1.26;800 m;2:10.1;1\n17.1.26;800 m;2:10.4;2\n"
    assert len(listed(library, tmp_path, heats=heats)) == 5


@pytest.mark.parametrize(
    ("measured", "watch", "official", "chip"),
    [
        ("10.08 km", "43:20", "10 km", "43:05"),
        ("21.6 km", "1:32:10", "HM", "1:31:55"),
        ("22.6 km", "1:32:10", "HM", "1:31:55"),
        ("21.0 km", "1:32:10", "21.1 km", "1:31:55"),
        ("3.2 mi", "22:10", "5 km", "21:55"),
    ],
)
def test_the_official_time_outranks_the_watch(
    library: Library, tmp_path: Path, measured: str, watch: str, official: str, chip: str
) -> None:
    header = "date,time,distance,duration,title,kind\n"
    runs = f"{header}2026-01-17,10:00,{measured},{watch},Run,race\n"
    (tmp_path / "runs.csv").write_text(runs, encoding="utf-8")
    assert library.add(tmp_path / "runs.csv").exit_status == 0
    text = f"Date;Race;Distance;Chip time\n17.1.2026;City;{official};{chip}\n"
    ((title, _, time_s),) = listed(library, tmp_path, own=text)
    assert (title, time_s) == ("City", parse_duration(chip))
    assert len(library.race_list()) == 1


@pytest.mark.parametrize(("verb", "after"), [("add", 1), ("confirm", 2), ("remove", 1)])
def test_what_another_process_states_meanwhile_is_not_written_over(
    raced: Library, monkeypatch: pytest.MonkeyPatch, verb: str, after: int
) -> None:
    added = raced.add_race("2025-01-05", 5_000, 1_300)
    look, lookups = race_list.read_race_corrections, 0

    def looked_at(folder: Path) -> dict[str, RaceCorrection]:
        nonlocal lookups
        seen, lookups = look(folder), lookups + 1
        if lookups == after:
            other = Library.open(raced.folder)
            if verb == "add":
                other.add_race("2026-05-05", 10_000, 2_700, title="Theirs")
            elif verb == "confirm":
                other.confirm_race(added, course="trail")
            else:
                other.remove_race(added)
            other.close()
        return seen

    monkeypatch.setattr(race_list, "read_race_corrections", looked_at)
    if verb == "add":
        with pytest.raises(UsageError, match="there is a race of that distance"):
            raced.add_race("2026-05-05", 10_000, 2_600)
        assert by_title(raced, "Theirs")["time_s"] == 2_700
    elif verb == "confirm":
        raced.confirm_race(added, title="Ours")
        assert by_title(raced, "Ours")["course"] == "trail"
    else:
        with pytest.raises(UsageError, match="no race or run"):
            raced.remove_race(added)
