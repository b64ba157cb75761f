import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from runanalytics import schema
from runanalytics.errors import SchemaError, UsageError
from runanalytics.measures.segments import TREADMILL, _grouped_median, segments


def a_run(speed_m_s, *, run_id="a", step_s=1.0, **columns):
    """Samples of a run whose speed is given per second, recorded every `step_s`."""
    seconds = np.arange(len(speed_m_s), dtype=float)
    distance = np.concatenate(([0.0], np.cumsum(speed_m_s)[:-1]))
    time = np.arange(0, len(speed_m_s) - 1, step_s)
    table = {
        "run_id": run_id,
        "elapsed_s": time,
        "speed_m_s": np.interp(time, seconds, speed_m_s),
        "distance_m": np.interp(time, seconds, distance),
        "cadence_spm": 170.0,
        "moving": True,
    }
    for name, values in columns.items():
        table[name] = np.interp(time, seconds, values) if np.ndim(values) else values
    return schema.check(pd.DataFrame(table), "samples")


def its_row(run_id="a", **columns):
    row = {"run_id": [run_id], "local_date": ["2026-03-01"], "detail": ["samples"]}
    return schema.check(pd.DataFrame(row | {k: [v] for k, v in columns.items()}), "runs")


def steady(samples, **options):
    return segments(samples, its_row(), **options)


def test_a_steady_run_gives_one_segment_after_another():
    found = steady(a_run(np.full(1201, 3.0)))
    assert found["elapsed_s"].tolist() == [390, 570, 750, 930, 1110]
    assert (found["duration_s"] == 180).all()
    assert_allclose(found["speed_m_s"], 3.0)
    assert_allclose(found["speed_cv"], 0, atol=1e-9)
    assert_allclose(found["n_steps"], 510)
    assert found["segment"].tolist() == [1, 2, 3, 4, 5]


def test_result_is_in_the_shape_of_its_table():
    for found in (steady(a_run(np.full(901, 3.0))), steady(schema.empty("samples"))):
        pd.testing.assert_frame_equal(found, schema.check(found, "segments"))


def test_warm_up_is_left_out_and_can_be_set():
    samples = a_run(np.full(901, 3.0))
    begins = lambda found: (found["elapsed_s"] - found["duration_s"] / 2).min()  # noqa: E731
    assert begins(steady(samples)) == 300
    assert begins(steady(samples, warm_up_s=0)) == 0
    assert begins(steady(samples, warm_up_s=420)) == 420
    with pytest.raises(UsageError, match="warm_up_s is -1"):
        steady(samples, warm_up_s=-1)


def test_steady_laps_of_intervals_qualify_at_their_own_speed():
    lap = np.concatenate([np.full(150, 4.5), np.full(120, 2.6)])
    found = steady(a_run(np.concatenate([np.full(300, 3.0), np.tile(lap, 5)])))
    fast = found["speed_m_s"] > 4
    assert fast.sum() == 5
    assert (~fast).sum() >= 4
    assert_allclose(found["speed_m_s"][fast], 4.5, rtol=0.01)
    assert_allclose(found["speed_m_s"][~fast], 2.6, rtol=0.01)


def test_uneven_speed_gives_none():
    speed = 3 + 0.6 * np.sin(np.arange(1800) / 8)
    assert not len(steady(a_run(speed)))


def test_gps_spikes_of_a_second_do_no_harm():
    speed = np.full(1201, 3.0)
    smooth = a_run(speed)
    spiked = smooth.copy()
    spiked.loc[np.arange(320, 1200, 20), "speed_m_s"] = 12.0
    assert_allclose(steady(spiked)["speed_m_s"], 3.0)
    assert len(steady(spiked)) == len(steady(smooth))


def test_a_jump_of_distance_is_not_believed():
    samples = a_run(np.full(841, 3.0))
    samples.loc[samples["elapsed_s"] > 400, "distance_m"] += 300
    assert_allclose(steady(samples)["speed_m_s"], 3.0)


