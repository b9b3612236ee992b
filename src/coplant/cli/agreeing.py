"""Agreements: what they cost, what they would at other volumes, and what they say."""

from __future__ import annotations

import datetime
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coplant.cli.answering import answering, print_json
from coplant.cli.app import app
from coplant.cli.options import AsJson, CasePath, Language, day, numbers_in, share_in, tables_at
from coplant.cli.progress import Progress

if TYPE_CHECKING:
    from coplant.settlement import Settlement


@app.command()
def settle(
    case: Annotated[
        Path,
        typer.Argument(metavar="CASE", help="A case; or a folder of `plan --out`, for what the plan will come to."),
    ],
    agreement: Annotated[str | None, typer.Option(metavar="A", help="Settle this agreement; all if left out.")] = None,
    first: Annotated[
        datetime.date | None,
        typer.Option("--from", metavar="DATE", parser=day, help="Keep statements from the month of this day on."),
    ] = None,
    until: Annotated[
        datetime.date | None,
        typer.Option(metavar="DATE", parser=day, help="Keep statements of months before this day."),
    ] = None,
    as_of: Annotated[
        datetime.date | None,
        typer.Option(metavar="DATE", parser=day, help="Statements as they had been drawn up by this day."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the settlement's tables to this folder.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read in a browser.")] = None,
    excel: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook that works out every line.")
    ] = None,
    invoice: Annotated[
        Path | None, typer.Option(metavar="PLACE", help="Write invoices before tax, to a folder or one .json file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what each agreement costs on what happened, or on what a plan leads to."""
    with answering(as_json), Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.planning.result import KIND as PLAN
        from coplant.report.settled.invoices import INDEX
        from coplant.settlement.result import KIND

        planned = (case / PLAN.facts).is_file()
        _check_days(first, until, as_of, planned)
        in_folder = (INDEX, "invoices") if invoice and invoice.suffix.lower() != ".json" else None
        outputs = {
            "tables": tables_at(out, KIND),
            "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
            "excel": Output(excel, (".xlsx",), option="--excel", replaces=("settled", KIND.name)) if excel else None,
            "invoices": Output(invoice, (".json",), option="--invoice", folder=True, replaces=in_folder)
            if invoice
            else None,
        }
        files = {name: output.path for name, output in outputs.items() if output}
        check_outputs([output for output in outputs.values() if output], case)
        with progress.stage("Reading the plan" if planned else "Reading the case"):
            read = coplant.Plan.read(case) if planned else coplant.read(case)
        with progress.stage("Settling"):
            if isinstance(read, coplant.Plan):
                settled = coplant.pro_forma(read, agreement, first=first, until=until)
            else:
                settled = coplant.settle(read, agreement, first=first, until=until, as_of=as_of)
            if invoice:
                # What they need is asked for before anything is written.
                settled.invoices()
        write = {
            "tables": settled.write,
            "report": settled.report,
            "excel": settled.to_excel,
            "invoices": settled.to_json,
        }
        for name, path in files.items():
            with progress.stage(f"Writing {path}"):
                write[name](path)
        if as_json:
            print_json(facts_of_settlement(settled) | {"files": {name: str(path) for name, path in files.items()}})
            return
        typer.echo(settled.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


def _check_days(
    first: datetime.date | None, until: datetime.date | None, as_of: datetime.date | None, planned: bool
) -> None:
    """Refuse days between which there is nothing, and a day of knowledge for what has not happened."""
    if first and until and first >= until:
        raise typer.BadParameter(f"{first} is not before --until {until}. Mend one of the two", param_hint="--from")
    if as_of and planned:
        told = "a plan has not happened, so that nothing is known of it later. Leave it out"
        raise typer.BadParameter(told, param_hint="--as-of")


def facts_of_settlement(settled: Settlement) -> dict[str, Any]:
    """Return what a program wants to know of a settlement."""
    settings = settled.case.settings
    head = {"case": settings.name, "currency": settings.currency, "total": settled.total}
    return head | settled.facts() | {name: settled[name].to_dicts() for name in ("statements", "lines")}


@app.command()
def quote(
    case: CasePath,
    agreement: Annotated[
        list[str] | None,
        typer.Option(metavar="A", help="Compare this agreement; again for each. Those that share a group if left out."),
    ] = None,
    volumes: Annotated[
        str | None, typer.Option(metavar="N,...", help="Units a year; about twelve round figures if left out.")
    ] = None,
    share: Annotated[
        list[str] | None,
        typer.Option(metavar="ITEM=W", help="Weight of a product; again for each. All alike if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what rival agreements cost at several volumes, and where the cheapest changes."""
    with answering(as_json):
        import coplant

        asked = None if volumes is None else numbers_in(volumes, "--volumes", "20000,50000")
        weights = dict(map(share_in, share)) if share else None
        told = coplant.quote(coplant.read(case), agreement or None, asked, weights)
        if as_json:
            settings = told.case.settings
            tables = {name: getattr(told, name).to_dicts() for name in ("costs", "totals", "flips")}
            print_json({"case": settings.name, "currency": settings.currency, **tables})
        else:
            typer.echo(told.summary())


@app.command()
def agreement(
    case: CasePath,
    name: Annotated[str, typer.Argument(metavar="A", help="The agreement.")],
    language: Annotated[Language, typer.Option(help="English or French.")] = Language.EN,
    valid_on: Annotated[
        datetime.date | None,
        typer.Option(metavar="DATE", parser=day, help="Keep what holds on this day; all days if left out."),
    ] = None,
    known_on: Annotated[
        datetime.date | None,
        typer.Option(metavar="DATE", parser=day, help="Tell what was known on this day; all if left out."),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read an agreement back in plain language, to check it against the paper."""
    with answering(as_json):
        import coplant

        read = coplant.read(case)
        told = coplant.agreement(read, name, language=language.value, valid_on=valid_on, known_on=known_on)
        if as_json:
            print_json(told.as_dict())
        elif markdown:
            typer.echo(told.markdown(), nl=False)
        else:
            width = min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 80
            typer.echo(told.text(max(width, 40)), nl=False)
