"""Uncertainty: what hedging and knowing are worth, and how a plan fares over sampled futures."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from coplant.cli.answering import answering, print_json
from coplant.cli.app import app
from coplant.cli.asked import ReportPath, files_told
from coplant.cli.options import (
    AsJson,
    CasePath,
    ClusterAddress,
    Gap,
    Solver,
    SolverName,
    SolverSeed,
    WorkerCount,
    shares_in,
    tables_at,
    workers_from,
)
from coplant.cli.progress import Progress


@app.command()
def worth(
    case: CasePath,
    weights: Annotated[
        str | None,
        typer.Option(metavar="W,...", help="Weights of the worst futures to try, such as 0,0.5,1; five if left out."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the tables to this folder.")] = None,
    report: ReportPath = None,
    as_json: AsJson = False,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", min=0.0, help="Stop each of the plans after so many seconds.")
    ] = None,
    gap: Gap = 1e-4,
    solver: SolverName = Solver.AUTO,
    seed: SolverSeed = 0,
) -> None:
    """Say what it is worth to plan for several futures at once, what to know which comes, and what care costs."""
    with answering(as_json), Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.weighing.result import KIND
        from coplant.weighing.worth import WEIGHTS

        tried = WEIGHTS if weights is None else shares_in(weights)
        place = tables_at(out, KIND)
        page = Output(report, PAGES, option="--report", replaces=PAGE) if report else None
        check_outputs([output for output in (place, page) if output], case)
        with progress.stage("Reading the case"):
            read = coplant.read(case)
        # What HiGHS says when it is interrupted is not an answer.
        with progress.stage("Weighing"), contextlib.redirect_stdout(sys.stderr):
            made = coplant.worth(
                read, weights=tried, gap=gap, time_limit=time_limit, solver=solver.value, seed=seed,
                progress=progress.say,
            )  # fmt: skip
        if out:
            with progress.stage(f"Writing {out}"):
                made.write(out)
        if report:
            from coplant.report.answered import write_worth

            with progress.stage(f"Writing {report}"):
                write_worth(made, report)
        files = {name: path for name, path in (("tables", out), ("report", report)) if path}
        if as_json:
            head = {"case": read.settings.name, "currency": read.settings.currency}
            tables = {name: table.to_dicts() for name, table in made.tables.items()}
            print_json(head | made.facts() | tables | {"files": files_told(files)})
            return
        typer.echo(made.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


@app.command()
def stress(
    case: Annotated[
        Path, typer.Argument(metavar="CASE", help="A case, which is planned first; or a folder of `plan --out`.")
    ],
    samples: Annotated[int, typer.Option(metavar="N", min=1, help="How many futures are sampled.")] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the draws.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write samples as they come, and the tables, to this folder; go on from it."),
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read in a browser.")] = None,
    excel: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook.")] = None,
    as_json: AsJson = False,
    workers: WorkerCount = None,
    cluster: ClusterAddress = None,
) -> None:
    """Say how a plan fares over many sampled futures, reviewed as they come."""
    with answering(as_json), Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.planning.result import KIND as PLAN
        from coplant.stressing.result import EACH, KIND
        from coplant.stressing.stress import planned_in

        outputs = {
            "tables": tables_at(out, KIND),
            "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
            "excel": Output(excel, (".xlsx",), option="--excel", replaces=("stressed", KIND.name)) if excel else None,
        }
        files = {name: output.path for name, output in outputs.items() if output}
        check_outputs([output for output in outputs.values() if output], case)
        planned = (case / PLAN.facts).is_file()
        with progress.stage("Reading the plan" if planned else "Reading the case"):
            tested = planned_in(case) if planned else coplant.read(case)
        # What HiGHS says when it is interrupted is not an answer.
        with (
            progress.stage("Putting it to the test"),
            contextlib.redirect_stdout(sys.stderr),
            contextlib.closing(workers_from(workers, cluster)) as them,
        ):
            made = coplant.stress(tested, samples, seed, out=out, workers=them, progress=progress.say)
        write = {"tables": made.write, "report": made.report, "excel": made.to_excel}
        for name, path in files.items():
            with progress.stage(f"Writing {path}"):
                write[name](path)
        if as_json:
            head = {"case": made.case.settings.name, "currency": made.case.settings.currency}
            tables = {name: table.to_dicts() for name, table in made.tables.items() if name not in EACH}
            print_json(head | made.facts() | tables | {"files": {name: str(path) for name, path in files.items()}})
            return
        typer.echo(made.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")
