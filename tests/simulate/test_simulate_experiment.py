"""A past that goes on: what is simulated after it has its level and the effect that was asked."""

from __future__ import annotations

import numpy as np

from runanalytics.exposure import exposure
from runanalytics.simulate import simulate_form
from runanalytics.simulate.experiment import simulate_continuation
from runanalytics.simulate.form import SPEED_EXPONENT


def test_a_continuation_has_the_level_before_and_the_effect_of_its_schedule() -> None:
    past = simulate_form(1, weeks=30)
    labels = [1, 0, 0, 1]
    quiet = {"ar_sd_pct": 0.0, "day_sd_pct": 1e-6, "slope_estimated": SPEED_EXPONENT}
    form, dose = simulate_continuation(
        past.form, past.dose, labels, seed=2, effect_pct=-4.0, tau_weeks=2.0, **quiet
    )
    n_runs, n_days = len(past.form), len(past.dose)
    assert form[:n_runs].equals(past.form)
    assert dose[:n_days].equals(past.dose)
    assert (dose["local_date"].diff().dropna() == np.timedelta64(1, "D")).all()
    weekly = dose["amount"][n_days:].to_numpy().reshape(-1, 7).sum(axis=1)
    assert weekly.tolist() == np.repeat([3, 0, 0, 3], 4).tolist()
    # Log form is a line in exposure, through the middle of the last runs before.
    first = dose["local_date"].iloc[0]
    exposed = exposure(dose["amount"].to_numpy(), 2.0, 7 * dose["amount"][:28].mean())
    at = exposed[(form["local_date"] - first).dt.days]
    slope = np.log(0.96) / 2
    level = np.log(form["value"]).to_numpy() - slope * at
    assert np.allclose(level[n_runs:], level[n_runs - 30 : n_runs].mean(), atol=1e-6)
    again, _ = simulate_continuation(past.form, past.dose, labels, seed=2, **quiet)
    assert not np.allclose(again["value"], form["value"])
    assert again["local_date"].equals(form["local_date"])
