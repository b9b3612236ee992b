"""Agreements: which are signed, and what their clauses ask."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from coplant.case import Case
from coplant.clauses import Clause, Exit, ExitTerms, Reservations, Scope, clauses_of, exit_of, exits, tooling_share
from coplant.network.activities import agreement_end, signing_day, term_end
from coplant.network.frames import days, indices
from coplant.planning.draft import Draft
from coplant.program import term
from coplant.timeline.calendar import Days


def agreements(draft: Draft) -> None:
    """Decide what is signed, gate what is built under it, and price its clauses.

    ``alternatives[g]``: sum_{k in g} z_k <= 1 for each group of agreements, with z binary. What is built under an
    agreement that reserves nothing is gated by ``signed_only[j,n]``: x_{j,n} <= most_{j,n} z_k.
    """
    if not draft.network.agreements:
        return
    _alternatives(draft)
    clauses_by_name = draft.kept(_clauses, draft.network.case)
    for scope in _scopes(draft):
        draft.scopes[scope.name] = scope
        clauses = clauses_by_name[scope.name]
        if not any(isinstance(clause, Reservations) for clause in clauses):
            _signed_only(scope)
        for clause in clauses:
            clause.price(scope)


def _clauses(case: Case) -> dict[str, list[Clause]]:
    """Every clause of each agreement."""
    return {name: clauses_of(case, name) for name in case["agreements"]["agreement"]}


class _Days(NamedTuple):
    """Days of each agreement: from when it is in force, until when, when it is signed, and when its term is over."""

    starts: Days
    ends: Days
    signed_on: Days
    term_ends: Days

    @classmethod
    def of(cls, case: Case) -> _Days:
        starts = days(case["agreements"]["starts"])
        return cls(starts, agreement_end(case), signing_day(case), term_end(case))


def _exits(case: Case) -> dict[str, Exit | None]:
    """How each agreement was left."""
    return {name: exit_of(case, name) for name in case["agreements"]["agreement"]}


def _alternatives(draft: Draft) -> None:
    group = draft.network.case["agreements"]["group"]
    names = tuple(group.drop_nulls().unique(maintain_order=True))
    if not names:
        return
    place = indices(group, names)
    named = np.flatnonzero(place >= 0)
    draft.program.rows("alternatives", (names,), [term(place[named], draft.signed.index[named])], upper=1.0)


def _signed_only(scope: Scope) -> None:
    """Keep what is built under an agreement without reservation to when it is signed."""
    if not len(scope.routes):
        return
    cell = np.arange(scope.started.size).reshape(scope.started.shape)
    scope.program.rows(
        scope.block("signed_only"),
        (scope.routes, scope.tree.labels),
        [term(cell, scope.started), term(cell, scope.running, -scope.most)],
        upper=0.0,
        where=scope.started >= 0,
    )


def _scopes(draft: Draft) -> list[Scope]:
    """Each agreement as its clauses see it."""
    network = draft.network
    table, activities = network.case["agreements"], network.activities
    on = draft.kept(_Days.of, network.case)
    site = indices(table["site"], network.sites)

    clauses, left = draft.kept(_clauses, network.case), draft.kept(_exits, network.case)
    gone = table["agreement"].is_in(network.case["exits"]["agreement"].implode()) | (table["status"] == "ended")
    scopes = []
    for number, name in enumerate(network.agreements):
        routes = np.flatnonzero(activities.agreement == number)
        most = draft.room.most[routes]
        rates = [rate for clause in clauses[name] if isinstance(clause, Reservations) for rate in clause.rates]
        terms = [clause for clause in clauses[name] if isinstance(clause, ExitTerms)]
        signed = int(draft.signed.index[number])
        leave = [] if gone[number] else terms
        leaving = exits(
            draft.program,
            network.tree,
            name,
            leave,
            signed,
            int(draft.signing_node[number]),
            on.starts[number],
            on.ends[number],
        )
        scope = Scope(
            draft.program,
            network.tree,
            network.case.settings.discount_rate,
            name,
            number,
            int(site[number]),
            on.starts[number],
            on.ends[number],
            on.signed_on[number],
            signed,
            int(draft.signing_node[number]),
            *leaving,
            left[name],
            on.term_ends[number],
            partial(tooling_share, terms),
            tuple(activities.labels[j] for j in routes),
            draft.start.index[routes],
            activities.good_share[routes],
            activities.item[routes],
            network.family[activities.item[routes]],
            tuple(network.items[i] for i in activities.item[routes]),
            activities.open_share[routes],
            most,
            draft.room.useful[activities.item[routes]],
        )
        if rates:
            room = sum(clause.most * clause.in_nodes(scope) for clause in rates)
            np.minimum(most, room, out=most)
        scopes.append(scope)
    return scopes
