"""Files of two people in one library: named at import and in status, and taken out for good."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from runanalytics import Library
from runanalytics.errors import UsageError
from runanalytics.library.linking.one_body import races_of_one_day, runs_at_one_time

ZONE = "Europe/Berlin"
HEAD = "date,time,distance,duration"
MINE = (
    HEAD,
    "2026-05-03,09:00,21.1 km,1:45:00",
    "2026-05-05,18:00,10 km,50:00",
    "2026-05-07,18:00,8 km,40:00",
)
#: A half marathon of the same morning, a run at the time of one of mine, one at another time.
HERS = (
    HEAD,
    "2026-05-03,09:02,21.2 km,2:18:00",
    "2026-05-05,18:05,7 km,52:00",
    "2026-05-09,18:00,6 km,40:00",
    "2026-05-01,18:00,6 km,41:00",
)
RACES = ("date,distance,time", "2026-05-03,half,1:45:00", "2026-05-03,half,2:15:00")


def written(folder: Path, name: str, lines: tuple[str, ...]) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def mixed(tmp_path: Path) -> Library:
    library = Library.open(tmp_path / "library")
    library.add(written(tmp_path, "mine.csv", MINE), timezone=ZONE)
    return library


def at(*starts: str, elapsed_s: tuple[float, ...]) -> pd.DataFrame:
    start = pd.to_datetime(list(starts), utc=True)
    return pd.DataFrame(
        {
            "run_id": list("abcdef"[: len(starts)]),
            "start_utc": start,
            "local_date": start.tz_localize(None).normalize(),
            "elapsed_s": list(elapsed_s),
            "distance_m": 5_000.0,
        }
    )


def test_two_people_are_named_at_import_and_in_status(mixed: Library, tmp_path: Path) -> None:
    report = mixed.add(written(tmp_path, "hers.csv", HERS), timezone=ZONE)
    assert [(pair.what, pair.day) for pair in report.at_one_time] == [
        ("merges", "2026-05-03"),
        ("runs", "2026-05-05"),
    ]
    assert report.one_body().startswith("1 pair of runs at one time that are not the same")
    assert "hers.csv" in report.one_body()
    assert "mine.csv" in report.one_body()
    text = mixed.status().text()
    assert "1 pair of runs read as one whose durations differ" in text
    assert "runanalytics remove FILE" in text
    assert len(report.to_dict()["at_one_time"]) == 2
    (merge,) = mixed.merges()
    mixed.undo_merge(merge.duplicate.identifier)
    assert [pair.what for pair in mixed.status().at_one_time] == ["runs", "runs"]


def test_one_person_is_not_named(mixed: Library, tmp_path: Path) -> None:
    """Warm-up, race and cool-down, an upload of the same run, and two runs a day."""
    own = written(
        tmp_path,
        "upload.csv",
        (
            HEAD,
            "2026-05-03,08:30,2 km,12:00",
            "2026-05-03,09:00,21.05 km,1:45:20",
            "2026-05-03,10:44,1 km,6:00",
            "2026-05-05,07:00,5 km,25:00",
        ),
    )
    assert mixed.add(own, timezone=ZONE).at_one_time == ()
    assert mixed.status().at_one_time == ()


def test_races_of_one_morning_are_named(mixed: Library, tmp_path: Path) -> None:
    report = mixed.add(written(tmp_path, "races.csv", RACES))
    (pair,) = report.at_one_time
    assert pair.what == "races"
    assert "1 pair of long races of one day" in mixed.status().text()
    mixed.remove(pair.second)
    assert mixed.status().at_one_time == ()
    assert pair.second not in set(mixed.race_list()["race_id"])


def test_what_is_taken_out_stays_out_and_can_be_put_back(mixed: Library, tmp_path: Path) -> None:
    alone = mixed.runs()
    spans = mixed.log_spans()
    hers = written(tmp_path, "hers.csv", HERS)
    mixed.add(hers, timezone=ZONE)
    both = mixed.runs()
    assert len(both) == 6
    assert len(mixed.merges()) == 1
    assert mixed.remove("hers.csv").n_rows == 4
    newer = written(tmp_path, "newer.csv", (*HERS, "2026-05-12,07:00,5 km,31:00"))

    def is_mine(library: Library) -> None:
        pd.testing.assert_frame_equal(library.runs(), alone)
        pd.testing.assert_frame_equal(library.log_spans(), spans)
        status = library.status()
        assert status.at_one_time == ()
        assert "hers.csv" in status.text()
        assert library.verify() == []

    is_mine(mixed)
    mixed.add(hers, timezone=ZONE)
    is_mine(mixed)
    mixed.rebuild()
    is_mine(mixed)
    mixed.export(tmp_path / "export")
    other = Library.open(tmp_path / "restored")
    other.restore(tmp_path / "export")
    is_mine(other)
    mixed.add(newer, timezone=ZONE)
    assert len(mixed.runs()) == len(alone) + 1, "of a newer export of hers what is new"
    mixed.remove("newer.csv")
    is_mine(mixed)
    mixed.put_back("newer.csv")
    mixed.put_back("hers.csv")
    assert len(mixed.runs()) == 7
    assert mixed.removals() == []


def test_my_run_is_read_where_hers_that_hid_it_is_taken_out(mixed: Library, tmp_path: Path) -> None:
    """We ran together: her watch's file is the better source of what is one run in time."""
    together = "2026-05-07,18:00:20,8.01 km,40:05,172"
    hers = written(tmp_path, "hers.csv", (f"{HEAD},cadence_spm", together))
    alone = mixed.runs()
    mixed.add(hers, timezone=ZONE)
    assert len(mixed.merges()) == 1
    mixed.remove("hers.csv")
    assert mixed.merges() == []
    pd.testing.assert_frame_equal(mixed.runs(), alone)


