"""Supposing: what becomes of a plan if something is otherwise, and at which number a choice turns."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coplant.cli.answering import answering, print_columns, print_json
from coplant.cli.app import app
from coplant.cli.asked import (
    ExcelPath,
    PlanPath,
    ReportPath,
    amount_told,
    compared_files,
    files_told,
    more_told,
    number_told,
    page_at,
    plan_at,
    plan_or_hedge_at,
    write_compared,
)
from coplant.cli.options import AsJson, numbers_in, refuse, tables_at
from coplant.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coplant.insight.frontier import Held
    from coplant.planning import Plan


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
        files = compared_files(report, excel, plan)
        read = plan_at(plan, progress)
        if each:
            _tell_each(read, changes, as_json, progress)
            return
        with progress.stage("Planning anew"), contextlib.redirect_stdout(sys.stderr):
            found = read.what_if(*changes, progress=progress.say)
        if out:
            with progress.stage(f"Writing {out}"):
                found.plan.write(out)
        write_compared(found.comparison, files, progress)
        files |= {"tables": out} if out else {}
        if as_json:
            print_json(found.as_dict() | {"files": files_told(files)})
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
    """Find the price, fee, volume or probability at which signing an agreement becomes as good as not."""
    with answering(as_json), Progress() as progress:
        from coplant.insight.turning import turning

        ends = numbers_in(between, "--between", "1,3")
        if len(ends) != 2 or not ends[0] < ends[1]:
            raise typer.BadParameter(f"{between!r} is not two numbers, the smaller first", param_hint="--between")
        read = plan_or_hedge_at(plan, progress)
        with progress.stage("Planning with it and without it"), contextlib.redirect_stdout(sys.stderr):
            found = turning(read, agreement, vary, ends[0], ends[1], progress=progress.say)
        if as_json:
            tried = found.turn.tried if found.turn else found.ends
            print_json({"currency": read.case.settings.currency, "turns_at": found.turn and found.turn.at,
                        "tried": [{"at": at, "more": more} for at, more in tried]})  # fmt: skip
        else:
            typer.echo(found.summary())


@app.command()
def tornado(
    plan: PlanPath,
    by: Annotated[float, typer.Option(metavar="PERCENT", help="How much lower and higher each input is.")] = 10.0,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="INPUT", help="An input: 'prices[car].price'; the usual ones if left out."),
    ] = None,
    report: ReportPath = None,
    as_json: AsJson = False,
) -> None:
    """Rank inputs by what the plan would earn if each were lower or higher, and the plan made anew."""
    with answering(as_json), Progress() as progress:
        page = page_at(report, plan)
        read = plan_at(plan, progress)
        with progress.stage("Planning anew"), contextlib.redirect_stdout(sys.stderr):
            table = read.tornado(by, vary, progress.say)
        if page:
            from coplant.report.answered import write_tornado

            with progress.stage(f"Writing {page}"):
                write_tornado(read, table, by, page)
        currency = read.settings.currency
        if as_json:
            print_json({"currency": currency, "present_value": read.objective, "by": by, "inputs": table.to_dicts(),
                        "files": files_told({"report": page} if page else {})})  # fmt: skip
            return
        typer.echo(f"Present value: {read.objective:,.0f} {currency}; what it would be more, what matters most first")
        rows = [(f"{currency} if {by:g} % lower", f"{currency} if {by:g} % higher", "signs or drops", "input")]
        nothing = []
        for row in table.iter_rows(named=True):
            more = more_told(row["lower"]), more_told(row["higher"])
            turned = [
                f"if {side}: {row[f'turned_by_{side}']}" for side in ("lower", "higher") if row[f"turned_by_{side}"]
            ]
            if turned or set(more) != {more_told(0.0)}:
                rows.append((*more, "; ".join(turned), row["input"]))
            else:
                nothing.append(row["input"])
        print_columns(rows)
        if nothing:
            typer.echo(f"No difference: {', '.join(nothing)}")
        if page:
            typer.echo(f"Report: {page}")


@app.command(name="break-even")
def break_even(
    plan: PlanPath,
    agreement: Annotated[
        list[str] | None, typer.Option(metavar="A", help="An agreement that is an option; all of them if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find for each agreement the fee, the price and the demand at which signing it becomes as good as not."""
    with answering(as_json), Progress() as progress:
        read = plan_at(plan, progress)
        with progress.stage("Planning with each and without it"), contextlib.redirect_stdout(sys.stderr):
            table = read.break_even(agreement, progress.say)
        currency = read.settings.currency
        if as_json:
            print_json({"currency": currency, "inputs": table.to_dicts()})
            return
        rows = [("agreement", "signed", f"{currency} worth", "input", "turns at")]
        for row in table.iter_rows(named=True):
            if row["worth"] is None:
                told = ("the only way" if row["signed"] else "no plan", "", "")
            else:
                told = (more_told(row["worth"]), row["input"] or "", _turn_told(row, currency))
            rows.append((row["agreement"], "yes" if row["signed"] else "no", *told))
        print_columns(rows)


