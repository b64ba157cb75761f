"""A diary in words as a file: what it is taken for, and what it gives."""

from __future__ import annotations

import time

import pytest

from runanalytics.errors import UnreadableFileError
from runanalytics.importers import identify, read_bytes
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.diary.importer import DIARY


def read(text: str) -> Imported:
    return DIARY.read(text.encode())


def test_a_session_keeps_its_identifier_whatever_other_lines_say() -> None:
    one = read("2026-05-03\ndrills\n").sessions["session_id"]
    other = read("2026-05-01\ngym\n## 3 May 2026\nsquat 3x5\nDrills\n").sessions
    assert one.iloc[0] in set(other["session_id"])


def test_wholes_have_no_sets_and_other_work_is_a_row_of_its_kind() -> None:
    imported = read("2026-05-03\ngym 45 min\ncore, drills\nyoga 60 min\nbike 40 min\n")
    assert imported.sessions["kind"].tolist() == ["strength", "mixed", "other", "other"]
    assert imported.sets["movement"].tolist() == ["yoga", "cycling"]
    assert imported.sessions["duration_s"].tolist()[::2] == [2700.0, 3600.0]


def test_a_name_means_what_its_own_line_says() -> None:
    sets = read("2026-05-03\nfly 30 m\nfly 3x10\nsquat\n2026-05-04\nsquat 3x5 80 kg\n").sets
    assert sets["movement"].tolist() == ["sprint", "chest_fly", "squat", "squat"]
    assert sets.loc[2, ["reps", "load_kg"]].isna().all()


def test_nothing_lengthens_the_logs_and_is_no_session() -> None:
    imported = read("2026-05-03\ngym\n2026-05-31\nnothing since 10 May\n")
    spans = imported.log_spans.set_index("what")
    assert len(imported.sessions) == 1
    assert f"{spans.loc['strength', 'first_date']:%d.%m.}" == "03.05."
    assert f"{spans.loc['technique', 'first_date']:%d.%m.}" == "10.05."
    assert set(spans["last_date"].dt.strftime("%d.%m.")) == {"31.05."}


def test_every_line_is_accounted_for() -> None:
    imported = read("lost\n2026-05-03\ngym\n31 February\nlost, too\n")
    assert (imported.rows.n_rows, imported.rows.n_kept) == (3, 1)
    (note,) = [note for note in imported.notes if note.message.startswith("not read")]
    assert "line 5 'lost, too' stands below a date that is none ('31 February')" in note.message


def test_ten_thousand_lines_are_read() -> None:
    days = (f"20{20 + n // 336}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}" for n in range(2000))
    text = "\n".join(f"{day}\nsquat 3x5\ndrills\n6 strides\nplank 3x1 min" for day in days)
    assert len(read(text).sessions) == 8000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("README.md", b"# A project\n\nReleased 2026-05-03.\n\n## 1.2\n- faster by 3x\n"),
        ("CHANGELOG.md", b"## 2026-05-03\n- adds a thing\n- removes another\n- mends 3 faults\n"),
        ("notes.txt", b"milk, eggs, 6 apples\n"),
        ("diary.md", b"\x00\x01\x02 binary 2026"),
    ],
)
def test_other_texts_are_no_diary(name: str, content: bytes) -> None:
    assert not DIARY.recognises(name, content)
    with pytest.raises(UnreadableFileError):
        identify(name, content)


def test_a_date_that_may_be_two_days_is_asked_about_whatever_the_file_is_called() -> None:
    text = b"3/5/2026\nsquat 3x5\n4/5/2026\n6 strides\n"
    for name in ("diary.md", "notes.txt"):
        assert identify(name, text) is DIARY
    with pytest.raises(UnreadableFileError, match="can be read as two dates"):
        DIARY.read(text)
    assert not DIARY.recognises("notes.txt", b"3/5/2026\ncall mum\n4/5\ndentist\n")


def test_training_txt_is_a_diary_by_what_stands_in_it() -> None:
    text = b"3.5.2026\nLauf-ABC, 5 Steigerungen\n5.5.2026\nKraft: Kniebeugen 3x8 60 kg\n"
    importer, imported = read_bytes("training.txt", text, ReadOptions())
    assert importer is DIARY
    assert imported.sessions["kind"].tolist() == ["technique", "strength"]


def test_a_diary_without_a_day_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableFileError, match="no line of it is a date") as caught:
        read("squat 3x5\n")
    assert "2026-05-03" in str(caught.value.hint)
    assert read("# Diary\n> nothing yet\n").sessions.empty


def test_a_line_of_ten_megabytes_is_left_out_at_once_and_its_date_counts() -> None:
    long = "2026-05-04 squat 3x5; " + "very (" * 2_000_000
    begun = time.process_time()
    found = read(f"2026-05-03 drills\n{long}\n6 strides\n")
    assert time.process_time() - begun < 10
    assert found.sessions["local_date"].dt.day.tolist() == [3, 4]
    assert dict(found.rows.left_out) == {"in a line of more than 2,000 letters": 1}
    assert all(len(note.message) < 1_000 for note in found.notes)


def test_what_counts_is_what_the_line_is_shown_as_and_doubts_are_told() -> None:
    text = b"2026-05-03\ncalf raises: bent 3x15, straight 3x15\nsqaut 3x5, 6 strides\nsqaut 3x5\n"
    read = DIARY.read(text)
    assert read.sets["movement"].tolist() == [
        *("seated_calf_raise", "calf_raise"),
        *("squat", "strides", "squat"),
    ]
    (told,) = [note.message for note in read.notes if "for certain" in note.message]
    assert told.startswith(
        "lines that are not understood for certain: 3 (\"sqaut: read as 'Squat'\" (2)"
    )


def test_what_is_dated_in_the_future_is_left_out_and_named() -> None:
    imported = read("2026-05-03\nsquat 3x5\n2097-05-03\ncore 15 min\n1980-05-03\ndrills\n")
    assert len(imported.sessions) == 1
    (told,) = [note.message for note in imported.notes if note.message.startswith("not read")]
    assert "line 4 'core 15 min' stands under 2097-05-03, in the future" in told
    assert "stands under 1980-05-03, before 1990" in told
    (empty,) = read("2026-05-03\n\n").notes
    assert empty.message == "nothing stands below its days"
