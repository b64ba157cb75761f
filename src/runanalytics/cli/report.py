"""Commands that write documents: report, demo, notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runanalytics.cli.importing import progress_bar
from runanalytics.cli.options import Imperial, Pace, open_library, unit_system
from runanalytics.cli.printing import print_answer, print_text

commands = typer.Typer()
PLACE_IN_HELP = 60


@commands.command()
def report(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.pdf|FILE.html", help="Where to write the report: its name says as what."
        ),
    ],
    pace: Pace = None,
    paper: Annotated[str, typer.Option(metavar="SIZE", help="a4 or letter (of a PDF).")] = "a4",
    imperial: Imperial = None,
) -> None:
    """Write a progress report, as PDF or as one page for browsers."""
    library = open_library(context)
    written = library.report(
        file, units=unit_system(imperial, library), paper=paper, speed_m_s=pace
    )
    print_text(f"Wrote {written}")


@commands.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write progress.pdf.")] = Path(
        "reports"
    ),
) -> None:
    """Run everything once on sample data of a simulated runner."""
    import tempfile

    from runanalytics.library import Library

    print_text("Sample data of a simulated runner, whose true answers stand in its truth.json.\n")
    with tempfile.TemporaryDirectory(prefix="runanalytics-demo-") as folder:
        with progress_bar() as progress:
            library, imported = Library.demo(Path(folder, "library"), progress=progress)
        print_text(f"{imported.summary()}\n")
        metrics = ("cadence", "contact-time")
        for metric in metrics:
            print_text(f"$ runanalytics trend {metric}")
            print_answer(library.trend(metric))
            print()
        for metric in metrics:
            for what in ("strength", "technique"):
                print_text(f"$ runanalytics effect {metric} --of {what}")
                print_answer(library.effect(metric, what))
                print()
        design, experiment = library.demo_experiment()
        plan = design.plan
        print_text(f"$ runanalytics experiment plan contact-time --of strength --name {plan.name}")
        print_answer(design)
        print_text(
            f"\nIts {plan.n_blocks * plan.block_weeks} weeks lie in the future. Here they are "
            "simulated, with the effect that truth.json states; no person ran them.\n"
        )
        print_text(f"$ runanalytics experiment analyse {plan.name}")
        print_answer(experiment)
        print()
        written = library.report(out / "progress.pdf")
        library.close()
    print_text(f"Wrote {written}")
    print_text("\nNow on your own files:  runanalytics import PATH...  (FIT files, logs, folders)")


@commands.command()
def notebook(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to copy the notebooks.")
    ] = Path("notebooks"),
) -> None:
    """Copy the notebooks into a folder, ready for JupyterLab on your own data."""
    from runanalytics.library import Library

    for file, written in Library.notebooks(folder).items():
        print_text(f"Wrote {file}" if written else f"{file} is there already and was left alone")
    print_text(f"\nNext:  jupyter lab {folder}")
