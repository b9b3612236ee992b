"""Plans side by side as a page to read in a browser, and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coplant.insight import Comparison

__all__ = ["write_book", "write_page"]


def write_page(comparison: Comparison, path: str | Path) -> None:
    """Write the page of a comparison: one HTML file, in English and French, that opens without a network.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.case.files import write_whole
    from coplant.report.compared.page import page_of

    write_whole(path, page_of(comparison))


def write_book(comparison: Comparison, path: str | Path) -> None:
    """Write a comparison as a workbook: the answer, its tables, and what their columns are.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written, or a table has more rows than a sheet holds.
    """
    from coplant.case.files import write_whole
    from coplant.report.compared.book import book_of

    write_whole(path, book_of(comparison))
