"""Rules of what is sampled in a stress test: factors, the numbers that they multiply, and which come together."""

from __future__ import annotations

import numpy as np
import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.rules.futures import FIXED
from coplant.case.rules.reaching import days_are_of_dated_rows, key_means_rows, meant
from coplant.case.rules.registry import rule
from coplant.errors import Problem
from coplant.schema import TABLES

REVERTING = "reverting"
"""The distribution of a factor that moves on and returns to 1."""

LAUNCHED = (
    "calendars", "holidays", "activities", "links", "observations", "drivers", "driven", "events", "know_how",
    "acceleration", "teams", "assignments", "milestones", "advisory_effects",
)  # fmt: skip
"""Tables of the launch programme, which has drivers of its own."""

HAPPENED = ("actuals", "forecasts", "call_offs", "commits", "shipments", "exits")
"""Tables of what has happened."""

NOT_SAMPLED = (*FIXED, *LAUNCHED, *HAPPENED, "factors", "factor_effects", "factor_correlations")
"""Tables whose numbers no factor multiplies."""

_DEFINITE = -1e-9
"""The least that an eigenvalue of correlations may be."""


@rule("factors", sound=("factors.distribution", "factors.reversion", "factors.volatility"))
def what_reverts_says_how(draft: Draft) -> None:
    """Check that a factor that is reverting says how, and no other does."""
    reverting = pl.col("distribution") == REVERTING
    for column in ("reversion", "volatility"):
        silent = draft["factors"].filter(reverting, pl.col(column).is_null())
        mend = "Say how it returns and strays, or choose another distribution"
        draft.report("factors", silent, column, "a number, as reverting takes it", mend)
        given = draft["factors"].filter(~reverting, pl.col(column).is_not_null())
        draft.report("factors", given, column, "nothing, as {distribution} does not take it", "Leave it empty")
    for column in ("low", "likely", "high", "range"):
        given = draft["factors"].filter(reverting, pl.col(column).is_not_null())
        draft.report("factors", given, column, "nothing, as reverting does not take it", "Leave it empty")


@rule("factors", sound=("factors.low", "factors.high"))
def factors_vary_around_one(draft: Draft) -> None:
    """Check that a factor may be 1, for which plans are made."""
    rows = draft["factors"].filter(pl.col("low") <= pl.col("high"))
    mend = "Let it vary around 1, and change in the case itself what is to be more or less in the mean"
    above, below = rows.filter(pl.col("low") > 1.0), rows.filter(pl.col("high") < 1.0)
    draft.report("factors", above, "low", "at most 1, for which plans are made", mend)
    draft.report("factors", below, "high", "at least 1, for which plans are made", mend)


@rule("factor_effects", sound=("factor_effects.table", "factor_effects.column"))
def effects_name_a_number(draft: Draft) -> None:
    """Check that a factor multiplies a number of a table that it can reach."""
    known = [name for name in TABLES if name not in NOT_SAMPLED]
    for record in draft["factor_effects"].iter_rows(named=True):
        name, column = record["table"], record["column"]
        if name not in known:
            mend = meant(name, known, TABLES, f"Tables are {', '.join(known)}")
            expected = "the name of a table with numbers that are sampled"
            draft.add(Problem("factor_effects", record[ROW], "table", name, expected, mend))
            continue
        numbers = [one.name for one in TABLES[name].columns if one.type == "number" and not one.key]
        if column not in numbers:
            mend = meant(column, numbers, TABLES[name].names, f"They are {', '.join(numbers)}")
            draft.add(Problem("factor_effects", record[ROW], "column", column, f"a number of {name}", mend))


@rule("factor_effects", sound=("factor_effects.table", "factor_effects.key"))
def effects_mean_rows(draft: Draft) -> None:
    """Check that the key of an effect means some rows."""
    key_means_rows(draft, "factor_effects")


@rule("factor_effects", sound=("factor_effects.table", "factor_effects.from", "factor_effects.until"))
def only_what_holds_from_a_day_is_sampled_for_some_time(draft: Draft) -> None:
    """Check that days are given only where rows hold from a day, and that they are in order."""
    days_are_of_dated_rows(draft, "factor_effects")


