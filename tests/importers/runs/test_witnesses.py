"""Witnesses of distance: two that agree outvote the third, a lone one counts, nobody gives 0."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.runs.sample_series import SampleSeries
from runanalytics.importers.runs.witnesses import (
    Distance,
    Motion,
    Stated,
    legs_by_steps,
    settled_distance,
    with_stated,
)

SECOND = np.arange(0.0, 301.0)
NEVER = np.empty((0, 2))
DEGREES_PER_M = 1 / 111_195.08
NOTHING = np.full(SECOND.size, np.nan)


def positions(speed: float) -> tuple[Floats, Floats]:
    return 50 + speed * SECOND * DEGREES_PER_M, np.full(SECOND.size, 8.0)


def settled(
    total_m: float | None = None,
    sampled: float | Floats | None = None,
    tracked: float | None = None,
    speed: float | None = None,
    *,
    on_treadmill: bool = False,
) -> tuple[Distance, list[str]]:
    """Settle on the distance of 300 s; witnesses are given as speeds, the summary as metres."""
    samples = NOTHING if sampled is None else np.asarray(sampled) * SECOND
    motion = Motion(
        SECOND,
        NEVER,
        samples,
        NOTHING if speed is None else np.full(SECOND.size, speed),
        None if tracked is None else positions(tracked),
    )
    notes: list[Note] = []
    stated = Stated() if total_m is None else Stated(total_m)
    found = settled_distance(stated, motion, notes, on_treadmill=on_treadmill)
    return found, [note.message for note in notes]


@pytest.mark.parametrize(
    ("witnesses", "total_m", "at_the_end_m", "said"),
    [
        # All agree, or as many as there are.
        ((900.0, 3.0, 3.0), 900, 900, None),
        ((905.0, 3.0, None), 905, 900, None),
        ((None, 3.0, 3.3), 900, 900, None),  # the watch's own outranks positions
        # Two outvote the third.
        ((1200.0, 3.0, 3.0), 900, 900, "the records' distance"),
        ((900.0, 4.0, 3.0), 900, 900, "distances are from positions"),
        ((900.0, 3.0, 4.0), 900, 900, None),
        # A lone one is used.
        ((900.0, None, None), 900, None, "said by the summary alone"),
        ((None, 3.0, None), 900, 900, None),
        ((None, None, 3.0), 900, 900, None),
        # Two that differ: the summary, unless nobody runs so.
        ((1200.0, 3.0, None), 1200, 900, "the summary's distance"),
        ((0.9, 3.0, None), 900, 900, "the records' distance"),
        ((1100.0, None, 3.0), 1100, 900, "the summary's distance"),
        ((0.9, None, 3.0), 900, 900, "positions"),
        ((None, 0.003, 3.0), 900, 900, None),
        # Nobody.
        ((None, None, None), None, None, None),
        ((0.0, 0.0, None), None, None, None),
        ((None, None, 0.0), None, None, "its position never changes"),
    ],
)
def test_who_is_believed(
    witnesses: tuple[float | None, float | None, float | None],
    total_m: float | None,
    at_the_end_m: float | None,
    said: str | None,
) -> None:
    found, notes = settled(*witnesses)
    assert found.total_m == pytest.approx(np.nan if total_m is None else total_m, 0.01, nan_ok=True)
    end = np.nan if at_the_end_m is None else at_the_end_m
    assert found.samples_m[-1] == pytest.approx(end, 0.01, nan_ok=True)
    assert [said in note for note in notes] == [True] if said else not notes


def test_speed_times_time_decides_where_the_records_are_in_another_unit() -> None:
    found, notes = settled(900.0, 0.3, None, speed=3.0)
    assert (found.total_m, round(found.samples_m[-1])) == (900, 900)
    assert "the records cover 90 m, the summary says 900 m" in notes[0]


def test_speed_times_time_decides_between_a_summary_and_positions() -> None:
    assert settled(1_100.0, None, 3.0, speed=3.0)[0].total_m == pytest.approx(900, rel=0.01)
    assert settled(1_100.0, None, 3.0, speed=3.67)[0].total_m == 1_100


def test_speed_alone_is_no_witness_of_distance() -> None:
    assert np.isnan(settled(speed=3.0)[0].total_m)


@pytest.mark.parametrize("sampled", [2.5, 3.3, 4.0])
def test_the_total_of_a_treadmill_is_its_runners_correction(sampled: float) -> None:
    found, notes = settled(900.0, sampled, speed=sampled, on_treadmill=True)
    assert found.samples_m[-1] == pytest.approx(900)
    assert found.factor == pytest.approx(3 / sampled)
    assert "to the corrected distance" in notes[0]


@pytest.mark.parametrize("total_m", [900.0, None])
def test_what_was_counted_before_the_run_does_not_count(total_m: float | None) -> None:
    """The third part of a triathlon: 5 km, after 1.5 km that the device went on from."""
    samples = 1_500 + 3 * SECOND
    motion = Motion(SECOND, NEVER, samples, NOTHING)
    stated = Stated() if total_m is None else Stated(total_m)
    found = settled_distance(stated, motion, notes := [], on_treadmill=False)
    assert (found.samples_m[0], found.total_m, notes) == (0, 900, [])


def test_a_distance_that_ends_early_is_completed_by_positions() -> None:
    samples = np.where(SECOND < 100, 3 * SECOND, np.nan)
    motion = Motion(SECOND, NEVER, samples, NOTHING, positions(3.0))
    found = settled_distance(Stated(), motion, notes := [], on_treadmill=False)
    assert (found.by_positions, round(found.total_m)) == (True, 900)
    assert "ends early" in notes[0].message


@given(
    total=st.none() | st.floats(0, 1e5),
    sampled=st.none() | st.floats(0, 20),
    tracked=st.none() | st.floats(0, 10),
    speed=st.none() | st.floats(0, 12),
    on_treadmill=st.booleans(),
)
def test_whatever_is_stated_the_total_is_somebodys_and_never_0(
    total: float | None,
    sampled: float | None,
    tracked: float | None,
    speed: float | None,
    on_treadmill: bool,
) -> None:
    found, _ = settled(total, sampled, tracked, speed, on_treadmill=on_treadmill)
    told = [total or 0, *(300 * (v or 0) for v in (sampled, tracked))]
    if np.isnan(found.total_m):
        assert not any(metres > 3 for metres in told)
    else:
        assert found.total_m > 0
        assert any(abs(found.total_m - metres) <= 0.01 * metres + 1 for metres in told)


def series(**quantities: Floats) -> SampleSeries:
    return SampleSeries.from_samples(SECOND, {"speed_m_s": np.full(301, 3.0), **quantities}, NEVER)


def test_averages_of_the_summary_where_samples_do_not_have_the_quantity() -> None:
    stated = Stated(900, {"cadence_spm": 176.0, "heart_rate_bpm": 150.0, "power_w": np.nan})
    heart = np.full(301, 140.0)
    recorded = series(heart_rate_bpm=heart)
    row = with_stated(recorded.averages(900), recorded, stated, notes := [])
    assert (row["cadence_spm"], row["heart_rate_bpm"]) == (176, pytest.approx(140))
    assert row["step_length_m"] == pytest.approx(3 / 176 * 60, rel=0.01)
    assert [note.message.startswith("said by the summary") for note in notes] == [True]


@pytest.mark.parametrize(("known", "cadence"), [(50, 170.0), (280, 180.0)])
def test_a_quantity_of_a_small_part_is_no_average_of_the_run(known: int, cadence: float) -> None:
    recorded = series(cadence_spm=np.where(known > SECOND, 180.0, np.nan))
    row = with_stated(recorded.averages(900), recorded, Stated(900, {"cadence_spm": 170.0}), [])
    assert row["cadence_spm"] == pytest.approx(cadence)


def test_of_a_walk_a_summary_gives_no_running_form() -> None:
    walk = SampleSeries.from_samples(SECOND, {"speed_m_s": np.full(301, 1.2)}, NEVER)
    row = with_stated(walk.averages(360), walk, Stated(360, {"ground_contact_ms": 400.0}), [])
    assert np.isnan(row["ground_contact_ms"])


@pytest.mark.parametrize(
    ("counted", "steps", "legs"), [(88, 176, 2), (176, 176, 1), (88, np.nan, None), (88, 130, None)]
)
def test_the_number_of_steps_tells_the_legs(counted: float, steps: float, legs: int) -> None:
    assert legs_by_steps(counted, steps) == legs


def test_without_any_sign_of_motion_the_time_in_motion_is_missing() -> None:
    still = SampleSeries.from_samples(np.array([0.0, 4_682.0]), {}, NEVER)
    assert np.isnan(still.averages(np.nan)["moving_s"])
