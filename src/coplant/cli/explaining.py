"""Explaining: why a plan is as it is, what if something were otherwise, and how plans differ."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coplant.cli.answering import answering, print_columns, print_json
from coplant.cli.app import app
from coplant.cli.options import AsJson, Language, numbers_in, refuse, tables_at
from coplant.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coplant.insight import Comparison
    from coplant.planning import Plan

PlanPath = Annotated[
    Path, typer.Argument(metavar="PLAN", help="A folder of `plan --out`; or a case, which is planned first.")
]


ReportPath = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write a page to read in a browser.")]

ExcelPath = Annotated[Path | None, typer.Option("--excel", metavar="FILE", help="Write an Excel workbook.")]


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
        if (demand is None) == (item is None):
            raise typer.BadParameter("name a stream of demand or an item", param_hint="--demand")
        read = _plan_at(plan, progress)
        with progress.stage("Asking"):
            streams = [demand] if demand is not None else read.streams(str(item))
            found = [why for stream in streams if (why := read.why_short(stream, at)) is not None]
            texts = [] if as_json else [why.text(language.value) for why in found]
        if as_json:
            print_json({"answers": [why.as_dict() for why in found]})
        elif texts:
            typer.echo("\n\n".join(texts))
        else:
            from coplant.report.explained import served_in_words

            typer.echo(served_in_words(read, streams, at, language.value))


@app.command(name="what-if")
def what_if(
    plan: PlanPath,
    changes: Annotated[
        list[str],
        typer.Option("--set", metavar="CHANGE", help="What is otherwise, such as 'allotments[mcu].quantity *= 1.2'."),
    ],
    each: Annotated[bool, typer.Option("--each", help="Ask of each change by itself, and compare them.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the new plan's tables to this folder.")] = None,
    report: ReportPath = None,
    excel: ExcelPath = None,
    as_json: AsJson = False,
) -> None:
    """Plan anew with something otherwise, and say what changes and why."""
    with answering(as_json), Progress() as progress:
        from coplant.case.outputs import check_outputs
        from coplant.planning.result import KIND

        if each:
            refuse({"--out": out, "--report": report, "--excel": excel}, "there is a new plan for each change")
        place = tables_at(out, KIND)
        check_outputs([place] if place else [], plan)
        files = _compared_files(report, excel, plan)
        read = _plan_at(plan, progress)
        if each:
            _tell_each(read, changes, as_json, progress)
            return
        with progress.stage("Planning anew"), contextlib.redirect_stdout(sys.stderr):
            found = read.what_if(*changes, progress=progress.say)
        if out:
            with progress.stage(f"Writing {out}"):
                found.plan.write(out)
        _write_compared(found.comparison, files, progress)
        files |= {"tables": out} if out else {}
        if as_json:
            print_json(found.as_dict() | {"files": _told(files)})
            return
        typer.echo(found.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


def _tell_each(plan: Plan, changes: Sequence[str], as_json: bool, progress: Progress) -> None:
    """Print what each change by itself comes to."""
    from coplant.insight.what_if import what_ifs

    with progress.stage("Planning anew"), contextlib.redirect_stdout(sys.stderr):
        table = what_ifs(plan, changes, progress.say)
    if as_json:
        print_json({"currency": plan.settings.currency, "changes": table.to_dicts()})
        return
    rows = [(f"{plan.settings.currency} more", "then", "change")]
    for row in table.iter_rows(named=True):
        decided = [
            f"{word} {row[name]}" for name, word in (("signed", "signs"), ("not_signed", "does not sign")) if row[name]
        ]
        gained = "no plan" if row["gained"] is None else f"{row['gained']:+z,.0f}"
        rows.append((gained, "; ".join(decided), row["change"]))
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


@app.command(name="why-signed")
def why_signed(
    plan: PlanPath,
    agreement: Annotated[str, typer.Argument(metavar="A", help="An agreement that is an option.")],
    language: Annotated[Language, typer.Option(help="English or French.")] = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Say why an agreement is signed or not, and at which fee that would turn."""
    with answering(as_json), Progress() as progress:
        read = _plan_at(plan, progress)
        with progress.stage("Planning with it and without it"), contextlib.redirect_stdout(sys.stderr):
            found = read.why_signed(agreement, progress=progress.say)
        if as_json:
            print_json(found.as_dict())
        else:
            typer.echo(found.text(language.value))


