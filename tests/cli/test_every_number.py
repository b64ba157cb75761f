"""Every number of every sentence on the sample is that of the thing the sentence is about.

Counts, days, medians and rates are recomputed from the library's tables with plain pandas, by the
words around them (`COUNTS`). Any other number must be one of the answer's own dict, rounded as it
is written. What is neither stands nowhere, and fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import false_discovery_control
from typer.testing import CliRunner

from runanalytics import Library
from runanalytics.cli import app

#: A command that reads -> the metric and the dose that its sentence is about.
COMMANDS: dict[str, tuple[str, str]] = {
    "trend cadence": ("cadence", ""),
    "trend contact-time": ("contact-time", ""),
    "effect cadence --of strength": ("cadence", "strength"),
    "effect cadence,contact-time --of strength,technique": ("", ""),
    "checks contact-time --of strength": ("contact-time", "strength"),
    "before-after cadence --at 2025-12-01": ("cadence", ""),
    "change-points contact-time": ("contact-time", ""),
    "races": ("", ""),
    "races --of strength": ("", "strength"),
    "adherence technique-drills": ("", "technique"),
    "adherence gym-and-after-run": ("", "strength"),
    "claims": ("", ""),
}
#: Numbers of the method that a sentence explains itself with: chances, windows and distances.
OF_THE_METHOD = {
    "95 % interval",
    "80 % chance",
    "48 h before",
    "10 km",
    "four weeks",
    "ten minutes",
    "p < 0.001",
    "50 percentage points more",
    "20 % faster",
}

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\d{{4}}-\d{{2}}-\d{{2}}|(?:\d{{1,2}} )?(?:{_MONTH}) \d{{4}}"
    r"|\d{1,2} [A-Z][a-z]{2}(?: \d{4})?"
)
_P = r"p (?:= [\d.]*\d|< 0\.001)"
_AMONG_ALL = re.compile(
    r"Corrected for (both|all \d+) questions asked of this library: "
    rf"((?:[a-z-]+ )?{_P}(?:; [a-z-]+ {_P})*)"
)
_BETWEEN_RUNS = re.compile(r"between (\d+ [A-Z][a-z]+(?: \d{4})?) and (\d+ [A-Z][a-z]+ \d{4})")
_TIME = re.compile(r"\d+:\d{2}(?::\d{2})?")


@dataclass
class Tables:
    """The library's tables, and what plain pandas makes of them."""

    library: Library
    metric: str = ""
    what: str = ""
    answer: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def form(self) -> pd.DataFrame:
        """Form without the devices that a note sets aside, which must have as many runs.

        Nor with runs of another kind than the answer is about.
        """
        form = self.library.form(self.metric).dropna(subset=["value"])
        if any(re.match(r"\d+ treadmill runs? set apart", each) for each in self.answer["notes"]):
            form = form[form["kind"] == "outdoor"]
        if kind := self.answer.get("kind"):
            form = form[form["kind"] == kind]
        for note in self.answer["notes"]:
            if set_aside := re.match(r"(\d+) runs? of (.+) set aside", note):
                count, device = int(set_aside[1]), set_aside[2]
                assert (form["device"] == device).sum() == count, note
                form = form[form["device"] != device]
        return form

    @cached_property
    def dosed(self) -> pd.DataFrame:
        """Form of the days on which the log was kept, and those of what is held beside it."""
        form = self.form
        for what in (self.what, *(each["what"] for each in self.answer.get("beside", []))):
            form = form[form["local_date"].isin(self.library.dose(what)["local_date"])]
        return form

    def used(self) -> pd.DataFrame:
        """Form that the answer is of."""
        return self.dosed if self.what else self.form

    @cached_property
    def weeks(self) -> pd.Series:
        """Sessions of the programme in each week that lies wholly within its log."""
        spans = self.library.log_spans()
        days = pd.Index([])
        for row in spans[spans["what"] == self.what].to_dict("records"):
            days = days.union(pd.date_range(row["first_date"], row["last_date"]))
        per_week = pd.Series(1, index=days).groupby(days.to_period("W-SUN")).size()
        logged = per_week.index[per_week == 7]
        sessions = self.library.sessions()
        of_log = sessions[sessions["kind"].isin([self.what, "mixed"])]
        return (
            of_log.groupby(of_log["local_date"].dt.to_period("W-SUN"))
            .size()
            .reindex(logged, fill_value=0)
        )

    def races(self) -> pd.DataFrame:
        """Races on logged days where there is a dose, else all."""
        races = self.library.races()
        if not self.what:
            return races
        return races[races["local_date"].isin(self.library.dose(self.what)["local_date"])]


