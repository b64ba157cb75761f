"""Names of work that is neither an exercise nor a drill."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.movements import catalogue, kind_of_work, match
from runanalytics.movements.work import named_work
from runanalytics.words import words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Yoga", "mobility"),
        ("Morning yoga 20 min", "mobility"),
        ("Stretching", "mobility"),
        ("Wadendehnung", "mobility"),
        ("Étirement des ischios", "mobility"),
        ("Foam roll calves", "mobility"),
        ("Hip mobility", "mobility"),
        ("Pilates", "mobility"),
        ("HIIT", "conditioning"),
        ("Aerobics", "conditioning"),
        ("Boxing", "conditioning"),
        ("Battle ropes", "conditioning"),
        ("Circuit training", "conditioning"),
        ("Treadmill", "endurance"),
        ("Walking", "endurance"),
        ("Easy bike 30 min", "endurance"),
        ("500m Row", "endurance"),
        ("Rowing (Machine)", "endurance"),
        ("Ski Erg 1000 m", "endurance"),
        ("Laufen auf dem Laufband", "endurance"),
        ("Vélo d'appartement", "endurance"),
        ("Bicicleta estática 20 minutos", "endurance"),
        ("Corsa lenta 30 min", "endurance"),
        ("Caminhada na esteira", "endurance"),
        ("Hardlopen 5 km", "endurance"),
        ("달리기 30분", "endurance"),
        ("Climbing", "other_sport"),
        ("indoor climbing", "other_sport"),
        ("tennis v2", "other_sport"),
        ("Ice skating", "other_sport"),
        ("Warm up", "warm_up"),
        ("Rest", "rest"),
    ],
)
def test_work_that_is_no_exercise_is_known_by_its_name(name, kind):
    assert kind_of_work(match(name).movement) == kind


@pytest.mark.parametrize(
    "name",
    [
        *("Rowing (Barbell)", "Barbell row", "Seated row", "Row", "Mountain climber", "Ski jumps"),
        *("Walking lunge", "Farmer walk", "Tiptoe walk", "Backward run", "Side run", "A-march"),
        *(
            "Running (A-skips)",
            "Sprint 30 m",
            "Box jump",
            "Bicycle crunch",
            "Strides",
            "Skater jump",
        ),
        *("Yoga push-up", "Foam roller plank", "Straight-leg run", "Stair jump", "Wall ball"),
    ],
)
def test_exercises_and_drills_are_not_taken_for_it(name):
    found = match(name).movement
    assert found is None or kind_of_work(found) in ("strength", "technique", "speed")


@pytest.mark.parametrize("code", words("work.names"))
def test_every_word_of_every_language_leads_to_work_that_is_no_exercise(code):
    for movement, phrases in words("work.names")[code].items():
        assert movement in catalogue()
        for phrase in phrases:
            found = named_work(phrase)
            assert found is not None, phrase
            kind = kind_of_work(found.movement)
            assert kind not in ("strength", "technique", "speed"), phrase
            assert kind_of_work(match(phrase).movement) not in ("technique", "speed"), phrase
    for movement in words("work.within.marks").get(code, {}):
        assert kind_of_work(movement) == "mobility"


@pytest.mark.parametrize("amount", ["30 min", "45min", "5 km", "1:05:00", "2 x 500 m", "3 miles"])
@pytest.mark.parametrize("name", ["Bike", "Laufen", "Natation", "Rameur", "Caminata", "Wandelen"])
def test_an_amount_beside_it_changes_nothing(name, amount):
    expected = match(name).movement
    assert match(f"{name} {amount}").movement == match(f"{amount} {name}").movement == expected


@given(st.text(max_size=40))
def test_any_text_is_some_work_or_none(text):
    found = named_work(text)
    assert found is None or found.movement in catalogue()
    assert found is None or not re.search(r"\d", found.movement)
