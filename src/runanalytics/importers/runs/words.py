r"""Which sport a source's words name, in the languages in which sources write them.

Watches, services and apps name an activity's sport in words (``Course à pied sur tapis
roulant``), codes (``trail_running``, ``TraditionalStrengthTraining``) or not at all. All sources
use this one room, so that a word means the same sport from each of them. The words stand in
`runanalytics.words`, tables ``sports`` and ``endurance``; kinds of course in ``course_cells`` and
``courses``, as for lists of races. A word of another sport outranks one of running beside it.

References
----------
Types of activities as Garmin Connect, Strava, Apple Health and makers of GPX and TCX files wrote
them between 2010 and 2026, and FIT's enumerations ``sport`` and ``sub_sport``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from runanalytics.words.courses import TABLES, course_names
from runanalytics.words.phrases import every, finder, plain

#: Whole names that do not say which sport it was.
_NO_SPORT = frozenset(
    (
        *("", "other", "unknown", "generic", "default", "workout", "activity", "track", "all"),
        "fitness equipment",
    )
)
#: Words that mean running as the kind of a sport; elsewhere they may mean a road.
_KINDS_OF_RUNNING = frozenset(("street", "track"))
#: Kinds of course, in the order in which they count: a track indoors is a track, and running over
#: obstacles on a trail is none on a trail.
_COURSES = ("orienteering", "obstacle", "cross-country", "track", "treadmill", "trail", "road")
#: How many names of sports are remembered: a list has few, and thousands of rows of each.
_REMEMBERED = 2_000

_WORD_WITHIN = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


@dataclass(frozen=True)
class Sport:
    """What a source calls an activity.

    Parameters
    ----------
    what : {"run", "strength", "other", "unstated"}
        "unstated" where its words name no sport.
    kind : str
        Of a run, as in table "runs": "treadmill", "trail" or "unknown".
    course : str, optional
        Kind of course of a run, as in table "runs"; None where the words do not say it.
    """

    what: Literal["run", "strength", "other", "unstated"]
    kind: str = "unknown"
    course: str | None = None

    @property
    def is_run(self) -> bool:
        """Whether it is running."""
        return self.what == "run"

    @property
    def is_strength(self) -> bool:
        """Whether it is strength work."""
        return self.what == "strength"


#: The commonest codes of watches, as `named_by_words` gives them: to read the words of all
#: languages takes as long as ten runs.
CODES = {
    ("running", "generic"): Sport("run"),
    ("running", "street"): Sport("run", course="road"),
    ("running", "track"): Sport("run", course="track"),
    ("running", "trail"): Sport("run", "trail", "trail"),
    ("running", "treadmill"): Sport("run", "treadmill", "treadmill"),
}


def sport_of(name: str, detail: str = "", title: str = "") -> Sport:
    """Return the sport that a source's words stand for.

    Parameters
    ----------
    name : str
        The sport, in any of the languages, or as a code whose words are joined by underscores or
        capitals.
    detail : str, optional
        The kind of sport; it is taken as the sport where `name` names none.
    title : str, optional
        The runner's title; it is used where `name` means no more than some workout.

    Returns
    -------
    Sport

    Examples
    --------
    >>> sport_of("Corrida em esteira")
    Sport(what='run', kind='treadmill', course='treadmill')
    >>> sport_of("Skilanglauf").what, sport_of("Styrketräning").what, sport_of("generic").what
    ('other', 'strength', 'unstated')
    >>> sport_of("running", "trail").kind, sport_of("Workout", title="Legs and core").what
    ('trail', 'strength')
    """
    says_no_more = bool(title) and plain(name) in _plain("sports.any_work")
    if says_no_more and finder("sports.strength_titles").search(plain(title)):
        return Sport("strength")
    return _named(name, detail)


def _named(name: str, detail: str) -> Sport:
    return CODES.get((name, detail)) or named_by_words(name, detail)


@lru_cache(maxsize=_REMEMBERED)
def named_by_words(name: str, detail: str) -> Sport:
    """Return the sport that a name and a kind of sport stand for, by the words of all languages."""
    sport, more = plain(plain_words(name)), plain(plain_words(detail))
    if sport in _NO_SPORT:
        sport = "running" if more in _KINDS_OF_RUNNING else more
    if sport in _NO_SPORT:
        return Sport("unstated")
    runs = finder("sports.running").search(sport) or sport in _plain("sports.whole")
    if runs and not finder("sports.other").search(sport):
        both = f"{sport} {more}"
        return Sport("run", _kind(both), _course(both))
    return Sport("strength" if finder("sports.strength").search(sport) else "other")


def _kind(text: str) -> str:
    kinds = ("treadmill", "trail")
    return next((kind for kind in kinds if finder(f"sports.{kind}").search(text)), "unknown")


def _course(text: str) -> str | None:
    """Return the kind of course that the words for a run name.

    "Indoors" is a treadmill, unless a track stands beside it.
    """
    outdoors = finder("sports.treadmill").sub(" ", finder("courses.none").sub(" ", text))
    for course in _COURSES:
        if course == "treadmill":
            if finder("sports.treadmill").search(text):
                return course
        elif any(course_names(table)[course].search(outdoors) for table in TABLES):
            return course
    return None


def plain_words(name: str) -> str:
    """Return the words of a name or code in lower case, with one space between.

    Examples
    --------
    >>> plain_words("TraditionalStrengthTraining"), plain_words("trail_running")
    ('traditional strength training', 'trail running')
    """
    return " ".join(_WORD_WITHIN.sub(" ", name).casefold().split())


@cache
def _plain(table: str) -> frozenset[str]:
    return frozenset(plain(phrase) for phrase in every(table))
