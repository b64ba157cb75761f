"""What is said of files that no importer takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from runanalytics.errors import UnreadableFileError
from runanalytics.importers import identify
from runanalytics.importers.unknown import is_companion
from runanalytics.library import Library


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"Meal,kcal,When\nSoup,300,noon\n", "its columns are: meal, kcal, when; as a plain table"),
        (b'{"pages": [{"title": "x"}], "n": 1}', "JSON whose first names are: pages, title, n;"),
        (b'<?xml version="1.0"?><plist a="1">', "XML that begins with <plist>;"),
        (b"Dear diary", "text without columns;"),
        (b"\x89PNG\r\n\0\0", "known sources are: fit, "),
    ],
)
def test_it_is_named_with_what_it_has_and_what_would_be_read(head: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        identify("file", head)
    assert str(refused.value).startswith("file: not a file of any known source")
    assert said in str(refused.value)


def test_the_nearest_source_is_named_with_what_it_shares() -> None:
    head = b"start_time,exercise_title,mood,weather,place,music,shoes,coach\n"
    with pytest.raises(UnreadableFileError, match="nearest is hevy, which has exercise_title, st"):
        identify("file", head)


def test_a_file_of_training_in_a_folder_is_named_and_the_rest_counted(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("food.csv", "photo.jpg", "letter.pdf"):
        (tmp_path / "in" / name).write_text("Meal,kcal\nSoup,300\n")
    (tmp_path / "in" / "races.csv").write_text("date,distance,time\n2026-03-01,5k,20:00\n")
    report = Library(tmp_path / "library").add(tmp_path / "in")
    assert report.exit_status == 1
    assert [file.name for file in report.with_outcome("skipped")] == ["food.csv"]
    assert len(report.with_outcome("ignored")) == 2
    assert report.total("races") == 1


def test_what_this_project_writes_beside_logs_is_no_training() -> None:
    truth = Path(__file__).parents[2] / "data" / "sample" / "truth.json"
    assert is_companion(truth.read_bytes())
    assert not is_companion(b"{}")


def test_a_list_that_is_known_and_cannot_be_read_says_why() -> None:
    head = b"id,time,sportid,distance,s,elapsed_time\n1,1700000000,168070,10.2,3000,3100\n"
    with pytest.raises(UnreadableFileError, match=r"which number is running; .*FIT or TCX"):
        identify("runalyze-activities.csv", head)
