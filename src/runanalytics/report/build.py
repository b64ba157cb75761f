"""Writing the report: contents of a library as a page for browsers, or laid out by typst as PDF."""

from __future__ import annotations

import errno
import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runanalytics.arguments import checked_arguments
from runanalytics.errors import LibraryError, UsageError
from runanalytics.library.storage.durable import write_durably
from runanalytics.processes import cores
from runanalytics.report.blocks import Drawing
from runanalytics.report.second_process import SecondProcess

if TYPE_CHECKING:
    from runanalytics.report.blocks import Report
    from runanalytics.report.contents import ReportSource

#: Paper size -> its name in Typst.
PAPERS = {"a4": "a4", "letter": "us-letter"}
#: What the name of a report ends in, and what it then is.
SUFFIXES: Final = {".pdf": "a PDF", ".html": "a page for browsers"}
#: What layouts may read, which is nothing that they do; by default typst wants the current folder,
#: which may be gone.
#: typst's annotations want it to be of the same kind as the layout; it takes any path.
_ROOT: Final[Any] = str(Path(__file__).parent)
#: Layout of the report.
REPORT: Final = "progress.typ"
#: Accessible to screen readers: tagged, titled, in a stated language, figures described.
STANDARD: Final = "ua-1"
#: Shares of the usual distance between blocks, in the order in which they are tried: that first.
SPREADS: Final = (1.0, 1.2, 0.8, 1.5, 0.65, 1.8, 0.5)
#: Share of a page's text below which it counts as empty, and from which on a last page can be
#: filled by setting the last section roomier.
FULL: Final = 2 / 3
NEARLY_FULL: Final = 0.48
#: Runs up to which a second process works on a PDF: with their tables it takes some 240 MiB, and
#: with more runs the two would need more than the 600 MiB that a command may.
MOST_RUNS_FOR_TWO: Final = 3_000


@checked_arguments
def build_report(
    library: ReportSource,
    path: str | os.PathLike[str],
    *,
    units: str = "metric",
    paper: str = "a4",
    speed_m_s: float | None = None,
) -> Path:
    """Write a progress report on a library, as PDF or as one page for browsers.

    Parameters
    ----------
    library : Library
        Whose data it is about.
    path : path
        The file; its name ends in .pdf or .html. An older one there is replaced once the new one
        is complete.
    units : {"metric", "imperial"}
        Kilometres or miles.
    paper : {"a4", "letter"}
        Size of the pages of a PDF.
    speed_m_s : float, optional
        Reference speed, m/s. Default: the runner's usual one.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        If `units` or `paper` is unknown, or the name ends in neither .pdf nor .html.
    RunAnalyticsError
        If the library holds nothing to report on.
    LibraryError
        If it cannot be written.
    """
    if units not in ("metric", "imperial"):
        raise UsageError(f"unknown units '{units}'", hint="known are: metric, imperial")
    target = checked_target(path, paper)
    # It begins to load what it needs before this one does, which loads the rest while it works.
    with SecondProcess(wanted=_is_worth_two(library, target)) as second:
        second.asked(load)
        from runanalytics.report.contents import gather

        contents = gather(library, speed_m_s, elsewhere=_is_page(target), asked=second.asked)
        from runanalytics.report.sections import compose

        report = compose(contents, units, second.left)
        del contents  # before it is laid out, which takes as much room again
        return write_report(target, report, paper)


def _is_worth_two(library: ReportSource, target: Path) -> bool:
    """Return whether a second process makes a report sooner, and there is room for it."""
    # A page for browsers is mostly the work of Vega, whose memory it would come to.
    return cores() > 1 and not _is_page(target) and 0 < library.count_runs() <= MOST_RUNS_FOR_TWO


def load() -> None:
    """Load all that a second process works with, which takes as long as much of its work."""
    import runanalytics.findings.trend  # noqa: F401
    from runanalytics.report import figures

    figures.load()


def checked_target(
    path: str | os.PathLike[str], paper: str, suffixes: Sequence[str] = (*SUFFIXES,)
) -> Path:
    """Return where a report is written, before anything is worked out.

    Parameters
    ----------
    path : path
        The file.
    paper : {"a4", "letter"}
        Size of the pages of a PDF.
    suffixes : sequence of str
        What its name may end in.

    Raises
    ------
    UsageError
        If `paper` is unknown, or the name does not end in one of `suffixes`.
    LibraryError
        If it is a folder.
    """
    if paper not in PAPERS:
        raise UsageError(f"unknown paper '{paper}'", hint=f"known are: {', '.join(PAPERS)}")
    target = Path(path).expanduser().absolute()
    if target.is_dir():
        raise LibraryError("this is a folder", where=str(target), hint="name a file in it")
    suffix = target.suffix.lower()
    if suffix not in suffixes:
        kinds = " or ".join(SUFFIXES[each] for each in suffixes)
        raise UsageError(
            f"a report is {kinds}, not '{suffix or target.name}'",
            where=str(target),
            hint=f"let its name end in {' or '.join(suffixes)}",
        )
    return target


def write_report(target: Path, report: Report, paper: str) -> Path:
    """Render a report and write it whole, or leave an older one as it was.

    Parameters
    ----------
    target : Path
        From `checked_target`.
    report : Report
        What it says and shows.
    paper : {"a4", "letter"}
        Size of the pages of a PDF.
    """
    if _is_page(target):
        from runanalytics.report.html import render

        _write(target, render(report))
    else:
        _write(target, compile_pdf({**report, "paper": PAPERS[paper]}))
    return target


def _is_page(target: Path) -> bool:
    """Return whether a report is a page for browsers."""
    return target.suffix.lower() == ".html"


