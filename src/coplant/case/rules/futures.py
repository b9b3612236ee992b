"""Rules of what is uncertain: branches, their outcomes, and what these change in the rest of the case."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import polars as pl

from coplant.case.cells import EXPECTED, typed
from coplant.case.check import allowed, beyond
from coplant.case.draft import ROW, Draft
from coplant.case.names import did_you_mean
from coplant.case.rules.reaching import days_are_of_dated_rows, key_means_rows, meant
from coplant.case.rules.registry import rule
from coplant.errors import Problem
from coplant.schema import TABLES

_EXACT = 1e-9
"""By how much probabilities that add up to one may miss it."""

LUCK = "start of production"
"""The branch on which the launch programme turns out with more or less luck."""

FIXED = ("case", "branches", "edits")
"""Tables that outcomes do not change."""


@rule("branches", sound=("branches.branch", "branches.after"))
def branches_follow_one_outcome(draft: Draft) -> None:
    """Check that all rows of a branch come after the same."""
    first = pl.col("after").first().over("branch")
    rows = draft["branches"].with_columns(first=first).filter(pl.col("after").ne_missing(pl.col("first")))
    draft.report("branches", rows, "after", "{first}, as in the first row of {branch}", "Mend one of the two")


@rule("branches", sound=("branches.branch", "branches.after", "branches.outcome"))
def branches_follow_what_is_known_before(draft: Draft) -> None:
    """Check that what a branch comes after is an outcome, of a branch that does not come after its own outcomes."""
    # Where rows of a branch differ, that is told by itself.
    rows = draft["branches"].filter(pl.col("after") == pl.col("after").first().over("branch"))
    outcomes = set(draft["branches"]["outcome"])
    unknown = [record for record in rows.iter_rows(named=True) if record["after"] not in outcomes]
    for record in unknown:
        mend = did_you_mean(record["after"], outcomes, "Name an outcome of another branch, or leave it empty")
        expected = "an outcome of another branch"
        draft.add(Problem("branches", record[ROW], "after", record["after"], expected, mend))
    if unknown:
        return
    rows = rows.unique("branch", keep="first", maintain_order=True)
    of = dict(draft["branches"].select("outcome", "branch").rows())
    before = {record["branch"]: {of[record["after"]]} for record in rows.iter_rows(named=True)}
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        circle = [*reversed(error.args[1])]
        row, after = rows.filter(pl.col("branch").is_in(circle)).sort(ROW).select(ROW, "after").row(0)
        expected = "an outcome that does not hang on this branch itself"
        mend = f"{' comes before '.join(circle)}: let one of them not come after the next"
        draft.add(Problem("branches", row, "after", after, expected, mend))


@rule("branches", sound=("branches.branch", "branches.outcome"))
def outcomes_belong_to_one_branch(draft: Draft) -> None:
    """Check that an outcome has a name of its own, by which edits and other branches name it."""
    first = pl.col("branch").first().over("outcome")
    rows = draft["branches"].with_columns(first=first).filter(pl.col("branch") != pl.col("first"))
    mend = "An outcome of {first} has the same name: call one of them otherwise"
    draft.report("branches", rows, "outcome", "a name that no other branch has for an outcome", mend)


@rule("branches", sound=("branches.branch",))
def luck_has_its_own_branch(draft: Draft) -> None:
    """Check that no branch is called as that of the launch programme's luck is."""
    rows = draft["branches"].filter(pl.col("branch") == LUCK)
    mend = "Call it otherwise: that is how the launch programme turns out, with start_levels of the case above 1"
    draft.report("branches", rows, "branch", f"a name other than {LUCK}", mend)


@rule("branches", sound=("branches.branch", "branches.probability"))
def probabilities_add_up(draft: Draft) -> None:
    """Check that one of the outcomes of a branch happens for certain."""
    frame = draft["branches"].with_columns(total=pl.col("probability").sum().over("branch"))
    first = frame.unique("branch", keep="first", maintain_order=True)
    exact = draft.settings is not None and draft.settings.probabilities == "exact"
    wrong = first.filter((pl.col("total") - 1.0).abs() > _EXACT if exact else pl.col("total") <= 0.0)
    mend = "Mend one of them, or set probabilities = normalise in case, and they are divided by that"
    expected = "probabilities of {branch} that add up to 1; they add up to {total}"
    draft.report("branches", wrong, "probability", expected, mend if exact else "Give one of them a chance")


@rule("branches", sound=("branches.reveal_date",))
def outcomes_are_known_within_the_horizon(draft: Draft) -> None:
    """Check that something is decided before an outcome is known, and something after."""
    if draft.settings is None:
        return
    start, until = draft.settings.start, draft.settings.until
    rows = draft["branches"].filter((pl.col("reveal_date") <= start) | (pl.col("reveal_date") >= until))
    expected = f"a day after {start}, the first of the horizon, and before {until}, its end"
    mend = "What is known from the first day is no outcome: edit the case itself. What is known later changes nothing"
    draft.report("branches", rows, "reveal_date", expected, mend)


