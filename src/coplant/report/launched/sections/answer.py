"""When each milestone is reached, how sure that is, and what advice is worth, in a few sentences and figures."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from coplant.report.blocks import Block, KeyFigure, Section, Table
from coplant.report.launched.view import LaunchedView
from coplant.report.tabulate import Column, tabulate


def answer(view: LaunchedView) -> Section:
    """Say when each milestone is reached, with and without advice."""
    words = view.words
    block = Block(words("launched.answer.table"), table=_table(view), collapsed=True)
    return Section("answer", words("launched.answer.title"), answer_lines(view), key_figures(view), [block])


def answer_lines(view: LaunchedView) -> list[str]:
    """Sentences of the answer, each a paragraph."""
    return [sentence for name in view.milestones for sentence in _sentences(view, name)]


def _sentences(view: LaunchedView, milestone: str) -> list[str]:
    words, numbers = view.words, view.numbers
    told: list[str] = []
    for advice in view.variants(milestone):
        row, advised = view.reached(milestone, advice), view.advised(milestone, advice)
        # The first says which milestone it is; the others follow it.
        told.append(
            words(
                "launched.answer.other" if told else "launched.answer.first",
                milestone=words("quoted", text=view.title("milestone", milestone)),
                how=words("launched.answer.how", advised=advised) if advised else "",
                advised=advised,
                chance=_chance(view, row),
                **{name: numbers.date(row[name]) for name in ("p10", "p50", "p90", "planned")},
            )
        )
    return [*told, *_worth(view, milestone)]


def _chance(view: LaunchedView, row: dict[str, Any]) -> str:
    """How likely the target is met; nothing where there is none."""
    if row["target"] is None:
        return ""
    return view.words(
        "launched.answer.chance",
        target=view.numbers.date(row["target"]),
        chance=view.numbers.share(row["chance"]),
        error=view.numbers.number(100.0 * row["chance_error"], 2),
    )


def _worth(view: LaunchedView, milestone: str) -> list[str]:
    """What advice does for a milestone; nothing where there is none."""
    words, advice = view.words, view.advice(milestone)
    if advice is None:
        advised = view.usual(milestone)
        if advised is None:
            return []
        gained = view.reached(milestone, None)["mean"] - view.reached(milestone, advised)["mean"]
        return [words("launched.answer.sooner", days=view.days(gained))]
    return [
        words(
            "launched.answer.worth",
            days=view.days(advice["days"]),
            value=view.money(advice["value"]),
            interval=_interval(view, advice),
            cost=_cost(view, advice),
        )
    ]


def _cost(view: LaunchedView, advice: dict[str, Any]) -> str:
    """What advice costs, and what remains of it."""
    if advice["cost"] == 0.0:
        return view.words("launched.answer.unpaid")
    kind = "gain" if advice["net"] >= 0.0 else "loss"
    return view.words(f"launched.answer.{kind}", cost=view.money(advice["cost"]), net=view.money(abs(advice["net"])))


def _interval(view: LaunchedView, advice: dict[str, Any]) -> str:
    """Confidence interval of what advice is worth; nothing where there are too few samples for one."""
    if not math.isfinite(advice["low"]):
        return ""
    low, high = view.numbers.alike([advice["low"], advice["high"]], view.currency)
    return view.words("launched.answer.interval", share=view.numbers.share(0.95, 0), low=low, high=high)


def key_figures(view: LaunchedView) -> list[KeyFigure]:
    """The chance to reach each target, or the day by which half of the samples do; and what advice is worth."""
    return [
        *(_reached(view, name) for name in view.milestones),
        *(_advice(view, name, advice) for name in view.milestones if (advice := view.advice(name)) is not None),
    ]


def _reached(view: LaunchedView, milestone: str) -> KeyFigure:
    words, numbers = view.words, view.numbers
    usual = view.usual(milestone)
    row, name = view.reached(milestone, usual), view.headed(milestone, usual)
    if row["target"] is None:
        note = words("launched.answer.key_days", p10=numbers.day(row["p10"]), p90=numbers.day(row["p90"]))
        return KeyFigure(name, numbers.day(row["p50"]), numbers.date(row["p50"]), note)
    note = words("launched.answer.key_target", target=numbers.day(row["target"]), p50=numbers.day(row["p50"]))
    if usual is not None:
        alone = view.reached(milestone, None)["chance"]
        note += words("launched.answer.key_alone", chance=numbers.share(alone))
    return KeyFigure(name, numbers.share(row["chance"]), numbers.share(row["chance"], 4), note)


def _advice(view: LaunchedView, milestone: str, advice: dict[str, Any]) -> KeyFigure:
    words = view.words
    name = words("launched.answer.key_advice", milestone=view.title("milestone", milestone))
    note = words("launched.answer.key_cost", cost=view.money(advice["cost"]), days=view.days(advice["days"]))
    return KeyFigure(name, view.money(advice["value"]), view.full_money(advice["value"]), note)


def _table(view: LaunchedView) -> Table:
    """Every figure of every milestone."""
    words = view.words
    rows = pl.concat(
        [view.at("milestones", name, advice) for name in view.milestones for advice in view.variants(name)]
    )
    columns = [
        Column("milestone", words("launched.column.milestone"), "milestone"),
        Column("advice", words("launched.column.advice"), "agreement"),
        *(Column(name, words(f"launched.column.{name}"), "date") for name in ("planned", "expected")),
        *(Column(name, words(f"launched.column.{name}"), "date") for name in ("p10", "p50", "p90", "target")),
        Column("chance", words("launched.column.chance"), "share"),
        *(Column(name, words(f"launched.column.{name}"), "number")
          for name in ("mean", "deviation", "pert_deviation", "merge_bias")),
    ]  # fmt: skip
    return tabulate(view, rows, columns, words("launched.answer.table"))
