"""A plan as a page to read in a browser, and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coplant.planning import Plan

__all__ = ["write_excel", "write_report"]


def write_report(plan: Plan, path: str | Path) -> None:
    """Write a plan's report: one HTML page, in English and French, that opens without a network.

    Parameters
    ----------
    plan : Plan
        The plan.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.case.files import write_whole
    from coplant.report.page import page_of

    write_whole(path, page_of(plan))


def write_excel(plan: Plan, path: str | Path) -> None:
    """Write a plan as a workbook: the decision, every table of the plan, its money by year, and how it was solved.

    Parameters
    ----------
    plan : Plan
        The plan.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written, or a table has more rows than a sheet holds.
    """
    from coplant.case.files import write_whole
    from coplant.report.excel import workbook_of

    write_whole(path, workbook_of(plan))
