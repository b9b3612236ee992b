"""Exit terms in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.clauses.exit_terms import ExitTerms
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading
from coplant.timeline import add_months

_LEFT = 12.0
"""Months of the term that are left in the example."""


def exit_terms(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell how the agreement can be left, who then pays what, and what becomes of unpaid tooling."""
    (clause,) = ExitTerms.read(provision.case, provision.agreement)
    yield reading(f"exit_terms.notice.{'some' if clause.notice else 'none'}", notice=reading.months(clause.notice))
    if clause.fee or clause.fee_per_month:
        key = "both" if clause.fee and clause.fee_per_month else "once" if clause.fee else "monthly"
        fees = {"fee": reading.money(clause.fee), "monthly": reading.money(clause.fee_per_month)}
        yield reading(f"exit_terms.fee.{key}", **fees)
        day = add_months(reading.term.ends, -_LEFT)
        if clause.fee_per_month and day > reading.term.starts:
            owed = reading.sum(clause.owed(day, reading.term.ends))
            yield reading("exit_terms.example", day=reading.day(day), months=reading.months(_LEFT), sum=owed)
    else:
        yield reading("exit_terms.fee.none")
    key = "some" if clause.relocation else "none"
    yield reading(f"exit_terms.relocation.{key}", amount=reading.money(clause.relocation))
    yield reading("exit_terms.tooling", share=reading.share(clause.tooling_share))
