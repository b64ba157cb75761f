"""The recipes of CONTRIBUTING.md for a movement, a language and a finding, followed on a copy.

Each adds exactly the lines of its recipe, then reads files as a runner would have them.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "importers" / "golden"
CATALOGUE = "movements/catalogue.csv"
#: What holds of every row of the catalogue, of every alias and of names as people log them.
OF_CATALOGUE = "alias or row or unique or category or reviewed"
CATALOGUE_FILES = (
    "tests/movements/test_movements_matcher.py",
    "tests/movements/test_movements_vocabulary.py",
)

Run = Callable[..., subprocess.CompletedProcess[str]]


def answers(run_edited: Run, edited: Path, script: str, *arguments: str) -> dict[str, Any]:
    """What a script prints as JSON that runs with the edited package."""
    done = run_edited(edited, "-c", script, *arguments)
    assert not done.stderr, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert Path(found.pop("package")).is_relative_to(edited)
    return found


def passes(run_edited: Run, edited: Path, *tests: str) -> None:
    done = run_edited(edited, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    assert done.returncode == 0, done.stdout


# --- A movement: one line of the catalogue, among those of its main category.

FLAMINGO_HOLD = (
    "flamingo_hold,Flamingo hold,,isometric|strength,one,seconds,"
    "Balance and outer hip,"
    '"Stand on one leg with level hips, the other knee at hip height, and hold.",,,'
    "postura del flamenco|position du flamant\n"
)
MOVEMENT_EDITS = ((CATALOGUE, "\ncopenhagen_plank,", f"\n{FLAMINGO_HOLD}copenhagen_plank,"),)
MOVEMENT_SCRIPT = """
import json, sys
import runanalytics
from runanalytics import dose, match, read

logged = read(sys.argv[1])
amounts = {
    what: dose(logged.sessions, logged.sets, what, measure)["amount"].tolist()
    for what, measure in (
        ("Flamingo hold", "sets"), ("flamingo-hold", "minutes"), ("isometric", "sessions"),
    )
}
names = ("Flamingo Holds", "Postura del Flamenco (Band)", "Flamngo hold")
print(json.dumps({
    "package": runanalytics.__file__,
    "matched": [match(name).movement for name in names],
    "read": logged.sets["movement"].tolist(),
    "doses": amounts,
}))
"""


def test_a_movement_is_one_line_of_the_catalogue(
    edited_package: Callable[..., Path], run_edited: Run, tmp_path: Path
) -> None:
    edited = edited_package(MOVEMENT_EDITS)
    log = tmp_path / "log.csv"
    log.write_text(
        "date,movement,sets,hold_s\n"
        "2026-03-02,Flamingo hold,5,45\n2026-03-03,Squat,3,\n2026-03-04,position du flamant,4,30\n",
        encoding="utf-8",
    )
    assert answers(run_edited, edited, MOVEMENT_SCRIPT, str(log)) == {
        "matched": ["flamingo_hold"] * 3,
        "read": ["flamingo_hold", "squat", "flamingo_hold"],
        "doses": {
            "Flamingo hold": [5.0, 0.0, 4.0],
            "flamingo-hold": [3.75, 0.0, 2.0],
            "isometric": [1.0, 0.0, 1.0],
        },
    }
    command = "from runanalytics.cli import main; main()"
    library = ("--library", str(tmp_path / "library"))
    listed = json.loads(run_edited(edited, "-c", command, *library, "movements", "--json").stdout)
    categories = "isometric, strength"
    assert {
        "movement": "flamingo_hold",
        "name": "Flamingo hold",
        "categories": categories,
    } in listed
    shown = run_edited(edited, "-c", command, *library, "movements", "position du flamant")
    assert "level hips" in shown.stdout


# --- A language: its file, with months, sports, headers and races; names of exercises.

FINNISH_MONTHS = (
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta "
    "syyskuuta lokakuuta marraskuuta joulukuuta"
)


def added(file: str, line: str, new: str) -> tuple[str, str, str]:
    """An edit that puts a new line after one that is there."""
    return file, f"{line}\n", f"{line}\n{new}\n"


#: The language's file: months as they begin, days of the week, races, sports, Garmin's list.
FINNISH = """
[months]
names = "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"

[weekdays]
names = "ma ti ke to pe la su"
full = "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai"

[dates]
before_time = ["klo"]

[distances]
half = ["puolimaraton"]

[races]
names = ["kisa", "*juoksukisa"]
training = ["treeni*", "*treeni"]

