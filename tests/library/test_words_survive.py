"""Any words of the user's, then any verb: the same words and the same answers as without it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from runanalytics import Library, schema
from runanalytics.errors import UsageError
from runanalytics.experiments.design import draw_plan
from runanalytics.library.experiment_files import write_plan_file
from runanalytics.library.fingerprint import fingerprint
from runanalytics.library.storage import words
from runanalytics.library.storage.catalogue import LAYOUT

ZONE = "Europe/Berlin"
RACES = "date,distance,time\n2026-06-01,10k,50:02\n2026-06-04,5k,25:00\n"
TITLES = """date,time,distance,duration,title
2026-06-07,09:00,8 km,48:00,Easy 8k + 6 strides
2026-06-03,07:00,6 km,36:00,Gym before the run
2026-06-08,09:00,9 km,54:00,"Lauf-ABC, 5 strides"
2026-06-09,09:00,10 km,41:00,Stadtlauf
"""
#: What a library is asked; rows may come in another order.
ANSWERS = ("runs", "log_spans", "race_list", "sessions", "sets")
#: Of an experiment; its file is a word, too.
PLAN = draw_plan(
    pd.DataFrame({"local_date": ["2026-06-01"], "value": [250.0]}),
    metric="contact-time",
    seed=1,
    name="trial",
    today="2026-06-10",
)
#: A run with samples; they are the same after each verb, too.
WATCHED = Path(__file__).parents[2] / "data" / "sample" / "runs" / "2025-05-18-race.fit"


class State(NamedTuple):
    """The user's words, and what a library answers."""

    tables: dict[str, list[tuple[Any, ...]]]
    files: dict[str, bytes]
    stored: dict[str, str]
    merges: list[dict[str, Any]]
    answers: dict[str, list[str]]


def state(library: Library) -> State:
    catalogue = library.opened.reading()
    assert catalogue is not None
    files = words.word_files(library.folder)
    merges = [merge.to_dict() for merge in library.merges()]
    return State(
        {
            table: sorted(catalogue.rows(f"SELECT * FROM {table}"), key=repr)
            for table in words.word_tables(catalogue)
        },
        {name: (library.folder / name).read_bytes() for name in files},
        fingerprint(library.opened),
        sorted(merges, key=repr),
        {
            name: sorted(getattr(library, name)().to_csv(index=False).splitlines())
            for name in ANSWERS
        },
    )


# What may be said --------------------------------------------------------------------------------

NUMBER = st.integers(0, 9)
LOG = st.sampled_from(["runs", "strength", "technique"])
DAY = st.integers(1, 28).map(lambda day: f"2026-06-{day:02}")
NAME = st.sampled_from(["Squat (Barbell)", "SL RDL", "Kniebeuge"])
MEANING = st.sampled_from(["squat", "single_leg_deadlift", "none", "unknown", None])

LINE = st.sampled_from(["gym: squat 3x5", "drills, 6 strides", "zorbing", "nothing since 1 June"])

Word = Callable[[Library], object]


def edited(library: Library, old: str, new: str) -> bool:
    """Edit the diary by hand: words give way to others everywhere, and a day more is told."""

    def in_editor(copy: Path) -> None:
        text = copy.read_text().replace(old, new)
        copy.write_text(f"{text}\n> read again\n## 2 June 2026, as was said\n12:30 {new}\n")

    return library.edit_diary(in_editor)


def nth(things: Any, number: int) -> Any:
    rows = list(things)
    if not rows:
        raise UsageError("there is none")
    return rows[number % len(rows)]


def merged(library: Library, number: int, *, undone: bool) -> str:
    fits = [each for each in library.merges() if each.undone == undone]
    return str(nth(fits, number).duplicate.identifier)


def row(library: Library, number: int) -> str:
    """Return the identifier of a run, hidden or not."""
    catalogue = library.opened.reading()
    assert catalogue is not None
    return str(nth(catalogue.rows("SELECT run_id FROM runs ORDER BY run_id"), number)[0])


def race(library: Library, number: int) -> str:
    return str(nth(library.race_list()["race_id"], number))


def group(library: Library, number: int) -> str:
    return str(nth(sorted(library.proposals()["group"]), number))


def one_of(library: Library, number: int) -> str:
    return str(library.proposals_in(group(library, number))["id"].iloc[0])


