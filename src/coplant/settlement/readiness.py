"""What the tables must hold before an agreement can be settled."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from coplant.case import Case
from coplant.errors import Problem


def unready(case: Case, agreement: str) -> Iterator[Problem]:
    """Say what is missing for an agreement to be settled.

    Parameters
    ----------
    case : Case
        The case.
    agreement : str
        The agreement.
    """
    yield from _undecided_reservations(case, agreement)
    yield from _unknown_starts(case, agreement)
    yield from _unknown_needs(case, agreement)
    yield from _unknown_use(case, agreement)


def _undecided_reservations(case: Case, agreement: str) -> Iterator[Problem]:
    """Reservations of which the rate is not known."""
    rows = case["reservations"].with_columns(row=case.rows["reservations"])
    open_ = rows.filter(
        pl.col("agreement") == agreement, pl.col("reserved").is_null(), pl.col("least") != pl.col("most")
    )
    for row in open_.iter_rows(named=True):
        mend = f"Say how much is reserved, between {row['least']:g} and {row['most']:g} per {row['per']}"
        yield Problem("reservations", row["row"], "reserved", None, "the rate that is reserved", mend)


def _unknown_starts(case: Case, agreement: str) -> Iterator[Problem]:
    """Products of which good units are on record and no units started, where starts are credited."""
    rows = case["reservations"].with_columns(row=case.rows["reservations"])
    deductible = rows.filter(agreement=agreement, kind="deductible")
    if deductible.is_empty():
        return
    actuals = case["actuals"].filter(agreement=agreement)
    good, started = (set(actuals.filter(measure=measure)["item"]) for measure in ("good", "started"))
    for item in sorted(good - started):
        mend = f'Row {deductible["row"][0]} of reservations credits every unit started: add rows for "{item}"'
        yield Problem("actuals", None, "measure", None, f'units started of "{item}" under {agreement}', mend)


def _unknown_needs(case: Case, agreement: str) -> Iterator[Problem]:
    """Parts in the hands of a host that no forecast says anything about."""
    rows = case["excess"].with_columns(row=case.rows["excess"])
    rows = rows.filter(agreement=agreement).unique("item", keep="first", maintain_order=True)
    held = case["actuals"].filter(agreement=agreement).filter(pl.col("measure").is_in(["on_hand", "on_order"]))
    if rows.is_empty() or case["forecasts"].filter(agreement=agreement).height:
        return
    for row in rows.join(held, on="item", how="semi", maintain_order="left").iter_rows(named=True):
        mend = f'Row {row["row"]} of excess counts "{row["item"]}" beyond what is forecast: add what was published'
        yield Problem("forecasts", None, "item", None, f"forecasts under {agreement}", mend)


def _unknown_use(case: Case, agreement: str) -> Iterator[Problem]:
    """Parts of which nothing is on record as used while products that take them are, where use is settled."""
    rows = case["materials"].with_columns(row=case.rows["materials"])
    settled = (pl.col("mode") == "buy_sell") | ((pl.col("mode") == "consigned") & pl.col("price").is_not_null())
    actuals, routes = case["actuals"].filter(agreement=agreement), case["routes"].filter(agreement=agreement)
    built = routes.filter(pl.col("item").is_in(actuals.filter(measure="good")["item"].implode()))
    taken = case["bom"].join(built.select("route"), on="route")["item"]
    unknown = rows.filter(
        settled,
        pl.col("agreement") == agreement,
        pl.col("item").is_in(taken.implode()),
        ~pl.col("item").is_in(actuals.filter(measure="used")["item"].implode()),
    ).unique("item", keep="first", maintain_order=True)
    for row, item in unknown.select("row", "item").iter_rows():
        mend = f'Row {row} of materials settles what the host used: add rows for "{item}"'
        yield Problem("actuals", None, "measure", None, f'what was used of "{item}" under {agreement}', mend)
