from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from runanalytics import schema
from runanalytics.errors import SchemaError, UsageError
from runanalytics.measures.form import (
    DAY_SD,
    SUMMARY_SE,
    SUMMARY_SE_WEIGHT,
    form,
    reference_speed,
)
from runanalytics.measures.metrics import METRICS
from runanalytics.measures.segments import TREADMILL
from runanalytics.measures.segments import segments as steady
from runanalytics.simulate import simulate_runner

FIRST_DAY = pd.Timestamp("2025-01-01")


def a_runner(seed=1, n_runs=60, *, exponent=-0.6, curvature=-0.2, noise=0.012, sizes=(4, 20)):
    """Segments of a runner, and the contact time of each run at 2.9 m/s, 20 minutes in."""
    rng = np.random.default_rng(seed)
    parts, truth = [], {}
    for number in range(n_runs):
        n = rng.integers(*sizes)
        duration = rng.choice([60.0, 90.0, 120.0, 180.0], n)
        elapsed = 300 + np.cumsum(duration) - duration / 2
        speed = 2.9 * np.exp(rng.normal(0, 0.06) + rng.normal(0, 0.05, n))
        x = np.log(speed / 2.9)
        level = np.log(240) + rng.normal(0, 0.015)
        log_contact = level + exponent * x + curvature * x**2 + 0.01 * (elapsed - 1200) / 3600
        log_contact += noise * rng.normal(size=n) / np.sqrt(duration / 120)
        truth[f"run {number:03}"] = level
        parts.append(
            pd.DataFrame(
                {
                    "run_id": f"run {number:03}",
                    "local_date": FIRST_DAY + pd.Timedelta(days=number),
                    "elapsed_s": elapsed,
                    "duration_s": duration,
                    "speed_m_s": speed,
                    "ground_contact_ms": np.exp(log_contact),
                }
            )
        )
    return pd.concat(parts, ignore_index=True), pd.Series(truth)


def off(table, truth):
    """Return how far log values lie from the truth, and their standard errors."""
    truth = truth.reindex(table["run_id"]).to_numpy()
    drift = 0.01 * (table.attrs["elapsed_s"] - 1200) / 3600
    return np.log(table["value"]) - truth - drift, table["se"] / table["value"]


@pytest.mark.parametrize(
    ("n_runs", "times", "least"), [(3, 80, 0.8), (12, 40, 0.85), (60, 25, 0.9)]
)
def test_values_are_unbiased_and_standard_errors_hold(n_runs, times, least):
    errors, scores = [], []
    for seed in range(times):
        segments, truth = a_runner(seed, n_runs)
        error, se = off(form(segments, speed_m_s=2.9), truth)
        errors.append(error)
        scores.append(error / se)
    errors, scores = np.concatenate(errors), np.concatenate(scores)
    assert abs(errors.mean()) < 0.0012
    # A few runs with independent errors cannot tell that they are so, and get some caution.
    assert least < scores.std() < 1.1
    assert 0.93 < np.mean(np.abs(scores) < 1.96) < (0.97 if n_runs == 60 else 0.985)


def test_slopes_are_recovered_and_reported():
    table = form(a_runner(n_runs=200)[0], speed_m_s=2.9)
    (slopes,) = table.attrs["slopes"]
    assert slopes["place"] == "outdoor"
    assert slopes["n_runs"] == 200
    assert abs(slopes["exponent"] + 0.6) < 3 * slopes["exponent_se"] < 0.03
    assert abs(slopes["drift_percent_per_hour"] - 1) < 3 * slopes["drift_percent_per_hour_se"]


def test_intervals_of_slopes_are_wider_than_their_errors_say_where_few_runs_tell_them():
    for n_runs, least, most in ((200, 1.0, 1.02), (6, 1.02, 1.4)):
        (slopes,) = form(a_runner(n_runs=n_runs)[0], speed_m_s=2.9).attrs["slopes"]
        for name in ("exponent", "drift_percent_per_hour"):
            half = (slopes[f"{name}_high"] - slopes[f"{name}_low"]) / 2
            assert slopes[f"{name}_low"] + half == pytest.approx(slopes[name])
            assert least < half / (1.96 * slopes[f"{name}_se"]) < most