@rule("factor_effects", sound=("factor_effects.table", "factor_effects.factor", "factors.distribution"))
def what_moves_multiplies_what_holds_from_a_day(draft: Draft) -> None:
    """Check that a factor that moves on reaches only numbers that can move too."""
    distribution = draft.lookup("factors", "factor", "distribution")
    dated = [name for name in TABLES if TABLES[name].dated]
    rows = (
        draft["factor_effects"]
        .join(distribution, on="factor")
        .filter(pl.col("distribution") == REVERTING, ~pl.col("table").is_in(dated))
    )
    expected = "a table whose rows hold from a day until the next, as {factor} is reverting"
    draft.report("factor_effects", rows, "table", expected, f"They are {', '.join(dated)}")


@rule(
    "factor_effects",
    sound=("factor_effects.factor", "factor_effects.strength", "factors.distribution", "factors.low", "factors.likely"),
)
def powers_change_something(draft: Draft) -> None:
    """Check that an effect has a strength, and that nothing is divided by what may be nothing."""
    rows = draft["factor_effects"]
    idle = rows.filter(pl.col("strength") == 0.0)
    draft.report("factor_effects", idle, "strength", "a power other than 0, which changes nothing", "Leave the row out")
    least = pl.when(pl.col("distribution") == "fixed").then("likely").otherwise("low")
    nothing = draft.lookup("factors", "factor", "distribution", "low", "likely").filter(least <= 0.0)
    divided = rows.filter(pl.col("strength") < 0.0).join(nothing, on="factor", how="semi")
    mend = "Nothing is divided by 0: mend one of the two"
    draft.report("factor_effects", divided, "strength", "above 0, as {factor} may be 0", mend)


@rule("factor_correlations", sound=("factor_correlations.factor", "factor_correlations.with", "factors.distribution"))
def correlations_are_of_like_factors(draft: Draft) -> None:
    """Check that each pair is given once, and that of the two both move on or neither does."""
    rows = draft["factor_correlations"]
    alike = rows.filter(pl.col("factor") == pl.col("with"))
    draft.report("factor_correlations", alike, "with", "another factor than {factor}", "Leave the row out")
    kinds = draft.lookup("factors", "factor", "distribution").with_columns(pl.col("distribution") == REVERTING)
    pairs = rows.join(kinds, on="factor").join(kinds.rename({"factor": "with"}), on="with", suffix="_with")
    unlike = pairs.filter(pl.col("distribution") != pl.col("distribution_with"))
    mend = "Let both follow one factor more: each may have several effects, and a number several factors"
    draft.report("factor_correlations", unlike, "with", "reverting as {factor} is, or like it drawn once", mend)
    ordered = rows.with_columns(
        pl.min_horizontal("factor", "with").alias("#a"), pl.max_horizontal("factor", "with").alias("#b")
    )
    twice = ordered.filter(~pl.struct("#a", "#b").is_first_distinct()).drop("#a", "#b")
    draft.report("factor_correlations", twice, "with", "each pair once", "Leave one of the two rows out")


@rule(
    "factor_correlations",
    sound=("factor_correlations.factor", "factor_correlations.with", "factor_correlations.correlation",
           "factors.factor"),
)  # fmt: skip
def correlations_hold_together(draft: Draft) -> None:
    """Check that all correlations can hold at once."""
    names = draft["factors"]["factor"].drop_nulls().to_list()
    place = {name: number for number, name in enumerate(names)}
    matrix = np.eye(len(names))
    for one, other, value in draft["factor_correlations"].select("factor", "with", "correlation").iter_rows():
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = value
    if np.linalg.eigvalsh(matrix).min() < _DEFINITE:
        expected = "correlations that can hold all at once: their matrix has a negative eigenvalue"
        draft.add(Problem("factor_correlations", None, "correlation", None, expected, "Bring some of them nearer to 0"))
