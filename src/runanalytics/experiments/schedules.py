"""Admissible schedules of an experiment: how many there are, each by its number, one by lot.

A schedule says for each period in order whether something is done (1) or not (0). Which
schedules are admissible is stated beforehand; one of them is drawn, each with the same
probability, and the test of the experiment compares it with all the others. A schedule that was
drawn again until it looked right would make that comparison wrong.

Every rule can be followed from period to period by a few numbers (what is done now, for how long,
how often so far, in how many stretches). How many ways of going on each state has is counted
backwards from the end; with those counts the schedule of any number is written down directly
(Nijenhuis & Wilf 1978, *Combinatorial Algorithms*, ch. 13), so that a number drawn uniformly is a
schedule drawn uniformly, however many there are.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Integers
from runanalytics.errors import UsageError

#: Sets of up to so many schedules are listed; larger ones are drawn from.
LISTED = 1_000_000
#: Counts beyond this do not fit into 64 bits, and are Python's own integers.
_LARGEST_WORD = 2**63 - 1

#: No state: the rules forbid going on this way.
_NOWHERE = -1

#: What is done now (2 before the first period), for how many periods, how often so far, and in
#: how many stretches; the second and fourth only as far as a rule asks for them.
_State = tuple[int, int, int, int]
_START: _State = (2, 0, 0, 0)


@dataclass(frozen=True)
class Schedules:
    """The admissible schedules of some periods.

    Parameters
    ----------
    n_periods : int
        Number of periods, such as blocks of four weeks.
    balanced : bool
        Whether as many periods are with as without; with an odd number they may differ by one.
    longest : int, optional
        Most periods alike in a row.
    shortest : int
        Fewest periods alike in a row.
    stretches : int, optional
        Number of stretches of periods alike: 4 for a design ABAB.
    fixed : mapping of int to int
        Periods (from 0) whose content is settled beforehand: 1 with, 0 without.

    Raises
    ------
    UsageError
        If a rule makes no sense, or no schedule follows all of them.

    Examples
    --------
    >>> twelve = Schedules(12, longest=2)
    >>> twelve.count
    208
    >>> twelve.numbered([0, 207]).tolist()[0]
    [0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1]
    """

    n_periods: int
    balanced: bool = True
    longest: int | None = None
    shortest: int = 1
    stretches: int | None = None
    fixed: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.n_periods < 1:
            raise UsageError(f"{self.n_periods} periods", hint="an experiment needs two or more")
        if self.shortest < 1 or (self.longest is not None and self.longest < self.shortest):
            raise UsageError(
                f"stretches of {self.shortest} to {self.longest} periods",
                hint="the shortest must be 1 or more, and no longer than the longest",
            )
        wrong = [at for at in self.fixed if not 0 <= at < self.n_periods]
        if wrong:
            raise UsageError(
                f"period {wrong[0] + 1} is fixed, and there are {self.n_periods}",
                hint="fix periods that lie within the experiment",
            )
        if not self.count:
            raise UsageError(
                "no schedule follows all the rules",
                hint="fix fewer periods, allow longer stretches, or take more periods",
            )

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._ways[0][0])

    def numbered(self, numbers: npt.ArrayLike) -> Integers:
        """Return schedules by their numbers, in the order of the alphabet 0, 1.

        Parameters
        ----------
        numbers : array_like of int, shape (n,)
            Each from 0 to `count` − 1.

        Returns
        -------
        ndarray of int, shape (n, n_periods)
            1 with, 0 without.
        """
        word = np.int64 if self.count <= _LARGEST_WORD else object
        left = np.array(numbers, dtype=word)
        if len(left) and not (left.min() >= 0 and left.max() < self.count):
            raise UsageError(
                "a schedule that does not exist", hint=f"numbers go from 0 to {self.count - 1}"
            )
        state = np.zeros(len(left), dtype=np.int64)
        schedules = np.empty((len(left), self.n_periods), dtype=np.int64)
        without, within = self._following
        for period in range(self.n_periods):
            # Ways of going on; the last place stands for states that do not exist.
            ways = np.append(np.array(self._ways[period + 1], dtype=word), 0)
            if self.fixed.get(period) == 1:
                first = np.zeros(len(left), dtype=word)
            else:
                first = ways[without[state]]
            chosen = np.asarray(left >= first, dtype=np.bool_)
            left = left - np.where(chosen, first, 0)
            state = np.where(chosen, within[state], without[state])
            schedules[:, period] = chosen
        return schedules

    def all(self) -> Integers:
        """Return every schedule, shape (count, n_periods).

        Raises
        ------
        UsageError
            If there are more than `LISTED`.
        """
        if self.count > LISTED:
            raise UsageError(
                f"{self.count} schedules are too many to list", hint="draw some of them instead"
            )
        return self.numbered(np.arange(self.count))

    def draw(self, n: int, seed: int) -> Integers:
        """Return schedules drawn by lot, each with the same probability, with replacement.

        Parameters
        ----------
        n : int
            How many.
        seed : int
            Of the draw; the same seed gives the same schedules.

        Returns
        -------
        ndarray of int, shape (n, n_periods)
            1 with, 0 without.
        """
        lots = random.Random(seed)  # noqa: S311  # not a secret: it is written into the plan
        return self.numbered([lots.randrange(self.count) for _ in range(n)])

    def holds(self, schedule: npt.ArrayLike) -> bool:
        """Return whether a schedule is admissible.

        Parameters
        ----------
        schedule : array_like of int, shape (n_periods,)
            1 with, 0 without.
        """
        periods = np.asarray(schedule)
        if periods.shape != (self.n_periods,) or not np.isin(periods, (0, 1)).all():
            return False
        state = 0
        for period, done in enumerate(periods.tolist()):
            state = int(self._following[done][state])
            if state == _NOWHERE or self.fixed.get(period, done) != done:
                return False
        return bool(self._ways[self.n_periods][state])

    @property
    def mirrored(self) -> bool:
        """Whether every schedule's opposite, with for without, is admissible too."""
        return not self.fixed

    # How it is counted --------------------------------------------------------------------------

    @cached_property
    def _states(self) -> list[_State]:
        """Every state that can be reached, the start first."""
        found = {_START: 0}
        waiting = [_START]
        while waiting:
            state = waiting.pop()
            for done in (0, 1):
                following = self._after(state, done)
                if following is not None and following not in found:
                    found[following] = len(found)
                    waiting.append(following)
        return list(found)

    @cached_property
    def _following(self) -> tuple[Integers, Integers]:
        """The state after a period without and after one with, from each state."""
        place = {state: number for number, state in enumerate(self._states)}
        without, within = (
            np.array(
                [
                    _NOWHERE if (after := self._after(state, done)) is None else place[after]
                    for state in self._states
                ]
            )
            for done in (0, 1)
        )
        return without, within

    @cached_property
    def _ways(self) -> list[list[int]]:
        """In how many ways one can go on to the end from each state, after each period."""
        ways = [[int(self._may_end(state)) for state in self._states]]
        without, within = (each.tolist() for each in self._following)
        for period in range(self.n_periods - 1, -1, -1):
            after = [*ways[-1], 0]
            settled = self.fixed.get(period)
            ways.append(
                [
                    (after[without[state]] if settled != 1 else 0)
                    + (after[within[state]] if settled != 0 else 0)
                    for state in range(len(self._states))
                ]
            )
        return ways[::-1]

    def _after(self, state: _State, done: int) -> _State | None:
        """Return the state after one more period, or None where a rule forbids it."""
        now, length, often, stretches = state
        if done == now:
            if length == self.longest:
                return None
            length = min(length + 1, self._counted_length)
        else:
            if now != _START[0] and length < self.shortest:
                return None
            length, stretches = 1, stretches + 1 if self.stretches is not None else 0
            if self.stretches is not None and stretches > self.stretches:
                return None
        often = often + done if self.balanced else 0
        if often > (self.n_periods + 1) // 2:
            return None
        return done, length, often, stretches

    @property
    def _counted_length(self) -> int:
        """Longer stretches are all alike to the rules."""
        return self.shortest if self.longest is None else self.longest

    def _may_end(self, state: _State) -> bool:
        """Return whether a schedule may end in a state."""
        _, length, often, stretches = state
        return (
            length >= self.shortest
            and (self.stretches is None or stretches == self.stretches)
            and (not self.balanced or often >= self.n_periods // 2)
        )