def n_weeks(days: pd.Series) -> int:
    return days.dt.to_period("W-SUN").nunique()


def split_at(tables: Tables, day: str) -> tuple[int, int, int]:
    form = tables.used()
    before = form["local_date"] < day
    weeks = n_weeks(form.loc[before, "local_date"]), n_weeks(form.loc[~before, "local_date"])
    return (*weeks, len(form))


def placebos(tables: Tables) -> tuple[int, int]:
    """Dates beside the one asked about, and how many of them stand out as much, from their p."""
    number = tables.answer["n_placebos"]
    return number, round(tables.answer["placebo_p_value"] * (number + 1)) - 1


def days_since_new_device(tables: Tables, day: str) -> tuple[int]:
    first = tables.form.groupby("device")["local_date"].min()
    return ((pd.Timestamp(day) - first[first <= day].max()).days,)


#: What a sentence says with counts -> the same from the tables, in the order of its numbers.
COUNTS: dict[str, Callable[[Tables], tuple[float, ...]]] = {
    r"(\d+) runs in (\d+) weeks": lambda t: (len(t.used()), n_weeks(t.used()["local_date"])),
    r"(\d+) races in (\d+) weeks": lambda t: (len(t.races()), n_weeks(t.races()["local_date"])),
    r"From (\d+) races on roads": lambda t: (len(t.races()),),
    r"from (\d+) weeks before and (\d+) after, with (\d+) runs": lambda t: split_at(
        t, "2025-12-01"
    ),
    r"(\d+) runs? of .+ set aside": lambda t: (
        len(t.library.form(t.metric).dropna(subset=["value"])) - len(t.form),
    ),
    r"(\d+) treadmill runs? set apart": lambda t: (
        (t.library.form(t.metric).dropna(subset=["value"])["kind"] == "treadmill").sum(),
    ),
    r"Of (\d+) effects tested, (\d+) are clear": lambda t: (
        len(t.answer["table"]),
        sum(row["verdict"] == "association" for row in t.answer["table"]),
    ),
    r"Of (\d+) other dates, (\d+) stand out as much": placebos,
    r"new watch or pod .+?\) (\d+) days before": lambda t: days_since_new_device(t, "2025-12-01"),
    r"Of (\d+) claims, (\d+) could be tested": lambda t: (
        len(t.library.claims()),
        sum(each["n_weeks"] > 0 for each in t.answer["verdicts"]),
    ),
    r"of (\d+) logged weeks": lambda t: (len(t.weeks),),
    r"\((\d+) sessions, ([\d.]+) a week\)": lambda t: (
        t.answer["n_sessions"],
        round(t.answer["n_sessions"] / len(t.weeks), 1),
    ),
    r"in the last (\d+) weeks": lambda t: (min(4, len(t.weeks)),),
}


def p_text(p_value: float) -> str:
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def numbers_in(value: Any) -> Iterator[float]:
    """Yield every number that an answer's dict has under a name of its own."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, dict):
        for each in value.values():
            yield from numbers_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers_in(each)


def dates_in(value: Any) -> Iterator[date]:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        yield date.fromisoformat(value)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from dates_in(each)


def names_in(value: Any) -> Iterator[str]:
    """Yield the names in an answer, such as those of devices, whose digits are no numbers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in ("summary", "sentence", "notes", "method", "reason", "asks"):
                yield from names_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from names_in(each)


def left_over(text: str, tables: Tables) -> list[str]:
    """Return the numbers of a sentence that stand nowhere; wrong counts fail at once."""
    answer = tables.answer
    for pattern, recomputed in COUNTS.items():
        for found in re.finditer(pattern, text):
            said = tuple(float(number.replace(",", "")) for number in found.groups())
            assert said == pytest.approx(recomputed(tables)), found[0]
        text = re.sub(pattern, "", text)
    for known in sorted({*names_in(answer)}, key=len, reverse=True):
        if re.search(r"\d", known) and len(known) < 60:
            text = text.replace(known, "")
    for found in _AMONG_ALL.finditer(text):
        asked = tables.library.questions()["p_value"]
        assert found[1] == ("both" if len(asked) == 2 else f"all {len(asked)}"), found[0]
        known = {p_text(each) for each in false_discovery_control(asked)}
        assert {*re.findall(_P, found[2])} <= known, found[0]
    text = _AMONG_ALL.sub("", text)
    for words in OF_THE_METHOD:
        text = text.replace(words, "")
    text = _BETWEEN_RUNS.sub(lambda found: "" if no_run_within(found, tables) else found[0], text)
    days = {*dates_in(answer)}
    text = _DATE.sub(lambda found: "" if is_of(found[0], days) else found[0], text)
    pool = {*numbers_in(answer)}
    text = _TIME.sub(lambda found: "" if seconds(found[0], pool) else found[0], text)
    return [found[0] for found in _NUMBER.finditer(text) if not known_number(found[0], pool)]


