"""The report: what it says, for whom it can be read, and what it never does."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import pypdf
import pytest

import runanalytics
from runanalytics import RunAnalyticsError, report, schema
from runanalytics.errors import LibraryError, UsageError
from runanalytics.findings.trend import trend
from runanalytics.report import build_report
from runanalytics.report.build import (
    REPORT,
    _empty,
    _on_paper,
    _with_figures,
    compile_layout,
    compile_pdf,
    page_fills,
)
from runanalytics.report.second_process import SecondProcess

QUESTIONS = (
    "What changed",
    "What you did",
    "What goes along with what",
    "How sure this is",
    "What to do next",
)

HOSTILE = (
    "#set page(fill: red)",
    "$x^2$ and $$",
    "= Heading",
    "*bold* _it_ `raw`",
    "[link](http://example.com/x)",
    '#import "@preview/a:0.1.0": *',
    '#read("{secret}")',
    "\\input{/etc/passwd} \\textbf{x}",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "\"quoted\" 'single'",
    "// comment /* x */",
    "https://example.com/?a=1&b=2",
    "Run \U0001f3c3 Zürich Łódź",
    "Ω ≈ ½ → “quotes” … €",
    "W" * 110,
    "&amp; %s {0} {{x}} ~@label #",
)


def squeezed(text: str) -> str:
    """Text without spaces, and without the marks at which long names may break."""
    return re.sub(r"[\s\u200b]", "", text)


def plain(text: str) -> str:
    """Text with one plain space for each gap."""
    return " ".join(text.split())


@cache  # extracting the text of a report takes a second
def read(path: Path) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(path)
    return reader, " ".join(page.extract_text() for page in reader.pages)


def elements(reader: pypdf.PdfReader) -> list[pypdf.generic.DictionaryObject]:
    """Every element of the structure tree."""
    found = []
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            waiting.extend(node)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                waiting.append(node["/K"])
    return found


@pytest.fixture(scope="module")
def undrawn() -> Callable[..., Path]:
    """Build a report with empty figures, for its text: writing them takes half of the time."""
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="150"></svg>'

    def build(*arguments: Any, **options: Any) -> Path:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("runanalytics.report.figures._svg", lambda _: empty)
            return build_report(*arguments, **options)

    return build


@pytest.fixture(scope="session")
def of_sample(demo: Path) -> Path:
    return demo / "progress.pdf"


def test_page_one_answers_four_questions(of_sample):
    reader, _ = read(of_sample)
    first = squeezed(reader.pages[0].extract_text())
    for question in QUESTIONS:
        assert squeezed(question) in first
    assert re.search(r"\d+runs", first)
    assert squeezed("not what caused what") in first


def lowest_mm(page: pypdf.PageObject) -> float:
    """How far above the foot of the page its text ends, the line at the foot aside."""
    heights = [297.0]

    def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        height = (cm[1] * tm[4] + cm[3] * tm[5] + cm[5]) * 25.4 / 72
        if text.strip() and height > 19:
            heights.append(height)

    page.extract_text(visitor_text=note)
    return min(heights)


def test_one_page_is_the_runners_and_no_page_is_half_empty(of_sample):
    reader, _ = read(of_sample)
    assert "Cadence and contact time" in reader.pages[1].extract_text()
    fills = [(297 - 21 - lowest_mm(page)) / (297 - 40) for page in reader.pages]
    assert min(fills) > 0.64, fills  # two thirds of a page, less the line that text ends above


def test_all_answers_are_on_page_one_though_there_is_more_to_say(contents):
    from runanalytics.report.sections import compose

    report = compose(contents, "metric")
    (*answers, last) = report["answers"]
    n_pages = 1
    while n_pages == 1:  # until it is too much for the usual sizes
        more = " It goes on for about as long as two lines of the answers on this page are." * 2
        answers[-1] = {**answers[-1], "text": answers[-1]["text"] + more}
        data = {**report, "answers": [*answers, last], "paper": "a4"}
        usual = pypdf.PdfReader(
            io.BytesIO(compile_layout(REPORT, _with_figures({**data, "sections": []}, _on_paper)))
        )
        n_pages = len(usual.pages)
    reader = pypdf.PdfReader(io.BytesIO(compile_pdf(data)))
    assert "Cadence and contact time" in reader.pages[1].extract_text()


def test_a_page_that_a_block_runs_over_is_full():
    assert page_fills([(2, 0.1), (2, 0.3), (2, 0.4), (4, 0.2)]) == [1.0, 1.0, 0.2]
    assert page_fills([]) == []


def test_every_page_of_a_simulated_runner_says_so(of_sample):
    reader, _ = read(of_sample)
    assert len(reader.pages) >= 5
    for number, page in enumerate(reader.pages, start=1):
        text = squeezed(page.extract_text())
        assert "Simulateddata" in text
        assert f"{number}/{len(reader.pages)}" in text


@pytest.fixture(scope="module")
def real(simulated, frames_once, undrawn, tmp_path_factory) -> tuple[Any, str]:
    """A library that nothing in says is simulated, with a file left out, and its report's text."""
    skipped = pd.DataFrame(
        {
            "digest": ["1"],
            "name": ["broken.fit"],
            "added_utc": ["2026-01-01T00:00:00Z"],
            "outcome": ["skipped"],
            "reason": ["it ends in the middle of a record"],
        }
    )
    named = {name: simulated[name].assign(device="Watch") for name in ("runs", "segments")}
    spans = simulated["log_spans"].assign(source="log.csv")
    sources = schema.check(skipped, "sources")
    library = type(frames_once)({**simulated, **named, "log_spans": spans, "sources": sources})
    _, text = read(undrawn(library, tmp_path_factory.mktemp("real") / "report.pdf"))
    return library, text


