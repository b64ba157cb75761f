"""Every verb that writes, what it begins with, and what a library says before it and after.

A harness prepares a `Place`, takes verbs by name, and compares the `state` of the library that it
finds with those that an undisturbed verb leads from and to.
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self
from unittest.mock import patch

from runanalytics.errors import RunAnalyticsError
from runanalytics.experiments import design
from runanalytics.importers.contract import content_digest
from runanalytics.libraries import Libraries
from runanalytics.library import Library, consistency
from runanalytics.library.corrections import proposals as decisions
from runanalytics.library.fingerprint import fingerprint
from runanalytics.library.ingest import decoding
from runanalytics.library.storage.words import FILES, word_files
from runanalytics.shipped import sample_folder

_OLDER_LIBRARY = Path(__file__).parents[1] / "tests" / "library" / "frozen" / "layout1"

_LISTS = {
    "list.csv": (
        "date,time,distance,duration,cadence_spm,title",
        "2026-06-01,18:00,10 km,50:00,172,Easy + 6 strides",
        "2026-06-02,18:00,2 km,12:00,160,",
        "2026-06-02,18:13,8 km,36:00,176,River race",
        "2026-06-04,07:00,5 km,29:00,171,",
        "2026-06-04,19:00,5 km,24:00,171,",
        "2026-06-05,18:00,7 km,38:00,168,",
        "2026-06-06,18:00,7.4 km,40:00,168,Easy + 4 strides",
    ),
    "pod.csv": (
        "date,time,distance,duration,ground_contact_ms",
        "2026-06-01,18:01,10.05 km,50:05,245",
        "2026-06-02,18:14,7.95 km,35:50,238",
        "2026-06-04,19:01,4.98 km,24:02,250",
    ),
    "gym.csv": ("date,time,kind,duration_min", "2026-06-03,18:00,strength,70"),
    "lifted.csv": (
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps",
        "2026-06-03 18:05:00,Legs,1h 2m,Squat (Barbell),1,80,5",
        "2026-06-03 18:05:00,Legs,1h 2m,Squat (Barbell),2,80,5",
        "2026-06-03 18:05:00,Legs,1h 2m,Hop Thing,1,0,10",
    ),
    "races.csv": (
        "date,distance,time,title",
        "2026-06-02,8k,00:36:00,River race",
        "2026-06-04,5k,00:24:00,Evening race",
        "2026-06-05,7k,00:38:00,Hill race",
    ),
}
_LATER_LISTS = {
    "later.csv": (
        "date,time,distance,duration,vertical_oscillation_mm",
        "2026-06-01,18:01,10.02 km,50:02,81",
        "2026-06-07,18:00,12 km,62:00,84",
        "2026-06-08,18:00,10 km,45:00,82",
    ),
    "later-races.csv": ("date,distance,time,title", "2026-06-08,10k,00:45:00,Lake race"),
}
_CLAIM = """[[claim]]
id = "mine"
statement = "Squats make my steps quicker."
outcome = "cadence_spm"
dose = "squat"
expected = "up"
research = "None."
sources = ["Nobody 2026"]
"""

#: What is asked of a library, beside what its tables hold.
_ANSWERS: Mapping[str, Callable[[Library], object]] = {
    "runs()": lambda library: library.runs(),
    "segments()": lambda library: library.segments(),
    "sessions()": lambda library: library.sessions(),
    "sets()": lambda library: library.sets(),
    "races()": lambda library: library.races(),
    "race_list()": lambda library: library.race_list(),
    "proposals()": lambda library: library.proposals(),
    "removals()": lambda library: library.removals(),
    "merges()": lambda library: library.merges(),
    "log_spans()": lambda library: library.log_spans(),
    "corrections()": lambda library: library.corrections(),
    "experiments()": lambda library: library.experiments(today="2026-07-02"),
    "claims()": lambda library: sorted(library.claims()),
}

#: What SQLite keeps beside a catalogue that somebody has read.
_OF_READERS = ("catalogue.sqlite-wal", "catalogue.sqlite-shm")
RANDOM_PART = re.compile(r"[0-9a-f]{8}\.(?=tmp$|part$)")

State = dict[str, str]


@dataclass(frozen=True)
class Place:
    """Where a trial happens, and what is prepared for it."""

    root: Path
    #: Another place for what is watched, if it is to lie on a disk of its own.
    disk: Path | None = None

    @property
    def watched(self) -> Path:
        """The folder whose system calls count: the library, and what `export` writes."""
        return self.disk or self.root / "watched"

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.watched / "library"

    @property
    def out(self) -> Path:
        """Where `export` writes to."""
        return self.watched / "export"

    @property
    def start(self) -> Path:
        """What the watched folder holds when the verb begins."""
        return self.root / "start"

    @property
    def common(self) -> Path:
        """The library that most verbs begin with, and which `restore` makes again."""
        return self.root / "common"

    @property
    def exported(self) -> Path:
        """An export of it."""
        return self.root / "exported"

    @property
    def files(self) -> Path:
        """The files that it was imported from."""
        return self.root / "files"

    @property
    def runners(self) -> Path:
        """A folder of files for each of two runners, of whom one gets the library."""
        return self.root / "runners"

    @property
    def later(self) -> Path:
        """Files that are imported later."""
        return self.root / "later"


#: What a verb begins with.
COMMON, OLDER, NOTHING = "common", "older", "nothing"


@dataclass(frozen=True)
class Verb:
    """What is killed.

    Parameters
    ----------
    run : callable
        Takes the library and the identifiers.
    names : callable, optional
        Takes the prepared library; returns the identifiers that the verb is about.
    prepare : callable, optional
        Changes the library beforehand.
    start : str
        One of `COMMON`, `OLDER` and `NOTHING`.
    """

    run: Callable[..., object]
    names: Callable[[Library], tuple[str, ...]] | None = None
    prepare: Callable[[Library], object] | None = None
    start: str = COMMON


#: The verb that has to fail.
UNSAFE = "unsafe"


def verbs(at: Place) -> dict[str, Verb]:
    """Return every verb that writes, by name, and one that does all of it wrongly."""
    return {
        "import": Verb(lambda library: library.add(at.later, keep_originals=True)),
        "first import": Verb(lambda library: library.add(at.files), start=NOTHING),
        "rebuild": Verb(lambda library: library.rebuild(), prepare=_compute_otherwise),
        "restore": Verb(lambda library: library.restore(at.exported), start=NOTHING),
        "export": Verb(lambda library: library.export(at.out)),
        "merges undo": Verb(Library.undo_merge, _river_race),
        "merges redo": Verb(
            Library.redo_merge,
            lambda library: _river_race(library, undone=True),
            lambda library: library.undo_merge(*_river_race(library)),
        ),
        "merges join": Verb(
            Library.join,
            lambda library: (_run(library, "2026-06-05"), _run(library, "2026-06-06")),
        ),
        "log": Verb(lambda library: library.log("drills, 6 strides", on="2026-06-07")),
        "log undo": Verb(lambda library: library.undo_log("2026-06-03")),
        "log and read": Verb(_log_and_read),
        "log confirm": Verb(_at_one_time(Library.confirm_proposals), _strides),
        "log reject": Verb(_at_one_time(Library.reject_proposals), _strides),
        "log confirm --undo": Verb(
            Library.reopen_proposals,
            _strides,
            lambda library: library.confirm_proposals(*_strides(library)),
        ),
        "log reject --undo": Verb(
            Library.reopen_proposals,
            _strides,
            lambda library: library.reject_proposals(*_strides(library)),
        ),
        "log edit": Verb(_edit_and_read),
        "units": Verb(lambda library: library.units("imperial")),
        "remove": Verb(lambda library: library.remove("pod.csv")),
        "remove --undo": Verb(
            Library.put_back,
            lambda library: (library.removals()[0].identifier,),
            lambda library: library.remove("pod.csv"),
        ),
        "movements map": Verb(lambda library: library.correct("Squat (Barbell)", "front_squat")),
        "movements unmap": Verb(lambda library: library.correct("Hop Thing", None)),
        "races add": Verb(lambda library: library.add_race("2024-05-05", 10_000.0, 2_700.0)),
        "races confirm": Verb(
            lambda library, race: library.confirm_race(race, time_s=2_290.0),
            lambda library: (_race(library, "Hill race"),),
        ),
        "races reject": Verb(Library.reject_race, lambda library: (_race(library, "Hill race"),)),
        "races remove": Verb(Library.remove_race, lambda library: (_race(library, "Added race"),)),
        "spans set": Verb(lambda library: library.set_span("strength", "2026-05-01", "2026-06-30")),
        "spans break": Verb(lambda library: library.add_break("runs", "2026-02-01", "2026-02-20")),
        "spans clear": Verb(lambda library: library.clear_spans("runs")),
        "experiment plan": Verb(_plan),
        "cohort import": Verb(lambda _: _import_runners(at), start=NOTHING),
        "upgrade": Verb(next_writer, start=OLDER),
        UNSAFE: Verb(_unsafe),
    }


def _log_and_read(library: Library) -> None:
    """Add a line, and read the diary into the tables, as the next command does."""
    library.log("nothing since 6 June", on="2026-06-09")
    library.sessions()


def _edit_and_read(library: Library) -> None:
    """Edit the diary, and read it into the tables, as the next command does."""

    def change(copy: Path) -> None:
        text, session = copy.read_text(encoding="utf-8"), "\n2026-06-08\n- gym: squat 4x5 85 kg\n"
        if session not in text:
            copy.write_text(text + session, encoding="utf-8")

    library.edit_diary(change)
    library.sessions()


def _import_runners(at: Place) -> None:
    """Import the files of two runners; fail as the command does where one of them fails."""
    for outcome in Libraries.add(at.runners, at.watched).values():
        if isinstance(outcome, RunAnalyticsError):
            raise outcome


def _plan(library: Library) -> None:
    """Plan an experiment, the same each time."""
    library.plan_experiment(
        *("cadence", "strength"),
        weeks=24,
        block_weeks=2,
        seed=1,
        name="trial",
        start="2026-07-06",
        today="2026-07-01",
    )


def _unsafe(library: Library) -> None:
    """Write files in place and under names that nobody sweeps, and commit twice."""
    scratch = library.folder / f"{os.urandom(4).hex()}.part"
    scratch.write_bytes(b"0")
    with (library.folder / "movements.csv").open("wb", buffering=0) as file:
        for part in (b"name,movement\nSquat (Barbell),", b"front_squat\n"):
            file.write(part)
    library.set_span("strength", "2026-05-01", "2026-06-30")
    library.add_break("strength", "2026-05-20", "2026-05-29")
    scratch.unlink()


def _merged(library: Library, distance: str, *, undone: bool = False) -> str:
    return next(
        merge.duplicate.identifier
        for merge in library.merges()
        if merge.undone == undone and merge.duplicate.details.startswith(distance)
    )


def _river_race(library: Library, *, undone: bool = False) -> tuple[str]:
    """Return a duplicate in a merge on which the link of a race depends."""
    return (_merged(library, "8 km", undone=undone),)


def _run(library: Library, day: str) -> str:
    return str(library.runs(day, day)["run_id"].iloc[0])


class OneTime(datetime):
    """Time that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Return a time after all that is in the library."""
        return cls(2026, 7, 1, tzinfo=tz)


def _at_one_time(decide: Callable[..., object]) -> Callable[..., object]:
    """Return a decision on proposals that is made at the same time in every trial."""

    def decided(library: Library, group: str) -> None:
        with patch.object(decisions, "datetime", OneTime):
            decide(library, group)

    return decided


def _strides(library: Library) -> tuple[str]:
    """Return the group of what titles propose as strides."""
    listed = library.proposals()
    return (str(listed["group"][listed["wording"] == "strides"].iloc[0]),)


def _race(library: Library, title: str) -> str:
    table = library.race_list()
    return str(table["race_id"][table["title"] == title].iloc[0])


def _compute_otherwise(library: Library) -> None:
    """Make the steady stretches what another version computed, which `rebuild` sets right."""
    with library.opened.writing() as catalogue, catalogue.transaction():
        catalogue.write("DELETE FROM segments WHERE rowid % 3 = 0", [()])


def next_writer(library: Library) -> None:
    """Write what changes nothing: the user has stated nothing of technique."""
    library.clear_spans("technique")


# Preparing --------------------------------------------------------------------------------------


def prepared(folder: Path) -> Place:
    """Make the files, the common library and its export in `folder`, an absolute path."""
    place = Place(folder)
    runs = sorted((sample_folder() / "runs").glob("*.fit"), key=lambda path: path.stat().st_size)
    for part, lists, recorded in (
        (place.files, _LISTS, runs[:3]),
        (place.later, _LATER_LISTS, runs[3:4]),
    ):
        part.mkdir(parents=True)
        for name, lines in lists.items():
            (part / name).write_text("\n".join(lines) + "\n")
        for path in recorded:
            shutil.copy2(path, part)
    shutil.copytree(place.files, place.runners / place.library.name)
    (place.runners / "a").mkdir()
    shutil.copy2(place.files / "races.csv", place.runners / "a")
    with closing(Library.open(place.common)) as library:
        library.add(place.files)
        _list_again(library, place.files / "watch.csv")
        library.add(place.files)
        library.correct("Hop Thing", "none")
        library.log("gym: squat 3x5 80 kg", on="2026-06-03", at="18:00", minutes=70)
        library.log("drills", on="2026-06-05")
        library.log("6 strides", on="2026-06-05")
        library.confirm_race(_race(library, "River race"), title="River race, hilly")
        library.add_race("2025-01-05", 5_000.0, 1_300.0, title="Added race")
        library.set_span("runs", "2025-04-01", "2026-06-30")
        library.add_break("runs", "2025-12-24", "2026-01-02")
        library.undo_merge(_merged(library, "5 km"))
        (library.folder / "claims.toml").write_text(_CLAIM)
        library.export(place.exported)
    return place


def _list_again(library: Library, path: Path) -> None:
    """Write a list in which a recorded run stands once more, without its samples."""
    run = library.runs().query("detail == 'samples'").iloc[-1]
    start = (run["start_utc"] + timedelta(seconds=run["utc_offset_s"])).strftime(
        "%Y-%m-%d,%H:%M:%S"
    )
    path.write_text(
        "date,time,distance,duration,leg_stiffness_kn_m\n"
        f"{start},{run['distance_m']:.0f} m,{run['elapsed_s']:.0f} s,9.5\n"
    )


@dataclass(frozen=True)
class Begun:
    """A verb, and the identifiers that it is about in the library that it begins with."""

    place: Place
    verb: Verb
    names: tuple[str, ...]

    def start(self) -> None:
        """Put what the verb begins with in its place."""
        shutil.rmtree(self.place.watched, ignore_errors=True)
        shutil.copytree(self.place.start, self.place.watched)

    def do(self) -> None:
        """Do the verb, undisturbed."""
        with closing(Library.open(self.place.library)) as library:
            self.verb.run(library, *self.names)


def prepare(place: Place, name: str) -> Begun:
    """Make what a verb begins with."""
    verb = verbs(place)[name]
    shutil.rmtree(place.start, ignore_errors=True)
    place.start.mkdir()
    library = place.start / "library"
    if verb.start != NOTHING:
        shutil.copytree(place.common if verb.start == COMMON else _OLDER_LIBRARY, library)
    with closing(Library.open(library)) as opened:
        if verb.prepare is not None:
            verb.prepare(opened)
        names = verb.names(opened) if verb.names is not None else ()
    return Begun(place, verb, names)


@contextmanager
def worked_out_once() -> Iterator[None]:
    """Have what takes long, and depends on its arguments alone, worked out once for equal ones."""
    with (
        patch.object(design, "design", _once(design.design)),
        patch.object(decoding, "decode", _once(decoding.decode)),
    ):
        yield


def _once(work: Callable[..., object]) -> Callable[..., object]:
    known: dict[bytes, bytes] = {}

    def kept(*given: object, **options: object) -> object:
        asked = pickle.dumps((given, options))
        if asked not in known:
            known[asked] = pickle.dumps(work(*given, **options))
        return pickle.loads(known[asked])

    return kept


# What a library says ----------------------------------------------------------------------------


def state(place: Place) -> State:
    """Return everything that a library says, as a digest by what is asked.

    A library that holds the same to the byte, in each row and each other file, is asked once.
    """
    export = {"export": _whole_export(place.out)}
    try:
        with closing(Library.open(place.library)) as library:
            held = _held(library)
            said = _SAID[held] if held in _SAID else _said(library)
    except RunAnalyticsError as error:
        return {"the library": f"cannot be opened: {error}", **export}
    if held is not None:
        _SAID[held] = said
    return {**said, **export}


#: When a source was met, which no answer depends on.
_MET = "added_utc"

#: What was said by what was held.
_SAID: dict[str | None, State] = {}


def _held(library: Library) -> str | None:
    """Return a digest of every row and of every file but the catalogue's; None of a damaged one."""
    paths = sorted(path for path in library.folder.rglob("*") if path.is_file())
    held: list[object] = [
        (str(path.relative_to(library.folder)), content_digest(path.read_bytes()))
        for path in paths
        if not path.name.startswith(("catalogue.", "writer.")) and path.suffix != ".tmp"
    ]
    try:
        catalogue = library.opened.reading()
        if catalogue is not None:
            held.append(catalogue.layout)
            query = "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"
            for name, made_by in catalogue.rows(query):
                kept = ", ".join(f'"{each}"' for each in catalogue.columns(name) if each != _MET)
                held += [made_by, *catalogue.rows(f'SELECT {kept} FROM "{name}"')]
    except RunAnalyticsError:
        return None
    return content_digest(repr(held).encode())


