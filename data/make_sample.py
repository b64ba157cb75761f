"""Write data/sample: a simulated runner as the files that a real one would have.

Run it as ``python data/make_sample.py [FOLDER]``. The same seed gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sample_fit import SOFTWARE, gym_fit, run_fit

from runanalytics.simulate import Runner, SimulatedRunner, simulate_runner
from runanalytics.simulate.runner import STRENGTH, TECHNIQUE
from runanalytics.simulate.sessions import DRILLS, GYM, Exercise, Session

#: Of the seeds 1 to 40 the one whose four effects (contact time and cadence with strength and
#: with drills) came out nearest to the truth: an example, and no evidence of anything.
SEED = 26
START = "2025-04-07"
WEEKS = 78

#: One of so many gym sessions is in a FIT file of the watch instead of the app's log.
GYM_ON_WATCH_EVERY, GYM_ON_WATCH_FROM = 11, 4

#: Programmes that strength sessions follow now and then, as the sources prescribe them.
PULL = Session(
    "Simulated pull exercises",
    (
        Exercise("band_ankle_pull", "Band Ankle Pull", 2, reps=10),
        Exercise("supine_heel_to_hip_pull", "Supine Heel-to-Hip Pull", 2, reps=10),
        Exercise("push_up_heel_to_hip_pull", "Push-up-Position Heel-to-Hip Pull", 2, reps=10),
        Exercise("prone_heel_to_hip_pull", "Prone Single-Leg Heel-to-Hip Pull", 2, reps=10),
        Exercise("prone_double_heel_to_hip_pull", "Prone Double-Leg Heel-to-Hip Pull", 2, reps=10),
        Exercise("box_bounce", "Small Box Bounces", 4, reps=10),
    ),
)
#: Without the high knees and sprints, which would be technique work.
AT_HOME = Session(
    "Simulated legs at home",
    (
        Exercise("wall_sit", "Wall Sit", 3, hold_s=45),
        Exercise("lunge", "Lunge", 3, reps=12),
        Exercise("squat", "Squat (Bodyweight)", 3, hold_s=40),
        Exercise("straight_leg_raise", "Supine Straight-Leg Raise", 3, reps=12),
        Exercise("leapfrog", "Leapfrog", 3, reps=6),
        Exercise("burpee", "Burpee", 2, reps=10),
    ),
)
SPECIALISED = Session(
    "Simulated specialised strength",
    (
        Exercise("one_leg_quarter_squat", "One-Leg Quarter Squat", 3, reps=10),
        Exercise("standing_ankle_pull", "Standing Ankle Pull", 3, reps=10),
        Exercise("single_leg_box_jump", "Single-Leg Box Jump", 3, reps=5),
        Exercise("rack_squat", "Rack Squat", 3, reps=8, load_kg=40),
    ),
)
GYM_DAY = Session(
    "Simulated gym: calves and single leg",
    (
        Exercise("calf_raise", "Calf Raise from a Step", 5, reps=12, hold_s=36),
        Exercise("single_leg_deadlift", "Single Leg Deadlift", 5, reps=8, load_kg=16),
        Exercise("leg_press", "Leg Press", 3, reps=10, load_kg=90),
    ),
)
#: Place in a turn of sessions -> the one that is done instead of what is done else. The turn is
#: twice as long as that of the sessions on the watch, which has no names for some exercises.
INSTEAD = {2: PULL, 6: GYM_DAY, 9: AT_HOME, 13: SPECIALISED, 17: PULL, 20: AT_HOME}
MORE_DRILLS = Session(
    "Simulated drills",
    (
        Exercise("tiptoe_walk", "Tiptoe walk", 2, distance_m=20),
        Exercise("side_run", "Side run", 2, distance_m=30),
        Exercise("high_skipping", "High skipping", 3, distance_m=30),
        Exercise("heels_to_glutes", "Heels to glutes", 3, distance_m=30),
        Exercise("two_leg_pedalling", "Two-leg pedalling", 2, distance_m=30),
        Exercise("backward_run", "Backward run", 2, distance_m=30),
    ),
)

#: Strength and drills come in blocks (first and last week, from 0) that overlap only in part,
#: so that what goes along with each can be separated.
RUNNER = Runner(
    strength=replace(
        STRENGTH,
        blocks=((0, 9), (18, 31), (40, 51), (60, 77)),
        sessions=tuple(
            INSTEAD.get(place, GYM[place % len(GYM)]) for place in range(2 * GYM_ON_WATCH_EVERY)
        ),
    ),
    technique=replace(
        TECHNIQUE,
        blocks=((0, 5), (14, 24), (34, 43), (52, 63), (70, 77)),
        sessions=(*DRILLS, MORE_DRILLS),
    ),
    missing_weeks=(15, 37, 56),
    dynamics_week=6,
    new_watch_week=45,
)

#: How a part of a line in the diary is written, and the words for each drill, both in turn.
WAYS = ("{name} {n_sets}x{metres} m", "{n_sets} x {metres} m {name}", "{name} {n_sets}x{metres}m")
IN_WORDS = {
    "low_skipping": ("low skipping", "low skips"),
    "high_skipping": ("high skipping", "A-skips"),
    "heels_to_glutes": ("butt kicks", "heels to glutes", "heel flicks"),
    "one_leg_skipping": ("one-leg skipping", "one leg skipping"),
    "bounding": ("bounding", "bounds"),
    "tiptoe_walk": ("tiptoe walk", "walking on tiptoe"),
    "side_run": ("side run", "side shuffles"),
    "two_leg_pedalling": ("two-leg pedalling", "two leg pedalling"),
    "backward_run": ("backward run", "backward running"),
}
README = """# Sample data: a simulated runner

