"""Clusters of rows that are the same thing, built from pairs; the user's decisions come first."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from runanalytics.library.linking.candidates import Pairs


@dataclass(frozen=True)
class UserDecisions:
    """Which rows the user took apart or joined, by identifier.

    Parameters
    ----------
    apart : tuple of (str, str)
        Pairs that are not the same: the former duplicate, and its primary.
    together : mapping of str to str
        The primary of each row that was joined by hand.
    """

    apart: tuple[tuple[str, str], ...] = ()
    together: Mapping[str, str] = field(default_factory=dict)


class Clusters:
    """Rows in clusters that grow as pairs are joined; the best pairs have to come first.

    Parameters
    ----------
    ids : sequence of str
        Identifier of each row.
    files : sequence of frozenset of str
        Digests of the files that each row stands in.
    decisions : UserDecisions
        Rows that the user took apart are joined last, so that the cluster they were taken from
        forms first.
    """

    def __init__(
        self, ids: Sequence[str], files: Sequence[frozenset[str]], decisions: UserDecisions
    ) -> None:
        self.ids = ids
        self._files = files
        rows = {identifier: row for row, identifier in enumerate(ids)}
        self._members: dict[int, list[int]] = {}
        self._cluster = np.arange(len(ids))
        self._evidence: dict[tuple[int, int], str] = {}
        self._chosen: dict[int, int] = {}
        self._apart = {(rows[a], rows[b]) for a, b in decisions.apart if a in rows and b in rows}
        self._taken_out = {a for a, _ in self._apart}
        for duplicate, primary in decisions.together.items():
            if duplicate in rows and primary in rows:
                self._chosen[rows[duplicate]] = rows[primary]
                self._unite(rows[duplicate], rows[primary], "user")

    def join(self, kind: str, pairs: Pairs, *, within_files: bool = False) -> None:
        """Join pairs, the best first, except where the user took them apart.

        Parameters
        ----------
        kind : str
            What the evidence is.
        pairs : Pairs
            The pairs.
        within_files : bool
            Whether two rows of one file may be the same.
        """
        last = np.array(
            [a in self._taken_out or b in self._taken_out
             for a, b in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)],
            dtype=bool,
        )  # fmt: skip
        for at in np.lexsort((pairs.b, pairs.a, -pairs.score, last)).tolist():
            self._join(int(pairs.a[at]), int(pairs.b[at]), kind, within_files=within_files)

    def join_unambiguous(self, kind: str, pairs: Pairs) -> None:
        """Join each row `a` with `b` where `b` is the only match of `a`, and `a` of `b`."""
        matches: dict[int, dict[int, int]] = {}
        matched_by: dict[int, set[int]] = {}
        for a, b in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True):
            cluster = int(self._cluster[b])
            matches.setdefault(a, {}).setdefault(cluster, b)
            matched_by.setdefault(cluster, set()).add(a)
        for a, by_cluster in matches.items():
            if len(by_cluster) > 1:
                continue
            ((cluster, b),) = by_cluster.items()
            files = self._files[a]
            if not any(other != a and self._files[other] & files for other in matched_by[cluster]):
                self._join(a, b, kind, within_files=False)

    def of_several_rows(self) -> list[list[int]]:
        """Return the clusters of more than one row."""
        return [sorted(members) for _, members in sorted(self._members.items())]

    def chosen_primary(self, members: Sequence[int]) -> int | None:
        """Return the primary of a cluster by the user's decision; None without one."""
        primaries = [self._chosen[row] for row in members if row in self._chosen]
        return next((row for row in primaries if row not in self._chosen), None)

    def evidence(self, row: int, primary: int) -> tuple[str, int]:
        """Return why a row is in its cluster: the kind of evidence, and the row it agrees with."""
        for other in (primary, *self._members[int(self._cluster[row])]):
            if kind := self._evidence.get((min(row, other), max(row, other))):
                return kind, other
        return "overlap", primary

    def _join(self, a: int, b: int, kind: str, *, within_files: bool) -> None:
        """Unite the clusters of two rows, unless the user or a file states that they are two."""
        if self._cluster[a] != self._cluster[b]:
            for pair in itertools.product(self._with(a), self._with(b)):
                if pair in self._apart or pair[::-1] in self._apart:
                    return
                if not within_files and self._files[pair[0]] & self._files[pair[1]]:
                    return
        self._unite(a, b, kind)

    def _with(self, row: int) -> list[int]:
        return self._members.get(int(self._cluster[row]), [row])

    def _unite(self, a: int, b: int, kind: str) -> None:
        self._evidence.setdefault((min(a, b), max(a, b)), kind)
        cluster, other = int(self._cluster[a]), int(self._cluster[b])
        if cluster == other:
            return
        members = [*self._with(a), *self._with(b)]
        self._members.pop(other, None)
        self._members[cluster] = members
        self._cluster[members] = cluster
