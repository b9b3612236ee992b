"""The plan that is asked, and how answers are written."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from coplant.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coplant.case import Case
    from coplant.insight import Comparison
    from coplant.planning import Hedge, Plan

_Asked = TypeVar("_Asked")

PlanPath = Annotated[
    Path, typer.Argument(metavar="PLAN", help="A folder of `plan --out`; or a case, which is planned first.")
]

ReportPath = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write a page to read in a browser.")]

ExcelPath = Annotated[Path | None, typer.Option("--excel", metavar="FILE", help="Write an Excel workbook.")]


def plan_at(path: Path, progress: Progress) -> Plan:
    """Read a plan, or plan a case."""
    import coplant

    return _asked(path, progress, coplant.Plan.read, coplant.plan)


def plan_or_hedge_at(path: Path, progress: Progress) -> Plan | Hedge:
    """Read a plan or the plans of several futures; or plan a case, for all its futures if it has several."""
    import coplant
    from coplant.stressing.stress import planned_in

    def planned(case: Case, progress: Callable[[str], None]) -> Plan | Hedge:
        return (coplant.plan if case.certain else coplant.hedge)(case, progress=progress)

    return _asked(path, progress, planned_in, planned)


def _asked(path: Path, progress: Progress, read: Callable[[Path], _Asked], planned: Callable[..., _Asked]) -> _Asked:
    """Read what is kept in a folder, which its file of facts names too; or plan a case."""
    import coplant
    from coplant.errors import FileError
    from coplant.planning.result import KIND

    if not path.exists():
        raise FileError(f"{path} does not exist. Name a folder that coplant plan --out has written, or a case")
    folder = path.parent if path.name == KIND.facts else path
    if (folder / KIND.facts).is_file():
        with progress.stage("Reading the plan"):
            return read(folder)
    with progress.stage("Reading the case"):
        case = coplant.read(path)
    with progress.stage("Planning"), contextlib.redirect_stdout(sys.stderr):
        return planned(case, progress=progress.say)


def compared_files(report: Path | None, excel: Path | None, plan: Path) -> dict[str, Path]:
    """Files that a comparison is written to, checked."""
    from coplant.case.outputs import PAGE, PAGES, Output, check_outputs

    outputs = {
        "report": Output(report, PAGES, option="--report", replaces=PAGE) if report else None,
        "excel": Output(excel, (".xlsx",), option="--excel", replaces=("overview", "bridge")) if excel else None,
    }
    check_outputs([output for output in outputs.values() if output], plan)
    return {name: output.path for name, output in outputs.items() if output}


def page_at(report: Path | None, plan: Path) -> Path | None:
    """File that the page of an answer is written to, checked."""
    from coplant.case.outputs import PAGE, PAGES, Output, check_outputs

    check_outputs([Output(report, PAGES, option="--report", replaces=PAGE)] if report else [], plan)
    return report


def write_compared(found: Comparison, files: Mapping[str, Path], progress: Progress) -> None:
    """Write the page and the workbook of a comparison."""
    write = {"report": found.report, "excel": found.to_excel}
    for name, path in files.items():
        with progress.stage(f"Writing {path}"):
            write[name](path)


def files_told(files: Mapping[str, Path]) -> dict[str, str]:
    """Files that were written, as plain values."""
    return {name: str(path) for name, path in files.items()}


def amount_told(value: float | None) -> str:
    """An amount of money, or that there is no plan."""
    return "no plan" if value is None else f"{value:z,.0f}"


def number_told(value: float) -> str:
    """A share or a rate, with the digits that matter."""
    return f"{value:z,.0f}" if abs(value) >= 10_000.0 else f"{value:z.4g}"


def more_told(value: float | None) -> str:
    """How much more money, or that there is no plan."""
    return "no plan" if value is None else f"{value:+z,.0f}"
