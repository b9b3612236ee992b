"""Inputs of a case in words: which column of which rows."""

from __future__ import annotations

import re

import polars as pl

from coplant.report.answered.page import texts
from coplant.report.limits import allotment_titles
from coplant.report.view import View

_INPUT = re.compile(r"(?P<table>\w+)(?:\[(?:(?P<column>\w+)=)?(?P<name>[^],]+)\])?\.(?P<of>\w+)")


def input_title(view: View, name: str) -> str:
    """Say which input it is that is written like ``prices[car].price``; as it is written where there are no words.

    Parameters
    ----------
    view : View
        The plan in a language.
    name : str
        The input.
    """
    found, words = _INPUT.fullmatch(name), texts(view)
    what = words.known(f"input.{found['table']}.{found['of']}", "") if found else ""
    if found is None or not what:
        return name
    if found["name"] is None:
        return words(f"input.{found['table']}.all")
    return words("input.of", what=what, name=_titled(view, found["table"], found["column"], found["name"]))


def _titled(view: View, table: str, column: str | None, name: str) -> str:
    """Title of what rows are of."""
    if column is not None:
        return view.title(column, name)
    if table == "allotments":
        return allotment_titles(view).get(name, name)
    if table in ("demand", "prices"):
        streams = view.plan.case["demand"].filter(pl.col("demand") == name)
        if streams.height:
            item, site = streams.select("item", "site").row(0)
            return f"{view.title('item', item)}, {view.title('site', site)}"
    return view.title("agreement", name)