@app.command()
def turn(
    plan: PlanPath,
    agreement: Annotated[str, typer.Argument(metavar="A", help="An agreement that is an option.")],
    vary: Annotated[
        str, typer.Option(metavar="CHANGE", help="What is otherwise, with X for the number: 'demand.quantity *= X'.")
    ],
    between: Annotated[str, typer.Option(metavar="LOW,HIGH", help="Numbers between which to look.")],
    as_json: AsJson = False,
) -> None:
    """Find the price, fee or volume at which signing an agreement becomes as good as not."""
    with answering(as_json), Progress() as progress:
        from coplant.insight.turning import turning

        ends = numbers_in(between, "--between", "1,3")
        if len(ends) != 2 or not ends[0] < ends[1]:
            raise typer.BadParameter(f"{between!r} are no two numbers, the smaller first", param_hint="--between")
        read = _plan_at(plan, progress)
        with progress.stage("Planning with it and without it"), contextlib.redirect_stdout(sys.stderr):
            found = turning(read, agreement, vary, ends[0], ends[1], progress=progress.say)
        if as_json:
            tried = found.turn.tried if found.turn else found.ends
            print_json({"currency": read.settings.currency, "turns_at": found.turn and found.turn.at,
                        "tried": [{"at": at, "more": more} for at, more in tried]})  # fmt: skip
        else:
            typer.echo(found.summary())


