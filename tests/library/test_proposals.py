"""What titles, notes, calendars and samples propose, and what comes of the user's decisions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runanalytics import Library
from runanalytics.errors import UsageError
from runanalytics.library.proposal_list import in_words

RUNS = """date,time,distance,duration,title,notes
2026-05-01,07:00,8 km,48:00,Easy 8k + 6 strides,
2026-05-03,07:00,10 km,60:00,Lunch Run,"windy
4 x 20 s strides"
2026-05-05,07:00,6 km,40:00,"Lauf-ABC 10 min, dann 5 Steigerungen",
2026-05-06,07:00,6 km,40:00,No strides today,
2026-05-08,07:00,6 km,40:00,Gym + run,
2026-05-10,07:00,10 km,40:00,Stadtlauf,
"""
LATER = """date,time,distance,duration,title
2026-06-01,07:00,8 km,48:00,"10k easy, 8 strides"
"""
#: A gym session of a day on which a title names one.
GYM = """date,time,kind,duration_min
2026-05-08,18:00,strength,60
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library.open(tmp_path / "library")
    (tmp_path / "runs.csv").write_text(RUNS)
    assert made.add(tmp_path / "runs.csv", timezone="Europe/Berlin").exit_status == 0
    return made


def states(library: Library) -> dict[str, str]:
    table = library.proposals()
    return dict(zip(table["wording"], table["state"], strict=True))


def test_wordings_are_proposed_with_their_days_and_nothing_counts(library: Library) -> None:
    table = library.proposals().set_index("wording")
    assert set(table.index) == {"strides", "lauf-abc", "steigerungen", "gym", "stadtlauf"}
    assert (table["state"] == "proposed").all()
    assert table.loc["strides", "count"] == 2
    assert f"{table.loc['strides', 'last_date']:%Y-%m-%d}" == "2026-05-03"
    assert library.sessions().empty
    assert library.races().empty
    assert "4 runs name drills, strides or strength work" in in_words(library.proposals())
    assert "log proposed" in library.status().text()


def test_confirmed_work_is_done_on_its_days_also_of_runs_that_come_later(
    library: Library, tmp_path: Path
) -> None:
    library.confirm_proposals("strides")
    (tmp_path / "later.csv").write_text(LATER)
    library.add(tmp_path / "later.csv", timezone="Europe/Berlin")
    days = library.sessions()["local_date"].dt.strftime("%m-%d").tolist()
    assert days == ["05-01", "05-03", "06-01"]
    assert library.sets()["n_sets"].tolist() == [6, 4, 8]
    dose = library.dose("technique")
    assert dose["amount"].sum() == 3
    assert len(dose) == 32
    assert library.verify() == []


def test_a_whole_makes_no_set_and_a_rejected_group_no_session(library: Library) -> None:
    library.confirm_proposals("lauf-abc")
    library.reject_proposals("steigerungen")
    (session,) = library.sessions().to_dict("records")
    assert (session["kind"], session["title"], session["duration_s"]) == (
        *("technique", "Running drills"),
        600.0,
    )
    assert library.sets().empty


def test_undoing_takes_back_all_that_followed(library: Library) -> None:
    group = library.proposals().set_index("wording").loc["strides", "group"]
    library.confirm_proposals(group)
    library.reopen_proposals(group[:4])
    assert library.sessions().empty
    assert states(library)["strides"] == "proposed"


def test_one_run_of_a_group_can_be_decided_alone(library: Library) -> None:
    rows = library.proposals_in("strides")
    library.confirm_proposals("strides")
    library.reject_proposals("strides", only=rows["id"].iloc[0])
    assert library.sessions()["local_date"].dt.strftime("%m-%d").tolist() == ["05-03"]
    assert states(library)["strides"] == "both"


def test_work_that_a_log_has_counts_once_and_the_merge_can_be_undone(
    library: Library, tmp_path: Path
) -> None:
    library.confirm_proposals("gym")
    assert library.dose("strength")["amount"].sum() == 1
    (tmp_path / "gym.csv").write_text(GYM)
    library.add(tmp_path / "gym.csv", timezone="Europe/Berlin")
    assert library.dose("strength")["amount"].sum() == 1
    (session,) = library.sessions().to_dict("records")
    assert session["duration_s"] == 3_600
    (merge,) = library.merges()
    assert "words" in merge.reason
    library.undo_merge(merge.duplicate.identifier)
    assert library.dose("strength")["amount"].sum() == 2


