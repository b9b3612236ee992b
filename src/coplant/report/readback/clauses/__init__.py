"""Clauses in words, one file each.

A teller says in sentences what the rows of a provision mean, with the figures that the clause itself works out. Its
texts are in the section of the message files that has the name of the clause's table; ``title`` among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from coplant.report.readback.clauses.advisory import advisory
from coplant.report.readback.clauses.credits import credits  # noqa: A004 - named as the table
from coplant.report.readback.clauses.excess import excess
from coplant.report.readback.clauses.exclusivity import exclusivity
from coplant.report.readback.clauses.exit_terms import exit_terms
from coplant.report.readback.clauses.fixed_charges import fixed_charges
from coplant.report.readback.clauses.flexibility import flexibility
from coplant.report.readback.clauses.licences import licences
from coplant.report.readback.clauses.loss_cover import loss_cover
from coplant.report.readback.clauses.materials import materials
from coplant.report.readback.clauses.processing_fees import processing_fees
from coplant.report.readback.clauses.reservations import reservations
from coplant.report.readback.clauses.security import security
from coplant.report.readback.clauses.take_or_pay import take_or_pay
from coplant.report.readback.clauses.tooling import tooling
from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading

Teller = Callable[[Reading, Provision], Iterable[str]]
"""Says what a provision means, a sentence or two to a line; a line of a list begins with a hyphen."""

TELLERS: Mapping[str, Teller] = {
    teller.__name__: teller
    for teller in (
        reservations,
        processing_fees,
        fixed_charges,
        take_or_pay,
        tooling,
        loss_cover,
        advisory,
        licences,
        credits,
        exclusivity,
        flexibility,
        excess,
        materials,
        security,
        exit_terms,
    )
}
"""How each clause is told, by its table."""