@rule("branches", sound=("branches.reveal_date", "branches.after", "branches.outcome"))
def branches_are_known_after_what_they_follow(draft: Draft) -> None:
    """Check that a branch is not known before the outcome that raises its question."""
    earlier = draft["branches"].select(after="outcome", known="reveal_date")
    rows = draft["branches"].join(earlier, on="after").filter(pl.col("reveal_date") < pl.col("known"))
    expected = "a day from {known} on, when {after} is known"
    draft.report("branches", rows, "reveal_date", expected, "Mend one of the two days")


@rule("edits", sound=("edits.table", "edits.column"))
def edits_name_a_column(draft: Draft) -> None:
    """Check that an edit changes a column of a table, and that it can be changed in that way."""
    known = [name for name in TABLES if name not in FIXED]
    for record in draft["edits"].iter_rows(named=True):
        name, column = record["table"], record["column"]
        if name not in known:
            mend = meant(name, known, TABLES, f"Tables are {', '.join(known)}")
            draft.add(Problem("edits", record[ROW], "table", name, "the name of a table that can change", mend))
        elif column not in TABLES[name].names or column in TABLES[name].key:
            names = [other for other in TABLES[name].names if other not in TABLES[name].key]
            mend = meant(column, names, TABLES[name].names, f"They are {', '.join(names)}")
            expected = f"a column of {name} that is no part of its key"
            draft.add(Problem("edits", record[ROW], "column", column, expected, mend))


@rule("edits", sound=("edits.table", "edits.column", "edits.value"))
def edits_have_a_value_of_their_column(draft: Draft) -> None:
    """Check that the value is one that the column may have, or a number where it multiplies or adds."""
    for record in draft["edits"].iter_rows(named=True):
        column, given = TABLES[record["table"]].column(record["column"]), record["value"]
        if record["operation"] != "set":
            if column.type not in ("number", "integer"):
                expected = f"set, as {column.name} is no number"
                mend = "Set it, or change a column that is a number"
                draft.add(Problem("edits", record[ROW], "operation", record["operation"], expected, mend))
                continue
            column = TABLES["branches"].column("probability")
            if given is None or typed(column, given) is None:
                draft.add(Problem("edits", record[ROW], "value", given, EXPECTED["number"], "Say how much"))
        elif given is None and column.required:
            mend = f"{column.name} of {record['table']}: {column.description}"
            draft.add(Problem("edits", record[ROW], "value", given, EXPECTED[column.type], mend))
        elif given is not None:
            read = typed(column, given)
            mend = f"{column.name} of {record['table']}: {column.description}"
            if read is None:
                draft.add(Problem("edits", record[ROW], "value", given, EXPECTED[column.type], mend))
            elif beyond(column, read):
                mend = did_you_mean(given, column.choices, mend) if column.choices else mend
                draft.add(Problem("edits", record[ROW], "value", given, allowed(column), mend))
            elif column.refers_to and draft.sound((".".join(column.refers_to),)):
                table, name = column.refers_to
                names = draft[table][name].drop_nulls().unique().sort().to_list()
                if read not in names:
                    mend = did_you_mean(given, names, f"Add it to {table}, or name one that is there")
                    draft.add(Problem("edits", record[ROW], "value", given, f"a {name} in {table}", mend))


@rule("edits", sound=("edits.table", "edits.key"))
def edits_mean_rows(draft: Draft) -> None:
    """Check that the key of an edit means some rows."""
    key_means_rows(draft, "edits")


@rule("edits", sound=("edits.table", "edits.from", "edits.until"))
def only_what_holds_from_a_day_changes_for_some_time(draft: Draft) -> None:
    """Check that days are given only where rows hold from a day, and that they are in order."""
    days_are_of_dated_rows(draft, "edits")


@rule("edits", sound=("edits.outcome", "edits.from", "edits.until", "branches.outcome", "branches.reveal_date"))
def edits_hold_from_when_they_are_known(draft: Draft) -> None:
    """Check that an outcome changes nothing before it is known, and something after."""
    known = draft.lookup("branches", "outcome", "reveal_date")
    rows = draft["edits"].join(known, on="outcome")
    early = rows.filter(pl.col("from") < pl.col("reveal_date"))
    expected = "a day from {reveal_date} on, when {outcome} is known"
    draft.report("edits", early, "from", expected, "Mend one of the two days, or edit the case itself")
    over = rows.filter(pl.col("from").is_null(), pl.col("until") <= pl.col("reveal_date"))
    expected = "a day after {reveal_date}, when {outcome} is known"
    draft.report("edits", over, "until", expected, "Mend one of the two days, or leave the row out")
