"""Every metric in every command that takes one: a finding or an error of ours, nothing else."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.axes import Axes
from typer.testing import CliRunner

from runanalytics import Library, claims_on_trial, cli, plots
from runanalytics.claims import EXPECTATIONS, OTHER_DOSES, OUTCOMES, Claim
from runanalytics.errors import RunAnalyticsError
from runanalytics.findings.runner_tables import RunnerTables
from runanalytics.measures.metrics import DRIFT, METRICS

NAMES = [f"{metric.short}{ending}" for metric in METRICS.values() for ending in ("", DRIFT)]
#: Metrics whose figures are written to a file, which takes longer than all else and knows no
#: metric; those of the others are drawn only.
_WRITTEN = ("cadence", f"contact-time{DRIFT}")
#: Metrics that follow from the same columns differ in their formula only, and drifts in their
#: frame of form, both of which `trend` has met.
_MET_BY_TREND = {
    *[metric.short for metric in METRICS.values() if metric.formula][1:],
    *[name for name in NAMES if name.endswith(DRIFT) and name not in _WRITTEN],
}
COMMANDS = {
    "trend": (),
    "change-points": (),
    "before-after": ("--at", "2026-03-10"),
    "effect": ("--of", "strength"),
    "checks": ("--of", "strength"),
}


def _few_runs(folder: Path, sample_fits: list[Path]) -> None:
    for path in sample_fits[-4:]:
        shutil.copy(path, folder)
    (folder / "sessions.csv").write_text("date,kind\n2026-03-02,strength\n2026-10-20,strength\n")


def _list_of_cadences(folder: Path, _: list[Path]) -> None:
    """Runs without samples, heart rate or contact time."""
    rows = [f"2026-03-{day:02},10 km,50:00,168" for day in range(1, 25)]
    (folder / "runs.csv").write_text("\n".join(["date,distance,duration,cadence_spm", *rows]))


def _recorded_then_listed(folder: Path, sample_fits: list[Path]) -> None:
    """Recordings of a watch, and later a list of averages that has every metric."""
    for path in sample_fits[:12]:
        shutil.copy(path, folder)
    numbers = {
        **{metric.column: "" for metric in METRICS.values() if metric.formula is None},
        "cadence_spm": "168",
        "ground_contact_ms": "250",
        "contact_balance_left_pct": "50.2",
        "vertical_oscillation_mm": "90",
        "vertical_ratio_pct": "8.1",
        "step_length_m": "1.19",
        "power_w": "245",
    }
    numbers.pop("speed_m_s")
    rows = [
        f"2027-0{month}-{day:02},10 km,50:00,{140 + day % 5},{','.join(numbers.values())}"
        for month in (1, 2, 3)
        for day in range(1, 25, 2)
    ]
    header = f"date,distance,duration,heart_rate_bpm,{','.join(numbers)}"
    (folder / "runs.csv").write_text("\n".join([header, *rows]))


@pytest.fixture(scope="module", params=[_few_runs, _list_of_cadences, _recorded_then_listed])
def tiny(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sample_fits: list[Path],
) -> Library:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "files").mkdir()
    fill: Callable[[Path, list[Path]], None] = request.param
    fill(folder / "files", sample_fits)
    library = Library.open(folder / "library")
    assert library.add(folder / "files", timezone="UTC").exit_status == 0
    return library


@pytest.fixture(scope="module", autouse=True)
def doses_once(tiny: Library) -> Iterator[None]:
    """Each dose of a library, which is the same beside every metric, is worked out once."""
    module = importlib.import_module("runanalytics.measures.dose")
    dose, known = module.dose, {}

    def once(
        sessions: pd.DataFrame, sets: pd.DataFrame, *asked: str, spans: pd.DataFrame
    ) -> pd.DataFrame:
        if asked not in known:
            known[asked] = dose(sessions, sets, *asked, spans=spans)
        return known[asked].copy()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "dose", once)
        yield


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_answers_on_every_metric(
    tiny: Library, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = plots.save

    def save(ax: Axes, file: Path) -> None:
        drawn.append(file)
        assert ax.get_title(loc="left")
        if file.stem in _WRITTEN:
            write(ax, file)
            assert file.exists()

    monkeypatch.setattr(plots, "save", save)
    drawn: list[Path] = []
    for name in NAMES:
        if command != "trend" and name in _MET_BY_TREND:
            continue
        plot = tmp_path / f"{name}.svg"
        as_json = [] if command == "trend" and DRIFT not in name else ["--json"]
        words = [command, name, *COMMANDS[command], *as_json, "--plot", str(plot)]
        done = CliRunner().invoke(cli.app, ["--library", str(tiny.folder), *words])
        if done.exception is None:
            assert done.exit_code == 0
            assert drawn.pop() == plot
            assert json.loads(done.stdout) if as_json else done.stdout.strip()
        elif not isinstance(done.exception, RunAnalyticsError):
            raise AssertionError(words) from done.exception


def test_the_trend_of_every_metric_of_lists_and_recordings(tiny: Library) -> None:
    recorded = set(tiny.runs().loc[lambda runs: runs["detail"] == "samples", "device"])
    for metric in METRICS.values():
        try:
            found = tiny.trend(metric.short)
        except RunAnalyticsError:
            continue
        assert found.summary()
        if recorded and found.device_steps:
            assert found.device_steps[-1].name not in recorded, metric.short


@pytest.fixture(scope="module")
def tiny_tables(tiny: Library) -> RunnerTables:
    return RunnerTables.from_library(tiny)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_claims_are_tested_on_every_outcome(tiny_tables: RunnerTables, outcome: str) -> None:
    for expected in EXPECTATIONS:
        for dose in ("strength", *OTHER_DOSES):
            for beyond in (None, 2.0):
                claim = Claim("mine", "Mine.", outcome, dose, expected, beyond_per_week=beyond)
                try:
                    found = claims_on_trial(tiny_tables, [claim])
                except RunAnalyticsError:
                    continue
                assert found.summary()
                json.dumps(found.to_dict(), allow_nan=False)