[course_cells]
trail = ["polku"]

[race_list]
date = ["päivämäärä"]
event = ["kisa"]
distance = ["matka"]
time = ["aika"]
chip = ["nettoaika"]
course = ["alusta"]

[race_list.rows]
not_finished = ["keskeytti"]

[sports]
running = ["*juoks*"]
other = ["*hiiht*", "*pyöräil*", "*uinti*", "*kävel*"]
strength = ["*voimaharjoit*", "*kuntosali*"]
treadmill = ["*juoksumat*"]
trail = ["*polku*"]

[garmin_list]
type = ["aktiviteettityyppi"]
date = ["päivämäärä"]
title = ["otsikko"]
distance = ["matka"]
time = ["aika"]
heart_rate = ["keskisyke"]

[movements.reading.spellings]
levytanko = "barbell"
kasipaino = "dumbbell"

[movements.names]
squat = ["kyykky"]
back_squat = ["takakyykky"]
"""
WORDS = "words/fi.toml"
LANGUAGE_EDITS = ()
LANGUAGE_SCRIPT = """
import json, sys
import runanalytics
from runanalytics import match, read
from runanalytics.measures.race_detection import race_runs

plain, strava, track, skiing, garmin, sets, races = (
    read(path, timezone="Europe/Helsinki", units="metric") for path in sys.argv[1:]
)
names = ("Kyykky", "Takakyykky (levytanko)", "kyykky käsipaino")
print(json.dumps({
    "package": runanalytics.__file__,
    "days": plain.runs["local_date"].dt.strftime("%d.%m.").tolist(),
    "races": race_runs(plain.runs)[["title", "distance_m"]].to_numpy().tolist(),
    "strava": strava.runs[["title", "kind"]].to_numpy().tolist(),
    "strength": strava.sessions["kind"].tolist(),
    "track": track.runs["kind"].tolist(),
    "skiing": len(skiing.runs),
    "garmin": garmin.runs[
        ["title", "kind", "distance_m", "moving_s", "heart_rate_bpm"]
    ].to_numpy().tolist(),
    "sets": sets.sets["movement"].tolist(),
    "listed": races.races[["title", "course", "distance_m", "time_s"]].to_numpy().tolist(),
    "notes": [note.message for note in races.notes],
    "matched": [match(name).movement for name in names],
}))
"""


@pytest.fixture
def finnish_files(tmp_path: Path) -> list[Path]:
    """Files as a Finn might have them: plain runs, Strava's and Garmin's lists, tracks, sets."""
    titles = {3: "Hyvinkään juoksukisa", 7: "Kisan treeni", 10: "Kisa, puolimaraton"}
    rows = [
        f"{number}. {month} 2025,{'21.2' if number == 10 else '10.1'} km,50:00,"
        f'"{titles.get(number, "Iltalenkki")}"'
        for number, month in enumerate(FINNISH_MONTHS.split(), 1)
    ]
    strava = (GOLDEN / "strava_german.csv").read_text(encoding="utf-8")
    track = (GOLDEN / "gpx_strava.gpx").read_text(encoding="utf-8")
    texts = {
        "runs.csv": "\n".join(("date,distance,duration,title", *rows)),
        "strava.csv": strava.replace(",Lauf,", ",Juoksumatto,").replace(
            ",Krafttraining,", ",Voimaharjoittelu,"
        ),
        "track.gpx": track.replace("<type>9</type>", "<type>Polkujuoksu</type>"),
        "skiing.gpx": track.replace("<type>9</type>", "<type>Hiihto</type>"),
        "garmin.csv": (
            "Aktiviteettityyppi,Päivämäärä,Otsikko,Matka,Aika,Keskisyke\n"
            "Juoksu,2025-11-02 09:05:11,Aamulenkki,10.00,00:50:00,148\n"
            "Pyöräily,2025-11-03 09:05:11,Työmatka,10.00,00:30:00,120\n"
        ),
        "sets.csv": (
            "date,movement,sets,reps\n"
            "4. marraskuuta 2025,Takakyykky (levytanko),3,5\n4. marraskuuta 2025,Kyykky,3,12\n"
        ),
        "kisat.csv": (
            "Päivämäärä;Kisa;Matka;Nettoaika;Alusta\n"
            "la 17. toukokuuta 2025;Järven kierros;puolimaraton;1.36.40;polku\n"
            "24.5.2025;Kymppi;10 km;keskeytti;\n"
        ),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in texts]


def test_a_language_is_its_own_file(
    edited_package: Callable[..., Path], run_edited: Run, finnish_files: list[Path]
) -> None:
    edited = edited_package(LANGUAGE_EDITS)
    assert not LANGUAGE_EDITS
    (edited / "runanalytics" / WORDS).write_text(FINNISH, encoding="utf-8")
    found = answers(run_edited, edited, LANGUAGE_SCRIPT, *map(str, finnish_files))
    assert found == {
        "days": [f"{number:02}.{number:02}." for number in range(1, 13)],
        "races": [["Hyvinkään juoksukisa", 10_000.0], ["Kisa, puolimaraton", 21_097.5]],
        "strava": [["Morning Run", "treadmill"]],
        "strength": ["strength"],
        "track": ["trail"],
        "skiing": 0,
        "garmin": [["Aamulenkki", "unknown", 10_000.0, 3_000.0, 148.0]],
        "sets": ["back_squat", "squat"],
        "listed": [["Järven kierros", "trail", 21_097.5, 5_800.0]],
        "notes": [
            "rows were left out as not finished (1): line 3: 'keskeytti'",
            "1 row left out: 1 not finished",
        ],
        "matched": ["squat", "back_squat", "squat"],
    }


def test_what_was_there_before_is_read_as_before_beside_all(
    edited_package: Callable[..., Path], run_edited: Run, metric_edits: tuple[Any, ...]
) -> None:
    """What holds of every movement holds of the new one, and nothing new is read as another thing.

    Beside the movement and the language there is the metric of test_new_metric.py.
    """
    edited = edited_package((*MOVEMENT_EDITS, *metric_edits))
    (edited / "runanalytics" / WORDS).write_text(FINNISH, encoding="utf-8")
    golden = "tests/importers/test_golden.py"
    passes(run_edited, edited, *CATALOGUE_FILES, golden, "-k", f"{OF_CATALOGUE} or test_golden")


# --- A finding: one file, and its answers among those of the shared tests.

FINDING = '''"""How many weeks had a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from runanalytics.findings.finding import NOT_ENOUGH_DATA, Finding, count

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class WeeksRun(Finding):
    """Weeks with a run, of all weeks from the first to the last of them."""

    verdict: str
    n_weeks: int = 0
    n_weeks_run: int = 0
    reason: str = ""
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the answer in a sentence."""
        if self.verdict == NOT_ENOUGH_DATA:
            return self._with_notes(f"Not enough data: {self.reason}.")
        return self._with_notes(f"{self.n_weeks_run} of {count(self.n_weeks, 'week')} had a run.")

    def table(self) -> pd.DataFrame:
        """Return the counts."""
        return pd.DataFrame({"weeks": [self.n_weeks], "weeks_run": [self.n_weeks_run]})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the counts."""
        ax = self._begin_plot(ax, "Weeks with a run", y="weeks", empty=not self.n_weeks)
        if self.n_weeks:
            ax.bar(["run", "all"], [self.n_weeks_run, self.n_weeks])
        return ax