def compile_pdf(data: dict[str, Any]) -> bytes:
    """Return the report as PDF.

    Parameters
    ----------
    data : dict
        A `Report` (`runanalytics.report.blocks`), and the ``paper``.
    """
    # First, since another process may still be drawing.
    settings = _without_empty_pages(_layout(REPORT), _with_figures(data, _empty))
    return compile_layout(REPORT, _with_figures(data, _on_paper), settings)


def compile_layout(
    name: str, data: dict[str, Any], settings: Mapping[str, str] | None = None
) -> bytes:
    """Return data laid out as PDF.

    The fonts inside typst cover most scripts. A name in another script is shown with a font of the
    machine, and where there is none with matplotlib's, which has a sign for every character.

    Parameters
    ----------
    name : str
        File of the layout, in this folder.
    data : dict
        All that it shows; goes in as JSON.
    settings : mapping of str to str, optional
        Other inputs of the layout.
    """
    import typst

    layout = _layout(name)
    inputs = {"data": json.dumps(data)} | dict(settings or {})
    for fonts in (_own_fonts, _fonts_of_machine, _every_sign):
        try:
            return bytes(
                typst.compile(
                    layout,
                    root=_ROOT,
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=[STANDARD],
                    **fonts(),
                )
            )
        except typst.TypstError as error:
            if fonts is _every_sign or "could not be displayed" not in str(error):
                raise
    raise AssertionError("the last attempt returns or raises")


def _own_fonts() -> dict[str, Any]:
    return {"ignore_system_fonts": True}


def _fonts_of_machine() -> dict[str, Any]:
    return {"ignore_system_fonts": False}


def _every_sign() -> dict[str, Any]:
    import matplotlib  # which takes longer to load than a report to lay out

    last_resort = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")
    return _fonts_of_machine() | {"font_paths": [last_resort]}


def _with_figures(part: Any, drawn: Callable[[Drawing], str]) -> Any:
    """Return a part of the model with drawings as SVG, in the form that the layout reads."""
    if isinstance(part, list):
        return [_with_figures(each, drawn) for each in part]
    if not isinstance(part, dict):
        return part
    return dict(
        ("svg", drawn(each)) if isinstance(each, Drawing) else (name, _with_figures(each, drawn))
        for name, each in part.items()
    )


def _on_paper(drawing: Drawing) -> str:
    return drawing.on_paper()


def _empty(drawing: Drawing) -> str:
    """Return an empty figure of the size of one: quickly read, and there before it is drawn."""
    width, height = (72 * side for side in drawing.size_in)
    box = f'width="{width:f}pt" height="{height:f}pt" viewBox="0 0 {width:f} {height:f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}></svg>'


def _layout(name: str) -> bytes:
    return resources.files("runanalytics.report").joinpath(name).read_bytes()


def _without_empty_pages(layout: bytes, data: dict[str, Any]) -> dict[str, str]:
    """Return the settings of the layout at which the emptiest page is fullest, or full enough."""
    inputs = {"data": json.dumps(data)}
    best: dict[str, str] = {}
    fullest = 0.0
    usual = _ink_places(layout, inputs)
    # If what follows the answers does not begin on page 2, page 1 was too long.
    tight = {"tight": "yes"} if usual[0][0] > 2 else {}
    # Where nothing else helps, the report is short, and what follows the answers begins on page 1.
    for onward, spread in itertools.product(({}, {"onward": "yes"}), SPREADS):
        for roomy in ({}, {"roomy": "yes"}):
            setting = {"spread": str(spread), **roomy, **onward, **tight}
            as_usual = setting == {"spread": str(SPREADS[0])}
            places = usual if as_usual else _ink_places(layout, inputs | setting)
            *inner, last = page_fills(places)
            emptiest = min([*inner, last])
            if emptiest > fullest:
                best, fullest = setting, emptiest
            if emptiest >= FULL:
                return best
            if min(inner, default=1.0) < FULL or last < NEARLY_FULL:
                break
    return best


def _ink_places(layout: bytes, inputs: dict[str, str]) -> list[tuple[int, float]]:
    import typst

    places: list[tuple[int, float]] = json.loads(
        typst.query(
            layout,
            "<ink-places>",
            root=_ROOT,
            field="value",
            one=True,
            sys_inputs=inputs,
            ignore_system_fonts=True,
        )
    )
    return places


def page_fills(places: list[tuple[int, float]]) -> list[float]:
    """Return how full each page after the first is.

    Parameters
    ----------
    places : list of (int, float)
        Page, and share of its text above, of the begin and the end of each block in turn.

    Returns
    -------
    list of float
        By page, the share of its text down to which blocks reach.

    Examples
    --------
    >>> page_fills([(2, 0.1), (2, 0.3), (2, 0.4), (4, 0.2)])
    [1.0, 1.0, 0.2]
    """
    fills: dict[int, float] = {}
    for (first, _), (last, down) in zip(places[::2], places[1::2], strict=True):
        fills |= dict.fromkeys(range(first, last), 1.0)
        fills[last] = max(down, fills.get(last, 0.0))
    return [fills[page] for page in sorted(fills)]


def _write(target: Path, content: bytes) -> None:
    """Write the report, readable by its owner alone; an error leaves an older one as it was."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_durably(target, content)
    except OSError as error:
        reason = {
            errno.ENOSPC: "the disk is full",
            errno.EROFS: "the disk is read-only",
            errno.EACCES: "there is no permission to write here",
            errno.EPERM: "there is no permission to write here",
        }.get(error.errno or 0, error.strerror or str(error))
        raise LibraryError(
            f"the report cannot be written ({reason})",
            where=str(target),
            hint="name another place for it",
        ) from error
