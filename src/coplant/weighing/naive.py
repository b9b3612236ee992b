"""What becomes of a plan that was made for one way in which things turn out, when others come.

Its first decisions, those that are taken before anything is known, are held; all others are decided anew, as well as
can be, once it is known what they depend on. Where several plans are as good for that one way, that counts which does
best in all: it would take no more than to look at them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from coplant.errors import InfeasibleError
from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.planning.risk import WorstFutures
from coplant.program import LinearProgram, Solution, term
from coplant.program.money import Floats, Integers
from coplant.program.tying import ToldTooEarlyError, tie
from coplant.tree.averaging import NoMeanError, mean_of

MEAN = "mean"
"""What a plan is made for that takes the mean of what is uncertain for certain."""

_TOLERANCE = 1e-9
"""By which share of what is promised another plan may promise less and be as good."""


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
        Its first decisions, as columns of the program of all futures.
    value : ndarray, shape (M,)
        What it decides.
    alike : LinearProgram
        The program of all futures in which that one has to keep what is promised.
    """

    made_for: str
    promised: float
    column: Integers
    value: Floats
    alike: LinearProgram

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
        # To keep to the last digit what is promised can be more than a solver's tolerance allows; what it found can be
        # held.
        for program in (self.alike, outlook.program.hold(self.column, self.value)):
            try:
                return outlook.solve(options, progress, program)
            except InfeasibleError:
                continue
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
    program, columns = outlook.drafts[likeliest].program, outlook.tied.columns[likeliest]
    alone = outlook.solve(options, progress, program)
    own = outlook.decided_first(program)
    alike = _promising(outlook.program.copy(), program, columns, alone.objective)
    return Naive(outlook.futures.names[likeliest], alone.objective, columns[own], alone.columns[own], alike)


def for_the_mean(outlook: Outlook, options: dict[str, Any], progress: Progress) -> Naive:
    """Plan for the mean of what is uncertain.

    Raises
    ------
    NoMeanError
        Something that is uncertain has no mean, or no plan keeps the rules at the mean.
    """
    futures, timeline = outlook.futures, outlook.timeline
    program = outlook.draft_of(mean_of(outlook.cases, futures.probability)).program
    programs = [draft.program for draft in outlook.drafts]
    # The mean is one future more, which never comes. It cannot be told from the others before anything is known.
    first = np.isin(np.arange(len(timeline)), outlook.first)
    apart = np.vstack([futures.told_apart(timeline), np.where(first, 0, len(futures))])
    nodes = (*outlook.tied.labels, *(f"{timeline.labels[step]}, {MEAN}" for step in np.flatnonzero(~first)))
    try:
        tied = tie([*programs, program], apart, np.append(futures.probability, 0.0), nodes)
        alone = outlook.solve(options, progress, program)
    except ToldTooEarlyError as error:
        raise NoMeanError(f"the mean differs from the futures before anything is known ({error.name})") from None
    except InfeasibleError:
        raise NoMeanError("no plan keeps all rules at the mean") from None
    settings = futures.case.settings
    if settings.risk_weight > 0.0:
        worst = WorstFutures.of(tied, futures.probability, settings.risk_share)
        worst.weigh(settings.risk_weight)
    own, columns = outlook.decided_first(program), tied.columns[-1]
    alike = _promising(tied.program, program, columns, alone.objective)
    # The columns of the others come first, as they do without the mean.
    return Naive(MEAN, alone.objective, columns[own], alone.columns[own], alike)


def _promising(whole: LinearProgram, program: LinearProgram, columns: Integers, promised: float) -> LinearProgram:
    """Let a future keep what is promised for it.

    ``promised``: V >= promised, where V is the present value of its money [money].
    """
    lower = promised - _TOLERANCE * max(abs(promised), 1.0)
    whole.rows("promised", (("all",),), [term(0, columns, program.worth())], lower=lower)
    return whole
