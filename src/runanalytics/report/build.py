"""From a library to a PDF: gather, write, lay out, and put it in place whole."""

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
    from runanalytics.report.contents import Source

#: Name of a paper -> its name in Typst.
PAPERS = {"a4": "a4", "letter": "us-letter"}
#: Accessible to screen readers: tagged, titled, in a stated language, figures described.
STANDARD: Final = "ua-1"


def build_report(
    library: Source,
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
        The PDF; an older one there is replaced once the new one is whole.
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
    from runanalytics.report.sections import content

    if paper not in PAPERS:
        raise UsageError(f"unknown paper '{paper}'", hint=f"known are: {', '.join(PAPERS)}")
    if units not in ("metric", "imperial"):
        raise UsageError(f"unknown units '{units}'", hint="known are: metric, imperial")
    target = Path(path).expanduser().absolute()
    if target.is_dir():
        raise LibraryError("this is a folder", where=str(target), hint="name a PDF file in it")
    if target.suffix.lower() != ".pdf":
        raise UsageError("a report is a PDF", where=str(target), hint="let its name end in .pdf")
    evidence = gather(library, speed_m_s)
    pdf = compiled({**content(evidence, units), "paper": PAPERS[paper]})
    _put(target, pdf)
    return target


def compiled(words: dict[str, Any]) -> bytes:
    """Return the PDF that the layout makes of a content.

    The fonts inside typst serve most scripts. A name in another one is shown with a font of the
    machine, and where there is none with matplotlib's, which has a sign for every character.

    Parameters
    ----------
    words : dict
        What `runanalytics.report.sections.content` returns.
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
    inputs = {"content": json.dumps(words)}
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


def _put(target: Path, pdf: bytes) -> None:
    """Write the report for its owner alone, whole or not at all."""
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