def test_a_real_runner_is_not_called_simulated(real):
    assert "simulated data" not in real[1].lower()


def test_screen_readers_can_read_it(of_sample):
    reader, _ = read(of_sample)
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title.startswith("Progress report, ")
    figures = [node for node in elements(reader) if node["/S"] == "/Figure"]
    assert len(figures) >= 7
    assert all(len(node["/Alt"]) > 20 for node in figures)
    kinds = {str(node["/S"]) for node in elements(reader)}
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD"} <= kinds


def test_fonts_are_embedded(of_sample):
    reader, _ = read(of_sample)
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in fonts)


def test_nothing_private_is_in_its_metadata(of_sample):
    data = of_sample.read_bytes()
    reader, text = read(of_sample)
    assert reader.metadata.author is None
    assert set(reader.metadata) <= {"/Title", "/Creator", "/Producer", "/CreationDate", "/ModDate"}
    # Its library stood in a temporary folder of this name.
    for secret in ("runanalytics-demo", str(Path.home()), "latitude", "longitude"):
        assert secret not in text
        assert secret.encode() not in data


def test_it_is_the_same_every_time_and_says_what_the_findings_say(
    frames, answered, tmp_path, monkeypatch
):
    library = frames()
    answered.clear()
    first = build_report(library, tmp_path / "a.pdf")
    answered.clear()
    # Once more by two processes, the second of which works out all that it is asked for.
    asked: list[str] = []
    ask = SecondProcess._ask

    def counted(self: SecondProcess, call: Any) -> Any:
        answer = ask(self, call)
        asked.append(call.func.__name__)
        return answer

    monkeypatch.setattr(SecondProcess, "_ask", counted)
    monkeypatch.setattr(Future, "cancel", lambda _: False)
    monkeypatch.setattr("runanalytics.report.build.cores", lambda: 2)
    second = build_report(library, tmp_path / "b.pdf")
    assert first.read_bytes() == second.read_bytes()
    assert asked[:2] == ["load", "trend"]
    assert len(asked) > 10  # and figures
    reader, text = read(first)
    days = [table()["local_date"].max() for table in (library.runs, library.sessions)]
    assert reader.metadata.creation_date.date() == max(days).date()
    found = trend(library.form("ground_contact_ms"))
    assert f"{found.value:.0f} ms (95 % interval {found.low:.0f} to {found.high:.0f})" in plain(
        text
    )


