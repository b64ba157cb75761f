"""Over which kind of course a race went: road, track, trail and others.

What is stated comes before what follows from it: the user, then the race's list, the mode of the
watch, the title, the ascent, and last what is usual.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from runanalytics.arrays import Booleans, Floats
from runanalytics.errors import SchemaError
from runanalytics.measures.race_climb import believable_ascent, floats
from runanalytics.measures.race_detection import COURSES_M, plain_title
from runanalytics.schema.checking import require
from runanalytics.schema.tables import COURSES
from runanalytics.words import words

#: From where a kind of course is known, in a column ``course_by``.
LIST, SPORT, TITLE, CLIMB, ASSUMED = "list", "sport", "title", "climb", "assumed"

#: Ascent (m/km) above which no course is taken for a road: of marathons on roads the Big Sur has
#: 16 and the Comrades 20, of those in the mountains the Jungfrau has 43.
MOUNTAIN_M_PER_KM = 40.0
#: Ascent (m/km) up to which a road is assumed where nothing else is known.
_ROAD_M_PER_KM = 25.0
#: From and up to here most races are on roads: shorter ones may as well be on a track, and longer
#: ones on trails.
_SHORTEST_ROAD_M, _LONGEST_ROAD_M = 5_000.0, 42_195.0
#: Distances of the track alone, m.
_TRACK_ALONE_M = (100.0, 200.0, 400.0, 800.0, 1_500.0)
#: How far a listed or measured distance may lie from the standard one, as a share.
_STANDARD = 0.01
#: Races on a track are no longer than this, but for those over hours, which no title names so.
_LONGEST_TRACK_M = 10_100.0
#: Kinds for which watches mostly have no mode: a title that names one makes "trail" more precise.
_FINER = ("obstacle", "orienteering", "cross-country")
#: Modes of a watch that such a title may make more precise.
_COARSE = ("road", "trail")
#: Kinds of run, where the source states no course -> its course, if nothing else is known.
_OF_KIND = {"trail": "trail", "treadmill": "treadmill"}

#: What is read of a race.
_NUMBERS, _TEXTS = ("distance_m", "ascent_m", "time_s"), ("title", "course", "course_by", "run_id")

#: Words that are no course although they have the word for one, in table ``courses``.
_NO_COURSE = "none"
#: From this length a name of a course also counts at the end of a longer word.
_LONG = 7
_WORD = re.compile(r"\w+")
#: From this character on, scripts are written without spaces between words.
_WITHOUT_SPACES = "\u1100"
#: 5000 m, 10.000m: distances of the track are told in metres, as ascents are.
_IN_METRES = re.compile(
    r"(?<![\w.,])([1-9]\d{2}|(?:[1-9]|10)[., ]?\d{3}) ?m(?:et(?:er|re)s?|etros|etri)?(?!\w)"
)


def courses_of(races: pd.DataFrame, runs: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the kind of course of each race, and from where it is known.

    The first that is known counts:

    1. what the race states itself (column course): "list", or what its column course_by says;
    2. the course of its run, which is the mode of the watch: "sport". A title that names an
       obstacle course, orienteering or cross-country makes a watch's "road" or "trail" more
       precise, since watches mostly have no mode for these;
    3. its title, by the words of all languages (table ``courses``): "title";
    4. an ascent of over `MOUNTAIN_M_PER_KM`, which roads do not have: a trail, "climb". An ascent
       that no trail has either says nothing;
    5. the kind of its run: "sport";
    6. a road, "assumed": of a race over a standard distance from 5 km to the marathon with at
       most 25 m/km of ascent, or an unknown one. This assumes that whoever raced elsewhere has a
       title, a watch or a list that says so. Over 100 to 800 and 1,500 m it is a track.

    Any other race's kind is missing.

    Parameters
    ----------
    races : DataFrame
        One row a race: distance_m (m); where known title, course, ascent_m (m), time_s (s),
        run_id, and course_by.
    runs : DataFrame, optional
        Table ``runs``, for the course and kind of the races' runs.

    Returns
    -------
    DataFrame
        With the index of `races`: course (of `schema.COURSES`) and course_by ("list", "sport",
        "title", "climb", "assumed", or as given), both missing where it is not known.

    Raises
    ------
    SchemaError
        If a needed column is missing, or a stated course is none of `schema.COURSES`.

    Examples
    --------
    >>> races = pd.DataFrame({"title": ["Stadtlauf", "Hochries-Berglauf", None, "Spring run"],
    ...                       "distance_m": [10_000.0, 12_400.0, 21_097.5, 13_400.0]})
    >>> courses_of(races).to_numpy().tolist()
    [['road', 'title'], ['trail', 'title'], ['road', 'assumed'], [nan, nan]]
    """
    require(races, "races", ["distance_m"])
    rows = pd.DataFrame({name: floats(races, name) for name in _NUMBERS}).assign(
        **{name: _texts(races, name) for name in _TEXTS}
    )
    unknown = set(rows["course"].dropna()).difference(COURSES)
    if unknown:
        raise SchemaError(
            f"unknown course {min(unknown)!r}", hint=f"known are: {', '.join(COURSES)}"
        )
    titled = [
        course_titled(plain_title(title), distance) if isinstance(title, str) else None
        for title, distance in zip(rows["title"], rows["distance_m"], strict=True)
    ]
    by_title = pd.Series(titled, index=rows.index, dtype="object")
    by_sport, by_kind = (_of_runs(rows["run_id"], runs, name) for name in ("course", "kind"))
    is_finer = by_title.isin(_FINER) & by_sport.isin(_COARSE)
    # What is too steep for a trail is an error of the device, and says nothing of the course.
    ascent_m = believable_ascent(rows.assign(course="trail"))["ascent_m"]
    m_per_km = 1_000 * ascent_m / rows["distance_m"]
    trail = pd.Series("trail", index=rows.index)
    course, course_by = rows["course"], rows["course_by"].fillna(LIST).where(rows["course"].notna())
    for source, given in (
        (SPORT, by_sport.mask(is_finer)),
        (TITLE, by_title),
        (CLIMB, trail.where(m_per_km > MOUNTAIN_M_PER_KM)),
        (SPORT, by_kind.map(_OF_KIND)),
        (ASSUMED, _usual(rows["distance_m"].to_numpy()).mask(m_per_km > _ROAD_M_PER_KM)),
    ):
        takes = course.isna() & given.notna()
        course, course_by = course.mask(takes, given), course_by.mask(takes, source)
    return pd.DataFrame(
        {"course": course.astype("str").array, "course_by": course_by.astype("str").array},
        index=races.index,
    )


