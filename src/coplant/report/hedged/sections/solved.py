"""How the plans were found, and how far they can be trusted."""

from __future__ import annotations

from coplant.report.blocks import Block, Section
from coplant.report.hedged.view import HedgedView
from coplant.report.sections.solved import found_with, of_numbers, of_texts


def solved(view: HedgedView) -> Section:
    """List status, gap, bound, the largest violations of any future, solver, versions, digest, timings and size."""
    words, numbers, hedge, plan = view.words, view.numbers, view.hedge, view.hedge.plans[0]
    weight = view.case.settings.risk_weight
    result = {
        words("solved.status"): words.known(f"status.{hedge.status}", hedge.status),
        words("hedged.solved.objective"): view.full_money(hedge.objective),
        words("solved.bound"): view.full_money(hedge.bound),
        words("solved.gap"): numbers.share(hedge.gap, 4),
        words("hedged.solved.weight"): numbers.share(weight),
        words("hedged.solved.futures"): numbers.number(len(hedge.plans)),
        words("solved.solver"): plan.solver,
        words("solved.digest"): hedge.case.digest,
    }
    worst = {name: max(one.violations[name] for one in hedge.plans) for name in plan.violations}
    blocks = [
        Block(words("solved.result"), table=of_texts(view, words("solved.result"), result)),
        Block(
            words("solved.violations"),
            [words("hedged.solved.violations_lead")],
            table=of_numbers(view, "solved.violations", worst),
        ),
        *found_with(view, plan),
    ]
    return Section("solved", words("solved.title"), blocks=blocks, grid=True, collapsed=True)
