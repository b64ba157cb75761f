"""Text from files, folders and arguments is shown as text by every output, and obeyed by none.

Both reports are laid out with such names in `tests/report`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import icalendar
import pytest

from runanalytics import Library
from runanalytics.experiments.calendar import calendar_text
from runanalytics.experiments.design import draw_plan
from runanalytics.mcp_server import mcp_server
from runanalytics.simulate import simulate_form

Run = Callable[..., Any]

#: Begins a line of its own if a line break is obeyed.
FORGED = "runanalytics: all is well"
#: What some output might obey -> the text.
HOSTILE = {
    "markup": "<script>window.obeyed=1</script><img src=x onerror=alert(1)>",
    "entities": "&lt;b&gt; &amp; \"quoted\" 'single' {{ 7*7 }} ${7*7}",
    "terminal": "\x1b[2J\x1b]0;mine\x07 \x9b31m",
    "direction": "\u202egnp.exe\u202c \u2066a\u2069 \u200f",
    "formula": '=HYPERLINK("http://example.org","x")',
    "formula behind a mark": "\ufeff=1+1",
    "formula behind no width": "\u200b@SUM(A1)",
    "typst": '#read("/etc/passwd") $x$ *bold* ]#panic()',
    "latex": r"\input{/etc/passwd} $\frac{1}{2}$ $x^",
    "console markup": "[bold red]red[/] [link=http://example.org]x[/link] [/nothing]",
    "line break": f"one\n{FORGED}\r\n{FORGED}\r{FORGED}\x0b{FORGED}\u2028{FORGED}\x85{FORGED}",
    "calendar": "x\\nEND:VEVENT\r\nBEGIN:VALARM;,:",
    "placeholders": r"%s %d {0} {name} %(a)s \g<0>",
    "long": "very " * 200 + "long" * 500,
}
TEXTS = list(HOSTILE.values())
#: Those that stand in claims, each of which takes a while to be tested.
CLAIMED = ("markup", "line break", "console markup", "long")
#: What a terminal obeys, but for the end of a line and a tabulator.
OBEYED = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: What is left of a text where blanks and line breaks do not count.
SQUEEZE = re.compile(r"\s+")


def _table(path: Path, *rows: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def write_files(folder: Path) -> None:
    """Write files in which each text stands wherever one may."""
    runs = [["date", "distance", "duration", "cadence_spm", "ground_contact_ms", "title", "device"]]
    runs[0] += ["shoe", "sensor", "notes", HOSTILE["line break"]]
    races = [["date", "distance", "time", "title"]]
    sets = [["date", "movement", "sets", "reps", "title", "notes"]]
    for number in range(3 * len(TEXTS)):
        text, other = (TEXTS[(number + place) % len(TEXTS)] for place in (0, 1))
        day = f"2026-{1 + number // 20:02}-{1 + number % 20:02}"
        said = ["10 km", f"48:{number:02}", f"{168 + number % 5}", f"{240 + number % 4}"]
        runs.append([day, *said, text, other, text, other, f"6 strides {text}", other])
        races.append([day, "5 km", f"20:{10 + number}", text])
        sets.append([day, text, "3", "5", other, text])
    for name, rows in {"runs": runs, "races": races, "sets": sets}.items():
        _table(folder / f"{name}.csv", *rows)
    for number, text in enumerate(TEXTS):
        name = text.replace("/", "∕")[:60]
        (folder / f"{name}{number}.fit").write_text("no FIT")
        (folder / f"{name}{number} list.csv").write_text(f"{text}\n1\n", newline="")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for number, text in enumerate(TEXTS):
        escaped = re.sub("\r\n|[\n\r]", r"\\n", re.sub(r"([\\;,])", r"\\\1", text))
        lines += ["BEGIN:VEVENT", f"UID:{number}", f"DTSTART;VALUE=DATE:202601{number + 1:02}"]
        lines += [f"SUMMARY:Gym: squats {escaped}", f"DESCRIPTION:{escaped}", "END:VEVENT"]
    (folder / "calendar.ics").write_bytes("\r\n".join([*lines, "END:VCALENDAR", ""]).encode())
    days = [f"2026-02-{day + 1:02} squat 3x5; {text}" for day, text in enumerate(TEXTS)]
    (folder / "diary.md").write_text("\n".join(days), encoding="utf-8", newline="")


def claim(number: int, text: str) -> str:
    """Return a claim whose words are a text."""
    said = json.dumps(text)  # as TOML quotes it, too
    return (
        f'[[claim]]\nid = "mine-{number}"\nstatement = {said}\noutcome = "cadence_spm"\n'
        f'dose = "squat"\nexpected = "up"\nresearch = {said}\nsources = [{said}]\n'
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with hostile files, and the library that was filled from them."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "in").mkdir()
    write_files(folder / "in")
    with closing(Library.open(folder / "library")) as library:
        report = library.add(folder / "in")
        assert (report.total("runs"), report.total("races")) == (42, 42)
        assert len(report.with_outcome("skipped")) == 2 * len(TEXTS)
        claims = "".join(claim(number, HOSTILE[name]) for number, name in enumerate(CLAIMED))
        (library.folder / "claims.toml").write_text(claims)
    return folder


@pytest.fixture
def library(hostile: Path) -> Iterator[Library]:
    with closing(Library.open(hostile / "library")) as library:
        yield library


#: Commands that show texts from files -> the texts that they show in full.
COMMANDS: dict[str, tuple[str, ...]] = {
    "import {files}": (),
    "status": ("console markup", "placeholders"),
    "races": ("markup", "typst", "console markup", "placeholders", "long"),
    "log proposed --all": (),
    "claims": ("markup", "console markup", "long"),
    "trend cadence": (),
    "movements {text}": ("console markup",),
    "merges": (),
    "verify": (),
}


def obeys_nothing(said: str) -> None:
    """Hold that a terminal would obey nothing in what was printed, and that nothing is forged."""
    assert OBEYED.findall(said) == []
    assert [line for line in said.split("\n") if line.strip().startswith(FORGED)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_terminal_shows_it_and_json_holds_it(run: Run, hostile: Path, command: str) -> None:
    given = {"{files}": str(hostile / "in"), "{text}": HOSTILE["console markup"]}
    words = [given.get(word, word) for word in command.split()]
    done = run(*words, library=hostile / "library")
    assert done.status in (0, 1)
    obeys_nothing(done.out + done.err)
    for name in COMMANDS[command]:
        assert SQUEEZE.sub("", HOSTILE[name]) in SQUEEZE.sub("", done.out), name
    obeys_nothing(run(*words, "--json", library=hostile / "library").out)


def test_what_is_typed_is_shown_as_text(run: Run, hostile: Path, tmp_path: Path) -> None:
    words = (
        ("trend",),
        ("effect", "cadence", "--of"),
        ("experiment", "check"),
        ("races", "confirm"),
        ("remove",),
        ("import",),
        ("experiment", "plan", "cadence", "--of", "strength", "--name"),
    )
    for text in (HOSTILE[name] for name in ("terminal", "direction", "line break")):
        for begun in words:
            done = run(*begun, text, library=tmp_path / text.replace("/", "∕"))
            assert done.status == 2
            obeys_nothing(done.out + done.err)


#: Attributes of tables in notebooks.
TABLE_MARKS = ("border", "class", "style")


class Tags(HTMLParser):
    """The tags of a page, their attributes and what is read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags |= {tag, *(name for name, _ in attrs)}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_notebook_shows_it_as_text(library: Library) -> None:
    found = [library.race_results(), library.claims_on_trial()]
    pages = [Tags(each._repr_html_()) for each in found]
    for page in pages:
        assert page.tags <= {"p", "table", "thead", "tbody", "tr", "th", "td", *TABLE_MARKS}
    shown = SQUEEZE.sub("", "".join(page.text for page in pages))
    for name in ("markup", "console markup"):
        assert SQUEEZE.sub("", HOSTILE[name]) in shown, name