WORD: st.SearchStrategy[Word] = st.one_of(
    st.builds(lambda n: lambda it: it.undo_merge(merged(it, n, undone=False)), NUMBER),
    st.builds(lambda n: lambda it: it.undo_merge(merged(it, n, undone=False)), NUMBER),
    st.builds(lambda n: lambda it: it.redo_merge(merged(it, n, undone=True)), NUMBER),
    st.builds(lambda a, b: lambda it: it.join(row(it, a), row(it, b)), NUMBER, NUMBER),
    st.builds(lambda log, a, b: lambda it: it.set_span(log, a, b), LOG, DAY, DAY),
    st.builds(lambda log, a, b: lambda it: it.add_break(log, a, b), LOG, DAY, DAY),
    st.builds(lambda log: lambda it: it.clear_spans(log), LOG),
    st.builds(lambda name, means: lambda it: it.correct(name, means), NAME, MEANING),
    st.builds(lambda n: lambda it: it.confirm_race(race(it, n), time_s=1_530.0), NUMBER),
    st.builds(lambda n: lambda it: it.confirm_race(row(it, n)), NUMBER),
    st.builds(
        lambda n, kind, hard: lambda it: it.confirm_race(race(it, n), course=kind, raced=hard),
        *(NUMBER, st.sampled_from(schema.COURSES), st.sampled_from([True, False, None])),
    ),
    st.builds(lambda n: lambda it: it.reject_race(race(it, n)), NUMBER),
    st.builds(lambda day: lambda it: it.add_race(day, 21_097.5, 6_000, title="Half"), DAY),
    st.builds(lambda n: lambda it: it.remove_race(race(it, n)), NUMBER),
    st.builds(lambda line, day: lambda it: it.log(line, on=day), LINE, DAY),
    st.builds(lambda line, day: lambda it: it.log(line, on=day), LINE, DAY),
    st.builds(lambda day: lambda it: it.undo_log(day), DAY),
    st.builds(lambda old, new: lambda it: edited(it, old, new), LINE, LINE),
)

#: Decisions on what titles propose, which came with layout 5.
PROPOSALS: st.SearchStrategy[Word] = st.one_of(
    st.builds(lambda n: lambda it: it.confirm_proposals(group(it, n)), NUMBER),
    st.builds(lambda n: lambda it: it.confirm_proposals(group(it, n)), NUMBER),
    st.builds(lambda n: lambda it: it.reject_proposals(group(it, n)), NUMBER),
    st.builds(lambda n: lambda it: it.reject_proposals(group(it, n), only=one_of(it, n)), NUMBER),
    st.builds(lambda n: lambda it: it.reopen_proposals(group(it, n)), NUMBER),
)

#: What every library was told of its diary and of proposals, whatever else is drawn.
ALWAYS: tuple[Word, ...] = (
    lambda it: it.log("drills, 6 strides", on="2026-06-08"),
    lambda it: it.log("nothing since 5 June", on="2026-06-07"),
    lambda it: it.log(programme="legs at home", on="2026-06-09", at="18:30", minutes=25),
    lambda it: it.log("gym", on="2026-06-10"),
    lambda it: it.undo_log("2026-06-10"),
    lambda it: edited(it, "6 strides", "plank 60 s"),
)
ALWAYS_DECIDED: tuple[Word, ...] = (
    lambda it: it.confirm_proposals("lauf-abc"),
    lambda it: it.reject_proposals("gym before the run"),
)

REMOVALS: st.SearchStrategy[Word] = st.one_of(
    st.builds(lambda n: lambda it: it.remove(row(it, n)), NUMBER),
    st.builds(lambda name: lambda it: it.remove(name), st.sampled_from(["pod.csv", "races.csv"])),
    st.builds(lambda n: lambda it: it.put_back(nth(it.removals(), n).identifier), NUMBER),
)

# What may be done then ---------------------------------------------------------------------------


def imported_again(library: Library, files: Path, spare: Path) -> Library:
    library.add(files, timezone=ZONE)
    return library


def imported_in_another_order(library: Library, files: Path, spare: Path) -> Library:
    """Import every file by itself, last first, into a library that has the same words."""
    other = Library.open(spare)
    old = library.opened.reading()
    assert old is not None
    with other.opened.writing() as new:
        assert words.copy_words(old, new) == []
    for name in words.word_files(library.folder):
        (spare / name).parent.mkdir(exist_ok=True)
        shutil.copy(library.folder / name, spare / name)
    for path in sorted(files.iterdir(), reverse=True):
        other.add(path, timezone=ZONE)
    return other


def rebuilt(library: Library, files: Path, spare: Path) -> Library:
    assert library.rebuild().kept == ()
    return library