def test_speed_is_distance_per_time_where_both_agree():
    samples = a_run(np.full(841, 3.0))
    samples["speed_m_s"] = 3.06
    assert_allclose(steady(samples)["speed_m_s"], 3.0)


def test_speed_comes_from_distance_where_it_is_not_recorded():
    samples = a_run(np.full(841, 3.0)).drop(columns="speed_m_s")
    assert_allclose(steady(samples)["speed_m_s"], 3.0)


@pytest.mark.parametrize(("grade", "expected"), [(0.0, 3), (0.015, 3), (0.04, 0), (-0.04, 0)])
def test_hills_are_left_out(grade, expected):
    speed = np.full(841, 3.0)
    found = steady(a_run(speed, altitude_m=100 + grade * np.cumsum(speed)))
    assert len(found) == expected
    assert_allclose(found["grade_pct"], 100 * grade, atol=1e-6)


def test_a_hump_that_ends_where_it_began_is_left_out():
    time = np.arange(841)
    hump = 20 * np.exp(-(((time - 570) / 25) ** 2))
    found = steady(a_run(np.full(841, 3.0), altitude_m=hump))
    middle = found["elapsed_s"].between(540, 600)
    assert len(found)
    assert not middle.any()


def test_without_altitude_a_run_is_taken_for_level():
    found = steady(a_run(np.full(841, 3.0)))
    assert len(found) == 3
    assert found["grade_pct"].isna().all()


def test_walking_is_left_out_by_cadence():
    cadence = np.where(np.arange(1501) < 900, 168.0, 110.0)
    found = steady(a_run(np.full(1501, 2.0), cadence_spm=cadence))
    assert (found["elapsed_s"] + found["duration_s"] / 2).max() <= 905
    assert_allclose(found["cadence_spm"], 168)


def test_walking_is_left_out_by_speed_where_cadence_is_unknown():
    speed = np.where(np.arange(1501) < 900, 2.8, 1.5)
    found = steady(a_run(speed, cadence_spm=np.nan))
    assert_allclose(found["speed_m_s"], 2.8, rtol=0.01)
    assert found["n_steps"].isna().all()


def test_walking_without_a_cadence_inside_a_run_with_one_is_left_out():
    walks = np.arange(1501) >= 900
    samples = a_run(np.where(walks, 1.5, 2.8))
    samples.loc[samples["elapsed_s"] >= 900, "cadence_spm"] = np.nan
    assert_allclose(steady(samples)["speed_m_s"], 2.8, rtol=0.01)


def test_a_treadmill_on_which_the_watch_sees_no_speed_gives_none():
    assert not len(steady(a_run(np.zeros(1200), cadence_spm=168.0)))


@pytest.mark.parametrize("how", ["gap", "not moving", "stalled"])
def test_no_segment_spans_a_stop(how):
    samples = a_run(np.full(1201, 3.0))
    stop = samples["elapsed_s"].between(700, 740)
    if how == "gap":
        samples = samples[~stop]
    elif how == "not moving":
        samples.loc[stop, "moving"] = False
    else:
        stop = samples["elapsed_s"].between(700, 715)
        samples.loc[samples["elapsed_s"] > 700, "distance_m"] -= 45
        samples = samples[~stop]
    found = steady(samples)
    begin, end = (found["elapsed_s"] + sign * found["duration_s"] / 2 for sign in (-1, 1))
    assert len(found) >= 4
    assert not ((begin < 705) & (end > 710)).any()


def test_smart_recording_gives_what_recording_every_second_does():
    rng = np.random.default_rng(4)
    speed = 3 + 0.3 * np.sin(np.arange(2400) / 300)
    samples = a_run(speed, ground_contact_ms=240 - 20 * (speed - 3))
    kept = np.cumsum(rng.integers(1, 9, 1000))
    smart = samples[samples["elapsed_s"].isin(kept)]
    each, some = steady(samples), steady(smart)
    assert abs(each["duration_s"].sum() - some["duration_s"].sum()) <= 180
    line = np.polyfit(some["speed_m_s"], some["ground_contact_ms"], 1)
    assert_allclose(line, np.polyfit(each["speed_m_s"], each["ground_contact_ms"], 1), rtol=0.02)