def _said(library: Library) -> State:
    found: State = {}
    for name in (*FILES, *word_files(library.folder)):
        path = library.folder / name
        found[name] = content_digest(path.read_bytes()) if path.exists() else ""
    try:
        for name, digest in fingerprint(library.opened).items():
            key = "samples" if name.startswith("samples of") else name
            found[key] = content_digest(f"{found.get(key, '')} {digest}".encode())
    except RunAnalyticsError as error:
        found["tables"] = f"cannot be read: {error}"
    for name, ask in _ANSWERS.items():
        try:
            said = ask(library)
        except RunAnalyticsError as error:
            said = f"cannot be read: {error}"
        text = said.to_csv() if hasattr(said, "to_csv") else repr(said)
        found[name] = content_digest(text.encode())
    return found


def _whole_export(folder: Path) -> str:
    """Return a digest of an export that calls itself whole; "" for one that does not."""
    if not (folder / "export.json").exists():
        return ""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    said = [
        f"{path.relative_to(folder)} {content_digest(path.read_bytes())}"
        for path in paths
        if path.suffix not in (".tmp", ".unfinished")
    ]
    return content_digest("\n".join(said).encode())


def between(found: State, before: State, after: State) -> str:
    """Return "before", "after", or what of a third state is new, what is old and what neither."""
    keys = sorted(found.keys() | before.keys() | after.keys())
    if all(found.get(key, "") == before.get(key, "") for key in keys):
        return "before"
    if all(found.get(key, "") == after.get(key, "") for key in keys):
        return "after"
    parts: dict[str, list[str]] = {"new": [], "old": [], "neither": []}
    for key in keys:
        value, old, new = (each.get(key, "") for each in (found, before, after))
        if value not in (old, new):
            parts["neither"].append(key)
        elif old != new:
            parts["new" if value == new else "old"].append(key)
    return "; ".join(f"{part}: {', '.join(which)}" for part, which in parts.items() if which)


