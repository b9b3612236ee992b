"""Cases made: new ones, converted ones, made-up ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coplant.cli.answering import DONE, answering, print_columns
from coplant.cli.app import app
from coplant.cli.options import Layout


def _list_templates(asked: bool) -> None:
    if asked:
        from coplant.templates import templates

        print_columns(list(templates().items()))
        raise typer.Exit(DONE)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    template: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Start from this shape of agreement; a case of five rows if left out."),
    ] = None,
    listed: Annotated[  # noqa: ARG001 (its callback reads it)
        bool,
        typer.Option("--templates", callback=_list_templates, is_eager=True, help="List the templates and exit."),
    ] = False,
) -> None:
    """Write a case that runs, to grow from."""
    with answering():
        import coplant
        from coplant.case.outputs import Output, check_outputs
        from coplant.templates import SMALLEST, start

        name = _template_named(SMALLEST if template is None else template)
        check_outputs([Output(folder, folder=True, if_there="Name a new folder")])
        start(name, folder)
        written = coplant.read(folder)
        # What is signed comes first, then options, then what has ended.
        agreements = written["agreements"].sort("status", descending=True, maintain_order=True)["agreement"]
        next_steps = [f"coplant plan {folder}", *(f"coplant agreement {folder} {one}" for one in agreements[:1])]
        next_steps += [f"coplant settle {folder}"] if written["actuals"].height else []
        typer.echo("\n  ".join([f"Wrote {name} to {folder}. Now:", *next_steps]))


def _template_named(name: str) -> str:
    from coplant.case.names import did_you_mean
    from coplant.templates import templates

    known = templates()
    if name in known:
        return name
    mend = did_you_mean(name, known, "`coplant new --templates` lists them.")
    raise typer.BadParameter(f"there is no template {name!r}. {mend}", param_hint="--template")


@app.command()
def convert(
    source: Annotated[
        Path,
        typer.Argument(metavar="A", help="The case to read; or a programme in .xml (Project) or .xer (Primavera)."),
    ],
    target: Annotated[
        Path, typer.Argument(metavar="B", help="Where to write it: a folder, or a name in .xlsx, .xml or .xer.")
    ],
    layout: Annotated[Layout, typer.Option("--format", help="Kind of files in a folder.")] = Layout.CSV,
    replace: Annotated[bool, typer.Option("--replace", help="Replace what is there.")] = False,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Encoding of A in .xer, if it is neither UTF-8 nor Windows-1252.")
    ] = None,
) -> None:
    """Turn a case into another format; of a project's file, say what is not taken over."""
    with answering():
        import coplant
        from coplant.case.folder import SETTINGS
        from coplant.case.outputs import Output, check_outputs
        from coplant.exchange import is_programme, read_programme, write_programme

        if_there = "" if replace else "Name another place, or add --replace"
        if is_programme(target):
            output = Output(target, (target.suffix.lower(),), if_there=if_there)
        else:
            mark = "case" if target.suffix.lower() == ".xlsx" else SETTINGS
            output = Output(target, (".xlsx",), folder=True, replaces=(mark, "case"), if_there=if_there)
        if encoding is not None and source.suffix.lower() != ".xer":
            raise typer.BadParameter(f"{source} says its encoding itself. Leave it out", param_hint="--encoding")
        check_outputs([output], source)
        notes: tuple[str, ...] = ()
        if is_programme(source):
            read, notes = read_programme(source, encoding)
        else:
            read = coplant.read(source)
        if is_programme(target):
            notes += write_programme(read, target)
        else:
            read.write(target, format=layout.value)
        for note in notes:
            typer.echo(f"Note: {note}", err=True)
        typer.echo(f"Wrote {read.settings.name} to {target}")


@app.command()
def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write the case to.")],
    items: Annotated[int, typer.Option(metavar="N", min=3, help="Number of items.")] = 60,
    buckets: Annotated[int, typer.Option(metavar="T", min=1, help="Number of buckets.")] = 26,
    hosts: Annotated[int, typer.Option(metavar="H", min=0, help="Number of hosts.")] = 2,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Where the draws start.")] = 0,
) -> None:
    """Make up a case of a given size, to try things on."""
    with answering():
        from coplant.case.outputs import Output, check_outputs
        from coplant.generate import generate as made_up

        check_outputs([Output(folder, folder=True, if_there="Name a new folder")])
        case = made_up(items, buckets, hosts, seed)
        case.write(folder)
        typer.echo(f"Wrote {case.settings.name} to {folder}")
