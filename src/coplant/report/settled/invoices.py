"""Statements as invoices: documents in the terms of the semantic model of EN 16931-1, before tax.

Each key of a document is a business term of that model; the reference of results names them. Tax is left out, so that a
document is what an invoice is made from, and not yet one.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coplant.errors import CaseError, FileError, Problem
from coplant.report.numbers import SPACE
from coplant.report.words import LANGUAGES, words_of

if TYPE_CHECKING:
    from coplant.report.settled.statements import Line, Statement
    from coplant.report.settled.view import SettledView
    from coplant.settlement import Settlement

INDEX = "invoices.json"
"""File of a folder of invoices that lists them, by which it is known."""

INVOICE, CREDIT_NOTE, PRO_FORMA = "380", "381", "325"
"""Types of documents (UNTDID 1001)."""

PIECE = "C62"
"""Code of a unit that is counted (UN/ECE recommendation 20)."""

UNITS = {
    "kg": "KGM", "g": "GRM", "t": "TNE", "l": "LTR", "m": "MTR", "m2": "MTK", "m3": "MTQ", "kWh": "KWH", "h": "HUR",
    "pack": "XPK", "pair": "PR", "set": "SET", "dozen": "DZN",
}  # fmt: skip
"""Codes of the units of items that have one (UN/ECE recommendations 20 and 21); all others are counted."""


def invoices_of(settlement: Settlement) -> list[dict[str, Any]]:
    """Make a document of each statement with lines.

    A statement that comes to less than nothing is a credit note: its quantities and amounts have the other sign. Prices
    are never negative; a line that takes off has a negative quantity.

    Parameters
    ----------
    settlement : Settlement
        The settlement.

    Returns
    -------
    list of dict

    Raises
    ------
    CaseError
        The case does not say who the brand is.
    """
    from coplant.report.settled.view import SettledView

    view = SettledView(settlement, words_of(LANGUAGES[0]))
    drawn = [statement for statement in view.statements if any(line.cash for line in statement.lines)]
    if drawn and len(view.brands) != 1:
        mend = "Give the role brand to the party that pays, and to no other"
        found = ", ".join(view.brands) or None
        raise CaseError([Problem("parties", None, "role", found, "one party that is the brand", mend)], "the invoices")
    issued = {(one.agreement, one.month): one.issued for one in view.statements}
    return [_document(view, statement, issued) for statement in drawn]


def write_invoices(settlement: Settlement, path: str | Path) -> None:
    """Write the documents: to one file if the name ends in ``.json``, else to a folder, a file for each and a list.

    Raises
    ------
    CaseError
        The case does not say who the brand is.
    FileError
        The place cannot be written, or is a folder that holds files and no invoices.
    """
    from coplant.case.files import carry_over, holds_other, written_whole

    place, documents = Path(path), invoices_of(settlement)
    if place.suffix.lower() == ".json":
        with written_whole(place) as target:
            target.write_text(_told(documents), encoding="utf-8")
        return
    if holds_other(place, INDEX):
        raise FileError(f"{place} holds files that are no invoices. Name a new or an empty folder")
    files = list(_files(documents))
    own = {INDEX, *_listed(place)}
    index = [
        {"file": file, "number": one["number"], "type_code": one["type_code"], **one["totals"]}
        for file, one in zip(files, documents, strict=True)
    ]
    with written_whole(place, folder=True) as target:
        carry_over(place, target, own)
        for file, document in zip(files, documents, strict=True):
            (target / file).write_text(_told(document), encoding="utf-8")
        (target / INDEX).write_text(_told(index), encoding="utf-8")


def _document(
    view: SettledView, statement: Statement, issued: dict[tuple[str, datetime.date], datetime.date]
) -> dict[str, Any]:
    total = round(statement.amount, view.digits) + 0.0
    credit = total < 0.0
    sign = -1.0 if credit else 1.0
    lines = [_line(view, line, sign) for line in statement.lines if line.cash]
    corrected = sorted({line.month for line in statement.lines if line.correction})
    kind = PRO_FORMA if view.settlement.pro_forma else CREDIT_NOTE if credit else INVOICE
    host, brand = view.hosts[statement.agreement], view.brands[0]
    preceding = [
        {"number": _number(statement.agreement, month), "issue_date": issued[statement.agreement, month].isoformat()}
        for month in corrected
        if (statement.agreement, month) in issued
    ]
    return {
        "number": _number(statement.agreement, statement.month),
        "issue_date": statement.issued.isoformat(),
        "type_code": kind,
        "currency": view.currency,
        "contract": statement.agreement,
        "note": "Tax is left out." + (" Amounts are owed to the buyer." if credit and kind == PRO_FORMA else ""),
        "preceding_invoices": preceding,
        "seller": {"identifier": host, "name": view.title("party", host)},
        "buyer": {"identifier": brand, "name": view.title("party", brand)},
        "period": _period(statement.month),
        "lines": lines,
        "totals": {"line_net_amount": abs(total), "amount_without_tax": abs(total)},
    }


def _line(view: SettledView, line: Line, sign: float) -> dict[str, Any]:
    # Zeros of a credit note are no negative zeros.
    quantity = sign * (line.quantity if line.rate >= 0.0 else -line.quantity) + 0.0
    what = view.what(line)
    item: dict[str, Any] = {"name": f"{what}, {view.item(line.item)}" if line.item else what}
    if line.item:
        item["buyer_identifier"] = line.item
    return {
        "identifier": str(line.number),
        "note": "; ".join([view.arithmetic(line), *view.due(line)]).replace(SPACE, " "),
        "quantity": quantity,
        "unit_code": _unit(view, line.item),
        "net_amount": round(sign * line.amount, view.digits) + 0.0,
        "period": _period(line.month),
        "net_price": abs(line.rate),
        "item": item,
    }


def _unit(view: SettledView, item: str | None) -> str:
    return PIECE if item is None else UNITS.get(view.units.get(item, ""), PIECE)


def _period(month: datetime.date) -> dict[str, str]:
    last = (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    return {"start": month.isoformat(), "end": last.isoformat()}


def _number(agreement: str, month: datetime.date) -> str:
    return f"{agreement}-{month:%Y-%m}"


def _files(documents: list[dict[str, Any]]) -> Iterator[str]:
    """Name a file for each document by its number; names are told apart on any system."""
    used = {INDEX}
    for document in documents:
        name = re.sub(r"[^\w.-]", "-", document["number"])
        file, count = f"{name}.json", 1
        while file.casefold() in used:
            count += 1
            file = f"{name}-{count}.json"
        used.add(file.casefold())
        yield file


def _listed(folder: Path) -> list[str]:
    """Files of the invoices that were written to a folder; none if it does not say."""
    try:
        return [str(one["file"]) for one in json.loads((folder / INDEX).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _told(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
