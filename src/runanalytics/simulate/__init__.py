"""Runners whose truth is known: for sample data, calibration and power.

`simulate_form` draws form and dose only, of thousands of runners a minute, to measure how often
a finding errs. `simulate_runner` draws everything that a watch and a log would hold, sample by
sample, from the true parameters of a `Runner`. Whatever is shown from either must be called
simulated.
"""

from __future__ import annotations

from runanalytics.simulate.form import FormTruth, SimulatedForm, simulate_form
from runanalytics.simulate.runner import Runner, RunnerTruth, SimulatedRunner, Training
from runanalytics.simulate.simulated import simulate_runner

__all__ = [
    "FormTruth",
    "Runner",
    "RunnerTruth",
    "SimulatedForm",
    "SimulatedRunner",
    "Training",
    "simulate_form",
    "simulate_runner",
]
