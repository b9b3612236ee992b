"""Comparing: how plans that were kept differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coplant.cli.answering import answering, print_json
from coplant.cli.app import app
from coplant.cli.asked import ExcelPath, ReportPath, compared_files, files_told, write_compared
from coplant.cli.options import AsJson
from coplant.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence


@app.command()
def compare(
    plans: Annotated[
        list[Path], typer.Argument(metavar="PLAN PLAN...", help="From two to five folders of `plan --out`.")
    ],
    report: ReportPath = None,
    excel: ExcelPath = None,
    as_json: AsJson = False,
) -> None:
    """Say how plans differ from the first: decisions, money by cause, quantities."""
    with answering(as_json), Progress() as progress:
        import coplant
        from coplant.insight.comparison import MOST, Comparison

        if not 2 <= len(plans) <= MOST:
            raise typer.BadParameter(f"name from 2 to {MOST} plans", param_hint="PLAN")
        if len({path.resolve() for path in plans}) < len(plans):
            raise typer.BadParameter("the same plan is named twice. Leave one out", param_hint="PLAN")
        files = compared_files(report, excel, plans[0])
        with progress.stage("Reading the plans"):
            read = {_named(path, plans): coplant.Plan.read(path) for path in plans}
        with progress.stage("Comparing"):
            found = Comparison.of(read)
            text = found.summary()
        write_compared(found, files, progress)
        if as_json:
            print_json({name: table.to_dicts() for name, table in found.tables.items()} | {"files": files_told(files)})
            return
        typer.echo(text)
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


def _named(path: Path, among: Sequence[Path]) -> str:
    """What a plan is called: its folder, or its path where several folders have that name."""
    alike = [other for other in among if other.resolve().name == path.resolve().name]
    return path.resolve().name if len(alike) == 1 else str(path)
