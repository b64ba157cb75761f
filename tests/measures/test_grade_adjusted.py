"""Form at grade-adjusted speed: what Minetti's runners spent, and simulated runners among hills."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from runanalytics.errors import UsageError
from runanalytics.findings.trend import trend
from runanalytics.measures.form import form
from runanalytics.measures.grade_cost import grade_adjusted_speed_m_s, running_cost_j_kg_m
from runanalytics.measures.segments import segments
from runanalytics.simulate import simulate_runner, training

#: How the simulated hill runner's stride follows speed, and a percent of grade beside it.
CADENCE, CONTACT = (0.27, 0.004), (-0.6, -0.003)


def test_cost_is_that_of_the_paper():
    # Table 1 of the paper, mean of its runners, J/(kg m), and its least cost near -20 %.
    measured = {-45: 3.92, -20: 1.73, 0: 3.40, 20: 8.92, 45: 18.93}
    assert_allclose(running_cost_j_kg_m(list(measured)), list(measured.values()), rtol=0.15)
    grades = np.arange(-45.0, 46.0)
    cost = running_cost_j_kg_m(grades)
    assert -22 <= grades[cost.argmin()] <= -16
    assert np.isnan(running_cost_j_kg_m([-46, 46])).all()


def hill_runs(n_runs=12, seed=3, effort_m_s=(2.8, 3.3), sampled_s=1):
    """Runs up and down 5 to 8 %, never level, even in effort; and the level of each run."""
    rng = np.random.default_rng(seed)
    samples, rows, truth = [], [], {}
    for number in range(n_runs):
        time = np.arange(0.0, 3000.0, sampled_s)
        steep = rng.uniform(5, 8)
        wave = np.clip(9 * np.sin(2 * np.pi * (time / 480 + rng.random())), -1, 1)
        grade = steep * wave
        # Effort changes twice in a run, so that the exponent of speed can be told.
        effort = np.interp(time, [0, 1400, 1420, 3000], np.repeat(rng.uniform(*effort_m_s, 2), 2))
        speed = effort / grade_adjusted_speed_m_s(1.0, grade)
        level = np.exp(0.015 * rng.standard_normal(2))
        run_id = f"run {number:02}"
        truth[run_id] = level * (170, 250)
        noise = 1 + 0.004 * rng.standard_normal((2, len(time)))
        strides = [
            level[at] * at_3 * (speed / 3) ** slope * np.exp(of_grade * grade) * noise[at]
            for at, (at_3, (slope, of_grade)) in enumerate(((170, CADENCE), (250, CONTACT)))
        ]
        samples.append(
            pd.DataFrame(
                {
                    "run_id": run_id,
                    "elapsed_s": time,
                    "speed_m_s": speed,
                    "altitude_m": np.round(5 * np.cumsum(speed * grade / 100) * sampled_s) / 5,
                    "cadence_spm": strides[0],
                    "ground_contact_ms": strides[1],
                    "heart_rate_bpm": 145 * (effort / 3) ** (1 / 1.5),
                }
            )
        )
        rows.append({"run_id": run_id, "local_date": pd.Timestamp("2026-01-01") + number * DAY})
    truth = pd.DataFrame(truth, index=["cadence", "contact-time"]).T
    return pd.concat(samples, ignore_index=True), pd.DataFrame(rows), truth


DAY = pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def hills():
    """Runs up and down, their steady stretches, and the truth."""
    samples, runs, truth = hill_runs()
    return samples, runs, segments(samples, runs, grade_adjusted=True), truth


def test_a_runner_without_level_stretches_has_form_graded(hills):
    samples, runs, graded, _ = hills
    assert segments(samples, runs).empty
    assert set(graded["run_id"]) == set(runs["run_id"])
    assert graded.groupby("run_id")["duration_s"].sum().min() > 1500
    assert graded["grade_pct"].abs().max() > 4
    assert (graded["speed_cv"] < 0.05).all()
    level = form(segments(samples, runs), "cadence", runs=runs)
    assert {each["reason"] for each in level.attrs["excluded"]} == {"no steady segment"}


@pytest.mark.parametrize(("metric", "slope"), [("cadence", CADENCE), ("contact-time", CONTACT)])
def test_form_is_that_of_the_level(hills, metric, slope):
    *_, graded, truth = hills
    table = form(graded, f"{metric}-grade-adjusted", speed_m_s=3.0).set_index("run_id")
    off = np.log(table["value"] / truth[metric])
    assert len(table) == len(truth)
    assert abs(off.mean()) < 0.0015
    assert off.std() < 0.0015 < 0.2 * np.log(truth[metric]).std()
    assert (np.abs(off) < 2 * table["se"] / table["value"] + 0.001).all()
    (outdoor,) = table.attrs["slopes"]
    assert outdoor["exponent"] == pytest.approx(slope[0], abs=0.03)
    # It is named for what it is wherever it is spoken of.
    named = trend(table.reset_index())
    assert named.summary().startswith("Grade-adjusted ")
    assert named.metric.endswith("_grade_adjusted")


def test_grade_adjusted_speed_at_a_heart_rate(hills):
    *_, graded, _ = hills
    table = form(graded, "speed-at-heart-rate-grade-adjusted", heart_rate_bpm=145)
    assert_allclose(table["value"], 3.0, rtol=0.01)


def test_on_other_ground_it_says_what_level_form_says(monkeypatch):
    monkeypatch.setattr(training, "HILLY_SHARE", 1.0)
    monkeypatch.setattr(training, "HILLY_PCT", (6.0, 12.0))
    drawn = simulate_runner(seed=5, weeks=10)
    graded = segments(drawn.samples, drawn.runs, grade_adjusted=True)
    for metric, drift in (("cadence_spm", -0.008), ("ground_contact_ms", 0.015)):
        tables = (
            form(segments(drawn.samples, drawn.runs), metric, speed_m_s=3.0),
            form(graded, f"{metric}-grade-adjusted", speed_m_s=3.0),
        )
        scatter = []
        for table in tables:
            outdoor = table[table["kind"] == "outdoor"]
            own = drawn.truth.runs.set_index("run_id")[metric].reindex(outdoor["run_id"])
            off = np.log(outdoor["value"].to_numpy() / own.to_numpy())
            off -= drift * table.attrs["elapsed_s"] / 3600
            assert abs(off.mean()) < 0.006
            scatter.append(off.std())
        assert scatter[1] < 1.1 * scatter[0]


def test_without_altitude_a_run_is_left_out_and_a_treadmill_counts():
    samples, runs, _ = hill_runs(3)
    flat = samples.assign(speed_m_s=3.0, altitude_m=np.nan)
    kinds = runs.assign(kind=["treadmill", "easy", "easy"], device="Watch")
    graded = segments(flat, kinds, grade_adjusted=True)
    assert set(graded["run_id"]) == {"run 00"}
    table = form(graded, "grade-adjusted cadence", runs=kinds)
    assert table["kind"].tolist() == ["treadmill"]
    assert {each["reason"] for each in table.attrs["excluded"]} == {
        "no steady segment on an even grade"
    }


def test_what_does_not_fit_is_refused(hills):
    samples, runs, graded, _ = hills
    for given, metric, said in (
        (graded, "cadence", "stretches of all grades; ask for cadence-grade-adjusted"),
        (segments(samples.assign(altitude_m=9), runs), "cadence-grade-adjusted", "cut them with"),
        (graded, "vertical-stiffness-grade-adjusted", "running on the level"),
        (graded, "cadense-grade-adjusted", "did you mean 'cadence'"),
    ):
        with pytest.raises(UsageError, match=said):
            form(given, metric)
