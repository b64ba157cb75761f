"""What follows from all sources together: zones, duplicates, spans, races; and the user's word."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from runanalytics import Library
from runanalytics.errors import UsageError
from runanalytics.findings.effect import LEAST_WEEKS
from runanalytics.library.coverage import NEEDED_WEEKS
from runanalytics.library.linking import reconcile
from runanalytics.library.linking.zones import with_zones
from runanalytics.library.storage.catalogue import LAYOUT

Dump = Callable[[Library], dict[str, str]]
FROZEN = Path(__file__).parents[1] / "frozen" / "layout1"


def runs_csv(folder: Path, name: str, *rows: str, more: str = "title") -> Path:
    path = folder / name
    path.write_text(f"date,time,distance,duration,{more}\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def twice(library: Library, tmp_path: Path) -> Library:
    """A library in which two lists tell of one run, and one of them of another too."""
    first = runs_csv(tmp_path, "a.csv", "2026-03-01,07:00,10 km,50:00,172", more="cadence_spm")
    second = runs_csv(
        tmp_path,
        "b.csv",
        "2026-03-01,07:01,10.1 km,50:20,245",
        "2026-03-02,18:00,5 km,25:00,250",
        more="ground_contact_ms",
    )
    library.add([first, second])
    return library


def test_two_sources_of_one_run_are_read_as_one(twice: Library) -> None:
    runs = twice.runs()
    assert len(runs) == 2
    assert runs.loc[0, ["cadence_spm", "ground_contact_ms"]].tolist() == [172.0, 245.0]
    assert len(twice.runs(until="2026-03-01")) == len(twice.runs(since="2026-03-02")) == 1
    assert set(twice.segments()["run_id"]) == set(runs["run_id"])
    assert len(twice.form("cadence")) == 1
    (merge,) = twice.merges()
    assert {merge.duplicate.files, merge.primary.files} == {("a.csv",), ("b.csv",)}
    plain = merge.to_dict()
    assert list(plain) == ["what", "hidden", "speaks", "reason", "made_by", "undone"]
    assert list(plain["hidden"]) == ["id", "files", "importers", "start", "said"]


def test_an_undone_merge_stays_undone_and_can_be_taken_back(
    twice: Library, tmp_path: Path, dump: Dump
) -> None:
    before = dump(twice)
    (merge,) = twice.merges()
    twice.undo_merge(merge.duplicate.identifier[:6])
    assert len(twice.runs()) == 3
    runs_csv(tmp_path, "c.csv", "2026-04-01,07:00,10 km,50:00,New")
    twice.add(tmp_path)
    assert len(twice.runs()) == 4
    (tmp_path / "c.csv").write_text("date,time,distance,duration\n2026-04-02,07:00,8 km,50:00\n")
    twice.redo_merge(merge.duplicate.identifier)
    after = dump(twice)
    assert {key: after[key] for key in ("sessions", "sets")} == {
        key: before[key] for key in ("sessions", "sets")
    }
    assert len(twice.runs()) == 3
    with pytest.raises(UsageError, match="no undone merge"):
        twice.redo_merge(merge.duplicate.identifier)
    with pytest.raises(UsageError, match="no merge of 'nobody'"):
        twice.undo_merge("nobody")


def test_rows_are_joined_by_hand_and_taken_apart_again(twice: Library) -> None:
    (merge,) = twice.merges()
    other = next(run for run in twice.runs()["run_id"] if run != merge.primary.identifier)
    twice.join(other, merge.primary.identifier)
    assert twice.runs()["run_id"].tolist() == [merge.primary.identifier]
    twice.undo_merge(other)
    assert len(twice.runs()) == 2
    with pytest.raises(UsageError, match="are not two runs"):
        twice.join(other, other)
    with pytest.raises(UsageError, match="no run or session"):
        twice.join(other, "nobody")


def test_samples_are_never_hidden_behind_averages(
    library: Library, sample_fits: list[Path], tmp_path: Path
) -> None:
    library.add([sample_fits[-1], runs_csv(tmp_path, "a.csv", "2020-03-01,07:00,10 km,50:00,Old")])
    old, new = library.runs()["run_id"]
    with pytest.raises(UsageError, match=f"merges join {old} {new}"):
        library.join(new, old)
    library.join(old, new)
    assert library.runs()["run_id"].tolist() == [new]
    assert len(library.samples(new)) > 100


def test_the_order_of_imports_does_not_matter(overlapping_files: Path) -> None:
    texts = []
    for number, order in enumerate((sorted, lambda paths: sorted(paths, reverse=True))):
        library = Library.open(overlapping_files / f"library{number}")
        for path in order(overlapping_files.glob("*.csv")):
            library.add(path)
        texts.append(
            library.runs().to_csv()
            + library.sessions().to_csv()
            + json.dumps([merge.to_dict() for merge in library.merges()])
        )
    assert texts[0] == texts[1]


def test_an_import_that_was_cut_short_is_reconciled_by_the_next(
    library: Library, overlapping_files: Path, n_merges: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last batch is written with all that follows from it, or not at all."""
    from runanalytics.library.ingest import batches

    with monkeypatch.context() as patched:

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(batches, "BATCH_FILES", 3)
        patched.setattr(batches, "reconcile", killed)
        with pytest.raises(KeyboardInterrupt):
            library.add(overlapping_files)
    assert library.merges() == []
    assert library.sources()["outcome"].eq("added").sum() == 3, "one batch of two is there"
    library.add(overlapping_files)
    assert len(library.merges()) == n_merges