No person ran these runs. Every file here is **simulated** by `data/make_sample.py` with seed
{seed}, from `runanalytics.simulate`; the same script writes the same bytes again. The watches
call themselves "Simulated watch A" and "Simulated watch B", and titles begin with "Simulated".

Of forty seeds this is the one whose estimated effects came nearest to the truth: a clear
example, and no evidence that the analysis is right. `benchmarks/calibration.py` shows how often
it errs over thousands of simulated runners.

- `runs/*.fit`: {n_runs} runs from {first:%Y-%m-%d} to {last:%Y-%m-%d}, with smart recording:
  easy and long runs, workouts, races, treadmill runs, walking breaks, pauses; no positions.
- `gym/*.fit`: {n_gym} gym sessions recorded by the watch, with `set` messages.
- `strong.csv`: the other {n_strong} gym sessions, as the app Strong exports them.
- `diary.md`: {n_technique} sessions of running drills, as a diary in words.
- `races.csv`: {n_races} races.
- `truth.json`: the parameters of the simulation.

## The truth

- **Strength**: {runner.strength.contrast:g} sessions a week more, held for long, change contact
  time by {runner.strength.contact_pct:+g} %, cadence by {runner.strength.cadence_pct:+g} %, race
  times by {runner.strength.race_time_pct:+g} %. It builds up and fades with a time constant of
  {runner.strength.tau_weeks:g} weeks, so ten weeks bring {ten_weeks_pct:.0f} % of it.
- **Drills**: {runner.technique.contrast:g} sessions a week more, held for long, change cadence by
  {runner.technique.cadence_pct:+g} %, contact time by {runner.technique.contact_pct:+g} %, with a
  time constant of {runner.technique.tau_weeks:g} weeks.
- **Noise**: contact time {runner.contact_day_sd_pct:g} % from day to day and
  {runner.contact_week_sd_pct:g} % from week to week; cadence {runner.cadence_day_sd_pct:g} % and
  {runner.cadence_week_sd_pct:g} %. Weeks are an AR(1) process (correlation {runner.week_rho:g}).
