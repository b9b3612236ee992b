"""Rows of the program are what their equations say, and every family of rows has been held against its own."""

from __future__ import annotations

import pytest
from golden import clause_rows, network_rows
from golden.register import GOLDEN, family

from coplant.generate import generate
from coplant.network import Network
from coplant.planning import formulate
from coplant.timeline import Timeline
from coplant.tree import Tree

SOURCES = (network_rows, clause_rows)
"""Modules that enter goldens."""


@pytest.mark.parametrize("name", GOLDEN)
def test_rows_are_what_their_equation_says(name: str) -> None:
    golden = GOLDEN[name]()
    assert golden.small.text(*golden.blocks).split("\n") == golden.lines


def _generated() -> list[str]:
    """Blocks of rows of a made-up case in which every clause occurs."""
    case = generate(40, [("week", 3), ("month", 3), ("quarter", 1)], 3, seed=3)
    network = Network.of(case, Tree.line(Timeline.of(case.settings.start, case.settings.buckets)))
    return list(formulate(network).program.row_blocks)


def test_every_family_of_rows_has_a_golden() -> None:
    assert {maker.__module__ for maker in GOLDEN.values()} == {module.__name__ for module in SOURCES}
    goldens = [maker() for maker in GOLDEN.values()]
    held = {family(block) for golden in goldens for block in golden.blocks}
    made = {block for golden in goldens for block in golden.small.draft().program.row_blocks} | {*_generated()}
    assert {family(block) for block in made} - held == set()
