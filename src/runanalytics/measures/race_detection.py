"""Which runs may have been races, and over which course.

A run counts as a race where its source says so. Its title, read in several languages, can only
propose one, and does not where it has words of training.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from runanalytics.schema.checking import shaped
from runanalytics.units import LENGTHS_M, MILE_M

#: Courses that races are run over, m.
COURSES_M = (
    *(1_609.344, 3_000.0, 5_000.0, 8_000.0, 10_000.0, 12_000.0, 15_000.0, 16_093.44, 20_000.0),
    *(21_097.5, 25_000.0, 30_000.0, 42_195.0, 50_000.0, 80_467.2, 100_000.0),
)
#: How far a measured distance may lie from the course, as shares: watches mostly measure more.
SHORTER, LONGER = -0.01, 0.04
#: The same where the title names the course.
_NAMED_SHORTER, _NAMED_LONGER = -0.04, 0.08
#: Where only a distance suggests a race, how much faster than usual the run must be.
_FASTER = 1.05
#: What showed that a run was a race.
FLAG, TITLE = "flag", "title"
#: State of a possible race, in a column ``state``.
COUNTS, PROPOSED, REJECTED = "counts", "proposed", "rejected"

#: Words in the title of a race.
_RACE_WORDS = (
    *("race", "races", "parkrun", "fun run", "wettkampf", "wettlauf", "volkslauf", "stadtlauf"),
    *("city lauf", "citylauf", "silvesterlauf", "neujahrslauf", "firmenlauf", "nikolauslauf"),
    *("osterlauf", "abendlauf serie", "crosslauf", "cross country", "competition", "championship"),
    *("championships", "meisterschaft", "meisterschaften", "corrida de noel", "foulees"),
    *("course officielle", "compet", "gara", "competizione", "corsa campestre", "competicion"),
    *("carrera popular", "san silvestre", "sao silvestre", "prova", "wedstrijd", "prestatieloop"),
    *("zawody", "zavod", "tavling", "lopp", "motionslob", "kilpailu", "レース", "大会", "比赛"),
)
#: Ends of words in the title of a race.
_RACE_ENDINGS = ("loppet", "varvet", "volkslauf", "stadtlauf", "wettkampf", "halbmarathon")
#: Words that name a course -> its length, m.
_COURSE_WORDS: Mapping[str, float] = {
    **dict.fromkeys(
        (
            *("half marathon", "halfmarathon", "halbmarathon", "semi marathon", "semimarathon"),
            *("mezza maratona", "mezza", "medio maraton", "media maraton", "meia maratona"),
            *("halve marathon", "polmaraton", "pulmaraton", "halvmarathon", "halvmaraton"),
            *("puolimaraton", "half", "semi", "halvmara", "ハーフマラソン", "ハーフ", "半马"),
        ),
        21_097.5,
    ),
    **dict.fromkeys(
        ("marathon", "maratona", "maraton", "marathonas", "マラソン", "フルマラソン", "马拉松"),
        42_195.0,
    ),
    "parkrun": 5_000.0,
}
#: Names of courses longer than this also count at the end of a longer word: Stadthalbmarathon.
_LONG = 7
#: 10k, 5 km, 10 miles.
_LENGTH = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?) ?(km|k|miles?|mi|milers?)\b")
#: Beginnings of words in the title of training, and of what is done before and after a race.
_TRAINING = (
    *("train", "workout", "pace", "tempo", "easy", "recover", "long run", "longrun", "warm up"),
    *("warmup", "cool down", "cooldown", "interval", "session", "plan", "prep", "practice"),
    *("simulation", "rehearsal", "shakeout", "shake out", "taper", "recce", "steady", "fartlek"),
    *("threshold", "progression", "strides", "jog", "einlauf", "auslauf", "locker", "vorbereit"),
    *("dauerlauf", "langer lauf"),
    *("laufgruppe", "entrain", "footing", "allure", "echauffement", "recup", "sortie longue"),
    *("allena", "ritmo", "riscald", "lungo", "entren", "calent", "rodaje", "series", "trein"),
    *("opwarm", "duurloop", "tran", "traen", "uppvarm", "tren", "rozgrzewk", "wybieganie"),
    *("harjoit", "ジョグ", "練習", "训练"),
)
#: Whole words in the title of training.
_TRAINING_WHOLE = ("before", "after", "post", "pre", "week", "vor", "nach", "avant", "apres")
#: "6 x 1000", and parts of a workout.
_REPEATS = re.compile(r"\d ?[x×*] ?\d")


def race_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that were races or may have been.

    Parameters
    ----------
    runs : DataFrame
        Table ``runs``: run_id, local_date, kind, title, distance_m (m), elapsed_s and
        moving_s (s), ascent_m (m) and temperature_c (°C) where known.

    Returns
    -------
    DataFrame
        One row a candidate, by date: run_id, local_date, title, distance_m (the course, or
        what was measured where it fits none, m), time_s (elapsed, s), ascent_m,
        temperature_c, and found_by: "flag" where the source calls the run a race, "title"
        where only its title does.

    Raises
    ------
    SchemaError
        If a needed column is missing.

    Examples
    --------
    >>> runs = pd.DataFrame({"run_id": ["a", "b"], "local_date": "2026-05-03",
    ...     "title": ["Stadtlauf", "10k race pace"], "distance_m": [10_120.0, 10_050.0],
    ...     "elapsed_s": [2_500.0, 2_700.0]})
    >>> race_runs(runs)[["run_id", "distance_m", "found_by"]].to_numpy().tolist()
    [['a', 10000.0, 'title']]
    """
    rows = shaped(runs, "runs", ["run_id", "local_date", "distance_m"])
    time_s = rows["elapsed_s"].fillna(rows["moving_s"])
    distance_m = rows["distance_m"]
    usual = float((distance_m / time_s).median()) if len(rows) else np.nan
    flagged = (rows["kind"] == "race").to_numpy(dtype=bool, na_value=False)
    titled = rows["title"].notna().to_numpy(dtype=bool)
    indoor = (rows["kind"] == "treadmill").to_numpy(dtype=bool, na_value=False)
    usable = ((distance_m > 0) & (time_s > 0)).to_numpy(dtype=bool)
    course = np.full(len(rows), np.nan)
    is_race = flagged & usable
    for row in np.flatnonzero(usable & titled & ~indoor | is_race):
        title = plain_title(rows["title"].iloc[row]) if titled[row] else ""
        measured = float(distance_m.iloc[row])
        named = course_named(title)
        course[row] = course_of(measured, named)
        if not is_race[row] and not names_training(title):
            fits = bool(course[row] == named)
            fast = measured / float(time_s.iloc[row]) >= _FASTER * usual
            is_race[row] = names_race(title) or (fits and fast)
    kept = rows[["run_id", "local_date", "title", "ascent_m", "temperature_c"]].assign(
        distance_m=np.where(np.isnan(course), distance_m, course),
        time_s=time_s,
        found_by=np.where(flagged, FLAG, TITLE),
    )[is_race]
    return kept.sort_values(["local_date", "run_id"], ignore_index=True)