@app.command()
def scarce(
    plan: PlanPath,
    most: Annotated[int, typer.Option(metavar="N", min=1, help="How many limits are looked at.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Rank what is scarce by what one per cent more of it is worth."""
    with answering(as_json), Progress() as progress:
        read = _plan_at(plan, progress)
        with progress.stage("Moving limits"):
            table = read.scarce(most)
        currency = read.settings.currency
        if as_json:
            print_json({"currency": currency, "scarce": table.to_dicts()})
            return
        rows = [("limit", "on", f"{currency} for 1 % more", f"{currency} for 1 % less", "each worth as much until")]
        for row in table.iter_rows(named=True):
            until = "always" if row["more_until"] == float("inf") else f"{row['more_until']:.3g} % more"
            rows.append((row["constraint"], row["thing"], _amount(row["gained"]), _amount(row["lost"]), until))
        print_columns(rows)


@app.command()
def peg(
    plan: PlanPath,
    item: Annotated[str | None, typer.Option(metavar="I", help="Follow what comes in of this item.")] = None,
    demand: Annotated[str | None, typer.Option(metavar="D", help="Follow this stream of demand back.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every lot and end to this .csv file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which sales a part ends up in, or what a stream of demand is made of."""
    with answering(as_json), Progress() as progress:
        import polars as pl

        from coplant.case.files import write_whole
        from coplant.case.outputs import Output, check_outputs

        if item is None and demand is None:
            raise typer.BadParameter("name an item, a stream of demand, or both", param_hint="--item")
        output = Output(csv, (".csv",), option="--csv", if_there="") if csv else None
        check_outputs([output] if output else [], plan)
        read = _plan_at(plan, progress)
        with progress.stage("Following lots"):
            table = read.pegged(item, demand)
        if csv:
            write_whole(csv, table.write_csv().encode())
        keys = ["end", "demand", "end_item"] if demand is None else ["lot", "item", "by"]
        sums = (
            table.group_by(keys).agg(pl.col("quantity").sum()).sort("quantity", *keys, descending=[True, *[False] * 3])
        )
        if as_json:
            print_json({"sums": sums.to_dicts(), "lots": table.to_dicts()})
            return
        rows = [(*keys, "quantity")]
        rows += [(*(row[key] or "" for key in keys), f"{row['quantity']:,.1f}") for row in sums.iter_rows(named=True)]
        print_columns(rows)
        if csv:
            typer.echo(f"Lots: {csv}")


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
        files = _compared_files(report, excel, plans[0])
        with progress.stage("Reading the plans"):
            read = {_named(path, plans): coplant.Plan.read(path) for path in plans}
        with progress.stage("Comparing"):
            found = Comparison.of(read)
            text = found.summary()
        _write_compared(found, files, progress)
        if as_json:
            print_json({name: table.to_dicts() for name, table in found.tables.items()} | {"files": _told(files)})
            return
        typer.echo(text)
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


def _compared_files(report: Path | None, excel: Path | None, plan: Path) -> dict[str, Path]:
    """Files that a comparison is written to, checked."""
    from coplant.case.outputs import PAGE, PAGES, Output, check_outputs

    outputs = {
        "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
        "excel": Output(excel, (".xlsx",), option="--excel", replaces=("overview", "bridge")) if excel else None,
    }
    check_outputs([output for output in outputs.values() if output], plan)
    return {name: output.path for name, output in outputs.items() if output}


def _write_compared(found: Comparison, files: Mapping[str, Path], progress: Progress) -> None:
    write = {"report": found.report, "excel": found.to_excel}
    for name, path in files.items():
        with progress.stage(f"Writing {path}"):
            write[name](path)


def _told(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: str(path) for name, path in files.items()}


@app.command()
def frontier(
    plan: PlanPath,
    share: Annotated[str | None, typer.Option(metavar="F", help="Hold this family's share of revenue.")] = None,
    concentration: Annotated[
        bool, typer.Option("--concentration", help="Hold how concentrated revenue is (HHI).")
    ] = False,
    reserved: Annotated[
        str | None, typer.Option(metavar="A", help="Hold what is reserved under this agreement.")
    ] = None,
    year: Annotated[int | None, typer.Option(metavar="Y", help="The year whose revenue is held.")] = None,
    at: Annotated[str | None, typer.Option(metavar="N,...", help="Numbers to hold it to; six if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what it costs to hold a share of revenue, its concentration, or what is reserved."""
    with answering(as_json), Progress() as progress:
        from coplant.insight.frontier import concentration_frontier, reservation_frontier, share_frontier

        if (share is not None) + concentration + (reserved is not None) != 1:
            raise typer.BadParameter("hold one thing: --share, --concentration or --reserved", param_hint="--share")
        if reserved is None and year is None:
            raise typer.BadParameter("say of which year", param_hint="--year")
        numbers = None if at is None else numbers_in(at, "--at", "0.4,0.5")
        read = _plan_at(plan, progress)
        with progress.stage("Planning"), contextlib.redirect_stdout(sys.stderr):
            if reserved is not None:
                table = reservation_frontier(read, reserved, numbers, progress.say)
            elif share is not None:
                table = share_frontier(read, share, int(year or 0), numbers, progress.say)
            else:
                table = concentration_frontier(read, int(year or 0), numbers, progress.say)
        currency = read.settings.currency
        if as_json:
            print_json({"currency": currency, "present_value": read.objective, "points": table.to_dicts()})
            return
        rows = [("held to", "comes to", f"{currency} present value", f"{currency} less than the plan")]
        for row in table.iter_rows(named=True):
            if row["present_value"] is None:
                rows.append((f"{row['at']:.4g}", "no plan", "", ""))
            else:
                rows.append(
                    (f"{row['at']:.4g}", f"{row['value']:.4g}", f"{row['present_value']:,.0f}", _amount(row["costs"]))
                )
        print_columns(rows)


def _amount(value: float | None) -> str:
    return "no plan" if value is None else f"{value:z,.0f}"


def _named(path: Path, among: Sequence[Path]) -> str:
    """What a plan is called: its folder, or its path where several folders have that name."""
    alike = [other for other in among if other.resolve().name == path.resolve().name]
    return path.resolve().name if len(alike) == 1 else str(path)
