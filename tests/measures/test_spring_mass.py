"""Steps worked out by hand from contact time and cadence."""

from __future__ import annotations

import numpy as np
import pytest

from runanalytics.measures.spring_mass import (
    duty_factor_pct,
    flight_time_ms,
    leg_stiffness_n_m_kg,
    peak_force_bw,
    step_time_ms,
    vertical_stiffness_n_m_kg,
)

GRAVITY = 9.81


def test_a_step_of_a_jogger_by_hand() -> None:
    # 170 steps/min: 60000 / 170 = 352.94 ms a step, of which 250 on the ground.
    assert float(step_time_ms(170)) == pytest.approx(352.94, abs=0.01)
    assert float(flight_time_ms(250, 170)) == pytest.approx(102.94, abs=0.01)
    assert float(duty_factor_pct(250, 170)) == pytest.approx(250 / 705.88 * 100, abs=0.01)
    assert float(peak_force_bw(250, 170)) == pytest.approx(np.pi / 2 * (102.94 / 250 + 1), abs=1e-4)


@pytest.mark.parametrize("mass_kg", [50.0, 80.0])
def test_stiffness_is_that_of_the_paper_by_body_mass(mass_kg: float) -> None:
    contact_s, flight_s = 0.25, 60 / 170 - 0.25
    # Equations 1 to 3 of Morin et al. 2005, in newtons and metres.
    force_n = mass_kg * GRAVITY * np.pi / 2 * (flight_s / contact_s + 1)
    fall_m = force_n * contact_s**2 / (mass_kg * np.pi**2) - GRAVITY * contact_s**2 / 8
    stiffness = float(vertical_stiffness_n_m_kg(250, 170))
    assert stiffness == pytest.approx(force_n / fall_m / mass_kg, rel=1e-12)
    # A runner of 70 kg then has 25 kN/m: at 12 km/h the paper found about 20 to 30.
    assert 70 * stiffness == pytest.approx(24_900, abs=50)


def test_leg_stiffness_is_that_of_the_paper() -> None:
    # Equations 1, 2, 4 and 5 of Morin et al. 2005, with a leg of 0.9 m at 3 m/s.
    contact_s, mass_kg, leg_m = 0.25, 70.0, 0.9
    force_n = mass_kg * GRAVITY * np.pi / 2 * (60 / 170 / contact_s)
    fall_m = force_n * contact_s**2 / (mass_kg * np.pi**2) - GRAVITY * contact_s**2 / 8
    shortened_m = leg_m - np.sqrt(leg_m**2 - (3.0 * contact_s / 2) ** 2) + fall_m
    stiffness = float(leg_stiffness_n_m_kg(250, 170, 3.0))
    assert stiffness == pytest.approx(force_n / shortened_m / mass_kg, rel=1e-12)
    # How long the leg is hardly matters for a change: 250 to 245 ms is 4.2 to 4.5 %.
    for leg_m in (0.8, 1.0):
        pair = leg_stiffness_n_m_kg([250, 245], [170, 170], [3.0, 3.0], leg_m=leg_m)
        assert pair[1] / pair[0] == pytest.approx(1.0435, abs=0.002)
    # A foot that would have to go farther than the leg reaches.
    assert np.isnan(leg_stiffness_n_m_kg(400, 170, 5.0))


def test_a_sine_wave_of_that_force_carries_the_runner() -> None:
    """Its mean over the step is body weight."""
    contact_ms = np.array([180.0, 250.0, 300.0])
    of_step = contact_ms / step_time_ms(170)
    assert peak_force_bw(contact_ms, 170) * 2 / np.pi * of_step == pytest.approx(np.ones(3))


def test_standing_on_one_foot_all_the_time_is_half_a_wave_of_one_body_weight() -> None:
    assert float(peak_force_bw(60_000 / 170, 170)) == pytest.approx(np.pi / 2)
    assert float(flight_time_ms(60_000 / 170, 170)) == pytest.approx(0, abs=1e-9)
    assert float(duty_factor_pct(60_000 / 170, 170)) == pytest.approx(50)


def test_overlapping_steps_are_walking() -> None:
    assert np.isnan(peak_force_bw(500, 140))
    assert np.isnan(vertical_stiffness_n_m_kg(500, 140))
    assert float(flight_time_ms(500, 140)) < 0
    assert float(duty_factor_pct(500, 140)) > 50
