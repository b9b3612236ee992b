"""Cases looked at: what is wrong with one, what is uncertain in it, and what its tables are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coplant.cli.answering import answering, print_columns, print_json
from coplant.cli.app import app
from coplant.cli.options import AsJson, CasePath
from coplant.cli.progress import Progress

_MANY_FUTURES = 500
"""Futures beyond which not all of them are checked by themselves."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coplant.case import Case
    from coplant.case.defaults import Default
    from coplant.schema import Table


@app.command()
def check(case: CasePath, as_json: AsJson = False) -> None:
    """Read a case and list everything that is wrong with it, or its rows and the defaults it takes."""
    with answering(as_json), Progress() as progress:
        from coplant.case.defaults import defaults_taken
        from coplant.case.reading import case_of, find
        from coplant.schema import TABLES

        source = find(case)
        read = case_of(source, case)
        futures, looked_at = _futures_checked(read, progress)
        taken = defaults_taken(source)
        rows = {name: read[name].height for name in TABLES if name != "case" and read[name].height}
        if as_json:
            told: dict[str, Any] = {"case": read.settings.name, "digest": read.digest, "rows": rows, "problems": []}
            told |= {"futures": futures, "futures_looked_at": looked_at}
            print_json(told | {"defaults": [default._asdict() for default in taken]})
            return
        buckets = " ".join(f"{kind}:{count}" for kind, count in read.settings.buckets)
        typer.echo(f"{read.settings.name}: no problems. Horizon {read.settings.start}, {buckets}.")
        if looked_at < futures:
            what = "in them any two outcomes come together that can"
            typer.echo(f"Of {futures:,} futures {looked_at:,} were looked at: {what}.")
        print_columns([("table", "rows"), *((name, f"{count:,}") for name, count in rows.items())])
        if taken:
            typer.echo("\nOf these the case says nothing, so their defaults count:")
            print_columns([("column", "default", "rows"), *map(_default_in_words, taken)])


def _futures_checked(case: Case, progress: Progress) -> tuple[int, int]:
    """Look for mistakes that outcomes make of a case, and return how many futures there are and were looked at."""
    from coplant.tree.futures import Futures
    from coplant.tree.words import counted

    if case["branches"].is_empty():
        return 1, 1
    futures = Futures.of(case)
    looked_at = futures if len(futures) <= _MANY_FUTURES else futures.only(futures.in_pairs())
    with progress.stage(f"Checking {counted(len(looked_at), 'future')}"):
        looked_at.cases()
    return len(futures), len(looked_at)


def _default_in_words(taken: Default) -> tuple[str, str, str]:
    rows = f"all {taken.of:,}" if taken.rows == taken.of else f"{taken.rows:,} of {taken.of:,}"
    return f"{taken.table}.{taken.column}", _plain(taken.value), "a setting" if taken.table == "case" else rows


def _plain(default: object) -> str:
    return "" if default is None else str(default).removesuffix(".0")


@app.command()
def tree(case: CasePath, as_json: AsJson = False) -> None:
    """Draw what is uncertain in a case: what becomes known when, and how likely each outcome is."""
    with answering(as_json), Progress() as progress:
        import coplant
        from coplant.tree.drawing import drawn
        from coplant.tree.futures import Futures
        from coplant.tree.words import counted

        futures = Futures.of(coplant.read(case))
        if futures.case.settings.start_levels > 1:
            from coplant.planning.outlook import launched

            with progress.stage(f"Launching in {counted(len(futures), 'future')}"):
                futures, _, _ = launched(futures, progress.say)
        if not as_json:
            typer.echo(drawn(futures))
            return
        told = [
            {"future": name, "probability": probability,
             "outcomes": [{"branch": one.branch, "outcome": one.outcome, "known": str(one.known)} for one in outcomes]}
            for name, probability, outcomes in zip(
                futures.names, futures.probability.tolist(), futures.outcomes, strict=True
            )
        ]  # fmt: skip
        print_json({"case": futures.case.settings.name, "futures": told})


@app.command()
def schema(
    table: Annotated[str | None, typer.Argument(metavar="[TABLE]", help="A table to describe.")] = None,
    template: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write every table without rows, to an .xlsx or a folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the tables of a case, or the columns of one."""
    with answering(as_json):
        from coplant.schema import TABLES

        if template is not None:
            from coplant.case import template as write_template
            from coplant.case.outputs import Output, check_outputs

            if_there = "Name a new workbook or folder"
            check_outputs([Output(template, (".xlsx",), option="--template", folder=True, if_there=if_there)])
            write_template(template)
            typer.echo(f"Wrote an empty case to {template}")
        elif table is not None:
            _describe(_table_named(table), as_json)
        elif as_json:
            print_json({name: _fields(known, ("required", "description")) for name, known in TABLES.items()})
        else:
            print_columns(
                [(name, "needed" if known.required else "", known.description) for name, known in TABLES.items()]
            )


def _table_named(name: str) -> Table:
    from difflib import get_close_matches

    from coplant.schema import TABLES

    if name in TABLES:
        return TABLES[name]
    close = get_close_matches(name, TABLES, n=1)
    mend = f"Did you mean {close[0]}?" if close else "`coplant schema` lists the tables."
    raise typer.BadParameter(f"there is no table {name!r}. {mend}", param_hint="TABLE")


def _describe(table: Table, as_json: bool) -> None:
    fields = ("type", "unit", "key", "required", "default", "range", "choices", "refers_to", "description")
    if as_json:
        columns = {column.name: _fields(column, fields) for column in table.columns}
        print_json(
            {"table": table.name, "required": table.required, "description": table.description, "columns": columns}
        )
        return
    typer.echo(f"{table.name}: {table.description}")
    rows = [("column", "", "", "type", "unit", "default", "what")]
    for column in table.columns:
        kind = " or ".join(column.choices) if column.choices else f"{column.type} {column.range}".strip()
        kind = f"{kind} of {'.'.join(column.refers_to)}" if column.refers_to else kind
        key, needed = "key" if column.key else "", "needed" if column.required else ""
        rows.append((column.name, key, needed, kind, column.unit, _plain(column.default), column.description))
    print_columns(rows)


def _fields(thing: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}
