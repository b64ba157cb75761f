"""Writing the report: contents of a library, laid out as a PDF by typst."""

from __future__ import annotations

import errno
import json
import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runanalytics.errors import LibraryError, UsageError
from runanalytics.library.storage.durable import write_durably

if TYPE_CHECKING:
    from runanalytics.report.contents import ReportSource

#: Paper size -> its name in Typst.
PAPERS = {"a4": "a4", "letter": "us-letter"}
#: Accessible to screen readers: tagged, titled, in a stated language, figures described.
STANDARD: Final = "ua-1"


def build_report(
    library: ReportSource,
    path: str | os.PathLike[str],
    *,
    units: str = "metric",
    paper: str = "a4",
    speed_m_s: float | None = None,
) -> Path:
    """Write a progress report on a library as PDF.

    Parameters
    ----------
    library : Library
        Whose data it is about.
    path : path
        The PDF; an older one there is replaced once the new one is complete.
    units : {"metric", "imperial"}
        Kilometres or miles.
    paper : {"a4", "letter"}
        Size of the pages.
    speed_m_s : float, optional
        Reference speed, m/s. Default: the runner's usual one.

    Returns
    -------
    Path
        The PDF.

    Raises
    ------
    UsageError
        If `units` or `paper` is unknown, or the name does not end in .pdf.
    RunAnalyticsError
        If the library holds nothing to report on.
    LibraryError
        If the PDF cannot be written.
    """
    from runanalytics.report.contents import gather
    from runanalytics.report.sections import layout_data

    if paper not in PAPERS:
        raise UsageError(f"unknown paper '{paper}'", hint=f"known are: {', '.join(PAPERS)}")
    if units not in ("metric", "imperial"):
        raise UsageError(f"unknown units '{units}'", hint="known are: metric, imperial")
    target = Path(path).expanduser().absolute()
    if target.is_dir():
        raise LibraryError("this is a folder", where=str(target), hint="name a PDF file in it")
    if target.suffix.lower() != ".pdf":
        raise UsageError("a report is a PDF", where=str(target), hint="let its name end in .pdf")
    data = layout_data(gather(library, speed_m_s), units)
    _write(target, compile_pdf({**data, "paper": PAPERS[paper]}))
    return target


def compile_pdf(data: dict[str, Any]) -> bytes:
    """Return the report as PDF.

    The fonts inside typst cover most scripts. A name in another script is shown with a font of the
    machine, and where there is none with matplotlib's, which has a sign for every character.

    Parameters
    ----------
    data : dict
        From `runanalytics.report.sections.layout_data`, and the ``paper``.
    """
    import matplotlib
    import typst

    layout = resources.files("runanalytics.report").joinpath("progress.typ").read_bytes()
    last_resort = [str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")]
    attempts: tuple[dict[str, Any], ...] = (
        {"ignore_system_fonts": True},
        {"ignore_system_fonts": False},
        {"ignore_system_fonts": False, "font_paths": last_resort},
    )
    inputs = {"data": json.dumps(data)}
    for number, fonts in enumerate(attempts, start=1):
        try:
            return bytes(
                typst.compile(
                    layout, format="pdf", sys_inputs=inputs, pdf_standards=[STANDARD], **fonts
                )
            )
        except typst.TypstError as error:
            if number == len(attempts) or "could not be displayed" not in str(error):
                raise
    raise AssertionError("the last attempt returns or raises")


def _write(target: Path, pdf: bytes) -> None:
    """Write the report, readable by its owner alone; an error leaves an older one as it was."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_durably(target, pdf)
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