def test_coarse_cadence_is_resolved_by_how_often_each_value_occurs():
    cadence = np.where(np.arange(841) % 10 < 4, 164.0, 162.0)
    assert_allclose(
        steady(a_run(np.full(841, 3.0), cadence_spm=cadence))["cadence_spm"], 162.67, atol=0.02
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(80, 90), min_size=1, max_size=40))
def test_grouped_median_is_that_of_the_standard_library(strides):
    # An outermost value one step away makes the step known; a tail cannot move a median far.
    values = sorted([*strides, *range(80, 91)])
    ours = _grouped_median(np.array([values], dtype=float), np.array([1.0]))[0]
    if len(values) % 2 or values[len(values) // 2] == values[len(values) // 2 - 1]:
        assert ours == pytest.approx(statistics.median_grouped(values, interval=1))
    else:
        assert ours == statistics.median(values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(100, 400), min_size=1, max_size=30, unique=True), st.integers(0, 5))
def test_grouped_median_of_distinct_values_is_the_median(values, missing):
    row = np.array([sorted(values) + [np.nan] * missing])
    assert _grouped_median(row, np.array([1.0]))[0] == pytest.approx(np.median(values))


def test_a_metric_is_missing_where_most_of_its_samples_are():
    contact = np.full(841, 240.0)
    samples = a_run(np.full(841, 3.0), ground_contact_ms=contact, power_w=250.0)
    samples.loc[samples["elapsed_s"].between(490, 800), "ground_contact_ms"] = np.nan
    found = steady(samples)
    assert found["ground_contact_ms"].tolist()[0] == 240
    assert found["ground_contact_ms"].isna().tolist() == [False, True, True]
    assert found["vertical_oscillation_mm"].isna().all()
    assert (found["power_w"] == 250).all()


def test_an_outlier_does_not_move_a_segment():
    contact = np.full(841, 240.0)
    contact[500:530] = 700
    assert_allclose(
        steady(a_run(np.full(841, 3.0), ground_contact_ms=contact))["ground_contact_ms"], 240
    )


def test_a_run_of_averages_is_one_segment():
    runs = its_row(
        moving_s=3000, elapsed_s=3200, distance_m=9000, cadence_spm=168, ground_contact_ms=251
    ).assign(detail="summary")
    found = segments(schema.empty("samples"), runs)
    assert len(found) == 1
    row = found.iloc[0]
    assert row["detail"] == "summary"
    assert (row["elapsed_s"], row["duration_s"], row["speed_m_s"]) == (1600, 3000, 3)
    assert (row["n_steps"], row["cadence_spm"], row["ground_contact_ms"]) == (8400, 168, 251)


def test_a_run_with_samples_but_nothing_steady_gives_no_row():
    assert not len(steady(a_run(np.full(200, 3.0))))


def test_treadmill_is_another_instrument_of_speed():
    samples = a_run(np.full(841, 3.0))
    outdoor = segments(samples, its_row(device="Garmin fr645", kind="easy"))
    indoor = segments(samples, its_row(device="Garmin fr645", kind="treadmill"))
    unnamed = segments(samples, its_row(kind="treadmill"))
    assert set(outdoor["device"]) == {"Garmin fr645"}
    assert set(indoor["device"]) == {"Garmin fr645" + TREADMILL}
    assert set(unnamed["device"]) == {"unknown device" + TREADMILL}


def test_temperature_is_the_watchs_or_else_the_runs():
    with_sensor = a_run(np.full(841, 3.0), temperature_c=21.0)
    assert set(segments(with_sensor, its_row(temperature_c=12))["temperature_c"]) == {21}
    without = a_run(np.full(841, 3.0))
    assert set(segments(without, its_row(temperature_c=12))["temperature_c"]) == {12}


