"""Methods of `Library` that conclude or look up: as the functions on its frames do."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

import runanalytics as ra
from runanalytics import Library
from runanalytics.errors import UsageError
from runanalytics.findings.effects import Effects
from runanalytics.library import library as facade
from runanalytics.measures.fast_running import with_fast_time


@pytest.fixture(scope="module")
def form(sample_library: Library) -> Any:
    return sample_library.form("cadence", 3.2, "2025-06-01", "2026-06-01")


def measured(library: Library) -> Any:
    """The library's runs with all that effects are adjusted for."""
    return with_fast_time(library.runs(), library.segments())


ASKED = {"speed_m_s": 3.2, "since": "2025-06-01", "until": "2026-06-01"}


def test_a_trend_is_that_of_the_form_and_holds_it(sample_library: Library, form: Any) -> None:
    found = sample_library.trend("cadence", **ASKED)
    assert found == ra.trend(form)
    assert found.form.equals(form)


def test_an_effect_is_of_about_two_sessions_unless_asked(
    sample_library: Library, form: Any
) -> None:
    minutes = sample_library.dose("strength", "minutes")
    found = sample_library.effect("cadence", "strength", measure="minutes", **ASKED)
    technique, runs = sample_library.dose("technique"), measured(sample_library)
    held = {"technique": technique}
    assert found == ra.effect(form, minutes, contrast=90.0, runs=runs, beside=held)
    alone = sample_library.effect("cadence", "strength", measure="minutes", alone=True, **ASKED)
    assert alone == ra.effect(form, minutes, contrast=90.0, runs=runs)
    ten = sample_library.effect("cadence", "strength", measure="minutes", contrast=10.0, **ASKED)
    assert ten.contrast == 10.0


def test_effects_take_names_in_a_text_or_one_by_one(sample_library: Library) -> None:
    found = sample_library.effects("cadence, contact-time", ["strength"])
    assert isinstance(found, Effects)
    assert [(each.metric, each.what) for each in found.effects] == [
        ("cadence_spm", "strength"),
        ("ground_contact_ms", "strength"),
    ]
    assert found == sample_library.effects(["cadence", "contact-time", "cadence"], "strength")


def test_one_effect_alone_is_not_corrected(sample_library: Library) -> None:
    alone = sample_library.effects("cadence", ["strength"])
    assert alone == sample_library.effect("cadence", "strength")


def test_effects_of_nothing_are_refused(sample_library: Library) -> None:
    with pytest.raises(UsageError, match=r"'\[\]' names nothing; such as: strength, technique"):
        sample_library.effects("cadence", [])


def test_before_and_after_checks_and_change_points_are_of_the_form(
    sample_library: Library, form: Any
) -> None:
    runs = sample_library.runs()
    after = sample_library.before_after(
        "cadence", "2025-12-01", horizon_weeks=8, label="a plan", **ASKED
    )
    assert after == ra.before_after(form, "2025-12-01", horizon_weeks=8, runs=runs, label="a plan")
    assert sample_library.change_points("cadence", **ASKED) == ra.change_points(form)
    doses = [sample_library.dose(what) for what in ("strength", "technique")]
    assert sample_library.checks(
        "cadence", "strength", controls=["technique"], **ASKED
    ) == ra.checks(form, doses[0], controls={"technique": doses[1]}, runs=measured(sample_library))


def test_races_are_those_of_the_list(sample_library: Library) -> None:
    listed, dose = sample_library.race_list(), sample_library.dose("strength")
    found = sample_library.race_results(adjust=["heat"])
    assert found == ra.race_results(listed, adjust=["heat"])
    assert found.races.equals(listed)
    assert sample_library.race_effect("strength") == ra.race_effect(
        listed,
        dose,
        runs=sample_library.runs(),
        other_doses=[sample_library.dose("technique")],
    )
    assert sample_library.effect("race-times", "strength") == sample_library.race_effect("strength")


def test_a_followed_programme_of_a_simulated_log_says_so(
    sample_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sample_library.followed("technique drills")
    assert found == ra.followed(sample_library.adherence("technique_drills"))
    assert found.programme in sample_library.programmes()
    spans = sample_library.log_spans().assign(source="a simulated runner")
    monkeypatch.setattr(Library, "log_spans", lambda self: spans)
    assert sample_library.followed("technique drills").notes == ("these data are simulated",)


def test_claims_are_those_of_the_library_unless_given(library: Library, tmp_path: Path) -> None:
    known = library.claims()
    assert [each.id for each in library.claims_on_trial().verdicts] == list(known)
    (first, *_) = known.values()
    assert [each.id for each in library.claims_on_trial([first]).verdicts] == [first.id]
    with pytest.raises(UsageError, match="name a file of claims"):
        library.claims(tmp_path)


def test_a_movement_is_looked_up_with_its_programmes_and_use(sample_library: Library) -> None:
    found = sample_library.movement("low skipping")
    assert found.movement is not None
    assert found.movement == sample_library.movements()[found.match.movement or ""]
    assert [each.name for each in found.programmes] == ["Technique drills"]
    assert found.done is not None
    assert found.done.sessions > 0
    unknown = sample_library.movement("underwater basket weaving")
    assert (unknown.movement, unknown.programmes, unknown.done) == (None, (), None)


def test_corrected_names_count_the_sets_that_they_decide(library: Library, tmp_path: Path) -> None:
    (tmp_path / "sets.csv").write_text("date,movement,sets\n2026-01-05,Flurgle,3\n")
    library.add(tmp_path / "sets.csv")
    library.correct("flurgle", "a-march")
    library.correct("squat", "none")
    table = library.corrected_names()
    assert table["movement"].to_list() == ["a_march", "none"]
    assert table["sets"].isna().to_list() == [False, True]
    assert table["sets"].iloc[0] == 3


def test_a_demo_is_a_library_of_the_sample(
    tmp_path: Path, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "sample_folder", lambda: some_files)
    met = []
    library, imported = Library.demo(tmp_path / "demo", progress=lambda *each: met.append(each))
    assert len(library.runs()) == imported.total("runs") == 4
    assert len(met) == len(imported.files)


def test_notebooks_are_copied_once_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    first = Library.notebooks(tmp_path / "mine")
    assert first
    assert all(first.values())
    assert all(path.read_bytes().startswith(b"{") for path in first)
    assert not any(Library.notebooks(tmp_path / "mine").values())
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space"):
        Library.notebooks(tmp_path / "full")
    assert not any((tmp_path / "full").iterdir()), "half a notebook would be left alone for ever"


def test_a_report_is_written(sample_library: Library, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown paper 'a3'"):
        sample_library.report(tmp_path / "mine.pdf", paper="a3")
