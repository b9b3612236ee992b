"""Launching: when production can start."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from coplant.cli.answering import answering, print_json
from coplant.cli.app import app
from coplant.cli.options import AsJson, CasePath, tables_at
from coplant.cli.progress import Progress


@app.command()
def launch(
    case: CasePath,
    samples: Annotated[int, typer.Option(metavar="N", min=1, help="How often the programme is drawn.")] = 10_000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the draws.")] = 0,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Threads; their number changes no answer.")] = 1,
    time_limit: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="Seconds to look for a schedule in, where teams are short.")
    ] = 10.0,
    value: Annotated[
        bool, typer.Option("--value", help="Say what an earlier start and advice are worth, by plans.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the launch's tables to this folder.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read in a browser.")] = None,
    excel: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say when production can start, how sure that is, and what it is worth."""
    with answering(as_json), Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.launching.result import KIND

        outputs = {
            "tables": tables_at(out, KIND),
            "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
            "excel": Output(excel, (".xlsx",), option="--excel", replaces=("launched", KIND.name)) if excel else None,
        }
        files = {name: output.path for name, output in outputs.items() if output}
        check_outputs([output for output in outputs.values() if output], case)
        with progress.stage("Reading the case"):
            read = coplant.read(case)
        with progress.stage("Launching"):
            made = coplant.launch(read, samples, seed, workers=workers, time_limit=time_limit, progress=progress.say)
        if value:
            # What HiGHS says when it is interrupted is not an answer.
            with progress.stage("Valuing the start"), contextlib.redirect_stdout(sys.stderr):
                made = coplant.value_of_start(made, progress=progress.say)
        write = {"tables": made.write, "report": made.report, "excel": made.to_excel}
        for name, path in files.items():
            with progress.stage(f"Writing {path}"):
                write[name](path)
        if as_json:
            tables = {name: made[name].to_dicts() for name in ("milestones", "advice") if name in made.tables}
            print_json(made.facts() | tables | {"files": {name: str(path) for name, path in files.items()}})
            return
        typer.echo(made.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")
