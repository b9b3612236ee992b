"""Explaining: why a plan is as it is, what if something were otherwise, and how plans differ."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coplant.cli.answering import answering, print_json
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
            print_json(found.as_dict())
        else:
            typer.echo(found.text(language.value))


@app.command(name="what-if")
def what_if(
    plan: PlanPath,
    changes: Annotated[
        list[str],
        typer.Option("--set", metavar="CHANGE", help="What is otherwise: 'allotments[mcu].quantity *= 1.2'; again for each."),
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
        with progress.stage("Planning anew"), contextlib.redirect_stdout(sys.stderr):
            if each:
                _tell_each(read, changes, as_json, progress)
                return
            found = read.what_if(*changes, progress=progress.say)
        if out:
            with progress.stage(f"Writing {out}"):
                found.plan.write(out)
        if as_json:
            print_json(found.as_dict())
        else:
            typer.echo(found.summary())


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
