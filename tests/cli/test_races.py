"""The commands on races, programmes and claims, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runanalytics import Library
from runanalytics.claims import claims
from runanalytics.cli import app
from runanalytics.errors import UsageError

CLAIM = """[[claim]]
id = "calves-cadence"
statement = "Calf raises raise my cadence."
outcome = "cadence_spm"
dose = "calf_raise"
expected = "up"
"""


def output(library: Library, *arguments: str) -> str:
    called = CliRunner().invoke(app, ["--library", str(library.folder), *arguments])
    if called.exception is not None and not isinstance(called.exception, SystemExit):
        raise called.exception
    return called.output


def test_races_are_put_on_one_scale(sample_library: Library) -> None:
    text = output(sample_library, "races")
    assert "worth over 10 km" in text
    assert "From 9 races on roads and tracks, 10 km would now take about" in text
    assert "Half marathon" in text
    assert "by equal VDOT" in text
    assert "to the power of 1.0" in text
    answer = json.loads(output(sample_library, "races", "--json"))
    assert len(answer["races"]) == answer["n_races"] == 9
    assert answer["adjusted_for"]
    assert {"altitude_m", "found_by", "state"} <= set(answer["races"][0])
    left = json.loads(
        output(sample_library, "races", "--json", "--no-heat", "--no-climb", "--no-altitude")
    )
    assert left["adjusted_for"] == []


def test_race_times_and_a_dose_are_shown_with_the_prior(sample_library: Library) -> None:
    text = output(sample_library, "races", "--of", "strength")
    assert "9 races in 9 weeks" in text
    for source in ("these data", "prior", "both"):
        assert source in text


def test_races_are_added_confirmed_rejected_and_removed(library: Library) -> None:
    assert "add one with 'runanalytics races add" in output(library, "races")
    text = output(library, "races", "add", "2026-05-03", "10k", "41:20", "--title", "City run")
    assert "City run on 2026-05-03, 10 km in 41:20" in text
    identifier = text.split(":")[0]
    assert "From 1 race on roads and tracks, 10 km would now take about 41:20" in output(
        library, "races"
    )
    assert "in 41:10" in output(library, "races", "confirm", identifier, "--time", "41:10")
    assert "is no race any more" in output(library, "races", "remove", identifier)
    with pytest.raises(UsageError, match="no race or run"):
        output(library, "races", "confirm", identifier)


def test_courses_and_what_was_raced_are_shown_and_corrected(library: Library) -> None:
    with pytest.raises(UsageError, match="'mud' is no kind of course; the kinds are: road, track"):
        output(library, "races", "add", "2026-05-03", "10k", "41:20", "--course", "mud")
    text = output(library, "races", "add", "2026-05-03", "10k", "41:20", "--course", "Track")
    assert "10 km in 41:20, course: track" in text
    identifier = text.split(":")[0]
    said = output(library, "races", "confirm", identifier, "--course", "trail", "--not-raced")
    assert "course: trail, raced: no" in said
    assert "raced: yes" in output(library, "races", "confirm", identifier, "--raced")
    output(library, "races", "add", "2026-06-03", "10k", "42:20")
    text = output(library, "races")
    assert "road, assumed" in text
    assert "Courses: 1 trail, 1 road (1 assumed)." in text
    races = json.loads(output(library, "races", "--json"))["races"]
    assert [race["course"] for race in races] == ["trail", "road"]
    assert [race["course_by"] for race in races] == ["user", "assumed"]
    assert [race["raced"] for race in races] == [True, None]
    assert "1 trail, 1 road (1 assumed)" in output(library, "status")


def test_proposed_races_say_how_to_confirm_them(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("date,time,distance,duration,title\n2026-03-01,07:00,10.1 km,45:00,Race\n")
    library.add(path)
    text = output(library, "races")
    assert "title, not confirmed" in text
    (row,) = json.loads(output(library, "races", "--json"))["races"]
    assert f"races confirm {row['race_id']}" in text
    assert "is no race" in output(library, "races", "reject", row["race_id"][:8])
    assert "title, rejected" not in (text := output(library, "races"))
    assert "user, rejected" in text


def test_a_figure_of_races_is_drawn(sample_library: Library, tmp_path: Path) -> None:
    output(sample_library, "races", "--plot", str(tmp_path / "races.png"))
    output(sample_library, "claims", "--plot", str(tmp_path / "claims.svg"))
    output(sample_library, "adherence", "technique-drills", "--plot", str(tmp_path / "drills.pdf"))
    assert {path.name for path in tmp_path.iterdir()} >= {"races.png", "claims.svg", "drills.pdf"}


def test_programmes_are_followed_week_by_week(sample_library: Library) -> None:
    text = output(sample_library, "adherence")
    assert "gym-and-after-run" in text
    weeks = output(sample_library, "adherence", "technique drills")
    assert "earlier weeks: --all shows them" in weeks
    assert "of what it prescribes" in weeks
    assert len(output(sample_library, "adherence", "pull", "--all").splitlines()) > 60
    assert len(json.loads(output(sample_library, "adherence", "--json"))) == 5
    with pytest.raises(UsageError, match="no programme 'yoga'"):
        output(sample_library, "adherence", "yoga")
    with pytest.raises(UsageError, match="a figure shows one programme"):
        output(sample_library, "adherence", "--plot", "x.png")


def test_adherence_is_a_dose(sample_library: Library) -> None:
    text = output(
        sample_library, "effect", "cadence", "--of", "technique-drills", "--measure", "adherence"
    )
    assert "technique drills followed wholly rather than not at all" in text


def test_drift_is_a_metric(sample_library: Library) -> None:
    text = output(sample_library, "trend", "contact-time-drift")
    assert "Ground contact time late in a run outdoors is now 10" in text
    answer = json.loads(output(sample_library, "trend", "cadence-drift", "--json"))
    assert answer["reference_pace"] is None
    assert "late in a run" in output(
        sample_library, "effect", "contact-time-drift", "--of", "strength"
    )
    with pytest.raises(UsageError, match="each run's own pace"):
        output(sample_library, "trend", "contact-time-drift", "--pace", "5:00/km")


def test_claims_are_tested_with_ones_own(sample_library: Library, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(CLAIM)
    text = output(sample_library, "claims", "--file", str(tmp_path / "mine.toml"), "--research")
    assert "calves-cadence: Calf raises raise my cadence." in text
    assert f"Of {len(claims()) + 1} claims," in text
    assert "strength-contact: Strength makes changing support faster.\n  Your data go along" in text
    assert "Meta-analyses disagree" in " ".join(text.split())
    with pytest.raises(UsageError, match="cannot be read"):
        output(sample_library, "claims", "--file", str(tmp_path / "none.toml"))


def test_claims_in_the_library_are_tested_too(library: Library) -> None:
    output(library, "races", "add", "2026-05-03", "10k", "41:20")
    (library.folder / "claims.toml").write_text(CLAIM)
    answer = json.loads(output(library, "claims", "--json"))
    assert answer["verdicts"][-1]["id"] == "calves-cadence"
    assert {each["verdict"] for each in answer["verdicts"]} == {"not enough data"}
    (library.folder / "claims.toml").write_text(CLAIM.replace("calf_raise", "caff_raise"))
    with pytest.raises(UsageError, match=r"claims\.toml: line 1: 'caff_raise' is no category"):
        output(library, "claims")


def test_a_movement_says_what_is_prescribed_and_how_often_it_was_done(
    sample_library: Library, library: Library
) -> None:
    text = output(sample_library, "movements", "low skipping")
    assert "Technique drills: Once a week" in text
    assert "sessions a week over" in text
    assert "You:        no log covers it" in output(library, "movements", "low skipping")
    answer = json.loads(output(sample_library, "movements", "low skipping", "--json"))
    assert answer["done"]["sessions"] > 0
    assert answer["programmes"][0]["programme"] == "Technique drills"