def test_a_grade_that_slows_down_does_not_leak_into_the_slope_of_speed():
    segments, truth = a_runner(n_runs=60)
    grade = np.random.default_rng(5).uniform(-2, 2, len(segments))
    slower = segments.assign(
        grade_pct=grade,
        speed_m_s=segments["speed_m_s"] * np.exp(-0.03 * grade),
        ground_contact_ms=segments["ground_contact_ms"]
        * np.exp(-0.6 * -0.03 * grade + 0.01 * grade),
    )
    exponent = lambda frame: form(frame, speed_m_s=2.9).attrs["slopes"][0]["exponent"]  # noqa: E731
    assert exponent(slower) == pytest.approx(-0.6, abs=0.03)
    assert exponent(slower.drop(columns="grade_pct")) < -0.64
    error, se = off(form(slower, speed_m_s=2.9), truth)
    assert 0.85 < np.std(error / se) < 1.15


@pytest.fixture(scope="module")
def drawn():
    runner = simulate_runner(7, weeks=30)
    return SimpleNamespace(
        runs=runner.runs, truth=runner.truth, segments=steady(runner.samples, runner.runs)
    )


@pytest.mark.parametrize(
    ("metric", "exponent", "drift"),
    [("cadence_spm", 0.28, -0.8), ("ground_contact_ms", -0.62, 1.5)],
)
def test_form_of_a_simulated_runner_is_recovered_from_samples(drawn, metric, exponent, drift):
    table = form(drawn.segments, metric, speed_m_s=3.0, runs=drawn.runs)
    table = table[~table["device"].str.contains("treadmill")]
    own = drawn.truth.runs.set_index("run_id")[metric].reindex(table["run_id"]).to_numpy()
    drifted = drift / 100 * table.attrs["elapsed_s"] / 3600
    error = np.log(table["value"]) - np.log(own) - drifted
    assert len(table) > 60
    assert abs(error.mean()) < 0.006
    assert error.std() < 0.005 < np.log(own).std()
    assert 0.8 < (error / (table["se"] / table["value"])).std() < 1.35
    outdoor = table.attrs["slopes"][0]
    # GPS noise takes some 5 to 10 % off a slope.
    assert 0.85 < outdoor["exponent"] / exponent < 1.02
    assert outdoor["drift_percent_per_hour"] == pytest.approx(drift, abs=0.4)


@pytest.mark.parametrize(
    "metric", [each for each in METRICS.values() if each.formula], ids=lambda each: each.short
)
def test_form_of_what_follows_from_contact_and_cadence(drawn, metric):
    table = form(drawn.segments, metric.short, speed_m_s=3.0, runs=drawn.runs)
    table = table[table["kind"] == "outdoor"]
    at_reference = {
        name: form(drawn.segments, name, speed_m_s=3.0).set_index("run_id")["value"]
        for name in metric.needed
        if name != "speed_m_s"
    }
    at_reference["speed_m_s"] = at_reference["cadence_spm"] * 0 + 3.0
    by_run = metric.values(pd.DataFrame(at_reference)).reindex(table["run_id"]).to_numpy()
    assert len(table) > 60
    assert np.abs(np.log(table["value"] / by_run)).median() < 0.2 * metric.smallest_percent / 100
    # And it is what the simulated runner has, late drift of contact and cadence included.
    hours = table.attrs["elapsed_s"] / 3600
    own = drawn.truth.runs.set_index("run_id").reindex(table["run_id"])
    own = own.assign(
        cadence_spm=own["cadence_spm"] * np.exp(-0.008 * hours),
        ground_contact_ms=own["ground_contact_ms"] * np.exp(0.015 * hours),
        speed_m_s=3.0,
    )
    error = np.log(table["value"].to_numpy() / metric.values(own).to_numpy())
    assert abs(error.mean()) < 0.006 * metric.smallest_percent
    assert 0.8 < (error / (table["se"] / table["value"])).std() < 1.35


