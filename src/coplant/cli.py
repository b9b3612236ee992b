"""The command line: parse, call the public interface, print.

Answers go to the standard output, everything else to the standard error. A command ends with 0 when it is done, 1 when
no plan exists or the solver gave up, 2 when something it was given is wrong, and 130 when it was interrupted.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import os
import shutil
import sys
import textwrap
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, Self

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coplant.case import Case
    from coplant.case.defaults import Default
    from coplant.case.outputs import Output
    from coplant.planning import Hedge, Plan
    from coplant.results import Kind
    from coplant.schema import Table
    from coplant.settlement import Settlement
    from coplant.workers import Workers

DONE, WRONG_INPUT, INTERRUPTED = 0, 2, 130

_MANY_FUTURES = 500
"""Futures beyond which not all of them are checked by themselves."""

_INTERRUPTED = "Interrupted; files written earlier are as they were."

# Typer brings its own copy of click's errors and shows only the special ones.
_UsageError: Any = typer.BadParameter.__base__

app = typer.Typer(
    name="coplant",
    help="Plan and run production in a factory you do not own.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


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


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it like 2023-04-01") from None


def _numbers(text: str, option: str, example: str) -> list[float]:
    try:
        return [float(number) for number in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"{text!r} are no numbers; write them like {example}", param_hint=option) from None


def _shares(text: str) -> list[float]:
    shares = _numbers(text, "--weights", "0,0.5,1")
    for share in shares:
        if not 0.0 <= share <= 1.0:
            raise typer.BadParameter(f"{share:g} is no weight between 0 and 1", param_hint="--weights")
    return shares


def _share(text: str) -> tuple[str, float]:
    item, _, weight = text.rpartition("=")
    try:
        return item, float(weight)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no weight; write it like car=2", param_hint="--share") from None


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


def _workers(count: int | None, cluster: str | None) -> Workers:
    from coplant.errors import WorkerError
    from coplant.workers import Cluster, Here, Processes

    if cluster:
        try:
            return Cluster(cluster, count)
        except WorkerError as error:
            raise typer.BadParameter(str(error), param_hint="--cluster") from None
    return Processes(count) if count and count > 1 else Here()


def _tables_at(folder: Path | None, kind: Kind) -> Output | None:
    """Folder for the tables of a result; one that holds an older result of its kind is replaced."""
    from coplant.case.outputs import Output

    if folder is None:
        return None
    return Output(folder, option="--out", folder=True, replaces=(kind.facts, kind.name), told=kind.told)


def _refuse(options: Mapping[str, object], why: str, besides: str | None = None) -> None:
    """Refuse those of some options that were given."""
    for option, value in options.items():
        if value and option != besides:
            raise typer.BadParameter(f"{why}. Leave it out", param_hint=option)


# -- commands -------------------------------------------------------------------------------------------------------


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


@app.command()
def plan(
    case: CasePath,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the plan's tables to this folder.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read in a browser.")] = None,
    excel: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook.")] = None,
    as_json: AsJson = False,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", min=0.0, help="Stop after so many seconds with the best plan so far.")
    ] = None,
    gap: Gap = 1e-4,
    solver: SolverName = Solver.AUTO,
    seed: SolverSeed = 0,
    method: Annotated[Method, typer.Option(help="Plan for several futures as one program, or in parts.")] = Method.AUTO,
    workers: WorkerCount = None,
    cluster: ClusterAddress = None,
) -> None:
    """Say what to sign, reserve, build, buy, move, stock and sell."""
    with _answering(as_json), _Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.planning.result import KIND

        outputs = {
            "tables": _tables_at(out, KIND),
            "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
            "excel": Output(excel, (".xlsx",), option="--excel", replaces=("decision", "plan")) if excel else None,
        }
        files = {name: output.path for name, output in outputs.items() if output}
        check_outputs([output for output in outputs.values() if output], case)
        with progress.stage("Reading the case"):
            read = coplant.read(case)
        of_parts = {"--method": method is not Method.AUTO, "--workers": workers, "--cluster": cluster}
        if not read.certain:
            if method is Method.WHOLE:
                _refuse(of_parts, "one program has no parts that others could plan", besides="--method")
            with (
                progress.stage("Planning"),
                contextlib.redirect_stdout(sys.stderr),
                contextlib.closing(_workers(workers, cluster)) as them,
            ):
                hedge = coplant.hedge(
                    read, gap=gap, time_limit=time_limit, solver=solver.value, seed=seed, progress=progress.say,
                    method=method.value, workers=them,
                )  # fmt: skip
            for name, path in files.items():
                with progress.stage(f"Writing {path}"):
                    {"tables": hedge.write, "report": hedge.report, "excel": hedge.to_excel}[name](path)
            _tell_hedge(hedge, files, as_json)
            return
        _refuse(of_parts, "the case can turn out in one way only, which has no parts")
        # What HiGHS says when it is interrupted is not an answer.
        with progress.stage("Planning"), contextlib.redirect_stdout(sys.stderr):
            made = coplant.plan(
                read, gap=gap, time_limit=time_limit, solver=solver.value, seed=seed, progress=progress.say
            )
        for warning in made.scaling["warnings"]:
            typer.echo(f"Note: {warning}", err=True)
        for name, path in files.items():
            with progress.stage(f"Writing {path}"):
                {"tables": made.write, "report": made.report, "excel": made.to_excel}[name](path)
        if as_json:
            _print_json(_facts(made) | {"files": {name: str(path) for name, path in files.items()}})
            return
        typer.echo(made.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


@app.command()
def launch(
    case: CasePath,
    samples: Annotated[int, typer.Option(metavar="N", min=1, help="How often the programme is drawn.")] = 10_000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the draws.")] = 0,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Threads; their number changes no answer.")] = 1,
    time_limit: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="Seconds to look for a schedule in, where teams are short.")
    ] = 10.0,
    value: Annotated[
        bool, typer.Option("--value", help="Say what an earlier start and advice are worth, by plans.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the launch's tables to this folder.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read in a browser.")] = None,
    excel: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say when production can start, how sure that is, and what it is worth."""
    with _answering(as_json), _Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.launching.result import KIND

        outputs = {
            "tables": _tables_at(out, KIND),
            "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
            "excel": Output(excel, (".xlsx",), option="--excel", replaces=("launched", KIND.name)) if excel else None,
        }
        files = {name: output.path for name, output in outputs.items() if output}
        check_outputs([output for output in outputs.values() if output], case)
        with progress.stage("Reading the case"):
            read = coplant.read(case)
        with progress.stage("Launching"):
            made = coplant.launch(read, samples, seed, workers=workers, time_limit=time_limit, progress=progress.say)
        if value:
            # What HiGHS says when it is interrupted is not an answer.
            with progress.stage("Valuing the start"), contextlib.redirect_stdout(sys.stderr):
                made = coplant.value_of_start(made, progress=progress.say)
        write = {"tables": made.write, "report": made.report, "excel": made.to_excel}
        for name, path in files.items():
            with progress.stage(f"Writing {path}"):
                write[name](path)
        if as_json:
            tables = {name: made[name].to_dicts() for name in ("milestones", "advice") if name in made.tables}
            _print_json(made.facts() | tables | {"files": {name: str(path) for name, path in files.items()}})
            return
        typer.echo(made.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


@app.command()
def settle(
    case: Annotated[
        Path,
        typer.Argument(metavar="CASE", help="A case; or a folder of `plan --out`, for what the plan will come to."),
    ],
    agreement: Annotated[str | None, typer.Option(metavar="A", help="Settle this agreement; all if left out.")] = None,
    first: Annotated[
        datetime.date | None,
        typer.Option("--from", metavar="DATE", parser=_day, help="Keep statements from the month of this day on."),
    ] = None,
    until: Annotated[
        datetime.date | None,
        typer.Option(metavar="DATE", parser=_day, help="Keep statements of months before this day."),
    ] = None,
    as_of: Annotated[
        datetime.date | None,
        typer.Option(metavar="DATE", parser=_day, help="Statements as they had been drawn up by this day."),
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
    with _answering(as_json), _Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.planning.result import KIND as PLAN
        from coplant.report.settled.invoices import INDEX
        from coplant.settlement.result import KIND

        planned = (case / PLAN.facts).is_file()
        _check_days(first, until, as_of, planned)
        in_folder = (INDEX, "invoices") if invoice and invoice.suffix.lower() != ".json" else None
        outputs = {
            "tables": _tables_at(out, KIND),
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
            _print_json(_facts_of(settled) | {"files": {name: str(path) for name, path in files.items()}})
            return
        typer.echo(settled.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


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
    with _answering(as_json):
        import coplant

        asked = None if volumes is None else _numbers(volumes, "--volumes", "20000,50000")
        weights = dict(map(_share, share)) if share else None
        told = coplant.quote(coplant.read(case), agreement or None, asked, weights)
        if as_json:
            settings = told.case.settings
            tables = {name: getattr(told, name).to_dicts() for name in ("costs", "totals", "flips")}
            _print_json({"case": settings.name, "currency": settings.currency, **tables})
        else:
            typer.echo(told.summary())


def _check_days(
    first: datetime.date | None, until: datetime.date | None, as_of: datetime.date | None, planned: bool
) -> None:
    """Refuse days between which there is nothing, and a day of knowledge for what has not happened."""
    if first and until and first >= until:
        raise typer.BadParameter(f"{first} is not before --until {until}. Mend one of the two", param_hint="--from")
    if as_of and planned:
        told = "a plan has not happened, so that nothing is known of it later. Leave it out"
        raise typer.BadParameter(told, param_hint="--as-of")


@app.command()
def agreement(
    case: CasePath,
    name: Annotated[str, typer.Argument(metavar="A", help="The agreement.")],
    language: Annotated[Language, typer.Option(help="English or French.")] = Language.EN,
    valid_on: Annotated[
        datetime.date | None,
        typer.Option(metavar="DATE", parser=_day, help="Keep what holds on this day; all days if left out."),
    ] = None,
    known_on: Annotated[
        datetime.date | None,
        typer.Option(metavar="DATE", parser=_day, help="Tell what was known on this day; all if left out."),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read an agreement back in plain language, to check it against the paper."""
    with _answering(as_json):
        import coplant

        read = coplant.read(case)
        told = coplant.agreement(read, name, language=language.value, valid_on=valid_on, known_on=known_on)
        if as_json:
            _print_json(told.as_dict())
        elif markdown:
            typer.echo(told.markdown(), nl=False)
        else:
            width = min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 80
            typer.echo(told.text(max(width, 40)), nl=False)


@app.command()
def check(case: CasePath, as_json: AsJson = False) -> None:
    """Read a case and list everything that is wrong with it, or its rows and the defaults it takes."""
    with _answering(as_json), _Progress() as progress:
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
            _print_json(told | {"defaults": [default._asdict() for default in taken]})
            return
        buckets = " ".join(f"{kind}:{count}" for kind, count in read.settings.buckets)
        typer.echo(f"{read.settings.name}: no problems. Horizon {read.settings.start}, {buckets}.")
        if looked_at < futures:
            what = "in them any two outcomes come together that can"
            typer.echo(f"Of {futures:,} futures {looked_at:,} were looked at: {what}.")
        _print_columns([("table", "rows"), *((name, f"{count:,}") for name, count in rows.items())])
        if taken:
            typer.echo("\nOf these the case says nothing, so their defaults count:")
            _print_columns([("column", "default", "rows"), *map(_default_in_words, taken)])


def _futures_checked(case: Case, progress: _Progress) -> tuple[int, int]:
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


@app.command()
def tree(case: CasePath, as_json: AsJson = False) -> None:
    """Draw what is uncertain in a case: what becomes known when, and how likely each outcome is."""
    with _answering(as_json), _Progress() as progress:
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
        _print_json({"case": futures.case.settings.name, "futures": told})


@app.command()
def worth(
    case: CasePath,
    weights: Annotated[
        str | None,
        typer.Option(metavar="W,...", help="Weights of the worst futures to try, such as 0,0.5,1; five if left out."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the tables to this folder.")] = None,
    as_json: AsJson = False,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", min=0.0, help="Stop each of the plans after so many seconds.")
    ] = None,
    gap: Gap = 1e-4,
    solver: SolverName = Solver.AUTO,
    seed: SolverSeed = 0,
) -> None:
    """Say what it is worth to plan for several futures at once, what to know which comes, and what care costs."""
    with _answering(as_json), _Progress() as progress:
        import coplant
        from coplant.case.outputs import check_outputs
        from coplant.weighing.result import KIND
        from coplant.weighing.worth import WEIGHTS

        tried = WEIGHTS if weights is None else _shares(weights)
        place = _tables_at(out, KIND)
        check_outputs([place] if place else [], case)
        with progress.stage("Reading the case"):
            read = coplant.read(case)
        # What HiGHS says when it is interrupted is not an answer.
        with progress.stage("Weighing"), contextlib.redirect_stdout(sys.stderr):
            made = coplant.worth(
                read, weights=tried, gap=gap, time_limit=time_limit, solver=solver.value, seed=seed,
                progress=progress.say,
            )  # fmt: skip
        if out:
            with progress.stage(f"Writing {out}"):
                made.write(out)
        if as_json:
            head = {"case": read.settings.name, "currency": read.settings.currency}
            tables = {name: table.to_dicts() for name, table in made.tables.items()}
            _print_json(head | made.facts() | tables | {"files": {"tables": str(out)} if out else {}})
            return
        typer.echo(made.summary())
        if out:
            typer.echo(f"Tables: {out}")


@app.command()
def stress(
    case: Annotated[
        Path, typer.Argument(metavar="CASE", help="A case, which is planned first; or a folder of `plan --out`.")
    ],
    samples: Annotated[int, typer.Option(metavar="N", min=1, help="How many futures are sampled.")] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the draws.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write samples as they come, and the tables, to this folder; go on from it."),
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read in a browser.")] = None,
    excel: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook.")] = None,
    as_json: AsJson = False,
    workers: WorkerCount = None,
    cluster: ClusterAddress = None,
) -> None:
    """Say how a plan fares over many sampled futures, reviewed as they come."""
    with _answering(as_json), _Progress() as progress:
        import coplant
        from coplant.case.outputs import PAGE, PAGES, Output, check_outputs
        from coplant.planning.result import KIND as PLAN
        from coplant.stressing.result import EACH, KIND
        from coplant.stressing.stress import planned_in

        outputs = {
            "tables": _tables_at(out, KIND),
            "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
            "excel": Output(excel, (".xlsx",), option="--excel", replaces=("stressed", KIND.name)) if excel else None,
        }
        files = {name: output.path for name, output in outputs.items() if output}
        check_outputs([output for output in outputs.values() if output], case)
        planned = (case / PLAN.facts).is_file()
        with progress.stage("Reading the plan" if planned else "Reading the case"):
            tested = planned_in(case) if planned else coplant.read(case)
        # What HiGHS says when it is interrupted is not an answer.
        with (
            progress.stage("Putting it to the test"),
            contextlib.redirect_stdout(sys.stderr),
            contextlib.closing(_workers(workers, cluster)) as them,
        ):
            made = coplant.stress(tested, samples, seed, out=out, workers=them, progress=progress.say)
        write = {"tables": made.write, "report": made.report, "excel": made.to_excel}
        for name, path in files.items():
            with progress.stage(f"Writing {path}"):
                write[name](path)
        if as_json:
            head = {"case": made.case.settings.name, "currency": made.case.settings.currency}
            tables = {name: table.to_dicts() for name, table in made.tables.items() if name not in EACH}
            _print_json(head | made.facts() | tables | {"files": {name: str(path) for name, path in files.items()}})
            return
        typer.echo(made.summary())
        for name, path in files.items():
            typer.echo(f"{name.capitalize()}: {path}")


def _list_templates(asked: bool) -> None:
    if asked:
        from coplant.templates import templates

        _print_columns(list(templates().items()))
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
    with _answering():
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
    with _answering():
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
def schema(
    table: Annotated[str | None, typer.Argument(metavar="[TABLE]", help="A table to describe.")] = None,
    template: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write every table without rows, to an .xlsx or a folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the tables of a case, or the columns of one."""
    with _answering(as_json):
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
            _print_json({name: _fields(known, ("required", "description")) for name, known in TABLES.items()})
        else:
            _print_columns(
                [(name, "needed" if known.required else "", known.description) for name, known in TABLES.items()]
            )


@app.command()
def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write the case to.")],
    items: Annotated[int, typer.Option(metavar="N", min=3, help="Number of items.")] = 60,
    buckets: Annotated[int, typer.Option(metavar="T", min=1, help="Number of buckets.")] = 26,
    hosts: Annotated[int, typer.Option(metavar="H", min=0, help="Number of hosts.")] = 2,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Where the draws start.")] = 0,
) -> None:
    """Make up a case of a given size, to try things on."""
    with _answering():
        from coplant.case.outputs import Output, check_outputs
        from coplant.generate import generate as made_up

        check_outputs([Output(folder, folder=True, if_there="Name a new folder")])
        case = made_up(items, buckets, hosts, seed)
        case.write(folder)
        typer.echo(f"Wrote {case.settings.name} to {folder}")


def main() -> None:
    """Run the command line."""
    try:
        code = app(standalone_mode=False)
    except _UsageError as error:
        if "--json" in sys.argv[1:]:
            _print_json({"error": {"kind": "usage", "message": error.format_message()}})
        else:
            error.show()
        code = WRONG_INPUT
    except typer.Abort:
        typer.echo(_INTERRUPTED, err=True)
        code = INTERRUPTED
    sys.exit(code)


# -- what is printed ------------------------------------------------------------------------------------------------


def _facts(made: Plan) -> dict[str, Any]:
    """Return what a program wants to know of a plan."""
    head = {"case": made.settings.name, "currency": made.settings.currency}
    return head | made.facts() | {name: made[name].to_dicts() for name in ("signed", "reserved")}


def _tell_hedge(hedge: Hedge, files: Mapping[str, Path], as_json: bool) -> None:
    """Print plans for several futures, and where they were written."""
    if as_json:
        head = {"case": hedge.case.settings.name, "currency": hedge.case.settings.currency}
        tables = {name: hedge[name].to_dicts() for name in ("futures", "now", "then", "signatures")}
        _print_json(head | hedge.facts() | tables | {"files": {name: str(path) for name, path in files.items()}})
        return
    typer.echo(hedge.summary())
    for name, path in files.items():
        typer.echo(f"{name.capitalize()}: {path}")


def _facts_of(settled: Settlement) -> dict[str, Any]:
    """Return what a program wants to know of a settlement."""
    settings = settled.case.settings
    head = {"case": settings.name, "currency": settings.currency, "total": settled.total}
    return head | settled.facts() | {name: settled[name].to_dicts() for name in ("statements", "lines")}


def _default_in_words(taken: Default) -> tuple[str, str, str]:
    rows = f"all {taken.of:,}" if taken.rows == taken.of else f"{taken.rows:,} of {taken.of:,}"
    return f"{taken.table}.{taken.column}", _plain(taken.value), "a setting" if taken.table == "case" else rows


def _plain(default: object) -> str:
    return "" if default is None else str(default).removesuffix(".0")


def _describe(table: Table, as_json: bool) -> None:
    fields = ("type", "unit", "key", "required", "default", "range", "choices", "refers_to", "description")
    if as_json:
        columns = {column.name: _fields(column, fields) for column in table.columns}
        _print_json(
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
    _print_columns(rows)


def _fields(thing: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of text under one another; on a terminal the last column wraps within itself."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)][:-1]
    left = sum(widths) + 2 * len(widths)
    room = max(shutil.get_terminal_size().columns - left, 30) if sys.stdout.isatty() else sys.maxsize
    for row in rows:
        head = "".join(f"{cell:{width}}  " for cell, width in zip(row, widths, strict=False))
        lines = textwrap.wrap(row[-1], room) or [""]
        typer.echo(textwrap.indent("\n".join(lines), " " * left).replace(" " * left, head, 1).rstrip())


def _print_json(value: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


# -- what can go wrong ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _answering(as_json: bool = False) -> Iterator[None]:
    """Turn errors into plain words, or a JSON object, and an exit code."""
    from coplant.errors import CaseError, CoplantError, InfeasibleError

    try:
        yield
    except KeyboardInterrupt:
        _fail("interrupted", _INTERRUPTED, INTERRUPTED, as_json)
    except CoplantError as error:
        more: dict[str, Any] = {}
        if isinstance(error, CaseError):
            more["problems"] = [dataclasses.asdict(problem) for problem in error.problems]
        elif isinstance(error, InfeasibleError):
            more["rules"] = error.rules
        kind = type(error).__name__.removesuffix("Error").lower()
        _fail(kind, str(error), error.exit_code, as_json, **more)


def _fail(kind: str, message: str, code: int, as_json: bool, **more: Any) -> NoReturn:
    if as_json:
        _print_json({"error": {"kind": kind, "message": message, **more}})
    else:
        typer.echo(message, err=True)
    raise typer.Exit(code)


def _table_named(name: str) -> Table:
    from difflib import get_close_matches

    from coplant.schema import TABLES

    if name in TABLES:
        return TABLES[name]
    close = get_close_matches(name, TABLES, n=1)
    mend = f"Did you mean {close[0]}?" if close else "`coplant schema` lists the tables."
    raise typer.BadParameter(f"there is no table {name!r}. {mend}", param_hint="TABLE")


def _template_named(name: str) -> str:
    from coplant.case.names import did_you_mean
    from coplant.templates import templates

    known = templates()
    if name in known:
        return name
    mend = did_you_mean(name, known, "`coplant new --templates` lists them.")
    raise typer.BadParameter(f"there is no template {name!r}. {mend}", param_hint="--template")


# -- progress -------------------------------------------------------------------------------------------------------


class _Progress:
    """Says on the standard error what is being done.

    A terminal has one live line. Elsewhere each stage is a line when it ends, and a long one a line now and then.
    """

    _EVERY = 10.0
    """Seconds between the lines of a long stage where there is no terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._stage = ""
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Name what is being done, and say how long it took."""
        self._stage, began = name, time.monotonic()
        self._told = began
        if self._live:
            self.say("")
        yield
        self._clear()
        print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Say how far the stage is."""
        line = f"{self._stage}: {text}" if text else f"{self._stage} ..."
        if self._live:
            width = max(os.get_terminal_size(sys.stderr.fileno()).columns - 1, 20)
            print(f"\r\x1b[2K{line[:width]}", end="", file=sys.stderr, flush=True)
        elif text and time.monotonic() - self._told >= self._EVERY:
            self._told = time.monotonic()
            print(line, file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if self._live:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
