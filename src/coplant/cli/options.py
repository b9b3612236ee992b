"""Options that commands share."""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coplant.case.outputs import Output
    from coplant.results import Kind
    from coplant.workers import Workers


class Method(StrEnum):
    """Ways to plan for several futures."""

    AUTO = "auto"
    WHOLE = "whole"
    PARTS = "parts"


class Solver(StrEnum):
    """Ways to solve a linear program."""

    AUTO = "auto"
    SIMPLEX = "simplex"
    IPM = "ipm"
    HIPO = "hipo"


class Language(StrEnum):
    """Languages in which an agreement is read back."""

    EN = "en"
    FR = "fr"


class Layout(StrEnum):
    """Kinds of files in a case's folder."""

    CSV = "csv"
    PARQUET = "parquet"


CasePath = Annotated[
    Path, typer.Argument(metavar="CASE", help="A folder of CSV or Parquet files, or an .xlsx workbook.")
]


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, also for errors.")]


Gap = Annotated[
    float, typer.Option(metavar="G", min=0.0, help="Stop when no plan can be better by more than this share.")
]


SolverName = Annotated[Solver, typer.Option(help="How to solve linear programs.")]


SolverSeed = Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the solver's tie-breaking.")]


WorkerCount = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", min=1, help="Processes that share the work; their number changes no answer."
    ),
]


ClusterAddress = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="auto|ADDRESS",
        help="Let a Ray cluster do the work: that one, or one found or started here.",
    ),
]


def day(text: str) -> datetime.date:
    """Read a day."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it like 2023-04-01") from None


def numbers_in(text: str, option: str, example: str) -> list[float]:
    """Read numbers with commas between."""
    try:
        return [float(number) for number in text.split(",")]
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no list of numbers; write them like {example}", param_hint=option
        ) from None


def shares_in(text: str) -> list[float]:
    """Read weights from 0 to 1 with commas between."""
    shares = numbers_in(text, "--weights", "0,0.5,1")
    for share in shares:
        if not 0.0 <= share <= 1.0:
            raise typer.BadParameter(f"{share:g} is no weight between 0 and 1", param_hint="--weights")
    return shares


def share_in(text: str) -> tuple[str, float]:
    """Read an item and its weight."""
    item, _, weight = text.rpartition("=")
    try:
        return item, float(weight)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no weight; write it like car=2", param_hint="--share") from None


def workers_from(count: int | None, cluster: str | None) -> Workers:
    """Workers that options ask for: this process, several, or a cluster."""
    from coplant.errors import WorkerError
    from coplant.workers import Cluster, Here, Processes

    if cluster:
        try:
            return Cluster(cluster, count)
        except WorkerError as error:
            raise typer.BadParameter(str(error), param_hint="--cluster") from None
    return Processes(count) if count and count > 1 else Here()


def tables_at(folder: Path | None, kind: Kind) -> Output | None:
    """Folder for the tables of a result; one that holds an older result of its kind is replaced."""
    from coplant.case.outputs import Output

    if folder is None:
        return None
    return Output(folder, option="--out", folder=True, replaces=(kind.facts, kind.name), told=kind.told)


def refuse(options: Mapping[str, object], why: str, besides: str | None = None) -> None:
    """Refuse those of some options that were given."""
    for option, value in options.items():
        if value and option != besides:
            raise typer.BadParameter(f"{why}. Leave it out", param_hint=option)