def course_titled(title: str, distance_m: float = float("nan")) -> str | None:
    """Return the kind of course that a title names; None if none.

    The longest words count first. A track counts only up to 10 km; the race's own distance in
    metres, as "5000 m", names one.

    Parameters
    ----------
    title : str
        As `runanalytics.measures.race_detection.plain_title` returns it.
    distance_m : float
        Length of the course, m; NaN if it is not known.

    Examples
    --------
    >>> course_titled("alpen ultratrail"), course_titled("trailhead coffee run")
    ('trail', None)
    >>> course_titled("back on track 10k"), course_titled("club night 3000 m", 3_000.0)
    (None, 'track')
    """
    found = [(len(name), course) for name, course in _named(title) if course != _NO_COURSE]
    found += [(0, "track")] * _told_in_metres(title, distance_m)
    if distance_m > _LONGEST_TRACK_M:
        found = [each for each in found if each[1] != "track"]
    return max(found)[1] if found else None


def courses_in_words(races: pd.DataFrame) -> str:
    """Return how many races had which kind of course, the most frequent first.

    Parameters
    ----------
    races : DataFrame
        With columns course and course_by, as of `courses_of`.

    Examples
    --------
    >>> courses_in_words(pd.DataFrame({"course": ["road", "road", None],
    ...                                "course_by": ["list", "assumed", None]}))
    '2 road (1 assumed), 1 not known'
    """
    kinds = Counter(races["course"].astype("object").fillna("not known"))
    assumed = Counter(races["course"][races["course_by"] == ASSUMED])
    return ", ".join(
        f"{number:,} {kind}" + (f" ({assumed[kind]:,} assumed)" if kind in assumed else "")
        for kind, number in kinds.most_common()
    )