def test_no_cell_of_an_export_is_a_formula_and_it_is_restored(
    library: Library, tmp_path: Path
) -> None:
    library.export(tmp_path / "out")
    n_cells = 0
    for path in (tmp_path / "out").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for cell in (cell for row in csv.reader(file) for cell in row):
                seen = cell.lstrip("\ufeff\u200b \t\r\n")
                if seen.startswith(("=", "+", "@", "-")):
                    float(cell)
                n_cells += "HYPERLINK" in cell
    assert n_cells > 9
    with closing(Library.open(tmp_path / "restored")) as restored:
        restored.restore(tmp_path / "out")
        for table in ("runs", "races", "sets", "sessions"):
            assert getattr(restored, table)().equals(getattr(library, table)()), table


def texts_in(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in JSON, names included, with where it stands."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield place, name
            yield from texts_in(each, f"{place}/{name}")
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each, place)
    elif isinstance(value, str):
        yield place, value


#: Where answers to assistants quote files in their own sentences.
QUOTING = ("/sentence", "/must_be_said", "/left_out", "/next_step")


def test_an_assistant_is_told_it_as_data_of_files(
    library: Library, ask: Callable[..., list[Any]]
) -> None:
    asked = [(name, {}) for name in ("status", "races", "experiments")]
    asked += [("trend", {"metric": "cadence"}), ("effect", {"metric": "cadence", "of": "squat"})]
    for text in TEXTS:
        asked += [("trend", {"metric": text}), ("effect", {"metric": "cadence", "of": text})]
        asked += [("adherence", {"programme": text}), ("experiment_check", {"name": text})]
    n_marked = 0
    for (name, given), told in zip(asked, ask(mcp_server(library), *asked), strict=True):
        assert told.is_error == any(text in given.values() for text in TEXTS), name
        (said,) = (each.text for each in told.content)
        obeys_nothing(said)
        if told.is_error:
            continue
        for place, text in texts_in(json.loads(said)):
            obeys_nothing(text)
            marked = place.endswith("/text_from_files")
            n_marked += marked
            quoted = any(word in text for word in ("HYPERLINK", "passwd", "onerror", "7*7"))
            assert marked or place in QUOTING or not quoted, (name, place)
    assert n_marked > len(TEXTS)


