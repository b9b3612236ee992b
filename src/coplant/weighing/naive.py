"""What becomes of a plan that was made for one way in which things turn out, when others come.

Its first decisions, those that are taken before anything is known, are held; all others are decided anew, as well as
can be, once it is known what they depend on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from coplant.errors import InfeasibleError
from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.program import Solution
from coplant.program.money import Floats, Integers
from coplant.program.tying import ToldTooEarlyError, tie
from coplant.tree.averaging import NoMeanError, mean_of


@dataclass(frozen=True, eq=False)
class Naive:
    """A plan for one future.

    Parameters
    ----------
    made_for : str
        That future: a name, or ``mean``.
    promised : float
        Present value that it is to have if that comes.
    column : ndarray of int, shape (M,)
        Its first decisions, as columns of the one program.
    value : ndarray, shape (M,)
        What it decides.
    """

    made_for: str
    promised: float
    column: Integers
    value: Floats

    def carried_out(self, outlook: Outlook, options: dict[str, Any], progress: Progress) -> Solution | None:
        """Hold its first decisions in all futures, and decide the rest anew; None where some future has no plan then.

        Parameters
        ----------
        outlook : Outlook
            The futures.
        options : dict
            How to solve programs.
        progress : callable
            Is told what is going on.
        """
        try:
            return outlook.solve(options, progress, outlook.program.hold(self.column, self.value))
        except InfeasibleError:
            return None

    def without_plan(self, outlook: Outlook, options: dict[str, Any], progress: Progress) -> list[str]:
        """Futures that have no plan once its first decisions are held; all where each has one, but not all together."""
        value = np.full(outlook.program.column_count, np.nan)
        value[self.column] = self.value
        stranded = []
        for name, draft, columns in zip(outlook.futures.names, outlook.drafts, outlook.tied.columns, strict=True):
            own = outlook.decided_first(draft.program)
            try:
                outlook.solve(options, progress, draft.program.hold(own, value[columns[own]]))
            except InfeasibleError:
                stranded.append(name)
        return stranded or list(outlook.futures.names)


MEAN = "mean"
"""What a plan is made for that takes the mean of what is uncertain for certain."""


def for_the_likeliest(outlook: Outlook, options: dict[str, Any], progress: Progress) -> Naive:
    """Plan for the future in which every branch turns out as is most likely.

    Parameters
    ----------
    outlook : Outlook
        The futures.
    options : dict
        How to solve programs.
    progress : callable
        Is told what is going on.
    """
    likeliest = outlook.futures.likeliest
    program = outlook.drafts[likeliest].program
    alone = outlook.solve(options, progress, program)
    own = outlook.decided_first(program)
    columns = outlook.tied.columns[likeliest][own]
    return Naive(outlook.futures.names[likeliest], alone.objective, columns, alone.columns[own])


def for_the_mean(outlook: Outlook, options: dict[str, Any], progress: Progress) -> Naive:
    """Plan for the mean of what is uncertain.

    Raises
    ------
    NoMeanError
        Something that is uncertain has no mean, or no plan keeps the rules at the mean.
    """
    program = outlook.draft_of(mean_of(outlook.cases, outlook.futures.probability)).program
    one = outlook.drafts[0].program
    # The mean is a future like the others, of which it cannot be told apart before anything is known.
    apart = np.zeros((2, len(outlook.timeline)), dtype=np.int64)
    apart[1] = ~np.isin(np.arange(len(outlook.timeline)), outlook.first)
    labels = (
        *outlook.timeline.labels,
        *(f"{label}, {MEAN}" for label in outlook.timeline.labels[len(outlook.first) :]),
    )
    try:
        beside = tie([one, program], apart, np.array([1.0, 0.0]), labels)
        alone = outlook.solve(options, progress, program)
    except ToldTooEarlyError as error:
        raise NoMeanError(f"the mean differs from the futures before anything is known ({error.name})") from None
    except InfeasibleError:
        raise NoMeanError("no plan keeps all rules at the mean") from None
    own = outlook.decided_first(program)
    place = np.full(beside.program.column_count, -1, dtype=np.int64)
    place[beside.columns[0]] = outlook.tied.columns[0]
    return Naive(MEAN, alone.objective, place[beside.columns[1][own]], alone.columns[own])