def test_reconciling_twice_changes_nothing(
    library: Library, overlapping_files: Path, dump: Dump
) -> None:
    library.add(overlapping_files)
    before = dump(library), [merge.to_dict() for merge in library.merges()]
    with library.opened.writing() as catalogue:
        reconcile.reconcile(catalogue, force=True)
    assert (dump(library), [merge.to_dict() for merge in library.merges()]) == before


def placed(clock: str, hours: float, near: list[tuple[str, float]]) -> pd.Series:
    row = {
        "what": "runs", "id": "a", "clock": clock, "start_utc": pd.Timestamp("2026-07-01T22:30Z"),
        "utc_offset_s": hours * 3600, "local_date": pd.Timestamp("2026-07-01"),
    }  # fmt: skip
    certain = pd.DataFrame(
        {
            "start_utc": pd.to_datetime([when for when, _ in near], utc=True),
            "utc_offset_s": [3600 * offset for _, offset in near],
        }
    )
    return with_zones(pd.DataFrame([row]), certain).iloc[0]


def test_local_time_keeps_its_clock_and_utc_its_instant() -> None:
    near = [("2026-07-03T10:00Z", 2.0), ("2026-06-20T10:00Z", -5.0)]
    local, utc = placed("local", 0, near), placed("utc", 0, near)
    assert str(local["start_utc"]) == "2026-07-01 20:30:00+00:00"
    assert local["local_date"] == pd.Timestamp("2026-07-01")
    assert str(utc["start_utc"]) == "2026-07-01 22:30:00+00:00"
    assert utc["local_date"] == pd.Timestamp("2026-07-02")
    assert local["basis"] == utc["basis"] == "neighbour"


def test_without_a_neighbour_of_those_days_all_stays_as_imported() -> None:
    for near in ([], [("2026-08-01T10:00Z", 2.0)]):
        row = placed("utc", 1, near)
        assert (row["utc_offset_s"], row["basis"]) == (3600.0, "")
        assert row["start_utc"] == pd.Timestamp("2026-07-01T22:30Z")


