"""Commands that write something to read: report, demo, notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runanalytics.cli.data import import_with_bar
from runanalytics.cli.options import Imperial, Pace, app, open_library, system_of
from runanalytics.shipped import notebook_folder, sample_folder


@app.command()
def report(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="Where to write the report.")],
    pace: Pace = None,
    paper: Annotated[str, typer.Option(metavar="SIZE", help="a4 or letter.")] = "a4",
    imperial: Imperial = False,
) -> None:
    """Write a progress report as PDF."""
    from runanalytics.report import build_report

    written = build_report(
        open_library(context),
        file,
        units=system_of(imperial),
        paper=paper,
        speed_m_s=pace,
    )
    print(f"Wrote {written}")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write progress.pdf.")] = Path(
        "reports"
    ),
) -> None:
    """Run everything once on sample data of a simulated runner."""
    import tempfile

    from runanalytics.findings.effect import effect as find_effect
    from runanalytics.findings.trend import trend as find_trend
    from runanalytics.library import Library
    from runanalytics.report import build_report

    print("Sample data of a simulated runner, whose true answers stand in its truth.json.\n")
    with tempfile.TemporaryDirectory(prefix="runanalytics-demo-") as folder:
        library = Library.open(Path(folder, "library"))
        imported = import_with_bar(
            library, [sample_folder()], None, None, dry_run=False, quiet=False
        )
        print(f"{imported.summary()}\n")
        forms = {metric: library.form(metric) for metric in ("cadence", "contact-time")}
        for metric, form in forms.items():
            print(f"$ runanalytics trend {metric}")
            print(f"{find_trend(form).summary()}\n")
        doses, runs = (
            {what: library.dose(what) for what in ("strength", "technique")},
            library.runs(),
        )
        for metric, form in forms.items():
            for what, dose in doses.items():
                print(f"$ runanalytics effect {metric} --of {what}")
                print(f"{find_effect(form, dose, runs=runs).summary()}\n")
        written = build_report(library, out / "progress.pdf")
        library.close()
    print(f"Wrote {written}")
    print("\nNow on your own files:  runanalytics import PATH...  (FIT files, logs, folders)")


@app.command()
def notebook(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to put the notebooks.")
    ] = Path("notebooks"),
) -> None:
    """Put the notebooks into a folder, ready for JupyterLab on your own data."""
    import shutil

    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(notebook_folder().glob("*.ipynb")):
        target = folder / source.name
        if target.exists():
            print(f"{target} is there already and was left alone")
            continue
        shutil.copyfile(source, target)
        print(f"Wrote {target}")
    print(f"\nNext:  jupyter lab {folder}")
