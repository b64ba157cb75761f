r"""Words for running and for other sports, in the languages in which sources write them.

Watches, services and apps name an activity's sport in words (``Course à pied sur tapis
roulant``), codes (``trail_running``, ``TraditionalStrengthTraining``) or not at all. All sources
use this one list, so that a word means the same sport from each of them.

References
----------
Types of activities as Garmin Connect, Strava, Apple Health and makers of GPX and TCX files wrote
them between 2010 and 2026, and FIT's enumerations ``sport`` and ``sub_sport``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

#: Language -> patterns within a sport's name, in lower case, that make it running.
RUNNING: Mapping[str, tuple[str, ...]] = {
    "en": (
        *(r"run(?:s|ner|ning)?\b", r"trailrun", r"ultrarun", r"\bjog", r"\btreadmill\b"),
        *(r"\btrail\b", r"\bultra", r"obstacle"),
    ),
    "de": (r"lauf", r"hindernis"),
    "sv": (r"löp",),
    "fr": (r"\bcourses?\b", r"\btapis\b"),
    "pt": (r"\bcorridas?\b", r"\besteira\b", r"\bpassadeira\b"),
    "es": (r"\bcarreras?\b", r"\bcorrer\b", r"\bcinta\b"),
    "it": (r"corsa",),
    "nl": (r"hardlo", r"loopband"),
}
#: Patterns that make it another sport, whatever else stands beside them.
NOT_RUNNING: Mapping[str, tuple[str, ...]] = {
    "en": (
        *(r"\bski", r"skate", r"inline", r"cycl", r"bik", r"swim", r"walk", r"hik", r"row"),
        *(r"adventur", r"orient", r"moto", r"auto\b", r"horse", r"yacht", r"wheelchair"),
    ),
    "de": (
        *(r"langlauf", r"eislauf", r"schlittschuh", r"schneeschuh", r"rollschuh", r"\brad"),
        *(r"schwimm", r"gehen", r"rudern", r"segel"),
    ),
    "sv": (r"cykl", r"simn", r"gång", r"rodd", r"hest"),
    "fr": (*(r"vélo", r"natation", r"promenad", r"marche", r"aviron", r"aventur", r"cheval"),),
    "pt": (r"cicli", r"bici", r"nataç", r"caminha", r"remo", r"caval"),
    "es": (r"natación", r"camina", r"caball"),
    "it": (r"nuoto", r"cammina", r"avventur"),
    "nl": (r"fiets", r"zwem", r"wandel"),
}
#: Kind of run -> patterns of its names; the first kind that matches counts.
KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "treadmill": {
        "en": (r"treadmill", r"indoor", r"virtu"),
        "de": (r"laufband", r"halle(?!ng)"),
        "sv": (r"löpband", r"inomhus"),
        "fr": (r"tapis", r"en salle", r"intérieur"),
        "pt": (r"esteira", r"passadeira", r"fechado", r"interna"),
        "es": (r"interior", r"\bcinta\b", r"cubiert"),
        "it": (r"al coperto",),
        "nl": (r"loopband", r"binnen"),
    },
    "trail": {
        "en": (r"trail", r"ultra"),
        "de": (r"gelände", r"bergl"),
        "sv": (r"terräng",),
        "fr": (r"montagne", r"sentier"),
        "pt": (r"trilha",),
        "es": (r"montaña", r"campestre"),
    },
}
#: Patterns that make it strength work, if it is not a run.
STRENGTH: Mapping[str, tuple[str, ...]] = {
    "en": (*(r"strength", r"weight", r"cross ?fit", r"kettlebell", r"core training", r"\bgym\b"),),
    "de": (r"krafttraining", r"gewicht"),
    "sv": (r"kraftträning", r"styrketräning", r"styrka"),
    "fr": (r"musculation", r"renforcement musculaire", r"aux poids"),
    "pt": (r"musculaç", r"\bforça\b"),
    "es": (r"musculaci", r"fuerza", r"pesas"),
    "it": (r"\bforza\b", r"potenziamento", r"pesistica", r"\bpesi\b"),
    "nl": (r"krachttraining",),
}
#: Whole names that mean no more than some workout: the title may say which, ...
_ANY_WORK = re.compile(
    r"work ?out|training|entra[iî]nement|entrenamiento|allenamento|treino|träning(?:spass)?"
    r"|high intensity interval training|hiit"
)
#: ... and words in titles of strength work.
_STRENGTH_TITLE = re.compile(
    r"strength|gym\b|lift|weights|core\b|\blegs?\b|kraft|styrk|muscu|renfo|fuerza|forza|força"
    r"|kracht|kettlebell|cross ?fit|plyo"
)
#: Whole names that do not say which sport it was.
_NO_SPORT = frozenset(
    (
        *("", "other", "unknown", "generic", "default", "workout", "activity", "track", "all"),
        "fitness equipment",
    )
)
#: Words that mean running as the kind of a sport; elsewhere they may mean a road.
_KINDS_OF_RUNNING = frozenset(("street", "track"))

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
    """

    what: Literal["run", "strength", "other", "unstated"]
    kind: str = "unknown"

    @property
    def is_run(self) -> bool:
        """Whether it is running."""
        return self.what == "run"

    @property
    def is_strength(self) -> bool:
        """Whether it is strength work."""
        return self.what == "strength"


def sport_of(name: str, detail: str = "", title: str = "") -> Sport:
    """Return the sport that a source's words stand for.

    Parameters
    ----------
    name : str
        The sport, in any of the languages here, or as a code whose words are joined by
        underscores or capitals.
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
    Sport(what='run', kind='treadmill')
    >>> sport_of("Skilanglauf").what, sport_of("Styrketräning").what, sport_of("generic").what
    ('other', 'strength', 'unstated')
    >>> sport_of("running", "trail").kind, sport_of("Workout", title="Legs and core").what
    ('trail', 'strength')
    """
    words, more = plain_words(name), plain_words(detail)
    if title and _ANY_WORK.fullmatch(words) and _STRENGTH_TITLE.search(title.casefold()):
        return Sport("strength")
    if words in _NO_SPORT:
        words = "running" if more in _KINDS_OF_RUNNING else more
    if words in _NO_SPORT:
        return Sport("unstated")
    if _RUNNING.search(words) and not _NOT_RUNNING.search(words):
        kinds = (kind for kind, pattern in _KIND.items() if pattern.search(f"{words} {more}"))
        return Sport("run", next(kinds, "unknown"))
    return Sport("strength" if _STRENGTH.search(words) else "other")


def plain_words(name: str) -> str:
    """Return the words of a name or code in lower case, with one space between.

    Examples
    --------
    >>> plain_words("TraditionalStrengthTraining"), plain_words("trail_running")
    ('traditional strength training', 'trail running')
    """
    return " ".join(_WORD_WITHIN.sub(" ", name).casefold().split())


def _any_of(words: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    return re.compile("|".join(pattern for patterns in words.values() for pattern in patterns))


_RUNNING, _NOT_RUNNING, _STRENGTH = _any_of(RUNNING), _any_of(NOT_RUNNING), _any_of(STRENGTH)
_KIND = {kind: _any_of(words) for kind, words in KINDS.items()}
