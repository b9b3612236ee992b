"""The reference pages name what there is: tables, columns and money lines of a plan, and families of rows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coplant import Case, Plan, plan
from coplant.generate import generate
from coplant.network import Network
from coplant.planning import formulate
from coplant.timeline import Timeline
from coplant.tree import Tree

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def case() -> Case:
    return generate(30, 8, 4, 1)


@pytest.fixture(scope="module")
def result(case: Case) -> Plan:
    return plan(case, gap=0.01)


def test_the_results_page_lists_every_table_and_column(result: Plan) -> None:
    sections = re.split(r"^## ", (DOCS / "results.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    listed = {section.split("\n", 1)[0]: _columns_of(section) for section in sections}
    assert listed == {name: set(table.columns) for name, table in result.tables.items()}


def test_the_results_page_lists_every_money_line(result: Plan) -> None:
    money = (DOCS / "results.md").read_text(encoding="utf-8").split("| line | is |")[1].split("\n## ")[0]
    assert set(result["money"]["line"]) <= _names_in_first_cells(money)


def test_the_mathematics_page_names_every_family_of_rows(case: Case) -> None:
    timeline = Timeline.of(case.settings.start, case.settings.buckets)
    program = formulate(Network.of(case, Tree.line(timeline))).program
    named = _names_in_first_cells((DOCS / "mathematics.md").read_text(encoding="utf-8"))
    missing = [
        family
        for family in {_family(block) for block in program.row_blocks}
        if family not in named and f"{family.split('.')[0]}.*" not in named
    ]
    assert missing == []


def _family(block: str) -> str:
    """Drop from the name of a block what it belongs to: ``processing_fee/host.sum`` is ``processing_fee.sum``."""
    head, _, rest = block.partition("/")
    return f"{head}.{rest.rpartition('.')[2]}" if re.search(r"\.[a-z]+$", rest) else head


def _columns_of(section: str) -> set[str]:
    table = section.split("| column |")[1].split("\n\n")[0]
    return _names_in_first_cells(table)


def _names_in_first_cells(text: str) -> set[str]:
    cells = re.findall(r"^\| (.*?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