def test_a_run_is_taken_out_with_all_that_is_read_as_it(mixed: Library, tmp_path: Path) -> None:
    mixed.add(
        written(tmp_path, "pod.csv", (HEAD, "2026-05-07,18:00:20,8.01 km,40:05")), timezone=ZONE
    )
    (merge,) = mixed.merges()
    for one in (merge.duplicate.identifier, merge.primary.identifier):
        mixed.remove(one)
        assert len(mixed.runs()) == 2
        assert mixed.segments()["run_id"].isin(mixed.runs()["run_id"]).all()
        mixed.put_back(one)
        assert len(mixed.runs()) == 3


def test_joined_by_hand_with_what_is_taken_out_a_run_stays(mixed: Library, tmp_path: Path) -> None:
    mixed.add(written(tmp_path, "hers.csv", HERS), timezone=ZONE)
    runs = mixed.runs().set_index("distance_m")["run_id"]
    mixed.join(runs[10_000.0], runs[7_000.0])
    assert 10_000.0 not in set(mixed.runs()["distance_m"])
    mixed.remove("hers.csv")
    assert set(mixed.runs()["distance_m"]) == {21_100.0, 10_000.0, 8_000.0}


def test_what_is_unknown_cannot_be_taken_out(mixed: Library, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file, run, session or race 'hers'"):
        mixed.remove("hers")
    with pytest.raises(UsageError, match="is not taken out"):
        mixed.put_back("mine.csv")
    with pytest.raises(UsageError, match="no file"):
        Library.open(tmp_path / "empty").remove("mine.csv")
    shutil.copy(written(tmp_path, "other.csv", HERS), tmp_path / "sub.csv")
    (tmp_path / "folder").mkdir()
    written(tmp_path / "folder", "mine.csv", HERS)
    mixed.add(tmp_path / "folder" / "mine.csv", timezone=ZONE)
    with pytest.raises(UsageError, match=r"may be mine\.csv"):
        mixed.remove("mine.csv")


def test_a_list_with_the_starts_of_mine_and_other_durations_is_noted(
    mixed: Library, tmp_path: Path
) -> None:
    hers = ("2026-05-03,09:00,21.1 km,2:15:00", "2026-05-07,18:00,8 km,40:10")
    report = mixed.add(written(tmp_path, "hers.csv", (HEAD, *hers)), timezone=ZONE)
    (note,) = report.notes()
    assert note.what.endswith("a corrected list, or another person's: 1")


@pytest.mark.parametrize(
    ("starts", "elapsed_s", "pairs"),
    [
        (("2026-05-03 08:00", "2026-05-03 08:56"), (3_600.0, 3_000.0), 0),  # a hand-over
        (("2026-05-03 08:00", "2026-05-03 08:50"), (3_600.0, 3_000.0), 0),  # of a fifth
        (("2026-05-03 08:00", "2026-05-03 08:40"), (3_600.0, 3_000.0), 1),
        (("2026-05-03 08:00", "2026-05-03 08:04"), (3_600.0, 360.0), 1),  # a short one inside
        (("2026-05-03 08:00", "2026-05-03 08:01", "2026-05-03 08:02"), (3_600.0,) * 3, 3),
        (("2026-05-03 08:00", "2026-05-04 08:01"), (3_600.0, 3_600.0), 0),
    ],
)
def test_more_than_a_hand_over(
    starts: tuple[str, ...], elapsed_s: tuple[float, ...], pairs: int
) -> None:
    assert len(runs_at_one_time(at(*starts, elapsed_s=elapsed_s))) == pairs


def test_a_run_whose_zone_is_assumed_is_compared_with_such_runs_alone() -> None:
    runs = at("2026-05-03 08:00", "2026-05-03 08:05", elapsed_s=(3_600.0, 3_600.0))
    assert runs_at_one_time(runs, {"a"}) == []
    assert len(runs_at_one_time(runs, {"a", "b"})) == 1
    unknown = runs.assign(start_utc=pd.Series([pd.NaT] * 2, dtype="datetime64[us, UTC]"))
    assert runs_at_one_time(unknown) == []


def test_heats_and_races_after_one_another_are_one_persons() -> None:
    races = pd.DataFrame(
        {
            "race_id": ["a", "b", "c"],
            "run_id": None,
            "local_date": pd.to_datetime("2026-05-03"),
            "distance_m": [1_500.0, 1_500.0, 10_000.0],
            "time_s": [270.0, 272.0, 2_500.0],
            "title": "",
        }
    )
    assert races_of_one_day(races) == []
