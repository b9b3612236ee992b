"""Explaining: why a plan is as it is, what if something were otherwise, and how plans differ."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coplant.cli.answering import answering, print_columns, print_json
from coplant.cli.app import app
from coplant.cli.options import AsJson, Language
from coplant.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coplant.planning import Plan

PlanPath = Annotated[
    Path, typer.Argument(metavar="PLAN", help="A folder of `plan --out`; or a case, which is planned first.")
]


@app.command()
def why(
    plan: PlanPath,
    demand: Annotated[str, typer.Option(metavar="D", help="The stream of demand.")],
    at: Annotated[str, typer.Option(metavar="WHEN", help="A bucket, month, quarter, year or day: 2021-07, 2021-Q3.")],
    language: Annotated[Language, typer.Option(help="English or French.")] = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Say why customers are not served: what gates them, who got it instead, and what would lift it."""
    with answering(as_json), Progress() as progress:
        read = _plan_at(plan, progress)
        with progress.stage("Asking"):
            found = read.why_short(demand, at)
        if as_json:
            print_json({"demand": demand, "unserved": 0.0} if found is None else found.as_dict())
        elif found is None:
            typer.echo(f"All customers of {demand} are served in {at}.")
        else:
            typer.echo(found.text(language.value))


@app.command(name="what-if")
def what_if(
    plan: PlanPath,
    changes: Annotated[
        list[str],
        typer.Option("--set", metavar="CHANGE", help="What is otherwise, such as 'allotments[mcu].quantity *= 1.2'."),
    ],
    each: Annotated[bool, typer.Option("--each", help="Ask of each change by itself, and compare them.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the new plan's tables to this folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan anew with something otherwise, and say what changes and why."""
    with answering(as_json), Progress() as progress:
        from coplant.case.outputs import check_outputs
        from coplant.cli.options import tables_at
        from coplant.planning.result import KIND

        if out and each:
            raise typer.BadParameter("there is a new plan for each change. Leave it out", param_hint="--out")
        place = tables_at(out, KIND)
        check_outputs([place] if place else [], plan)
        read = _plan_at(plan, progress)
        if each:
            _tell_each(read, changes, as_json, progress)
            return
        with progress.stage("Planning anew"), contextlib.redirect_stdout(sys.stderr):
            found = read.what_if(*changes, progress=progress.say)
        if out:
            with progress.stage(f"Writing {out}"):
                found.plan.write(out)
        if as_json:
            print_json(found.as_dict())
        else:
            typer.echo(found.summary())


def _tell_each(plan: Plan, changes: Sequence[str], as_json: bool, progress: Progress) -> None:
    """Print what each change by itself comes to."""
    from coplant.insight.what_if import what_ifs

    with progress.stage("Planning anew"), contextlib.redirect_stdout(sys.stderr):
        table = what_ifs(plan, changes, progress.say)
    if as_json:
        print_json({"currency": plan.settings.currency, "changes": table.to_dicts()})
        return
    rows = [("change", f"{plan.settings.currency} more", "")]
    for row in table.iter_rows(named=True):
        decided = [
            f"{word} {row[name]}" for name, word in (("signed", "signs"), ("not_signed", "does not sign")) if row[name]
        ]
        gained = "no plan" if row["gained"] is None else f"{row['gained']:+z,.0f}"
        rows.append((row["change"], gained, "; ".join(decided)))
    print_columns(rows)


def _plan_at(path: Path, progress: Progress) -> Plan:
    """Read a plan, or plan a case."""
    import coplant
    from coplant.planning.result import KIND

    if (path / KIND.facts).is_file():
        with progress.stage("Reading the plan"):
            return coplant.Plan.read(path)
    with progress.stage("Reading the case"):
        case = coplant.read(path)
    with progress.stage("Planning"), contextlib.redirect_stdout(sys.stderr):
        return coplant.plan(case, progress=progress.say)
