"""What it costs at the least to reach a milestone earlier, and what of that is worth its money."""

from __future__ import annotations

import polars as pl

from coplant.case import Case
from coplant.launching.average import Average
from coplant.launching.curves import SAMPLES, Acceleration, bill, planned_steps, tabulated
from coplant.launching.cutting_planes import Bought, CuttingPlanes
from coplant.launching.launch import scheduled_programme
from coplant.launching.options import Options
from coplant.launching.programme import Programme


def acceleration_curve(case: Case, milestone: str) -> Acceleration:
    """Say what it costs at the least to reach a milestone by each day, if everything takes as long as is likely.

    Where teams are short they are handed over as is planned.

    Parameters
    ----------
    case : Case
        The case; its table `acceleration` says what can be paid for.
    milestone : str
        A milestone that an activity leads to.

    Returns
    -------
    Acceleration
        From the planned day down to the earliest that there can be. Days on which it cannot be reached, or for the same
        money on an earlier one, are left out.

    Raises
    ------
    CaseError
        The case has no programme that can be carried out.
    ValueError
        No activity leads to such a milestone.
    """
    programme = scheduled_programme(case)
    options, target = Options.of(case, programme), _target(programme, milestone)
    return tabulated(programme, options, milestone, None, {"planned": planned_steps(programme, options, target)})


def worth_paying_for(
    case: Case, milestone: str, value_per_day: float, samples: int = SAMPLES, seed: int = 0
) -> tuple[Bought, pl.DataFrame]:
    """Say which options are worth their money if each day by which the mean is earlier has a value.

    Parameters
    ----------
    case : Case
        The case.
    milestone : str
        A milestone that an activity leads to.
    value_per_day : float
        What a day is worth.
    samples, seed : int
        How often the programme is drawn, and the seed.

    Returns
    -------
    bought : Bought
        Cost, mean, value and bound.
    used : DataFrame
        Activity, option, days and cost of what is worth it.

    Raises
    ------
    CaseError
        The case has no programme that can be carried out.
    ValueError
        No activity leads to such a milestone, or there are no samples.
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}; there must be at least 1")
    programme = scheduled_programme(case)
    options = Options.of(case, programme)
    planes = CuttingPlanes(options, Average(programme, _target(programme, milestone), samples, seed))
    bought = planes.by_value(value_per_day)
    return bought, bill(programme, options, bought.used)


def _target(programme: Programme, milestone: str) -> int:
    names, activities = programme.milestones
    if milestone not in names:
        raise ValueError(f"no activity leads to a milestone {milestone!r}; one does to {', '.join(names)}")
    return int(activities[names.index(milestone)])
