"""The reference pages name what there is: tables, columns and money lines of a plan, and families of rows."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from settlement.every_line import charges

from coplant import Case, Plan, plan, settle
from coplant.generate import generate
from coplant.insight.columns import COLUMNS as ANSWERED
from coplant.launching.columns import COLUMNS as LAUNCHED
from coplant.network import Network
from coplant.planning import formulate
from coplant.planning.columns import COLUMNS
from coplant.planning.hedge import OWN
from coplant.settlement.columns import COLUMNS as SETTLED
from coplant.stressing.columns import COLUMNS as STRESSED
from coplant.timeline import Timeline
from coplant.tree import Tree
from coplant.weighing.columns import COLUMNS as WEIGHED

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def case() -> Case:
    return generate(30, 8, 4, 1)


@pytest.fixture(scope="module")
def result(case: Case) -> Plan:
    return plan(case, gap=0.01)


def test_columns_are_told_of_every_table_in_order(result: Plan) -> None:
    told = {name: [column.name for column in columns] for name, columns in COLUMNS.items()}
    assert {name: told[name] for name in result.tables} == {
        name: table.columns for name, table in result.tables.items()
    }
    assert list(told) == [*result.tables, "money by year", "quotes", "columns", "solved", *OWN]


def test_the_results_page_says_of_columns_what_their_file_says() -> None:
    sections = re.split(r"^## ", (DOCS / "results.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    listed = {section.split("\n", 1)[0]: _columns_of(section) for section in sections if "| column |" in section}
    described = {**SETTLED, **COLUMNS, **LAUNCHED, **WEIGHED, **STRESSED, **ANSWERED}
    assert SETTLED["columns"] == COLUMNS["columns"]
    assert listed == {
        name: [(column.name, column.unit, column.key, column.meaning) for column in columns]
        for name, columns in described.items()
    }


def test_the_results_page_lists_the_sheets_of_the_workbook_in_order(result: Plan, tmp_path: Path) -> None:
    result.to_excel(tmp_path / "plan.xlsx")
    page = (DOCS / "results.md").read_text(encoding="utf-8").split("| sheet |")[1].split("\n\n")[0]
    listed = re.findall(r"^\| (?:`([^`]+)`|the tables) \|", page, re.MULTILINE)
    sheets = openpyxl.load_workbook(tmp_path / "plan.xlsx", read_only=True).sheetnames
    assert sheets == [name for sheet in listed for name in ([sheet] if sheet else result.tables)]


def test_the_results_page_names_every_field_of_an_invoice() -> None:
    """Its tables name every key of a document and of a line, each with its business term."""
    page = (DOCS / "results.md").read_text(encoding="utf-8").split("## Invoices")[1]
    document = settle(charges().case()).invoices()[-1]
    of_document, of_line = page.split("| field of a line |")
    assert _names_in_first_cells(of_document) == set(document)
    assert _names_in_first_cells(of_line) == set(document["lines"][0])
    assert all(re.search(r"^\| `.*\| B[TG]-", line) for line in page.splitlines() if line.startswith("| `"))


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


def _columns_of(section: str) -> list[tuple[str, str, bool, str]]:
    """Columns that a section lists: name, unit, whether the section names it in the key, meaning."""
    key = re.search(r"No two rows have the same (.*)\.", section)
    assert key is not None
    rows = re.findall(r"^\| `([^`]+)` \|(.*?)\| (.*) \|$", section.split("| line | is |")[0], re.MULTILINE)
    return [(name, unit.strip(), f"`{name}`" in key[1], meaning) for name, unit, meaning in rows]


def _names_in_first_cells(text: str) -> set[str]:
    cells = re.findall(r"^\| (.*?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
