"""The report as a page for browsers: the PDF's words, nothing but data in names, one whole file."""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import altair
import numpy as np
import pandas as pd
import pypdf
import pytest

from runanalytics import schema
from runanalytics.errors import UsageError
from runanalytics.report import build_report
from runanalytics.report.blocks import Drawing
from runanalytics.report.build import compile_pdf
from runanalytics.report.contents import gather
from runanalytics.report.html import page_script, policy, render, rows_of
from runanalytics.report.sections import compose

#: As much as one file may take, bytes.
MOST_BYTES = 2_000_000

HOSTILE = (
    "<script>window.obeyed = 1</script>",
    '<img src=x onerror="window.obeyed = 1">',
    "</script><script>window.obeyed = 1</script>",
    "<!-- <script>",
    "\"><svg onload='window.obeyed = 1'>",
    "{{ 7 * 7 }} {% raw %}",
    "javascript:window.obeyed=1",
    "&lt;b&gt; &amp; \u2028 'quoted'",
)


class Page(HTMLParser):
    """Elements with their attributes, and the text that people see, by element."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self._inside: str | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in self.raw:
            self._inside = tag
            self.raw[tag].append("")
        if tag not in {"span", "strong", "small", "b"}:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw[self._inside][-1] += data
        else:
            self.texts.append((self.texts.pop() if self.texts else "") + data)

    @functools.cached_property
    def words(self) -> str:
        return squeezed("\n".join(self.texts))

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def squeezed(text: str) -> str:
    """Text without spaces, and without the marks at which long names may break."""
    return re.sub(r"[\s\u200b]", "", text)


def words_of(part: object) -> list[str]:
    """Every word of the model that is for reading, in its order."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, list):
        return [words for each in part for words in words_of(each)]
    if isinstance(part, dict):
        unread = {"kind", "widths", "align", "accent", "lang", "date", "document_title", "alt"}
        # In a page, a table's caption stands before its rows, wherever it is shown.
        first = sorted(part.items(), key=lambda item: item[0] != "caption" or "rows" not in part)
        return [words for name, each in first if name not in unread for words in words_of(each)]
    return []


@pytest.fixture(scope="module")
def gathered(frames_once):
    return gather(frames_once, elsewhere=True)


@pytest.fixture(scope="module")
def composed(gathered):
    return compose(gathered, "metric")


@pytest.fixture(scope="module")
def source(composed) -> str:
    return render(composed).decode()


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def test_it_says_what_the_pdf_says(composed, page, tmp_path):
    target = tmp_path / "report.pdf"
    target.write_bytes(compile_pdf({**composed, "paper": "a4"}))
    printed = squeezed(" ".join(each.extract_text() for each in pypdf.PdfReader(target).pages))
    said = [squeezed(each) for each in words_of(composed) if each.strip()]
    assert len(said) > 200
    assert [each for each in said if each not in page.words] == []
    # A cell of one line may be told over two on paper, with its neighbours between them.
    pieces = [piece for each in words_of(composed) for piece in re.findall(r"[\w%.,:−]+", each)]
    missing = {piece for piece in pieces if squeezed(piece) not in printed}
    assert missing <= set(re.findall(r"[\w%.,:−]+", composed["brand"])), missing


def test_sections_and_their_sentences_stand_in_the_models_order(composed, page):
    at = 0
    for section in composed["sections"]:
        for words in words_of(section):
            found = page.words.find(squeezed(words), at)
            if len(words) > 30:  # shorter ones occur in other places, too
                assert found >= 0, words
                at = found
    headings = [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    steps = itertools.pairwise(headings)
    assert all(int(after[1]) <= int(before[1]) + 1 for before, after in steps)


def test_nothing_runs_or_loads_but_its_own_script_and_style(page, source):
    (content,) = [each["content"] for each in page.attributes("meta") if "http-equiv" in each]
    assert content is not None
    rules = dict(rule.split(" ", 1) for rule in content.split("; "))
    assert rules["default-src"] == "'none'"
    assert set(rules) == {"default-src", "script-src", "style-src", "base-uri", "form-action"}
    (style,), (data, script) = page.raw["style"], page.raw["script"]
    for name, text in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"
    assert json.loads(data)
    before_script = source.split('<script type="application/json"')[0]
    assert not re.search(r"https?://(?!www\.w3\.org/)", before_script)
    named = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in named if name.startswith("on")]
    assert not named & {"src", "style", "srcdoc", "action"}
    links = [each["href"] for each in page.attributes("a")]
    anchors = {attributes.get("id") for _, attributes in page.elements}
    assert links
    assert all(str(link).startswith("#") and str(link)[1:] in anchors for link in links)