def no_run_within(found: re.Match[str], tables: Tables) -> bool:
    """Whether two days are those of a run and of the next."""
    last = pd.Timestamp(found[2])
    first = pd.Timestamp(found[1] if found[1][-1].isdigit() else f"{found[1]} {last.year}")
    days = pd.Series(sorted(tables.used()["local_date"].unique()))
    return days[days.between(first, last)].tolist() == [first, last]


def is_of(words: str, days: set[date]) -> bool:
    """Whether words for a day, or a month, name one of some days."""
    spellings = ("{0:%Y-%m-%d}", "{0.day} {0:%B %Y}", "{0:%d %B %Y}", "{0:%B %Y}",
                 "{0.day} {0:%b %Y}", "{0.day} {0:%b}")  # fmt: skip
    return any(words == spelling.format(day) for day in days for spelling in spellings)


def seconds(words: str, pool: set[float]) -> bool:
    total = 0
    for part in words.split(":"):
        total = 60 * total + int(part)
    return any(abs(number - total) <= 0.51 for number in pool)


def known_number(text: str, pool: set[float]) -> bool:
    """Whether a number as written is one of some numbers, a share as percent included."""
    plain = text.replace(",", "")
    decimals = len(plain.partition(".")[2])
    wanted = f"{float(plain):.{decimals}f}"
    return any(
        wanted == f"{abs(each):.{decimals}f}" for number in pool for each in (number, 100 * number)
    ) or any(f"{abs(number):.2g}" == plain for number in pool)


@pytest.fixture(scope="module")
def asked(sample_library: Library) -> Callable[..., str]:
    def ask(command: str, *more: str) -> str:
        call = ["--library", str(sample_library.folder), *command.split(), *more]
        result = CliRunner().invoke(app, call)
        assert result.exit_code == 0, result.output
        return result.stdout

    return ask


@pytest.mark.parametrize("command", COMMANDS)
def test_every_number_is_in_the_tables_or_in_the_answer(
    command: str, sample_library: Library, asked: Callable[..., str]
) -> None:
    answer = json.loads(asked(command, "--json"))
    tables = Tables(sample_library, *COMMANDS[command], answer)
    assert left_over(answer["summary"], tables) == [], answer["summary"]


def test_every_claim_is_told_with_its_own_numbers(
    sample_library: Library, asked: Callable[..., str]
) -> None:
    answer = json.loads(asked("claims", "--json"))
    said = asked("claims").split("\n\n")
    runs = sample_library.runs()
    for verdict, text in zip(answer["verdicts"], said, strict=False):
        assert text.startswith(f"{verdict['id']}: "), text
        tables = Tables(sample_library, answer=verdict | {"p": verdict["p_adjusted"], "notes": []})
        sentence = " ".join(text.split("\n", 1)[1].split())
        for words in ("per half an hour", verdict["question"]):
            sentence = sentence.replace(words, "")
        assert left_over(sentence, tables) == [], text
        assert verdict["n_weeks"] <= n_weeks(runs["local_date"]), verdict["id"]
    tested = pd.Series({each["id"]: each["p_value"] for each in answer["verdicts"]}).dropna()
    corrected = false_discovery_control(tested)
    for each, p_value in zip(tested.index, corrected, strict=True):
        (verdict,) = [one for one in answer["verdicts"] if one["id"] == each]
        assert verdict["p_adjusted"] == pytest.approx(p_value, rel=0.1), each


def test_questions_are_counted_and_corrected_together(
    sample_library: Library, asked: Callable[..., str]
) -> None:
    asked("effect cadence --of strength")
    said = asked("status --questions")
    known = sample_library.questions()
    corrected = [p_text(each)[2:] for each in false_discovery_control(known["p_value"])]
    for p_value, among_all in zip(known["p_value"], corrected, strict=True):
        own = p_text(p_value)[2:]
        assert f"{own.removeprefix('= ')}" in said
        assert f"{among_all.removeprefix('= ')}" in said


def test_spans_are_those_of_the_rows(sample_library: Library, asked: Callable[..., str]) -> None:
    spans = pd.DataFrame(json.loads(asked("spans", "--json")))
    sessions = sample_library.sessions()
    days = {"runs": sample_library.runs()["local_date"]} | {
        kind: sessions.loc[sessions["kind"].isin([kind, "mixed"]), "local_date"]
        for kind in ("strength", "technique")
    }
    for what, own in spans.groupby("what"):
        expected = f"{days[what].min():%Y-%m-%d}", f"{days[what].max():%Y-%m-%d}"
        assert (own["first_date"].min(), own["last_date"].max()) == expected, what
    for cell in spans[["what", "first_date", "last_date", "source"]].to_numpy().ravel():
        assert cell in asked("spans")