def rebuilt_without_files(library: Library, files: Path, spare: Path) -> Library:
    hidden = files.rename(spare)
    assert library.rebuild().read == (library.folder / words.DIARY).exists()
    hidden.rename(files)
    return library


def restored(library: Library, files: Path, spare: Path) -> Library:
    library.export(spare / "export")
    other = Library.open(spare / "library")
    other.restore(spare / "export")
    return other


def upgraded(library: Library, files: Path, spare: Path) -> Library:
    """Write the words as layout 2 had them, and have it upgraded."""
    with library.opened.writing() as catalogue, catalogue.transaction():
        catalogue.write("DROP TABLE user_merges", [()])
        catalogue.write("DROP TABLE pending_files", [()])
        for table in ("user_removed", "user_proposals", "events"):
            catalogue.write(f"DROP TABLE {table}", [()])
        catalogue.rows("PRAGMA user_version = 2")
    library.close()
    imported_again(library, files, spare)
    opened = library.opened.reading()
    assert opened is not None
    assert opened.layout == LAYOUT
    return library


VERBS = (
    imported_again,
    imported_in_another_order,
    rebuilt,
    rebuilt_without_files,
    restored,
    upgraded,
)


class Told(NamedTuple):
    """Libraries of the same files, whose users said different things, and these files."""

    files: Path
    #: With words, decisions on proposals and removals; with words alone, as layout 2 knew them;
    #: and what each of them answers.
    libraries: dict[Path, State]
    of_layout_2: dict[Path, State]


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, write_overlapping: Callable[[Path], None]
) -> Told:
    """What is said at random is said once; every verb is then tried on copies."""
    folder = tmp_path_factory.mktemp("words")
    told = Told(folder / "files", {}, {})
    told.files.mkdir()
    write_overlapping(told.files)
    shutil.copy2(WATCHED, told.files)
    (told.files / "races.csv").write_text(RACES)
    (told.files / "titles.csv").write_text(TITLES)
    template = Library.open(folder / "template")
    assert template.add(told.files, timezone=ZONE).exit_status == 0
    template.close()

    @settings(
        max_examples=3, derandomize=True, deadline=None, database=None, phases=[Phase.generate]
    )
    @given(
        said=st.lists(WORD, min_size=2, max_size=7),
        taken=st.lists(REMOVALS, min_size=1, max_size=3),
        decided=st.lists(PROPOSALS, min_size=2, max_size=5),
    )
    def say(said: list[Word], taken: list[Word], decided: list[Word]) -> None:
        of_layout_2 = [*ALWAYS, *said]
        every = [*of_layout_2, *ALWAYS_DECIDED, *decided, *taken]
        for places, spoken in ((told.libraries, every), (told.of_layout_2, of_layout_2)):
            place = folder / f"{len(told.libraries)}-{len(told.of_layout_2)}"
            shutil.copytree(template.folder, place)
            library = Library.open(place)
            write_plan_file(library.opened, PLAN.name, PLAN.to_toml())
            library.units("imperial")
            for word in spoken:
                try:
                    word(library)
                except UsageError:  # there is nothing like that to speak of
                    assert word not in (*ALWAYS, *ALWAYS_DECIDED)
            library.close()
            with closing(Library.open(place)) as said_so:
                places[place] = state(said_so)

    say()
    return told


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_words_and_answers_survive(
    verb: Callable[[Library, Path, Path], Library], told: Told, tmp_path: Path
) -> None:
    places = told.of_layout_2 if verb is upgraded else told.libraries
    assert len(places) >= 3
    for place, before in places.items():
        copied = tmp_path / place.name
        shutil.copytree(place, copied / "library")
        library = Library.open(copied / "library")
        after = verb(library, told.files, copied / "spare")
        assert after.verify() == []
        assert_same(deepcopy(before), state(after), exactly=verb is not upgraded)
        after.close()


def assert_same(before: State, after: State, *, exactly: bool) -> None:
    if not exactly:
        # Layout 2 had no words but the merges that follow from them, so that the reason of one,
        # and through which rows it was joined, may read differently.
        for one in (before, after):
            for table in ("user_merges", "merges"):
                one.tables.pop(table, None)
                one.stored.pop(table, None)
            for merge in one.merges:
                del merge["reason"]
    assert after.tables == before.tables
    assert after.files == before.files
    assert after.merges == before.merges
    assert after.answers == before.answers
    assert after.stored == before.stored
