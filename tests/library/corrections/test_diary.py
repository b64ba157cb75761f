"""The library's own diary: a line is kept at once, and the file is the truth."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runanalytics import Library
from runanalytics.errors import LibraryError, UsageError

STRONG = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps\n"
    "2026-05-03 18:05:00,Legs,1h 2m,Squat (Barbell),1,80,5\n"
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


def diary(library: Library) -> str:
    return (library.folder / "diary.md").read_text(encoding="utf-8")


def test_a_line_is_kept_below_its_day_and_read_by_whoever_reads_next(library: Library) -> None:
    library.log("drills", on="2026-05-05")
    logged = library.log("gym: squat 3x5 80 kg", on="2026-05-03", at="18:30", minutes=50)
    assert logged.table()["movement"].tolist() == ["squat"]
    assert diary(library).endswith(
        "## 2026-05-03\n18:30 gym: squat 3x5 80 kg; 50 min in all\n\n## 2026-05-05\ndrills\n"
    )
    sessions = library.sessions()
    assert sessions["kind"].tolist() == ["strength", "technique"]
    assert sessions["duration_s"].tolist()[0] == 3000.0
    assert library.log_spans()["source"].unique().tolist() == ["diary"]
    if os.name != "nt":
        assert (library.folder / "diary.md").stat().st_mode & 0o777 == 0o600


def test_no_list_of_older_diaries_grows(library: Library) -> None:
    for day in ("2026-05-03", "2026-05-05", "2026-05-07"):
        library.log("drills", on=day)
        assert library.sources()["outcome"].tolist() == ["added"]
    assert len(library.sessions()) == 3


def test_a_notebook_shows_what_was_understood_as_a_table(library: Library) -> None:
    shown = library.log("<b>zorbing</b> 3x10, squat 2x5", dry_run=True)._repr_html_()
    assert shown.count("<tr") == 3
    assert "<td>&lt;b&gt;zorbing&lt;/b&gt; 3x10</td>" in shown
    assert library.log("nothing", on="2026-05-03")._repr_html_().count("<p>") == 1


def test_what_is_only_asked_is_not_kept(library: Library) -> None:
    read = library.log("zorbing 3x10", dry_run=True)
    assert (read.kept, read.unknown) == (False, ("zorbing",))
    assert not (library.folder / "diary.md").exists()


def test_the_file_may_be_edited_and_is_the_truth(library: Library) -> None:
    library.log("drills", on="2026-05-05")
    library.log("squat 3x5", on="2026-05-06")
    before = library.sessions().set_index("title")["session_id"]
    path = library.diary_file()
    path.write_text(diary(library).replace("drills\n", "core\nyoga\n") + "> tired\n")
    other = Library.open(library.folder)
    for each in (library, other):
        after = each.sessions().set_index("title")["session_id"]
        assert set(after.index) == {"core", "yoga", "squat 3x5"}
        assert after["squat 3x5"] == before["squat 3x5"]
    assert library.verify() == []
    path.write_text("# Diary\n")
    assert library.sessions().empty


def test_what_a_heading_tells_of_stays_where_a_line_is_added(library: Library) -> None:
    path = library.diary_file()
    path.write_text("## 2026-05-03 gym\n\n## 4 May 2026, drills\n")
    library.log("6 strides", on="2026-05-03")
    assert library.sessions()["title"].tolist() == ["gym", "6 strides", "drills"]


def test_undo_takes_back_the_last_line_of_a_day_and_nothing_else(library: Library) -> None:
    library.log("drills", on="2026-05-05")
    kept = diary(library)
    library.log("6 strides", on="2026-05-05")
    library.log("gym", on="2026-05-01")
    assert library.undo_log("2026-05-01") == (dt.date(2026, 5, 1), "gym")
    assert library.undo_log() == (dt.date(2026, 5, 5), "6 strides")
    assert diary(library) == kept
    with pytest.raises(UsageError, match="no line of 2026-05-02"):
        library.undo_log("2026-05-02")


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        ("gym", {"on": dt.date.today() + dt.timedelta(days=1)}, "in the future"),
        ("gym", {"on": "2026-02-31"}, "is not a day"),
        ("", {}, "nothing to log"),
        (" ; ", {}, "nothing to log"),
        ("# gym", {"on": "2026-05-03"}, "a date or a remark"),
        ("3 May 2026", {"on": "2026-05-03"}, "a date or a remark"),
        ("gym\n" * 10_000, {"on": "2026-05-03"}, "10,000 lines are no session"),
        ("gym", {"at": "25:00"}, "no time of day"),
        ("[ ] squat 3x5", {}, "without the tick"),
        ("gym", {"at": 3}, "write it as '18:30'"),
        ("gym", {"kind": "fun"}, "no kind 'fun'"),
        ("gym", {"minutes": -3}, "no duration"),
        ("", {"programme": "abs of steel"}, "no programme"),
        ("gym", {"programme": "legs at home"}, "a line of its own"),
        ("nothing", {"minutes": 10}, "nothing has no time"),
        ("nothing since 31 February", {"on": "2026-05-03"}, "is no day before"),
    ],
)
def test_what_cannot_be_logged_is_refused_in_a_sentence_and_changes_nothing(
    library: Library, text: str, given: dict[str, object], message: str
) -> None:
    library.log("drills", on="2026-05-01")
    kept = diary(library)
    with pytest.raises(UsageError, match=message):
        library.log(text, **given)  # type: ignore[arg-type]
    assert diary(library) == kept


@pytest.mark.parametrize("ending", ["", "\n"])
def test_all_else_stays_to_the_byte(library: Library, ending: str) -> None:
    kept = (
        "\ufeff# Diary\r\n## 2026-05-03\r\ngym\r\n\n## 4 May\x0c\n\tyoga\u2028core\x85> ok\n"
        "\n# 2026-05-06\r\nplank 60 s"
    ) + ending
    path = library.diary_file()
    path.write_bytes(kept.encode())
    for day in ("2026-05-03", "2026-05-04", "2026-05-05"):
        library.log("6 strides", on=day)
    assert path.read_bytes().decode().count("6 strides\r\n") == 3
    assert library.sessions()["title"].tolist().count("6 strides") == 3
    for day in ("2026-05-03", "2026-05-04", "2026-05-05"):
        library.undo_log(day)
    assert path.read_bytes() == kept.encode()


def test_a_line_is_text_without_control_characters(library: Library) -> None:
    library.log("squat 3x5\0\x1b\tplank 60 s", on="2026-05-03")
    assert diary(library).endswith("\nsquat 3x5  \tplank 60 s\n")
    assert len(library.diary()) == 1
    with pytest.raises(UsageError, match="not text in UTF-8"):
        library.log("squat \ud800", on="2026-05-03")


def test_the_same_line_twice_needs_a_time(library: Library) -> None:
    library.log("drills", on="2026-05-05")
    with pytest.raises(UsageError, match="already; if it was done twice"):
        library.log("Drills", on="2026-05-05")
    library.log("nothing since 3 May", on="2026-05-05")
    with pytest.raises(UsageError, match=r"already$"):
        library.log("nichts seit 3. Mai", on="2026-05-05")
    library.log("drills", on="2026-05-05", at="18:30")
    assert len(library.sessions()) == 2


def test_a_line_that_stands_twice_below_a_day_counts_once(library: Library, tmp_path: Path) -> None:
    (tmp_path / "diary.md").write_text("2026-05-05\n6 strides\n6  Strides\n18:00 6 strides\n")
    report = library.add(tmp_path / "diary.md")
    assert "stands below its day already" in str(report.files[0].notes)
    assert library.sessions()["start_utc"].isna().sum() == 1 == len(library.sessions()) - 1
    library.diary_file().write_text("2026-05-06\ngym\n\ngym\n")
    assert library.sessions()["title"].tolist().count("gym") == 1 == len(library.diary())
    assert library.diary_problems() == ["line 4 'gym' stands below its day already"]


def test_a_diary_that_is_no_text_is_left_alone_and_what_was_read_stays(library: Library) -> None:
    library.log("drills", on="2026-05-05")
    assert len(library.sessions()) == 1
    path = library.diary_file()
    path.write_bytes(b"\0\1\2")
    with pytest.raises(UsageError, match="no text in UTF-8"):
        library.log("gym", on="2026-05-06")
    assert path.read_bytes() == b"\0\1\2"
    assert len(library.sessions()) == 1
    assert library.diary_problems() == ["the diary is no text in UTF-8"]


def test_what_cannot_be_opened_stops_no_question_and_status_says_so(library: Library) -> None:
    library.log("drills", on="2026-05-05")
    assert "last kept on 2026-05-05 (1 line)" in library.status().diary
    path = library.diary_file()
    path.rename(path.with_suffix(".old"))
    assert library.status().diary == "diary.md is gone; what was read of it before counts"
    path.mkdir()
    other = Library.open(library.folder)
    assert len(other.sessions()) == 1
    told = "the diary cannot be read (Is a directory)"
    assert other.status().diary == f"{told}; what was read of it before counts"
    with pytest.raises(LibraryError, match="cannot be read"):
        other.log("gym", on="2026-05-06")
    with pytest.raises(LibraryError, match="cannot be read"):
        other.edit_diary(Path.touch)


@pytest.mark.parametrize("nothing", ["", " \n\n", "# Diary\n"])
def test_a_diary_in_which_nothing_is_left_has_no_line(library: Library, nothing: str) -> None:
    library.log("drills", on="2026-05-05")
    assert len(library.sessions()) == 1
    library.diary_file().write_text(nothing)
    assert library.sessions().empty
    assert (library.status().diary, library.status().skipped) == ("no line yet", ())
    library.log("gym", on="2026-05-06")
    assert library.sessions()["title"].tolist() == ["gym"]
    assert library.verify() == []


def test_the_latest_lines_alone_are_read(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"2026-05-{day:02}\ngym\n6 strides\n" for day in range(28, 0, -1))
    library.diary_file().write_text(text)
    read: list[str] = []
    reader = "runanalytics.library.corrections.diary.read_diary_line"
    monkeypatch.setattr(reader, lambda text, **_: read.append(text))
    assert [line.day.day for line in library.diary(3)] == [27, 28, 28]
    assert (len(read), len(library.diary_days())) == (3, 56)


def test_the_library_s_own_diary_is_not_taken_out_but_edited(library: Library) -> None:
    library.log("drills", on="2026-05-05")
    assert len(library.sessions()) == 1
    with pytest.raises(UsageError, match="own diary is not taken out"):
        library.remove("diary.md")
    assert library.removals() == []
    assert library.rebuild().text() == "1 file was read anew."


def test_lines_that_name_no_days_are_told(library: Library) -> None:
    library.diary_file().write_text("2026-05-03\nnothing since 31 June\ndrills\n")
    (told,) = library.diary_problems()
    assert told.startswith("line 2 'nothing since 31 June' names no days: '31 June' is no day")
    assert library.status().diary.startswith("last kept on 2026-05-03 (1 line); not read: line 2")


def test_a_line_and_an_export_of_the_same_hour_are_one_session(
    library: Library, tmp_path: Path
) -> None:
    library.log("gym: squat 3x5 80 kg", on="2026-05-03", at="18:00", minutes=60)
    library.log("squats 3x5", on="2026-05-04")
    (tmp_path / "strong.csv").write_text(STRONG + STRONG.splitlines()[1].replace("-03", "-04"))
    library.add(tmp_path / "strong.csv", timezone="Europe/Berlin")
    assert len(library.sessions()) == 2
    assert len(library.merges()) == 2


def test_of_two_diaries_that_begin_on_one_day_the_longer_says_how_long_the_log_was_kept(
    library: Library, tmp_path: Path
) -> None:
    library.log("gym", on="2026-05-03")
    library.log("gym", on="2026-05-31")
    (tmp_path / "diary.md").write_text("2026-05-03\nsquat 3x5\n2026-05-09\nsquat 3x5\n")
    library.add(tmp_path / "diary.md")
    other = Library.open(tmp_path / "other")
    other.add(tmp_path / "diary.md")
    assert other.status().diary == "last kept on 2026-05-09"
    (span,) = library.log_spans()["last_date"]
    assert f"{span:%Y-%m-%d}" == "2026-05-31"


def test_nothing_is_kept_with_its_days_and_the_programme_by_its_name(library: Library) -> None:
    library.log("nothing since 3 May", on="2026-05-20")
    library.log(programme="technique-drills", on="2026-05-20")
    assert diary(library).endswith("nothing since 2026-05-03\nprogramme: Technique drills\n")
    assert library.log_spans()["first_date"].min().day == 3
    assert len(library.sets()) == 10
    whole = library.log(programme="technique-drills", on="2026-05-19", at="18:30", minutes=25)
    assert (whole.kind, len(whole.rows()), whole.unknown) == ("technique", 10, ())
    path = library.diary_file()
    path.write_text(diary(library).replace("25 min in all", "25 min in all; 6 strides; plank 60 s"))
    row = library.sessions().iloc[0]
    assert (row["kind"], row["duration_s"]) == ("mixed", 1_500.0)
    assert len(library.sets()) == 10 + 12
    stated = library.log(programme="technique-drills", on="2026-05-18", kind="strength")
    assert (stated.kind, len(stated.rows())) == ("strength", 10)


def test_a_line_that_tells_of_no_work_is_asked_about(library: Library) -> None:
    for text in ("felt great", "legs at home", "25 min"):
        assert library.log(text, dry_run=True).unknown == (text,)
    for text, kind in (("felt great", "strength"), ("sick", None), ("10 km easy", None)):
        assert library.log(text, kind=kind, dry_run=True).unknown == ()


def test_a_line_is_kept_without_pandas(tmp_path: Path) -> None:
    code = (
        "import sys; from runanalytics import Library;"
        f"Library.open({str(tmp_path / 'library')!r}).log('squat 3x5', on='2026-05-03');"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
