"""Planning: a plan, or plans for several futures."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coplant.cli.answering import answering, print_json
from coplant.cli.app import app
from coplant.cli.options import (
    AsJson,
    CasePath,
    ClusterAddress,
    Gap,
    Method,
    Solver,
    SolverName,
    SolverSeed,
    WorkerCount,
    refuse,
    tables_at,
    workers_from,
)
from coplant.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coplant.planning import Hedge, Plan


@app.command()
def plan(
    case: CasePath,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the plan's tables to this folder.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read in a browser.")] = None,
    excel: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook.")] = None,
    as_json: AsJson = False,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", min=0.0, help="Stop after so many seconds with the best plan so far.")
    ] = None,
    gap: Gap = 1e-4,
    solver: SolverName = Solver.AUTO,
    seed: SolverSeed = 0,
    method: Annotated[Method, typer.Option(help="Plan for several futures as one program, or in parts.")] = Method.AUTO,
    workers: WorkerCount = None,
    cluster: ClusterAddress = None,
    corner: Annotated[
        bool, typer.Option("--corner", help="Bring a large plan to a corner, from which it is asked questions.")
    ] = False,
) -> None:
    """Say what to sign, reserve, build, buy, move, stock and sell."""
    with answering(as_json), Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.planning.result import KIND

        outputs = {
            "tables": tables_at(out, KIND),
            "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
            "excel": Output(excel, (".xlsx",), option="--excel", replaces=("decision", "plan")) if excel else None,
        }
        files = {name: output.path for name, output in outputs.items() if output}
        check_outputs([output for output in outputs.values() if output], case)
        with progress.stage("Reading the case"):
            read = coplant.read(case)
        of_parts = {"--method": method is not Method.AUTO, "--workers": workers, "--cluster": cluster}
        if not read.certain:
            refuse({"--corner": corner}, "questions are asked of plans for one future")
            if method is Method.WHOLE:
                refuse(of_parts, "one program has no parts that others could plan", besides="--method")
            with (
                progress.stage("Planning"),
                contextlib.redirect_stdout(sys.stderr),
                contextlib.closing(workers_from(workers, cluster)) as them,
            ):
                hedge = coplant.hedge(
                    read, gap=gap, time_limit=time_limit, solver=solver.value, seed=seed, progress=progress.say,
                    method=method.value, workers=them,
                )  # fmt: skip
            for name, path in files.items():
                with progress.stage(f"Writing {path}"):
                    {"tables": hedge.write, "report": hedge.report, "excel": hedge.to_excel}[name](path)
            _tell_hedge(hedge, files, as_json)
            return
        refuse(of_parts, "the case can turn out in one way only, which has no parts")
        # What HiGHS says when it is interrupted is not an answer.
        with progress.stage("Planning"), contextlib.redirect_stdout(sys.stderr):
            made = coplant.plan(
                read, gap=gap, time_limit=time_limit, solver=solver.value, seed=seed, progress=progress.say,
                corner=corner,
            )  # fmt: skip
        for warning in made.scaling["warnings"]:
            typer.echo(f"Note: {warning}", err=True)
        for name, path in files.items():
            with progress.stage(f"Writing {path}"):
                {"tables": made.write, "report": made.report, "excel": made.to_excel}[name](path)
        if as_json:
            print_json(_facts(made) | {"files": {name: str(path) for name, path in files.items()}})
            return
        typer.echo(made.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


def _facts(made: Plan) -> dict[str, Any]:
    """Return what a program wants to know of a plan."""
    head = {"case": made.settings.name, "currency": made.settings.currency}
    return head | made.facts() | {name: made[name].to_dicts() for name in ("signed", "reserved")}


def _tell_hedge(hedge: Hedge, files: Mapping[str, Path], as_json: bool) -> None:
    """Print plans for several futures, and where they were written."""
    if as_json:
        head = {"case": hedge.case.settings.name, "currency": hedge.case.settings.currency}
        tables = {name: hedge[name].to_dicts() for name in ("futures", "now", "then", "signatures")}
        print_json(head | hedge.facts() | tables | {"files": {name: str(path) for name, path in files.items()}})
        return
    typer.echo(hedge.summary())
    for name, path in files.items():
        typer.echo(f"{name.capitalize()}: {path}")
