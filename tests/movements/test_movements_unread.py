"""Every number and word of a diary line is used by its reading, or shown as not understood."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from runanalytics.movements import DiaryLine, read_diary_line, read_name
from runanalytics.movements.diary_lines.unread import unread
from runanalytics.units import MILE_M

LINES = [
    line.split("\t")[0]
    for line in Path(__file__).with_name("diary_lines.tsv").read_text(encoding="utf-8").splitlines()
]
#: Exercises that the catalogue does not know, by the language of lines that they are put into.
MADE_UP = {
    "en": (
        *("zombie hops", "crocodile drags", "wall angels of doom", "pirate walks", "spider creeps"),
        *("helicopter sweeps", "banana rolls", "ninja rolls", "pendulum drops", "ghost rowing"),
        *("caterpillar drags", "broomstick twirls"),
    ),
    "de": (
        *("Bärengang rückwärts", "Froschpumpen", "Känguruschwünge", "Seestern", "Handtuchziehen"),
        *("Pinguin", "Baumstammrollen", "Storchenwippe", "Zirkeldrehung", "Katapult"),
        *("Schlangenwinden", "Sensenmann"),
    ),
    "fr": (
        *("marche du crabe arrière", "pompage de grenouille", "battements de sirène", "toupie"),
        *("roulades de bûche", "l'arbalète", "tour de moulin", "ramassage de billes"),
        *("chenille inversée", "coups de faux", "la sirène", "vol de chauve-souris"),
    ),
    "it": (
        *("crunch al contrario", "rotolata del tronco", "arrampicata del ragno", "mulinello"),
        *("strizzate di asciugamano", "camminata del pinguino", "raccolta di biglie"),
        *("la sirena", "il serpente", "giro del timone", "il timone", "pompa del rospo"),
    ),
    "es": (
        *("bombeo de rana", "la sirenita", "rodadas de tronco", "gateo de araña", "el pingüino"),
        *("pellizcos de toalla", "giros de péndulo", "recogida de canicas", "el caimán"),
        *("empujes de tortuga", "vuelo de murciélago", "tijeretazos de sirena"),
    ),
}
#: Lines that they are put into: with amounts and without, in a sentence, and beside remarks.
AROUND = {
    "en": (
        *("squats 3x8, {}", "{} 3x12, squats 3x8", "Gym: {}, plank 45 s", "squats 3x8. {}."),
        *("lunges 3x10 and {} behind the pub", "Felt good. Then {} with Ann, 3x10 lunges"),
        *("Ellie: {}, squats 3x8", "squats 3x8, {} too as we had time"),
        *("{}: 3x12, squats 3x8", "{} - squats 3x8, plank 45 s", "{}. Squats 3x8, plank 45 s"),
    ),
    "de": (
        *("Kniebeugen 3x8, {}", "{} 3x12, Kniebeugen 3x8", "Kraft: {}, Plank 45 s"),
        *("Kniebeugen 3x8. {}.", "Ausfallschritte 3x10 und {} hinter dem Haus"),
        *("Müde Beine. Dann {} am Gaisberg, Kniebeugen 3x8", "Kniebeugen 3x8, Jan {}"),
        *("Kniebeugen 3x8, ich habe {} geübt", "{}: 3x12, Kniebeugen 3x8"),
    ),
    "fr": (
        *("squats 3x8, {}", "{} 3x12, squats 3x8", "Renfo : {}, gainage 45 s", "squats 3x8. {}."),
        *("fentes 3x10 et {} derrière l'église", "Jambes lourdes. Puis {} à Meylan, squats 3x8"),
        *("squats 3x8, Hugo {}", "squats 3x8, {} pour tous", "{} : 3x12, squats 3x8"),
    ),
    "it": (
        *("squat 3x8, {}", "{} 3x12, squat 3x8", "Forza: {}, plank 45 s", "squat 3x8. {}."),
        *("affondi 3x10 e {} dietro la chiesa", "Gambe stanche. Poi {} con Marta, squat 3x8"),
        *("squat 3x8, Luca {}", "squat 3x8, {} mentre aspettavo", "{}. Squat 3x8, plank 45 s"),
    ),
    "es": (
        *("sentadillas 3x8, {}", "{} 3x12, sentadillas 3x8", "Fuerza: {}, plancha 45 s"),
        *("sentadillas 3x8. {}.", "zancadas 3x10 y {} detrás de la iglesia"),
        *("Piernas cansadas. Luego {} con Marta, sentadillas 3x8", "sentadillas 3x8, Nico {}"),
        *("sentadillas 3x8, {} porque había tiempo", "{} - sentadillas 3x8, plancha 45 s"),
    ),
}
#: A word that means nothing, and a number that no line has.
WORD, NUMBER = "zorvik", 73


def stands_in(line: DiaryLine, number: float) -> bool:
    """Return whether a number is anywhere in what was read."""
    minutes, hours = 60.0 * number, 3600.0 * number
    times, distances = {number, minutes, hours}, {number, 1000.0 * number, MILE_M * number}
    if line.duration_s in times or line.effort_rpe == number:
        return True
    for reading in (part.reading for part in line.parts):
        amounts = {reading.n_sets, *reading.reps, reading.effort_rpe, reading.height_cm}
        load = reading.load.as_logged if reading.load else None
        if number in amounts or load == number or reading.distance_m in distances:
            return True
        if times & {reading.hold_s, reading.rest_s}:
            return True
        if reading.hold_s and reading.hold_s // 60.0 == number:  # "73 min 30"
            return True
    return False


def test_a_word_or_number_put_anywhere_is_never_left_out_silently() -> None:
    silent = []
    for text in LINES[::12]:
        pieces = text.split(" ")
        for place in range(len(pieces) + 1):
            for new in (WORD, str(NUMBER)):
                line = read_diary_line(" ".join((*pieces[:place], new, *pieces[place:])))
                # A word may be one of a remark, which is told; a number is none.
                said = (*line.unknown, *line.remarks) if new == WORD else line.unknown
                shown = any(new in each for each in said)
                if not shown and (new == WORD or not stands_in(line, NUMBER)):
                    silent.append(line.text)
    assert silent == []


@pytest.mark.parametrize("code", MADE_UP)
def test_an_exercise_that_nobody_knows_is_never_taken_for_a_remark(code: str) -> None:
    missed = []
    for name, around in product(MADE_UP[code], AROUND[code]):
        line = read_diary_line(around.format(name))
        shown = " ".join(line.unknown).casefold()
        if not any(word in shown for word in name.casefold().split() if len(word) > 3):
            missed.append((line.text, line.remarks))
    assert missed == []
    assert len(MADE_UP[code]) >= 12


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ("10 x 60 m hill sprints up the brae behind the bakery", ("brae behind the bakery",)),
        ("squats 3x8. Felt zippish.", ("Felt zippish",)),
        ("Am Gaisberg fünf Bergsprints, je 15 s", ("am gaisberg",)),
        ("Yoga mit Mady, 4 Steigerungen", ("Mady",)),
        ("Les minettes ont fait 3x30 m de talons-fesses", ("les minettes ont fait",)),
        ("8 km, no strides", ("no strides",)),
        ("Niente palestra, corsa 40'", ("Niente palestra",)),
        ("kein Krafttraining Hürden, 8 km", ()),
        ("pas de géant sautillés, squats 3x8", ()),
        ("dips 3x10 on the bench", ()),
        ("drop jumps 4x5 off the 40cm box", ("box",)),
        ("deadlifts 5x3 @ 85%", ("85%",)),
        ("deadlifts 5x3 @ 75 85%", ()),
        ("plank 60 s, 45 s (quads like zorb!) and 10 squats", ("quads like zorb!",)),
        ("Kniebeugen 3x8, Beine ausgezorbt", ("Beine ausgezorbt",)),
        ("6 allunghi, tutto zorbato", ("tutto zorbato",)),
        ("squats 3x8, quad zorber", ()),
        ("squats 3x8, hands on zorb", ()),
        ("squats 3x8, everything on one leg", ()),
        ("squats 3x8, jambes de zorbe", ()),
        ("Seated: calf raises 3x15", ()),
        ("squats 3x8 (forgot to count)", ("forgot to count",)),
        ("Did 3x8 squats while the kettle boiled", ("while the kettle boiled",)),
        ("4 lignes droites, Hugo un peu raide", ("Hugo un peu raide",)),
        ("Kniebeugen 3x8, Spaß gehabt", ("Spaß gehabt",)),
        ("palestra 50 min, non ho segnato i pesi", ("non ho segnato i pesi",)),
        ("sentadillas 3x8, Nico el caimán", ()),
        ("sentadillas 3x8, todos el caimán", ()),
        ("squat 3x8, anche la sirena", ()),
        ("squats 3x8, zorbing was fun", ()),
        ("Ellie - RDL 3x8, nordics 3x4", ("Ellie",)),
        ("Heute mit Lena: Beinpresse 3x10, Beinbeuger 3x12", ("Heute mit Lena",)),
        ("Día de saltos: drop jumps 4x5, salto al cajón 4x4", ("Día de saltos",)),
        ("Dopo il riscaldamento: skip 3x20 m, 4 allunghi", ("Dopo il riscaldamento",)),
        ("Barfuß auf dem Rasen: 4x100 m Steigerungen", ("Barfuß auf dem Rasen",)),
        ("Squad circuit, 3 laps: squats, burpees", ("Squad circuit",)),
        ("salle avec les 1500 : tractions 3x6", ("1500",)),
        ("S&C as planned. Front squat 4x4, push press 4x5", ("S&C as planned",)),
        ("Glute stuff before bed - clams 2x15, bridges 2x20", ("Glute stuff before bed",)),
        ("Lunge day: squats 3x8, plank 60 s", ()),
        ("plank 20-40-60-40-20 s, dog sat on me for the 60", ("dog sat on me for the 60",)),
        ("plank 20-40-60-40-20 s, dog sat on me for the 70", ()),
        ("squats 3x8, last set of zorbs", ()),
    ],
)
def test_what_is_said_beside_the_work_is_a_remark(text: str, remarks: tuple[str, ...]) -> None:
    assert read_diary_line(text).remarks == remarks


def test_a_line_that_is_understood_has_nothing_left() -> None:
    left = {
        text: line.unknown
        for text in LINES
        if (line := read_diary_line(text)).unknown and not any(part.unknown for part in line.parts)
    }
    # What is said beside the work, and what stands before a colon and names none.
    assert len(left) <= 0.02 * len(LINES), left


@pytest.mark.parametrize(
    ("text", "read", "left"),
    [
        ("squat 3x5", "squat 3x5", ()),
        ("squat 3x5 5", "squat 3x5", ("5",)),
        ("squat 8,8,6 @ 175 lb", "squat 8,8,6 @ 175 lb", ()),
        ("plank 1:30", "plank 1:30", ()),
        ("plank 1 min 30 s, 40 s", "plank 1 min 30 s", ("40",)),
        ("plank 3x60 s 2 km", "plank 3x60 s", ("2",)),
        ("Kniebeugne 3x5", "Kniebeugne 3x5", ()),
        ("Seitstütz 2x30 s je Seite", "Seitstütz 2x30 s je Seite", ()),
        ("squat 3x5 zorbing", "squat 3x5", ("zorbing",)),
    ],
)
def test_what_the_reading_has_not_is_left(text: str, read: str, left: tuple[str, ...]) -> None:
    assert unread(text, [read_name(read)], []) == left


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("pull-ups 3xmax", ("3xmax",)),
        ("A-skips 2x30", ("30",)),
        ("leg press 3x12 (zorb fine)", ("zorb",)),
        ("73 gym: squat 3x5", ("73",)),
        ("73 circuit x3: 10 squats, 10 push-ups", ("73", "x3")),
    ],
)
def test_what_could_be_left_out_is_shown(text: str, unknown: tuple[str, ...]) -> None:
    assert read_diary_line(text).unknown == unknown


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("swings 4x15 with 16 kg", ()),
        ("swings 4x15", ("swings: read as 'Kettlebell swing', could be 'Mobility work'",)),
        ("zancadas con salto 3x10", ()),
        ("Bauch 10 min", ()),
        ("zu Hause 2x20 Ausfallschritte", ()),
        ("hause Ausfallschritte 2x20", ("hause ausfallschritte: read as 'Lunge'",)),
        ("yoga 30 min e basta", ()),
        ("plank 30 s, bird dogs x 20", ()),
        ("plank 30 s, bird dogs x 3", ("x3: of 'bird dogs x 3' alone?",)),
    ],
)
def test_what_the_amounts_or_a_remark_decide_is_not_asked(
    text: str, unknown: tuple[str, ...]
) -> None:
    assert read_diary_line(text).unknown == unknown


def test_time_before_a_colon_is_the_session_s_and_rest_is_no_side() -> None:
    assert read_diary_line("core 15 min: plank 3x1 min").duration_s == 900.0
    reading = read_diary_line("hip thrust 3x8 80 kg, r=1'30").parts[0].reading
    assert (reading.rest_s, reading.side, reading.hold_s) == (90.0, None, None)
    assert read_diary_line("10 km, 6 strides").parts[1].reading.distance_m is None


def test_a_distance_alone_is_of_the_sport_before_it_or_a_run() -> None:
    ridden, run = (read_diary_line(text).parts for text in ("bike, 40 km", "squat 3x5, 10 km"))
    assert [part.reading.movement for part in ridden] == ["cycling"]
    assert [part.reading.movement for part in run] == ["squat", "running"]