def several_runs():
    rng = np.random.default_rng(2)
    samples, runs = [], []
    for number, seconds in enumerate((2000, 100, 1500, 900)):
        speed = 3 + 0.2 * np.sin(np.arange(seconds) / 150) + rng.normal(0, 0.05, seconds)
        samples.append(a_run(speed, run_id=f"run {number}", heart_rate_bpm=140.0 + number))
        runs.append(its_row(f"run {number}"))
    runs.append(its_row("averages", moving_s=1800, distance_m=5000).assign(detail="summary"))
    return samples, runs


def test_runs_together_give_what_each_gives_alone():
    samples, runs = several_runs()
    samples.append(schema.empty("samples"))
    alone = [segments(one, row) for one, row in zip(samples, runs, strict=True)]
    together = segments(pd.concat(samples[:-1]), pd.concat(runs))
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))


def test_order_of_samples_does_not_matter_and_nothing_is_changed():
    samples, runs = several_runs()
    samples, runs = pd.concat(samples, ignore_index=True), pd.concat(runs, ignore_index=True)
    before = samples.copy(), runs.copy()
    shuffled = samples.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(segments(shuffled, runs), segments(samples, runs))
    pd.testing.assert_frame_equal(samples, before[0])
    pd.testing.assert_frame_equal(runs, before[1])


def test_an_instant_recorded_twice_counts_once():
    samples = a_run(np.full(841, 3.0))
    twice = pd.concat([samples, samples.iloc[400:420]], ignore_index=True)
    pd.testing.assert_frame_equal(steady(twice), steady(samples))


def test_errors_name_what_is_wrong():
    samples = a_run(np.full(841, 3.0))
    with pytest.raises(SchemaError, match=r"'samples': no column 'elapsed_s'; it has: run_id"):
        steady(samples.drop(columns="elapsed_s"))
    with pytest.raises(SchemaError, match="neither 'speed_m_s' nor 'distance_m'"):
        steady(samples.drop(columns=["speed_m_s", "distance_m"]))
    with pytest.raises(SchemaError, match="samples of run 'b' belong to none of the runs"):
        steady(samples.assign(run_id="b"))
    with pytest.raises(SchemaError, match="run 'a' stands in it twice"):
        segments(samples, pd.concat([its_row(), its_row()]))
    with pytest.raises(SchemaError, match="a sample has no run_id"):
        steady(samples.assign(run_id=samples["run_id"].where(samples["elapsed_s"] > 3)))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    unrest=st.sampled_from([0.0, 0.02, 0.1]),
    step=st.sampled_from([1.0, 3.0, 7.0]),
    hole=st.integers(0, 1500),
)
def test_segments_are_apart_steady_and_inside_the_run(seed, unrest, step, hole):
    rng = np.random.default_rng(seed)
    speed = np.maximum(2.9 * np.exp(np.cumsum(rng.normal(0, 0.002, 1500))), 0.5)
    samples = a_run(
        speed * np.exp(rng.normal(0, unrest, 1500)),
        step_s=step,
        altitude_m=np.cumsum(rng.normal(0, 0.05, 1500)),
    )
    samples = samples[~samples["elapsed_s"].between(hole, hole + 60)]
    found = steady(samples)
    begin, end = (found["elapsed_s"] + sign * found["duration_s"] / 2 for sign in (-1, 1))
    assert found["duration_s"].between(60, 180).all()
    assert (begin >= 300).all()
    assert (end <= 1505).all()
    assert (begin.to_numpy()[1:] >= end.to_numpy()[:-1]).all()
    assert (found["speed_cv"] < 0.05).all()
    assert (found["grade_pct"].abs() <= 2.5).all()
    assert (found["n_steps"] >= 150).all()
    assert not ((begin < hole + 25) & (end > hole + 35)).any()
