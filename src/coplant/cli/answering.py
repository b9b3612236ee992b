"""Answers on the standard output, and what can go wrong in plain words."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DONE, WRONG_INPUT, INTERRUPTED = 0, 2, 130
"""What commands end with when they are done, when what they were given is wrong, and when they were interrupted."""

WAS_INTERRUPTED = "Interrupted; files written earlier are as they were."


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of text under one another; on a terminal the last column wraps within itself."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)][:-1]
    left = sum(widths) + 2 * len(widths)
    room = max(shutil.get_terminal_size().columns - left, 30) if sys.stdout.isatty() else sys.maxsize
    for row in rows:
        head = "".join(f"{cell:{width}}  " for cell, width in zip(row, widths, strict=False))
        first, *more = textwrap.wrap(row[-1], room) or [""]
        typer.echo("\n".join([f"{head}{first}".rstrip(), *(" " * left + line for line in more)]))


def print_json(value: Mapping[str, Any]) -> None:
    """Print an object as JSON."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


@contextlib.contextmanager
def answering(as_json: bool = False) -> Iterator[None]:
    """Turn errors into plain words, or a JSON object, and an exit code."""
    from coplant.errors import CaseError, CoplantError, InfeasibleError

    try:
        yield
    except KeyboardInterrupt:
        fail("interrupted", WAS_INTERRUPTED, INTERRUPTED, as_json)
    except CoplantError as error:
        more: dict[str, Any] = {}
        if isinstance(error, CaseError):
            more["problems"] = [dataclasses.asdict(problem) for problem in error.problems]
        elif isinstance(error, InfeasibleError):
            more |= {"rules": error.rules, "relaxation": list(map(str, error.relaxation))}
        kind = type(error).__name__.removesuffix("Error").lower()
        fail(kind, str(error), error.exit_code, as_json, **more)


def fail(kind: str, message: str, code: int, as_json: bool, **more: Any) -> NoReturn:
    """Say what went wrong, and end."""
    if as_json:
        print_json({"error": {"kind": kind, "message": message, **more}})
    else:
        typer.echo(message, err=True)
    raise typer.Exit(code)
