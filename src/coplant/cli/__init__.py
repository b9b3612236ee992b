"""The command line: parse, call the public interface, print.

Answers go to the standard output, everything else to the standard error. A command ends with 0 when it is done, 1 when
no plan exists or the solver gave up, 2 when something it was given is wrong, and 130 when it was interrupted. There is
a file for each kind of question; `main` runs them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer

from coplant.cli.answering import INTERRUPTED, WAS_INTERRUPTED, WRONG_INPUT, print_json
from coplant.cli.app import app

__all__ = ["app", "main"]

# Each adds its commands, which help lists in this order.
for _commands in (
    "planning", "launching", "agreeing", "explaining", "supposing", "comparing", "checking", "risking", "making",
):  # fmt: skip
    import_module(f"coplant.cli.{_commands}")

# Typer brings its own copy of click's errors and shows only the special ones.
_UsageError: Any = typer.BadParameter.__base__


def main() -> None:
    """Run the command line."""
    try:
        code = app(standalone_mode=False)
    except _UsageError as error:
        if "--json" in sys.argv[1:]:
            print_json({"error": {"kind": "usage", "message": error.format_message()}})
        else:
            error.show()
        code = WRONG_INPUT
    except typer.Abort:
        typer.echo(WAS_INTERRUPTED, err=True)
        code = INTERRUPTED
    sys.exit(code)