def test_a_calendar_holds_it_as_words_of_its_events() -> None:
    planned = draw_plan(
        simulate_form(3, weeks=20).form, name="x", seed=1, start="2025-01-06", today="2025-01-01"
    )
    for text in TEXTS:
        written = calendar_text(replace(planned, hypothesis=text, what=text))
        assert OBEYED.findall(written.decode().replace("\r\n", "")) == []
        assert max(map(len, written.split(b"\r\n"))) <= 75
        calendar = icalendar.Calendar.from_ical(written)
        events = calendar.subcomponents
        assert [event.name for event in events] == ["VEVENT"] * len(planned.blocks)
        assert {len(event) for event in events} == {7}, "no property more than ours"
        assert not any(event.subcomponents for event in events)


def test_names_of_runners_are_shown_as_text(run: Run, tmp_path: Path) -> None:
    texts = (HOSTILE[name] for name in ("formula", "terminal", "direction", "line break"))
    folders = [tmp_path / text.replace("/", "∕")[:60] for text in texts]
    for folder in folders:
        folder.mkdir()
        with closing(Library.open(folder)) as one:
            one.add_race("2026-03-01", 10_000.0, 2_500.0)
    for as_what in ([], ["--csv"], ["--json"]):
        done = run("cohort", *folders, "cadence", "--workers", "0", *as_what)
        assert done.status in (0, 1)
        obeys_nothing(done.out + done.err)
        if as_what == ["--csv"]:
            cells = [cell for row in csv.reader(done.out.splitlines()) for cell in row]
            begun = [cell.lstrip("\ufeff\u200b \t") for cell in cells]
            assert not [cell for cell in begun if cell.startswith(("=", "@"))]
            assert sum("HYPERLINK" in cell for cell in cells) == 1
