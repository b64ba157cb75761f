"""Steady stretches on all grades, from a library's samples, and when they are pointed out."""

from __future__ import annotations

import pandas as pd
import pytest

from runanalytics import Library
from runanalytics.findings.selection import chosen_forms
from runanalytics.library.graded import of_hills


def test_a_library_compares_runs_on_all_grades(library: Library, sample_fits: list) -> None:
    library.add(sample_fits[:3])
    found = library.trend("cadence-grade-adjusted")
    assert found.metric == "cadence_spm_grade_adjusted"
    assert found.n_runs == 3
    assert "grade-adjusted level holds about 93 %" in found.summary()
    assert not any("hills" in note for note in library.trend("cadence").notes)
    first = library.runs()["local_date"].min()
    assert len(library.grade_adjusted_segments(until=first)["run_id"].unique()) == 1
    forms = chosen_forms("all", library.form)
    assert "vertical_ratio_pct" not in {form.attrs["metric"] for form in forms}
    assert library.form("vertical-ratio").attrs.get("derived")


@pytest.mark.parametrize(
    ("n_bare", "ascent_m", "pointed_out"),
    [(6, 300.0, True), (6, float("nan"), True), (6, 20.0, False), (2, 300.0, False)],
)
def test_hills_are_pointed_out_where_most_runs_have_no_level_stretch(
    n_bare: int, ascent_m: float, pointed_out: bool
) -> None:
    runs = pd.DataFrame(
        {
            "run_id": [f"run {n}" for n in range(10)],
            "detail": "samples",
            "kind": "easy",
            "ascent_m": ascent_m,
            "distance_m": 10_000.0,
        }
    )
    form = pd.DataFrame()
    form.attrs = {
        "metric": "cadence_spm",
        "excluded": [{"run_id": f"run {n}", "reason": "no steady segment"} for n in range(n_bare)],
    }
    notes = of_hills(form, runs)
    assert bool(notes) is pointed_out
    assert all("trend cadence-grade-adjusted" in note for note in notes)
