"""A network as a linear program: the table of contents of a plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from coplant.case.reads import Kept
from coplant.errors import InfeasibleError, NumericalError
from coplant.network import Network
from coplant.planning.activity_cost import activity_cost
from coplant.planning.agreements import agreements
from coplant.planning.allotment import allotment
from coplant.planning.annuity import annuity
from coplant.planning.bounds import Room
from coplant.planning.capacity import capacity, lane_capacity, launch_gate
from coplant.planning.diffusion import diffusion
from coplant.planning.draft import Draft
from coplant.planning.exclusivity import exclusivity
from coplant.planning.horizon_end import horizon_end
from coplant.planning.learning import learning
from coplant.planning.lot import lot
from coplant.planning.mix import mix
from coplant.planning.safety_stock import safety_stock
from coplant.planning.sales import sales
from coplant.planning.stock_balance import stock_balance
from coplant.planning.words import choice_in_words, collision_in_words, move_in_words, suspect_in_words
from coplant.program import LinearProgram, ScalingReport, scaling_report, suspects


@contextmanager
def in_words() -> Iterator[None]:
    """Say which rules collide, and which numbers stand out, in the words of the tables."""
    try:
        yield
    except InfeasibleError as error:
        told = {choice_in_words(choice): collision_in_words(rules) for choice, rules in error.collisions.items()}
        relaxation = [move if isinstance(move, str) else move_in_words(*move) for move in error.relaxation]
        raise InfeasibleError(told, error.smallest, relaxation) from None
    except NumericalError as error:
        raise NumericalError(error.said, [suspect_in_words(suspect) for suspect in error.suspects]) from None


def formulate(network: Network, wider: Room | None = None, kept: Kept | None = None) -> Draft:
    """Write a network as a linear program.

    Parameters
    ----------
    network : Network
        A case on a tree.
    wider : Room, optional
        Bounds to size binaries by, where those of the network's own are too tight.
    kept : Kept, optional
        What was read of similar cases.

    Returns
    -------
    Draft
        The program, and the columns by which to read it.
    """
    draft = Draft.of(network, wider, kept)
    activity_cost(draft)
    stock_balance(draft)
    safety_stock(draft)
    capacity(draft)
    launch_gate(draft)
    lane_capacity(draft)
    allotment(draft)
    sales(draft)
    lot(draft)
    learning(draft)
    annuity(draft)
    mix(draft)
    agreements(draft)
    diffusion(draft)
    exclusivity(draft)
    horizon_end(draft)
    return draft


def scaling_of(program: LinearProgram) -> ScalingReport:
    """How far the numbers of a program lie apart; where too far, with those that stand out in the tables' words."""
    report = scaling_report(program)
    if not report.warnings:
        return report
    named = (suspect_in_words(suspect) for suspect in suspects(program))
    return dataclasses.replace(report, warnings=(*report.warnings, *named))