def _told_in_metres(title: str, distance_m: float) -> bool:
    """Return whether a title tells the distance, not an ascent, in metres."""
    told = (float(re.sub(r"\D", "", text)) for text in _IN_METRES.findall(title))
    return any(abs(metres / distance_m - 1) <= _STANDARD for metres in told)


def _named(title: str) -> Iterator[tuple[str, str]]:
    """Yield each name in a title with its course; what is a part of a longer name is left out."""
    names = _names()
    for name in names.pattern.findall(title):
        yield name, names.anywhere[name]
    title_words = _WORD.findall(title)
    place = 0
    while place < len(title_words):
        for n in range(min(names.most_words, len(title_words) - place), 0, -1):
            phrase = " ".join(title_words[place : place + n])
            found = names.course_of(phrase, len(title_words[place + n - 1]))
            if found is not None:
                yield phrase, found
                break
        else:
            n = 1
        place += n


@dataclass(frozen=True)
class _Names:
    """Names of courses, each with its course, by how they are looked for in a title."""

    whole: Mapping[str, str]
    beginnings: Mapping[str, str]
    endings: Mapping[str, str]
    anywhere: Mapping[str, str]
    pattern: re.Pattern[str]
    most_words: int

    def course_of(self, phrase: str, last: int) -> str | None:
        """Return the course that words name of which the last has so many letters."""
        if phrase in self.whole:
            return self.whole[phrase]
        for end in range(len(phrase), len(phrase) - last, -1):
            if phrase[:end] in self.beginnings:
                return self.beginnings[phrase[:end]]
        if last == len(phrase):
            for begin in range(1, last):
                if phrase[begin:] in self.endings:
                    return self.endings[phrase[begin:]]
        return None


@cache
def _names() -> _Names:
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    endings: dict[str, str] = {}
    anywhere: dict[str, str] = {}
    for held in words("courses").values():
        for course in (*COURSES, _NO_COURSE):
            for name in held.get(course, ()):
                plain = plain_title(name.strip("*"))
                if max(plain) >= _WITHOUT_SPACES:
                    anywhere[plain] = course
                    continue
                (beginnings if name.endswith("*") else whole)[plain] = course
                if name.startswith("*") or (len(name) >= _LONG and plain.isalpha()):
                    endings[plain] = course
    longest_first = sorted(anywhere, key=len, reverse=True)
    most_words = max(len(name.split()) for name in (*whole, *beginnings))
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return _Names(whole, beginnings, endings, anywhere, pattern, most_words)


def _texts(races: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of text, missing where it or a value is."""
    column = races[name].array if name in races.columns else [None] * len(races)
    return pd.Series(column, dtype="object")


def _of_runs(run_id: pd.Series, runs: pd.DataFrame | None, name: str) -> pd.Series:
    """Return a column of the races' runs, missing where there is none."""
    if runs is None or name not in runs.columns or not len(runs):
        return pd.Series(index=run_id.index, dtype="object")
    known = runs.drop_duplicates("run_id").set_index("run_id")[name].astype("object")
    return run_id.map(known).astype("object")


def _usual(distance_m: Floats) -> pd.Series:
    """Return the kind of course that races over a distance mostly have, missing if none."""
    road = [each for each in COURSES_M if _SHORTEST_ROAD_M <= each <= _LONGEST_ROAD_M]
    kind = pd.Series(index=range(len(distance_m)), dtype="object")
    kind = kind.mask(_is_near(distance_m, road), "road")
    return kind.mask(_is_near(distance_m, _TRACK_ALONE_M), "track")


def _is_near(distance_m: Floats, standard_m: Sequence[float]) -> Booleans:
    apart = np.abs(distance_m[:, None] / np.array(standard_m) - 1)
    return np.asarray((apart <= _STANDARD).any(axis=1))