def test_miles_letter_and_a_given_pace(frames, undrawn, tmp_path):
    target = tmp_path / "report.pdf"
    speed_m_s = 1609.344 / 540
    built = undrawn(frames(), target, units="imperial", paper="letter", speed_m_s=speed_m_s)
    reader, text = read(built)
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == [612.0, 792.0]
    assert "9:00/mi" in text
    assert "/km" not in text


#: Audit events of Python that report opened files, sockets and processes.
_OPENING = ("open", "socket.", "subprocess.", "os.system", "os.exec", "urllib.")


@pytest.fixture(scope="module")
def opened() -> Callable[[], AbstractContextManager[list[tuple[str, str]]]]:
    """Everything that is opened inside a block; the hook stays for as long as Python runs."""
    listening: list[list[tuple[str, str]]] = []

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event.startswith(_OPENING):
            name = arguments[0] if event == "open" else str(arguments)
            if not isinstance(name, int):  # a descriptor: its opening was reported
                listening[-1].append((event, os.fsdecode(name)))

    sys.addaudithook(listen)

    @contextmanager
    def inside() -> Iterator[list[tuple[str, str]]]:
        listening.append([])
        yield listening[-1]
        listening.clear()

    return inside


def foreign(events: list[tuple[str, str]], folder: Path) -> list[tuple[str, str]]:
    """What is neither installed software with its fonts, nor in the folder of the report."""
    own = [folder, *map(Path, (sys.prefix, sys.base_prefix, runanalytics.__file__))]
    own += [Path(matplotlib.get_cachedir()), Path(matplotlib.get_data_path())]
    known = [str(each.parent if each.suffix == ".py" else each) for each in own]
    known += [str(Path(each).resolve()) for each in known]
    return [
        (event, name)
        for event, name in events
        if event != "open" or not os.path.abspath(name).startswith(tuple(known))  # noqa: PTH100
    ]


def test_hostile_names_are_shown_as_they_are(frames, simulated, tmp_path, opened):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the file")
    names = [name.replace("{secret}", str(secret)) for name in HOSTILE]
    races = pd.concat([simulated["races"]] * 4, ignore_index=True).head(len(names))
    races = races.assign(
        race_id=[f"race-{number}" for number in range(len(races))],
        title=names,
        local_date=pd.date_range("2025-05-01", periods=len(races), freq="7D", unit="us"),
    )
    sets = simulated["sets"].copy()
    known = sets["name_as_logged"].unique().tolist()
    sets["name_as_logged"] = sets["name_as_logged"].map(
        dict(zip(known, names[: len(known)], strict=True))
    )
    skipped = pd.DataFrame(
        {
            "digest": [str(number) for number in range(len(names))],
            "name": names,
            "added_utc": "2026-01-01T00:00:00Z",
            "outcome": "skipped",
            "reason": "broken $a$ #panic()",
        }
    )
    segments = simulated["segments"].assign(device="Simulated $x$ #[watch] <b>" * 20)
    library = frames(
        races=races, sets=sets, segments=segments, sources=schema.check(skipped, "sources")
    )

    with opened() as events:
        secret.read_text()
        socket.socket().close()
    work = tmp_path / "work"
    assert [event for event, _ in foreign(events, work)] == ["open", "socket.__new__"]
    with opened() as events:
        built = build_report(library, work / "report.pdf")
    assert foreign(events, work) == []
    # typst is no Python and sends no events: its layout has nothing that reads or runs a name.
    layout = Path(report.__file__).with_name("progress.typ").read_text(encoding="utf-8")
    assert not re.search(r"\b(read|eval|plugin|csv|toml|yaml|xml)\(|#?\b(import|include) ", layout)
    assert any(event == "open" and name.startswith(str(work)) for event, name in events)
    reader, text = read(built)
    shown = squeezed(text)
    for name in names:
        assert shown.count(squeezed(name)) >= 2, name
    assert "the secret of the file" not in text
    assert "broken $a$ #panic()" in text
    assert not [page for page in reader.pages if "/Annots" in page]