def test_races_in_titles_are_decided_alike(library: Library) -> None:
    library.confirm_proposals("stadtlauf")
    assert library.races()["title"].tolist() == ["Stadtlauf"]
    library.reject_proposals("stadtlauf")
    assert library.races().empty
    run_id = library.proposals_in("stadtlauf")["id"].iloc[0]
    library.confirm_race(run_id, time_s=2_390.0)
    assert library.races()["time_s"].tolist() == [2_390.0]


@pytest.mark.parametrize("group", ["nothing", "", "38"])
def test_an_unknown_group_is_one_sentence(library: Library, group: str) -> None:
    with pytest.raises(UsageError, match="nothing is proposed"):
        library.confirm_proposals(group)


def test_deciding_twice_is_said_and_changes_nothing(library: Library) -> None:
    library.reject_proposals("gym")
    with pytest.raises(UsageError, match="rejected already"):
        library.reject_proposals("gym")
    with pytest.raises(UsageError, match="nothing was decided"):
        library.reopen_proposals("strides")
    assert states(library)["gym"] == "rejected"


def test_an_empty_library_proposes_nothing(tmp_path: Path) -> None:
    assert Library.open(tmp_path / "none").proposals().empty


@pytest.mark.parametrize("titled", [True, False])
def test_bursts_in_samples_are_the_strides_that_a_title_names(titled: bool, tmp_path: Path) -> None:
    from runanalytics.plots.bursts import bursts_of_runs

    time = np.arange(0, 2_400)
    fast = (time >= 1_800) & (time % 90 < 20)
    metres = np.cumsum(np.where(fast, 5.0, 3.0))
    points = "".join(
        f"<Trackpoint><Time>2026-05-03T08:{s // 60:02d}:{s % 60:02d}Z</Time>"
        f"<DistanceMeters>{m}</DistanceMeters></Trackpoint>"
        for s, m in zip(time.tolist(), metres.tolist(), strict=True)
    )
    notes = "<Notes>Easy + 7 strides</Notes>" if titled else ""
    (tmp_path / "run.tcx").write_text(
        '<?xml version="1.0"?><TrainingCenterDatabase><Activities><Activity Sport="Running">'
        f"<Id>2026-05-03T08:00:00Z</Id><Lap><Track>{points}</Track></Lap>{notes}</Activity>"
        "</Activities></TrainingCenterDatabase>"
    )
    library = Library.open(tmp_path / "library")
    library.add(tmp_path / "run.tcx", timezone="Europe/Berlin")
    (group,) = library.proposals().to_dict("records")
    assert group["what"] == ("words" if titled else "samples")
    library.confirm_proposals(group["group"])
    assert library.sets()["n_sets"].tolist() == [7]
    assert library.verify() == []
    axes = bursts_of_runs(library.proposals_in(group["group"]), library.samples)
    assert len(axes.texts) == 7


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:weekly
DTSTAMP:20260601T000000Z
DTSTART;TZID=Europe/Berlin:20260504T180000
DTEND;TZID=Europe/Berlin:20260504T190000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/Berlin:20260511T180000
SUMMARY:Gym
END:VEVENT
BEGIN:VEVENT
UID:future
DTSTAMP:20260601T000000Z
DTSTART;VALUE=DATE:20990301
SUMMARY:Gym
END:VEVENT
BEGIN:VEVENT
UID:private
DTSTAMP:20260601T000000Z
DTSTART;VALUE=DATE:20260301
SUMMARY:Dentist
END:VEVENT
END:VCALENDAR
"""


def test_past_events_of_a_calendar_are_proposed_and_nothing_else_is_kept(
    library: Library, tmp_path: Path
) -> None:
    pytest.importorskip("icalendar")
    (tmp_path / "plans.ics").write_text(CALENDAR.replace("\n", "\r\n"))
    library.add(tmp_path / "plans.ics")
    rows = library.proposals()
    (group,) = rows[rows["what"] == "calendar"].to_dict("records")
    assert (group["wording"], group["count"]) == ("gym", 3)
    assert library.opened.table("events")["title"].tolist() == ["Gym"] * 4
    assert library.sessions().empty
    library.confirm_proposals(group["group"])
    days = library.sessions()["local_date"]
    assert days.tolist() == [pd.Timestamp(f"2026-05-{day:02}") for day in (4, 18, 25)]