def test_every_figure_is_told_and_every_table_has_headings(page, composed):
    figures = [
        block
        for each in composed["sections"]
        for block in each["blocks"]
        if block["kind"] == "figure"
    ]
    shown = [each for each in page.attributes("div") if each.get("role") == "img"]
    assert len(page.attributes("figure")) == len(figures)
    assert all(len(str(each["aria-label"])) > 20 for each in shown)
    assert all(each.get("scope") in {"col", "row"} for each in page.attributes("th"))
    tables, captions = page.attributes("table"), page.attributes("caption")
    assert len(page.attributes("thead")) == len(tables)
    assert len(captions) == len([each for each in tables if "aria-label" not in each])
    regions = [each for each in page.attributes("div") if each.get("class") == "scroll"]
    assert all(each["aria-label"] and each["tabindex"] == "0" for each in regions)


def drawings(part: object) -> list[Drawing]:
    if isinstance(part, Drawing):
        return [part]
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [drawing for each in inside for drawing in drawings(each)]


def test_charts_are_vega_lite_and_hold_a_row_of_words_for_what_they_draw(composed):
    for drawing in drawings(composed):
        for chart in drawing.on_screen():
            first = {
                # A few rows, since the schema looks at each value of all of them.
                name: {"values": rows_of(each)[:9]}
                for name, each in chart.choices[0].series.items()
            }
            named = {name: each["values"] for name, each in first.items()}
            altair.LayerChart.from_dict(chart.specification | {"datasets": named})
            for choice in chart.choices:
                for series in choice.series.values():
                    lengths = {len(each) for each in series.drawn.values()}
                    assert len(lengths) == 1
                    told = series.drawn.get("row", range(max(lengths)))
                    if series.rows:
                        assert {row for row in told if row is not None} == set(
                            range(len(series.rows))
                        )
                    assert {len(row) for row in series.rows} <= {len(series.columns)}


def test_a_run_is_drawn_as_the_usual_recent_device_would_read_it(composed, contents):
    drawing = next(each for each in drawings(composed["sections"][0]))
    trend = contents.trends["cadence_spm"]
    assert trend.device_steps
    (chart,) = drawing.on_screen()
    series = chart.choices[0].series
    weekly = trend.weekly
    alone = (weekly["runs"] == 1).to_numpy()
    days = pd.to_datetime(pd.Series(series["runs"].drawn["t"]), unit="D").dt.floor("D")
    monday = (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).dt.normalize()
    value = pd.Series(series["runs"].drawn["value"], index=monday)
    expected = weekly[alone].set_index("week")["observed"]
    assert len(expected) >= 3
    np.testing.assert_allclose(value[expected.index], expected, rtol=2e-3)


def test_paces_can_be_chosen_and_devices_hidden(composed, page):
    chart = next(each for each in drawings(composed["sections"][0])).on_screen()[0]
    labels = [choice.label for choice in chart.choices]
    assert len(labels) >= 3
    assert all(re.fullmatch(r"\d+:\d\d/km", label) for label in labels)
    assert all(choice.words.startswith("Now") for choice in chart.choices[1:])
    assert chart.choices[0].words == ""  # they stand below the figure
    assert len(chart.hideable) == 2
    kinds = [each["type"] for each in page.attributes("input")]
    assert kinds.count("radio") == 2 * len(labels)
    assert kinds.count("checkbox") == 8


def test_it_is_the_same_every_time_and_of_a_size_to_send(composed, source):
    assert render(composed).decode() == source
    assert len(source.encode()) < MOST_BYTES