- **Speed**: contact time goes with speed to the power {runner.contact_exponent:g}, cadence to
  the power {runner.cadence_exponent:g}. In weeks of a strength block runs are
  {runner.slowdown_m_s:g} m/s slower.
- **Within a run** contact time changes by {runner.contact_drift_pct_per_h:+g} % an hour, cadence
  by {runner.cadence_drift_pct_per_h:+g} %.
- **Contact time** is recorded from {dynamics_from:%Y-%m-%d} on. The second watch, from
  {new_watch_from:%Y-%m-%d} on, shows {runner.new_watch_contact_pct:+g} % of it: a step of the
  watch, not of the runner. Updates of the watches' software ({updates}) change nothing.
- On a **treadmill** the watch's speed is {runner.treadmill_speed_pct:+g} % off.
- **Races**: {runner.race_sd_pct:g} % from race to race, and
  {runner.race_gain_pct_per_year:+g} % a year.
"""


def sample() -> SimulatedRunner:
    """Simulate the runner of the sample."""
    return simulate_runner(SEED, runner=RUNNER, weeks=WEEKS, start=START)


def files(drawn: SimulatedRunner) -> Iterator[tuple[str, bytes]]:
    """Yield the folder's files, small ones first.

    Parameters
    ----------
    drawn : SimulatedRunner
        From `sample`.

    Yields
    ------
    tuple of str and bytes
        Path inside the folder, and content.
    """
    strength = drawn.sessions[drawn.sessions["kind"] == "strength"].reset_index(drop=True)
    on_watch = strength.index % GYM_ON_WATCH_EVERY == GYM_ON_WATCH_FROM
    technique = drawn.sessions[drawn.sessions["kind"] == "technique"]
    yield "README.md", readme(drawn, int(on_watch.sum())).encode()
    yield "truth.json", truth_json(drawn).encode()
    yield "strong.csv", strong_csv(strength[~on_watch], drawn.sets).encode()
    yield "diary.md", diary_md(technique, drawn.sets).encode()
    yield "races.csv", races_csv(drawn.races).encode()
    for _, session in strength[on_watch].iterrows():
        own = drawn.sets[drawn.sets["session_id"] == session["session_id"]]
        watch_from = drawn.truth.new_watch_from
        renewed = watch_from is not None and session["local_date"] >= watch_from
        device = drawn.truth.runner.devices[int(renewed)]
        yield f"gym/{session['local_date']:%Y-%m-%d}-gym.fit", gym_fit(session, own, device)
    samples = dict(iter(drawn.samples.groupby("run_id")))
    for _, run in drawn.runs.iterrows():
        name = f"runs/{run['local_date']:%Y-%m-%d}-{run['kind']}.fit"
        yield name, run_fit(run, samples[run["run_id"]])


def strong_csv(sessions: pd.DataFrame, sets: pd.DataFrame) -> str:
    """Return gym sessions as Strong exports them where it states its units."""
    header = (
        *("Workout #", "Date", "Workout Name", "Duration (sec)", "Exercise Name", "Set Order"),
        *("Weight (kg)", "Reps", "RPE", "Distance (meters)", "Seconds", "Notes", "Workout Notes"),
    )
    rows = []
    for number, (_, session) in enumerate(sessions.iterrows(), start=1):
        own = sets[sets["session_id"] == session["session_id"]]
        order = own.groupby("name_as_logged").cumcount() + 1
        local = session["start_utc"] + pd.Timedelta(seconds=session["utc_offset_s"])
        for row, position in zip(own.to_dict("records"), order, strict=True):
            rows.append(
                (
                    number,
                    f"{local:%Y-%m-%d %H:%M:%S}",
                    session["title"],
                    int(session["duration_s"]),
                    row["name_as_logged"],
                    position,
                    _or_zero(row["load_kg"]),
                    _or_zero(row["reps"]),
                    "",
                    "0",
                    _or_zero(row["hold_s"]),
                    "",
                    "Simulated",
                )
            )
    return _csv(header, rows, delimiter=";", quoting=csv.QUOTE_ALL)


def diary_md(sessions: pd.DataFrame, sets: pd.DataFrame) -> str:
    """Return drill sessions as a runner writes a diary: a day, and below it what was done."""
    lines = [
        "# Training diary",
        "> Simulated by data/make_sample.py: no person did these drills.",
    ]
    for number, (_, session) in enumerate(sessions.iterrows()):
        local = session["start_utc"] + pd.Timedelta(seconds=session["utc_offset_s"])
        own = sets[sets["session_id"] == session["session_id"]]
        parts = [
            WAYS[number % len(WAYS)].format(
                name=IN_WORDS[movement][number // len(WAYS) % len(IN_WORDS[movement])],
                n_sets=len(group),
                metres=f"{distance:g}",
            )
            for (movement, distance), group in own.groupby(["movement", "distance_m"], sort=False)
        ]
        day = f"## {local:%A} {local.day} {local:%B %Y}"
        done = f"{local:%H:%M} drills: {', '.join(parts)}"
        lines += ["", day, f"{done}; {session['duration_s'] / 60:g} min in all"]
    return "\n".join(lines) + "\n"


def races_csv(races: pd.DataFrame) -> str:
    """Return races as a plain table."""
    distances = {5_000.0: "5k", 10_000.0: "10k", 21_097.5: "half"}
    rows = [
        (
            f"{race['local_date']:%Y-%m-%d}",
            distances[race["distance_m"]],
            str(pd.Timedelta(seconds=race["time_s"])).split()[-1],
            race["title"],
            f"{race['temperature_c']:.0f}",
        )
        for _, race in races.iterrows()
    ]
    return _csv(("date", "distance", "time", "title", "temperature_c"), rows)


def truth_json(drawn: SimulatedRunner) -> str:
    """Return the parameters behind the sample."""
    stated = {
        "simulated": True,
        "script": "data/make_sample.py",
        "seed": SEED,
        "start": START,
        "weeks": WEEKS,
        **drawn.truth.to_dict(),
    }
    return json.dumps(stated, indent=2) + "\n"


def readme(drawn: SimulatedRunner, n_gym: int) -> str:
    """Return the README of the folder."""
    kinds = drawn.sessions["kind"].value_counts()
    text = README.format(
        seed=SEED,
        n_runs=len(drawn.runs),
        first=drawn.runs["local_date"].min(),
        last=drawn.runs["local_date"].max(),
        n_gym=n_gym,
        n_strong=kinds["strength"] - n_gym,
        n_technique=kinds["technique"],
        n_races=len(drawn.races),
        runner=drawn.truth.runner,
        ten_weeks_pct=100 * (1 - np.exp(-10 / drawn.truth.runner.strength.tau_weeks)),
        dynamics_from=drawn.truth.dynamics_from,
        new_watch_from=drawn.truth.new_watch_from,
        updates=" and ".join(since for each in SOFTWARE.values() for since, _ in each if since),
    )
    # A number and its percent sign stay on one line.
    items = text.replace("\n  ", " ").replace(" %", "\N{NO-BREAK SPACE}%").split("\n")
    wide = {"width": 96, "subsequent_indent": "  ", "break_on_hyphens": False}
    return "\n".join(
        textwrap.fill(item, **wide) if item.startswith("- ") else item for item in items
    )


def _or_zero(value: float) -> str:
    return "0" if pd.isna(value) else f"{value:g}"


def _csv(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    delimiter: str = ",",
    quoting: int = csv.QUOTE_MINIMAL,
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def main(folder: Path) -> None:
    """Write the sample into `folder`, replacing what an earlier run has written."""
    written = dict(files(sample()))
    for part in ("runs", "gym"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        for old in (folder / part).glob("*.fit"):
            old.unlink()
    for name, content in written.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "sample")