def test_a_log_takes_the_zone_of_the_runs_around_it(
    library: Library, sample_fits: list[Path], tmp_path: Path
) -> None:
    library.add(sample_fits[-1])
    run = library.runs().iloc[0]
    day = run["local_date"]
    log = tmp_path / "sets.csv"
    log.write_text(f"date,time,movement,sets,reps\n{day:%Y-%m-%d},19:00,Squat,3,10\n")
    library.add(log, timezone="America/New_York")
    (session,) = library.sessions().to_dict("records")
    assert session["utc_offset_s"] == run["utc_offset_s"] == 7200
    assert session["start_utc"] == (day + pd.Timedelta(hours=17)).tz_localize("UTC")
    assert ("sessions", "taken from neighbouring runs that know it", 1) in library.status().zones


def test_a_race_knows_the_run_that_recorded_it(library: Library, tmp_path: Path) -> None:
    runs_csv(
        tmp_path,
        "runs.csv",
        "2026-03-01,08:00,2 km,12:00,Warm-up",
        "2026-03-01,09:00,10.08 km,45:20,Race",
    )
    (tmp_path / "races.csv").write_text(
        "date,distance,time\n2026-03-01,10k,45:10\n2026-03-01,5k,24:00\n2026-04-01,10k,45:10\n"
    )
    library.add(tmp_path)
    runs = library.runs().set_index("title")["run_id"]
    by_distance = library.races().set_index(["local_date", "distance_m"])["run_id"]
    assert by_distance.loc["2026-03-01", 10_000.0] == runs["Race"]
    assert by_distance.notna().sum() == 1
    with library.opened.writing() as catalogue:
        assert catalogue.frame("races")["run_id"].isna().all(), "its source did not say so"


def test_of_two_races_that_fit_equally_the_same_has_the_run_in_any_order(
    library: Library, tmp_path: Path
) -> None:
    lists = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, title in zip(lists, ("City run", "Night run"), strict=True):
        path.write_text(f"date,distance,time,title\n2026-03-01,10k,45:10,{title}\n")
    library.add(runs_csv(tmp_path, "runs.csv", "2026-03-01,09:00,10 km,45:10,Race"))
    library.add(lists)
    with library.opened.writing() as catalogue:
        races, runs = catalogue.frame("races"), catalogue.frame("runs")
    assert len(races) == 2
    found = [reconcile.runs_of_races(rows, runs) for rows in (races, races[::-1])]
    assert len(found[0]) == 1
    assert found[0] == found[1]


def spans_of(library: Library, what: str) -> list[list[str]]:
    spans = library.log_spans()
    chosen = spans[spans["what"] == what].sort_values("first_date")
    days = chosen[["first_date", "last_date"]].map(lambda day: f"{day:%m-%d}")
    return days.assign(source=chosen["source"]).to_numpy().tolist()


def test_what_the_user_says_of_a_log_wins_and_survives(library: Library, tmp_path: Path) -> None:
    log = tmp_path / "sets.csv"
    log.write_text("date,movement,reps\n2026-03-01,Squat,10\n2026-03-31,Squat,10\n")
    library.add(log)
    library.add_break("strength", "2026-03-10", "2026-03-20")
    assert spans_of(library, "strength") == [["03-01", "03-09", "tidy"], ["03-21", "03-31", "tidy"]]
    assert len(library.dose()) == 20
    library.set_span("strength", "2026-02-01", "2026-03-05")
    library.set_span("strength", "2026-03-18", "2026-04-10")
    log.write_text(log.read_text() + "2026-05-01,Squat,10\n")
    library.add(log)
    assert spans_of(library, "strength") == [["02-01", "03-05", "user"], ["03-21", "04-10", "user"]]
    assert library.dose()["amount"].sum() == 2
    (span,) = (one for one in library.status().spans if one.what == "strength")
    assert span.breaks == (("2026-03-06", "2026-03-20"),)
    assert library.clear_spans("strength") == 3
    assert spans_of(library, "strength") == [["03-01", "05-01", "tidy"]]
    with pytest.raises(UsageError, match="the logs are: runs, strength, technique"):
        library.set_span("gym", "2026-01-01", "2026-02-01")
    with pytest.raises(UsageError, match="before the first"):
        library.set_span("strength", "2026-02-01", "2026-01-01")


