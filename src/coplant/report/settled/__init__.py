"""A settlement as a page to read in a browser, as a workbook, and as invoices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coplant.report.settled.invoices import invoices_of, write_invoices

if TYPE_CHECKING:
    from coplant.settlement import Settlement

__all__ = ["invoices_of", "write_book", "write_invoices", "write_page"]


def write_page(settlement: Settlement, path: str | Path) -> None:
    """Write a settlement's report: one HTML page, in English and French, that opens without a network.

    Parameters
    ----------
    settlement : Settlement
        The settlement.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.case.files import write_whole
    from coplant.report.settled.page import page_of

    write_whole(path, page_of(settlement))


def write_book(settlement: Settlement, path: str | Path) -> None:
    """Write a settlement as a workbook: a sheet for each statement whose formulas work out every line, and the tables.

    Parameters
    ----------
    settlement : Settlement
        The settlement.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written, or a table has more rows than a sheet holds.
    """
    from coplant.case.files import write_whole
    from coplant.report.settled.book import book_of

    write_whole(path, book_of(settlement))