def names_in(folder: Path) -> set[str]:
    """Return what lies in a folder, but for what SQLite keeps for readers."""
    return {
        RANDOM_PART.sub("*.", str(path.relative_to(folder)))
        for path in folder.rglob("*")
        if path.name not in _OF_READERS
    }


def problems(place: Place) -> list[str]:
    """Return what is wrong with the library and those beside it.

    Every byte is looked at each time; what is derived is made anew once for libraries that hold the
    same.
    """
    found: list[str] = []
    for folder in {place.library, *(each.parent for each in place.watched.glob("*/catalogue.*"))}:
        try:
            with closing(Library.open(folder)) as library:
                held = _held(library)
                if held not in _CONTRADICT:
                    library.close()
                    _CONTRADICT[held] = tuple(consistency.contradictions(library.opened))
                known = patch.object(
                    consistency, "contradictions", lambda _, held=held: list(_CONTRADICT[held])
                )
                with known:
                    found += library.verify()
                if held is None:
                    del _CONTRADICT[held]  # it cannot be read, so another may hold something else
        except RunAnalyticsError as error:
            found.append(f"it cannot be opened: {error.message}")
    return found


#: What contradicts the rest, by what was held.
_CONTRADICT: dict[str | None, tuple[str, ...]] = {}


def unsettled(place: Place) -> bool:
    """Return whether a library says itself that the next writer has something to finish."""
    try:
        with closing(Library.open(place.library)) as library:
            catalogue = library.opened.reading()
            return catalogue is not None and catalogue.meta("unsettled") is not None
    except RunAnalyticsError:
        return False
