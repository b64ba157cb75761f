"""The schedule of an experiment on one page."""

from __future__ import annotations

import dataclasses
import io
import os
from pathlib import Path

import icalendar
import pypdf
import pytest

from runanalytics.errors import UsageError
from runanalytics.experiments.calendar import calendar_text
from runanalytics.experiments.design import draw_plan
from runanalytics.experiments.plan import Plan
from runanalytics.report.schedule import schedule_pdf
from runanalytics.simulate import simulate_form


def plan(**options: int) -> Plan:
    past = simulate_form(3, weeks=20).form
    return draw_plan(past, name="trial", seed=1, start="2025-01-06", today="2025-01-01", **options)


def test_the_page_holds_every_block_and_says_what_to_do() -> None:
    planned = plan()
    pdf = pypdf.PdfReader(io.BytesIO(schedule_pdf(planned, simulated=True)))
    assert len(pdf.pages) == 1
    text = " ".join(pdf.pages[0].extract_text().split())
    for block in planned.blocks:
        assert f"{block.first.day} {block.first:%b}" in text
    assert text.count("3 a week") == 6
    assert "Simulated data" in text
    assert planned.digest in text
    assert "seed 1" in text


def test_many_blocks_and_hostile_words_stay_on_one_page_as_they_are() -> None:
    planned = plan(weeks=104, block_weeks=1)
    words = '#read("/etc/passwd") $x$ *bold* ]#panic() \\ <b>'
    hostile = dataclasses.replace(planned, hypothesis=words, what="#sys.inputs")
    pdf = pypdf.PdfReader(io.BytesIO(schedule_pdf(hostile, paper="letter")))
    assert len(pdf.pages) == 1
    assert pdf.pages[0].mediabox.width == pytest.approx(612, abs=1)
    text = pdf.pages[0].extract_text()
    for word in ('#read("/etc/passwd")', "*bold*", "]#panic()", "#sys.inputs"):
        assert word in text
    hostile = dataclasses.replace(planned, hypothesis="x\r\nEND:VEVENT\r\nBEGIN:VALARM;,:\\n")
    events = icalendar.Calendar.from_ical(calendar_text(hostile)).subcomponents
    assert len(events) == len(planned.blocks)
    assert {event.name for event in events} == {"VEVENT"}
    assert {event["description"].splitlines()[1] for event in events} == {"END:VEVENT"}


@pytest.mark.skipif(os.name == "nt", reason="the current folder cannot be removed on Windows")
def test_a_page_needs_no_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert schedule_pdf(plan()).startswith(b"%PDF")


def test_an_unknown_paper_is_refused() -> None:
    with pytest.raises(UsageError, match="a4, letter"):
        schedule_pdf(plan(), paper="a3")