def _turn_told(row: Mapping[str, Any], currency: str) -> str:
    """Where an agreement turns, or where that was looked for."""
    from coplant.insight.break_even import FEE, HIGH, LOW

    if row["more"] is not None:
        return f"{row['more']:+z,.5g} {currency} each"
    if row["times"] is not None:
        return f"{row['times']:.4g} times"
    if row["input"] == FEE:
        return "at no fee" if row["worth"] >= 0.0 else "not even without a fee"
    return f"nowhere from {LOW:g} to {HIGH:g} times"


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
    at: Annotated[str | None, typer.Option(metavar="N,...", help="Numbers to hold it to; a few if left out.")] = None,
    report: ReportPath = None,
    as_json: AsJson = False,
) -> None:
    """Say what it costs to hold a share of revenue, its concentration, or what is reserved."""
    with answering(as_json), Progress() as progress:
        from coplant.insight.frontier import concentration_frontier, reservation_frontier, share_frontier

        if (share is not None) + concentration + (reserved is not None) != 1:
            raise typer.BadParameter("hold one thing: --share, --concentration or --reserved", param_hint="--share")
        if reserved is None and year is None:
            raise typer.BadParameter("say of which year", param_hint="--year")
        if reserved is not None:
            refuse({"--year": year}, "what is reserved is held as long as the agreement runs")
        numbers = None if at is None else numbers_in(at, "--at", "0.4,0.5")
        page = page_at(report, plan)
        read = plan_at(plan, progress)
        with progress.stage("Planning"), contextlib.redirect_stdout(sys.stderr):
            if reserved is not None:
                held, table = reservation_frontier(read, reserved, numbers, progress.say)
            elif share is not None:
                held, table = share_frontier(read, share, int(year or 0), numbers, progress.say)
            else:
                held, table = concentration_frontier(read, int(year or 0), numbers, progress.say)
        if page:
            from coplant.report.answered import write_frontier

            with progress.stage(f"Writing {page}"):
                write_frontier(read, held, table, page)
        currency = read.settings.currency
        if as_json:
            print_json({"currency": currency, "present_value": read.objective, "now": held.now,
                        "points": table.to_dicts(), "files": files_told({"report": page} if page else {})})  # fmt: skip
            return
        typer.echo(_held_told(read, held))
        bound = "exactly" if reserved is not None else "at most"
        rows = [(bound, "comes to", f"{currency} present value", f"{currency} less than the plan")]
        for row in table.iter_rows(named=True):
            if row["present_value"] is None:
                rows.append((number_told(row["at"]), "no plan", "", ""))
                continue
            earned = f"{row['present_value']:,.0f}"
            rows.append((number_told(row["at"]), number_told(row["value"]), earned, amount_told(row["costs"])))
        print_columns(rows)
        if page:
            typer.echo(f"Report: {page}")


def _held_told(plan: Plan, held: Held) -> str:
    """What is held, and what it comes to in the plan."""
    now = number_told(held.now)
    if held.kind == "reserved":
        per = plan.case["reservations"].filter(agreement=held.of)["per"].item()
        return f"Units per {per} that are reserved under {held.of}, which is signed in all of them; in the plan {now}"
    what = "Concentration of revenue (HHI)" if held.of is None else f"Share of {held.of} in revenue"
    return f"{what} in {held.year}; in the plan {now}"
