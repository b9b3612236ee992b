"""How the plan was found, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from coplant.report.blocks import Block, Cell, Section, Table
from coplant.report.view import CaseView, View

if TYPE_CHECKING:
    from coplant.planning import Plan


def solved(view: View) -> Section:
    """List status, gap, bound, violations, solver, versions, digest, timings, size and warnings."""
    words, numbers, plan = view.words, view.numbers, view.plan
    result = {
        words("solved.status"): words.known(f"status.{plan.status}", plan.status),
        words("solved.objective"): view.full_money(plan.objective),
        words("solved.bound"): view.full_money(plan.bound),
        words("solved.gap"): numbers.share(plan.gap, 4),
        words("solved.solver"): plan.solver,
        words("solved.digest"): plan.digest,
    }
    blocks = [
        Block(words("solved.result"), table=of_texts(view, words("solved.result"), result)),
        Block(
            words("solved.violations"),
            [words("solved.violations_lead")],
            table=of_numbers(view, "solved.violations", plan.violations),
        ),
        *found_with(view, plan),
    ]
    return Section("solved", words("solved.title"), blocks=blocks, grid=True, collapsed=True)


def found_with(view: CaseView, plan: Plan) -> list[Block]:
    """Tell the size of the program, how long it took, options, versions and warnings."""
    words = view.words
    return [
        Block(words("solved.size"), table=of_numbers(view, "solved.size", plan.size)),
        Block(words("solved.timings"), table=of_numbers(view, "solved.timings", plan.timings)),
        Block(words("solved.options"), table=of_numbers(view, "solved.options", plan.options)),
        Block(words("solved.versions"), table=of_texts(view, words("solved.versions"), plan.versions)),
        Block(words("solved.scaling"), list(plan.scaling.get("warnings", ())) or [words("solved.no_warnings")]),
    ]


def of_numbers(view: CaseView, key: str, values: Mapping[str, Any]) -> Table:
    """List numbers by what they are; the key is that of the text that says what they are together."""
    return of_texts(view, view.words(key), {name: _written(view, value) for name, value in values.items()})


def _written(view: CaseView, value: object) -> str:
    if value is None:
        return view.words("none")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) or value == round(value):
        return view.numbers.number(value)
    if abs(value) >= 0.01:
        return view.numbers.number(value, 2)
    return f"{value:.1e}".replace(".", view.numbers.separators[0])


def of_texts(view: CaseView, caption: str, values: Mapping[str, str]) -> Table:
    """List texts by what they are."""
    heads = [(view.words("column.what"), False), (view.words("column.value"), True)]
    labels = {name: view.words.known(f"solver.{name}", name) for name in values}
    return Table(caption, heads, [(Cell(labels[name]), Cell(value)) for name, value in values.items()])
