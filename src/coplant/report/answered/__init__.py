"""Answers about a plan as pages to read in a browser: which inputs matter, who gets a part, what a limit costs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from coplant.insight.frontier import Held
    from coplant.planning import Plan
    from coplant.report.blocks import Section
    from coplant.weighing.result import Worth

__all__ = ["write_flows", "write_frontier", "write_tornado", "write_worth"]


def write_tornado(plan: Plan, table: pl.DataFrame, by: float, path: str | Path) -> None:
    """Write the page of a tornado: one HTML file, in English and French, that opens without a network.

    Parameters
    ----------
    plan : Plan
        The plan.
    table : DataFrame
        What `coplant.insight.tornado` found.
    by : float
        Per cent by which inputs are lower and higher.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.report.answered.page import write
    from coplant.report.answered.tornado import tornado_section
    from coplant.report.view import View

    write("tornado", plan.objective, partial(View, plan), lambda view: [tornado_section(view, table, by)], path)


def write_flows(plan: Plan, table: pl.DataFrame, item: str, path: str | Path) -> None:
    """Write the page of who ends up with an item.

    Parameters
    ----------
    plan, path
        As for `write_tornado`.
    table : DataFrame
        Lots of the item and their ends, as `Plan.pegged` has them.
    item : str
        The item.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.report.answered.flows import flows_section
    from coplant.report.answered.page import write
    from coplant.report.view import View

    write("flows", plan.objective, partial(View, plan), lambda view: [flows_section(view, table, item)], path)


def write_frontier(plan: Plan, held: Held, table: pl.DataFrame, path: str | Path) -> None:
    """Write the page of a frontier, on which the plan as it is is marked.

    Parameters
    ----------
    plan, path
        As for `write_tornado`.
    held : Held
        What is held.
    table : DataFrame
        Points, as `coplant.insight.frontier` finds them.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.report.answered.frontier import frontier_section
    from coplant.report.answered.page import write
    from coplant.report.view import View

    write("frontier", plan.objective, partial(View, plan), lambda view: [frontier_section(view, held, table)], path)


def write_worth(worth: Worth, path: str | Path) -> None:
    """Write the page of what knowing and care are worth.

    Parameters
    ----------
    worth : Worth
        The result.
    path
        As for `write_tornado`.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.report.answered.page import write
    from coplant.report.answered.worth import WorthView, care_section, knowing_section

    def sections(view: WorthView) -> list[Section]:
        return [knowing_section(view), care_section(view)]

    write("worth", worth.expected, partial(WorthView, worth), sections, path)
