"""The report as one page for browsers: the model set by a template, figures drawn by Vega.

The page needs no network and no other file. Its Content-Security-Policy lets nothing run and
nothing load but its own script and style, named by their digests, and no expression is evaluated
as code (Vega interprets them). Words from files go through the template's escaping, and to the
pointer as text alone.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from runanalytics.report.blocks import Drawing
from runanalytics.report.charts.specification import DAY_MS

if TYPE_CHECKING:
    from runanalytics.report.blocks import Chart, Choice, Report, Series

#: Width at which figures are drawn before the script draws them anew for the screen, px.
STILL_WIDTH: Final = 680
SPARKLINE_WIDTH: Final = 300
MOST_STILL_WEEKS: Final = 156
#: Vega reads the specifications of this version of Vega-Lite.
_VEGA_LITE: Final = "6.4"


def render(report: Report) -> bytes:
    """Return a report as one HTML file.

    Parameters
    ----------
    report : Report
        From `runanalytics.report.sections.compose`.

    Returns
    -------
    bytes
        In UTF-8.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(_shipped),
    )
    environment.filters["anchor"] = anchor
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    style, script = _shipped("page.css"), page_script()
    figures: list[dict[str, Any]] = []

    def drawn(drawing: Drawing) -> list[tuple[int, Chart, str]]:
        shown = []
        for chart in drawing.on_screen():
            figures.append(_for_script(chart))
            shown.append((len(figures) - 1, chart, still(chart, STILL_WIDTH)))
        return shown

    def sparkline(drawing: Drawing) -> str:
        (chart,) = drawing.on_screen()
        return still(chart, SPARKLINE_WIDTH)

    page = environment.get_template("page.html").render(
        report=report,
        style=style,
        script=script,
        policy=policy(script, style),
        drawn=drawn,
        sparkline=sparkline,
        figures=figures,  # filled while the figures above the script are set
    )
    return page.encode()


def policy(script: str, style: str) -> str:
    """Return a Content-Security-Policy under which only these two take effect.

    Parameters
    ----------
    script, style : str
        What stands between the tags.

    Examples
    --------
    >>> policy("", "").split("; ")[0]
    "default-src 'none'"
    """
    digests = (
        base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()
        for each in (script, style)
    )
    allowed_script, allowed_style = (f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed_script}; style-src {allowed_style}; "
        "base-uri 'none'; form-action 'none'"
    )


def anchor(heading: str) -> str:
    """Return the name of the place in the page where a heading stands.

    Examples
    --------
    >>> anchor("What you did")
    'what-you-did'
    """
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


@functools.cache
def page_script() -> str:
    """Return the page's script: Vega, its interpreter of expressions, and `page.js`."""
    import vl_convert

    bundled: str = vl_convert.javascript_bundle(_shipped("page.js"), vl_version=_VEGA_LITE)
    return bundled.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def still(chart: Chart, width: int) -> str:
    """Return a chart as SVG for readers without scripts, such as previews of files.

    Parameters
    ----------
    chart : Chart
        The chart.
    width : int
        Its width, px.
    """
    import vl_convert

    series = chart.choices[0].series
    # Single runs are thousands of bytes and say little that their weeks do not; neither do the
    # single weeks of many years beside their smooth.
    data: dict[str, list[dict[str, Any]]] = {
        name: [] if name == "runs" else rows_of(each) for name, each in series.items()
    }
    if len(data.get("weeks", [])) > MOST_STILL_WEEKS:
        smooth = ("t", "value", "low", "high")
        data["weeks"] = [{name: week.get(name) for name in smooth} for week in data["weeks"]]
    data |= chart.specification.get("datasets", {})
    drawn: str = vl_convert.vegalite_to_svg(
        chart.specification | {"datasets": data, "width": width}, vl_version=_VEGA_LITE
    )
    opened = r'<svg[^>]*?(viewBox="[^"]*")[^>]*>'
    plain = re.sub(opened, r'<svg aria-hidden="true" \1>', drawn, count=1)
    return re.sub(r' (?:d|transform)="[^"]*"', _with_one_decimal, plain)


def _with_one_decimal(places: re.Match[str]) -> str:
    return re.sub(r"(\.\d)\d+", r"\1", places[0])


def rows_of(series: Series) -> list[dict[str, Any]]:
    """Return what is drawn of a series row by row, each with its number, times in ms.

    Parameters
    ----------
    series : Series
        The series.

    Examples
    --------
    >>> from runanalytics.report.blocks import Series
    >>> rows_of(Series("", [], [], {"x": [5.0, 6.0]}))
    [{'n': 0, 'x': 5.0}, {'n': 1, 'x': 6.0}]
    """
    drawn = dict(series.drawn)
    if "t" in drawn:
        drawn["t"] = [DAY_MS * day for day in drawn["t"]]
    return [
        {"n": number, **dict(zip(drawn, row, strict=True))}
        for number, row in enumerate(zip(*drawn.values(), strict=True))
    ]


def _for_script(chart: Chart) -> dict[str, Any]:
    """Return what the script needs of a chart: the page's tables hold the words."""

    def drawn(choice: Choice) -> dict[str, dict[str, list[Any]]]:
        return {name: series.drawn for name, series in choice.series.items()}

    return {
        "specification": chart.specification,
        "choices": [drawn(choice) for choice in chart.choices],
    }


def _shipped(name: str) -> str:
    return resources.files("runanalytics.report").joinpath(name).read_text(encoding="utf-8")
