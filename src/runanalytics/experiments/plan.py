"""The plan of an experiment: all that is settled before its first day, and the file it stands in.

A plan is written once, with a digest of what it says. An edit made later, such as to a date, a
block or the level of the test, shows: the digest no longer fits.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Integers
from runanalytics.errors import UnreadableFileError, UsageError
from runanalytics.experiments.randomisation import DRAWS, randomisation_p, smallest_p
from runanalytics.experiments.schedules import LISTED, Schedules
from runanalytics.findings.contrasts import TWO_SESSIONS
from runanalytics.findings.finding import more_of

#: Statistics of the test.
EXPOSURE, BLOCK_MEANS = "exposure", "block means"
STATISTICS: Mapping[str, str] = {
    EXPOSURE: "log likelihood of the schedule by form through exposure, each time constant equally "
    "likely, beside line, season and speed, at a covariance estimated without the schedule",
    BLOCK_MEANS: "log likelihood of the schedule by the difference between blocks, beside line, "
    "season and speed, at a covariance estimated without the schedule",
}
#: Prior standard deviation of the effect over what is expected: with either sign, of two sizes
#: that are as likely, one is larger than the plan expects; with one sign, the other has a quarter.
EXPECTED_SDS = 1.5
#: Time constants of exposure in a new plan, weeks: even in their logs, and so close that whatever
#: the effect has is near one of them.
TAUS_WEEKS = (1.5, 2.1, 2.8, 3.9, 5.3, 7.3, 10.0)
#: Names of experiments: they are names of files.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
#: Fewest and most blocks, and weeks of a block.
_BLOCKS, _BLOCK_WEEKS = (2, 104), (1, 26)
#: Most of anything a week (kilograms lifted among them), and sizes of an expected change, %.
_MOST_A_WEEK, _EXPECTED_PERCENT = 1e9, (0.1, 50.0)
#: Time constants, weeks, and the lowest level, with which all can be worked out.
_TAU_WEEKS, _LEAST_LEVEL = (0.1, 520.0), 0.01
#: Characters of a fault that are told: an edited file may hold a value of any length.
_TOLD = 200
#: p-values are shares of schedules: they reach a level up to rounding.
ROUNDING = 1e-9
#: Schedules that are all compared even where fewer are drawn from larger sets.
LISTED_BESIDE = 1_000
#: First line of the file.
_HEADING = "# A plan made in advance. An edit shows: the digest below no longer fits.\n"


@dataclass(frozen=True)
class Block:
    """A block of an experiment.

    Parameters
    ----------
    first, last : date
        Its first and last day.
    a_week : float
        How much is to be done in each of its weeks.
    done : bool
        Whether it is one with the higher dose.
    """

    first: datetime.date
    last: datetime.date
    a_week: float
    done: bool


@dataclass(frozen=True)
class Plan:
    """What is settled before the first day of an experiment.

    Parameters
    ----------
    name : str
        Name of the experiment.
    hypothesis : str
        What is expected, in words.
    metric : str
        Column of the metric.
    speed_m_s : float
        Reference speed, m/s; NaN where the metric has none.
    what, measure : str
        What is done, and how it is counted.
    low, high : float
        How much a week in blocks without and with.
    first_date : date
        First day.
    block_weeks : int
        Weeks of a block.
    labels : tuple of int
        For each block in order, 1 with, 0 without: the schedule that was drawn.
    longest : int, optional
        Most blocks alike in a row.
    pairs : bool
        Whether each pair of blocks has one with and one without.
    fixed : mapping of int to int
        Blocks (from 0) that the runner settled: 1 with, 0 without.
    statistic : {"exposure", "block means"}
        Of the test.
    level : float
        Of the test and of the interval, between 0 and 1.
    seed : int
        Of the draw.
    expected_percent : float
        Change that the runner expects, %.
    either_sign : bool
        Whether a change of the other sign is expected as much.
    time_constants : tuple of float
        Of exposure, weeks.
    written : str
        When the plan was written, UTC.
    digest : str
        Of all of the above, as it was written; empty in a plan that is not.

    Raises
    ------
    UsageError
        If something in it makes no sense.
    """

    no_certainties: ClassVar[str] = (
        "expected_percent first_date low high level speed_m_s time_constants effect_sd"
    )

    name: str
    hypothesis: str
    metric: str
    speed_m_s: float
    what: str
    measure: str
    low: float
    high: float
    first_date: datetime.date
    block_weeks: int
    labels: tuple[int, ...]
    longest: int | None
    pairs: bool
    fixed: Mapping[int, int]
    statistic: str
    level: float
    seed: int
    expected_percent: float
    time_constants: tuple[float, ...]
    either_sign: bool = True
    written: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        require_name(self.name)
        for number, (least, most), noun in (
            (len(self.labels), _BLOCKS, "blocks"),
            (self.block_weeks, _BLOCK_WEEKS, "weeks a block"),
        ):
            if not least <= number <= most:
                raise UsageError(f"{number} {noun}", hint=f"take {least} to {most}")
        if not 0 <= self.low < self.high <= _MOST_A_WEEK:
            raise UsageError(
                f"{self.low:g} against {self.high:g} a week",
                hint="the first must be 0 or more, and below the second",
            )
        smallest, largest = _EXPECTED_PERCENT
        if not smallest <= abs(self.expected_percent) <= largest:
            raise UsageError(
                f"an expected change of {self.expected_percent:g} %",
                hint=f"give one of {smallest:g} to {largest:g} %",
            )
        if not _LEAST_LEVEL <= self.level < 1:
            raise UsageError(
                f"a level of {self.level}", hint=f"it must lie between {_LEAST_LEVEL} and 1"
            )
        if self.statistic not in STATISTICS:
            raise UsageError(
                f"statistic '{self.statistic}'", hint=f"expected: {' or '.join(STATISTICS)}"
            )
        shortest, longest = _TAU_WEEKS
        taus = self.time_constants
        if not taus or not all(shortest <= tau <= longest for tau in taus):
            raise UsageError(
                f"no time constants of {shortest:g} to {longest:g} weeks",
                hint="give some, in weeks",
            )

    @property
    def contrast(self) -> float:
        """How much more a week a block with has."""
        return self.high - self.low

    @property
    def alpha(self) -> float:
        """The largest p that is significant; shares of schedules reach it up to rounding."""
        return 1 - self.level + ROUNDING

    @property
    def effect_mean(self) -> float:
        """Prior mean of the effect, of log form, for one a week held long.

        What is expected; none where its sign is open.
        """
        return 0.0 if self.either_sign else self._expected

    @property
    def effect_sd(self) -> float:
        """Prior standard deviation of the effect, of log form, for one a week held long."""
        return abs(self._expected) * EXPECTED_SDS

    @property
    def _expected(self) -> float:
        per = TWO_SESSIONS.get(self.measure, 2.0)
        return float(np.log1p(self.expected_percent / 100)) / per

    @property
    def more(self) -> str:
        """The contrast in words."""
        return more_of(self.contrast, self.what, self.measure)

    @property
    def n_blocks(self) -> int:
        """How many blocks there are."""
        return len(self.labels)

    @property
    def n_days(self) -> int:
        """How many days it lasts."""
        return 7 * self.block_weeks * self.n_blocks

    @property
    def last_date(self) -> datetime.date:
        """Last day."""
        return self.first_date + datetime.timedelta(days=self.n_days - 1)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its blocks in order."""
        length = datetime.timedelta(weeks=self.block_weeks)
        day = datetime.timedelta(days=1)
        return tuple(
            Block(
                self.first_date + number * length,
                self.first_date + (number + 1) * length - day,
                self.high if label else self.low,
                bool(label),
            )
            for number, label in enumerate(self.labels)
        )

    @cached_property
    def admissible(self) -> Admissible:
        """The set that the schedule was drawn from."""
        return Admissible(self.n_blocks, self.longest, self.pairs, self.fixed)

    @property
    def drawn_by_lot(self) -> bool:
        """Whether its schedule is the one that the seed gives."""
        return tuple(self.admissible.draw(1, self.seed)[0].tolist()) == self.labels

    def content(self) -> dict[str, Any]:
        """Return what the digest is made of, as it stands in the file."""
        stated = {
            "name": self.name,
            "hypothesis": self.hypothesis,
            "written": self.written,
            "metric": self.metric,
            "reference_speed_m_s": self.speed_m_s if np.isfinite(self.speed_m_s) else 0.0,
            "what": self.what,
            "measure": self.measure,
            "without_a_week": float(self.low),
            "with_a_week": float(self.high),
            "expected_percent": float(self.expected_percent),
            "first_date": self.first_date,
            "last_date": self.last_date,
            "block_weeks": self.block_weeks,
            "pairs": self.pairs,
            "most_blocks_alike_in_a_row": self.longest or 0,
            "fixed_with": sorted(at + 1 for at, label in self.fixed.items() if label),
            "fixed_without": sorted(at + 1 for at, label in self.fixed.items() if not label),
            "schedules": str(self.admissible.count),
            "seed": self.seed,
            "statistic": self.statistic,
            "statistic_in_words": STATISTICS[self.statistic],
            "time_constants_weeks": [float(tau) for tau in self.time_constants],
            "test": "exact randomisation test over all schedules"
            if self.admissible.listed
            else f"randomisation test over {DRAWS} schedules drawn from all",
            "level": float(self.level),
        }
        if not self.either_sign:
            # Left out otherwise: older plans say nothing of it, and keep their digests.
            stated["either_sign"] = False
        blocks = [
            {"first": block.first, "last": block.last, "with": block.done, "a_week": block.a_week}
            for block in self.blocks
        ]
        return {**stated, "block": blocks}

    def digested(self) -> Plan:
        """Return the same with the digest of what it says."""
        return dataclasses.replace(self, digest=_digest(self.content()))

    @property
    def edited(self) -> bool:
        """Whether it says something else than when it was written."""
        return self.digest != _digest(self.content()) or not self.drawn_by_lot

    def rows(self) -> list[dict[str, str]]:
        """Return the schedule as rows to print."""
        what = self.what.replace("_", " ")
        return [
            {
                "block": str(number),
                "from": str(block.first),
                "to": str(block.last),
                f"{what} {self.measure} a week": f"{block.a_week:g}",
            }
            for number, block in enumerate(self.blocks, start=1)
        ]

    def to_toml(self) -> str:
        """Return the text of the plan's file."""
        content = self.content()
        blocks = content.pop("block")
        lines = [f"{key} = {_toml(value)}" for key, value in content.items()]
        lines.append(f"digest = {_toml(self.digest)}")
        for block in blocks:
            lines += ["", "[[block]]"]
            lines += [f"{key} = {_toml(value)}" for key, value in block.items()]
        return _HEADING + "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Admissible:
    """The schedules that a plan's rules allow, as labels of its blocks.

    Parameters
    ----------
    n_blocks : int
        Number of blocks.
    longest : int, optional
        Most blocks alike in a row.
    pairs : bool
        Whether each pair of blocks has one with and one without, in an order drawn by lot.
    fixed : mapping of int to int
        Blocks (from 0) that are settled: 1 with, 0 without.

    Examples
    --------
    >>> Admissible(8).count, Admissible(8, pairs=True).count, Admissible(8, longest=2).count
    (70, 16, 34)
    """

    n_blocks: int
    longest: int | None = None
    pairs: bool = False
    fixed: Mapping[int, int] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.pairs and self.n_blocks % 2:
            raise UsageError(
                f"{self.n_blocks} blocks do not make pairs", hint="take an even number of blocks"
            )

    @cached_property
    def _schedules(self) -> Schedules:
        if not self.pairs:
            return Schedules(self.n_blocks, longest=self.longest, fixed=self.fixed)
        first_of_pair = {
            at // 2: label if at % 2 == 0 else 1 - label for at, label in self.fixed.items()
        }
        if any(first_of_pair[at // 2] != (label ^ (at % 2)) for at, label in self.fixed.items()):
            raise UsageError(
                "both blocks of a pair are fixed alike", hint="fix one of them, or plan no pairs"
            )
        return Schedules(self.n_blocks // 2, balanced=False, fixed=first_of_pair)

    @property
    def count(self) -> int:
        """How many there are."""
        return self._schedules.count

    @property
    def listed(self) -> bool:
        """Whether all of them take part in the test."""
        return self.count <= LISTED

    def smallest_p(self, statistic: str = EXPOSURE, *, opposites_alike: bool = False) -> float:
        """Return the smallest p that the test can reach with a statistic.

        Exposure builds up, and there is some before the first day: a schedule differs from its
        opposite, unless the sign is open and nothing is known of the time before. The difference
        of block means only changes its sign.
        """
        alike = opposites_alike or statistic == BLOCK_MEANS
        return smallest_p(self._schedules, opposites_alike=alike)

    def draw(self, n: int, seed: int) -> Integers:
        """Return labels of schedules drawn by lot, shape (n, n_blocks), with replacement."""
        return self._expanded(self._schedules.draw(n, seed))

    def compared(self, seed: int, most: int = DRAWS) -> Compared:
        """Return the schedules that the one drawn is compared with.

        Parameters
        ----------
        seed : int
            Of the schedules drawn, where there are too many to list.
        most : int
            How many are drawn.
        """
        if self.listed and (most == DRAWS or self.count <= LISTED_BESIDE):
            return Compared(self._expanded(self._schedules.all()), drawn=False)
        return Compared(self.draw(most, seed), drawn=True)

    def _expanded(self, schedules: Integers) -> Integers:
        if not self.pairs:
            return schedules
        return np.stack([schedules, 1 - schedules], axis=2).reshape(len(schedules), -1)


@dataclass(frozen=True)
class Compared:
    """Schedules that the one drawn is compared with.

    Parameters
    ----------
    labels : ndarray of int, shape (n, n_blocks)
        1 with, 0 without.
    drawn : bool
        Whether they were drawn from a larger set.
    """

    labels: npt.NDArray[np.int64]
    drawn: bool

    def p_value(self, observed: float, others: npt.NDArray[np.float64]) -> float:
        """Return the p-value of a statistic among theirs."""
        return randomisation_p(observed, others, drawn=self.drawn)


def require_name(name: str) -> None:
    """Raise a `UsageError` unless an experiment may have this name."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"an experiment called '{name}'",
            hint="name it with small letters, digits and hyphens, as contact-time-2026",
        )


def require_new_name(name: str, known: Sequence[str]) -> None:
    """Raise a `UsageError` where there is an experiment with a name, or none may have it."""
    require_name(name)
    if name in known:
        raise UsageError(
            f"there is an experiment '{name}' already",
            hint="give the new one another --name; a plan is never written over",
        )


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def _toml(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL, which JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return repr(value)


def read_plan(data: bytes, where: str) -> Plan:
    """Return the plan that a file holds.

    Parameters
    ----------
    data : bytes
        Of the file.
    where : str
        Its name, for messages.

    Raises
    ------
    UnreadableFileError
        If it is no such file, or something in it is missing or makes no sense.
    """
    import tomllib

    hint = "restore it from a copy; a plan is not made to be edited"
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableFileError(f"no plan: {_told(error)}", where=where, hint=hint) from error
    try:
        speed = float(table["reference_speed_m_s"])
        blocks = table["block"]
        fixed = {
            int(at) - 1: label
            for label, key in ((1, "fixed_with"), (0, "fixed_without"))
            for at in table[key]
        }
        plan = Plan(
            name=str(table["name"]),
            hypothesis=str(table["hypothesis"]),
            metric=str(table["metric"]),
            speed_m_s=speed if speed > 0 else np.nan,
            what=str(table["what"]),
            measure=str(table["measure"]),
            low=float(table["without_a_week"]),
            high=float(table["with_a_week"]),
            first_date=_date(table["first_date"]),
            block_weeks=int(table["block_weeks"]),
            labels=tuple(int(bool(block["with"])) for block in blocks),
            longest=int(table["most_blocks_alike_in_a_row"]) or None,
            pairs=bool(table["pairs"]),
            fixed=fixed,
            statistic=str(table["statistic"]),
            level=float(table["level"]),
            seed=int(table["seed"]),
            expected_percent=float(table["expected_percent"]),
            time_constants=tuple(float(tau) for tau in table["time_constants_weeks"]),
            either_sign=bool(table.get("either_sign", True)),
            written=_time(str(table["written"])),
            digest=str(table["digest"]),
        )
        given = {key: value for key, value in table.items() if key != "digest"}
        as_written = plan.content()
    except KeyError as error:
        raise UnreadableFileError(
            f"no plan: it has no {error.args[0]}", where=where, hint=hint
        ) from error
    except UsageError as error:
        fault = f"no plan: {_told(error.message)}"
        raise UnreadableFileError(fault, where=where, hint=hint) from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UnreadableFileError(f"no plan: {_told(error)}", where=where, hint=hint) from error
    if _digest(given) != _digest(as_written):
        # Something that follows from the rest, such as a block's last day, was changed alone.
        plan = dataclasses.replace(plan, digest="")
    return plan


def _told(fault: object) -> str:
    """Return a fault as one line of some length."""
    line = " ".join(str(fault).split())
    return line if len(line) <= _TOLD else f"{line[:_TOLD]} ..."


def _time(text: str) -> str:
    """Return a time as it is written, if it is one and calendars can hold it."""
    if text:
        datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    return text


def _date(value: object) -> datetime.date:
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise TypeError(f"'{value}' is not a day")
    return value