def counting(races: pd.DataFrame) -> pd.DataFrame:
    """Return the races that count.

    Parameters
    ----------
    races : DataFrame
        Table ``races``. Where it has a column ``state``, as of `Library.race_list`, rows that
        are only proposed or were rejected do not count.

    Examples
    --------
    >>> races = pd.DataFrame({"race_id": ["a", "b"], "state": ["counts", "proposed"]})
    >>> counting(races)["race_id"].to_list()
    ['a']
    """
    if "state" not in races.columns:
        return races
    return races[races["state"] == COUNTS].reset_index(drop=True)


def plain_title(title: str) -> str:
    """Return a title as titles are compared: without case, accents and hyphens.

    Examples
    --------
    >>> plain_title("Semi-Marathon d'Orléans!")
    'semi marathon d orleans'
    """
    plain = unicodedata.normalize("NFKD", title.casefold().replace("ł", "l").replace("ø", "o"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = unicodedata.normalize("NFC", plain)
    return " ".join(re.sub(r"[^\w.,×*]+|_", " ", plain).split())


def names_race(title: str) -> bool:
    """Return whether a title, from `plain_title`, calls a run a race.

    Examples
    --------
    >>> names_race("goteborgsvarvet 2026"), names_race("berlin running")
    (True, False)
    """
    ends = any(word.endswith(_RACE_ENDINGS) for word in title.split())
    return ends or _has_any(title, _RACE_WORDS)


def names_training(title: str) -> bool:
    """Return whether a title, from `plain_title`, names training, whatever else it names.

    Examples
    --------
    >>> names_training("half marathon pace"), names_training("6 x 1 km")
    (True, True)
    """
    begins = _REPEATS.search(title) or _TRAINING_BEGINNING.search(title)
    return bool(begins) or _has_any(title, _TRAINING_WHOLE)


def course_named(title: str) -> float:
    """Return the course (m) that a title, from `plain_title`, names; NaN if none.

    Examples
    --------
    >>> course_named("berlin halbmarathon"), course_named("city run 10 km")
    (21097.5, 10000.0)
    """
    # The longest words first: a half marathon is no marathon.
    for name in sorted(_COURSE_WORDS, key=len, reverse=True):
        if _has(title, name) or (len(name) > _LONG and f"{name} " in f"{title} "):
            return _COURSE_WORDS[name]
    stated = _LENGTH.search(title)
    if stated is None:
        return float("nan")
    number = float(stated[1].replace(",", "."))
    return number * LENGTHS_M.get(stated[2], MILE_M)  # a ten-miler, too


def course_of(measured_m: float, named_m: float = float("nan")) -> float:
    """Return the course that a measured distance stands for, m; NaN if none.

    Parameters
    ----------
    measured_m : float
        As the watch measured it, m.
    named_m : float
        Course that the title names, m, which is taken where it is near enough.

    Examples
    --------
    >>> course_of(10_210.0), course_of(16_200.0, 16_093.44), course_of(13_400.0)
    (10000.0, 16093.44, nan)
    """
    if _NAMED_SHORTER <= measured_m / named_m - 1 <= _NAMED_LONGER:
        return float(named_m)
    courses = np.array(COURSES_M)
    over = measured_m / courses - 1
    fits = (over >= SHORTER) & (over <= LONGER)
    if not fits.any():
        return float("nan")
    return float(courses[fits][np.abs(over[fits]).argmin()])


def _has_any(title: str, names: Iterable[str]) -> bool:
    return any(_has(title, name) for name in names)


def _has(title: str, name: str) -> bool:
    """Return whether a title has a name as whole words; in other scripts, anywhere."""
    if not name.isascii():
        return name in title
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


_TRAINING_BEGINNING = re.compile(
    "|".join(rf"(?<!\w){re.escape(word)}" if word.isascii() else word for word in _TRAINING)
)