def test_merges_and_the_diary_say_what_their_rows_say(library: Library, tmp_path: Path) -> None:
    runs = pd.DataFrame(
        {"date": "2026-03-01", "time": ["07:00", "07:02"], "distance": ["10 km", "10.04 km"],
         "duration": ["50:00", "50:10"]}
    )  # fmt: skip
    for place in range(2):
        runs.iloc[[place]].to_csv(tmp_path / f"{place}.csv", index=False)
        library.add(tmp_path / f"{place}.csv", timezone="UTC")

    def said(*call: str) -> str:
        result = CliRunner().invoke(app, ["--library", str(library.folder), *call])
        assert result.exit_code == 0, result.output
        return result.stdout

    merges = said("merges")
    told = [*zip(runs["distance"], runs["duration"], strict=True)]
    assert re.findall(r"([\d.]+ km) in ([\d:]+)", merges) == told, merges
    assert merges.rstrip().endswith(f"{len(runs) - len(library.runs())} merge in force")
    for day in ("2026-03-02", "2026-03-04"):
        said("log", "squat 3x5 80 kg", "--on", day)
    kept = library.sets()
    assert kept["n_sets"].sum() == 6
    listed = said("log")
    assert re.findall(r"^\d{4}-\d\d-\d\d", listed, re.MULTILINE) == ["2026-03-02", "2026-03-04"]
    assert f"{len(library.diary())} lines" in listed


def test_a_number_that_stands_nowhere_is_found(sample_library: Library) -> None:
    tables = Tables(
        sample_library, "cadence", "", {"notes": [], "percent": 1.04, "days": ["2026-01-05"]}
    )
    assert left_over("It rose by 1.0 % since 5 January 2026.", tables) == []
    assert left_over("It rose by 1.1 % since 6 January 2026.", tables) == ["1.1", "6", "2026"]
    with pytest.raises(AssertionError, match="96 weeks"):
        left_over("From 3 runs in 96 weeks.", tables)


def test_status_counts_what_the_tables_hold(
    sample_library: Library, asked: Callable[..., str]
) -> None:
    status = json.loads(asked("status", "--json"))
    runs, sessions = sample_library.runs(), sample_library.sessions()
    tables = {
        "runs": runs,
        "cadence": runs.dropna(subset="cadence_spm"),
        "contact time": runs.dropna(subset="ground_contact_ms"),
        "strength": sessions[sessions["kind"].isin(["strength", "mixed"])],
        "technique": sessions[sessions["kind"].isin(["technique", "mixed"])],
        "races": sample_library.races(),
    }
    for held in status["known"]:
        days = tables[held["what"]]["local_date"]
        expected = (len(days), f"{days.min():%Y-%m-%d}", f"{days.max():%Y-%m-%d}")
        assert (held["count"], held["first"], held["last"]) == expected
    assert sum(device["n_runs"] for device in status["devices"]) == len(runs)
    columns = {"cadence": "cadence_spm", "contact time": "ground_contact_ms"}
    for overlap in status["overlaps"]:
        having = sample_library.segments().dropna(subset=columns[overlap["metric"]])["run_id"]
        days = runs.loc[runs["run_id"].isin(having), "local_date"]
        logged = sample_library.dose(overlap["training"])["local_date"]
        assert overlap["n_weeks"] == n_weeks(days[days.isin(logged)])


def test_a_movement_and_the_programmes_are_counted_from_the_sets(
    sample_library: Library, asked: Callable[..., str]
) -> None:
    sets = sample_library.sets().merge(sample_library.sessions(), on="session_id")
    raises = sets[sets["movement"] == "calf_raise"]
    said = asked("movements", "calf raise")
    counts = f"{raises['session_id'].nunique()} sessions, {raises['n_sets'].sum():.0f} sets"
    assert counts in said
    assert f"last on {raises['local_date'].max():%Y-%m-%d}" in said
    for one in json.loads(asked("adherence", "--json")):
        weeks = pd.DataFrame(one["table"])
        assert one["n_weeks"] == len(weeks)
        assert one["n_weeks_done"] == (weeks["n_sessions"] > 0).sum()
        assert one["sessions_a_week"] == pytest.approx(weeks["n_sessions"].mean())
        assert one["lately"] == pytest.approx(weeks["score"].tail(4).mean())