def test_form_does_not_follow_speed():
    segments, truth = a_runner(n_runs=100)
    table = form(segments)
    raw = segments.groupby("run_id")["ground_contact_ms"].mean()
    level, speed = np.log(table["value"]), np.log(table["mean_speed_m_s"])
    assert np.corrcoef(np.log(raw), speed)[0, 1] < -0.7
    assert abs(np.corrcoef(level - truth.to_numpy(), speed)[0, 1]) < 0.2


def test_result_is_in_the_shape_of_its_table_and_says_what_it_is():
    segments, _ = a_runner()
    before = segments.copy()
    table = form(segments)
    pd.testing.assert_frame_equal(table, schema.check(table, "form"), check_flags=False)
    pd.testing.assert_frame_equal(segments, before)
    assert table.attrs["metric"] == "ground_contact_ms"
    assert table.attrs["unit"] == "ms"
    assert table.attrs["speed_m_s"] == reference_speed(segments)
    assert table.attrs["excluded"] == []
    assert table["local_date"].is_monotonic_increasing
    first = segments[segments["run_id"] == "run 000"]
    assert table["duration_s"][0] == first["duration_s"].sum()
    weighted = np.average(first["speed_m_s"], weights=first["duration_s"])
    assert table["mean_speed_m_s"][0] == pytest.approx(weighted)


def test_order_of_rows_and_form_of_dates_do_not_matter():
    segments, _ = a_runner(n_runs=20)
    expected = form(segments)
    shuffled = segments.sample(frac=1, random_state=3).set_index("speed_m_s", drop=False)
    as_text = shuffled.assign(local_date=shuffled["local_date"].dt.strftime("%Y-%m-%d"))
    as_dates = shuffled.assign(local_date=shuffled["local_date"].dt.date)
    for other in (shuffled, as_text, as_dates):
        pd.testing.assert_frame_equal(form(other), expected)


def test_unit_of_the_metric_does_not_matter():
    segments, _ = a_runner(n_runs=20)
    expected = form(segments)
    thrice = form(segments.assign(ground_contact_ms=segments["ground_contact_ms"] * 3))
    assert_allclose(thrice[["value", "se"]], 3 * expected[["value", "se"]])


def test_a_run_far_from_the_reference_is_less_certain():
    segments, _ = a_runner(n_runs=5, sizes=(6, 7))
    slow = segments["run_id"] == "run 004"
    slower = segments.assign(
        speed_m_s=segments["speed_m_s"].mask(slow, segments["speed_m_s"] * 0.85)
    )
    near, far = (form(frame, speed_m_s=2.9).set_index("run_id") for frame in (segments, slower))
    assert far["se"]["run 004"] > 1.05 * near["se"]["run 004"]


def test_two_easy_runs_get_a_value_and_an_honest_error():
    segments, _ = a_runner(n_runs=2, sizes=(1, 2))
    table = form(segments)
    assert len(table) == 2
    assert (table["se"] / table["value"] > 0.008).all()


def test_runs_left_out_are_named_with_the_reason():
    segments, _ = a_runner(n_runs=6)
    run = segments["run_id"]
    segments["speed_m_s"] = segments["speed_m_s"].mask(run == "run 001", 5.2)
    segments["ground_contact_ms"] = segments["ground_contact_ms"].mask(run == "run 002")
    segments["speed_m_s"] = segments["speed_m_s"].mask(run == "run 003")
    segments["duration_s"] = segments["duration_s"].mask(run == "run 004", 0)
    runs = pd.DataFrame({"run_id": ["run 000", "run 001", "short"], "local_date": "2025-01-01"})
    table = form(segments, runs=runs)
    reasons = {one["run_id"]: one["reason"] for one in table.attrs["excluded"]}
    assert reasons == {
        "run 001": "nothing within 25 % of the reference",
        "run 002": "no ground contact time",
        "run 003": "no speed",
        "run 004": "no duration or time",
        "short": "no steady segment",
    }
    assert table["run_id"].tolist() == ["run 000", "run 005"]


