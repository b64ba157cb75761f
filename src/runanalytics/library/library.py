"""One athlete's library: every command is a method of it.

A method hands the open folder, or frames read from it, to the function that does the work, and
loads that function when it is called.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from runanalytics.arguments import checked_methods
from runanalytics.errors import UsageError
from runanalytics.library.answers import LibraryAnswers
from runanalytics.shipped import notebook_folder, sample_folder
from runanalytics.units import given_speed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from runanalytics.experiments.analysis import Experiment
    from runanalytics.experiments.check import ExperimentCheck
    from runanalytics.experiments.design import Design
    from runanalytics.experiments.plan import Plan
    from runanalytics.library.export import Restored
    from runanalytics.library.ingest.report import ImportReport
    from runanalytics.library.ingest.run import Progress
    from runanalytics.library.rebuild import Rebuilt
    from runanalytics.library.status import Status


@checked_methods
class Library(LibraryAnswers):
    """One athlete's library: its tables, the commands that change it, and the findings.

    Nothing is written until something is added. A method that writes raises
    `LibraryLockedError` if another process goes on writing, and `LibraryError` if the folder
    cannot be written. A method with the name of a function of `runanalytics` returns what that
    function returns.

    One library may be used by several threads at once, writing and `close` included. They read in
    turn, each gets frames of its own, and one that writes waits for another as for a process.

    Examples
    --------
    >>> import tempfile
    >>> library = Library.open(tempfile.mkdtemp())
    >>> len(library.runs())
    0
    >>> print(library.trend("cadence"))
    Not enough data on cadence: no run has a value.

    `with` closes its files at the end:

    >>> with Library.open(library.folder) as again:
    ...     len(again.runs())
    0
    """

    # What is here, and keeping it safe -----------------------------------------------------------

    def status(self) -> Status:
        """Return what the library holds, from when to when, and what is missing."""
        from runanalytics.library.status import status

        return status(self.opened)

    def verify(self) -> list[str]:
        """Check what is stored and return what is wrong, in words; empty if nothing is.

        Every byte must be as it was stored, and what is derived must follow from the sources and
        from what the user stated. An import that was cut short is no damage: see `unsettled`.
        """
        from runanalytics.library.consistency import contradictions
        from runanalytics.library.storage.verify import problems

        opened = self.opened
        damage = problems(opened.catalogue_path, opened.sample_folder, opened.originals)
        return damage + contradictions(opened)

    def unsettled(self) -> list[str]:
        """Return what the next import completes, in words; empty if nothing was cut short."""
        from runanalytics.library.consistency import unsettled

        return unsettled(self.opened)

    def export(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write every table as CSV, and samples as Parquet, into `folder`; return the files.

        `restore` makes an equal library of it; originals are left out, since they hold positions.
        """
        from runanalytics.library.export import export

        return export(self.opened, Path(folder).expanduser())

    def restore(self, folder: str | os.PathLike[str]) -> Restored:
        """Fill this library, which is still empty, from an export.

        Parameters
        ----------
        folder : path
            What `export` wrote.

        Returns
        -------
        Restored
            How many files were read, and what of them this version does not know.

        Raises
        ------
        UsageError
            If the library is not empty, or the export is not whole.
        """
        from runanalytics.library.export import restore

        return restore(self.opened, Path(folder).expanduser())

    def rebuild(self, progress: Progress | None = None) -> Rebuilt:
        """Make the library anew from originals, or from where its files were imported.

        Parameters
        ----------
        progress : callable, optional
            As for `add`.

        Returns
        -------
        Rebuilt
            How many files were read, what was kept as it was, and what is lost.

        Raises
        ------
        UsageError
            If there is no library.
        """
        from runanalytics.library.rebuild import rebuild

        return rebuild(self.opened, progress)

    def add(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        timezone: str | None = None,
        units: str | None = None,
        engine: str | None = None,
        dry_run: bool = False,
        keep_originals: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import files and folders; what is there already is left alone.

        Parameters
        ----------
        paths : path or iterable of path
            Files, and folders to be walked.
        timezone, units, engine : str, optional
            As for `runanalytics.read`.
        dry_run : bool
            Read everything, write nothing, and report what would be done.
        keep_originals : bool
            Keep the files themselves, too, so that the library can be rebuilt without them.
            They hold positions.
        progress : callable, optional
            Called with (files done, files found so far, the file's `FileOutcome`) after each.

        Returns
        -------
        ImportReport
            What became of each file. A file that cannot be read never stops the others.

        Raises
        ------
        LibraryLockedError
            If another process goes on writing for `LOCK_WAIT_S` seconds.
        LibraryError
            If the folder cannot be written or the disk is full. What was imported before stays.
        """
        from runanalytics.library.ingest.run import GivenOptions, import_paths

        return import_paths(
            self.opened,
            paths,
            GivenOptions(timezone, units, engine),
            dry_run=dry_run,
            keep_originals=keep_originals,
            progress=progress,
        )

    def draw_proposals(self, group: str) -> Axes:
        """Draw the runs of a group of `proposals` that have samples, with the bursts in them.

        Parameters
        ----------
        group : str
            As for `proposals_in`.

        Raises
        ------
        UsageError
            If there is no such group, or none of it is a run with samples.
        """
        from runanalytics.plots.bursts import bursts_of_runs

        rows = self.proposals_in(group)
        detailed = self.runs().query("detail == 'samples'")["run_id"]
        chosen = rows[rows["id"].isin(detailed)].drop_duplicates("id")
        if chosen.empty:
            raise UsageError(
                "none of this group is a run with samples",
                hint="name a group of runs from FIT files",
            )
        return bursts_of_runs(chosen, self.samples)

    # Experiments ---------------------------------------------------------------------------------

    def plan_experiment(
        self,
        metric: str,
        of: str,
        *,
        measure: str = "sessions",
        speed_m_s: float | None = None,
        pace: str | None = None,
        calendar: str | os.PathLike[str] | None = None,
        pdf: str | os.PathLike[str] | None = None,
        paper: str = "a4",
        dry_run: bool = False,
        **options: Any,
    ) -> Design:
        """Plan an experiment, and write its plan into the library's folder.

        Parameters
        ----------
        metric : str
            As for `Library.form`.
        of, measure : str
            What is done more of, and how it is counted, as for `Library.dose`.
        speed_m_s, pace
            As for `Library.form`.
        calendar : path, optional
            Where to write the schedule as a calendar (.ics).
        pdf : path, optional
            Where to write the schedule on one page, to hang up.
        paper : {"a4", "letter"}
            Size of that page.
        dry_run : bool
            Only say what would be planned; the schedule that is written is drawn anew, unless
            a seed is given.
        **options
            As for `runanalytics.design`.

        Returns
        -------
        Design
            The plan, and what it could find.

        Raises
        ------
        UsageError
            If there is an experiment with this name, a file to write exists, or an argument makes
            no sense. Nothing is written then.
        """
        from runanalytics.experiments.calendar import calendar_text
        from runanalytics.experiments.design import design
        from runanalytics.experiments.plan import require_new_name
        from runanalytics.library.experiment_files import plan_names, write_plan_file
        from runanalytics.library.storage.durable import require_no_file
        from runanalytics.report.schedule import schedule_pdf

        for file in [each for each in (calendar, pdf) if each is not None]:
            require_no_file(Path(file))
        dose = self.dose(of, measure)  # refuses what is no dose
        if options.get("name"):
            require_new_name(str(options["name"]), plan_names(self.opened))
        form = self.form(metric, speed_m_s, pace=pace)
        found = design(form, dose, what=of, measure=measure, **options)
        beside = {}
        if calendar is not None:
            beside[Path(calendar)] = calendar_text(found.plan)
        if pdf is not None:
            beside[Path(pdf)] = schedule_pdf(found.plan, paper=paper, simulated=found.simulated)
        if not dry_run:
            write_plan_file(self.opened, found.plan.name, found.plan.to_toml(), beside)
        return found

    def experiment_plan(self, name: str) -> Plan:
        """Return the plan of an experiment, by its name."""
        from runanalytics.experiments.plan import read_plan
        from runanalytics.library.experiment_files import plan_file, read_plan_file

        return read_plan(read_plan_file(self.opened, name), str(plan_file(self.opened, name)))

    def check_experiment(self, name: str, *, today: Any = None) -> ExperimentCheck:
        """Say how an experiment goes and what to do next, without a look at what it shows."""
        from runanalytics.experiments.check import check_experiment

        plan = self.experiment_plan(name)
        dose = self.dose(plan.what, plan.measure)
        return check_experiment(plan, self.runs(), dose, today=today)

    def analyse_experiment(
        self, name: str, *, stopped: Any = None, edited: bool = False, today: Any = None
    ) -> Experiment:
        """Analyse an experiment, by its name, after its end; see `runanalytics.analyse`."""
        from runanalytics.experiments.analysis import analyse

        plan = self.experiment_plan(name)
        speed = plan.speed_m_s if plan.speed_m_s > 0 else None
        form, dose = self.form(plan.metric, speed), self.dose(plan.what, plan.measure)
        return analyse(plan, form, dose, stopped=stopped, edited=edited, today=today)

    def experiments(self, *, today: Any = None) -> pd.DataFrame:
        """Return the experiments that are planned, and where they stand.

        Parameters
        ----------
        today : date or str, optional
            By default that of the clock.

        Returns
        -------
        DataFrame
            name, metric, what, first_date, last_date, state ("not begun", "running" or "over"),
            edited; a broken plan has its fault in place of a state, and nothing else.
        """
        from runanalytics.experiments.check import list_experiments
        from runanalytics.library.experiment_files import plan_names

        return list_experiments(plan_names(self.opened), self.experiment_plan, today=today)

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        units: str | None = None,
        paper: str = "a4",
        speed_m_s: float | None = None,
        pace: str | None = None,
    ) -> Path:
        """Write a progress report, as PDF or as one page for browsers.

        Parameters
        ----------
        path : path
            The file; its name ends in .pdf or .html. An older one there is replaced once the new
            one is whole.
        units : {"metric", "imperial"}, optional
            Kilometres or miles; by default what `units` says.
        paper : {"a4", "letter"}
            Size of the pages of a PDF.
        speed_m_s : float, optional
            Reference speed, m/s. Default: the runner's usual one.
        pace : str, optional
            The same as a pace, such as "5:00/km".

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
        from runanalytics.report import build_report

        speed_m_s = given_speed(speed_m_s, pace)
        units = self.units() if units is None else units
        return build_report(self, path, units=units, paper=paper, speed_m_s=speed_m_s)

    # Beginning -----------------------------------------------------------------------------------

    def serve(self) -> None:
        """Answer an assistant over standard input and output; see `runanalytics.mcp_server`."""
        from runanalytics.mcp_server import serve

        serve(self)

    @classmethod
    def demo(
        cls, folder: str | os.PathLike[str], *, progress: Progress | None = None
    ) -> tuple[Self, ImportReport]:
        """Import the sample, files of a simulated runner, into a library to try things on.

        Parameters
        ----------
        folder : path
            The library's folder.
        progress : callable, optional
            As for `add`.

        Returns
        -------
        tuple of (Library, ImportReport)
            The library, and what became of each file.
        """
        library = cls.open(folder)
        return library, library.add(sample_folder(), progress=progress)

    def demo_experiment(self, name: str = "demo") -> tuple[Design, Experiment]:
        """Plan an experiment from the sample on, and analyse weeks that are simulated after it.

        Its runner follows the schedule with the effect and the noise that `truth.json` states.
        Those weeks lie in the future, so they are not imported: they exist for this answer only.

        Parameters
        ----------
        name : str
            Of the experiment, whose plan is written into the library's folder.

        Returns
        -------
        tuple of (Design, Experiment)
            The plan with what it could find, and what came of it.

        Raises
        ------
        UsageError
            If this is not the library that `demo` made, or has an experiment of this name.
        """
        import json

        from runanalytics.experiments.analysis import analyse
        from runanalytics.simulate.experiment import simulate_continuation

        dose, form = self.dose("strength"), self.form("contact-time")
        truth = json.loads((sample_folder() / "truth.json").read_text(encoding="utf-8"))
        latest = dose["local_date"].max()
        if str(dose["local_date"].min().date()) != truth["start"]:
            raise UsageError("no library of the sample", hint="make one with Library.demo")
        # One seed, the first: neither schedule nor weeks were chosen by what came out.
        found = self.plan_experiment(
            "contact-time", "strength", name=name, seed=1, today=latest.date()
        )
        lived, done = simulate_continuation(
            *(form, dose, found.plan.labels),
            seed=1,
            effect_pct=truth["strength"]["contact_pct"],
            contrast=truth["strength"]["contrast"],
            tau_weeks=truth["strength"]["tau_weeks"],
            rho=truth["week_rho"],
            ar_sd_pct=truth["contact_week_sd_pct"],
            day_sd_pct=truth["contact_day_sd_pct"],
        )
        over = done["local_date"].max().date()
        return found, analyse(found.plan, lived, done, today=over + datetime.timedelta(days=1))

    @staticmethod
    def notebooks(folder: str | os.PathLike[str]) -> dict[Path, bool]:
        """Copy the notebooks into a folder, where what is there already is left alone.

        Parameters
        ----------
        folder : path
            Where to; made if it does not exist.

        Returns
        -------
        dict of Path to bool
            Each notebook, and whether it was written.

        Raises
        ------
        OSError
            If one cannot be written, of which nothing is left then.
        """
        from runanalytics.library.storage.durable import write_durably

        Path(folder).mkdir(parents=True, exist_ok=True)
        written = {}
        for source in sorted(notebook_folder().glob("*.ipynb")):
            target = Path(folder, source.name)
            written[target] = not target.exists()
            if written[target]:
                write_durably(target, source.read_bytes())
        return written