def weeks_run(form: pd.DataFrame) -> WeeksRun:
    """Count the weeks of a table "form" that had a run."""
    if form.empty:
        return WeeksRun(NOT_ENOUGH_DATA, reason="no run")
    weeks = (form["local_date"] - form["local_date"].min()).dt.days // 7
    return WeeksRun("counted", int(weeks.max()) + 1, int(weeks.nunique()))
'''
FINDING_ANSWERS = """
from runanalytics.findings.weeks_run import weeks_run

ANSWERS |= {
    "weeks run": lambda: weeks_run(DRAWN.form),
    "weeks run of one run": lambda: weeks_run(DRAWN.form.head(1)),
    "weeks run of nothing": lambda: weeks_run(DRAWN.form.head(0)),
}
"""


def test_a_finding_is_one_file_and_its_answers(
    edited_package: Callable[..., Path], run_edited: Run, tmp_path: Path
) -> None:
    edited = edited_package(())
    (edited / "runanalytics" / "findings" / "weeks_run.py").write_text(FINDING, encoding="utf-8")
    shared = Path(__file__).parent / "findings" / "test_finding.py"
    text = shared.read_text(encoding="utf-8")
    head = "\n\n@pytest.fixture(params=ANSWERS"
    assert text.count(head) == 1
    followed = tmp_path / shared.name
    followed.write_text(text.replace(head, FINDING_ANSWERS + head), encoding="utf-8")
    passes(run_edited, edited, str(followed), "-k", "weeks")
