"""The case of a sample: numbers multiplied by factors."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.changes import begun_anew
from coplant.case.draft import ROW
from coplant.case.edits import matching, where_of
from coplant.errors import CaseError
from coplant.network import Network
from coplant.program.money import Booleans, Integers
from coplant.schema import TABLES
from coplant.timeline import Timeline
from coplant.timeline.calendar import Floats


class _Effect(NamedTuple):
    """Rows of a table that a factor reaches."""

    factor: int
    column: str
    row: Integers
    bucket: Integers
    """Bucket in which each of the rows begins to hold; the first for one that began before."""
    strength: float


@dataclass(frozen=True, eq=False)
class Template:
    """A case of which the numbers are to be multiplied.

    Parameters
    ----------
    case : Case
        The case, of which all is certain.
    frames : mapping of str to DataFrame
        Tables that change, with rows begun anew where a factor begins, moves on or ends.
    effects : mapping of str to list
        What reaches each of them.
    shown : ndarray of int, shape (F,)
        Bucket in which each factor shows: the first in which a number that it multiplies is not nothing; past the
        horizon's end for one that never does.
    """

    case: Case
    frames: Mapping[str, pl.DataFrame]
    effects: Mapping[str, Sequence[_Effect]]
    shown: Integers

    @classmethod
    def of(cls, case: Case, timeline: Timeline, factors: Sequence[str], moving: Sequence[int]) -> Template:
        """Prepare a case.

        Parameters
        ----------
        case : Case
            The case, of which all is certain.
        timeline : Timeline
            The buckets.
        factors : sequence of str
            Names of the factors.
        moving : sequence of int
            Those that move from bucket to bucket.

        Raises
        ------
        CaseError
            An effect means no row, as in a future that has no such rows.
        """
        frames: dict[str, pl.DataFrame] = {}
        rows = list(case["factor_effects"].iter_rows(named=True))
        spans: list[tuple[np.datetime64, np.datetime64 | None] | None] = []
        for row in rows:
            table = TABLES[row["table"]]
            frame = frames.get(table.name)
            if frame is None:
                frame = case[table.name].with_columns(case.rows[table.name].alias(ROW))
            if table.dated:
                first = np.datetime64(row["from"], "D") if row["from"] else timeline.bounds[0]
                until = np.datetime64(row["until"], "D") if row["until"] else None
                days = [first] if until is None else [first, until]
                if factors.index(row["factor"]) in moving:
                    inside = timeline.bounds[1:-1]
                    days += list(inside[(inside > first) & (inside < (until or timeline.bounds[-1]))])
                mask = matching(table, frame, where_of(table, row["key"]))
                frame = begun_anew(table, frame, mask, np.unique(np.array(days, dtype="datetime64[D]")).tolist())
                spans.append((first, until))
            else:
                spans.append(None)
            frames[table.name] = frame
        # Checked as a case it has its rows in order.
        places = {name: frame[ROW] for name, frame in frames.items()}
        case = case.with_edited({name: frame.drop(ROW) for name, frame in frames.items()}, places) if frames else case
        frames = {name: case[name] for name in frames}
        effects: dict[str, list[_Effect]] = {}
        shown = np.full(len(factors), len(timeline))
        for row, span in zip(rows, spans, strict=True):
            table = TABLES[row["table"]]
            frame = frames[table.name]
            reached = matching(table, frame, where_of(table, row["key"])).to_numpy()
            bucket = np.zeros(frame.height, dtype=np.int64)
            if "from" in frame.columns:
                begins = frame["from"].fill_null(timeline.bounds[0].item()).to_numpy().astype("datetime64[D]")
                bucket = np.clip(np.searchsorted(timeline.bounds, begins, side="right") - 1, 0, len(timeline) - 1)
            if span is not None:
                reached = reached & (begins >= span[0])
                if span[1] is not None:
                    reached = reached & (begins < span[1])
            place = np.flatnonzero(reached)
            factor = factors.index(row["factor"])
            effects.setdefault(table.name, []).append(
                _Effect(factor, row["column"], place, bucket[place], row["strength"])
            )
            something = frame[row["column"]].fill_null(0.0).to_numpy()[place] != 0.0
            shown[factor] = np.min(bucket[place][something], initial=shown[factor])
        return cls(case, frames, effects, shown)

    def led_to(self, network: Network) -> Booleans:
        """Activities that lead to what each factor is about: to a stream of demand, or all of them.

        Parameters
        ----------
        network : Network
            That of the case, J activities.

        Returns
        -------
        ndarray of bool, shape (F, J)
        """
        found = np.zeros((len(self.shown), len(network.activities)), dtype=bool)
        for name, effects in self.effects.items():
            for effect in effects:
                if "demand" in self.frames[name].columns:
                    streams = set(self.frames[name]["demand"].gather(effect.row))
                    wanted = [stream in streams for stream in network.demands.labels]
                    points = np.zeros(len(network.stock_points), dtype=bool)
                    points[network.demands.stock_point[wanted]] = True
                    found[effect.factor] |= network.upstream(points)
                else:
                    found[effect.factor] = True
        return found

    def tables(self, factor: Floats) -> dict[str, pl.DataFrame]:
        """Tables with their numbers multiplied.

        Parameters
        ----------
        factor : ndarray, shape (F, T)
            The factors in each bucket.
        """
        made = {}
        for name, frame in self.frames.items():
            column: dict[str, Floats] = {}
            for effect in self.effects[name]:
                if effect.column not in column:
                    column[effect.column] = frame[effect.column].to_numpy().astype(np.float64, copy=True)
                column[effect.column][effect.row] *= factor[effect.factor, effect.bucket] ** effect.strength
            made[name] = frame.with_columns(pl.Series(one, values, nan_to_null=True) for one, values in column.items())
        return made

    def checked(self, factor: Floats, name: str) -> Case:
        """The case with its numbers multiplied, checked.

        Parameters
        ----------
        factor : ndarray, shape (F, T)
            The factors in each bucket.
        name : str
            What the sample is called in messages.

        Raises
        ------
        CaseError
            A factor makes a mistake of the case.
        """
        if not self.frames:
            return self.case
        try:
            return self.case.with_edited(self.tables(factor), self.case.rows)
        except CaseError as error:
            raise CaseError(error.problems, f"{self.case.settings.name}, in {name}") from None

    def unchecked(self, factor: Floats) -> Case:
        """The case with its numbers multiplied by what is expected of factors that are sound as they come."""
        if not self.frames:
            return self.case
        return dataclasses.replace(self.case, tables={**self.case.tables, **self.tables(factor)}, read=None)