def test_status_tells_of_merges_zones_and_when_there_will_be_enough(
    library: Library, overlapping_files: Path, n_merges: int
) -> None:
    library.add(overlapping_files)
    overview = library.status()
    assert sum(overview.merged.values()) == n_merges
    assert "Also recorded by another source: 3 runs and 1 session" in overview.text()
    json.dumps(overview.to_dict())
    assert NEEDED_WEEKS == LEAST_WEEKS, "status foretells what an effect asks for"


def test_status_says_when_there_will_be_enough(library: Library, tmp_path: Path) -> None:
    days = pd.date_range("2026-01-05", periods=20, freq="7D")
    rows = [f"{day:%Y-%m-%d},07:00,10 km,50:00,240" for day in days]
    library.add(runs_csv(tmp_path, "runs.csv", *rows, more="ground_contact_ms"))
    library.set_span("strength", "2026-01-01", "2026-05-18")
    overlaps = library.status().overlaps
    told = [one.text() for one in overlaps if one.metric == "contact time"]
    assert told[0] == (
        "contact time and strength overlap in 20 weeks: an effect needs 40,"
        " by October 2026 at this pace; go on logging both"
    )
    library.set_span("strength", "2026-01-01", "2026-03-01")
    assert "import a newer strength log" in library.status().text()
    (span,) = (one for one in library.status().spans if one.what == "strength")
    assert "runs go on to 2026-05-18" in span.advice
    library.clear_spans("strength")
    library.set_span("strength", "2026-04-20", "2026-05-18")
    assert "import older strength logs" in library.status().text()


def test_a_library_of_layout_1_reads_as_it_is_and_is_upgraded_once_it_is_written(
    tmp_path: Path, dump: Dump
) -> None:
    shutil.copytree(FROZEN, tmp_path / "old")
    library = Library.open(tmp_path / "old")
    before, overview = dump(library), library.status()
    assert library.merges() == []
    assert overview.known[0].count == len(library.runs()) > 0
    with sqlite3.connect(library.folder / "catalogue.sqlite") as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    runs_csv(tmp_path, "new.csv", "2019-03-01,07:00,10 km,50:00,Old")
    library.add(tmp_path / "new.csv")
    with sqlite3.connect(library.folder / "catalogue.sqlite") as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (LAYOUT,)
    after = dump(library)
    for table in ("sets", "races"):
        assert after[table].split(",run_id")[0] == before[table].split(",run_id")[0]
    assert len(library.runs()) == overview.known[0].count + 1
    assert library.merges() == []


def test_an_upgrade_that_is_cut_short_leaves_the_old_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runanalytics.library.storage import migrate

    shutil.copytree(FROZEN, tmp_path / "old")
    library = Library.open(tmp_path / "old")
    step = migrate._STEPS[2].replace("CREATE TABLE user_spans", "CREATE TABLE broken (")
    with monkeypatch.context() as patched:
        patched.setitem(migrate._STEPS, 2, step)
        with pytest.raises(Exception, match="cannot be written"):
            library.add(runs_csv(tmp_path, "new.csv", "2019-03-01,07:00,10 km,50:00,Old"))
    with sqlite3.connect(library.folder / "catalogue.sqlite") as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert ("clocks",) not in tables
    assert library.add(tmp_path / "new.csv").total("runs") == 1


def test_real_lists_pods_and_streams_of_one_run_are_one(library: Library, shared: Path) -> None:
    tables = shared / "tables"
    library.add([tables / "garmin_list", tables / "stryd"])
    found = library.merges()
    assert len(found) == 5
    assert all("(+02:00)" in merge.reason for merge in found)
    runs = library.runs()
    both = runs[runs["ground_contact_ms"].notna()]
    assert len(both) == 5
    assert both["title"].notna().all(), "titles are the list's"
    assert (both["utc_offset_s"] == 7200).all()
    streams = (tables / "tcx" / "tcx_with_stops.tcx", tables / "gpx" / "strava_export.gpx")
    library.add(streams)
    assert len(library.runs()) == len(runs) + 1
