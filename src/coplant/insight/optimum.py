"""A plan at its optimum: its program where it was solved, its limits, and the way of its lots."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from coplant.errors import CaseError, Problem
from coplant.insight.limits import Limit, limits_of
from coplant.insight.pegging import Pegging
from coplant.planning.draft import Draft
from coplant.planning.reader import Reader
from coplant.planning.reopened import check_alone, reopened
from coplant.planning.result import Plan
from coplant.program.money import Booleans, Floats
from coplant.program.ranging import Ranging
from coplant.program.solve import NO_CROSSOVER


class Optimum:
    """What questions about a plan are asked of.

    Parameters
    ----------
    plan : Plan
        The plan.

    Raises
    ------
    CaseError
        It is one of the plans of a hedge, which is not the best for its future by itself.
    """

    def __init__(self, plan: Plan) -> None:
        check_alone(plan)
        self.plan = plan

    @classmethod
    def of(cls, plan: Plan) -> Optimum:
        """Return the optimum of a plan, made once."""
        if "optimum" not in vars(plan):
            vars(plan)["optimum"] = cls(plan)
        found: Optimum = vars(plan)["optimum"]
        return found

    @cached_property
    def reader(self) -> Reader:
        """The program, solved.

        Raises
        ------
        CaseError
            It is large, and was solved without a corner.
        """
        found = reopened(self.plan)
        if found.solution.corner is None and found.draft.program.column_count > NO_CROSSOVER:
            mend = "Plan it with --corner (corner=True): that takes about as long again, once"
            problem = Problem(
                "question", None, None, None, "a large plan at a corner, from which limits are moved", mend
            )
            raise CaseError([problem], self.plan.settings.name)
        return found

    @property
    def draft(self) -> Draft:
        """The program, and what its columns are."""
        return self.reader.draft

    @cached_property
    def ranging(self) -> Ranging:
        """The program where it was solved, from which limits are moved."""
        solution = self.reader.solution
        return Ranging(self.draft.program, solution.columns, solution.corner, int(self.plan.options.get("seed", 0)))

    @cached_property
    def limits(self) -> list[Limit]:
        """Every limit that somebody could move."""
        return limits_of(self.draft)

    @cached_property
    def pegging(self) -> Pegging:
        """Which lots end up where."""
        return Pegging.of(self.reader)

    def priced(self, limit: Limit) -> Booleans:
        """Nodes in which a unit more of a limit may be worth something, shape (N,)."""
        row = np.maximum(limit.rows, 0)
        return np.asarray((limit.rows >= 0) & self.ranging.binding[row] & (self.ranging.prices[row] > 0.0))

    def stated(self, limit: Limit) -> Floats:
        """How much there is of a limit at each node: what its row states, else what is used, shape (N,)."""
        stated = self.draft.program.row_upper[np.maximum(limit.rows, 0)]
        amount = np.where(np.isfinite(stated) & (stated > 0.0), stated, self.use(limit))
        return np.where(limit.rows >= 0, amount, 0.0)

    def use(self, limit: Limit, columns: Floats | None = None) -> Floats:
        """What activities use of a limit at each node, shape (N,).

        Parameters
        ----------
        limit : Limit
            The limit.
        columns : ndarray, optional
            Value of each column; those of the plan by default.
        """
        values = self.ranging.columns if columns is None else columns
        starts = np.unique(self.draft.start.index[limit.activities])
        started = np.zeros(len(values))
        started[starts[starts >= 0]] = values[starts[starts >= 0]]
        return np.where(limit.rows >= 0, (self.draft.program.matrix() @ started)[np.maximum(limit.rows, 0)], 0.0)

    def worth(self, columns: Floats) -> float:
        """What other values of the columns earn more than those of the plan [money, present value]."""
        return float(self.draft.program.objective() @ (columns - self.ranging.columns))