def test_segments_of_a_fast_session_count_where_they_are_near():
    segments, _ = a_runner(n_runs=10, sizes=(10, 11))
    fast = (segments["run_id"] == "run 004") & (segments.index % 2 == 0)
    mixed = segments.assign(speed_m_s=segments["speed_m_s"].mask(fast, 4.6))
    table = form(mixed).set_index("run_id")
    assert (
        table["duration_s"]["run 004"]
        == mixed["duration_s"][~fast & (mixed["run_id"] == "run 004")].sum()
    )


def test_nothing_usable_gives_an_empty_frame_with_reasons():
    segments, _ = a_runner(n_runs=2)
    table = form(segments.assign(ground_contact_ms=np.nan))
    pd.testing.assert_frame_equal(table, schema.empty("form"), check_flags=False)
    assert [one["reason"] for one in table.attrs["excluded"]] == ["no ground contact time"] * 2
    assert np.isnan(reference_speed(segments.iloc[:0]))
    assert not len(form(schema.empty("segments")))


def test_errors_say_what_to_give():
    segments, _ = a_runner(n_runs=2)
    with pytest.raises(SchemaError, match="no column 'cadence_spm'; it has: run_id"):
        form(segments, "cadence")
    with pytest.raises(SchemaError, match=r"column 'speed_m_s': expected float64"):
        form(segments.assign(speed_m_s="fast"))
    with pytest.raises(UsageError, match=r"the reference speed is 0; give a number above 0"):
        form(segments, speed_m_s=0)
    with pytest.raises(UsageError, match="contact time is compared at a speed, not at a heart"):
        form(segments, heart_rate_bpm=150)
    with pytest.raises(UsageError, match="farthest is 3"):
        form(segments, farthest=3)
    with pytest.raises(UsageError, match="no metric 'pace'"):
        form(segments, "pace")


def test_reference_speed_is_weighed_by_duration_and_needs_the_metric():
    frame = pd.DataFrame(
        {
            "run_id": list("aabb"),
            "local_date": "2025-01-01",
            "elapsed_s": [400, 600, 400, 600],
            "duration_s": [60, 60, 180, 180],
            "speed_m_s": [3.0, 3.1, 3.5, 4.0],
            "ground_contact_ms": [250, 248, 240, np.nan],
        }
    )
    assert reference_speed(frame) == 3.5
    assert reference_speed(frame.assign(duration_s=60)) == 3.1


def test_treadmill_and_outdoor_running_have_slopes_of_their_own():
    outdoor, truth = a_runner(1, exponent=-0.6)
    indoor, _ = a_runner(2, exponent=-0.2)
    indoor["run_id"] = "indoor " + indoor["run_id"]
    both = pd.concat([outdoor.assign(device="W"), indoor.assign(device="W" + TREADMILL)])
    table = form(both, speed_m_s=2.9)
    exponents = {slopes["place"]: slopes["exponent"] for slopes in table.attrs["slopes"]}
    assert exponents["outdoor"] == pytest.approx(-0.6, abs=0.05)
    assert exponents["treadmill"] == pytest.approx(-0.2, abs=0.05)
    error, se = off(table[~table["run_id"].str.startswith("indoor")], truth)
    assert np.std(error / se) < 1.2


def test_device_joins_watch_and_sensor_for_what_sensors_measure():
    segments, _ = a_runner(n_runs=2)
    segments = segments.assign(device="Garmin fenix7", sensor="HRM-Pro", cadence_spm=170.0)
    assert set(form(segments)["device"]) == {"Garmin fenix7 + HRM-Pro"}
    assert set(form(segments, "cadence")["device"]) == {"Garmin fenix7"}
    assert set(form(segments.assign(sensor=None))["device"]) == {"Garmin fenix7"}