def test_ten_years_fit_into_the_same_size(frames, simulated):
    tables = {}
    for table in ("runs", "segments", "sessions", "races"):
        copies = []
        for year in range(9):
            shifted = simulated[table].copy()
            shifted["local_date"] += pd.Timedelta(weeks=60 * year)
            for column in {"run_id", "session_id", "race_id"} & set(shifted.columns):
                shifted[column] = shifted[column] + f"-{year}"
            copies.append(shifted)
        tables[table] = pd.concat(copies, ignore_index=True)
    spans = simulated["log_spans"]
    tables["log_spans"] = spans.assign(last_date=tables["runs"]["local_date"].max())
    library = frames("sets", **tables)
    assert len(render(compose(gather(library, elsewhere=True), "metric"))) < MOST_BYTES


def test_names_from_files_are_text_and_nothing_else(frames, simulated, tmp_path):
    names = list(HOSTILE)
    races = pd.concat([simulated["races"]] * 3, ignore_index=True).head(len(names))
    dates = pd.date_range("2025-05-01", periods=len(names), freq="7D", unit="us")
    ids = [f"race-{number}" for number in range(len(names))]
    races = races.assign(race_id=ids, title=names, local_date=dates)
    runs = simulated["runs"].assign(
        title=[names[n % len(names)] for n in range(len(simulated["runs"]))]
    )
    sessions = simulated["sessions"].assign(title=names[0])
    sets = simulated["sets"].assign(name_as_logged=names[1])
    segments = simulated["segments"].assign(device=names[2])
    skipped = {"digest": "1", "name": names[3], "added_utc": "2026-01-01T00:00:00Z"}
    skipped |= {"outcome": "skipped", "reason": names[4]}
    sources = schema.check(pd.DataFrame([skipped]), "sources")
    library = frames(
        races=races, runs=runs, sessions=sessions, sets=sets, segments=segments, sources=sources
    )
    stated = library.claims()
    library.claims = lambda: {  # type: ignore[method-assign]
        key: dataclasses.replace(claim, statement=f"{names[0]} {claim.statement}")
        for key, claim in stated.items()
    }
    target = build_report(library, tmp_path / "report.html")
    page = Page(target.read_text(encoding="utf-8"))
    for name in names:
        assert page.words.count(squeezed(name.replace("\u2028", " "))) >= 2, name
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "link", "base"}
    assert len(page.raw["script"]) == 2
    assert not [
        1 for _, attributes in page.elements for each in attributes if each.startswith("on")
    ]
    assert "49" not in {text.strip() for text in page.texts}


def test_the_script_cannot_end_early_and_evaluates_no_text():
    script = page_script()
    assert "</script" not in script.lower()
    assert "<!--" not in script
    assert "unsafe" not in policy(script, "")


def test_miles_are_miles_throughout(gathered):
    words = Page(render(compose(gathered, "imperial")).decode()).words
    assert "/mi" in words
    assert "/km" not in words


@pytest.mark.parametrize(
    "without", [("segments",), ("runs", "segments", "races"), ("sessions", "sets", "log_spans")]
)
def test_a_library_that_lacks_much_has_a_page(frames, tmp_path, without):
    target = build_report(frames(*without), tmp_path / "report.html")
    words = Page(target.read_text(encoding="utf-8")).words
    assert "Howthiswasworkedout" in words
    assert "nan" not in re.findall(r"\w+", words.lower())


@pytest.mark.parametrize("name", ["report.docx", "report"])
def test_another_kind_of_file_is_refused_with_those_that_there_are(frames_once, tmp_path, name):
    with pytest.raises(UsageError, match=r"let its name end in \.pdf or \.html"):
        build_report(frames_once, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_older_page_stays_until_the_new_one_is_whole(frames, tmp_path, monkeypatch):
    target = Path(tmp_path / "report.html")
    target.write_text("the old one")
    monkeypatch.setattr("runanalytics.report.html.page_script", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_report(frames("runs", "segments", "races"), target)
    assert target.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [target]
