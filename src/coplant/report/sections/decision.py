"""The decision in a few sentences, and the figures that matter most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from coplant.report.blocks import KeyFigure, Section
from coplant.report.view import View


def decision(view: View) -> Section:
    """Say what to sign, what to reserve, when the first unit comes and what it all earns."""
    return Section("decision", view.words("decision.title"), decision_lines(view), key_figures(view))


def decision_lines(view: View) -> list[str]:
    """Sentences of the decision."""
    words, signed = view.words, view.plan["signed"]
    options = signed.filter(pl.col("status") == "option")
    lines = [_signed(view, row) for row in options.filter("signed").iter_rows(named=True)]
    declined = [view.title("agreement", name) for name in options.filter(~pl.col("signed"))["agreement"].to_list()]
    if declined:
        lines.append(words("decision.declined", names=_quoted(view, declined)))
    if options.is_empty():
        lines.append(words("decision.in_force" if signed.height else "decision.no_agreement"))
    lines.append(words("decision.earns", money=view.headline(view.plan.objective)))
    return lines


def _quoted(view: View, names: list[str]) -> str:
    return view.list([view.words("quoted", text=name) for name in names])


def _signed(view: View, row: Mapping[str, Any]) -> str:
    words, numbers = view.words, view.numbers
    text = words(
        "decision.sign",
        agreement=words("quoted", text=view.title("agreement", row["agreement"])),
        host=view.title("party", row["host"]),
        date=numbers.date(row["sign_date"]),
    )
    unit = view.items_unit(view.plan.products(row["agreement"]))
    rates = view.plan["reserved"].filter(pl.col("agreement") == row["agreement"], pl.col("reserved") > 0.0)
    for rate in rates.iter_rows(named=True):
        text += words(
            "decision.reserve",
            rate=numbers.count(rate["reserved"]),
            unit=unit,
            per=words(f"per.{rate['per']}"),
            yearly="" if rate["per"] == "year" else words("decision.yearly", units=numbers.count(rate["yearly"])),
            date=numbers.date(rate["from"]),
        )
    first = view.plan.first_unit(row["agreement"])
    return text + (words("decision.first", bucket=view.bucket(first)) if first else words("decision.idle"))


def key_figures(view: View) -> list[KeyFigure]:
    """Present value, customers served, the lowest point of cash, and how concentrated revenue is."""
    words, numbers, plan = view.words, view.numbers, view.plan
    figures = [
        KeyFigure(
            words("key.present_value"),
            view.headline(plan.objective),
            view.full_money(plan.objective),
            words("key.bound", gap=numbers.share(plan.gap, 2)),
        )
    ]
    served, lost, awaited = plan.unserved("site").select(pl.col("sales", "missed", "awaited").sum()).row(0)
    wanted = served + lost + awaited
    if wanted > 0.0:
        note = words("key.lost", money=view.money(lost), share=numbers.share(lost / wanted))
        if awaited > 0.0:
            note += words("key.waiting", money=view.money(awaited), share=numbers.share(awaited / wanted))
        figures.append(KeyFigure(words("key.served"), numbers.share(served / wanted), view.full_money(served), note))
    cash = plan["cash"]
    if cash.height:
        lowest = cash.row(int(cash["cumulative"].arg_min() or 0), named=True)
        starts = lowest["cumulative"] >= 0.0
        amount = 0.0 if starts else lowest["cumulative"]
        figures.append(
            KeyFigure(
                words("key.cash"),
                view.headline(amount),
                view.full_money(amount),
                words("key.at_start") if starts else words("key.at_end_of", bucket=view.bucket(lowest["bucket"])),
            )
        )
    years = plan["concentration"].sort("year")
    if years.height:
        first, last = years.row(0, named=True), years.row(-1, named=True)
        figures.append(
            KeyFigure(
                words("key.hhi", year=last["year"]),
                numbers.number(last["hhi"], 2),
                numbers.number(last["hhi"], 4),
                words("key.hhi_before", year=first["year"], hhi=numbers.number(first["hhi"], 2)),
            )
        )
    return figures
