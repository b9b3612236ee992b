"""Each agreement: its cost by month, and its statements line by line."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.report.blocks import Block, Cell, Section, Table
from coplant.report.charts import over_time, split
from coplant.report.numbers import SPACE
from coplant.report.settled.statements import Statement
from coplant.report.settled.view import SettledView
from coplant.report.tabulate import MOST_ROWS, Column, tabulate


def agreements(view: SettledView) -> Iterator[Section]:
    """Show each agreement in a section of its own."""
    for number, name in enumerate(view.agreements, start=1):
        yield _agreement(view, name, number)


def _agreement(view: SettledView, name: str, number: int) -> Section:
    words, title = view.words, view.title("agreement", name)
    statements = view.settlement["statements"].filter(agreement=name)
    amount = float(statements["amount"].sum())
    lead = words(
        "settle.agreement.lead" if amount >= 0.0 else "settle.agreement.credit",
        host=view.title("party", view.hosts[name]), brand=view.brand, amount=view.exact(abs(amount)),
        statements=words.counted("settle.statements", statements.height),
    )  # fmt: skip
    drawn = [one for one in view.statements if one.agreement == name and one.lines]
    blocks = [_by_month(view, name, title)]
    if drawn:
        blocks.append(Block(words("settle.agreement.statements"), [words("settle.agreement.statements_lead")]))
        blocks += [_statement(view, one) for one in drawn]
    return Section(f"agreement-{number}", title, [lead], blocks=blocks)


def _by_month(view: SettledView, name: str, title: str) -> Block:
    """Cost by clause and month of the statement, and what each statement comes to."""
    words = view.words
    lines = view.settlement["lines"].filter(agreement=name)
    series = split(view, lines, "clause", "amount", "statement", view.buckets["bucket"].to_list(), view.clause)
    columns = [
        Column("statement", words("settle.column.statement"), "bucket"),
        Column("issued", words("settle.column.issued"), "date"),
        *(Column(column, words(f"settle.column.{column}", currency=view.currency), "exact")
          for column in ("charges", "corrections", "amount", "cumulative")),
    ]  # fmt: skip
    statements = view.settlement["statements"].filter(agreement=name)
    table = tabulate(view, statements, columns, words("settle.agreement.table", name=title), 10 * MOST_ROWS)
    if not series:
        return Block(table=table)
    chart = over_time(view, series, view.currency, words("settle.agreement.label", name=title))
    return Block(chart=chart, table=table)


def _statement(view: SettledView, statement: Statement) -> Block:
    """The lines of a statement, shown on demand."""
    words, numbers, month = view.words, view.numbers, view.month(statement.month)
    corrected = any(line.correction for line in statement.lines)
    title = words(
        "settle.agreement.with_corrections" if corrected else "settle.agreement.summary",
        month=month, amount=view.exact(statement.amount),
    )  # fmt: skip
    heads = [
        (words("settle.column.number"), True),
        (words("settle.column.clause"), False),
        (words("settle.column.arithmetic"), False),
        (words("settle.column.item"), False),
        (words("settle.column.month"), False),
        (words("settle.column.quantity"), True),
        (words("settle.column.rate", currency=view.currency), True),
        (words("settle.column.amount", currency=view.currency), True),
    ]
    rows = [
        [
            Cell(str(line.number)),
            Cell(view.what(line)),
            Cell(view.arithmetic(line), below=view.due(line)),
            Cell(view.item(line.item)),
            Cell(numbers.month(line.month).replace(" ", SPACE)),
            Cell(numbers.figure(line.quantity)),
            Cell(numbers.figure(line.rate, view.digits)),
            Cell(numbers.number(line.amount, view.digits)),
        ]
        for line in statement.lines
    ]
    total = [
        Cell(""),
        Cell(words("settle.total")),
        *[Cell("")] * 5,
        Cell(numbers.number(statement.amount, view.digits)),
    ]
    of_month = view.of_month(statement.month)
    table = Table(words("settle.agreement.lines", of_month=of_month), heads, [*rows, total], stacked=True)
    drawn_up = words("settle.agreement.drawn_up", date=numbers.date(statement.issued))
    return Block(title, [drawn_up], table=table, collapsed=True)