def test_runs_of_averages_are_less_certain_than_runs_with_samples():
    segments, truth = a_runner(n_runs=40)
    weight = segments["duration_s"]
    numbers = ["elapsed_s", "speed_m_s", "ground_contact_ms"]
    sums = segments[numbers].mul(weight, axis=0).groupby(segments["run_id"]).sum()
    averages = sums.div(weight.groupby(segments["run_id"]).sum(), axis=0).reset_index()
    averages = averages.assign(duration_s=2000.0, detail="summary", local_date=FIRST_DAY)
    half = averages["run_id"] < "run 020"
    mixed = pd.concat([segments[segments["run_id"] >= "run 020"], averages[half]])
    table = form(mixed, speed_m_s=2.9)
    short = table["run_id"] < "run 020"
    relative = table["se"] / table["value"]
    assert relative[short].min() > 1.5 * relative[~short].median()
    error, _ = off(table[short], truth)
    assert np.std(error) < 0.01


@pytest.mark.parametrize("spread", [0.008, 0.015, 0.03])
def test_a_runner_known_by_averages_alone_gets_values_from_neighbouring_runs(spread):
    """Runs differ by the day and by the error of their averages; that is never said to be more."""
    rng = np.random.default_rng(3)
    day = np.arange(200)
    x = rng.normal(0, 0.08, 200)
    # Form improves and runs become slower, which a regression over all runs would mix up.
    level = np.log(250) - 0.0004 * day
    x = x - 0.0004 * day
    averages = pd.DataFrame(
        {
            "run_id": [f"{number:03}" for number in day],
            "local_date": FIRST_DAY + pd.to_timedelta(day, "D"),
            "elapsed_s": 1800.0,
            "duration_s": 3600.0,
            "speed_m_s": 2.9 * np.exp(x),
            "ground_contact_ms": np.exp(level - 0.4 * x + spread * rng.normal(0, 1, 200)),
            "detail": "summary",
        }
    )
    table = form(averages, speed_m_s=2.9)
    (slopes,) = table.attrs["slopes"]
    assert abs(slopes["exponent"] + 0.4) < 2.5 * slopes["exponent_se"] < 4 * spread
    found = np.log(table.set_index("run_id")["value"])
    error = found - level[found.index.astype(int)]
    assert abs(error.mean()) < 0.005
    usual = np.hypot(SUMMARY_SE["outdoor"], DAY_SD)
    pooled = np.average([error.std() ** 2, usual**2], weights=[199, SUMMARY_SE_WEIGHT]) ** 0.5
    relative = table["se"] / table["value"]
    assert relative.min() == pytest.approx(pooled * SUMMARY_SE["outdoor"] / usual, rel=0.15)
    assert relative.median() < error.std()


def test_speed_at_a_reference_heart_rate_is_higher_where_the_heart_beats_slower():
    segments, _ = a_runner(n_runs=10)
    calm = segments["run_id"] >= "run 005"
    segments["heart_rate_bpm"] = np.where(calm, 143.0, 150.0)
    segments["speed_m_s"] = 3.0
    table = form(segments, "speed-at-heart-rate", heart_rate_bpm=150).set_index("run_id")
    assert_allclose(table["value"]["run 000"], 3.0, rtol=0.01)
    assert_allclose(table["value"]["run 009"], 3.0 * (150 / 143) ** 1.5, rtol=0.01)
    assert table.index.size == 10
    attrs = form(segments, "speed-at-heart-rate").attrs
    assert (attrs["speed_m_s"], attrs["unit"]) == (None, "m/s")
    assert attrs["heart_rate_bpm"] in (143, 150)


def test_runs_on_a_treadmill_are_of_that_kind():
    segments, _ = a_runner(n_runs=4)
    indoors = segments["run_id"] == "run 001"
    table = form(segments.assign(device=np.where(indoors, "watch" + TREADMILL, "watch")))
    assert table.set_index("run_id")["kind"].to_dict() == {
        "run 000": "outdoor",
        "run 001": "treadmill",
        "run 002": "outdoor",
        "run 003": "outdoor",
    }
