import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.movements.names import lexicon, without, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Push-Ups", ("pushup",)),
        ("PUSH UP", ("pushup",)),
        ("Pull up (band)", ("pullup", "band")),
        ("Farmer's walk", ("farmer", "walk")),
        ("Élévations latérales", ("elevation", "laterale")),
        ("Haussement d'épaules", ("haussement", "epaule")),
        ("Presse à cuisses", ("presse", "cuisse")),
        ("Kurzhantelbankdrücken", ("dumbbell", "bankdrucken")),
        ("Fußgelenkarbeit", ("fussgelenkarbeit",)),
        ("one-legged squat", ("oneleg", "squat")),
        ("SL RDL", ("oneleg", "romanian", "deadlift")),
        ("A-skip", ("a", "skip")),
        ("corrida para trás", ("corrida", "tras")),
        ("przysiad na jednej nodze", ("przysiad", "oneleg")),
        ("Höga knälyft", ("hoga", "knalyft")),
        ("Walking lunges w/ dumbbells", ("walking", "lunge", "dumbbell")),
        ("Flyes", ("fly",)),
        ("leg_press", ("leg", "press")),
        ("L-sit", ("l", "sit")),
        ("", ()),
        ("!!", ()),
    ],
)
def test_words(name, expected):
    assert words(name) == expected


def test_composed_and_decomposed_accents_are_one():
    assert words("Kniebeuge mit Überzug") == words("Kniebeuge mit U\u0308berzug")


def test_numbers_and_dropped_words_are_left_out():
    assert without(("leg", "press", "45"), frozenset({"leg"})) == ("press",)


def test_the_word_lists_do_not_contradict_each_other():
    lists = lexicon()
    assert not lists.meaningful & lists.manner
    assert not lists.meaningful & lists.posture
    assert not lists.manner & lists.posture
    assert not lists.small & (lists.meaningful | lists.manner | lists.posture)
    assert all(len(pair) == 2 for pair in lists.pairs)


def test_listed_words_are_spelled_as_names_come_out():
    lists = lexicon()
    listed = lists.meaningful | lists.manner | lists.posture
    assert {word for word in listed if words(word) != (word,)} == set()


@given(st.text(max_size=60))
def test_words_are_plain(name):
    for word in words(name):
        assert word
        assert " " not in word
        assert word not in lexicon().small
