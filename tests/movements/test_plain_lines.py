"""Plain lines by the hundred, told in every order: what they mean is known, since it is made up."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

import pytest

from runanalytics.movements import DiaryLine, read_diary_line


class Set(NamedTuple):
    """One set of a movement."""

    movement: str
    reps: int | None = None
    hold_s: float | None = None
    distance_m: float | None = None
    load_kg: float | None = None


#: What a line tells, and the sets that it means.
Told = tuple[str, list[Set]]


@dataclass(frozen=True)
class Language:
    """Names in their language with what they mean, and the words between numbers."""

    counted: dict[str, str]
    lifted: dict[str, str]
    held: dict[str, str]
    drilled: dict[str, str]
    strides: str
    sets_of: str
    sets: str
    reps: str
    times: str
    leg: str
    with_: str
    rest: str
    rounds: str
    all_of_it: str
    left: str
    right: str
    then: str
    how: str


ENGLISH = Language(
    {"squats": "squat", "lunges": "lunge", "step-ups": "step_up", "push-ups": "push_up"},
    {"deadlift": "deadlift", "hip thrusts": "hip_thrust", "leg press": "leg_press"},
    {"plank": "plank", "side plank": "side_plank", "wall sit": "wall_sit"},
    {"high knees": "high_knees", "A-skips": "high_skipping", "carioca": "carioca"},
    *("strides", "sets of", "sets", "reps", "times", "each leg", "with", "90 s rest", "rounds"),
    *("all of it", "L", "R", "then", "left knee sore"),
)
GERMAN = Language(
    {"Kniebeugen": "squat", "Ausfallschritte": "lunge", "Liegestütze": "push_up"},
    {"Kreuzheben": "deadlift", "Hip Thrusts": "hip_thrust", "Beinpresse": "leg_press"},
    {"Unterarmstütz": "plank", "Seitstütz": "side_plank", "Wandsitz": "wall_sit"},
    {"Kniehebelauf": "high_knees", "Anfersen": "heels_to_glutes", "Hopserlauf": "high_skipping"},
    *("Steigerungen", "Sätze à", "Sätze", "Wdh.", "mal", "pro Bein", "mit", "Pause 90 s", "Runden"),
    *("das Ganze", "li", "re", "dann", "Beine schwer"),
)
FRENCH = Language(
    {"squats": "squat", "fentes": "lunge", "pompes": "push_up", "crunchs": "crunch"},
    {"soulevé de terre": "deadlift", "hip thrust": "hip_thrust", "presse à cuisses": "leg_press"},
    {"gainage": "plank", "planche latérale": "side_plank", "chaise": "wall_sit"},
    {"montées de genoux": "high_knees", "talons-fesses": "heels_to_glutes"},
    *("lignes droites", "séries de", "séries", "répétitions", "fois", "par jambe", "avec"),
    *("repos 90 s", "tours", "le tout", "G", "D", "puis", "genou gauche sensible"),
)
ITALIAN = Language(
    {"squat": "squat", "affondi": "lunge", "piegamenti": "push_up", "crunch": "crunch"},
    {"stacco da terra": "deadlift", "hip thrust": "hip_thrust", "leg press": "leg_press"},
    {"plank": "plank", "plank laterale": "side_plank", "wall sit": "wall_sit"},
    {"skip alto": "high_knees", "calciata dietro": "heels_to_glutes"},
    *("allunghi", "serie da", "serie", "ripetizioni", "volte", "per gamba", "con", 'rec 90"'),
    *("giri", "il tutto", "sx", "dx", "poi", "gambe pesanti"),
)
SPANISH = Language(
    {"sentadillas": "squat", "zancadas": "lunge", "flexiones": "push_up"},
    {"peso muerto": "deadlift", "hip thrust": "hip_thrust", "prensa": "leg_press"},
    {"plancha": "plank", "plancha lateral": "side_plank"},
    {"skipping": "high_knees", "carioca": "carioca"},
    *("progresivos", "series de", "series", "repeticiones", "veces", "por pierna", "con"),
    *("descanso 90 s", "vueltas", "todo", "izq", "der", "luego", "piernas pesadas"),
)


def _counted(words: Language, lot: Random) -> Told:
    name, id = lot.choice(list(words.counted.items()))
    sets, reps, leg = lot.randint(2, 5), lot.choice((6, 8, 10, 12, 15, 20)), words.leg
    ways = (
        *(f"{name} {sets}x{reps}", f"{sets}x{reps} {name}", f"{name} {sets} x {reps} {leg}"),
        *(f"{name} {sets} {words.sets_of} {reps}", f"{sets} {words.sets_of} {reps} {name}"),
        *(f"{name} ({sets}x{reps})", f"{reps} {name} {leg} x {sets}", f"{name}: {sets}x{reps}"),
        *(f"{name} {reps} x {sets} {words.sets}", f"{name} {reps} {words.reps} x {sets}"),
        *(f"{name} {sets} {words.times} {reps}", f"{reps} {name}, {sets} {words.sets}"),
    )
    return lot.choice(ways), [Set(id, reps)] * sets


def _listed(words: Language, lot: Random) -> Told:
    name, id = lot.choice(list(words.counted.items()))
    reps = lot.choice(((12, 10, 8), (10, 8, 6, 4), (5, 10, 15, 10, 5)))
    told = lot.choice((",", "-", "/", ", ", " / ")).join(map(str, reps))
    return lot.choice((f"{name} {told}", f"{name} ({told})")), [Set(id, each) for each in reps]


def _lifted(words: Language, lot: Random) -> Told:
    name, id = lot.choice(list(words.lifted.items()))
    sets, reps, kg = lot.randint(2, 5), lot.choice((4, 5, 6, 8, 10)), lot.choice((24, 42.5, 60, 80))
    load, done = f"{kg:g}{lot.choice((' kg', 'kg'))}", f"{sets}x{reps}"
    ways = (
        *(f"{name} {done} @ {load}", f"{name} {done} {load}", f"{name} {load} {done}"),
        *(
            f"{name} {done} {words.with_} {load}",
            f"{done} {name} ({load})",
            f"{name} {done}@{load}",
        ),
        *(f"{name} {load} x {reps} x {sets}", f"{name} {done}x{load}", f"{name} {done}, {load}"),
        *(f"{name} {sets} {words.sets_of} {reps} {words.with_} {load}", f"{name} {done}/{load}"),
    )
    return lot.choice(ways), [Set(id, reps, load_kg=kg)] * sets


def _ladder(words: Language, lot: Random) -> Told:
    name, id = lot.choice(list(words.lifted.items()))
    rungs = [(10, 40), (8, 50), (6, 60)]
    told = lot.choice(
        (
            ", ".join(f"{reps} @ {kg} kg" for reps, kg in rungs),
            ", ".join(f"{kg} kg x {reps}" for reps, kg in rungs),
            ", ".join(f"{reps} {words.with_} {kg} kg" for reps, kg in rungs),
            "10/8/6 @ 40/50/60 kg",
            f"10-8-6 {words.with_} 40-50-60 kg",
        )
    )
    return f"{name} {told}", [Set(id, reps, load_kg=kg) for reps, kg in rungs]


def _held(words: Language, lot: Random) -> Told:
    name, id = lot.choice(list(words.held.items()))
    sets, time_s = lot.randint(2, 5), lot.choice((20, 30, 45, 75))
    time = lot.choice((f"{time_s} s", f'{time_s}"', f"{time_s}s")) if time_s < 60 else "1:15"
    ways = (
        *(f"{name} {sets}x{time}", f"{sets}x{time} {name}", f"{name} ({sets} x {time})"),
        *(f"{name} {time} x {sets}", f"{name} {sets} {words.times} {time}"),
    )
    return lot.choice(ways), [Set(id, hold_s=time_s)] * sets


def _each_side(words: Language, lot: Random) -> Told:
    name = next(name for name, id in words.held.items() if id == "side_plank")
    sets, time_s = lot.randint(2, 4), lot.choice((20, 30, 40))
    left, right = f"{time_s}s {words.left}", f"{time_s}s {words.right}"
    ways = (
        *(f"{name} {left} + {right} x {sets}", f"{name} {sets} x ({left} / {right})"),
        *(f"{name} {words.left} {time_s}s {words.right} {time_s}s x{sets}",),
    )
    return lot.choice(ways), [Set("side_plank", hold_s=time_s)] * sets


def _drilled(words: Language, lot: Random) -> Told:
    name, id = lot.choice(list(words.drilled.items()))
    sets, way_m = lot.randint(2, 5), lot.choice((20, 30, 40))
    ways = (
        *(f"{name} {sets}x{way_m} m", f"{sets}x{way_m}m {name}", f"{name} {way_m} m x {sets}"),
        *(f"{name} {way_m} m, {sets} {words.times}", f"{name} ({sets} x {way_m} m)"),
    )
    return lot.choice(ways), [Set(id, distance_m=way_m)] * sets


def _strides(words: Language, lot: Random) -> Told:
    times, way_m, name = lot.randint(4, 10), lot.choice((60, 80, 100)), words.strides
    ways = (f"{times}x{way_m} m {name}", f"{name} {times}x{way_m}m", f"{times} {name} ({way_m} m)")
    return lot.choice(ways), [Set("strides", distance_m=way_m)] * times


def _rounds(words: Language, lot: Random) -> Told:
    (one, first), (other, second) = lot.sample(list(words.counted.items()), 2)
    name, third = lot.choice(list(words.held.items()))
    rounds = lot.randint(2, 5)
    sign = lot.choice((", ", " + ", " / "))
    inner = sign.join((f"8 {one}", f"15 {other}", f"30 s {name}"))
    ways = (
        *(f"{rounds} {words.rounds}: {inner}", f"{rounds}x ({inner})", f"({inner}) x {rounds}"),
        *(f"{inner} ({rounds} {words.rounds})", f"{inner}, {words.all_of_it} {rounds}x"),
        *(f"{inner}. {words.all_of_it} {rounds} {words.times}.",),
    )
    done = (Set(first, 8), Set(second, 15), Set(third, hold_s=30))
    return lot.choice(ways), [each for each in done for _ in range(rounds)]


#: Ways to tell one thing, and how often each is taken.
_ONE = {
    **{_counted: 4, _lifted: 4, _held: 3, _drilled: 2},
    **{_strides: 2, _listed: 1, _ladder: 1, _each_side: 1},
}


def _line(words: Language, lot: Random) -> Told:
    """Return a line of one to three things, or of rounds, with what stands beside them."""
    if lot.random() < 0.15:
        told = [_rounds(words, lot)]
    else:
        ways = lot.choices(list(_ONE), list(_ONE.values()), k=lot.choice((1, 2, 2, 3)))
        told = [way(words, lot) for way in ways]
    text = lot.choice((", ", "; ", " + ", f", {words.then} ")).join(each for each, _ in told)
    beside = lot.random()
    if beside < 0.15:
        text += f" ({words.how})" if not text.endswith((")", ".")) else ""
    elif beside < 0.3:
        text += f", {words.rest}"
    return text, [each for _, meant in told for each in meant]


def _sets(line: DiaryLine) -> list[Set]:
    """Return what was read, each set by itself, since three sets may be told as one or as three."""
    rows: list[dict[str, Any]] = line.rows()
    return [
        Set(*(row[field] for field in Set._fields))
        for row in rows
        for _ in range(row["n_sets"] or 0)
    ]


@pytest.mark.parametrize(
    "words", [ENGLISH, GERMAN, FRENCH, ITALIAN, SPANISH], ids=["en", "de", "fr", "it", "es"]
)
def test_plain_lines_are_read_exactly_or_asked_about(words: Language) -> None:
    lot = Random(7)
    lines = [_line(words, lot) for _ in range(100)]
    read = [(text, meant, read_diary_line(text)) for text, meant in lines]
    wrong = [(text, line) for text, meant, line in read if _sets(line) != meant]
    assert [(text, _sets(line)) for text, line in wrong if not line.unknown] == []
    assert len(wrong) <= 0.05 * len(read), [(text, line.unknown) for text, line in wrong]
