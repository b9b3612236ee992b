"""Plans for several futures as a page to read in a browser, and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coplant.planning import Hedge

__all__ = ["write_book", "write_page"]


def write_page(hedge: Hedge, path: str | Path) -> None:
    """Write a hedge's report: one HTML page, in English and French, that opens without a network.

    Parameters
    ----------
    hedge : Hedge
        The plans.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.case.files import write_whole
    from coplant.report.hedged.page import page_of

    write_whole(path, page_of(hedge))


def write_book(hedge: Hedge, path: str | Path) -> None:
    """Write a hedge as a workbook: the answer, the futures, what is decided now and then, and tables of the plans.

    Parameters
    ----------
    hedge : Hedge
        The plans.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written, or a table has more rows than a sheet holds.
    """
    from coplant.case.files import write_whole
    from coplant.report.hedged.book import book_of

    write_whole(path, book_of(hedge))