def one_run(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    run = tables["runs"].head(1)
    empty = {name: schema.empty(name) for name in ("sessions", "sets", "races", "log_spans")}
    inside = tables["segments"]["run_id"].isin(run["run_id"])
    return {**empty, "runs": run, "segments": tables["segments"][inside]}


@pytest.fixture
def little(frames, simulated):
    """A library of one run, whose report is quickly built."""
    return frames(**one_run(simulated))


def test_control_characters_and_endless_names_do_no_harm(little, simulated, tmp_path):
    titles = ["bell\x07 turn\u202e", "x" * 5_000, "two\nlines", None]
    little.tables["races"] = simulated["races"].head(4).assign(title=titles)
    _, text = read(build_report(little, tmp_path / "report.pdf"))
    assert "two lines" in text
    assert "\u202e" not in text
    assert "x" * 200 not in squeezed(text)
    assert "xxx…" in squeezed(text)


def test_other_scripts_than_the_fonts_know_are_shown(little, simulated, tmp_path):
    titles = ["東京マラソン Tokyo", "سباق Doha"]
    little.tables["races"] = simulated["races"].head(2).assign(title=titles)
    _, text = read(build_report(little, tmp_path / "report.pdf"))
    assert "Tokyo" in text
    # Extracted in the order of reading or in that on the page.
    assert "سباق" in text or "سباق"[::-1] in text


def without_dynamics(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {
        name: tables[name].assign(ground_contact_ms=float("nan")) for name in ("runs", "segments")
    }


def few_weeks(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    until = pd.Timestamp("2025-07-15")
    cut = {
        name: tables[name][tables[name]["local_date"] < until]
        for name in ("runs", "segments", "sessions", "races")
    }
    return {**cut, "log_spans": tables["log_spans"].assign(last_date=until)}


def no_work(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    spans = tables["log_spans"]
    return {
        "sessions": schema.empty("sessions"),
        "sets": schema.empty("sets"),
        "log_spans": spans[spans["what"] == "runs"],
    }


def no_runs(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: schema.empty(name) for name in ("runs", "segments", "races")}


def one_race(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    names = ("runs", "segments", "sessions", "sets", "log_spans")
    race = tables["races"].head(1).assign(time_s=float("nan"), distance_m=float("nan"))
    return {"races": race, **{name: schema.empty(name) for name in names}}


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (without_dynamics, "No run has ground contact time."),
        (one_run, "You ran once and covered"),
        (few_weeks, "There is not enough data yet to say what goes along with what."),
        (no_work, "No strength or technique session is logged."),
        (no_runs, "No run is recorded."),
        (one_race, "No run is recorded."),
    ],
)
def test_too_little_data_is_said_and_never_a_crash(frames, simulated, tmp_path, case, says):
    _, text = read(build_report(frames(**case(simulated)), tmp_path / "report.pdf"))
    assert squeezed(says) in squeezed(text)
    assert squeezed("How this was worked out") in squeezed(text)
    assert "nan" not in re.findall(r"\w+", text.lower())


def test_no_races_is_said(frames, undrawn, tmp_path):
    _, text = read(undrawn(frames("races"), tmp_path / "report.pdf"))
    assert "No race is recorded." in text


def test_an_empty_library_is_an_error_that_says_what_to_do(library, tmp_path):
    with pytest.raises(RunAnalyticsError, match="import run files") as caught:
        build_report(library, tmp_path / "report.pdf")
    assert caught.value.exit_status == 2
    assert list(tmp_path.glob("*.pdf")) == []


@pytest.mark.parametrize(("option", "value"), [("units", "furlongs"), ("paper", "a3")])
def test_an_unknown_option_names_the_known_ones(little, tmp_path, option, value):
    with pytest.raises(UsageError, match=f"unknown {option} '{value}'; known are: "):
        build_report(little, tmp_path / "report.pdf", **{option: value})


def test_a_place_that_cannot_be_written_is_named(little, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for target in (tmp_path / "file" / "report.pdf", tmp_path):
        with pytest.raises(LibraryError) as caught:
            build_report(little, target)
        assert caught.value.exit_status == 3
        assert str(target) in str(caught.value)


def test_a_full_disk_leaves_the_old_report_alone(little, tmp_path, monkeypatch):
    target = tmp_path / "report.pdf"
    target.write_bytes(b"the old one")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LibraryError, match="the disk is full"):
        build_report(little, target)
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_it_is_for_its_owner_alone(little, tmp_path):
    old = os.umask(0)
    try:
        written = build_report(little, tmp_path / "reports" / "report.pdf")
    finally:
        os.umask(old)
    assert written.stat().st_mode & 0o777 == 0o600
    assert list(written.parent.iterdir()) == [written]


def test_what_was_left_out_is_listed(real):
    library, text = real
    assert "broken.fit: it ends in the middle of a record" in text
    excluded = library.form("cadence_spm").attrs["excluded"]
    assert excluded
    assert squeezed(excluded[0]["reason"]) in squeezed(text)


def test_its_content_is_plain_values_with_claims_by_their_words(contents):
    from runanalytics.report.blocks import Drawing
    from runanalytics.report.sections import compose

    def undrawn(part: object) -> str:
        assert isinstance(part, Drawing)
        return "drawn on demand"

    report = compose(contents, "metric")
    words = json.loads(json.dumps(report, allow_nan=False, default=undrawn))
    assert "cause" not in json.dumps(words["answers"]).replace("not what caused what", "")
    shown = json.dumps(words["sections"])
    assert not [each.id for each in contents.claims.verdicts if each.id in shown]
    (claims,) = [each for each in words["sections"] if each["heading"] == "Claims tested"]
    items = [item for block in claims["blocks"] for item in block.get("items", ())]
    untested = contents.claims.with_verdict("not enough data")
    assert len(items) == len({(each.reason, each.enough_on) for each in untested})
    assert sum(item.count("“") for item in items) == len(untested)


def test_figures_are_of_the_size_that_they_are_laid_out_with(contents):
    from runanalytics.report.blocks import Drawing
    from runanalytics.report.sections import compose

    sizes = []

    def tag(svg: str) -> tuple[float, ...]:
        size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
        return tuple(map(float, size.groups()))

    def compared(drawing: Drawing) -> str:
        sizes.append((tag(drawing.on_paper()), tag(_empty(drawing))))
        return ""

    _with_figures(compose(contents, "metric"), compared)
    assert len(sizes) > 6
    assert [drawn for drawn, _ in sizes] == [pytest.approx(empty) for _, empty in sizes]


def test_races_claims_programmes_and_drift_have_their_pages(of_sample):
    _, text = read(of_sample)
    shown = plain(text)
    for words in (
        "10 km would now take about",
        "Races to come",
        "Late in long runs",
        "An hour into a run it is now",
        "The diary was last kept on 3 October 2026.",
        "Programmes",
        "Followed: how much of what it prescribes",
        "Claims tested",
        "Research does not side with every claim",
    ):
        assert words in shown, words


def test_what_there_are_no_data_for_has_no_page(frames, tmp_path):
    tables = ("segments", "sessions", "sets", "races", "log_spans")
    _, text = read(build_report(frames(*tables), tmp_path / "report.pdf"))
    for heading in ("Late in long runs", "Programmes", "Claims tested", "Races to come"):
        assert heading not in plain(text)


def test_a_report_of_races_alone_goes_on_below_the_answers(frames, simulated, tmp_path):
    races = simulated["races"]
    races = pd.concat([races, races.assign(race_id=races["race_id"] + " again")])
    without = [name for name in simulated if name != "races"]
    source = frames(*without, races=races)
    reader, text = read(build_report(source, tmp_path / "report.pdf", paper="letter"))
    fills = [(279.4 - 21 - lowest_mm(page)) / (279.4 - 40) for page in reader.pages]
    assert len(fills) == 2
    assert min(fills) > 0.64, fills
    assert "Without runs" in plain(text)


def test_one_race_is_no_figure_and_no_change(frames, simulated, undrawn, tmp_path):
    races = simulated["races"].head(1)
    _, text = read(undrawn(frames(races=races), tmp_path / "report.pdf"))
    assert "From 1 race, 10 km would now take about" in plain(text)
    assert "Each dot is a race" not in plain(text)
