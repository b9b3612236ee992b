"""Explaining: why a plan is as it is, what is scarce in it, and which lots end up where."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from coplant.cli.answering import answering, print_columns, print_json
from coplant.cli.app import app
from coplant.cli.asked import PlanPath, ReportPath, amount_told, plan_at
from coplant.cli.options import AsJson, Language
from coplant.cli.progress import Progress


@app.command()
def why(
    plan: PlanPath,
    at: Annotated[str, typer.Option(metavar="WHEN", help="A bucket, month, quarter, year or day: 2021-07, 2021-Q3.")],
    demand: Annotated[str | None, typer.Option(metavar="D", help="The stream of demand.")] = None,
    item: Annotated[str | None, typer.Option(metavar="I", help="An item, in all its streams.")] = None,
    language: Annotated[Language, typer.Option(help="English or French.")] = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Say why customers are not served: what gates them, who got it instead, and what would lift it."""
    with answering(as_json), Progress() as progress:
        if demand is None and item is None:
            raise typer.BadParameter("name a stream of demand, or an item", param_hint="--demand")
        if demand is not None and item is not None:
            raise typer.BadParameter("name the stream or the item, not both", param_hint="--item")
        read = plan_at(plan, progress)
        with progress.stage("Asking"):
            streams = [demand] if demand is not None else read.streams(str(item))
            found = [why for stream in streams if (why := read.why_short(stream, at)) is not None]
        if as_json:
            print_json({"answers": [why.as_dict() for why in found]})
            return
        from coplant.report.explained import served_in_words, shortages_in_words

        typer.echo(
            shortages_in_words(found, language.value) if found else served_in_words(read, streams, at, language.value)
        )


@app.command(name="why-made")
def why_made(
    plan: PlanPath,
    item: Annotated[str, typer.Option(metavar="I", help="An item that is made or bought.")],
    at: Annotated[str, typer.Option(metavar="WHEN", help="A bucket, month, quarter, year or day: 2021-07, 2021-Q3.")],
    language: Annotated[Language, typer.Option(help="English or French.")] = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Say why an item is made or bought where it is, and what each other way would lose."""
    with answering(as_json), Progress() as progress:
        read = plan_at(plan, progress)
        with progress.stage("Asking"):
            found = read.why_made(item, at)
        if as_json:
            print_json(found.as_dict())
        else:
            typer.echo(found.text(language.value))


@app.command(name="why-signed")
def why_signed(
    plan: PlanPath,
    agreement: Annotated[str, typer.Argument(metavar="A", help="An agreement that is an option.")],
    language: Annotated[Language, typer.Option(help="English or French.")] = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Say why an agreement is signed or not, and at which fee that would turn."""
    with answering(as_json), Progress() as progress:
        read = plan_at(plan, progress)
        with progress.stage("Planning with it and without it"), contextlib.redirect_stdout(sys.stderr):
            found = read.why_signed(agreement, progress=progress.say)
        if as_json:
            print_json(found.as_dict())
        else:
            typer.echo(found.text(language.value))


@app.command()
def scarce(
    plan: PlanPath,
    most: Annotated[int, typer.Option(metavar="N", min=1, help="How many limits are looked at.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Rank what is scarce by what one per cent more of it is worth."""
    with answering(as_json), Progress() as progress:
        read = plan_at(plan, progress)
        with progress.stage("Moving limits"):
            table = read.scarce(most)
        currency = read.settings.currency
        if as_json:
            print_json({"currency": currency, "scarce": table.to_dicts()})
            return
        rows = [("limit", "on", f"{currency} for 1 % more", f"{currency} for 1 % less", "each worth as much until")]
        for row in table.iter_rows(named=True):
            until = "always" if row["more_until"] == float("inf") else f"{row['more_until']:.3g} % more"
            rows.append((row["constraint"], row["thing"], amount_told(row["gained"]), amount_told(row["lost"]), until))
        print_columns(rows)


@app.command()
def peg(
    plan: PlanPath,
    item: Annotated[str | None, typer.Option(metavar="I", help="Follow what comes in of this item.")] = None,
    demand: Annotated[str | None, typer.Option(metavar="D", help="Follow this stream of demand back.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every lot and end to this .csv file.")] = None,
    report: ReportPath = None,
    as_json: AsJson = False,
) -> None:
    """Say which sales a part ends up in, or what a stream of demand is made of."""
    with answering(as_json), Progress() as progress:
        import polars as pl

        from coplant.case.files import write_whole
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs

        if item is None and demand is None:
            raise typer.BadParameter("name an item, a stream of demand, or both", param_hint="--item")
        if report is not None and (item is None or demand is not None):
            raise typer.BadParameter("draws who ends up with an item: name one, and no stream", param_hint="--report")
        outputs = [Output(csv, (".csv",), option="--csv", if_there="Name a new file")] if csv else []
        outputs += [Output(report, PAGES, option="--report", replaces=PAGE)] if report else []
        check_outputs(outputs, plan)
        read = plan_at(plan, progress)
        with progress.stage("Following lots"):
            table = read.pegged(item, demand)
        if csv:
            write_whole(csv, table.write_csv().encode())
        if report and item:
            from coplant.report.answered import write_flows

            with progress.stage(f"Writing {report}"):
                write_flows(read, table, item, report)
        keys = ["end", "demand", "end_item"] if demand is None else ["lot", "item", "by"]
        sums = (
            table.group_by(keys).agg(pl.col("quantity").sum()).sort("quantity", *keys, descending=[True, *[False] * 3])
        )
        if as_json:
            print_json({"sums": sums.to_dicts(), "lots": table.to_dicts()})
            return
        if table.is_empty():
            typer.echo(f"Nothing of {item or demand} is bought, made, sold or there.")
            return
        rows = [(*keys, "quantity" if item is None else f"{item}, {read.unit([item])}")]
        rows += [(*(row[key] or "" for key in keys), f"{row['quantity']:,.1f}") for row in sums.iter_rows(named=True)]
        print_columns(rows)
        for told, path in (("Lots", csv), ("Report", report)):
            if path:
                typer.echo(f"{told}: {path}")
