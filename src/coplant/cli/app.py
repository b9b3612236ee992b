"""The command line itself, to which each command is added."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from coplant.cli.answering import DONE

app = typer.Typer(
    name="coplant",
    help="Plan and run production in a factory you do not own.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        import highspy

        from coplant import __version__

        typer.echo(f"coplant {__version__}, HiGHS {highspy.Highs().version()}, Python {sys.version.split()[0]}")
        raise typer.Exit(DONE)


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the versions and exit.")
    ] = False,
) -> None:
    pass
