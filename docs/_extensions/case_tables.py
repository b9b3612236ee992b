"""The directive ``case-tables``: every table and column of a case, as the schema has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from coplant.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils import nodes
    from sphinx.application import Sphinx

    from coplant.schema import Column, Table


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the directive to Sphinx."""
    app.add_directive("case-tables", CaseTables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class CaseTables(SphinxDirective):
    """List the tables; with ``:columns:`` describe each of them."""

    option_spec = {"columns": directives.flag}  # noqa: RUF012 - docutils wants a plain dict on the class

    def run(self) -> list[nodes.Node]:
        """Return what the directive stands for."""
        if "columns" not in self.options:
            rows = (
                [f"[{name}](#{_target(name)})", _yes(table.required), table.description] for name, table in _known()
            )
            return self.parse_text_to_nodes(_grid(["table", "needed", "a row is"], rows))
        text = "\n\n".join(_section(table) for _, table in _known())
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def _known() -> Iterable[tuple[str, Table]]:
    return TABLES.items()


def _section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    needed = "Every case has this table." if table.required else "Optional."
    lines = [f"({_target(table.name)})=", f"## {table.name}", "", f"{table.description}. {needed}"]
    if key:
        lines[-1] += f" No two rows have the same {key}."
    head = ["column", "holds", "unit", "needed", "where empty", "meaning"]
    rows = (_cells(column) for column in table.columns if column.name not in {"source", "note"})
    return "\n".join([*lines, "", _grid(head, rows)])


def _cells(column: Column) -> list[str]:
    if column.choices:
        holds = ", ".join(f"`{choice}`" for choice in column.choices)
    elif column.refers_to:
        table, name = column.refers_to
        holds = f"{name} of [{table}](#{_target(table)})"
    else:
        holds = f"{'name' if column.type == 'id' else column.type} {column.range}".strip()
    default = "" if column.default is None else f"`{str(column.default).removesuffix('.0')}`"
    return [f"`{column.name}`", holds, column.unit, _yes(column.required), default, column.description]


def _target(name: str) -> str:
    return f"table-{name.replace('_', '-')}"


def _yes(said: bool) -> str:
    return "yes" if said else ""


def _grid(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
